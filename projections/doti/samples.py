"""Draws doti by chance, so that whoever knows the seed draws the same ones."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.lifecycle import State
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "queries")


@dataclass(frozen=True, slots=True)
class SampleQuery:
    """How many of which doti. `scope`: the partners that may be seen (None: all); requested
    `since` and before `until`."""

    scope: frozenset[str] | None
    seed: int
    size: int
    partner: str | None = None
    category: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A dote that was drawn. `drawn`: its hash, by which it was."""

    id: UUID
    number: str
    partner: str
    category: str
    item: str
    state: State
    created_at: datetime
    drawn: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, in the order of the hashes, out of how many."""

    doti: tuple[Drawn, ...]
    out_of: int


def sample(tx: Tx, query: SampleQuery) -> Sample:
    """The doti with the smallest SHA-256 of `<seed>:<id>`. What a dote is drawn by never changes,
    so that only a dote that is requested in the period later could change what is drawn."""
    values = {
        "partners": None if query.scope is None else sorted(query.scope),
        "seed": str(query.seed),
        "size": query.size,
        "partner": query.partner,
        "category": query.category,
        "since": query.since,
        "until": query.until,
    }
    rows = tx.execute(_SQL["sample"], values, prepare=False).fetchall()
    out_of = rows[0]["out_of"] if rows else 0
    doti = (
        Drawn(
            **{name: value for name, value in row.items() if name not in ("state", "out_of")},
            state=State(row["state"]),
        )
        for row in rows
    )
    return Sample(tuple(doti), out_of)
