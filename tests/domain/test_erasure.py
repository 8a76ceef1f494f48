"""Erasing a household because somebody asks: who may, and what stands against it."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from domain import erasure, household
from domain.actors import Actor, Delegation, Grant, Role
from domain.erasure import Along, Group, Kept
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
    OutsideOwnPartner,
    RetentionRunning,
)
from domain.events.base import Stamp
from domain.privacy import Private
from tests.domain.erasing import RETENTION, a_group, by
from tests.domain.facts_around import (
    erased,
    erasure_asked,
    erasure_declined,
    erasure_held,
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
    TODAY,
    actor,
    days_after,
)

COORDINATOR_2 = actor(0xA19, Role.COORDINATOR)


PAYEE, LINE_ID = uuid4(), uuid4()


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
    (event,) = erasure.confirm(group, stamp, RETENTION, Along((PAYEE,), (LINE_ID,)))
    assert (event.because, event.asked_by, event.files) == ("request", asked.by, 2)
    assert (event.payees, event.lines) == ((PAYEE,), (LINE_ID,))
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
        erasure.confirm(group, by(COORDINATOR, group), RETENTION)
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
    along = Along((PAYEE,), (LINE_ID,))
    events = erasure.confirm(
        Group((one, other)), by(COORDINATOR, Group((one, other))), RETENTION, along
    )
    assert [event.originator_id for event in events] == [HOUSEHOLD, OTHER_HOUSEHOLD]
    assert [(event.payees, event.lines) for event in events] == [((PAYEE,), (LINE_ID,)), ((), ())]
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
