"""What a person is given as a copy of their data. Amounts are cents; times are UTC."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from api.v1.household_answers import Member
from domain.actors import Role
from domain.lifecycle import State
from workflows.eventstore.access_log import Access


class Happened(Answer):
    """Something that happened. `texts`: what was written down then; `data`: what was recorded of
    the household. `role`: in which role somebody did it."""

    at: datetime
    what: str = Field(description="A name of the events, such as DoteRequested.")
    sentence: str
    role: Role
    amount_cents: int | None
    texts: list[str]
    data: dict[str, Any] | None


class CopiedPayee(Answer):
    """Who was paid; of others than the household without their account."""

    household: bool
    name: str | None
    iban: str | None


class CopiedPayment(Answer):
    """A tranche that went out."""

    n: int
    amount_cents: int
    value_date: date
    method: str
    state: str


class CopiedPaper(Answer):
    """A document or receipt of the case file."""

    at: datetime
    kind: str
    file_name: str | None
    media_type: str
    size_bytes: int


class CopiedDote(Answer):
    """A dote with its whole story."""

    id: UUID
    number: str
    category: str
    item: str
    item_name: str
    state: State
    requested_cents: int
    approved_cents: int
    disbursed_cents: int
    payee: CopiedPayee | None
    payments: list[CopiedPayment]
    papers: list[CopiedPaper]
    story: list[Happened]


class LookedAt(Answer):
    """How often somebody in a role looked, on a day."""

    day: date
    role: Role | None
    what: Access
    sentence: str
    times: int


class Copy(Answer):
    """All that is kept of a household and its persons. null: erased, or never known."""

    format: Literal["doti-copy"] = "doti-copy"
    format_version: Literal[1] = 1
    made_at: datetime
    programme: str
    partner: str
    partner_name: str
    id: UUID
    number: str
    district: str | None
    merged_into: UUID | None
    persons: list[Member] | None
    address: str | None
    hardships: list[str] | None
    story: list[Happened]
    doti: list[CopiedDote]
    looked: list[LookedAt]
    purposes: list[str]
    retention: list[str]
    rights: list[str]
