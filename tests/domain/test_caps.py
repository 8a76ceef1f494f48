"""What a household is granted at the most, and what the coordinator lets go beyond."""

import pytest

from domain.errors import (
    AmountTooHigh,
    CapNotReached,
    Forbidden,
    HouseholdCapExceeded,
    UnfavourableAssessment,
    WrongState,
)
from domain.events.dote import CapOverridden, DoteApproved, DoteEvent
from domain.lifecycle import Action, Duty
from domain.permissions import offer
from domain.policy import Cap
from tests.domain.commands import approve, override_cap
from tests.domain.facts import assessed, overridden, requested
from tests.spec import (
    APPROVER,
    COORDINATOR,
    HOUSEHOLD,
    HOUSING,
    SCHOOL,
    a_case,
    a_help,
    a_policy,
    given,
    noted,
)

ASSESSED: tuple[DoteEvent, ...] = (requested(), assessed())
IN_ALL = a_policy(caps=(Cap(cents=50_000),))
OF_HOUSING = a_policy(caps=(Cap(category=HOUSING, days=90, cents=40_000),))


def test_a_household_is_granted_up_to_its_cap() -> None:
    given(*ASSESSED).when(approve(policy=IN_ALL, helps=(a_help(20_000),))).then(DoteApproved)
    given(*ASSESSED).when(approve(policy=IN_ALL, helps=(a_help(20_001),))).then_refused(
        HouseholdCapExceeded, left_cents=29_999, cap_cents=50_000, days=365, category="-"
    )
    given(*ASSESSED).when(approve(29_999, policy=IN_ALL, helps=(a_help(20_001),))).then(
        DoteApproved
    )


def test_several_helps_add_up() -> None:
    helps = (a_help(10_000), a_help(10_001, category=SCHOOL, days_ago=200))
    given(*ASSESSED).when(approve(policy=IN_ALL, helps=helps)).then_refused(
        HouseholdCapExceeded, left_cents=29_999
    )


def test_there_is_never_less_than_nothing_left() -> None:
    given(*ASSESSED).when(approve(policy=IN_ALL, helps=(a_help(60_000),))).then_refused(
        HouseholdCapExceeded, left_cents=0
    )


@pytest.mark.parametrize(("days_ago", "counts"), [(1, True), (89, True), (90, False), (91, False)])
def test_a_cap_looks_back_so_many_days(days_ago: int, counts: bool) -> None:
    after = given(*ASSESSED).when(
        approve(policy=OF_HOUSING, helps=(a_help(10_001, days_ago=days_ago),))
    )
    if counts:
        after.then_refused(
            HouseholdCapExceeded, left_cents=29_999, cap_cents=40_000, days=90, category=HOUSING
        )
    else:
        after.then(DoteApproved)


def test_a_cap_of_a_category_counts_what_is_of_it() -> None:
    helps = (a_help(50_000, category=SCHOOL),)
    given(*ASSESSED).when(approve(policy=OF_HOUSING, helps=helps)).then(DoteApproved)
    for_school = given(requested(category=SCHOOL), assessed())
    for_school.when(approve(policy=OF_HOUSING, helps=(a_help(40_000),))).then(DoteApproved)


def test_the_cap_that_leaves_the_least_is_told() -> None:
    policy = a_policy(caps=(Cap(cents=50_000), Cap(category=HOUSING, days=90, cents=35_000)))
    case = a_case(given(*ASSESSED).state, policy, helps=(a_help(15_000),))
    assert [left.left_cents for left in case.caps()] == [20_000, 35_000]
    helps = (a_help(10_000), a_help(20_000, category=SCHOOL))
    case = a_case(given(*ASSESSED).state, policy, helps=helps)
    assert [left.left_cents for left in case.caps()] == [20_000, 25_000]
    refused = offer(case, Action.APPROVE, APPROVER)
    assert isinstance(refused, HouseholdCapExceeded)
    assert (refused.left_cents, refused.category) == (20_000, "-")


def test_where_nobody_has_looked_nothing_is_said() -> None:
    case = a_case(given(*ASSESSED).state, IN_ALL, helps=None, position=None)
    assert case.caps() == ()
    assert offer(case, Action.APPROVE, APPROVER) is None
    assert offer(case, Action.OVERRIDE_CAP, COORDINATOR) is None


# The override

OVER = (a_help(40_000),)


def test_the_coordinator_lets_it_go_over_the_cap_with_a_reason() -> None:
    dote = (
        given(*ASSESSED)
        .when(override_cap(25_000, "five small children", policy=IN_ALL, helps=OVER))
        .then(
            CapOverridden,
            household_id=HOUSEHOLD,
            amount_cents=25_000,
            household_cents=40_000,
            reason=noted("five small children"),
            policy_version=1,
        )
    )
    assert dote.over_cap_cents == 25_000
    assert dote.people[Duty.APPROVE] == {COORDINATOR.account_id}


def test_an_override_reaches_up_to_its_amount() -> None:
    history = given(*ASSESSED, overridden(25_000))
    history.when(approve(25_000, policy=IN_ALL, helps=OVER)).then(DoteApproved)
    history.when(approve(25_001, policy=IN_ALL, helps=OVER)).then_refused(
        HouseholdCapExceeded, left_cents=10_000
    )


def test_an_override_can_be_widened() -> None:
    history = given(*ASSESSED, overridden(25_000))
    history.when(override_cap(30_000, policy=IN_ALL, helps=OVER)).then(CapOverridden)
    given(*ASSESSED, overridden(25_000), overridden(30_000)).when(
        approve(policy=IN_ALL, helps=OVER)
    ).then(DoteApproved)


def test_nothing_is_overridden_that_is_not_reached() -> None:
    given(*ASSESSED).when(override_cap(policy=IN_ALL, helps=(a_help(20_000),))).then_refused(
        CapNotReached
    )
    given(*ASSESSED).when(override_cap()).then_refused(CapNotReached)


def test_an_override_is_for_at_most_what_was_requested() -> None:
    given(*ASSESSED).when(override_cap(30_001, policy=IN_ALL, helps=OVER)).then_refused(
        AmountTooHigh, field="amount_cents", left_cents=30_000
    )


def test_only_the_coordinator_overrides_and_only_what_was_judged_well() -> None:
    given(*ASSESSED).when(override_cap(policy=IN_ALL, helps=OVER, by=APPROVER)).then_refused(
        Forbidden, roles="coordinator"
    )
    given(requested(), assessed(favourable=False)).when(
        override_cap(policy=IN_ALL, helps=OVER)
    ).then_refused(UnfavourableAssessment)
    given(requested()).when(override_cap(policy=IN_ALL, helps=OVER)).then_refused(
        WrongState, possible="assessed"
    )


def test_an_override_is_no_vote() -> None:
    assert given(*ASSESSED, overridden()).state.votes == ()
