"""Amounts, dates, texts and IBANs as they stand in bank files, read strictly.

What cannot be read raises the error that says so, with the name of the element, never its value.
"""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

from stdnum import iban

from domain.days import HERE
from domain.errors import AmountOutOfRange, TextTooLong, UnreadableAmount, UnreadableDate
from domain.money import MAX_CENTS

MAX_TEXT = 5000
"""Characters. No bank writes longer ones; a longer one is a broken or hostile file."""

_YEARS = range(1990, 2100)
_CENTURY = 2000
_DECIMAL = re.compile(r"\s*([+-]?)([0-9]*)(?:\.([0-9]*))?\s*", re.ASCII)
_COMMA = re.compile(r"([0-9]+),([0-9]{0,2})", re.ASCII)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_SPACES = re.compile(r"\s+")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NO_REFERENCE = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NON PRESENTE", "-"})


def cents_of(whole: str, decimals: str, element: str) -> int:
    """Whole and decimal digits as cents; more than two decimals only if they are zeros."""
    rest = decimals.rstrip("0")
    if not whole + decimals or len(rest) > 2:
        raise UnreadableAmount(element)
    # Counted before it is converted: Python refuses to convert some thousand digits.
    if len(whole.lstrip("0")) > len(str(MAX_CENTS)):
        raise AmountOutOfRange(MAX_CENTS)
    cents = int(whole or "0") * 100 + int(rest.ljust(2, "0"))
    if cents > MAX_CENTS:
        raise AmountOutOfRange(MAX_CENTS)
    return cents


def decimal_cents(text: str, element: str) -> int:
    """An amount with a decimal point and no other marks, as in XML: "8.85", "-3"."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise UnreadableAmount(element)
    cents = cents_of(found[2], found[3] or "", element)
    return -cents if found[1] == "-" else cents


def comma_cents(text: str, element: str) -> int:
    """An amount with a decimal comma and no sign, as in MT940 and CBI: "800,", "000012,30"."""
    found = _COMMA.fullmatch(text.strip())
    if found is None:
        raise UnreadableAmount(element)
    return cents_of(found[1], found[2], element)


def day(year: int, month: int, day_: int, element: str) -> date:
    """A day that can stand in a statement."""
    try:
        found = date(year, month, day_)
    except ValueError:
        raise UnreadableDate(element) from None
    if found.year not in _YEARS:
        raise UnreadableDate(element)
    return found


def iso_day(text: str, element: str) -> date:
    """A day, or the day here of a moment: "2014-12-31", "2014-12-31T13:15:00+01:00"."""
    found = _ISO_DAY.fullmatch(text.strip())
    if found is not None:
        return day(int(found[1]), int(found[2]), int(found[3]), element)
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is not None:
            moment = moment.astimezone(HERE)
    except (ValueError, OverflowError):
        raise UnreadableDate(element) from None
    return day(moment.year, moment.month, moment.day, element)


def short_day(text: str, order: str, element: str) -> date:
    """A day in six digits; `order` is "ymd" (MT940) or "dmy" (CBI)."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        raise UnreadableDate(element)
    numbers = dict(zip(order, (int(text[:2]), int(text[2:4]), int(text[4:])), strict=True))
    return day(_CENTURY + numbers["y"], numbers["m"], numbers["d"], element)


def clean(text: str) -> str:
    """Text in one line, without what hides or breaks something."""
    if len(text) > MAX_TEXT:
        raise TextTooLong(MAX_TEXT)
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(sign) in _HIDDEN else sign for sign in text)
    return _SPACES.sub(" ", text).strip()


def reference(text: str | None) -> str | None:
    """A reference; None where none was given, in whatever words."""
    found = clean(text or "")
    return None if not found or found.upper() in _NO_REFERENCE else found


def compact_iban(text: str | None) -> str | None:
    """In capitals and without spaces, if it has the shape of an IBAN."""
    found = _SPACES.sub("", text or "").upper()
    return found if _IBAN.fullmatch(found) else None


# The rules of a country are looked up anew each time, and a statement names the same few.
@lru_cache(maxsize=8192)
def iban_is_right(compact: str) -> bool:
    """Whether the check digits fit."""
    return bool(iban.is_valid(compact))
