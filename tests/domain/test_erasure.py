"""Erasing a household: what stands against it, who may, and what time does alone."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from domain import dote_history, erasure, household
from domain.actors import SYSTEM, Actor, Delegation, Grant, Role
from domain.erasure import Group, Kept
from domain.errors import (
    ConflictOfInterest,
    CoordinatorNeeded,
    DateInThePast,
    DomainError,
    DotiOpen,
    ErasureByAnother,
    Forbidden,
    HeldUntil,
    HouseholdIsErased,
    NothingAsked,
    NotYetTime,
    OutsideOwnPartner,
    RetentionRunning,
)
from domain.events.base import Event, Stamp
from domain.events.household import HouseholdErased, HouseholdEvent
from domain.lifecycle import State
from domain.privacy import Private
from domain.retention import Retention
from tests.domain import facts
from tests.domain.facts_around import (
    erased,
    erasure_asked,
    erasure_declined,
    erasure_held,
    member_added,
    merged,
    notes_erased,
    registered,
)
from tests.spec import (
    ASSESSOR,
    COORDINATOR,
    FINANCE,
    HOUSEHOLD,
    NOW,
    OPERATOR,
    OTHER_HOUSEHOLD,
    SSALV,
    START,
    TODAY,
    actor,
    days_after,
)

RETENTION = Retention(accounting_years=10, notes_months=24, notice_days=30)
COORDINATOR_2 = actor(0xA19, Role.COORDINATOR)
PAYEE = uuid4()


def a_group(*happened: HouseholdEvent, **known: object) -> Group:
    """A household after these events, with nothing open and no money unless it is said."""
    there = household.project(None, [registered(), *happened])
    assert there is not None
    usual: dict[str, Any] = {"open_doti": 0, "moved_on": None, "seen_on": TODAY, "files": 2}
    return Group((Kept(there, **{**usual, **known}),))


def by(who: Actor, group: Group) -> Stamp:
    return Stamp(NOW, erasure.eraser(who, group), "test", uuid4())


def on(day: date) -> Stamp:
    """The register itself, on a day."""
    at = NOW + (day - TODAY)
    return Stamp(at, SYSTEM.sign(SYSTEM.grants[0]), "test", uuid4())


# Asking and confirming


def test_one_asks_and_says_why() -> None:
    group = a_group()
    event = erasure.ask(group, by(OPERATOR, group), "lo chiede", RETENTION)
    assert event.reason == Private(HOUSEHOLD, "lo chiede")
    assert household.evolve(group.households[0], event).asked == event


@pytest.mark.parametrize(
    ("first", "second"),
    [(OPERATOR, COORDINATOR), (FINANCE, COORDINATOR), (COORDINATOR, OPERATOR)],
)
def test_another_confirms_and_one_of_them_is_a_coordinator(first: Actor, second: Actor) -> None:
    group = a_group(erasure_asked(first))
    asked = group.asked
    assert asked is not None
    stamp = Stamp(NOW, erasure.confirmer(second, group, asked), "test", uuid4())
    (event,) = erasure.confirm(group, stamp, RETENTION, (PAYEE,))
    assert (event.because, event.asked_by, event.payees, event.files) == (
        "request",
        asked.by,
        (PAYEE,),
        2,
    )
    gone = household.evolve(group.households[0], event)
    assert gone.erased == event
    assert gone.asked is None


def confirmed_by(who: Actor, asker: Actor = OPERATOR) -> None:
    group = a_group(erasure_asked(asker))
    assert group.asked is not None
    erasure.confirmer(who, group, group.asked)


def test_nobody_confirms_what_they_asked() -> None:
    with pytest.raises(ErasureByAnother):
        confirmed_by(COORDINATOR, COORDINATOR)


def test_nor_somebody_who_acts_for_them() -> None:
    for_them = Delegation(COORDINATOR.account_id, None, 1)
    stand_in = Actor(uuid4(), (Grant(Role.COORDINATOR, None, for_them),))
    with pytest.raises(ErasureByAnother):
        confirmed_by(stand_in, COORDINATOR)


def test_nor_the_one_who_asked_through_somebody_else() -> None:
    through = Actor(
        uuid4(), (Grant(Role.COORDINATOR, None, Delegation(COORDINATOR.account_id, None, 1)),)
    )
    with pytest.raises(ErasureByAnother):
        confirmed_by(COORDINATOR, through)


def test_a_grant_of_ones_own_confirms_where_the_delegated_one_may_not() -> None:
    for_them = Delegation(OPERATOR.account_id, None, 1)
    both = Actor(uuid4(), (Grant(Role.OPERATOR, "ROCCA", for_them), Grant(Role.COORDINATOR)))
    confirmed_by(both, OPERATOR)


def test_two_without_a_coordinator_are_not_enough() -> None:
    with pytest.raises(CoordinatorNeeded):
        confirmed_by(FINANCE, OPERATOR)


def test_others_do_not_ask() -> None:
    with pytest.raises(Forbidden):
        erasure.eraser(ASSESSOR, a_group())


def test_an_operator_asks_for_their_own_partner() -> None:
    with pytest.raises(OutsideOwnPartner):
        erasure.eraser(Actor(uuid4(), (Grant(Role.OPERATOR, SSALV),)), a_group())


def test_nor_for_a_group_that_reaches_further() -> None:
    one = a_group().kept[0]
    other = Kept(replace(one.household, id=OTHER_HOUSEHOLD, partner=SSALV), 0, None, TODAY, 0)
    with pytest.raises(OutsideOwnPartner):
        erasure.eraser(OPERATOR, Group((one, other)))
    assert erasure.eraser(COORDINATOR, Group((one, other))).role is Role.COORDINATOR


def test_who_is_too_near_does_not_erase() -> None:
    near = Actor(uuid4(), (Grant(Role.COORDINATOR),), conflicts=frozenset({HOUSEHOLD}))
    with pytest.raises(ConflictOfInterest):
        erasure.eraser(near, a_group())
    through = Delegation(uuid4(), None, 1, frozenset({HOUSEHOLD}))
    with pytest.raises(ConflictOfInterest):
        erasure.eraser(Actor(uuid4(), (Grant(Role.COORDINATOR, None, through),)), a_group())


# What stands against it


def refused(group: Group) -> DomainError:
    with pytest.raises(DomainError) as asked:
        erasure.ask(group, by(COORDINATOR, group), "perché sì", RETENTION)
    with pytest.raises(type(asked.value)):
        erasure.confirm(group, by(COORDINATOR, group), RETENTION, ())
    return asked.value


def test_open_doti_stand_against_it() -> None:
    found = refused(a_group(open_doti=2))
    assert isinstance(found, DotiOpen)
    assert found.open == 2


def test_money_is_told_of_for_ten_years_from_the_end_of_the_year() -> None:
    found = refused(a_group(moved_on=TODAY))
    assert isinstance(found, RetentionRunning)
    assert found.until == f"{TODAY.year + 10}-12-31"


def test_afterwards_it_can_be_erased() -> None:
    group = a_group(moved_on=date(TODAY.year - 11, 12, 31))
    assert erasure.against(group, RETENTION, TODAY) == []
    last = a_group(moved_on=date(TODAY.year - 10, 1, 1))
    assert erasure.against(last, RETENTION, date(TODAY.year, 12, 31))
    assert not erasure.against(last, RETENTION, date(TODAY.year + 1, 1, 1))


def test_what_the_coordinator_holds_stays() -> None:
    found = refused(a_group(erasure_held()))
    assert isinstance(found, HeldUntil)
    assert found.until == days_after(90).isoformat()


def test_what_is_gone_is_not_erased_again() -> None:
    assert isinstance(refused(a_group(erasure_asked(), erased())), HouseholdIsErased)


def test_what_was_merged_goes_together() -> None:
    one = a_group().kept[0]
    other = Kept(
        replace(one.household, id=OTHER_HOUSEHOLD, asked=erasure_asked()), 0, None, TODAY, 1
    )
    events = erasure.confirm(
        Group((one, other)), by(COORDINATOR, Group((one, other))), RETENTION, (PAYEE,)
    )
    assert [event.originator_id for event in events] == [HOUSEHOLD, OTHER_HOUSEHOLD]
    assert [event.payees for event in events] == [(PAYEE,), ()]
    assert [event.files for event in events] == [2, 1]
    assert {event.asked_by for event in events} == {erasure_asked().by}


def test_what_stands_against_one_stands_against_both() -> None:
    one = a_group().kept[0]
    other = Kept(replace(one.household, id=OTHER_HOUSEHOLD), 1, TODAY, TODAY, 0)
    found = erasure.against(Group((one, other)), RETENTION, TODAY)
    assert [type(each) for each in found] == [DotiOpen, RetentionRunning]


# Declining and holding


def test_it_is_declined() -> None:
    group = a_group(erasure_asked())
    (event,) = erasure.decline(group, by(OPERATOR, group), "ritira la richiesta")
    assert event.reason == Private(HOUSEHOLD, "ritira la richiesta")


def test_only_what_was_asked_is_declined() -> None:
    for group in (a_group(), a_group(erasure_asked(), erasure_declined())):
        with pytest.raises(NothingAsked):
            erasure.decline(group, by(COORDINATOR, group), "niente")


def test_only_a_coordinator_holds() -> None:
    assert erasure.holder(COORDINATOR, a_group()).role is Role.COORDINATOR
    for other in (OPERATOR, FINANCE):
        with pytest.raises(Forbidden):
            erasure.holder(other, a_group())


def test_it_is_held_until_a_day() -> None:
    group = a_group(erasure_asked())
    event = erasure.hold(group, by(COORDINATOR, group), TODAY, "causa in corso")
    held = household.evolve(group.households[0], event)
    assert (held.held_until, held.asked) == (TODAY, None)


def test_not_until_a_day_that_is_over() -> None:
    group = a_group()
    with pytest.raises(DateInThePast):
        erasure.hold(group, by(COORDINATOR, group), days_after(-1), "causa finita")


# What time does


LONG_AGO = date(2020, 1, 15)
NOTES_UNTIL = date(2022, 1, 15)


def test_notes_go_when_nothing_happened_for_their_time() -> None:
    group = a_group(seen_on=LONG_AGO, moved_on=LONG_AGO)
    stamp = on(NOTES_UNTIL + timedelta(days=1))
    (event,) = erasure.erase_notes(group, stamp, RETENTION, NOTES_UNTIL - timedelta(days=29))
    gone = household.evolve(group.households[0], event)
    assert gone.notes_erased_on == stamp.at.date()
    assert gone.erased is None


@pytest.mark.parametrize(
    ("day", "listed_on"),
    [
        (NOTES_UNTIL, date(2021, 12, 17)),  # the last day of its time
        (NOTES_UNTIL + timedelta(days=1), None),  # nobody was told
        (NOTES_UNTIL + timedelta(days=1), date(2022, 1, 1)),  # not long enough before
        (NOTES_UNTIL + timedelta(days=1), date(2021, 12, 16)),  # told of an earlier time
    ],
)
def test_not_before_their_time_nor_unannounced(day: date, listed_on: date | None) -> None:
    group = a_group(seen_on=LONG_AGO)
    with pytest.raises(NotYetTime):
        erasure.erase_notes(group, on(day), RETENTION, listed_on)
    with pytest.raises(NotYetTime):
        erasure.erase(group, on(day), RETENTION, listed_on, ())


def test_a_week_of_notice_at_least_whatever_is_adopted() -> None:
    with pytest.raises(ValidationError):
        Retention(notice_days=6)
    soon = Retention(notes_months=0, notice_days=7, accounting_years=0)
    group, listed_on = a_group(seen_on=LONG_AGO), LONG_AGO + timedelta(days=1)
    with pytest.raises(NotYetTime):
        erasure.erase(group, on(listed_on + timedelta(days=6)), soon, listed_on, ())
    assert erasure.erase(group, on(listed_on + timedelta(days=7)), soon, listed_on, ())


def test_other_times_begin_the_notice_anew() -> None:
    """What was listed once and left the list again is not erased the moment times get shorter."""
    shorter = Retention(notes_months=0, notice_days=7, accounting_years=0)
    group, listed_on = a_group(seen_on=LONG_AGO), LONG_AGO - timedelta(days=3)
    adopted_on = LONG_AGO + timedelta(days=300)
    for day in (adopted_on, adopted_on + timedelta(days=6)):
        with pytest.raises(NotYetTime):
            erasure.erase(group, on(day), shorter, listed_on, (), adopted_on)
        with pytest.raises(NotYetTime):
            erasure.erase_notes(group, on(day), shorter, listed_on, adopted_on)
    day = adopted_on + timedelta(days=7)
    assert erasure.erase(group, on(day), shorter, listed_on, (), adopted_on)


def test_a_household_that_never_got_money_goes_with_its_notes() -> None:
    group = a_group(seen_on=LONG_AGO)
    stamp = on(NOTES_UNTIL + timedelta(days=1))
    (event,) = erasure.erase(group, stamp, RETENTION, date(2021, 12, 17), (PAYEE,))
    assert isinstance(event, HouseholdErased)
    assert (event.because, event.asked_by, event.payees) == ("retention", None, (PAYEE,))


def test_one_that_got_money_goes_after_its_papers() -> None:
    group = a_group(seen_on=LONG_AGO, moved_on=date(2020, 1, 10))
    with pytest.raises(RetentionRunning):
        erasure.erase(group, on(date(2030, 12, 31)), RETENTION, date(2030, 12, 2), ())
    assert erasure.erase(group, on(date(2031, 1, 1)), RETENTION, date(2030, 12, 2), ())


def test_not_while_somebody_works_with_it_or_holds_it() -> None:
    day, listed_on = date(2022, 1, 16), date(2021, 12, 17)
    for group, why in (
        (a_group(seen_on=LONG_AGO, open_doti=1), DotiOpen),
        (a_group(erasure_held(), seen_on=LONG_AGO), HeldUntil),
    ):
        with pytest.raises(why):
            erasure.erase_notes(group, on(day), RETENTION, listed_on)
        with pytest.raises(why):
            erasure.erase(group, on(day), RETENTION, listed_on, ())


def test_notes_go_once() -> None:
    group = a_group(notes_erased(), seen_on=LONG_AGO, moved_on=LONG_AGO)
    with pytest.raises(NotYetTime):
        erasure.erase_notes(group, on(date(2022, 1, 16)), RETENTION, date(2021, 12, 17))


# What the events say


@pytest.mark.parametrize(
    ("happened", "is_open"),
    [
        ((), True),
        ((facts.assessed(30_000),), True),
        ((facts.rejected(),), False),
        ((facts.rejected(), facts.appeal_lodged()), True),
        ((facts.withdrawn(),), False),
        ((facts.assessed(30_000), facts.approved(30_000)), True),
        ((facts.assessed(30_000), facts.approved(30_000), facts.revoked()), False),
        ((facts.assessed(30_000), facts.approved(30_000), facts.disbursed(30_000)), True),
    ],
)
def test_which_doti_are_open(happened: tuple[Any, ...], *, is_open: bool) -> None:
    numbered = [
        event.model_copy(update={"originator_version": n})
        for n, event in enumerate((facts.requested(30_000), *happened), 1)
    ]
    dote = dote_history.project(None, numbered)
    assert dote is not None
    assert erasure.is_open(dote) is is_open


def test_money_that_was_paid_and_not_accounted_for_is_open_on_a_revoked_dote_too() -> None:
    dote = dote_history.project(None, [facts.requested(30_000)])
    assert dote is not None
    paid = replace(dote, state=State.REVOKED, disbursed_cents=1)
    assert erasure.is_open(paid)
    assert not erasure.is_open(replace(paid, disbursed_cents=0))


def test_what_counts_as_contact_and_as_money() -> None:
    reminded: Event = facts.reminded()
    assert erasure.seen_day(member_added()) == START.date()
    assert erasure.seen_day(merged()) == START.date()
    for event in (reminded, erasure_asked(), erasure_declined(), erasure_held()):
        assert erasure.seen_day(event) is None
    assert erasure.money_day(facts.approved(30_000)) is None
    assert erasure.money_day(facts.disbursed(30_000)) is not None
    assert erasure.money_day(facts.accepted()) == facts.accepted().at.date()
    assert erasure.file_of(facts.submitted()) == facts.submitted().sha256
    assert erasure.file_of(facts.requested(30_000)) is None
