"""The accounts that were frozen, as they were handed in."""

from uuid import UUID

from domain.errors import NotFound
from domain.rendiconto_content import Content
from workflows.eventstore.beside import Change
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "rendiconti")


def kept(rendiconto_id: UUID, content: Content) -> Change:
    """The row of one, to be written with its event."""
    values = {
        "id": rendiconto_id,
        "number": content.number,
        "content": content.as_bytes(),
        "fingerprint": bytes.fromhex(content.fingerprint),
    }
    return Change("insert_rendiconto", values)


def contents(database: Database) -> dict[UUID, Content]:
    """All of them, in their order."""
    rows = database.statement(database.qualified(_SQL["all_rendiconti"]), {})
    return {row["id"]: Content.model_validate_json(bytes(row["content"])) for row in rows}


def content(database: Database, rendiconto_id: UUID) -> Content:
    """One of them. Raises NotFound."""
    statement = database.qualified(_SQL["rendiconto"])
    rows = database.statement(statement, {"id": rendiconto_id})
    if not rows:
        raise NotFound
    return Content.model_validate_json(bytes(rows[0]["content"]))
