"""What the API answers of who looked at whom."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from api.v1.people_schemas import Person
from domain.actors import Role
from workflows.eventstore.access_log import Access


class Looked(Answer):
    """Who looked, in which role, and whose file it was. `who` null: nobody is known to have."""

    n: int
    at: datetime
    who: Person | None
    role: Role | None
    household_id: UUID | None
    household_number: str | None
    dote_id: UUID | None
    dote_number: str | None
    correlation_id: str | None


class AccessEntry(Looked):
    """A line of the access log. `details`: words and numbers of this software, such as which kinds
    of private values were shown (`kinds`), or that they were masked (`masked`)."""

    what: Access
    details: dict[str, str | int | bool | None]


class AccessPage(Answer):
    """Lines of the access log, the newest first."""

    items: list[AccessEntry]
    next_cursor: str | None


class Reveal(Looked):
    """Somebody looked at what is masked for their role, and said why; once more with the same
    reason where `replayed`."""

    reason: str | None = Field(description="null once the account is erased.")
    replayed: bool


class RevealPage(Answer):
    """Reveals, the newest first."""

    items: list[Reveal]
    next_cursor: str | None
