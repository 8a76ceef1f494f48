"""The deciding act: votes, the budget line and the household's total."""

import pytest

from domain.actors import Role
from domain.errors import (
    AmountTooHigh,
    BudgetExceeded,
    Forbidden,
    OutsideOwnPartner,
    SegregationOfDuties,
    UnfavourableAssessment,
    VoteDiffers,
    WrongState,
)
from domain.events.dote import ApprovalGiven, DoteApproved
from domain.lifecycle import Action, Duty, State
from domain.permissions import refusal
from domain.turns import waiting_for
from tests.domain.commands import approve
from tests.domain.facts import approved, assessed, requested, voted
from tests.spec import (
    APPROVER,
    APPROVER_2,
    FINANCE,
    HOUSEHOLD,
    HOUSING,
    LINE,
    ROCCA,
    SSALV,
    a_case,
    a_help,
    a_policy,
    actor,
    given,
    noted,
    position,
    private,
)

BAND = a_policy(single_approver_cents=15_000)


def test_within_the_band_one_approver_decides() -> None:
    dote = (
        given(requested(15_000), assessed(15_000))
        .when(
            approve(
                15_000,
                policy=BAND,
                position=position(available_cents=40_000, committed_cents=2_000),
                helps=(a_help(9_000),),
                note="urgent",
            )
        )
        .then(
            DoteApproved,
            line=LINE,
            household_id=HOUSEHOLD,
            amount_cents=15_000,
            payee=private("the landlord"),
            note=noted("urgent"),
            approvers=(APPROVER.account_id,),
            policy_version=1,
            household_before_cents=9_000,
            household_after_cents=24_000,
            before=position(available_cents=40_000, committed_cents=2_000),
            after=position(available_cents=25_000, committed_cents=17_000),
        )
    )
    assert dote.state is State.APPROVED
    assert dote.approved_cents == dote.committed_cents == 15_000
    assert dote.payee == private("the landlord")
    assert dote.people[Duty.APPROVE] == {APPROVER.account_id}
    assert waiting_for(a_case(dote)) == {Role.FINANCE}


def test_above_the_band_the_first_vote_only_counts() -> None:
    dote = (
        given(requested(), assessed())
        .when(approve(15_001, policy=BAND, note="agreed"))
        .then(
            ApprovalGiven,
            amount_cents=15_001,
            payee=private("the landlord"),
            note=noted("agreed"),
            policy_version=1,
        )
    )
    assert dote.state is State.ASSESSED
    assert dote.approved_cents == dote.committed_cents == 0
    assert [vote.by.account_id for vote in dote.votes] == [APPROVER.account_id]


def test_the_second_vote_of_somebody_else_approves() -> None:
    dote = (
        given(requested(), assessed(), voted(30_000, by=APPROVER_2))
        .when(approve(30_000, policy=BAND))
        .then(DoteApproved, approvers=(APPROVER_2.account_id, APPROVER.account_id))
    )
    assert dote.people[Duty.APPROVE] == {APPROVER.account_id, APPROVER_2.account_id}
    assert dote.approved_cents == 30_000


def test_nobody_votes_twice() -> None:
    given(requested(), assessed(), voted(30_000, by=APPROVER)).when(
        approve(30_000, policy=BAND)
    ).then_refused(SegregationOfDuties, action="approve", done="approve")


def test_votes_are_for_one_amount() -> None:
    given(requested(), assessed(), voted(30_000)).when(approve(29_999, policy=BAND)).then_refused(
        VoteDiffers, field="amount_cents", amount_cents=30_000
    )


def test_a_smaller_second_vote_does_not_slip_into_the_lower_band() -> None:
    given(requested(), assessed(), voted(30_000)).when(approve(15_000, policy=BAND)).then_refused(
        VoteDiffers, field="amount_cents"
    )


def test_votes_are_for_one_payee() -> None:
    given(requested(), assessed(), voted(30_000)).when(
        approve(30_000, policy=BAND, same_payee=False)
    ).then_refused(VoteDiffers, field="payee", amount_cents=30_000)


def test_the_payee_is_compared_with_earlier_votes_only() -> None:
    given(requested(), assessed()).when(approve(same_payee=False)).then(DoteApproved)


def test_at_most_what_was_requested_is_approved() -> None:
    given(requested(30_000), assessed(20_000)).when(approve(30_000)).then(DoteApproved)
    given(requested(30_000), assessed(30_000)).when(approve(30_001)).then_refused(
        AmountTooHigh, field="amount_cents", left_cents=30_000
    )


@pytest.mark.parametrize("amount_cents", [0, -30_000])
def test_an_approval_is_of_an_amount(amount_cents: int) -> None:
    given(requested(), assessed()).when(approve(amount_cents)).then_invalid("amount_cents")


def test_the_last_cent_of_a_line_can_be_approved_and_no_more() -> None:
    given(requested(), assessed()).when(approve(position=position(30_000))).then(
        DoteApproved, after=position(0, 30_000)
    )
    given(requested(), assessed()).when(approve(position=position(29_999))).then_refused(
        BudgetExceeded, partner=ROCCA, category=HOUSING, available_cents=29_999
    )


def test_no_vote_is_given_for_money_that_is_not_there() -> None:
    given(requested(), assessed()).when(
        approve(policy=BAND, position=position(29_999))
    ).then_refused(BudgetExceeded, available_cents=29_999)


def test_what_was_judged_unfavourably_is_not_approved() -> None:
    given(requested(), assessed(favourable=False)).when(approve()).then_refused(
        UnfavourableAssessment
    )


def test_nothing_is_approved_before_its_assessment_or_twice() -> None:
    given(requested()).when(approve()).then_refused(
        WrongState, action="approve", state="requested", possible="assessed"
    )
    given(requested(), assessed(), approved()).when(approve(by=APPROVER_2)).then_refused(
        WrongState, state="approved"
    )


def test_approvers_approve_within_their_grant() -> None:
    dote = given(requested(), assessed())
    dote.when(approve(by=FINANCE)).then_refused(
        Forbidden, action="approve", roles="approver, coordinator"
    )
    of_ssalv = actor(0xF1, Role.APPROVER, partner=SSALV)
    dote.when(approve(by=of_ssalv)).then_refused(OutsideOwnPartner, partner=ROCCA)
    of_rocca = actor(0xF2, Role.APPROVER, partner=ROCCA)
    dote.when(approve(by=of_rocca)).then(DoteApproved)


def test_a_voter_may_still_reject() -> None:
    dote = given(requested(), assessed(), voted(by=APPROVER)).state
    assert refusal(a_case(dote), Action.REJECT, APPROVER) is None


def test_another_policy_than_that_of_the_request_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="policy version of its request"):
        given(requested(), assessed()).when(approve(10_000, policy=a_policy(version=2)))
