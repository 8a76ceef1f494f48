"""Refusals of what is dated into a closed month, and of closing and opening months."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class MonthClosed(DomainError):
    """{period} is closed: nothing can be dated into it any more. Date it into an open month."""

    code = "period_closed"
    period: str


@dataclass(eq=False)
class MonthNotOver(DomainError):
    """{period} is not over yet: a month is closed after its end."""

    code = "wrong_state"
    period: str


@dataclass(eq=False)
class EarlierMonthOpen(DomainError):
    """Months are closed in their order: before {period}, {earlier} is to be closed."""

    code = "wrong_state"
    period: str
    earlier: str


@dataclass(eq=False)
class MonthNotClosed(DomainError):
    """{period} is not closed."""

    code = "wrong_state"
    period: str


@dataclass(eq=False)
class LaterMonthClosed(DomainError):
    """Months are opened again from the last one on: before {period}, {later} is to be opened."""

    code = "wrong_state"
    period: str
    later: str


class ClosingByAnother(DomainError):
    """You asked for this yourself, or the same person answers for both: somebody else of finance
    or a coordinator must confirm it."""

    code = "segregation_of_duties"
