"""Money and people as drawings with the tables behind them; nobody can be told from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.pages.bars import FULL
from api.pages.say import N_
from api.v1.statistics import Figures, Row, Statistics
from domain.programme import Programme
from projections.figures.queries import By

HEIGHT, COLUMN, GAP, BELOW = 140, 44, 14, 22
MOST_MONTHS = 24
UNKNOWN = N_("not known")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: `name` stands as it is, unless it is one of ours (`ours`). `width`: of its
    bar, of FULL; 0 where it is not told."""

    name: str
    part: str
    figures: Figures
    width: int
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A month as a column of the drawing; `height` 0 where it is not told."""

    first: date
    x: int
    height: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Months:
    """The columns, and how wide and high the drawing is."""

    columns: tuple[Column, ...]

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return max(len(self.columns), 12) * (COLUMN + GAP)

    @property
    def height(self) -> int:
        """Its height, with the months below."""
        return HEIGHT + BELOW


def lines(found: Statistics, known: Programme) -> list[Line]:
    """The rows of categories, items or districts, on one scale; the most money first."""
    rows = sorted(found.rows, key=lambda row: (-(row.requested_cents or -1), row.key))
    most = max((row.requested_cents or 0 for row in rows), default=0)
    return [_line(row, found.by, known, most) for row in rows]


def _line(row: Row, by: str, known: Programme, most: int) -> Line:
    name, part = row.key, ""
    category = known.categories.get(row.category or row.key)
    if by == "category" and category is not None:
        name = category.name
    elif by == "item" and category is not None:
        name, part = category.items.get(row.key, row.key), category.name
    width = round((row.requested_cents or 0) * FULL / most) if most else 0
    return Line(name or UNKNOWN, part, row, width, ours=not name)


def months(rows: Sequence[Row]) -> Months:
    """The last months, each as a column."""
    last = list(rows)[-MOST_MONTHS:]
    most = max((row.requested_cents or 0 for row in last), default=0)
    return Months(
        tuple(
            Column(
                date(int(row.key[:4]), int(row.key[5:]), 1),
                n * (COLUMN + GAP) + GAP // 2,
                round((row.requested_cents or 0) * HEIGHT / most) if most else 0,
                row,
            )
            for n, row in enumerate(last)
        )
    )


TABLES: Mapping[By, str] = {
    "category": N_("By category"),
    "item": N_("By item"),
    "district": N_("By neighbourhood"),
}
"""What there is a table of, besides the months."""
