"""The three ways in which a dote ends without being paid in full."""

import pytest

from domain.errors import Forbidden, MoneyIsOut, OutsideOwnPartner, WrongState
from domain.events.dote import DoteRejected, DoteRevoked, DoteWithdrawn
from domain.lifecycle import Action, Duty, State
from domain.turns import waiting_for
from tests.domain.commands import reject, revoke, withdraw
from tests.domain.every_command import COMMANDS
from tests.domain.facts import (
    approved,
    assessed,
    disbursed,
    rejected,
    requested,
    returned,
    revoked,
    voted,
    withdrawn,
)
from tests.spec import (
    APPROVER,
    APPROVER_2,
    COORDINATOR,
    FINANCE,
    HOUSEHOLD,
    LINE,
    OPERATOR,
    OPERATOR_2,
    OPERATOR_SSALV,
    ROCCA,
    a_case,
    given,
    noted,
)

# Rejection


def test_a_request_is_rejected_with_a_reason() -> None:
    dote = (
        given(requested(policy_version=3))
        .when(reject("other help is at hand", "see the municipality"))
        .then(
            DoteRejected,
            reason=noted("other help is at hand"),
            note=noted("see the municipality"),
            policy_version=3,
        )
    )
    assert dote.state is State.REJECTED
    assert dote.people[Duty.APPROVE] == {APPROVER.account_id}
    assert waiting_for(a_case(dote)) == frozenset()


def test_a_dote_is_rejected_after_its_assessment_whatever_it_said() -> None:
    given(requested(), assessed()).when(reject()).then(DoteRejected, note=None)
    given(requested(), assessed(favourable=False)).when(reject()).then(DoteRejected)
    given(requested(), assessed(), voted(by=APPROVER_2)).when(reject()).then(DoteRejected)


def test_what_is_approved_is_not_rejected() -> None:
    given(requested(), assessed(), approved()).when(reject(by=APPROVER_2)).then_refused(
        WrongState,
        action="reject",
        state="approved",
        possible="assessed, document_requested, requested",
    )


def test_approvers_reject() -> None:
    given(requested()).when(reject(by=COORDINATOR)).then_refused(Forbidden, roles="approver")


# Withdrawal


def test_a_request_is_withdrawn() -> None:
    dote = (
        given(requested())
        .when(withdraw("solved otherwise", "a relative helped"))
        .then(
            DoteWithdrawn,
            line=LINE,
            household_id=HOUSEHOLD,
            released_cents=0,
            reason=noted("solved otherwise"),
            note=noted("a relative helped"),
        )
    )
    assert dote.state is State.WITHDRAWN


def test_a_withdrawal_releases_what_was_approved() -> None:
    dote = (
        given(requested(), assessed(), approved(30_000))
        .when(withdraw())
        .then(DoteWithdrawn, released_cents=30_000)
    )
    assert dote.committed_cents == 0


def test_a_withdrawal_is_possible_again_when_all_money_came_back() -> None:
    given(requested(), assessed(), approved(), disbursed(), returned()).when(withdraw()).then(
        DoteWithdrawn, released_cents=30_000
    )


def test_nothing_is_withdrawn_once_money_is_out() -> None:
    given(requested(), assessed(), approved(), disbursed(10_000, last=False)).when(
        withdraw()
    ).then_refused(MoneyIsOut, disbursed_cents=10_000)
    given(requested(), assessed(), approved(), disbursed()).when(withdraw()).then_refused(
        WrongState, action="withdraw", state="disbursed"
    )


def test_any_operator_of_the_partner_withdraws() -> None:
    given(requested()).when(withdraw(by=OPERATOR_2)).then(DoteWithdrawn)
    given(requested()).when(withdraw(by=OPERATOR_SSALV)).then_refused(
        OutsideOwnPartner, partner=ROCCA
    )
    given(requested()).when(withdraw(by=APPROVER)).then_refused(Forbidden, roles="operator")


# Revocation


def test_a_revocation_releases_what_is_not_paid() -> None:
    dote = (
        given(requested(), assessed(), approved(30_000), disbursed(10_000, last=False))
        .when(revoke("moved away", "to another city"))
        .then(
            DoteRevoked,
            line=LINE,
            household_id=HOUSEHOLD,
            released_cents=20_000,
            reason=noted("moved away"),
            note=noted("to another city"),
        )
    )
    assert dote.state is State.REVOKED
    assert dote.committed_cents == 0
    assert dote.undocumented_cents == 10_000


def test_a_revocation_of_an_unpaid_dote_releases_all() -> None:
    given(requested(), assessed(), approved(30_000)).when(revoke()).then(
        DoteRevoked, released_cents=30_000
    )


def test_approvers_and_coordinators_revoke() -> None:
    dote = given(requested(), assessed(), approved())
    for who in (APPROVER, APPROVER_2, COORDINATOR):
        dote.when(revoke(by=who)).then(DoteRevoked)
    for who in (OPERATOR, FINANCE):
        dote.when(revoke(by=who)).then_refused(Forbidden, roles="approver, coordinator")


def test_only_what_is_approved_and_not_wholly_paid_is_revoked() -> None:
    given(requested(), assessed()).when(revoke()).then_refused(WrongState, state="assessed")
    given(requested(), assessed(), approved(), disbursed()).when(revoke()).then_refused(
        WrongState, action="revoke", state="disbursed", possible="approved"
    )


# Ends


@pytest.mark.parametrize("action", COMMANDS)
def test_nothing_follows_a_withdrawal(action: Action) -> None:
    given(requested(), withdrawn()).when(COMMANDS[action]()).then_refused(
        WrongState, action=action, state="withdrawn"
    )


AFTER_A_REJECTION = {Action.LODGE_APPEAL, Action.DECIDE_APPEAL, Action.REMIND, Action.ESCALATE}


@pytest.mark.parametrize("action", sorted(COMMANDS.keys() - AFTER_A_REJECTION))
def test_only_an_appeal_follows_a_rejection(action: Action) -> None:
    given(requested(), rejected()).when(COMMANDS[action]()).then_refused(
        WrongState, action=action, state="rejected"
    )


@pytest.mark.parametrize(
    "action",
    [
        Action.ATTACH_DOCUMENT,
        Action.ASSESS,
        Action.APPROVE,
        Action.REJECT,
        Action.WITHDRAW,
        Action.REVOKE,
        Action.DISBURSE,
    ],
)
def test_a_revoked_dote_is_only_documented(action: Action) -> None:
    given(requested(), assessed(), approved(), disbursed(10_000, last=False), revoked(20_000)).when(
        COMMANDS[action]()
    ).then_refused(WrongState, action=action, state="revoked")
