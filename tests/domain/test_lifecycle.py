"""THE transition table: what it says, and that the engine says the same to everybody."""

import pytest

from domain.actors import PEOPLE, Actor, Grant, Role
from domain.dote import Dote
from domain.errors import (
    AppealedBefore,
    AppealTooLate,
    CapNotReached,
    CoordinatorNotAsked,
    DomainError,
    Forbidden,
    MoneyIsOrdered,
    MoneyIsOut,
    NoAppeal,
    NotFullyDocumented,
    NothingOrdered,
    NothingPaid,
    NothingToRatify,
    NotRatified,
    OutsideOwnPartner,
    RatificationRefused,
    UnfavourableAssessment,
    VotesBefore,
    VotesComplete,
    WrongState,
)
from domain.events.dote import DoteEvent
from domain.lifecycle import (
    OPEN,
    READERS,
    TRANSITIONS,
    Action,
    Duty,
    State,
)
from domain.permissions import refusal, signed
from domain.turns import turns
from tests.domain.samples import SAMPLES
from tests.spec import ROCCA, SSALV, ident

A, R, S = Action, Role, State
OPEN_STATES = {S.REQUESTED, S.DOCUMENT_REQUESTED, S.ASSESSED, S.APPROVED}
MONEY_ACTIONS = {
    A.RETURN_DISBURSEMENT,
    A.RECORD_REFUND,
    A.SUBMIT_RECEIPT,
    A.ACCEPT_RECEIPT,
    A.DISALLOW_RECEIPT,
}

EXPECTED: dict[Action, tuple[set[Role], set[State], Duty | None]] = {
    A.REQUEST: ({R.OPERATOR}, set(), Duty.REQUEST),
    A.ATTACH_DOCUMENT: ({R.OPERATOR}, OPEN_STATES, None),
    A.REQUEST_DOCUMENTS: ({R.ASSESSOR, R.APPROVER}, {S.REQUESTED, S.ASSESSED}, None),
    A.PROVIDE_DOCUMENTS: ({R.OPERATOR}, {S.DOCUMENT_REQUESTED}, None),
    A.ASSESS: ({R.ASSESSOR}, {S.REQUESTED}, Duty.ASSESS),
    A.OVERRIDE_CAP: ({R.COORDINATOR}, {S.ASSESSED}, Duty.APPROVE),
    A.APPROVE: ({R.APPROVER, R.COORDINATOR}, {S.ASSESSED}, Duty.APPROVE),
    A.RATIFY: (
        {R.APPROVER, R.COORDINATOR},
        {S.APPROVED, S.DISBURSED, S.REVOKED},
        Duty.APPROVE,
    ),
    A.REJECT: ({R.APPROVER}, {S.REQUESTED, S.DOCUMENT_REQUESTED, S.ASSESSED}, Duty.APPROVE),
    A.LODGE_APPEAL: ({R.OPERATOR}, {S.REJECTED}, None),
    A.DECIDE_APPEAL: ({R.COORDINATOR}, {S.REJECTED}, Duty.APPROVE),
    A.WITHDRAW: ({R.OPERATOR}, OPEN_STATES, None),
    A.REVOKE: ({R.APPROVER, R.COORDINATOR}, {S.APPROVED}, None),
    A.ORDER_PAYMENT: ({R.FINANCE}, {S.APPROVED}, Duty.PAY),
    A.AUTHORISE_PAYMENT: ({R.FINANCE, R.COORDINATOR}, {S.APPROVED}, Duty.PAY),
    A.CANCEL_PAYMENT: ({R.FINANCE, R.COORDINATOR}, {S.APPROVED}, None),
    A.DISBURSE: ({R.FINANCE}, {S.APPROVED}, Duty.PAY),
    A.RETURN_DISBURSEMENT: ({R.FINANCE}, {S.APPROVED, S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.RECORD_REFUND: ({R.FINANCE}, {S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.SUBMIT_RECEIPT: ({R.OPERATOR, R.FINANCE}, {S.DISBURSED, S.REVOKED}, None),
    A.ACCEPT_RECEIPT: ({R.FINANCE}, {S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.DISALLOW_RECEIPT: ({R.FINANCE}, {S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.ACCOUNT_FOR: ({R.FINANCE}, {S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.REMIND: ({R.SYSTEM}, {*OPEN_STATES, S.DISBURSED, S.REVOKED, S.REJECTED}, None),
    A.ESCALATE: ({R.SYSTEM}, {*OPEN_STATES, S.DISBURSED, S.REVOKED, S.REJECTED}, None),
}
"""The table once more, by hand: a change of who may do what is made twice, on purpose."""

Facts = dict[Action | tuple[Action, Role], type[DomainError]]

NO_CAP: Facts = {A.OVERRIDE_CAP: CapNotReached}
TO_VOTE: Facts = {**NO_CAP, (A.APPROVE, R.COORDINATOR): CoordinatorNotAsked}
SETTLED: Facts = {A.RATIFY: NothingToRatify}
OPEN_FILE: Facts = {A.ACCOUNT_FOR: NotFullyDocumented}
NO_ORDER: Facts = dict.fromkeys((A.AUTHORISE_PAYMENT, A.CANCEL_PAYMENT), NothingOrdered)
UNPAID: Facts = {**NO_ORDER, A.RETURN_DISBURSEMENT: NothingPaid}
ORDERED: Facts = {
    **SETTLED,
    A.RETURN_DISBURSEMENT: NothingPaid,
    **dict.fromkeys((A.WITHDRAW, A.REVOKE), MoneyIsOrdered),
}
ALL_ORDERED: Facts = {**ORDERED, A.ORDER_PAYMENT: MoneyIsOrdered}
NO_SECOND_APPEAL: Facts = {A.LODGE_APPEAL: AppealedBefore, A.DECIDE_APPEAL: NoAppeal}

FACTS: dict[str, Facts] = {
    "assessed": TO_VOTE,
    "assessed unfavourably": dict.fromkeys((A.APPROVE, A.OVERRIDE_CAP), UnfavourableAssessment),
    "one vote of two": TO_VOTE,
    "the coordinator votes too": NO_CAP,
    "the coordinator votes last": {**NO_CAP, (A.APPROVE, R.COORDINATOR): VotesBefore},
    "the coordinator's vote is missing": {**NO_CAP, (A.APPROVE, R.APPROVER): VotesComplete},
    "an approver's vote is missing": {**NO_CAP, (A.APPROVE, R.COORDINATOR): CoordinatorNotAsked},
    "above a cap": {(A.APPROVE, R.COORDINATOR): CoordinatorNotAsked},
    "above a cap, overridden": {(A.APPROVE, R.COORDINATOR): CoordinatorNotAsked},
    "approved": {**SETTLED, **UNPAID},
    "to ratify": UNPAID,
    "ratified": {**SETTLED, **UNPAID},
    "not ratified": {
        **SETTLED,
        **UNPAID,
        **dict.fromkeys((A.DISBURSE, A.ORDER_PAYMENT), RatificationRefused),
    },
    "ordered": ALL_ORDERED,
    "ordered in part": ORDERED,
    "authorised": ALL_ORDERED,
    "order cancelled": {**SETTLED, **UNPAID},
    "paid in part": {**SETTLED, **NO_ORDER, A.WITHDRAW: MoneyIsOut},
    "disbursed": {**SETTLED, **OPEN_FILE},
    "awaiting a receipt's decision": {**SETTLED, **OPEN_FILE},
    "documented": SETTLED,
    "documented, to ratify": {A.ACCOUNT_FOR: NotRatified},
    "returned": {**SETTLED, **UNPAID},
    "rejected": {A.DECIDE_APPEAL: NoAppeal},
    "rejected long ago": {A.LODGE_APPEAL: AppealTooLate, A.DECIDE_APPEAL: NoAppeal},
    "appeal lodged": {A.LODGE_APPEAL: AppealedBefore},
    "appeal refused": NO_SECOND_APPEAL,
    "appeal accepted": TO_VOTE,
    "rejected again": NO_SECOND_APPEAL,
    "revoked unpaid": {**SETTLED, **dict.fromkeys((*MONEY_ACTIONS, A.ACCOUNT_FOR), NothingPaid)},
    "revoked": {**SETTLED, **OPEN_FILE},
    "revoked, to ratify": OPEN_FILE,
    "revoked and documented": SETTLED,
}
"""What the table allows and the facts of a dote, or the rules, forbid: to all or to a role."""

SCOPES = {"own partner": ROCCA, "another partner": SSALV, "whole programme": None}


def test_the_table_says_who_may_do_what_and_when() -> None:
    found = {
        action: (set(rule.roles), set(rule.sources), rule.duty)
        for action, rule in TRANSITIONS.items()
    }
    assert found == EXPECTED


def test_every_action_and_every_state_is_in_the_tables() -> None:
    assert set(TRANSITIONS) == set(Action)
    assert {sample.dote.state for sample in SAMPLES.values()} == set(State)
    assert FACTS.keys() <= SAMPLES.keys()


def test_the_table_names_every_event_of_a_dote_once() -> None:
    named = [name for rule in TRANSITIONS.values() for name in rule.events]
    assert sorted(named) == sorted(kind.__name__ for kind in DoteEvent.__args__)


def test_reminding_is_for_the_register_itself_and_decides_nothing() -> None:
    for action, rule in TRANSITIONS.items():
        if Role.SYSTEM in rule.roles:
            assert action in {Action.REMIND, Action.ESCALATE}
            assert rule.roles == {Role.SYSTEM}
            assert (rule.targets, rule.duty) == ((), None)
    assert set(Role) - {Role.SYSTEM} == PEOPLE


def test_admin_and_auditor_take_no_step() -> None:
    for rule in TRANSITIONS.values():
        assert not rule.roles & {Role.ADMIN, Role.AUDITOR}
    assert set(Role) - {Role.ADMIN, Role.SYSTEM} == READERS


def test_ends_are_ends() -> None:
    after_a_rejection = {A.LODGE_APPEAL, A.DECIDE_APPEAL, A.REMIND, A.ESCALATE}
    for action, rule in TRANSITIONS.items():
        assert not rule.sources & {State.ACCOUNTED_FOR, State.WITHDRAWN}, action
        assert (State.REJECTED in rule.sources) is (action in after_a_rejection), action
    assert OPEN_STATES == OPEN


@pytest.mark.parametrize("sample", SAMPLES)
def test_whoever_has_their_turn_can_take_the_step(sample: str) -> None:
    case = SAMPLES[sample]
    for turn in turns(case):
        assert turn.roles
        for role in turn.roles:
            stranger = Actor(ident(0xFFFF), (Grant(role),))
            assert refusal(case, turn.action, stranger) is None, (turn.why, role)


def expected_refusal(
    sample: str, dote: Dote, action: Action, role: Role, scope: str | None
) -> type[DomainError] | None:
    roles, sources, _ = EXPECTED[action]
    if role not in roles:
        return Forbidden
    if scope not in (None, dote.partner):
        return OutsideOwnPartner
    if dote.state not in sources:
        return WrongState
    facts = FACTS.get(sample, {})
    return facts.get((action, role), facts.get(action))


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("sample", SAMPLES)
def test_role_by_action_by_state_by_scope(sample: str, action: Action) -> None:
    case = SAMPLES[sample]
    for role in Role:
        for scope_name, scope in SCOPES.items():
            stranger = Actor(ident(0xFFFF), (Grant(role, scope),))
            refused = refusal(case, action, stranger)
            wanted = expected_refusal(sample, case.dote, action, role, scope)
            assert (None if refused is None else type(refused)) is wanted, (role, scope_name)
            if wanted is None:
                signature = signed(case, action, stranger)
                assert (signature.role, signature.partner) == (role, scope)
                assert signature.account_id == stranger.account_id
            else:
                with pytest.raises(wanted):
                    signed(case, action, stranger)


def test_one_grant_that_fits_is_enough() -> None:
    case = SAMPLES["disbursed"]
    several = Actor(
        ident(0xFFFF),
        (
            Grant(Role.AUDITOR),
            Grant(Role.OPERATOR, SSALV),
            Grant(Role.OPERATOR, ROCCA),
            Grant(Role.FINANCE, SSALV),
        ),
    )
    assert refusal(case, Action.SUBMIT_RECEIPT, several) is None
    signature = signed(case, Action.SUBMIT_RECEIPT, several)
    assert (signature.role, signature.partner) == (Role.OPERATOR, ROCCA)
    assert isinstance(refusal(case, Action.ACCEPT_RECEIPT, several), OutsideOwnPartner)


def test_nobody_without_grants_does_anything() -> None:
    nobody = Actor(ident(0xFFFF), ())
    for case in SAMPLES.values():
        for action in Action:
            assert isinstance(refusal(case, action, nobody), Forbidden)


def test_the_reach_of_an_actor() -> None:
    operator = frozenset({Role.OPERATOR})
    of_two = Actor(ident(1), (Grant(Role.OPERATOR, ROCCA), Grant(Role.OPERATOR, SSALV)))
    assert of_two.scope(operator) == frozenset({ROCCA, SSALV})
    assert of_two.scope(frozenset({Role.FINANCE})) == frozenset()
    of_all = Actor(ident(1), (Grant(Role.OPERATOR, ROCCA), Grant(Role.OPERATOR)))
    assert of_all.scope(operator) is None
    assert of_all.role_for(operator, SSALV) is Role.OPERATOR
    assert (
        Actor(ident(1), (Grant(Role.COORDINATOR, ROCCA),)).role_for(
            frozenset({Role.COORDINATOR}), None
        )
        is None
    )
