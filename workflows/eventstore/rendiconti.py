"""The accounts that were frozen, as they were handed in."""

from dataclasses import dataclass
from uuid import UUID

from domain.errors import NotFound
from domain.rendiconto_content import Content
from workflows.eventstore.beside import Change
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "rendiconti")


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it was handed in. `last_number`: of the newest one when this one was withdrawn,
    None where it stands."""

    content: Content
    last_number: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return self.last_number is None

    def stood_before(self, number: str) -> bool:
        """Whether it was known when the account of this number was drawn up."""
        return self.content.number < number and (
            self.last_number is None or number <= self.last_number
        )


def kept(rendiconto_id: UUID, content: Content) -> Change:
    """The row of one, to be written with its event."""
    values = {
        "id": rendiconto_id,
        "number": content.number,
        "content": content.as_bytes(),
        "fingerprint": bytes.fromhex(content.fingerprint),
    }
    return Change("insert_rendiconto", values)


def withdrawn(rendiconto_id: UUID, last_number: str) -> Change:
    """The row of one that is withdrawn, to be written with its event."""
    return Change("withdraw_rendiconto", {"id": rendiconto_id, "last_number": last_number})


def accounts(database: Database) -> dict[UUID, Account]:
    """All of them, in their order."""
    rows = database.statement(database.qualified(_SQL["all_rendiconti"]), {})
    return {
        row["id"]: Account(Content.model_validate_json(bytes(row["content"])), row["last_number"])
        for row in rows
    }


def content(database: Database, rendiconto_id: UUID) -> Content:
    """One of them. Raises NotFound."""
    statement = database.qualified(_SQL["rendiconto"])
    rows = database.statement(statement, {"id": rendiconto_id})
    if not rows:
        raise NotFound
    return Content.model_validate_json(bytes(rows[0]["content"]))
