"""What the API answers. Amounts are cents; times are UTC.

A private text is null where there is none (or its person was erased), and "•••" where there is
one that the reader may not see.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.v1.answer import Answer
from api.v1.insight import (
    NOT_OF_COMMANDS,
    Appeal,
    DoubleHelp,
    PapersAsked,
    PlannedTranche,
    Waiting,
)
from domain.actors import Role
from domain.lifecycle import Action, State


class ErrorAt(Answer):
    """One thing that is not valid, and where."""

    loc: list[str | int]
    msg: str


class Problem(BaseModel):
    """A refusal (RFC 9457). Its facts stand beside, such as `available_cents` or `left_cents`."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ErrorAt] | None = Field(None, description="With 422: what is not valid.")


class AvailableAction(Answer):
    """Whether the caller may do something to the dote now, and why not."""

    action: Action
    allowed: bool
    reason: str | None


class Payee(Answer):
    """Who is paid; `household`: the household itself."""

    household: bool | None
    name: str | None
    iban: str | None


class Vote(Answer):
    """One approver's vote."""

    account_id: UUID
    amount_cents: int


class Disbursement(Answer):
    """A tranche that went out; `state` is executed, returned or undone (it never went out)."""

    n: int
    amount_cents: int
    value_date: date
    method: str
    state: str
    reference: str | None = None


class Receipt(Answer):
    """A receipt; `state` is submitted, accepted or disallowed. `paper_cents`: what the whole paper
    comes to, where the dote has only a share of it. `issuer`, `file_name`: private."""

    n: int
    kind: str
    number: str
    date: date
    amount_cents: int
    paper_cents: int | None = None
    sha256: str
    media_type: str
    state: str
    issuer: str | None = None
    file_name: str | None = None


class Document(Answer):
    """A paper of the case file; its name is private."""

    n: int
    kind: str
    sha256: str
    media_type: str
    size_bytes: int
    valid_until: date | None = None
    file_name: str | None = None


class DoteSummary(Answer):
    """A dote as lists show it: nothing private."""

    id: UUID
    number: str
    state: State
    version: int
    partner: str
    desk: str
    category: str
    item: str
    household_id: UUID
    requested_cents: int
    proposed_cents: int
    approved_cents: int
    disbursed_cents: int
    documented_cents: int
    refunded_cents: int
    disallowed_cents: int
    policy_version: int
    urgent: bool
    favourable: bool | None
    waiting_for: list[Role]
    created_at: datetime
    changed_at: datetime
    votes: list[Vote]
    documents: list[Document]
    disbursements: list[Disbursement]
    receipts: list[Receipt]
    available_actions: list[AvailableAction]


class Dote(DoteSummary):
    """A dote, with what is private of it for those who may read it."""

    need: str | None
    assessment_note: str | None
    decision_reason: str | None = Field(
        description="Why it was rejected, withdrawn or revoked, if it was."
    )
    payee: Payee | None
    tranches: list[PlannedTranche]
    papers_asked: PapersAsked | None
    missing_papers: list[str] = Field(
        description="What an approval needs beside: for the voted, the proposed or the requested "
        "amount, the first of them that there is."
    )
    ceiling_cents: int | None
    over_cap_cents: int
    to_ratify: bool
    ratified: bool | None
    appeal: Appeal | None
    waiting: list[Waiting] | None = Field(description=NOT_OF_COMMANDS)
    double_help: list[DoubleHelp] | None = Field(description=NOT_OF_COMMANDS)


class DotePage(Answer):
    """A page of doti, the newest first."""

    items: list[DoteSummary]
    next_cursor: str | None


class BulkItem(Answer):
    """What became of one dote of several: its new state, or the problem."""

    dote_id: UUID
    done: bool
    replayed: bool
    dote: DoteSummary | None
    problem: Problem | None


class BulkAnswer(Answer):
    """One result for each dote that was named, in their order."""

    done: int
    refused: int
    items: list[BulkItem]


class ActorSeen(Answer):
    """Who did something. `name` is null for an account of another register."""

    account_id: UUID
    role: Role
    partner: str | None
    name: str | None


class HistoryItem(Answer):
    """One event, at its place in the log. `data`: the fields of its type."""

    log_index: int
    version: int
    type: str
    at: datetime
    actor: ActorSeen
    data: dict[str, Any]
    policy_version: int | None
    correlation_id: str


class HistoryPage(Answer):
    """A dote's events in their order."""

    items: list[HistoryItem]
    next_cursor: str | None


class AuditItem(HistoryItem):
    """One event of the log; what is private is masked. `known_at` never decreases."""

    stream_id: UUID
    known_at: datetime
    causation_id: UUID


class AuditPage(Answer):
    """A part of the log, in its order."""

    items: list[AuditItem]
    next_cursor: str | None


class LedgerRow(Answer):
    """What stands on one or several lines; partner or category is null where summed over."""

    partner: str | None
    category: str | None
    allocated_cents: int
    available_cents: int
    committed_cents: int
    disbursed_cents: int
    documented_cents: int
    disallowed_cents: int


class Ledger(Answer):
    """The ledger at one index of the log."""

    log_index: int
    as_of: datetime | None
    rows: list[LedgerRow]
    total: LedgerRow


class LedgerEntry(Answer):
    """One posting, the balance of its account after it, and the event behind it."""

    log_index: int
    nth: int
    at: datetime
    event_type: str
    dote_id: UUID | None
    partner: str | None
    category: str | None
    account: str
    cents: int
    balance_cents: int


class LedgerEntryPage(Answer):
    """Postings in the order of the log."""

    items: list[LedgerEntry]
    next_cursor: str | None
