"""Invented people: their households, tax codes and bank accounts. Valid in form, nobody's."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum import iban
from stdnum.it import codicefiscale

from api.demo.data import Stories
from api.programme_file import ProgrammeData
from domain.household import IdType, Member
from workflows.commands import RegisterHousehold

INVENTED_BANK = "99999"
"""No bank has this code."""

_MONTHS = "ABCDEHLMPRST"
_ITALIAN_PLACES = ("L219", "L219", "L219", "F839", "H501", "G273", "A662")
_RECIPIENT_WEIGHTS = {"ANZIANI": 3, "DISABILITA": 2, "ADULTI": 4, "FAMIGLIE": 7, "MIGRANTI": 3}
_CIN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)


@dataclass(frozen=True, slots=True)
class Shape:
    """Of whom a household is made: how many adults and minors, and how old the adults are."""

    adults: tuple[int, int]
    minors: tuple[int, int]
    ages: tuple[int, int]


_SHAPES = {
    "ANZIANI": Shape((1, 2), (0, 0), (67, 88)),
    "DISABILITA": Shape((1, 3), (0, 1), (20, 70)),
    "ADULTI": Shape((1, 1), (0, 0), (22, 63)),
    "FAMIGLIE": Shape((1, 2), (1, 4), (24, 52)),
    "MIGRANTI": Shape((1, 2), (0, 3), (20, 48)),
}


class Persons:
    """Makes up households. The same `rng` gives the same people."""

    def __init__(self, rng: Random, data: ProgrammeData, told: Stories) -> None:
        self._rng = rng
        self._data = data
        self._told = told

    def household(
        self, today: date, district: str, hardships: tuple[int, ...], *, minors: bool
    ) -> RegisterHousehold:
        """A household of the district as it is today, with children if `minors`."""
        rng = self._rng
        codes = [r.code for r in self._data.recipients if not minors or _SHAPES[r.code].minors[1]]
        kind = rng.choices(codes, [_RECIPIENT_WEIGHTS[code] for code in codes])[0]
        shape = _SHAPES[kind]
        family = rng.choice(self._told.family_names)
        adults = [
            self._member(self._surname(family, nth), self._born(today, *shape.ages), kind)
            for nth in range(rng.randint(*shape.adults))
        ]
        count = max(rng.randint(*shape.minors), 1 if minors else 0)
        children = [self._member(family, self._born(today, 0, 16), kind) for _ in range(count)]
        return RegisterHousehold(
            members=(*adults, *children),
            address=f"{rng.choice(self._told.streets)} {rng.randint(1, 140)}, {self._data.city}",
            district=district,
            hardships=(self._data.hardships[rng.choice(hardships)],),
        )

    def _surname(self, family: str, nth: int) -> str:
        return family if nth == 0 else self._rng.choice(self._told.family_names)

    def _born(self, today: date, youngest: int, oldest: int) -> date:
        years = self._rng.randint(youngest, oldest)
        return today - timedelta(days=365 * years + self._rng.randint(0, 364) + years // 4)

    def _member(self, family: str, born: date, kind: str) -> Member:
        rng = self._rng
        female = rng.random() < 0.55
        names = self._told.given_names
        given = rng.choice(names.female if female else names.male)
        abroad = kind == "MIGRANTI" or rng.random() < 0.15
        place = rng.choice(self._told.birthplaces_abroad if abroad else _ITALIAN_PLACES)
        id_type = self._id_type(kind)
        return Member(
            given_name=given,
            family_name=family,
            born=born,
            id_type=id_type,
            id_value=self._identifier(id_type, tax_code(family, given, born, place, female=female)),
        )

    def _id_type(self, kind: str) -> IdType:
        if kind != "MIGRANTI":
            return IdType.CF
        types = (IdType.CF, IdType.STP, IdType.ENI, IdType.DOCUMENT, IdType.NONE)
        return self._rng.choices(types, (10, 3, 1, 4, 2))[0]

    def _identifier(self, id_type: IdType, code: str) -> str | None:
        number = self._rng.randint(1_000_000, 9_999_999)
        return {
            IdType.CF: code,
            IdType.STP: f"STP010203{number}",
            IdType.ENI: f"ENI010203{number}",
            IdType.DOCUMENT: f"YX{number}",
            IdType.NONE: None,
        }[id_type]


def tax_code(family: str, given: str, born: date, place: str, *, female: bool) -> str:
    """A codice fiscale: letters of the names, birthday (women + 40), place, check letter."""
    day = born.day + (40 if female else 0)
    when = f"{born.year % 100:02}{_MONTHS[born.month - 1]}{day:02}"
    first = f"{_letters(family, 3)}{_letters(given, 4)}{when}{place}"
    return first + codicefiscale.calc_check_digit(first)


def _letters(name: str, skips_second_from: int) -> str:
    """Three letters, consonants first; a given name with four of them leaves out the second."""
    letters = [letter for letter in name.upper() if letter.isascii() and letter.isalpha()]
    consonants = [letter for letter in letters if letter not in "AEIOU"]
    if skips_second_from == 4 and len(consonants) >= 4:
        del consonants[1]
    vowels = [letter for letter in letters if letter in "AEIOU"]
    return "".join([*consonants, *vowels, "X", "X"])[:3]


def bank_account(holder: str) -> str:
    """The one IBAN of an account holder, at a bank that does not exist."""
    # Of a name, not of the plan: a supplier keeps its account in whatever order it is paid.
    rng = Random(holder)  # noqa: S311  no secret
    rest = f"{INVENTED_BANK}{rng.randint(1, 999):05}{rng.randint(0, 10**12 - 1):012}"
    bban = _cin(rest) + rest
    return f"IT{iban.calc_check_digits(f'IT00{bban}')}{bban}"


def _cin(digits: str) -> str:
    """The check letter of an Italian account number."""
    total = sum(
        _CIN_ODD[int(digit)] if nth % 2 == 0 else int(digit) for nth, digit in enumerate(digits)
    )
    return chr(ord("A") + total % 26)
