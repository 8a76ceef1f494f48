"""The urgent path: one approver decides at once on a small amount, somebody else ratifies."""

import pytest

from domain.actors import Actor, Role
from domain.errors import (
    CoordinatorNotAsked,
    Forbidden,
    NothingToRatify,
    NotRatified,
    PartnerVoted,
    RatificationRefused,
    SegregationOfDuties,
    WrongState,
)
from domain.events.dote import (
    ApprovalGiven,
    DoteAccountedFor,
    DoteApproved,
    DoteAssessed,
    DoteDisbursed,
    DoteEvent,
    DoteRevoked,
    RatificationRecorded,
    ReceiptAccepted,
)
from domain.lifecycle import Duty, State
from domain.policy import Band, Policy, UrgentPath
from tests.domain.commands import approve, assess, ratify, revoke
from tests.domain.facts import approved, assessed, disbursed, ratification, requested, revoked
from tests.domain.facts_of_receipts import accepted, submitted
from tests.domain.money_commands import accept, account_for, disburse
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    COORDINATOR,
    FINANCE,
    OPERATOR,
    OPERATOR_2,
    ROCCA,
    SSALV,
    a_policy,
    actor,
    given,
    noted,
)


def rules(*, requester_may_assess: bool = False, **band: bool) -> Policy:
    """Two approvers above 20 000 cents, one at once for what is urgent up to 30 000."""
    return a_policy(
        bands=(Band(to_cents=20_000), Band(over_cents=20_000, approvers=2, **band)),
        urgent=UrgentPath(
            to_cents=30_000, ratify_days=5, requester_may_assess=requester_may_assess
        ),
    )


RULES = rules()
ASSESSED: tuple[DoteEvent, ...] = (requested(urgent=True), assessed())
TO_RATIFY: tuple[DoteEvent, ...] = (*ASSESSED, approved(to_ratify=True))
PAID: tuple[DoteEvent, ...] = (*TO_RATIFY, disbursed())


# One vote


def test_one_approver_decides_at_once() -> None:
    dote = given(*ASSESSED).when(approve(policy=RULES)).then(DoteApproved, to_ratify=True)
    assert dote.needs_ratification
    assert dote.state is State.APPROVED


def test_there_is_nothing_to_ratify_where_one_vote_is_enough_anyway() -> None:
    dote = given(*ASSESSED).when(approve(20_000, policy=RULES)).then(DoteApproved, to_ratify=False)
    assert not dote.needs_ratification


def test_what_is_not_urgent_goes_the_long_way() -> None:
    given(requested(), assessed()).when(approve(policy=RULES)).then(ApprovalGiven)


def test_what_is_not_small_goes_the_long_way() -> None:
    # What was asked for counts, not what is granted of it.
    given(requested(30_001, urgent=True), assessed()).when(approve(policy=RULES)).then(
        ApprovalGiven
    )


def test_without_an_urgent_path_in_the_rules_urgency_changes_nothing() -> None:
    policy = a_policy(single_approver_cents=20_000)
    given(*ASSESSED).when(approve(policy=policy)).then(ApprovalGiven)


@pytest.mark.parametrize("in_order", [False, True])
def test_an_approver_decides_and_not_the_coordinator(in_order: bool) -> None:
    policy = rules(coordinator=True, in_order=in_order)
    given(*ASSESSED).when(approve(policy=policy, by=COORDINATOR)).then_refused(CoordinatorNotAsked)
    given(*ASSESSED).when(approve(policy=policy)).then(DoteApproved, to_ratify=True)


# Who requested may assess, only here

SHARED = rules(requester_may_assess=True)
REQUESTER = actor(OPERATOR.account_id.int, Role.OPERATOR, Role.ASSESSOR, partner=ROCCA)


def test_who_requested_may_assess_a_small_urgent_dote() -> None:
    dote = (
        given(requested(urgent=True)).when(assess(by=REQUESTER, policy=SHARED)).then(DoteAssessed)
    )
    assert dote.assessed_by_requester


@pytest.mark.parametrize(
    ("events", "policy"),
    [
        ((requested(),), SHARED),
        ((requested(30_001, urgent=True),), SHARED),
        ((requested(urgent=True),), RULES),
        ((requested(urgent=True),), a_policy()),
    ],
    ids=["not urgent", "not small", "not allowed", "no urgent path"],
)
def test_and_no_other(events: tuple[DoteEvent, ...], policy: Policy) -> None:
    given(*events).when(assess(by=REQUESTER, policy=policy)).then_refused(
        SegregationOfDuties, action="assess", done="request"
    )


def test_what_one_person_requested_and_assessed_is_ratified_whatever_the_amount() -> None:
    by_requester = assessed(5_000, by=actor(OPERATOR.account_id.int, Role.ASSESSOR))
    given(requested(5_000, urgent=True), by_requester).when(approve(5_000, policy=SHARED)).then(
        DoteApproved, to_ratify=True
    )


@pytest.mark.parametrize("role", [Role.APPROVER, Role.FINANCE])
def test_nothing_else_is_shared(role: Role) -> None:
    """Who requested and assessed neither approves nor pays; who requested does not either."""
    same = actor(OPERATOR.account_id.int, Role.ASSESSOR)
    again = actor(OPERATOR.account_id.int, role)
    judged = (requested(urgent=True), assessed(by=same))
    if role is Role.APPROVER:
        given(*judged).when(approve(by=again, policy=SHARED)).then_refused(SegregationOfDuties)
    else:
        given(*judged, approved(to_ratify=True)).when(
            disburse(by=again, policy=SHARED)
        ).then_refused(SegregationOfDuties)


# Ratifying


@pytest.mark.parametrize("who", [APPROVER_2, COORDINATOR])
def test_somebody_else_ratifies(who: Actor) -> None:
    dote = (
        given(*TO_RATIFY)
        .when(ratify(by=who, note="it was urgent", policy=RULES))
        .then(RatificationRecorded, ratified=True, note=noted("it was urgent"), policy_version=1)
    )
    assert dote.ratified is True
    assert not dote.needs_ratification
    assert who.account_id in dote.people[Duty.APPROVE]


def test_who_approved_does_not_ratify() -> None:
    given(*TO_RATIFY).when(ratify(by=APPROVER, policy=RULES)).then_refused(
        SegregationOfDuties, action="ratify", done="approve"
    )


@pytest.mark.parametrize("who", [OPERATOR, ASSESSOR, FINANCE])
def test_who_did_another_step_does_not_ratify(who: Actor) -> None:
    given(*PAID).when(ratify(by=who, policy=RULES)).then_refused(Forbidden)
    as_approver = actor(who.account_id.int, Role.APPROVER)
    given(*PAID).when(ratify(by=as_approver, policy=RULES)).then_refused(
        SegregationOfDuties, action="ratify"
    )


def test_who_ratified_does_not_pay() -> None:
    as_finance = actor(APPROVER_2.account_id.int, Role.FINANCE)
    given(*TO_RATIFY, ratification()).when(disburse(by=as_finance, policy=RULES)).then_refused(
        SegregationOfDuties, done="approve"
    )


def test_where_partners_count_another_partner_ratifies() -> None:
    apart = rules(different_partners=True)
    of_rocca = actor(0xB1, Role.APPROVER, works_for=ROCCA)
    too = actor(0xB2, Role.APPROVER, works_for=ROCCA)
    of_ssalv = actor(0xB3, Role.APPROVER, works_for=SSALV)
    history = given(*ASSESSED, approved(by=of_rocca, to_ratify=True))
    history.when(ratify(by=too, policy=apart)).then_refused(PartnerVoted, partner=ROCCA)
    history.when(ratify(by=of_ssalv, policy=apart)).then(RatificationRecorded)
    history.when(ratify(by=COORDINATOR, policy=apart)).then(RatificationRecorded)


def test_it_is_ratified_once_and_only_what_went_the_urgent_path() -> None:
    for history in (
        given(*TO_RATIFY, ratification()),
        given(*TO_RATIFY, ratification(ratified=False)),
        given(*ASSESSED, approved()),
    ):
        history.when(ratify(by=COORDINATOR, policy=RULES)).then_refused(NothingToRatify)
    given(*ASSESSED).when(ratify(policy=RULES)).then_refused(WrongState)


def test_it_is_ratified_before_or_after_the_payment() -> None:
    given(*PAID).when(ratify(policy=RULES)).then(RatificationRecorded)
    given(*TO_RATIFY, disbursed(10_000, last=False), revoked(20_000)).when(
        ratify(policy=RULES)
    ).then(RatificationRecorded)


def test_nothing_is_left_to_ratify_where_no_money_moves_any_more() -> None:
    given(*TO_RATIFY, revoked()).when(ratify(policy=RULES)).then_refused(NothingToRatify)


# What follows


def test_it_is_paid_before_it_is_ratified() -> None:
    given(*TO_RATIFY).when(disburse(policy=RULES)).then(DoteDisbursed)


def test_what_was_not_ratified_is_revoked_and_not_paid() -> None:
    history = given(*TO_RATIFY, ratification(ratified=False))
    history.when(disburse(policy=RULES)).then_refused(RatificationRefused)
    history.when(revoke(policy=RULES)).then(DoteRevoked, released_cents=30_000)


def test_the_rest_is_not_paid_either() -> None:
    part = (*TO_RATIFY, disbursed(10_000, last=False))
    given(*part, ratification(ratified=False)).when(disburse(20_000, policy=RULES)).then_refused(
        RatificationRefused
    )


def test_the_accounting_waits_for_the_ratification() -> None:
    documented = (*PAID, submitted(), accepted())
    given(*PAID, submitted()).when(accept(policy=RULES)).then(ReceiptAccepted)
    given(*documented).when(account_for(policy=RULES)).then_refused(NotRatified)
    for ratified in (True, False):
        given(*documented, ratification(ratified=ratified)).when(account_for(policy=RULES)).then(
            DoteAccountedFor
        )


def test_another_operator_changes_nothing_about_it() -> None:
    """The narrow case is about the same person, not about the same role."""
    both = actor(OPERATOR_2.account_id.int, Role.OPERATOR, Role.ASSESSOR, partner=ROCCA)
    dote = given(requested(urgent=True)).when(assess(by=both, policy=SHARED)).then(DoteAssessed)
    assert not dote.assessed_by_requester
