"""What the API answers of the bank: statements, lines, proposals, matches. Amounts are cents."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from domain.cash import CashAccount
from domain.events.bank import MatchKind
from domain.ledger import Account
from domain.proposals import Grade, Reason
from workflows.payment_commands import ChosenColumns


class SavedColumns(Answer):
    """Which column of an account's tables tells what, under the name that it was saved by."""

    name: str
    columns: ChosenColumns


class BankAccount(Answer):
    """An account of the programme at a bank. `columns`: how its tables are read, the newest last;
    the newest that fits is taken."""

    code: str
    name: str
    iban: str
    columns: list[SavedColumns]


class BankAccounts(Answer):
    """All of them."""

    items: list[BankAccount]


class Told(Answer):
    """What is wrong, or to be known, at a place of a file."""

    where: str
    msg: str


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


class InDoubt(Answer):
    """A line of which the files do not tell whether another statement told it already. `key`: by
    what it is decided on; `like`: the known lines that it may be."""

    key: str = Field(examples=["1:3"])
    where: str
    booked_on: date
    amount_cents: int
    name: str | None
    remittance: str
    like: list[LineShown]


class ColumnsUsed(Answer):
    """How a table was read: by what was saved under a `name`, or as it was chosen with this call,
    or as it was `guessed`."""

    name: str | None
    guessed: bool
    columns: ChosenColumns


class RowShown(Answer):
    """A row of a table as it stands there, with its number."""

    number: int
    cells: list[str]


class LineRead(Answer):
    """What a row became."""

    where: str
    booked_on: date
    value_on: date | None
    amount_cents: int
    currency: str
    end_to_end_id: str | None
    name: str | None
    iban: str | None
    remittance: str
    bank_reference: str | None
    return_reason: str | None


class TablePreview(Answer):
    """The beginning of a table: as it stands there, and what it becomes. `used` null: its columns
    are not known, and have to be chosen."""

    format: str
    used: ColumnsUsed | None
    rows: list[RowShown]
    lines: list[LineRead]
    errors: list[Told]


class Imported(Answer):
    """What became of a file. `written`: whether it came in; if not, `errors` say why, and the same
    call with `despite_errors` brings in what can be read; or lines are `in_doubt`, and the same
    call with what was `decided` of each brings it in. `warnings` stand in no way."""

    statements: int
    lines: int
    new_lines: int
    duplicate_lines: int
    written: bool
    format: str
    columns_used: ColumnsUsed | None
    in_doubt: list[InDoubt]
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
    next_cursor: str | None


class Suspense(Answer):
    """What is open, the oldest first; `total_cents`: all of it."""

    items: list[LineShown]
    total_cents: int
    next_cursor: str | None


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
    """One for each open line (or for several together), and how many lines there are of each grade
    among those that were asked for, and how many of these are set aside."""

    items: list[ProposalShown]
    counts: dict[str, int]
    set_aside: int
    next_cursor: str | None


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


class MatchListed(Answer):
    """A match that holds: who said so, and when."""

    id: UUID
    at: datetime
    by: UUID
    lines: list[MatchLine]


class Matches(Answer):
    """Matches, the newest first."""

    items: list[MatchListed]
    next_cursor: str | None


class SetAside(Answer):
    """A line that is left for later."""

    line_id: UUID


class NotConfirmed(Answer):
    """A proposal that was not confirmed, as it was shown, and why."""

    line_ids: list[UUID]
    payment_ids: list[str]
    kind: MatchKind
    msg: str


class Confirmed(Answer):
    """What became of many: how many were matched, and why some were not."""

    matched: int
    refused: list[NotConfirmed]


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
