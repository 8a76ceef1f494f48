"""What is known of a household changes, and by what it is found changes with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import pytest

from domain.actors import Actor
from domain.errors import Forbidden, MembersMissing, MergedHousehold, NotFound, StaleVersion
from domain.household import Member
from tests.register import TestRegister
from tests.workflows.merging import merge
from workflows import households
from workflows.commands import AddMember, RecordPersonalData
from workflows.engine import Outcome
from workflows.eventstore.blind_index import BlindIndex, Token
from workflows.persons import opened
from workflows.reindexing import reindex

ADA = Member(given_name="Ada", family_name="Inventata", born=date(1990, 1, 2), phone="333 123 4567")
BEA = Member(given_name="Bea", family_name="Inventata", phone="+39 011 0000000")


def add(
    register: TestRegister, household_id: UUID, member: Member = BEA, by: Actor | None = None
) -> Outcome:
    command = AddMember(**dict(member))
    who = by or register.people.operator
    return register.run(who, lambda work: households.add_member(work, household_id, command))


def record(
    register: TestRegister,
    household_id: UUID,
    *members: Member,
    by: Actor | None = None,
    expected_version: int | None = None,
) -> Outcome:
    command = RecordPersonalData(members=members, hardships=("casa",))
    return register.run(
        by or register.people.operator,
        lambda work: households.record_personal_data(work, household_id, command),
        expected_version=expected_version,
    )


def members(register: TestRegister, household_id: UUID) -> list[str]:
    who = opened(register.vault, register.register.household(household_id))
    return [] if who is None else [member.given_name for member in who.members]


def found_by(register: TestRegister, household_id: UUID) -> set[tuple[int, Token]]:
    with register.database.transaction() as tx:
        rows = tx.execute("SELECT * FROM identities WHERE household_id = %s", (household_id,))
        return {(row["member"], (row["kind"], row["token"])) for row in rows}


def tokens(register: TestRegister, *members: Member) -> set[tuple[int, Token]]:
    index = BlindIndex(register.database, register.vault)
    return {(n, token) for n, known in enumerate(index.of_household(members)) for token in known}


def test_a_phone_is_a_token_with_or_without_its_country(programme: TestRegister) -> None:
    index = BlindIndex(programme.database, programme.vault)
    assert index.phone("0039 333/1234567") == index.phone("333 123 4567") is not None
    assert index.phone("nessuno") is None
    kinds = [kind for kind, _ in index.of_household([ADA])[0]]
    assert sorted(kinds) == ["person", "phone", "word", "word"]


def test_a_household_is_found_by_who_belongs_to_it_now(programme: TestRegister) -> None:
    home = programme.household(None, ADA)
    assert found_by(programme, home) == tokens(programme, ADA)
    add(programme, home)
    assert members(programme, home) == ["Ada", "Bea"]
    assert found_by(programme, home) == tokens(programme, ADA, BEA)
    married = ADA.model_copy(update={"family_name": "Esempio", "phone": None})
    record(programme, home, married, BEA)
    assert found_by(programme, home) == tokens(programme, married, BEA)
    add(programme, home, ADA)
    assert members(programme, home) == ["Ada", "Bea", "Ada"]
    assert found_by(programme, home) == tokens(programme, married, BEA, ADA)


def test_it_is_made_anew_from_all_that_happened(programme: TestRegister) -> None:
    home = programme.household(None, ADA)
    record(programme, home, ADA, BEA)
    add(programme, home, ADA)
    programme.settle()
    before = found_by(programme, home)
    with programme.database.transaction() as tx:
        tx.execute("DELETE FROM identities")
    reindex(programme.register, programme.vault, programme.engine.index, lambda _, __: None)
    assert found_by(programme, home) == before == tokens(programme, ADA, BEA, ADA)


def test_what_is_refused_changes_nothing(programme: TestRegister) -> None:
    home = programme.household(None, ADA, BEA)
    before = found_by(programme, home)
    with pytest.raises(MembersMissing):
        record(programme, home, ADA)
    with pytest.raises(StaleVersion):
        record(programme, home, BEA, ADA, expected_version=2)
    assert found_by(programme, home) == before
    record(programme, home, BEA, ADA, expected_version=1)


def test_who_keeps_it(programme: TestRegister) -> None:
    people = programme.people
    home = programme.household(None, ADA)
    add(programme, home, by=people.coordinator)
    record(programme, home, ADA, BEA, by=people.coordinator)
    with pytest.raises(NotFound):
        add(programme, home, by=people.operator_ssalv)
    for who in (people.assessor, people.approver, people.finance):
        with pytest.raises(Forbidden):
            record(programme, home, ADA, BEA, by=who)


def test_all_who_come_at_the_same_time_get_numbers(programme: TestRegister) -> None:
    home = programme.household(None, ADA)
    names = [f"Nato {n}" for n in range(8)]

    def come(name: str) -> None:
        add(programme, home, Member(given_name=name, family_name="Inventata"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come, names))
    known = members(programme, home)
    assert known[0] == "Ada"
    assert sorted(known[1:]) == names
    who = opened(programme.vault, programme.register.household(home))
    assert who is not None
    assert found_by(programme, home) == tokens(programme, *who.members)


def test_nothing_of_a_merged_one(programme: TestRegister) -> None:
    home, other = programme.household(None, ADA), programme.household(None, ADA)
    merge(programme, home, other)
    with pytest.raises(MergedHousehold):
        add(programme, home)
    with pytest.raises(MergedHousehold):
        record(programme, home, ADA)
