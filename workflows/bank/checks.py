"""What does not add up: within a statement, between two, and with the account that it is for."""

import re

from domain.errors import (
    AnotherAccount,
    BalanceOff,
    BalancesApart,
    DaysMissing,
    NumbersMissing,
)
from workflows.bank.model import Statement, Trouble

_PLAIN = re.compile(r"[0-9]{1,9}", re.ASCII)


def balance(statement: Statement) -> tuple[Trouble, ...]:
    """Whether the opening balance and the lines come to the closing balance."""
    if statement.opening_cents is None or statement.closing_cents is None:
        return ()
    moved = sum(line.amount_cents for line in statement.lines)
    difference = statement.closing_cents - statement.opening_cents - moved
    if not difference:
        return ()
    return (Trouble(statement.where, BalanceOff(difference)),)


def account(statement: Statement, iban: str) -> tuple[Trouble, ...]:
    """Whether a statement is of the account `iban`. Where it tells a number in the bank's own way
    (`05428/11101/000000123456`), each part of it stands in the IBAN; one that tells none is taken
    as such."""
    own = statement.account_iban == iban
    if statement.account_iban is None:
        parts = re.findall(r"[0-9]+", statement.account or "", re.ASCII)
        own = all(part.lstrip("0") in iban for part in parts)
    return () if own else (Trouble(statement.where, AnotherAccount()),)


def gaps(earlier: Statement, later: Statement) -> tuple[Trouble, ...]:
    """What is missing between two statements of one account; nothing where they overlap.

    Numbers are compared where both are plain; they begin again with the year. Days without a
    statement are no gap where the balance went through them unchanged.
    """
    found = []
    first, second = _number(earlier), _number(later)
    if first is not None and second is not None and first + 1 < second:
        found.append(Trouble(later.where, NumbersMissing(first, second), lost=False))
    days = 0
    if earlier.to_on is not None and later.from_on is not None:
        days = (later.from_on - earlier.to_on).days - 1
    if days < 0:
        return tuple(found)
    if earlier.closing_cents is None or later.opening_cents is None:
        if days:
            found.append(Trouble(later.where, DaysMissing(days), lost=False))
        return tuple(found)
    difference = later.opening_cents - earlier.closing_cents
    if difference:
        found.append(Trouble(later.where, BalancesApart(difference)))
    return tuple(found)


def _number(statement: Statement) -> int | None:
    """The statement's number without its page."""
    text = (statement.number or "").partition("/")[0].strip()
    return int(text) if _PLAIN.fullmatch(text) else None
