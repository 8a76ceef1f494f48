"""Drafts of rules, kept as they were typed: whatever happens, nothing of them is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from api.languages import Language
from domain.errors import NotFound
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("api.pages.programme", "drafts")

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """Rules that somebody is writing. `texts`: by the names of their fields; `base`: the version
    that they began as; `simulation`: how far one is, as `api.pages.programme.simulating` has it."""

    id: UUID
    base: int
    language: Language
    texts: Texts
    version: int
    changed_at: datetime
    changed_by: UUID
    simulation: dict[str, Any] | None


class Drafts:
    """All drafts of the register."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self, draft_id: UUID, base: int, language: Language, texts: Texts, at: datetime, by: UUID
    ) -> None:
        """A new draft; asked for twice, it is one."""
        values = {"id": draft_id, "base": base, "language": language, "at": at, "by": by}
        self._run("begin", {**values, "texts": Jsonb(dict(texts))})

    def all(self) -> list[Draft]:
        """Those that were changed last come first."""
        return [Draft(**row) for row in self._run("all", {})]

    def one(self, draft_id: UUID) -> Draft:
        """A draft. Raises NotFound."""
        found = self._run("one", {"id": draft_id})
        if not found:
            raise NotFound
        return Draft(**found[0])

    def save(
        self,
        draft_id: UUID,
        version: int,
        language: Language,
        texts: Texts,
        at: datetime,
        by: UUID,
    ) -> bool:
        """Keeps what was typed on top of a version; False: somebody was quicker."""
        values = {"id": draft_id, "version": version, "language": language, "at": at, "by": by}
        return bool(self._run("save", {**values, "texts": Jsonb(dict(texts))}))

    def remove(self, draft_id: UUID) -> None:
        """The draft is adopted, or thrown away."""
        self._run("remove", {"id": draft_id})

    def simulated(
        self, draft: Draft, simulation: Mapping[str, Any], run: str | None = None
    ) -> bool:
        """How far a simulation of a draft is. False: the draft is another one by now, or (with
        `run`) another simulation took its place."""
        values = {"id": draft.id, "version": draft.version, "run": run}
        return bool(self._run("simulated", {**values, "simulation": Jsonb(dict(simulation))}))

    def _run(self, name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self._database.statement(self._database.qualified(_SQL[name]), dict(values))
