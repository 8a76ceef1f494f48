"""Amounts and days in the cells of tables, in the forms that spreadsheets and banks write them."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache

from openpyxl.utils.datetime import from_excel

from domain.errors import UnreadableAmount, UnreadableDate
from workflows.bank import values
from workflows.bank.rows import Cell

_CENTURY = 2000
_SERIALS = range(30_000, 80_000)
"""Days as spreadsheets count them, from 1982 to 2118."""

_PARTS = {"yyyy": r"(?P<year>[0-9]{4})", "yy": r"(?P<short>[0-9]{2})"}
_TIME = r"(?:[ T][0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:\.[0-9]+)?)?)?"
_AROUND = re.compile(r"^(?:EUR|€)|(?:EUR|€)$")
_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_CLOSE_TO_A_CENT = Decimal("0.000001")


def amount_of(cell: Cell, decimal_mark: str, element: str) -> int:
    """An amount in cents; with a sign before or behind it, or in brackets where it is negative."""
    if isinstance(cell, bool) or cell is None or isinstance(cell, date | datetime):
        raise UnreadableAmount(element)
    if isinstance(cell, int | float):
        return _number(cell, element)
    return _written(str(cell), decimal_mark, element)


def _number(number: float, element: str) -> int:
    """A number of a spreadsheet, which may be off by what floating point leaves over."""
    try:
        exact = Decimal(repr(number)) * 100
        cents = exact.to_integral_value()
    except InvalidOperation:
        raise UnreadableAmount(element) from None
    if not exact.is_finite() or abs(exact - cents) > _CLOSE_TO_A_CENT:
        raise UnreadableAmount(element)
    found = values.cents_of(str(abs(int(cents)) // 100), f"{abs(int(cents)) % 100:02}", element)
    return -found if cents < 0 else found


@cache
def _amount_shape(decimal_mark: str) -> re.Pattern[str]:
    thousands = "[.']" if decimal_mark == "," else "[,']"
    return re.compile(
        rf"([+-]?)([0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|[0-9]*)"
        rf"(?:{re.escape(decimal_mark)}([0-9]*))?([+-]?)",
        re.ASCII,
    )


def _written(text: str, decimal_mark: str, element: str) -> int:
    if len(text) > values.MAX_TEXT:
        raise UnreadableAmount(element)
    compact = _BLANKS.sub("", text).replace("\u2212", "-").upper()
    brackets = compact.startswith("(") and compact.endswith(")")
    compact = _AROUND.sub("", compact.strip("()") if brackets else compact)
    # The currency may stand between sign and figures.
    compact = re.sub(r"^([+-])(?:EUR|€)", r"\1", compact)
    found = _amount_shape(decimal_mark).fullmatch(compact)
    if found is None or (found[1] and found[4]) or (brackets and (found[1] or found[4])):
        raise UnreadableAmount(element)
    whole = re.sub(r"[^0-9]", "", found[2])
    cents = values.cents_of(whole, found[3] or "", element)
    return -cents if brackets or "-" in (found[1], found[4]) else cents


@cache
def _day_shape(date_format: str) -> re.Pattern[str]:
    pieces = re.split(r"(yyyy|yy|mm|dd)", date_format)
    shape = "".join(
        _PARTS.get(piece)
        or {"mm": r"(?P<month>[0-9]{1,2})", "dd": r"(?P<day>[0-9]{1,2})"}.get(piece)
        or re.escape(piece)
        for piece in pieces
    )
    if not re.search(r"\W", date_format):
        shape = shape.replace("{1,2}", "{2}")
    return re.compile(shape + _TIME, re.ASCII)


def day_of(cell: Cell, date_format: str, element: str) -> date:
    """A day, however the spreadsheet or the bank wrote it."""
    if isinstance(cell, datetime | date):
        return values.day(cell.year, cell.month, cell.day, element)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _SERIALS:
        moment = from_excel(int(cell))
        if isinstance(moment, datetime):
            return values.day(moment.year, moment.month, moment.day, element)
    # Forms without marks come as numbers from spreadsheets.
    written = str(cell).strip()
    found = _day_shape(date_format).fullmatch(written)
    if found is None:
        raise UnreadableDate(element)
    parts = found.groupdict()
    year = int(parts["year"]) if parts.get("year") else _CENTURY + int(parts["short"])
    return values.day(year, int(parts["month"]), int(parts["day"]), element)
