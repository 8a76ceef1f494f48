"""Amounts and days as people type them, read strictly: what could mean two things is refused."""

import re
from datetime import date
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from api.languages import LOCALES, Language
from api.pages.say import N_
from domain.money import MAX_CENTS

NOT_AN_AMOUNT = N_("This is not an amount. Write it like {example}.")
TOO_PRECISE = N_("An amount has at most two decimals, like {example}.")
TOO_LARGE = N_("This amount is too large.")
NOT_POSITIVE = N_("The amount must be greater than zero.")
NOT_A_DAY = N_("This is not a day of the calendar. Write it like 31/12/2026.")

NOT_A_CODE = N_("A code is a word in capital letters, digits and _, like ROCCA.")
NOT_A_NUMBER = N_("This is not a whole number. Write it in digits, like 30.")

EXAMPLES = {"it": "1.234,50", "en": "1,234.50"}
"""An amount as each language writes it."""

_AMOUNT = re.compile(r"\d[\d.,]{0,20}", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_SPACES = str.maketrans("", "", " \u00a0\u202f\t")


class Mistyped(Exception):
    """What was typed cannot be read; `sentence` tells why, in English, and is translated."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def cents(text: str, language: Language) -> int:
    """The amount in cents, above zero. Raises Mistyped.

    In Italian `1.234,50` and `1234,5` are amounts, and `1.5` is not: the point only parts
    thousands. A euro sign before or behind is as good as none.
    """
    plain = text.translate(_SPACES).removeprefix("€").removesuffix("€")
    if not _AMOUNT.fullmatch(plain):
        raise Mistyped(NOT_AN_AMOUNT)
    try:
        euros = parse_decimal(plain, locale=LOCALES[language], strict=True)
    except NumberFormatError:
        raise Mistyped(NOT_AN_AMOUNT) from None
    whole = euros * 100
    if whole != whole.to_integral_value():
        raise Mistyped(TOO_PRECISE)
    if whole > MAX_CENTS:
        raise Mistyped(TOO_LARGE)
    if whole <= 0:
        raise Mistyped(NOT_POSITIVE)
    return int(whole)


def amount(amount_cents: int, language: Language) -> str:
    """An amount as it stands in a field: `1234,50`, which `cents` reads back."""
    text = f"{Decimal(amount_cents) / 100:.2f}"
    return text.replace(".", ",") if language == "it" else text


def day(text: str) -> date:
    """A day, written 31/12/2026 (or with points or dashes). Raises Mistyped."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise Mistyped(NOT_A_DAY)
    of_month, month, year = map(int, found.groups())
    try:
        return date(year, month, of_month)
    except ValueError:
        raise Mistyped(NOT_A_DAY) from None


def code(text: str) -> str:
    """A code, also if it was typed in small letters. Raises Mistyped."""
    found = text.strip().upper().replace(" ", "_")
    if not _CODE.fullmatch(found):
        raise Mistyped(NOT_A_CODE)
    return found


def number(text: str) -> int:
    """A whole number, from nought on. Raises Mistyped."""
    if not _NUMBER.fullmatch(text.strip()):
        raise Mistyped(NOT_A_NUMBER)
    return int(text)
