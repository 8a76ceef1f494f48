"""What the API answers about the months of the books."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from domain.days import Month
from domain.text import Code

PeriodState = Literal["open", "close_asked", "closed", "reopen_asked"]


class Balance(Answer):
    """What stood on an account; without partner and category on the programme's own ones."""

    partner: str | None
    category: str | None
    account: str
    cents: int


class ClosedBooks(Answer):
    """A closing of the month: who asked for it and who closed it, on which log; and, if it was
    opened again, the same of that. The reasons of both people stand beside each other."""

    asked_by: UUID
    asked_at: datetime | None
    asked_reason: str | None
    closed_by: UUID
    closed_at: datetime
    reason: str | None
    log_size: int = Field(description="After how many events of the log the books were closed.")
    root: str = Field(description="The root hash over these events, in hexadecimal.")
    reopen_asked_by: UUID | None
    reopen_asked_at: datetime | None
    reopen_asked_reason: str | None
    reopened_at: datetime | None
    reopened_by: UUID | None
    reopen_reason: str | None


class Period(Answer):
    """A month of the books.

    `state`: `open`; `close_asked` and `reopen_asked`, where a second person has to confirm;
    `closed`: nothing is dated into it any more. `closings`: all of the month, the newest first.
    """

    period: Month
    state: PeriodState
    asked_by: UUID | None
    asked_at: datetime | None
    reason: str | None = Field(description="Why it was asked for.")
    can_close: bool = Field(description="Whether it is the month whose turn it is.")
    can_reopen: bool = Field(description="Whether it is the last closed one.")
    closings: list[ClosedBooks]


class PeriodWithBalance(Period):
    """The month with its trial balance, if it is closed. `sum_cents` is always 0."""

    trial_balance: list[Balance] | None
    sum_cents: int | None


class AccountAtMonthEnd(Answer):
    """An account of the programme at the end of a month."""

    account: Code
    statements_upto: date | None = Field(description="The last day of which statements tell.")
    bank_cents: int | None = Field(
        description="What the statements say that stood there; null where none says it."
    )
    register_cents: int = Field(description="What the lines come to.")
    difference_cents: int = Field(description="What the bank says more: a statement is missing.")


class BankAtMonthEnd(Answer):
    """What the bank tells of a month, by all that has come in until now."""

    on: date
    accounts: list[AccountAtMonthEnd]
    open_lines: int = Field(description="Lines up to this day of which something is open now.")
    open_cents: int


class Periods(Answer):
    """The months from the first on, the newest first. `closed_upto`: the last closed one."""

    closed_upto: Month | None
    items: list[Period]
