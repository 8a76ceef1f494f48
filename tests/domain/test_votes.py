"""Several votes: how many, of which partners, in which order, and what the last one looks at."""

import pytest

from domain.actors import Actor, Role
from domain.errors import (
    AboveCeiling,
    BudgetExceeded,
    CoordinatorNotAsked,
    HouseholdCapExceeded,
    PapersMissing,
    PartnerUnknown,
    PartnerVoted,
    SegregationOfDuties,
    VoteDiffers,
    VotesBefore,
    VotesComplete,
)
from domain.events.dote import ApprovalGiven, DoteApproved, DoteEvent
from domain.lifecycle import State
from domain.policy import Band, Cap, ItemRule, PaperRule
from tests.domain.commands import approve
from tests.domain.facts import (
    appeal_decided,
    appeal_lodged,
    assessed,
    document,
    rejected,
    requested,
    tranche,
    voted,
)
from tests.spec import (
    APPROVER,
    APPROVER_2,
    COORDINATOR,
    ROCCA,
    SSALV,
    a_case,
    a_help,
    a_policy,
    actor,
    bands,
    days_after,
    given,
    position,
)

OF_ROCCA = actor(0xB01, Role.APPROVER, works_for=ROCCA)
OF_ROCCA_TOO = actor(0xB02, Role.APPROVER, works_for=ROCCA)
OF_SSALV = actor(0xB03, Role.APPROVER, works_for=SSALV)

THREE = bands(Band(approvers=3))
APART = bands(Band(approvers=2, different_partners=True))
ANY_ORDER = bands(Band(approvers=2, coordinator=True))
IN_ORDER = bands(Band(approvers=2, coordinator=True, in_order=True))

BY_TOTAL = bands(
    Band(to_cents=50_000, household_to_cents=60_000), Band(over_cents=50_000, approvers=2)
)

ASSESSED: tuple[DoteEvent, ...] = (requested(), assessed())


# How many


def test_the_third_vote_of_three_approves() -> None:
    given(*ASSESSED).when(approve(policy=THREE)).then(ApprovalGiven)
    given(*ASSESSED, voted(by=APPROVER_2)).when(approve(policy=THREE)).then(ApprovalGiven)
    dote = (
        given(*ASSESSED, voted(by=APPROVER_2), voted(by=OF_ROCCA))
        .when(approve(policy=THREE))
        .then(
            DoteApproved,
            approvers=(APPROVER_2.account_id, OF_ROCCA.account_id, APPROVER.account_id),
            to_ratify=False,
        )
    )
    assert dote.state is State.APPROVED


def test_the_households_total_asks_for_more_votes() -> None:
    dote = given(*ASSESSED)
    dote.when(approve(policy=BY_TOTAL, helps=(a_help(30_000),))).then(DoteApproved)
    dote.when(approve(policy=BY_TOTAL, helps=(a_help(30_001),))).then(ApprovalGiven)
    dote.when(approve(policy=BY_TOTAL, helps=(a_help(30_001, days_ago=366),))).then(DoteApproved)


def test_a_band_that_came_down_after_the_first_vote_does_not_block_the_second() -> None:
    history = given(*ASSESSED, voted(by=APPROVER_2))
    history.when(approve(policy=BY_TOTAL)).then(DoteApproved)
    history.when(approve(policy=BY_TOTAL, by=APPROVER_2)).then_refused(SegregationOfDuties)


def test_a_band_that_went_up_after_the_first_vote_asks_for_more() -> None:
    policy = bands(
        Band(to_cents=50_000, approvers=2, household_to_cents=60_000),
        Band(over_cents=50_000, approvers=2, coordinator=True),
    )
    history = given(*ASSESSED, voted(by=APPROVER_2))
    history.when(approve(policy=policy)).then(DoteApproved)
    history.when(approve(policy=policy, helps=(a_help(40_000),))).then(ApprovalGiven)


# Everybody votes for the same


def test_votes_are_for_the_same_tranches() -> None:
    planned = (tranche(10_000), tranche(20_000, days=30))
    history = given(*ASSESSED, voted(tranches=planned))
    history.when(approve(policy=THREE, tranches=planned)).then(ApprovalGiven, tranches=planned)
    for other in ((), (tranche(10_000), tranche(20_000, days=31))):
        history.when(approve(policy=THREE, tranches=other)).then_refused(
            VoteDiffers, field="tranches", amount_cents=30_000
        )


# Different partners


@pytest.mark.parametrize(
    ("first", "second", "partner"),
    [
        (OF_ROCCA, OF_SSALV, None),
        (OF_ROCCA, APPROVER, None),
        (APPROVER, OF_ROCCA, None),
        (OF_ROCCA, OF_ROCCA_TOO, ROCCA),
    ],
)
def test_two_votes_of_different_partners(first: Actor, second: Actor, partner: str | None) -> None:
    after = given(*ASSESSED, voted(by=first)).when(approve(policy=APART, by=second))
    if partner is None:
        after.then(DoteApproved)
    else:
        after.then_refused(PartnerVoted, partner=partner)


def test_two_whose_partner_nobody_knows_are_not_of_different_ones() -> None:
    given(*ASSESSED, voted(by=APPROVER)).when(approve(policy=APART, by=APPROVER_2)).then_refused(
        PartnerUnknown
    )


def test_where_partners_do_not_matter_two_of_one_partner_vote() -> None:
    policy = bands(Band(approvers=2))
    given(*ASSESSED, voted(by=OF_ROCCA)).when(approve(policy=policy, by=OF_ROCCA_TOO)).then(
        DoteApproved
    )


def test_the_coordinator_may_be_of_a_partner_that_voted() -> None:
    policy = bands(Band(approvers=1, different_partners=True, coordinator=True))
    of_rocca = actor(0xB09, Role.COORDINATOR, works_for=ROCCA)
    given(*ASSESSED, voted(by=OF_ROCCA)).when(approve(policy=policy, by=of_rocca)).then(
        DoteApproved
    )
    given(*ASSESSED, voted(by=of_rocca)).when(approve(policy=policy, by=OF_ROCCA)).then(
        DoteApproved
    )


# The coordinator


def test_the_coordinator_votes_only_where_the_rules_ask() -> None:
    given(*ASSESSED).when(approve(by=COORDINATOR)).then_refused(CoordinatorNotAsked)
    given(*ASSESSED).when(approve(policy=ANY_ORDER, by=COORDINATOR)).then(ApprovalGiven)


def test_the_coordinator_votes_once() -> None:
    another = actor(0xB08, Role.COORDINATOR)
    given(*ASSESSED, voted(by=COORDINATOR)).when(
        approve(policy=ANY_ORDER, by=another)
    ).then_refused(CoordinatorNotAsked)


def test_in_order_the_coordinator_votes_last() -> None:
    by_coordinator = approve(policy=IN_ORDER, by=COORDINATOR)
    given(*ASSESSED).when(by_coordinator).then_refused(VotesBefore, missing=2)
    given(*ASSESSED, voted(by=APPROVER)).when(by_coordinator).then_refused(VotesBefore, missing=1)
    given(*ASSESSED, voted(by=APPROVER), voted(by=APPROVER_2)).when(by_coordinator).then(
        DoteApproved
    )


def test_without_an_order_the_approvers_may_come_after_the_coordinator() -> None:
    history = given(*ASSESSED, voted(by=COORDINATOR), voted(by=APPROVER_2))
    history.when(approve(policy=ANY_ORDER)).then(
        DoteApproved,
        approvers=(COORDINATOR.account_id, APPROVER_2.account_id, APPROVER.account_id),
    )


def test_more_approvers_do_not_stand_in_for_the_coordinator() -> None:
    given(*ASSESSED, voted(by=APPROVER), voted(by=APPROVER_2)).when(
        approve(policy=ANY_ORDER, by=OF_ROCCA)
    ).then_refused(VotesComplete)


def test_who_is_both_gives_one_vote() -> None:
    both = actor(0xB07, Role.COORDINATOR, Role.APPROVER)
    given(*ASSESSED).when(approve(policy=ANY_ORDER, by=both)).then(ApprovalGiven)
    given(*ASSESSED, voted(by=APPROVER), voted(by=APPROVER_2)).when(
        approve(policy=ANY_ORDER, by=both)
    ).then(DoteApproved)
    given(*ASSESSED, voted(by=both)).when(approve(policy=ANY_ORDER, by=both)).then_refused(
        SegregationOfDuties, done="approve"
    )


def test_a_coordinator_of_one_partner_votes_for_that_partner_only() -> None:
    of_rocca = actor(0xB06, Role.COORDINATOR, partner=ROCCA)
    given(*ASSESSED).when(approve(policy=ANY_ORDER, by=of_rocca)).then(ApprovalGiven)


# The last vote looks again

PAPERS = (PaperRule(kind="contract"),)
CAREFUL = a_policy(
    bands=(Band(approvers=2),),
    items=(ItemRule(item="RENT", ceiling_cents=40_000, papers=PAPERS),),
    caps=(Cap(cents=50_000),),
)
WITH_PAPER: tuple[DoteEvent, ...] = (requested(50_000), assessed(), document())


def test_the_last_vote_checks_the_papers_again() -> None:
    over = document(2, valid_until=days_after(-1))
    given(requested(), assessed(), over, voted()).when(approve(policy=CAREFUL)).then_refused(
        PapersMissing, kinds="contract"
    )
    given(*WITH_PAPER, voted()).when(approve(policy=CAREFUL)).then(DoteApproved)


def test_the_last_vote_checks_the_budget_again() -> None:
    given(*WITH_PAPER, voted()).when(
        approve(policy=CAREFUL, position=position(29_999))
    ).then_refused(BudgetExceeded, available_cents=29_999)


def test_the_last_vote_checks_the_ceiling_again() -> None:
    given(*WITH_PAPER, voted(40_001)).when(approve(40_001, policy=CAREFUL)).then_refused(
        AboveCeiling, field="amount_cents", item="RENT", ceiling_cents=40_000
    )


def test_the_last_vote_checks_the_caps_again() -> None:
    history = given(*WITH_PAPER, voted())
    history.when(approve(policy=CAREFUL, helps=(a_help(20_000),))).then(DoteApproved)
    history.when(approve(policy=CAREFUL, helps=(a_help(20_001),))).then_refused(
        HouseholdCapExceeded, left_cents=29_999, cap_cents=50_000, days=365
    )


def test_a_vote_is_decided_on_what_stands() -> None:
    for blind in (approve(helps=None), approve(position=None)):
        with pytest.raises(ValueError, match="looks at what stands"):
            given(*ASSESSED).when(blind)


# Void votes


def test_votes_before_a_rejection_are_void_after_its_appeal() -> None:
    history = given(
        *ASSESSED, voted(by=APPROVER), rejected(by=APPROVER_2), appeal_lodged(), appeal_decided()
    )
    assert history.state.votes == ()
    assert a_case(history.state, THREE).seats(30_000).approvers == 3
    history.when(approve(policy=THREE, by=APPROVER)).then(ApprovalGiven)
