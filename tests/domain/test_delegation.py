"""Acting for somebody else: both answer for it, and only up to an amount."""

from dataclasses import replace

import pytest

from domain.actors import Actor, Delegation, Grant, Principal, Role, Signature
from domain.errors import (
    ConflictOfInterest,
    DelegationTooSmall,
    Forbidden,
    OutsideOwnPartner,
    PartnerVoted,
    SegregationOfDuties,
)
from domain.events.dote import ApprovalGiven, DoteApproved, DoteAssessed, DoteDisbursed, DoteEvent
from domain.lifecycle import TRANSITIONS, Action, Duty
from domain.permissions import refusal, sign
from domain.policy import Band
from tests.domain.commands import approve, assess
from tests.domain.facts import approved, assessed, disbursed, requested, voted
from tests.domain.money_commands import disburse
from tests.domain.samples import SAMPLES, ready_for
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    FINANCE,
    HOUSEHOLD,
    OPERATOR,
    OTHER_HOUSEHOLD,
    ROCCA,
    SSALV,
    a_policy,
    actor,
    bands,
    delegate,
    given,
    ident,
)

DEPUTY = 0xD1
ASSESSED: tuple[DoteEvent, ...] = (requested(), assessed())
TWO = bands(Band(approvers=2))


def approving_for(principal: Actor, max_cents: int = 1_000_000) -> Actor:
    return delegate(DEPUTY, principal, Role.APPROVER, max_cents=max_cents)


# Who signs


def test_who_acts_for_somebody_signs_for_both() -> None:
    principal = actor(0xE1, Role.APPROVER, works_for=SSALV)
    deputy = delegate(DEPUTY, principal, Role.APPROVER, partner=ROCCA, works_for=ROCCA)
    dote = (
        given(*ASSESSED)
        .when(approve(by=deputy))
        .then(
            DoteApproved,
            by=Signature(
                account_id=deputy.account_id,
                role=Role.APPROVER,
                partner=ROCCA,
                works_for=ROCCA,
                on_behalf_of=Principal(account_id=principal.account_id, works_for=SSALV),
            ),
            approvers=(deputy.account_id,),
        )
    )
    assert dote.people[Duty.APPROVE] == {deputy.account_id, principal.account_id}


def test_ones_own_grant_comes_before_a_delegated_one() -> None:
    both = delegate(DEPUTY, APPROVER_2, Role.APPROVER, max_cents=1, own=[Role.APPROVER])
    assert both.grants[0].delegation is not None
    dote = given(*ASSESSED).when(approve(by=both)).then(DoteApproved)
    assert dote.people[Duty.APPROVE] == {both.account_id}


def test_a_delegated_grant_is_used_where_ones_own_does_not_do() -> None:
    own = Grant(Role.APPROVER, SSALV)
    lent = Grant(Role.APPROVER, None, Delegation(APPROVER_2.account_id, None, 30_000))
    deputy = Actor(ident(DEPUTY), (own, lent))
    dote = given(*ASSESSED).when(approve(by=deputy)).then(DoteApproved)
    assert dote.people[Duty.APPROVE] == {deputy.account_id, APPROVER_2.account_id}


def test_a_delegation_reaches_as_far_as_it_says() -> None:
    elsewhere = delegate(DEPUTY, APPROVER, Role.APPROVER, partner=SSALV)
    given(*ASSESSED).when(approve(by=elsewhere)).then_refused(OutsideOwnPartner, partner=ROCCA)
    for_paying = delegate(DEPUTY, FINANCE, Role.FINANCE)
    given(*ASSESSED).when(approve(by=for_paying)).then_refused(Forbidden)


# Four people, whoever acts for whom

OF_A_DUTY = [
    (action, role)
    for action, rule in TRANSITIONS.items()
    if rule.duty and action is not Action.REQUEST
    for role in sorted(rule.roles)
]


@pytest.mark.parametrize("took_part", ["delegate", "delegator"])
@pytest.mark.parametrize("done", Duty)
@pytest.mark.parametrize(("action", "role"), OF_A_DUTY)
def test_what_either_did_binds_both(action: Action, role: Role, done: Duty, took_part: str) -> None:
    principal = actor(0xE1, role)
    deputy = delegate(DEPUTY, principal, role)
    who = {"delegate": deputy, "delegator": principal}[took_part]
    case = next(ready_for(action, role))
    people = {done: frozenset({who.account_id})}
    case = replace(case, dote=replace(case.dote, people=people))
    refused = refusal(case, action, deputy)
    if done is TRANSITIONS[action].duty and action is not Action.DECIDE_APPEAL:
        assert refused is None
    else:
        assert isinstance(refused, SegregationOfDuties)
        assert refused.facts == {"action": action, "done": done}


@pytest.mark.parametrize("first", [Duty.REQUEST, Duty.ASSESS, Duty.APPROVE])
def test_what_was_done_for_somebody_binds_them_later(first: Duty) -> None:
    """The delegator did nothing themselves, and cannot take the next step all the same."""
    principal = actor(0xE1, Role.OPERATOR, Role.ASSESSOR, Role.APPROVER, Role.FINANCE)
    deputy = delegate(DEPUTY, principal, *(grant.role for grant in principal.grants))
    steps: dict[Duty, DoteEvent] = {
        Duty.REQUEST: requested(by=deputy),
        Duty.ASSESS: assessed(by=_only(deputy, Role.ASSESSOR)),
        Duty.APPROVE: approved(by=_only(deputy, Role.APPROVER)),
    }
    others: dict[Duty, DoteEvent] = {
        Duty.REQUEST: requested(),
        Duty.ASSESS: assessed(),
        Duty.APPROVE: approved(),
    }
    history = given(*(steps[duty] if duty is first else others[duty] for duty in steps))
    for who in (principal, deputy):
        history.when(disburse(by=who)).then_refused(SegregationOfDuties, done=first)


def test_nobody_votes_twice_by_way_of_a_deputy() -> None:
    deputy = approving_for(APPROVER)
    given(*ASSESSED, voted(by=APPROVER)).when(approve(policy=TWO, by=deputy)).then_refused(
        SegregationOfDuties, action="approve", done="approve"
    )
    given(*ASSESSED, voted(by=deputy)).when(approve(policy=TWO, by=APPROVER)).then_refused(
        SegregationOfDuties, action="approve", done="approve"
    )
    given(*ASSESSED, voted(by=deputy)).when(approve(policy=TWO, by=APPROVER_2)).then(DoteApproved)


def test_nobody_votes_for_two_others() -> None:
    once, again = approving_for(APPROVER), approving_for(APPROVER_2)
    given(*ASSESSED, voted(by=once)).when(approve(policy=TWO, by=again)).then_refused(
        SegregationOfDuties
    )


def test_a_vote_for_somebody_is_of_both_partners() -> None:
    apart = bands(Band(approvers=2, different_partners=True))
    principal = actor(0xE1, Role.APPROVER, works_for=SSALV)
    deputy = delegate(DEPUTY, principal, Role.APPROVER, works_for=ROCCA)
    for partner in (ROCCA, SSALV):
        other = actor(0xE2, Role.APPROVER, works_for=partner)
        given(*ASSESSED, voted(by=deputy)).when(approve(policy=apart, by=other)).then_refused(
            PartnerVoted, partner=partner
        )
        given(*ASSESSED, voted(by=other)).when(approve(policy=apart, by=deputy)).then_refused(
            PartnerVoted, partner=partner
        )
    third = actor(0xE2, Role.APPROVER, works_for="THIRD")
    given(*ASSESSED, voted(by=deputy)).when(approve(policy=apart, by=third)).then(DoteApproved)


# How much


def test_a_delegation_is_capped_by_amount() -> None:
    given(*ASSESSED).when(approve(by=approving_for(APPROVER, max_cents=30_000))).then(DoteApproved)
    given(*ASSESSED).when(approve(by=approving_for(APPROVER, max_cents=29_999))).then_refused(
        DelegationTooSmall, max_cents=29_999
    )
    given(*ASSESSED).when(approve(29_999, by=approving_for(APPROVER, max_cents=29_999))).then(
        DoteApproved
    )


def test_who_judges_for_somebody_proposes_within_it() -> None:
    deputy = delegate(DEPUTY, ASSESSOR, Role.ASSESSOR, max_cents=20_000)
    given(requested()).when(assess(20_000, by=deputy)).then(DoteAssessed)
    given(requested()).when(assess(20_001, by=deputy)).then_refused(DelegationTooSmall)
    given(requested()).when(assess(None, by=deputy)).then_refused(DelegationTooSmall)


def test_who_pays_for_somebody_pays_doti_within_it() -> None:
    deputy = delegate(DEPUTY, FINANCE, Role.FINANCE, max_cents=20_000)
    history = given(*ASSESSED, approved(30_000))
    # What is left to be paid counts, not the part that is paid now.
    history.when(disburse(1, by=deputy)).then_refused(DelegationTooSmall, max_cents=20_000)
    given(*ASSESSED, approved(30_000), disbursed(10_000, last=False)).when(
        disburse(20_000, by=deputy)
    ).then(DoteDisbursed)


def test_steps_of_no_duty_have_no_amount() -> None:
    deputy = delegate(DEPUTY, OPERATOR, Role.OPERATOR, max_cents=1)
    for sample in ("requested", "assessed", "approved"):
        assert refusal(SAMPLES[sample], Action.WITHDRAW, deputy) is None
        assert refusal(SAMPLES[sample], Action.ATTACH_DOCUMENT, deputy) is None


def test_who_requests_for_somebody_requests_within_it() -> None:
    deputy = delegate(DEPUTY, OPERATOR, Role.OPERATOR, max_cents=20_000)
    signature = sign(Action.REQUEST, deputy, ROCCA, HOUSEHOLD, amount_cents=20_000)
    assert signature.people == {deputy.account_id, OPERATOR.account_id}
    with pytest.raises(DelegationTooSmall):
        sign(Action.REQUEST, deputy, ROCCA, HOUSEHOLD, amount_cents=20_001)


# Whom it is about


def test_a_conflict_of_who_delegated_binds_the_delegate() -> None:
    cousin = actor(0xE1, Role.APPROVER, conflicts=[HOUSEHOLD])
    given(*ASSESSED).when(approve(by=approving_for(cousin))).then_refused(
        ConflictOfInterest, action="approve"
    )
    of_another = actor(0xE1, Role.APPROVER, conflicts=[OTHER_HOUSEHOLD])
    given(*ASSESSED).when(approve(by=approving_for(of_another))).then(DoteApproved)


def test_a_conflict_of_who_delegated_does_not_bind_ones_own_grant() -> None:
    cousin = actor(0xE1, Role.APPROVER, conflicts=[HOUSEHOLD])
    deputy = delegate(DEPUTY, cousin, Role.APPROVER, own=[Role.APPROVER])
    dote = given(*ASSESSED).when(approve(by=deputy)).then(DoteApproved)
    assert dote.people[Duty.APPROVE] == {deputy.account_id}


def test_of_two_delegations_the_one_that_does_is_used() -> None:
    small = Grant(Role.APPROVER, None, Delegation(APPROVER.account_id, None, 100))
    large = Grant(Role.APPROVER, None, Delegation(APPROVER_2.account_id, None, 30_000))
    deputy = Actor(ident(DEPUTY), (small, large))
    dote = (
        given(*ASSESSED)
        .when(approve(policy=a_policy(single_approver_cents=1), by=deputy))
        .then(ApprovalGiven)
    )
    assert APPROVER_2.account_id in dote.people[Duty.APPROVE]


def _only(who: Actor, role: Role) -> Actor:
    grants = tuple(grant for grant in who.grants if grant.role is role)
    return Actor(who.account_id, grants, who.works_for, who.conflicts)
