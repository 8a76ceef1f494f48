"""Closing a month of the programme's books and opening it again: what is decided."""

from typing import TypeVar

from domain.actors import Signature
from domain.events.base import Event, Stamp
from domain.events.programme import (
    Balance,
    PeriodCloseAsked,
    PeriodClosed,
    PeriodReopenAsked,
    PeriodReopened,
)
from domain.programme import Programme

AnEvent = TypeVar("AnEvent", bound=Event)


def ask_close(
    programme: Programme, stamp: Stamp, month: str, reason: str | None
) -> PeriodCloseAsked:
    """Somebody asks for a month to be closed."""
    programme.books.check("close", month, stamp.at)
    return _next(programme, PeriodCloseAsked, stamp, period=month, reason=reason)


def close(
    programme: Programme,
    stamp: Stamp,
    month: str,
    reason: str | None,
    *,
    asked_by: Signature,
    trial_balance: tuple[Balance, ...],
    log_size: int,
    root: bytes,
) -> PeriodClosed:
    """A second person closes the month, on what all accounts come to."""
    programme.books.check("close", month, stamp.at)
    if sum(balance.cents for balance in trial_balance) != 0:
        raise ValueError("a trial balance comes to 0")
    return _next(
        programme,
        PeriodClosed,
        stamp,
        period=month,
        reason=reason,
        asked_by=asked_by,
        trial_balance=trial_balance,
        log_size=log_size,
        root=root.hex(),
    )


def ask_reopen(programme: Programme, stamp: Stamp, month: str, reason: str) -> PeriodReopenAsked:
    """Somebody asks for the last closed month to be opened again."""
    programme.books.check("reopen", month, stamp.at)
    return _next(programme, PeriodReopenAsked, stamp, period=month, reason=reason)


def reopen(
    programme: Programme, stamp: Stamp, month: str, reason: str, *, asked_by: Signature
) -> PeriodReopened:
    """A second person opens it."""
    programme.books.check("reopen", month, stamp.at)
    return _next(programme, PeriodReopened, stamp, period=month, reason=reason, asked_by=asked_by)


def _next(programme: Programme, kind: type[AnEvent], stamp: Stamp, /, **data: object) -> AnEvent:
    return kind.stamped(stamp, programme.id, programme.version + 1, **data)
