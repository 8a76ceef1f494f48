"""A year of spending as a drawn curve: committed and paid, month by month, against the plan."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from domain.ledger import Account
from projections.ledger.movements import Year

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 74, 10, 12, 26
"""Room for the amounts beside, and for the months below."""
STEPS = 4
_ROUND = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
_MONTHS = 12
_PAID = (Account.DISBURSED, Account.DOCUMENTED, Account.DISALLOWED)
_COMMITTED = (Account.COMMITTED, *_PAID)

Point = tuple[float, int]
"""Months after the beginning of the year, and cents."""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of the table: what it added, and what it comes to since January. None: not yet."""

    month: date
    committed_cents: int | None
    committed_sum: int | None
    paid_cents: int | None
    paid_sum: int | None
    plan_cents: int


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn, in the units of the picture, and the table behind it.

    `months`, `amounts`: where the words along the edges stand; `ends`: where a line ends.
    """

    year: int
    plan_cents: int
    plan: str
    committed: str
    paid: str
    ends: Mapping[str, tuple[float, float]]
    months: tuple[tuple[float, date], ...]
    amounts: tuple[tuple[float, int], ...]
    rows: tuple[MonthRow, ...]


def curve(number: int, year: Year, today: date) -> Curve:
    """A year as a curve, as far as it has come.

    The plan is a straight line to what could be spent: what was available when the year began and
    what was allocated in it.
    """
    reached = _reached(number, today)
    committed = _by_month(year, _COMMITTED, reached)
    paid = _by_month(year, _PAID, reached)
    allocated = sum(sum(month.values()) for month in year.months.values())
    plan = max(year.opening[Account.AVAILABLE] + allocated, 0)
    lines = {"committed": _points(committed, number, today), "paid": _points(paid, number, today)}
    highest = max(plan, *(cents for line in lines.values() for _, cents in line), 1)
    top = _round_up(highest)
    return Curve(
        year=number,
        plan_cents=plan,
        plan=_path([(0.0, 0), (float(_MONTHS), plan)], top),
        committed=_path(lines["committed"], top),
        paid=_path(lines["paid"], top),
        ends={name: _place(line[-1], top) for name, line in lines.items()},
        months=tuple((_x(n + 0.5), date(number, n + 1, 1)) for n in range(_MONTHS)),
        amounts=tuple((_y(top * n // STEPS, top), top * n // STEPS) for n in range(STEPS + 1)),
        rows=tuple(_rows(number, committed, paid, plan)),
    )


def _reached(number: int, today: date) -> int:
    """How many months of a year have begun."""
    if number != today.year:
        return _MONTHS if number < today.year else 0
    return today.month


def _by_month(year: Year, accounts: Sequence[Account], reached: int) -> list[int]:
    return [
        sum(year.months[n][account] for account in accounts) if n in year.months else 0
        for n in range(1, reached + 1)
    ]


def _points(by_month: list[int], number: int, today: date) -> list[Point]:
    """Where the line goes; the month that goes on ends today."""
    sums = list(accumulate(by_month, initial=0))
    points = [(float(n), cents) for n, cents in enumerate(sums)]
    if number == today.year:
        passed = today.day / monthrange(number, today.month)[1]
        points[-1] = (today.month - 1 + passed, sums[-1])
    return points


def _rows(number: int, committed: list[int], paid: list[int], plan: int) -> list[MonthRow]:
    sums = list(accumulate(committed)), list(accumulate(paid))
    rows = []
    for n in range(_MONTHS):
        there = n < len(committed)
        rows.append(
            MonthRow(
                month=date(number, n + 1, 1),
                committed_cents=committed[n] if there else None,
                committed_sum=sums[0][n] if there else None,
                paid_cents=paid[n] if there else None,
                paid_sum=sums[1][n] if there else None,
                plan_cents=plan * (n + 1) // _MONTHS,
            )
        )
    return rows


def _path(points: Sequence[Point], top: int) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(point, top) for point in points))


def _place(point: Point, top: int) -> tuple[float, float]:
    months, cents = point
    return round(_x(months), 1), round(_y(cents, top), 1)


def _x(months: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * months / _MONTHS


def _y(cents: int, top: int) -> float:
    # More given back than spent would be below the ground.
    share = min(max(cents / top, 0.0), 1.0)
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def _round_up(cents: int) -> int:
    """The next amount of which a quarter is easily read, too: 4, 6, 8, 10 ... euros with zeros."""
    unit = STEPS * 10
    while True:
        for tenths in _ROUND:
            if tenths * unit >= cents:
                return tenths * unit
        unit *= 10
