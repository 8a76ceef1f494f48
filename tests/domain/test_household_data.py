"""What is known of a household changes: one more member, or all of it anew."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain.errors import (
    DateInTheFuture,
    HouseholdIsErased,
    LeftBefore,
    MembersMissing,
    MergedHousehold,
    TooManyMembers,
)
from domain.events.base import Event
from domain.events.household import HouseholdRegistered, MemberAdded, PersonalDataRecorded
from domain.household import (
    MOST_MEMBERS,
    Household,
    Member,
    Personal,
    add_member,
    evolve,
    record,
    register,
)
from domain.privacy import Note, Private, notes_of
from tests.domain.facts_around import erased, member_added, merged, notes_erased, registered
from tests.spec import (
    HOUSEHOLD,
    OPERATOR,
    OTHER_HOUSEHOLD,
    ROCCA,
    TODAY,
    given,
    stamp,
    when_registered,
)

ADA = Member(given_name="Ada", family_name="Esempio", born=date(1980, 1, 1))
CHILD = Member(given_name="Bea", family_name="Esempio", born=date(2015, 6, 1))
GONE = Member(given_name="Cia", family_name="Esempio", left_on=date(2026, 3, 1))

Change = Callable[[Household], Event]


def add(member: Member = CHILD, known: tuple[Member, ...] = (ADA,)) -> Change:
    return lambda household: add_member(household, stamp(OPERATOR), known, member)


def tell(
    *members: Member, known: tuple[Member, ...] = (ADA,), hardships: tuple[str, ...] = ("rent",)
) -> Change:
    who = Personal(members=members or (ADA,), address="Via Inventata 2")
    return lambda household: record(household, stamp(OPERATOR), known, who, "Barriera", hardships)


def test_one_more_member() -> None:
    before = given(registered()).state
    after: Household = (
        given(registered())
        .when(add())
        .then(MemberAdded, member=Private(HOUSEHOLD, CHILD.model_dump_json()), is_minor=True)
    )
    assert (after.adults, after.minors) == (before.adults, before.minors + 1)
    assert [type(event) for event in after.added] == [MemberAdded]


def test_who_left_is_not_added() -> None:
    given(registered()).when(add(GONE)).then_refused(LeftBefore, field="left_on")
    today = GONE.model_copy(update={"left_on": TODAY})
    given(registered()).when(add(today)).then_refused(LeftBefore, field="left_on")


def test_a_household_has_so_many_members_at_most() -> None:
    given(registered()).when(add(known=(ADA,) * (MOST_MEMBERS - 1))).then(MemberAdded)
    given(registered()).when(add(known=(ADA,) * MOST_MEMBERS)).then_refused(
        TooManyMembers, most=MOST_MEMBERS
    )


@pytest.mark.parametrize("name", ["born", "left_on"])
def test_days_that_have_not_come(name: str) -> None:
    later = TODAY + timedelta(days=1)
    given(registered()).when(tell(ADA.model_copy(update={name: TODAY}))).then(PersonalDataRecorded)
    given(registered()).when(tell(ADA, ADA.model_copy(update={name: later}))).then_refused(
        DateInTheFuture, field=f"members.1.{name}"
    )
    given(registered()).when(add(ADA.model_copy(update={name: later}))).then_refused(
        DateInTheFuture, field=name
    )


def test_all_of_it_anew() -> None:
    after: Household = (
        given(registered(), member_added())
        .when(tell(ADA, GONE, CHILD, known=(ADA, GONE)))
        .then(
            PersonalDataRecorded,
            district="Barriera",
            adults=1,
            minors=1,
            personal=Private(
                HOUSEHOLD,
                Personal(members=(ADA, GONE, CHILD), address="Via Inventata 2").model_dump_json(),
            ),
            notes=Private.record(notes_of(HOUSEHOLD), {"hardships": ("rent",)}),
        )
    )
    assert (after.district, after.added) == ("Barriera", ())


def test_nobody_is_left_out() -> None:
    given(registered()).when(tell(ADA, known=(ADA, GONE))).then_refused(
        MembersMissing, field="members", count=2
    )


def test_who_left_is_not_counted_when_a_household_is_registered() -> None:
    when_registered(
        lambda: register(
            stamp(OPERATOR), HOUSEHOLD, "N-1", ROCCA, None, Personal(members=(ADA, GONE, CHILD))
        )
    ).then(HouseholdRegistered, adults=1, minors=1)


def test_nothing_of_a_household_that_was_merged() -> None:
    for change in (add(), tell()):
        given(registered(), merged()).when(change).then_refused(
            MergedHousehold, into=str(OTHER_HOUSEHOLD)
        )


def test_nothing_of_a_household_that_was_erased() -> None:
    for change in (add(), tell()):
        given(registered(), erased()).when(change).then_refused(HouseholdIsErased)


def test_a_household_that_comes_back_has_notes_again() -> None:
    given(registered(), notes_erased()).when(tell()).then(PersonalDataRecorded)


def test_a_reason_is_sealed_with_the_notes() -> None:
    known = evolve(None, registered())
    assert known.told("x") == Note(HOUSEHOLD, "x")
