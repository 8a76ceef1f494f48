"""What a draft of the rules would have changed: two worlds, one function for both."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actors import Actor, Role
from domain.dote import Dote
from domain.errors import (
    AboveCeiling,
    CoordinatorVoteMissing,
    DomainError,
    FewerVotesAsked,
    HouseholdCapExceeded,
    ItemNotAsked,
    MoreVotesAsked,
    PapersMissing,
    PartnerVoted,
    SegregationOfDuties,
    VotesBefore,
)
from domain.lifecycle import Action
from domain.policy import Band, Cap, ItemRule, PaperRule, Rules, UrgentPath, two_bands
from domain.policy_simulation import LOOKED_AT, Difference, Kind, Simulation, Totals
from tests.domain.town import ASSESSOR, COORDINATOR, OPERATOR, VOTERS, Town, person

ONE = Rules(bands=(Band(),))
TWO = Rules(bands=(Band(approvers=2),))
APART = Rules(bands=(Band(approvers=2, different_partners=True),))
BOTH = Rules(bands=(Band(approvers=2, coordinator=True),))
IN_ORDER = Rules(bands=(Band(coordinator=True, in_order=True),))
CAPPED = Rules(bands=(Band(),), caps=(Cap(days=365, cents=50_000),))


def run(
    town: Town, draft: Rules, since: datetime | None = None
) -> tuple[Simulation, list[Difference]]:
    simulation = Simulation(town.policies, draft, since)
    taken = [simulation.take(event) for event in town.events if isinstance(event, LOOKED_AT)]
    return simulation, [difference for difference in taken if difference is not None]


def only(town: Town, draft: Rules) -> Difference:
    (found,) = run(town, draft)[1]
    return found


# Each rule


def test_an_item_that_could_not_be_asked_for() -> None:
    town = Town(ONE)
    town.approved(10_000)
    draft = Rules(bands=(Band(),), items=(ItemRule(item="LIBRI"),))
    simulation, found = run(town, draft)
    assert [each.decision for each in found] == [Action.REQUEST, Action.APPROVE]
    assert all(isinstance(each.reasons[0], ItemNotAsked) for each in found)
    assert all(each.kind is Kind.REFUSED for each in found)
    # Money moves with the approval only: it is not counted twice.
    assert [each.moved_cents for each in found] == [0, 10_000]
    assert simulation.looked_at == 3


def test_an_amount_above_the_ceiling() -> None:
    town = Town(ONE)
    town.approved(10_000)
    draft = Rules(bands=(Band(),), items=(ItemRule(item="AFFITTO", ceiling_cents=9_999),))
    found = run(town, draft)[1]
    assert [(each.decision, each.by) for each in found] == [
        (Action.ASSESS, ASSESSOR.account_id),
        (Action.APPROVE, VOTERS[0].account_id),
    ]
    assert all(isinstance(each.reasons[0], AboveCeiling) for each in found)


def test_an_assessment_by_who_requested() -> None:
    both = person(0, Role.ASSESSOR)
    assert both.account_id == OPERATOR.account_id
    town = Town(Rules(bands=(Band(to_cents=20_000), Band(over_cents=20_000)), urgent=URGENT))
    town.vote(town.assess(town.request(10_000, urgent=True), both))
    found = only(town, Rules(bands=(Band(),)))
    assert isinstance(found.reasons[0], SegregationOfDuties)
    assert (found.decision, found.moved_cents) == (Action.ASSESS, 0)


URGENT = UrgentPath(to_cents=20_000, ratify_days=5, requester_may_assess=True)


def test_papers_that_were_not_there_at_that_moment() -> None:
    town = Town(ONE)
    town.approved(10_000)
    papers = (PaperRule(kind="rent_contract", over_cents=5_000),)
    draft = Rules(bands=(Band(),), items=(ItemRule(item="AFFITTO", papers=papers),))
    found = only(town, draft)
    assert isinstance(found.reasons[0], PapersMissing)
    assert (found.kind, found.moved_cents) == (Kind.REFUSED, 10_000)

    town = Town(ONE)
    dote = town.attach(town.request(10_000), "rent_contract")
    town.vote(town.assess(dote))
    assert run(town, draft)[1] == []


@pytest.mark.parametrize(
    ("rules", "voters", "draft", "reason"),
    [
        (ONE, VOTERS[:1], TWO, MoreVotesAsked),
        (TWO, VOTERS[:2], APART, PartnerVoted),
        (TWO, VOTERS[1:3], BOTH, CoordinatorVoteMissing),
        (
            Rules(bands=(Band(coordinator=True),)),
            (COORDINATOR, VOTERS[0]),
            IN_ORDER,
            VotesBefore,
        ),
    ],
)
def test_votes_that_would_not_have_been_enough(
    rules: Rules, voters: tuple[Actor, ...], draft: Rules, reason: type[DomainError]
) -> None:
    town = Town(rules)
    dote = town.assess(town.request(10_000))
    for voter in voters:
        dote = town.vote(dote, voter)
    found = only(town, draft)
    assert found.kind is Kind.MORE_VOTES
    assert isinstance(found.reasons[0], reason)
    assert found.moved_cents == 0


def test_votes_that_would_not_have_been_needed() -> None:
    town = Town(TWO)
    dote = town.assess(town.request(10_000))
    for voter in VOTERS[1:3]:
        dote = town.vote(dote, voter)
    found = only(town, ONE)
    assert found.kind is Kind.FEWER_VOTES
    assert isinstance(found.reasons[0], FewerVotesAsked)
    assert found.by == VOTERS[2].account_id


def test_the_urgent_path_is_compared_too() -> None:
    urgent = TWO.model_copy(update={"urgent": UrgentPath(to_cents=20_000, ratify_days=5)})
    town = Town(urgent)
    town.vote(town.assess(town.request(10_000, urgent=True)))
    assert only(town, TWO).kind is Kind.MORE_VOTES
    assert run(town, urgent)[1] == []


def test_what_the_old_rules_refused_and_was_done_all_the_same_is_allowed() -> None:
    """No command does that; a log from before a rule was enforced may hold it."""
    town = Town(ONE)
    town.approved(60_000)
    town.policies[1] = town.policies[1].model_copy(update={"caps": CAPPED.caps})
    found = only(town, ONE)
    assert (found.kind, found.moved_cents) == (Kind.ALLOWED, 60_000)
    assert isinstance(found.reasons[0], HouseholdCapExceeded)


# Two worlds


def test_what_the_draft_refuses_counts_no_more_for_the_household() -> None:
    town = Town(ONE)
    for cents in (30_000, 30_000, 20_000):
        town.approved(cents)
        town.wait(1)
    town.approved(60_000, household=2)
    found = run(town, CAPPED)[1]
    # The second does not fit on the first; so the third fits again, where really 60,000 stood.
    assert [each.number for each in found] == ["CI-2026-00002", "CI-2026-00004"]
    refusal = found[0].reasons[0]
    assert isinstance(refusal, HouseholdCapExceeded)
    assert refusal.left_cents == 20_000


def test_what_comes_back_and_what_is_given_up_makes_room_in_both_worlds() -> None:
    town = Town(ONE)
    town.withdraw(town.approved(30_000))
    town.pay_and_take_back(town.approved(30_000), 10_000)
    town.approved(30_000)
    assert run(town, CAPPED)[1] == []
    town.approved(1_000)
    assert len(run(town, CAPPED)[1]) == 1
    town.wait(366)
    town.approved(50_000)
    assert len(run(town, CAPPED)[1]) == 1


def test_an_overridden_cap_is_overridden_under_the_draft_too() -> None:
    town = Town(CAPPED)
    town.approved(50_000)
    dote = town.override(town.assess(town.request(10_000)), 10_000)
    town.vote(dote)
    assert run(town, Rules(bands=(Band(),), caps=(Cap(cents=50_000),)))[1] == []


def test_a_band_by_the_households_total_looks_at_its_own_world() -> None:
    by_total = Rules(
        bands=(
            Band(to_cents=50_000, household_to_cents=40_000),
            Band(over_cents=50_000, approvers=2),
        )
    )
    town = Town(ONE)
    for _ in range(2):
        town.approved(30_000)
    assert only(town, by_total).number == "CI-2026-00002"


# What is looked at, and kept


def test_decisions_before_since_stand_as_they_are() -> None:
    town = Town(ONE)
    town.approved(30_000)
    town.approved(30_000)
    town.wait(1)
    since = town.now
    town.approved(10_000)
    simulation, found = run(town, CAPPED, since=since)
    assert simulation.looked_at == 3
    assert [each.number for each in found] == ["CI-2026-00003"]


def test_rejected_doti_are_kept_as_long_as_they_may_come_back() -> None:
    town = Town(ONE)
    dote = town.reject(town.assess(town.request(60_000)))
    town.wait(29)
    dote = town.appeal(dote)
    town.vote(dote, VOTERS[1])
    town.reject(town.assess(town.request(60_000)))
    simulation, found = run(town, CAPPED)
    assert [each.decision for each in found] == [Action.APPROVE]
    assert len(simulation.open_doti) == 1
    town.wait(40)
    town.withdraw(town.request(1_000))
    assert run(town, CAPPED)[0].open_doti == set()


def test_what_is_kept_does_not_grow_with_the_log() -> None:
    town = Town(ONE)
    for _ in range(60):
        town.withdraw(town.approved(1_000))
        town.wait(20)
    simulation = run(town, CAPPED)[0]
    assert simulation.open_doti == set()
    assert simulation.helps_kept <= 2 * (367 // 20 + 1)


def test_totals_are_by_person_partner_and_category() -> None:
    town = Town(ONE)
    town.approved(60_000)
    town.approved(60_000, household=2, by=VOTERS[2])
    totals = Totals()
    for difference in run(town, CAPPED)[1]:
        totals.add(difference)
    assert (totals.refused_cents, totals.allowed_cents) == (120_000, 0)
    people = {who: (tally.count, tally.cents) for who, tally in totals.by_person.items()}
    assert people == {
        VOTERS[0].account_id: (1, 60_000),
        VOTERS[2].account_id: (1, 60_000),
    }
    assert totals.by_partner["ROCCA"].cents == totals.by_category["EMERGENZA"].cents == 120_000
    assert totals.by_kind[Kind.REFUSED].count == 2


# Properties

POLICIES = st.sampled_from(
    [
        ONE,
        two_bands(15_000),
        CAPPED,
        BOTH,
        IN_ORDER,
        APART,
        Rules(
            bands=(
                Band(to_cents=15_000, household_to_cents=40_000),
                Band(over_cents=15_000, approvers=2, different_partners=True),
            ),
            items=(
                ItemRule(item="AFFITTO", ceiling_cents=40_000),
                ItemRule(item="LIBRI", papers=(PaperRule(kind="quote", over_cents=9_000),)),
            ),
            caps=(Cap(category="EMERGENZA", days=90, cents=60_000), Cap(days=30, cents=80_000)),
            urgent=UrgentPath(to_cents=15_000, ratify_days=5, requester_may_assess=True),
        ),
    ]
)
BOTH_ROLES = person(0, Role.ASSESSOR)
Step = Callable[[Town, int, int], object]


def request(town: Town, a: int, b: int) -> object:
    item = ("AFFITTO", "LIBRI")[a % 2]
    return town.request(1_000 * (1 + a % 50), household=b % 2, item=item, urgent=b % 3 == 0)


def assess(town: Town, a: int, b: int) -> object:
    by = (ASSESSOR, ASSESSOR, BOTH_ROLES)[b % 3]
    return town.assess(pick(town, a), by, favourable=a % 8 > 0)


def vote(town: Town, a: int, b: int) -> object:
    return town.vote(pick(town, a), VOTERS[b % 4])


STEPS: list[Step] = [
    *(request, request, assess, assess, assess, vote, vote, vote, vote, vote),
    lambda town, a, b: town.attach(pick(town, a), "quote"),
    lambda town, a, b: town.override(pick(town, a), 1_000 * (1 + b % 50)),
    lambda town, a, b: town.reject(pick(town, a), VOTERS[b % 3]) if b % 5 == 0 else None,
    lambda town, a, b: town.appeal(pick(town, a)),
    lambda town, a, b: town.withdraw(pick(town, a)) if b % 5 == 0 else None,
    lambda town, a, b: town.pay_and_take_back(pick(town, a), 100 * (1 + b % 50)),
    lambda town, a, b: town.wait(a % 40),
]
HISTORIES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=70
)


def pick(town: Town, n: int) -> Dote:
    """One of the doti; the last ones more often."""
    if not town.doti:
        raise DomainError
    doti = list(town.doti.values())[-4:]
    return doti[n % len(doti)]


def lived(rules: Rules, history: list[tuple[Step, int, int]]) -> Town:
    town = Town(rules)
    for step, a, b in history:
        try:
            step(town, a, b)
        except DomainError:
            continue
        town.now += timedelta(minutes=1)
    return town


@given(POLICIES, HISTORIES)
@settings(max_examples=300, deadline=None)
def test_the_rules_that_all_doti_are_pinned_to_change_nothing(
    rules: Rules, history: list[tuple[Step, int, int]]
) -> None:
    town = lived(rules, history)
    simulation, found = run(town, rules)
    assert found == []
    assert len(simulation.open_doti) <= len(town.doti)


@given(POLICIES, HISTORIES)
@settings(max_examples=300, deadline=None)
def test_no_decision_of_the_past_is_refused_by_its_own_rules(
    rules: Rules, history: list[tuple[Step, int, int]]
) -> None:
    town = lived(rules, history)
    for draft in (ONE, CAPPED):
        found = run(town, draft)[1]
        assert all(each.kind is not Kind.ALLOWED for each in found)
