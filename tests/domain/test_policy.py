"""The rules as a document: what follows from them, and what a draft must not say."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import (
    BandNeedsLess,
    BandsGap,
    BandsOverlap,
    CapBelowCeiling,
    DateInThePast,
    DomainError,
    ItemNotAsked,
    LastBandOpen,
    NamedTwice,
    ProgrammeMissing,
    SeparationOfDutiesOff,
    UnknownCode,
)
from domain.events.programme import PolicyAdopted
from domain.lifecycle import Stage
from domain.policy import Band, Cap, Deadline, ItemRule, PaperRule, Policy, Rules, UrgentPath
from domain.policy_check import check
from domain.programme import Programme
from tests.domain.facts_around import (
    category_defined,
    desk_opened,
    full_policy,
    item_defined,
    joined,
    opened,
    policy_adopted,
)
from tests.spec import (
    COORDINATOR,
    HOUSING,
    ROCCA,
    SCHOOL,
    TODAY,
    a_policy,
    bands,
    days_after,
    given,
    stamp,
)

BY = stamp(COORDINATOR)
RULES = full_policy()


def network() -> Programme:
    return given(
        opened(),
        joined(ROCCA),
        desk_opened(ROCCA),
        category_defined(HOUSING),
        category_defined(SCHOOL),
        item_defined(HOUSING, "RENT"),
        item_defined(SCHOOL, "BOOKS"),
    ).state


# Bands

TWO_BANDS = bands(
    Band(to_cents=10_000, household_to_cents=50_000),
    Band(over_cents=10_000, to_cents=60_000, approvers=2, household_to_cents=100_000),
    Band(over_cents=60_000, approvers=2, coordinator=True),
)


@pytest.mark.parametrize(
    ("amount_cents", "household_cents", "band"),
    [
        (1, 1, 0),
        (10_000, 10_000, 0),
        (10_001, 10_001, 1),
        (60_000, 60_000, 1),
        (60_001, 60_001, 2),
        (10**12, 10**12, 2),
        # The household's total moves a small amount up, one band at a time.
        (10_000, 50_000, 0),
        (10_000, 50_001, 1),
        (1, 100_000, 1),
        (1, 100_001, 2),
        (60_000, 100_001, 2),
    ],
)
def test_an_amount_and_what_the_household_has_find_the_band(
    amount_cents: int, household_cents: int, band: int
) -> None:
    assert TWO_BANDS.band(amount_cents, household_cents) == TWO_BANDS.bands[band]


def test_the_votes_of_a_band() -> None:
    assert Band().votes == 1
    assert Band(approvers=2, coordinator=True).votes == 3


# Items and papers


def test_without_a_list_every_item_can_be_asked_for() -> None:
    rules = a_policy()
    assert rules.item("RENT") == ItemRule(item="RENT")
    assert rules.papers("RENT", 10**6) == ()
    assert network().check_request(rules, ROCCA, HOUSING, "RENT") == f"Desk {ROCCA}"


def test_with_a_list_only_what_is_on_it() -> None:
    rules = a_policy(items=(ItemRule(item="BOOKS"),))
    assert rules.item("RENT") is None
    assert rules.papers("RENT", 1) == ()
    with pytest.raises(ItemNotAsked) as refused:
        network().check_request(rules, ROCCA, HOUSING, "RENT")
    assert refused.value.facts == {"field": "item", "value": "RENT"}
    assert network().check_request(rules, ROCCA, SCHOOL, "BOOKS")


def test_papers_are_needed_from_an_amount_on() -> None:
    papers = (PaperRule(kind="contract"), PaperRule(kind="payslip", over_cents=5_000))
    rules = a_policy(items=(ItemRule(item="RENT", papers=papers),))
    assert rules.papers("RENT", 1) == rules.papers("RENT", 5_000) == ("contract",)
    assert rules.papers("RENT", 5_001) == ("contract", "payslip")


# Deadlines and the urgent path


def test_deadlines_by_stage() -> None:
    assert RULES.deadline(Stage.ASSESSMENT) == RULES.deadlines[0]
    assert RULES.deadline(Stage.APPROVAL) is None
    assert a_policy().deadline(Stage.ASSESSMENT) is None


def test_the_urgent_path_brings_the_deadline_of_its_ratification() -> None:
    assert RULES.deadline(Stage.RATIFICATION) == Deadline(
        stage=Stage.RATIFICATION, days=4, escalate_days=0
    )
    assert a_policy().deadline(Stage.RATIFICATION) is None


def test_the_urgent_path_is_for_small_amounts() -> None:
    assert RULES.is_urgent_path(10_000)
    assert not RULES.is_urgent_path(10_001)
    assert not a_policy().is_urgent_path(1)


# Adopting


def test_rules_are_in_force_from_today_where_they_say_nothing() -> None:
    rules = Rules(bands=a_policy().bands)
    policy = Policy.of(rules, 1, TODAY)
    given(opened()).when(lambda known: known.adopt(BY, rules)).then(PolicyAdopted, policy=policy)


def test_rules_are_adopted_for_a_later_day() -> None:
    later = days_after(30)
    rules = Rules(bands=a_policy().bands, effective_from=later)
    programme = (
        given(opened(), policy_adopted(1))
        .when(lambda known: known.adopt(BY, rules))
        .then(PolicyAdopted, policy=Policy.of(rules, 2, later))
    )
    assert programme.policy_on(later - timedelta(days=1)).version == 1
    assert programme.policy_on(later).version == 2
    assert programme.policy_on(days_after(1_000)).version == 2


def test_what_is_adopted_later_supersedes_what_has_not_begun() -> None:
    in_a_month = Policy.of(Rules(bands=a_policy().bands), 2, days_after(30))
    in_a_week = Policy.of(Rules(bands=a_policy().bands), 3, days_after(7))
    programme = given(
        opened(), policy_adopted(1), policy_adopted(2, in_a_month), policy_adopted(3, in_a_week)
    ).state
    in_force = [programme.policy_on(days_after(days)).version for days in (0, 6, 7, 29, 30, 99)]
    assert in_force == [1, 1, 3, 3, 3, 3]


def test_before_the_first_rules_nothing_is_open() -> None:
    programme = given(opened(), policy_adopted(1)).state
    first = programme.policies[1].effective_from
    assert programme.policy_on(first).version == 1
    with pytest.raises(ProgrammeMissing):
        programme.policy_on(first - timedelta(days=1))


def test_rules_that_say_something_about_everything_can_be_adopted() -> None:
    programme = (
        given(
            opened(),
            category_defined(HOUSING),
            category_defined(SCHOOL),
            item_defined(HOUSING, "RENT"),
            item_defined(SCHOOL, "BOOKS"),
        )
        .when(lambda known: known.adopt(BY, _draft()))
        .then(PolicyAdopted)
    )
    assert programme.policy_on(TODAY).items == RULES.items


# Faults of a draft


def _draft(**changes: Any) -> Rules:  # noqa: ANN401  any field of the rules
    rules = {name: getattr(RULES, name) for name in Rules.model_fields}
    return Rules(**{**rules, "effective_from": None, **changes})


def _split(first: Band, *others: Band) -> dict[str, object]:
    return {"bands": (first, *others), "urgent": None}


TO_10, OVER_10 = Band(to_cents=10_000), Band(over_cents=10_000)
TO_20 = Band(over_cents=10_000, to_cents=20_000)
RENT = ItemRule(item="RENT", ceiling_cents=60_000)

FAULTS: dict[str, tuple[dict[str, object], type[DomainError], dict[str, object]]] = {
    "begun before today": (
        {"effective_from": days_after(-1)},
        DateInThePast,
        {"field": "effective_from", "value": days_after(-1).isoformat()},
    ),
    "four people made fewer": (
        {"separation_of_duties": False},
        SeparationOfDutiesOff,
        {"field": "separation_of_duties"},
    ),
    "an unknown item": (
        {"items": (RENT, ItemRule(item="YACHT"))},
        UnknownCode,
        {"field": "items.1.item", "value": "YACHT"},
    ),
    "an item twice": ({"items": (RENT, RENT)}, NamedTwice, {"field": "items.1.item"}),
    "a paper twice": (
        {"items": (ItemRule(item="RENT", papers=(PaperRule(kind="a"), PaperRule(kind="a"))),)},
        NamedTwice,
        {"field": "items.0.papers.1.kind", "value": "a"},
    ),
    "nobody for the smallest": (
        _split(OVER_10),
        BandsGap,
        {"field": "bands.0.over_cents", "from_cents": 0, "to_cents": 10_000},
    ),
    "nobody in between": (
        _split(TO_10, Band(over_cents=10_001)),
        BandsGap,
        {"field": "bands.1.over_cents", "from_cents": 10_000, "to_cents": 10_001},
    ),
    "two at once": (
        _split(TO_10, Band(over_cents=9_999)),
        BandsOverlap,
        {"field": "bands.1.over_cents", "at_cents": 9_999},
    ),
    "a band above the one without end": (
        _split(Band(), Band(over_cents=10_000)),
        BandsOverlap,
        {"field": "bands.1.over_cents"},
    ),
    "a band that ends before it begins": (
        _split(TO_10, Band(over_cents=10_000, to_cents=10_000), OVER_10),
        BandsOverlap,
        {"field": "bands.1.to_cents", "at_cents": 10_000},
    ),
    "fewer approvers for more": (
        _split(Band(to_cents=10_000, approvers=2), OVER_10),
        BandNeedsLess,
        {"field": "bands.1.approvers"},
    ),
    "no coordinator for more": (
        _split(Band(to_cents=10_000, coordinator=True), Band(over_cents=10_000, approvers=5)),
        BandNeedsLess,
        {"field": "bands.1.approvers"},
    ),
    "one partner for more": (
        _split(
            Band(to_cents=10_000, approvers=2, different_partners=True),
            Band(over_cents=10_000, approvers=2),
        ),
        BandNeedsLess,
        {"field": "bands.1.different_partners"},
    ),
    "nobody for the largest": (
        _split(TO_10, TO_20),
        LastBandOpen,
        {"field": "bands.1.to_cents"},
    ),
    "nobody for a household that has much": (
        _split(TO_10, Band(over_cents=10_000, household_to_cents=1)),
        LastBandOpen,
        {"field": "bands.1.household_to_cents"},
    ),
    "a cap of an unknown category": (
        {"caps": (Cap(category="YACHTS", cents=10**6),)},
        UnknownCode,
        {"field": "caps.0.category", "value": "YACHTS"},
    ),
    "a cap below a ceiling": (
        {"items": (RENT,), "caps": (Cap(cents=60_000), Cap(days=30, cents=59_999))},
        CapBelowCeiling,
        {"field": "caps.1.cents", "item": "RENT", "ceiling_cents": 60_000},
    ),
    "a cap of a category below a ceiling in it": (
        {"items": (RENT,), "caps": (Cap(category=HOUSING, cents=59_999),)},
        CapBelowCeiling,
        {"field": "caps.0.cents", "item": "RENT"},
    ),
    "a cap twice": (
        {"caps": (Cap(cents=10**6), Cap(cents=10**7))},
        NamedTwice,
        {"field": "caps.1.days", "value": "- 365"},
    ),
    "a deadline twice": (
        {"deadlines": (Deadline(stage=Stage.APPROVAL, days=1),) * 2},
        NamedTwice,
        {"field": "deadlines.1.stage", "value": "approval"},
    ),
    "a deadline that the urgent path sets": (
        {"deadlines": (Deadline(stage=Stage.RATIFICATION, days=1),)},
        UnknownCode,
        {"field": "deadlines.0.stage", "value": "ratification"},
    ),
    "one person requests and assesses what two decide on": (
        {"urgent": UrgentPath(to_cents=15_001, ratify_days=5, requester_may_assess=True)},
        SeparationOfDutiesOff,
        {"field": "urgent.requester_may_assess"},
    ),
    "the same where two decide on everything": (
        {
            "bands": (Band(to_cents=10_000, approvers=2), Band(over_cents=10_000, approvers=2)),
            "urgent": UrgentPath(to_cents=1_000, ratify_days=5, requester_may_assess=True),
        },
        SeparationOfDutiesOff,
        {"field": "urgent.requester_may_assess"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_place(fault: str) -> None:
    changes, error, facts = FAULTS[fault]
    history = given(
        opened(),
        category_defined(HOUSING),
        category_defined(SCHOOL),
        item_defined(HOUSING, "RENT"),
        item_defined(SCHOOL, "BOOKS"),
        policy_adopted(1),
    )
    history.when(lambda known: known.adopt(BY, _draft(**changes))).then_refused(error, **facts)
    assert history.state.policy_on(TODAY) == a_policy(1)


def test_what_is_no_fault() -> None:
    for fine in (
        {"effective_from": TODAY},
        {"caps": (Cap(category=SCHOOL, cents=1), Cap(category=SCHOOL, days=30, cents=1))},
        {"urgent": UrgentPath(to_cents=10**6, ratify_days=5)},
        {"urgent": UrgentPath(to_cents=15_000, ratify_days=5, requester_may_assess=True)},
    ):
        check(_draft(**fine), network(), TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bands": []},
        {"bands": [{"approvers": 0}]},
        {"bands": [{"approvers": 6}]},
        {"bands": [{"approvers": True}]},
        {"bands": [{}], "same_person_may_pay": True},
        {"bands": [{"same_person_may_pay": True}]},
        {"bands": [{}], "caps": [{"cents": 0}]},
        {"bands": [{}], "caps": [{"cents": 1, "days": 0}]},
        {"bands": [{}], "remind_days": 0},
        {"bands": [{}], "effective_from": 20_000},
        {"bands": [{}], "effective_from": date.max.isoformat() + "T00:00"},
        {"bands": [{}], "deadlines": [{"stage": "lunch", "days": 1}]},
        {"bands": [{}], "separation_of_duties": "no"},
    ],
)
def test_what_cannot_even_be_written(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Rules.model_validate(wrong)
