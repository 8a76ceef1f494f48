"""Which payment a receipt belongs to, where several went out: THE rule.

Money has no name, so nobody says it: what is documented, not admitted or given back fills the
payments as money does. The payments stand in the order of their value dates, the oldest first. What
fills them stands in the order in which it came in: receipts as they were handed in, refunds as they
arrived. Each takes what is left of the oldest payment, and then of the next. A receipt of 50 for a
first payment of 50 is of that one, whenever somebody decides about it: a receipt that waits keeps
its place, as far as it can still be decided beside what has been.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Out:
    """A payment that went out and did not come back. `n`: its number on its dote."""

    n: int
    day: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Filling:
    """What payments are filled with: a receipt, or money that was given back. `place`: that it is
    told by. `waits`: nobody has decided yet."""

    place: int
    amount_cents: int
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What one filling has of one payment."""

    n: int
    amount_cents: int


def parts(payments: Iterable[Out], fillings: Sequence[Filling]) -> Mapping[int, tuple[Part, ...]]:
    """What each filling, by its place, has of which payments. `fillings`: as they came in.

    No payment is filled with more than it was, and what is decided is placed wholly as long as it
    comes to no more than was paid.
    """
    left = [(out.n, out.amount_cents) for out in sorted(payments, key=_age)]
    room = sum(cents for _, cents in left)
    room -= sum(filling.amount_cents for filling in fillings if not filling.waits)
    found: dict[int, tuple[Part, ...]] = {}
    for filling in fillings:
        cents = filling.amount_cents
        if filling.waits:
            cents = min(cents, max(room, 0))
            room -= cents
        taken, left = _take(left, cents)
        found[filling.place] = taken
    return found


def _age(out: Out) -> tuple[date, int]:
    return out.day, out.n


def _take(
    left: Sequence[tuple[int, int]], cents: int
) -> tuple[tuple[Part, ...], list[tuple[int, int]]]:
    """So much of the oldest payments, and what is left of all."""
    taken: list[Part] = []
    after: list[tuple[int, int]] = []
    for n, there in left:
        part = min(there, cents)
        cents -= part
        if part:
            taken.append(Part(n, part))
        if there > part:
            after.append((n, there - part))
    return tuple(taken), after
