"""What the API answers of the bank: statements, lines, proposals, matches. Amounts are cents."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from domain.cash import CashAccount
from domain.events.bank import MatchKind
from domain.ledger import Account
from domain.proposals import Grade, Reason


class BankAccount(Answer):
    """An account of the programme at a bank."""

    code: str
    name: str
    iban: str


class BankAccounts(Answer):
    """All of them."""

    items: list[BankAccount]


class Told(Answer):
    """What is wrong, or to be known, at a place of a file."""

    where: str
    msg: str


class Imported(Answer):
    """What became of a file. `written`: whether it came in; if not, `errors` say why, and the same
    call with `despite_errors` brings in what can be read. `warnings` stand in no way."""

    statements: int
    lines: int
    new_lines: int
    duplicate_lines: int
    written: bool
    format: str
    errors: list[Told]
    warnings: list[Told]


class StatementShown(Answer):
    """A statement as it came in."""

    id: UUID
    account: str
    format: str
    number: str | None
    from_on: date | None
    to_on: date | None
    opening_cents: int | None
    closing_cents: int | None
    lines: int
    new_lines: int
    at: datetime


class Statements(Answer):
    """Statements, the newest first."""

    items: list[StatementShown]


class LineShown(Answer):
    """A line of the bank. `open_cents`: what nobody has said anything of; `days`: for how long.
    Who, and what was written, only for who may read it."""

    id: UUID
    account: str
    booked_on: date
    amount_cents: int
    open_cents: int
    is_return: bool
    return_reason: str | None
    set_aside: bool
    days: int
    name: str | None
    remittance: str | None


class Suspense(Answer):
    """What is open, the oldest first."""

    items: list[LineShown]
    total_cents: int


class ProposalShown(Answer):
    """What lines are thought to be: `kind` null where nothing is proposed. `reasons` are words for
    programs, `reason` the same in a sentence. `rest`: what is to be done with more than the
    payments come to."""

    lines: list[LineShown]
    line_ids: list[UUID]
    payment_ids: list[str]
    kind: MatchKind | None
    grade: Grade
    score: int
    reasons: list[Reason]
    reason: str
    rest: str


class Proposals(Answer):
    """One for each open line (or for several together), and how many there are of each grade."""

    items: list[ProposalShown]
    counts: dict[str, int]


class MatchLine(Answer):
    """What a match says of a line."""

    line_id: UUID
    kind: MatchKind
    amount_cents: int
    payment_ids: list[str]


class Match(Answer):
    """A match."""

    id: UUID
    lines: list[MatchLine]
    undone: bool = False


class SetAside(Answer):
    """A line that is left for later."""

    line_id: UUID


class Confirmed(Answer):
    """What became of many: how many were matched, and why some were not."""

    matched: int
    refused: list[Told]


class TrialBalance(Answer):
    """What stands on each account, of the budget and at the bank; `sum_cents` is 0."""

    log_index: int
    as_of: datetime | None
    budget: dict[Account, int]
    cash: dict[CashAccount, int]
    sum_cents: int = Field(examples=[0])


class CashEntry(Answer):
    """A posting of the cash side, with the event behind it."""

    log_index: int
    nth: int
    at: datetime
    event_type: str
    dote_id: UUID | None
    account: CashAccount
    cents: int
    balance_cents: int


class CashEntries(Answer):
    """Postings, the newest first."""

    items: list[CashEntry]
    next_cursor: str | None
