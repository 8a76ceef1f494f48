"""THE transition table: what it says, and that the engine says the same to everybody."""

import pytest

from domain.actors import Actor, Grant, Role
from domain.dote import Dote
from domain.errors import (
    DomainError,
    Forbidden,
    MoneyIsOut,
    NotFullyDocumented,
    NothingPaid,
    OutsideOwnPartner,
    UnfavourableAssessment,
    WrongState,
)
from domain.events.base import EVENT_TYPES
from domain.lifecycle import (
    OPEN,
    READERS,
    TRANSITIONS,
    WAITING_FOR,
    Action,
    Duty,
    State,
)
from domain.permissions import refusal, signed
from tests.domain.samples import SAMPLES
from tests.spec import ROCCA, SSALV, ident

A, R, S = Action, Role, State
MONEY_ACTIONS = {
    A.RETURN_DISBURSEMENT,
    A.RECORD_REFUND,
    A.SUBMIT_RECEIPT,
    A.ACCEPT_RECEIPT,
    A.DISALLOW_RECEIPT,
}

EXPECTED: dict[Action, tuple[set[Role], set[State], Duty | None]] = {
    A.REQUEST: ({R.OPERATOR}, set(), Duty.REQUEST),
    A.ATTACH_DOCUMENT: (
        {R.OPERATOR},
        {S.REQUESTED, S.DOCUMENT_REQUESTED, S.ASSESSED, S.APPROVED},
        None,
    ),
    A.ASSESS: ({R.ASSESSOR}, {S.REQUESTED}, Duty.ASSESS),
    A.APPROVE: ({R.APPROVER}, {S.ASSESSED}, Duty.APPROVE),
    A.REJECT: ({R.APPROVER}, {S.REQUESTED, S.ASSESSED}, Duty.APPROVE),
    A.WITHDRAW: (
        {R.OPERATOR},
        {S.REQUESTED, S.DOCUMENT_REQUESTED, S.ASSESSED, S.APPROVED},
        None,
    ),
    A.REVOKE: ({R.APPROVER, R.COORDINATOR}, {S.APPROVED}, None),
    A.DISBURSE: ({R.FINANCE}, {S.APPROVED}, Duty.PAY),
    A.RETURN_DISBURSEMENT: ({R.FINANCE}, {S.APPROVED, S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.RECORD_REFUND: ({R.FINANCE}, {S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.SUBMIT_RECEIPT: ({R.OPERATOR, R.FINANCE}, {S.DISBURSED, S.REVOKED}, None),
    A.ACCEPT_RECEIPT: ({R.FINANCE}, {S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.DISALLOW_RECEIPT: ({R.FINANCE}, {S.DISBURSED, S.REVOKED}, Duty.PAY),
    A.ACCOUNT_FOR: ({R.FINANCE}, {S.DISBURSED, S.REVOKED}, Duty.PAY),
}
"""The table once more, by hand: a change of who may do what is made twice, on purpose."""

FACTS: dict[str, dict[Action, type[DomainError]]] = {
    "assessed unfavourably": {A.APPROVE: UnfavourableAssessment},
    "approved": {A.RETURN_DISBURSEMENT: NothingPaid},
    "paid in part": {A.WITHDRAW: MoneyIsOut},
    "disbursed": {A.ACCOUNT_FOR: NotFullyDocumented},
    "awaiting a receipt's decision": {A.ACCOUNT_FOR: NotFullyDocumented},
    "returned": {A.RETURN_DISBURSEMENT: NothingPaid},
    "revoked unpaid": dict.fromkeys((*MONEY_ACTIONS, A.ACCOUNT_FOR), NothingPaid),
    "revoked": {A.ACCOUNT_FOR: NotFullyDocumented},
}
"""What the table allows and the facts of a dote forbid."""

SCOPES = {"own partner": ROCCA, "another partner": SSALV, "whole programme": None}


def test_the_table_says_who_may_do_what_and_when() -> None:
    found = {
        action: (set(rule.roles), set(rule.sources), rule.duty)
        for action, rule in TRANSITIONS.items()
    }
    assert found == EXPECTED


def test_every_action_and_every_state_is_in_the_tables() -> None:
    assert set(TRANSITIONS) == set(Action)
    assert set(WAITING_FOR) == set(State)
    assert {sample.state for sample in SAMPLES.values()} == set(State)
    assert FACTS.keys() <= SAMPLES.keys()


def test_the_table_names_events_that_exist() -> None:
    named = [name for rule in TRANSITIONS.values() for name in rule.events]
    assert len(named) == len(set(named))
    assert set(named) <= EVENT_TYPES.keys()


def test_admin_and_auditor_take_no_step() -> None:
    for rule in TRANSITIONS.values():
        assert not rule.roles & {Role.ADMIN, Role.AUDITOR}
    assert set(Role) - {Role.ADMIN} == READERS


def test_ends_are_ends() -> None:
    for action, rule in TRANSITIONS.items():
        assert not rule.sources & {State.ACCOUNTED_FOR, State.REJECTED, State.WITHDRAWN}, action
    assert {
        State.REQUESTED,
        State.DOCUMENT_REQUESTED,
        State.ASSESSED,
        State.APPROVED,
    } == OPEN


def test_somebody_whose_turn_it_is_can_take_a_step() -> None:
    for state, roles in WAITING_FOR.items():
        for role in roles:
            assert any(
                state in rule.sources and role in rule.roles for rule in TRANSITIONS.values()
            ), (state, role)


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
    return FACTS.get(sample, {}).get(action)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("sample", SAMPLES)
def test_role_by_action_by_state_by_scope(sample: str, action: Action) -> None:
    dote = SAMPLES[sample]
    for role in Role:
        for scope_name, scope in SCOPES.items():
            stranger = Actor(ident(0xFFFF), (Grant(role, scope),))
            refused = refusal(dote, action, stranger)
            wanted = expected_refusal(sample, dote, action, role, scope)
            assert (None if refused is None else type(refused)) is wanted, (role, scope_name)
            if wanted is None:
                signature = signed(dote, action, stranger)
                assert (signature.role, signature.partner) == (role, scope)
                assert signature.account_id == stranger.account_id
            else:
                with pytest.raises(wanted):
                    signed(dote, action, stranger)


def test_one_grant_that_fits_is_enough() -> None:
    dote = SAMPLES["disbursed"]
    several = Actor(
        ident(0xFFFF),
        (
            Grant(Role.AUDITOR),
            Grant(Role.OPERATOR, SSALV),
            Grant(Role.OPERATOR, ROCCA),
            Grant(Role.FINANCE, SSALV),
        ),
    )
    assert refusal(dote, Action.SUBMIT_RECEIPT, several) is None
    signature = signed(dote, Action.SUBMIT_RECEIPT, several)
    assert (signature.role, signature.partner) == (Role.OPERATOR, ROCCA)
    assert isinstance(refusal(dote, Action.ACCEPT_RECEIPT, several), OutsideOwnPartner)


def test_nobody_without_grants_does_anything() -> None:
    nobody = Actor(ident(0xFFFF), ())
    for dote in SAMPLES.values():
        for action in Action:
            assert isinstance(refusal(dote, action, nobody), Forbidden)


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
