"""Asks what statistics and exports tell, before anything is left out of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, LiteralString

from projections.figures.suppression import Cell
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.figures", "queries")

By = Literal["category", "item", "partner", "district", "month"]
TimesBy = Literal["category", "partner", "month", ""]


_NOTHING = Cell("", "", 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which doti: of these partners (None: all), requested from a day on and before another."""

    partners: frozenset[str] | None
    since: date | None = None
    until: date | None = None

    def values(self) -> dict[str, object]:
        """As the statements take it."""
        partners = None if self.partners is None else sorted(self.partners)
        return {"partners": partners, "since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True)
class InYear:
    """Which doti are counted: of these partners (None: all), requested in a calendar year.

    Statistics are told for no other span. Two spans that overlap would tell by subtraction what is
    left out of each (January to March, less January to February, is March); years do not overlap,
    and what is left out within one year is left out so that nothing follows from the rest of it
    (`projections.figures.suppression`).
    """

    partners: frozenset[str] | None
    year: int

    def values(self) -> dict[str, object]:
        """As the statements take it."""
        first, next_ = date(self.year, 1, 1), date(self.year + 1, 1, 1)
        return Chosen(self.partners, first, next_).values()


def years(tx: Tx, scope: frozenset[str] | None) -> list[int]:
    """The years in which doti of some partners (None: all) were requested, the newest first."""
    values = Chosen(scope).values()
    return [row["year"] for row in tx.execute(_SQL["years"], values)]


def cells(tx: Tx, chosen: InYear, by: By, small: int) -> list[Cell]:
    """What there is by something."""
    return list(_cells(tx, chosen, by, small))


def whole(tx: Tx, chosen: InYear, small: int) -> Cell:
    """All of it together."""
    found = list(_cells(tx, chosen, "", small))
    return found[0] if found else _NOTHING


@dataclass(frozen=True, slots=True)
class Times:
    """Days from the request to the first payment: at most so many in half of the doti, and in nine
    of ten. None where `suppressed`: they are of too few households."""

    key: str
    suppressed: bool
    median_days: float | None
    ninth_days: float | None


def times(tx: Tx, chosen: InYear, by: TimesBy, small: int) -> list[Times]:
    """How long it took, by something; '': of all."""
    values = {**chosen.values(), "by": by, "small": small}
    found = tx.execute(_whole("times"), values, prepare=False)
    return [_times(row) for row in found]


def _times(row: dict[str, Any]) -> Times:
    gone = row["suppressed"]
    days = (None if gone else round(row[name], 1) for name in ("median", "ninth"))
    return Times(row["key"], gone, *days)


def doti(tx: Tx, chosen: Chosen) -> list[dict[str, Any]]:
    """The doti, one row each."""
    return tx.execute(_whole("doti"), chosen.values(), prepare=False).fetchall()


def _cells(tx: Tx, chosen: InYear, by: str, small: int) -> Iterator[Cell]:
    values = {**chosen.values(), "by": by, "small": small}
    for row in tx.execute(_whole("cells"), values, prepare=False):
        few = row.pop("few")
        yield Cell(**row, few=None if few is None else frozenset(few))


def _whole(name: str) -> LiteralString:
    with_merged = _SQL[name].replace("{merged}", _SQL["merged"])
    return with_merged.replace("{chosen}", _SQL["chosen"])
