"""Identifiers and phone numbers: what is told of them, and what is not."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.it import codicefiscale

from domain.household import IdType, Member, MemberWarning, warnings
from domain.identifiers import is_health_code, is_phone, name_letters, phone_digits
from tests.spec import TODAY

VOWELS = "AEIOU"
MONTHS = "ABCDEHLMPRST"
INSTEAD = dict(zip("0123456789", "LMNPQRSTUV", strict=True))
DIGITS_AT = (6, 7, 9, 10, 12, 13, 14)

NAMES = st.text(alphabet="BCDFGHLMNPRSTVZAEIOU", min_size=1, max_size=12).map(str.title)
DAYS = st.dates(min_value=date(1927, 1, 1), max_value=date(2026, 3, 1))


def letters(name: str, *, given_name: bool) -> str:
    """Three letters of a name, told sign by sign as the decree does (article 2)."""
    consonants = [sign for sign in name.upper() if sign not in VOWELS]
    if given_name and len(consonants) > 3:
        return consonants[0] + consonants[2] + consonants[3]
    vowels = [sign for sign in name.upper() if sign in VOWELS]
    return "".join((consonants + vowels + ["X", "X", "X"])[:3])


def tax_code(family: str, given_name: str, born: date, *, woman: bool) -> str:
    day = born.day + 40 if woman else born.day
    when = f"{born:%y}{MONTHS[born.month - 1]}{day:02}"
    return signed(
        letters(family, given_name=False) + letters(given_name, given_name=True) + when + "L219"
    )


def signed(first: str) -> str:
    return first + codicefiscale.calc_check_digit(first)


def person(value: str, born: date | None, names: tuple[str, str] = ("Ada", "Rossi")) -> Member:
    given_name, family = names
    return Member(
        given_name=given_name, family_name=family, born=born, id_type=IdType.CF, id_value=value
    )


def omocodia(code: str) -> Iterator[str]:
    """The code with letters in the place of some of its digits, as where two people have one."""
    for count in range(1, len(DIGITS_AT) + 1):
        for places in combinations(DIGITS_AT, count):
            signs = list(code[:15])
            for place in places:
                signs[place] = INSTEAD[signs[place]]
            yield signed("".join(signs))


@given(family=NAMES, given_name=NAMES, born=DAYS, woman=st.booleans())
def test_a_tax_code_of_these_names_and_this_birthday(
    family: str, given_name: str, born: date, woman: bool
) -> None:
    code = tax_code(family, given_name, born, woman=woman)
    assert person(code, born, (given_name, family)).warnings(TODAY) == []
    assert person(code.lower(), born, (given_name.upper(), family)).warnings(TODAY) == []


@settings(max_examples=20)
@given(family=NAMES, given_name=NAMES, born=DAYS, woman=st.booleans())
def test_every_omocodia_of_it(family: str, given_name: str, born: date, woman: bool) -> None:
    for code in omocodia(tax_code(family, given_name, born, woman=woman)):
        assert person(code, born, (given_name, family)).warnings(TODAY) == []


@given(born=DAYS, other=DAYS, woman=st.booleans())
def test_another_birthday(born: date, other: date, woman: bool) -> None:
    code = tax_code("Rossi", "Ada", born, woman=woman)
    same = (born.year % 100, born.month, born.day) == (other.year % 100, other.month, other.day)
    assert person(code, other).warnings(TODAY) == ([] if same else ["tax_code_birthday"])
    assert person(code, None).warnings(TODAY) == []


@given(born=DAYS, other=NAMES)
def test_other_names(born: date, other: str) -> None:
    code = tax_code("Rossi", "Ada", born, woman=True)
    same = letters(other, given_name=True) == "DAA"
    told = person(code, born, (other, "Rossi")).warnings(TODAY)
    assert told == ([] if same else ["tax_code_names"])
    assert person(code, born, ("Rossi", "Ada")).warnings(TODAY) == ["tax_code_names"]


@given(born=DAYS, place=st.integers(0, 14), sign=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ019"))
def test_a_sign_that_was_mistyped(born: date, place: int, sign: str) -> None:
    code = tax_code("Rossi", "Ada", born, woman=True)
    mistyped = code[:place] + sign + code[place + 1 :]
    told = person(mistyped, born).warnings(TODAY)
    assert ("tax_code_checksum" in told) == (not codicefiscale.is_valid(mistyped))
    assert bool(told) == (mistyped != code) or codicefiscale.is_valid(mistyped)


@pytest.mark.parametrize(
    ("given_name", "family", "expected"),
    [
        ("Mario", "Rossi", "RSSMRA"),
        ("Gianfranco", "Fo", "FOXGFR"),
        ("Caterina", "Aia", "AIACRN"),
        ("Noè", "D'Àmico", "DMCNOE"),
        ("Maria Luisa", "De Rossi", "DRSMLS"),
        ("Al", "Hu", "HUXLAX"),
        ("Łukasz", "Nuñez", "NNZLSZ"),
        ("ليلى", "Rossi", None),
        ("李娜", "王", None),
        ("-", "Rossi", None),
    ],
)
def test_the_letters_of_names(given_name: str, family: str, expected: str | None) -> None:
    assert name_letters(given_name, family) == expected


def test_a_provisional_code_tells_of_nobody() -> None:
    assert person("00743110157", date(1990, 1, 1)).warnings(TODAY) == []
    assert person("00743110158", date(1990, 1, 1)).warnings(TODAY) == ["tax_code_checksum"]


@pytest.mark.parametrize(
    ("value", "kind", "right"),
    [
        ("STP0101234567890", "STP", True),
        ("stp 010 123 4567890", "STP", True),
        ("STP0011234567890", "STP", True),
        ("ENI2001234567890", "ENI", True),
        ("STP0411234567890", "STP", True),
        ("STP0101234567890", "ENI", False),
        ("STP010123456789", "STP", False),
        ("STP01012345678901", "STP", False),
        ("STP9991234567890", "STP", False),
        ("STP01012345678A0", "STP", False),
        ("STP010123456789٠", "STP", False),
        ("0101234567890", "STP", False),
    ],
)
def test_codes_of_the_health_service(value: str, kind: str, right: bool) -> None:
    assert is_health_code(value, kind) is right
    member = Member(given_name="Ada", family_name="X", id_type=IdType(kind), id_value=value)
    assert member.warnings(TODAY) == ([] if right else ["health_code_shape"])


@pytest.mark.parametrize(
    "written",
    ["333 123 4567", "+39 333 123 4567", "0039 333/1234567", "(333) 123-4567", "+393331234567"],
)
def test_a_number_however_it_is_written(written: str) -> None:
    assert phone_digits(written) == "3331234567"
    assert is_phone(written)


def test_numbers_of_other_countries() -> None:
    assert phone_digits("+44 20 7946 0000") == phone_digits("0044 2079460000") == "+442079460000"
    assert phone_digits("44 2079460000") != "+442079460000"
    assert phone_digits("391 234 5678") == "3912345678"
    assert is_phone("+44 20 7946 0000")


@pytest.mark.parametrize(
    "value", ["12345", "1" * 16, "none", "333 123 4567 (zia)", "+39", "+", "-"]
)
def test_what_cannot_be_a_number(value: str) -> None:
    member = Member(given_name="Ada", family_name="X", phone=value)
    assert member.warnings(TODAY) == ["phone_shape"]


def test_without_digits_there_is_no_number() -> None:
    assert phone_digits("+") == phone_digits("nessuno") == phone_digits("+39") == ""


def test_an_identifier_that_is_over() -> None:
    def until(day: date | None) -> list[str]:
        member = Member(
            given_name="Ada",
            family_name="X",
            id_type=IdType.DOCUMENT,
            id_value="A1",
            id_valid_until=day,
        )
        return member.warnings(TODAY)

    assert until(TODAY) == until(None) == []
    assert until(date(2026, 3, 19)) == ["identifier_expired"]


# Members beside each other


def one(name: str = "Ada", **more: object) -> Member:
    return Member.model_validate({"given_name": name, "family_name": "Rossi", **more})


def document(value: str) -> dict[str, Any]:
    return {"id_type": IdType.DOCUMENT, "id_value": value}


def test_one_identifier_twice() -> None:
    members = [one(**document("ab 1")), one("Bea", **document("AB1")), one("Cia")]
    assert warnings(members, TODAY) == [MemberWarning(1, "identifier_twice")]
    unknown = [one(id_value="x"), one("Bea", id_value="x")]
    assert warnings(unknown, TODAY) == []


def test_one_person_twice() -> None:
    born = date(1990, 1, 2)
    members = [one(born=born), one("ADÀ", born=born), one("Ada"), one("Bea", born=born)]
    assert warnings(members, TODAY) == [MemberWarning(1, "member_twice")]
    swapped = Member(given_name="Rossi", family_name="Ada", born=born)
    assert warnings([one(born=born), swapped], TODAY) == [MemberWarning(1, "member_twice")]


def test_who_left_is_not_warned_of() -> None:
    gone = one(left_on=TODAY, phone="x", **document("A1"))
    assert warnings([gone, one(**document("A1"))], TODAY) == []
    assert warnings([one(left_on=date(2026, 3, 21), phone="x")], TODAY) == [
        MemberWarning(0, "phone_shape")
    ]
