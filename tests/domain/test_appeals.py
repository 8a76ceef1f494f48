"""The second look at a rejection: once, in time, by somebody else."""

from datetime import timedelta

import pytest

from domain.actors import Actor, Role
from domain.errors import (
    AppealedBefore,
    AppealTooLate,
    Forbidden,
    NoAppeal,
    OutsideOwnPartner,
    SegregationOfDuties,
    WrongState,
)
from domain.events.dote import (
    AppealDecided,
    AppealLodged,
    DoteApproved,
    DoteAssessed,
    DoteEvent,
    DoteRejected,
)
from domain.lifecycle import Duty, State
from tests.domain.commands import approve, assess, decide_appeal, lodge_appeal, reject
from tests.domain.facts import (
    appeal_decided,
    appeal_lodged,
    assessed,
    overridden,
    papers_requested,
    rejected,
    requested,
    voted,
)
from tests.spec import (
    APPROVER,
    ASSESSOR,
    COORDINATOR,
    NOW,
    OPERATOR,
    OPERATOR_2,
    OPERATOR_SSALV,
    ROCCA,
    a_policy,
    actor,
    at,
    given,
    noted,
)

REJECTED: tuple[DoteEvent, ...] = (requested(), assessed(), rejected())
LODGED: tuple[DoteEvent, ...] = (*REJECTED, appeal_lodged())


# Lodging


def test_a_household_asks_for_a_second_look() -> None:
    dote = (
        given(*REJECTED)
        .when(lodge_appeal("the debt has doubled", by=OPERATOR_2))
        .then(AppealLodged, reason=noted("the debt has doubled"))
    )
    assert dote.state is State.REJECTED
    assert dote.appeal is not None
    assert (dote.appeal.lodged_at, dote.appeal.accepted) == (NOW, None)


def test_operators_of_the_partner_lodge_it() -> None:
    given(*REJECTED).when(lodge_appeal(by=OPERATOR_SSALV)).then_refused(
        OutsideOwnPartner, partner=ROCCA
    )
    given(*REJECTED).when(lodge_appeal(by=COORDINATOR)).then_refused(Forbidden, roles="operator")


def test_it_is_lodged_once() -> None:
    for life in (
        LODGED,
        (*LODGED, appeal_decided(None)),
        (*LODGED, appeal_decided("assessed"), rejected()),
    ):
        given(*life).when(lodge_appeal()).then_refused(AppealedBefore)


@pytest.mark.parametrize(("appeal_days", "in_time"), [(10, True), (9, False)])
def test_it_is_lodged_in_time(appeal_days: int, in_time: bool) -> None:
    policy = a_policy(appeal_days=appeal_days)
    history = given(requested(), at(NOW - timedelta(days=10), rejected()))
    after = history.when(lodge_appeal(policy=policy))
    if in_time:
        after.then(AppealLodged)
    else:
        after.then_refused(AppealTooLate, days=appeal_days)


def test_only_a_rejection_is_appealed() -> None:
    given(requested(), assessed()).when(lodge_appeal()).then_refused(
        WrongState, action="lodge_appeal", possible="rejected"
    )


# Deciding


@pytest.mark.parametrize(
    ("life", "resumes"),
    [
        ((requested(), rejected()), "requested"),
        ((requested(), assessed(), rejected()), "assessed"),
        ((requested(), assessed(favourable=False), rejected()), "requested"),
        ((requested(), papers_requested(), rejected()), "requested"),
        ((requested(), assessed(), papers_requested(), rejected()), "assessed"),
    ],
)
def test_it_resumes_where_a_new_judgement_is_needed(
    life: tuple[DoteEvent, ...], resumes: str
) -> None:
    dote = (
        given(*life, appeal_lodged())
        .when(decide_appeal(reason="the debt is proven"))
        .then(
            AppealDecided,
            accepted=True,
            resumes=resumes,
            reason=noted("the debt is proven"),
            policy_version=1,
        )
    )
    assert dote.state is State(resumes)
    assert dote.stage_since == NOW
    assert dote.favourable is (True if resumes == "assessed" else None)
    assert dote.proposed_cents == (30_000 if resumes == "assessed" else 0)
    assert dote.papers_asked is None
    assert dote.people[Duty.APPROVE] == {APPROVER.account_id, COORDINATOR.account_id}


def test_a_rejection_may_stand() -> None:
    dote = (
        given(*LODGED)
        .when(decide_appeal(accepted=False))
        .then(AppealDecided, accepted=False, resumes=None)
    )
    assert dote.state is State.REJECTED
    assert dote.appeal is not None
    assert dote.appeal.accepted is False


def test_it_is_decided_once_and_only_where_it_was_lodged() -> None:
    given(*REJECTED).when(decide_appeal()).then_refused(NoAppeal)
    given(*LODGED, appeal_decided(None)).when(decide_appeal()).then_refused(NoAppeal)
    given(*LODGED, appeal_decided("assessed")).when(decide_appeal()).then_refused(WrongState)
    given(*LODGED, appeal_decided("assessed"), rejected()).when(decide_appeal()).then_refused(
        NoAppeal
    )


def test_the_coordinator_decides() -> None:
    for who in (OPERATOR, ASSESSOR, APPROVER):
        given(*LODGED).when(decide_appeal(by=who)).then_refused(Forbidden, roles="coordinator")


@pytest.mark.parametrize(
    ("life", "done"),
    [
        ((requested(), assessed(), rejected(by=actor(7, Role.APPROVER))), "approve"),
        ((requested(), assessed(), voted(by=actor(7, Role.APPROVER)), rejected()), "approve"),
        (
            (requested(), assessed(), overridden(by=actor(7, Role.COORDINATOR)), rejected()),
            "approve",
        ),
        ((requested(by=actor(7, Role.OPERATOR)), rejected()), "request"),
        ((requested(), assessed(by=actor(7, Role.ASSESSOR)), rejected()), "assess"),
    ],
    ids=["rejected", "voted", "overrode", "requested", "assessed"],
)
def test_somebody_else_decides(life: tuple[DoteEvent, ...], done: str) -> None:
    same: Actor = actor(7, Role.COORDINATOR)
    given(*life, appeal_lodged()).when(decide_appeal(by=same)).then_refused(
        SegregationOfDuties, action="decide_appeal", done=done
    )
    given(*life, appeal_lodged()).when(decide_appeal()).then(AppealDecided)


# Afterwards


def test_an_accepted_appeal_is_approved_like_any_other() -> None:
    given(*LODGED, appeal_decided("assessed")).when(approve()).then(DoteApproved)


def test_what_was_judged_unfavourably_is_judged_anew() -> None:
    life = (requested(), assessed(favourable=False), rejected(), appeal_lodged())
    reopened = given(*life, appeal_decided("requested"))
    reopened.when(assess()).then(DoteAssessed, favourable=True)
    given(*life, appeal_decided("requested"), assessed()).when(approve()).then(DoteApproved)


def test_it_may_be_rejected_again() -> None:
    given(*LODGED, appeal_decided("assessed")).when(reject()).then(DoteRejected)
