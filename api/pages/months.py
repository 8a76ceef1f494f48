"""What was granted month by month, as columns of one drawing and as the table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.v1.household_view import Granted

HEIGHT = 120
COLUMN, GAP = 30, 10
MONTHS = 12
COLOURS = ("documented", "disbursed", "committed", "fourth", "fifth")
"""The colours of the categories, in their order; what comes after them has the last one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column: its colour, where it begins and how high it is."""

    colour: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Month:
    """A column. `cents`: by category, in their order."""

    first: date
    x: int
    cents: tuple[int, ...]
    pieces: tuple[Piece, ...]

    @property
    def total_cents(self) -> int:
        """All that was granted in the month."""
        return sum(self.cents)


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months and the categories that something was granted in."""

    categories: tuple[str, ...]
    colours: tuple[str, ...]
    months: tuple[Month, ...]

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return len(self.months) * (COLUMN + GAP)


def year(granted: Sequence[Granted], today: date) -> Year:
    """The twelve months up to today."""
    categories = tuple(sorted({each.category for each in granted}))
    colours = tuple(COLOURS[min(n, len(COLOURS) - 1)] for n in range(len(categories)))
    found = {(each.month, each.category): each.cents for each in granted}
    firsts = [_months_before(today, n) for n in reversed(range(MONTHS))]
    rows = [tuple(found.get((first, each), 0) for each in categories) for first in firsts]
    highest = max(map(sum, rows), default=0) or 1
    months = tuple(
        Month(first, n * (COLUMN + GAP), cents, _pieces(cents, colours, highest))
        for n, (first, cents) in enumerate(zip(firsts, rows, strict=True))
    )
    return Year(categories, colours, months)


def _pieces(cents: Sequence[int], colours: Sequence[str], highest: int) -> tuple[Piece, ...]:
    """From the ground up; edges are rounded and not heights, so that nothing overlaps."""
    pieces, below = [], 0
    for colour, one in zip(colours, cents, strict=True):
        low, high = round(below * HEIGHT / highest), round((below + one) * HEIGHT / highest)
        if high > low:
            pieces.append(Piece(colour, HEIGHT - high, high - low))
        below += one
    return tuple(pieces)


def _months_before(day: date, count: int) -> date:
    """The first day of the month that many months before."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
