"""What looks wrong in an identifier or a phone number. It warns and never blocks.

Sources: decree of the Minister of Finance of 23 December 1976 (the tax code: how its letters follow
from names and birthday, its check sign, and the letters that stand for digits where two people
had the same code, *omocodia*); circular no. 5 of the Ministry of Health of 24 March 2000 (STP, and
ENI after it: three letters, three digits of the region, three of the office, seven counted on).
"""

import re
from datetime import date

from stdnum.it import codicefiscale

from domain.text import folded

_TAX_CODE = re.compile(
    r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]",
    re.ASCII,
)
_DIGITS = str.maketrans("LMNPQRSTUV", "0123456789")
_MONTHS = "ABCDEHLMPRST"
_WOMEN_FROM = 40
"""Added to the day of birth in the tax code of women."""

_NAME_LETTERS = 3
_MANY_CONSONANTS = 4

_HEALTH_CODE = re.compile(r"(STP|ENI)([0-9]{3})[0-9]{10}", re.ASCII)
# Both ways of counting the twenty regions are in use: 1 to 20, and in tens; with 41 and 42 for
# the two autonomous provinces.
_REGIONS = frozenset(
    [*(f"{n:03}" for n in range(1, 21)), *(f"{n:03}" for n in range(10, 201, 10)), "041", "042"]
)

_PHONE = re.compile(r"\+?[0-9 ./()\u2010-\u2015\u2212-]+", re.ASCII)
_PHONE_DIGITS = range(6, 16)
"""Shorter ones are no number of a person; fifteen is the longest (ITU-T E.164)."""


def compact(identifier: str) -> str:
    """In capitals, without spaces and marks: however it was written."""
    return folded(identifier).replace(" ", "").upper()


def tax_code_warnings(
    value: str, given_name: str, family_name: str, born: date | None
) -> list[str]:
    """What looks wrong in a tax code: itself, and beside the names and the birthday.

    Provisional codes (eleven digits) tell of no person, and have nothing to compare.
    """
    found = [] if codicefiscale.is_valid(value) else ["tax_code_checksum"]
    code = codicefiscale.compact(value)
    if not _TAX_CODE.fullmatch(code):
        return found
    letters = name_letters(given_name, family_name)
    if letters is not None and code[:6] != letters:
        found.append("tax_code_names")
    if born is not None and _birthday(code) != (born.year % 100, born.month, born.day):
        found.append("tax_code_birthday")
    return found


def name_letters(given_name: str, family_name: str) -> str | None:
    """The first six letters of a tax code; None for names that are not written in Latin letters.

    Three consonants of each, in their order, then its vowels, then X; of a given name with four
    consonants or more the first, the third and the fourth.
    """
    family, given = _latin(family_name), _latin(given_name)
    if family is None or given is None:
        return None
    consonants = _consonants(given)
    if len(consonants) >= _MANY_CONSONANTS:
        return _three(family) + consonants[0] + consonants[2:4]
    return _three(family) + _three(given)


def _latin(name: str) -> str | None:
    letters = folded(name).replace(" ", "").upper()
    return letters if letters.isascii() and letters.isalpha() else None


def _consonants(letters: str) -> str:
    return "".join(letter for letter in letters if letter not in "AEIOU")


def _three(letters: str) -> str:
    vowels = "".join(letter for letter in letters if letter in "AEIOU")
    return (_consonants(letters) + vowels + "XXX")[:_NAME_LETTERS]


def _birthday(code: str) -> tuple[int, int, int]:
    """Year within its century, month and day; letters that stand for digits read as those."""
    day = int(code[9:11].translate(_DIGITS))
    month = _MONTHS.index(code[8]) + 1
    return int(code[6:8].translate(_DIGITS)), month, day % _WOMEN_FROM


def is_health_code(value: str, kind: str) -> bool:
    """Whether it has the shape of an STP or ENI code (`kind`), of one of the regions."""
    found = _HEALTH_CODE.fullmatch(compact(value))
    return found is not None and found[1] == kind and found[2] in _REGIONS


def phone_digits(value: str) -> str:
    """A number as it is compared: its digits, without +39 or 0039 before them, and after another
    country's + or 00 with a plus sign. Empty where there are none."""
    written = value.strip()
    digits = "".join(str(int(sign)) for sign in written if sign.isdecimal())
    abroad = written.startswith("+") or digits.startswith("00")
    if not abroad:
        return digits
    number = digits if written.startswith("+") else digits[2:]
    return number[2:] if number.startswith("39") else f"+{number}" * bool(number)


def is_phone(value: str) -> bool:
    """Whether it can be the number of a phone."""
    digits = phone_digits(value).lstrip("+")
    return bool(_PHONE.fullmatch(value.strip())) and len(digits) in _PHONE_DIGITS
