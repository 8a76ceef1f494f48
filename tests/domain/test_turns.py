"""Whose turn it is, why, since when and until when."""

from datetime import timedelta

import pytest

from domain.actors import Role
from domain.case import Case
from domain.lifecycle import Action, Stage
from domain.policy import Band, Cap, Deadline, ItemRule, PaperRule, UrgentPath
from domain.turns import Turn, Why, turns, waiting_for
from tests.domain.facts import assessed, requested, voted
from tests.domain.facts_of_receipts import submitted
from tests.domain.samples import (
    CAPPED,
    DISBURSED,
    IN_ORDER,
    SAMPLES,
    TWO_APPROVERS,
    WITH_COORDINATOR,
)
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    COORDINATOR,
    FINANCE,
    OPERATOR,
    ROCCA,
    a_case,
    a_help,
    a_policy,
    actor,
    bands,
    given,
)

R, A = Role, Action
DECIDERS = {R.APPROVER, R.COORDINATOR}
PAPERS = a_policy(items=(ItemRule(item="RENT", papers=(PaperRule(kind="contract"),)),))

Told = tuple[Stage, Why, Action, set[Role]]

TURNS: dict[str, tuple[Case, list[Told]]] = {
    "requested": (
        SAMPLES["requested"],
        [(Stage.ASSESSMENT, Why.TO_ASSESS, A.ASSESS, {R.ASSESSOR})],
    ),
    "papers asked": (
        SAMPLES["document requested"],
        [(Stage.DOCUMENTS, Why.PAPERS_ASKED, A.PROVIDE_DOCUMENTS, {R.OPERATOR})],
    ),
    "a vote": (
        SAMPLES["assessed"],
        [(Stage.APPROVAL, Why.VOTE, A.APPROVE, {R.APPROVER})],
    ),
    "papers missing": (
        a_case(given(requested(), assessed()).state, PAPERS),
        [
            (Stage.APPROVAL, Why.PAPERS_MISSING, A.ATTACH_DOCUMENT, {R.OPERATOR}),
            (Stage.APPROVAL, Why.VOTE, A.APPROVE, {R.APPROVER}),
        ],
    ),
    "a cap": (
        a_case(given(requested(), assessed()).state, CAPPED, helps=(a_help(40_000),)),
        [
            (Stage.APPROVAL, Why.CAP, A.OVERRIDE_CAP, {R.COORDINATOR}),
            (Stage.APPROVAL, Why.VOTE, A.APPROVE, {R.APPROVER}),
        ],
    ),
    "unfavourable": (
        SAMPLES["assessed unfavourably"],
        [(Stage.APPROVAL, Why.UNFAVOURABLE, A.REJECT, {R.APPROVER})],
    ),
    "approvers and coordinator in any order": (
        SAMPLES["the coordinator votes too"],
        [
            (Stage.APPROVAL, Why.VOTE, A.APPROVE, {R.APPROVER}),
            (Stage.APPROVAL, Why.VOTE, A.APPROVE, {R.COORDINATOR}),
        ],
    ),
    "approvers first": (
        SAMPLES["the coordinator votes last"],
        [(Stage.APPROVAL, Why.VOTE, A.APPROVE, {R.APPROVER})],
    ),
    "the coordinator last": (
        SAMPLES["the coordinator's vote is missing"],
        [(Stage.APPROVAL, Why.VOTE, A.APPROVE, {R.COORDINATOR})],
    ),
    "only approvers left": (
        SAMPLES["an approver's vote is missing"],
        [(Stage.APPROVAL, Why.VOTE, A.APPROVE, {R.APPROVER})],
    ),
    "to pay": (SAMPLES["approved"], [(Stage.PAYMENT, Why.TO_PAY, A.DISBURSE, {R.FINANCE})]),
    "to pay and to ratify": (
        SAMPLES["to ratify"],
        [
            (Stage.PAYMENT, Why.TO_PAY, A.DISBURSE, {R.FINANCE}),
            (Stage.RATIFICATION, Why.TO_RATIFY, A.RATIFY, DECIDERS),
        ],
    ),
    "not ratified": (
        SAMPLES["not ratified"],
        [(Stage.PAYMENT, Why.NOT_RATIFIED, A.REVOKE, DECIDERS)],
    ),
    "receipts missing": (
        SAMPLES["disbursed"],
        [(Stage.ACCOUNTING, Why.RECEIPTS_MISSING, A.SUBMIT_RECEIPT, {R.OPERATOR})],
    ),
    "receipts missing and to decide on": (
        a_case(given(requested(), *DISBURSED, submitted(10_000)).state),
        [
            (Stage.ACCOUNTING, Why.RECEIPT_TO_DECIDE, A.ACCEPT_RECEIPT, {R.FINANCE}),
            (Stage.ACCOUNTING, Why.RECEIPTS_MISSING, A.SUBMIT_RECEIPT, {R.OPERATOR}),
        ],
    ),
    "a receipt to decide on": (
        SAMPLES["awaiting a receipt's decision"],
        [(Stage.ACCOUNTING, Why.RECEIPT_TO_DECIDE, A.ACCEPT_RECEIPT, {R.FINANCE})],
    ),
    "to account for": (
        SAMPLES["documented"],
        [(Stage.ACCOUNTING, Why.TO_ACCOUNT, A.ACCOUNT_FOR, {R.FINANCE})],
    ),
    "documented, and not ratified yet": (
        SAMPLES["documented, to ratify"],
        [(Stage.RATIFICATION, Why.TO_RATIFY, A.RATIFY, DECIDERS)],
    ),
    "revoked with money out": (
        SAMPLES["revoked"],
        [(Stage.ACCOUNTING, Why.RECEIPTS_MISSING, A.SUBMIT_RECEIPT, {R.OPERATOR})],
    ),
    "revoked and documented": (
        SAMPLES["revoked and documented"],
        [(Stage.ACCOUNTING, Why.TO_ACCOUNT, A.ACCOUNT_FOR, {R.FINANCE})],
    ),
    "an appeal": (
        SAMPLES["appeal lodged"],
        [(Stage.APPEAL, Why.APPEAL, A.DECIDE_APPEAL, {R.COORDINATOR})],
    ),
    "rejected": (SAMPLES["rejected"], []),
    "an appeal refused": (SAMPLES["appeal refused"], []),
    "withdrawn": (SAMPLES["withdrawn"], []),
    "revoked unpaid": (SAMPLES["revoked unpaid"], []),
    "accounted for": (SAMPLES["accounted for"], []),
}


@pytest.mark.parametrize("name", TURNS)
def test_whose_turn_it_is_and_why(name: str) -> None:
    case, expected = TURNS[name]
    found = [(turn.stage, turn.why, turn.action, set(turn.roles)) for turn in turns(case)]
    assert found == expected
    assert waiting_for(case) == {role for told in expected for role in told[3]}


def test_every_reason_is_among_these() -> None:
    assert {told[1] for _, expected in TURNS.values() for told in expected} == set(Why)


def the_turn(case: Case, why: Why) -> Turn:
    (turn,) = (turn for turn in turns(case) if turn.why is why)
    return turn


# Votes


def test_votes_are_counted() -> None:
    judged = (requested(), assessed())
    three = bands(Band(approvers=3))
    for n in range(3):
        voters = [voted(by=actor(0xB1 + k, Role.APPROVER)) for k in range(n)]
        turn = the_turn(a_case(given(*judged, *voters).state, three), Why.VOTE)
        assert (turn.given, turn.wanted) == (n, 3)
    for policy, wanted in ((TWO_APPROVERS, 2), (IN_ORDER, 2), (a_policy(), 1)):
        turn = the_turn(a_case(given(*judged).state, policy), Why.VOTE)
        assert (turn.given, turn.wanted) == (0, wanted)
    assert len(turns(a_case(given(*judged).state, WITH_COORDINATOR))) == 2


def test_the_urgent_path_wants_one_vote() -> None:
    policy = a_policy(single_approver_cents=1, urgent=UrgentPath(to_cents=30_000, ratify_days=5))
    case = a_case(given(requested(urgent=True), assessed()).state, policy)
    turn = the_turn(case, Why.VOTE)
    assert turn.roles == {Role.APPROVER}
    assert (turn.given, turn.wanted) == (0, 1)


def test_a_band_that_came_down_wants_one_more_vote() -> None:
    case = a_case(given(requested(), assessed(), voted()).state)
    turn = the_turn(case, Why.VOTE)
    assert (turn.given, turn.wanted) == (1, 2)


def test_partners_that_voted_are_named() -> None:
    apart = bands(Band(approvers=3, different_partners=True, coordinator=True))
    of_rocca = voted(by=actor(0xB1, Role.APPROVER, works_for=ROCCA))
    of_nobody = voted(by=APPROVER_2)
    case = a_case(given(requested(), assessed(), of_rocca, of_nobody).state, apart)
    approvers, coordinator = turns(case)
    assert approvers.not_partners == {ROCCA, None}
    assert coordinator.not_partners == frozenset()
    together = bands(Band(approvers=3))
    case = a_case(given(requested(), assessed(), of_rocca).state, together)
    assert the_turn(case, Why.VOTE).not_partners == frozenset()


# Who cannot be it


def test_who_took_part_is_barred() -> None:
    def barred(case: Case, why: Why) -> set[object]:
        return set(the_turn(case, why).barred)

    request, judge = OPERATOR.account_id, ASSESSOR.account_id
    approve, pay = APPROVER.account_id, FINANCE.account_id
    assert barred(SAMPLES["requested"], Why.TO_ASSESS) == {request}
    assert barred(SAMPLES["assessed"], Why.VOTE) == {request, judge}
    assert barred(SAMPLES["one vote of two"], Why.VOTE) == {request, judge, APPROVER_2.account_id}
    assert barred(SAMPLES["approved"], Why.TO_PAY) == {request, judge, approve}
    assert barred(SAMPLES["to ratify"], Why.TO_RATIFY) == {request, judge, approve}
    assert barred(SAMPLES["documented, to ratify"], Why.TO_RATIFY) == {
        request,
        judge,
        approve,
        pay,
    }
    assert barred(SAMPLES["appeal lodged"], Why.APPEAL) == {request, judge, approve}
    assert barred(SAMPLES["not ratified"], Why.NOT_RATIFIED) == set()
    assert barred(SAMPLES["disbursed"], Why.RECEIPTS_MISSING) == set()


# How much, since when, until when


def test_the_amount_that_it_is_about() -> None:
    judged = (requested(40_000), assessed(30_000))
    assert turns(a_case(given(requested(40_000)).state))[0].amount_cents == 40_000
    assert turns(a_case(given(*judged).state))[0].amount_cents == 30_000
    assert turns(a_case(given(*judged, voted(20_000)).state))[0].amount_cents == 20_000


def test_since_when_and_until_when() -> None:
    policy = a_policy(deadlines=(Deadline(stage=Stage.APPROVAL, days=10),))
    dote = given(requested(), assessed()).state
    turn = the_turn(a_case(dote, policy), Why.VOTE)
    assert turn.since == dote.changed_at
    assert turn.due == dote.changed_at + timedelta(days=10)
    assert the_turn(a_case(dote), Why.VOTE).due is None


def test_where_nobody_has_looked_at_the_money_no_cap_is_told() -> None:
    dote = given(requested(), assessed()).state
    policy = a_policy(caps=(Cap(cents=1),))
    assert [turn.why for turn in turns(a_case(dote, policy, helps=None))] == [Why.VOTE]
    assert COORDINATOR.grants[0].role not in waiting_for(a_case(dote, policy, helps=None))
