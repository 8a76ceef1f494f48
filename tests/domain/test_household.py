"""Households: who is helped, counted by age, identified or not."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.events.household import HouseholdRegistered
from domain.household import Household, IdType, Member, Personal, evolve, project, register
from domain.privacy import Private
from tests.domain.facts_around import registered
from tests.spec import HOUSEHOLD, NOW, OPERATOR, ROCCA, TODAY, given, stamp, when_registered


def member(born: date | None = None, **identifier: object) -> Member:
    return Member.model_validate(
        {"given_name": "Fiorella", "family_name": "Esempio", "born": born, **identifier}
    )


def family(*members: Member) -> Personal:
    return Personal(members=members, address="Via Inventata 1", hardships=("rent",))


def test_a_desk_registers_a_household() -> None:
    who = family(member(date(1980, 1, 1)), member(date(2015, 6, 1)), member(None))
    household: Household = when_registered(
        lambda: register(stamp(OPERATOR), HOUSEHOLD, "N-0001", ROCCA, "Mirafiori", who)
    ).then(
        HouseholdRegistered,
        originator_id=HOUSEHOLD,
        at=NOW,
        number="N-0001",
        partner=ROCCA,
        district="Mirafiori",
        adults=2,
        minors=1,
        personal=Private(HOUSEHOLD, who.model_dump_json()),
    )
    assert (household.id, household.version) == (HOUSEHOLD, 1)
    assert (household.partner, household.adults, household.minors) == (ROCCA, 2, 1)


def test_what_is_private_can_be_read_again() -> None:
    who = family(member(date(1980, 1, 1), id_type="CF", id_value="RSSMRA80A01L219M"))
    event = register(stamp(OPERATOR), HOUSEHOLD, "N-0001", ROCCA, None, who)
    assert isinstance(event.personal, Private)
    assert Personal.model_validate_json(event.personal.text) == who


def test_nothing_of_a_person_stands_beside_the_private_part() -> None:
    event = register(stamp(OPERATOR), HOUSEHOLD, "N-0001", ROCCA, None, family(member()))
    clear = repr(event)
    for secret in ("Fiorella", "Esempio", "Inventata"):
        assert secret not in clear


def test_a_household_is_registered_once() -> None:
    history = given(registered())
    with pytest.raises(ValueError, match="registered once"):
        evolve(history.state, registered())
    assert project(None, [registered()]) == evolve(None, registered())
    assert project(None, []) is None


@pytest.mark.parametrize("count", [0, 31])
def test_a_household_has_members(count: int) -> None:
    with pytest.raises(ValidationError):
        Personal(members=(member(),) * count)
    assert len(Personal(members=(member(),) * 30).members) == 30


@pytest.mark.parametrize(
    ("born", "minor"),
    [
        (date(2008, 3, 20), False),
        (date(2008, 3, 21), True),
        (date(2026, 3, 20), True),
        (date(1940, 1, 1), False),
        (date(2008, 2, 29), False),
        (None, False),
    ],
)
def test_a_person_comes_of_age_on_the_eighteenth_birthday(born: date | None, minor: bool) -> None:
    assert member(born).is_minor(date(2026, 3, 20)) is minor


def test_who_is_born_on_a_leap_day_comes_of_age_in_march() -> None:
    born = date(2008, 2, 29)
    assert member(born).is_minor(date(2026, 2, 28))
    assert not member(born).is_minor(date(2026, 3, 1))


@pytest.mark.parametrize(
    ("id_type", "id_value", "warnings"),
    [
        (IdType.CF, "RSSMRA80A01L219M", []),
        (IdType.CF, "rssmra80a01l219m", []),
        # Omocodia: the last digits became letters because two people had the same code.
        (IdType.CF, "RSSMRA80A01L21VB", []),
        (IdType.CF, "RSSMRA80A01L219A", ["tax_code_checksum"]),
        (IdType.CF, "not a code", ["tax_code_checksum"]),
        (IdType.CF, None, ["identifier_missing"]),
        (IdType.STP, "STP0101234567890", []),
        (IdType.STP, None, ["identifier_missing"]),
        (IdType.ENI, "ENI0101234567890", []),
        (IdType.DOCUMENT, "AA 0000000", []),
        (IdType.DOCUMENT, None, ["identifier_missing"]),
        (IdType.NONE, None, []),
    ],
)
def test_an_identifier_warns_and_never_blocks(
    id_type: IdType, id_value: str | None, warnings: list[str]
) -> None:
    person = member(given_name="Mario", family_name="Rossi", id_type=id_type, id_value=id_value)
    assert person.warnings(TODAY) == warnings
    register(stamp(OPERATOR), HOUSEHOLD, "N-0001", ROCCA, None, family(person))


@pytest.mark.parametrize("field", ["given_name", "family_name", "id_value"])
@pytest.mark.parametrize("value", ["", "   ", "a\x00b", "a\u202eb", "a\nb", "x" * 201])
def test_names_and_identifiers_are_one_clean_line(field: str, value: str) -> None:
    with pytest.raises(ValidationError):
        Member.model_validate({"given_name": "Fiorella", "family_name": "Esempio", field: value})


def test_names_of_any_script_are_kept() -> None:
    for name in ("ليلى", "李娜", "Ọládélé", "O'Neal", "Ðorđe", "ليلى\u200f"):
        assert member(given_name=name).given_name == name
