"""The months of the books: closed in their order by two people, and opened again by two.

A closed month closes all before it. What is found wrong later is put right by something new, dated
into a month that is open: what was closed stays as it was handed in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from domain.actors import Actor, Role, Signature
from domain.days import day_here, month_after, month_of
from domain.errors import (
    ClosingByAnother,
    EarlierMonthOpen,
    Forbidden,
    LaterMonthClosed,
    MonthClosed,
    MonthNotClosed,
    MonthNotOver,
)
from domain.events.programme import (
    Balance,
    PeriodCloseAsked,
    PeriodClosed,
    PeriodReopenAsked,
    PeriodReopened,
)

CLOSERS = frozenset({Role.FINANCE, Role.COORDINATOR})
"""Who asks for a month to be closed or opened again, and who confirms it: two people of them."""

What = Literal["close", "reopen"]
PeriodEvent = PeriodCloseAsked | PeriodClosed | PeriodReopenAsked | PeriodReopened


@dataclass(frozen=True, slots=True)
class Asking:
    """What one person asked for, and another has to confirm."""

    what: What
    month: str
    at: datetime
    by: Signature
    reason: str | None


@dataclass(frozen=True, slots=True)
class Closing:
    """A month that was closed; `reopened` tells by what, if it was opened again. `asked` and
    `reopen_asked`: what the first of the two people said."""

    month: str
    at: datetime
    by: Signature
    asked_by: Signature
    reason: str | None
    trial_balance: tuple[Balance, ...]
    log_size: int
    root: str
    asked: Asking | None = None
    reopened: PeriodReopened | None = None
    reopen_asked: Asking | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """Which months are closed. `first`: the month in which the programme was opened; `closings`:
    all that ever were, in their order."""

    first: str
    closings: tuple[Closing, ...] = ()
    asked: Asking | None = None

    @property
    def standing(self) -> tuple[Closing, ...]:
        """The closings that were not undone."""
        return tuple(closing for closing in self.closings if closing.reopened is None)

    @property
    def closed_upto(self) -> str | None:
        """The last closed month; those before are closed with it."""
        return max((closing.month for closing in self.standing), default=None)

    def is_closed(self, day: date) -> bool:
        """Whether nothing can be dated to this day any more."""
        upto = self.closed_upto
        return upto is not None and month_of(day) <= upto

    def open_day(self, day: date) -> date:
        """The day; or, where its month is closed, the first one that is open after it: a later
        correction lands there."""
        upto = self.closed_upto
        if upto is None or month_of(day) > upto:
            return day
        return date.fromisoformat(f"{month_after(upto)}-01")

    def check_open(self, day: date) -> None:
        """Refuses what is dated into a closed month. Raises MonthClosed."""
        if self.is_closed(day):
            raise MonthClosed(month_of(day))

    def check(self, what: What, month: str, at: datetime) -> None:
        """Refuses what cannot be asked for, nor confirmed, at this moment."""
        (self._check_close if what == "close" else self._check_reopen)(month, at)

    def _check_close(self, month: str, at: datetime) -> None:
        if month >= month_of(day_here(at)):
            raise MonthNotOver(month)
        upto = self.closed_upto
        if upto is not None and month <= upto:
            raise MonthClosed(month)
        # Something may be dated before the programme was opened here: the first month to be closed
        # may be an earlier one.
        due = self.first if upto is None else month_after(upto)
        if month > due:
            raise EarlierMonthOpen(month, due)

    def _check_reopen(self, month: str, _: datetime) -> None:
        upto = self.closed_upto
        if upto is None or month > upto:
            raise MonthNotClosed(month)
        if month != upto:
            raise LaterMonthClosed(month, upto)

    def waits_for(self, what: What, month: str) -> Asking | None:
        """What somebody asked for already, if it is this."""
        asked = self.asked
        return asked if asked is not None and (asked.what, asked.month) == (what, month) else None


def signature(actor: Actor, what: What, asked: Asking | None) -> Signature:
    """The signature of who asks for something, or confirms what another person asked for."""
    signatures = of_closers(actor, f"{what}_period")
    if asked is None:
        return signatures[0]
    for by in apart(signatures, asked.by):
        return by
    raise ClosingByAnother


def of_closers(actor: Actor, action: str) -> list[Signature]:
    """What somebody signs who closes the books, one's own first. Raises Forbidden."""
    signatures = [actor.sign(grant) for grant in actor.reaching(CLOSERS, None)]
    if not signatures:
        raise Forbidden(action, ", ".join(sorted(CLOSERS)))
    return signatures


def apart(signatures: Iterable[Signature], before: Signature) -> Iterator[Signature]:
    """Those of other people than the ones who signed before."""
    return (by for by in signatures if by.people.isdisjoint(before.people))


def evolve(books: Books, event: PeriodEvent) -> Books:
    """The books after the event."""
    match event:
        case PeriodCloseAsked():
            asking = Asking("close", event.period, event.at, event.by, event.reason)
            return replace(books, asked=asking)
        case PeriodReopenAsked():
            asking = Asking("reopen", event.period, event.at, event.by, event.reason)
            return replace(books, asked=asking)
        case PeriodClosed():
            closing = Closing(
                event.period,
                event.at,
                event.by,
                event.asked_by,
                event.reason,
                event.trial_balance,
                event.log_size,
                event.root,
                books.asked,
            )
            return replace(books, closings=(*books.closings, closing), asked=None)
        case PeriodReopened():
            return replace(books, closings=tuple(_reopened(books, event)), asked=None)


def _reopened(books: Books, event: PeriodReopened) -> Iterable[Closing]:
    for closing in books.closings:
        undone = closing.month == event.period and closing.reopened is None
        opened = replace(closing, reopened=event, reopen_asked=books.asked)
        yield opened if undone else closing
