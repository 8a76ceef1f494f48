"""Requesting, assessing, approving and paying one dote are four different people, whatever roles
one of them holds."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, permutations
from uuid import UUID

import pytest

from domain.actors import Actor, Grant, Role, Signature
from domain.case import Case
from domain.dote import Dote
from domain.dote_history import evolve
from domain.dote_parts import Vote
from domain.errors import SegregationOfDuties
from domain.events.dote import DoteApproved, DoteEvent
from domain.lifecycle import TRANSITIONS, Action, Duty, State
from domain.permissions import barred, refusal
from tests.domain.commands import Command, approve, assess, reject
from tests.domain.every_command import COMMANDS
from tests.domain.facts import assessed, requested, voted
from tests.domain.money_commands import accept, account_for, disburse, refund, submit, take_back
from tests.domain.samples import SAMPLES, ready_for
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    FINANCE,
    OPERATOR,
    ROCCA,
    a_case,
    a_policy,
    given,
    ident,
)

SOMEBODY = ident(0xFFFF)

DUTY_ROLE = {
    Duty.REQUEST: Role.OPERATOR,
    Duty.ASSESS: Role.ASSESSOR,
    Duty.APPROVE: Role.APPROVER,
    Duty.PAY: Role.FINANCE,
}

WAYS_TO_HOLD_ROLES: dict[str, Callable[[Role], Actor]] = {
    "all roles on one token": lambda _: Actor(SOMEBODY, tuple(Grant(role) for role in Role)),
    "one role per token": lambda role: Actor(SOMEBODY, (Grant(role),)),
    "one role per token, of the partner": lambda role: Actor(SOMEBODY, (Grant(role, ROCCA),)),
}

OF_A_DUTY = [
    action for action, rule in TRANSITIONS.items() if rule.duty and action is not Action.REQUEST
]


def done_by(case: Case, people: dict[Duty, frozenset[UUID]]) -> Case:
    """The case, as if these people had carried the duties."""
    return replace(case, dote=replace(case.dote, people=people))


@pytest.mark.parametrize("way", WAYS_TO_HOLD_ROLES)
@pytest.mark.parametrize("done", Duty)
@pytest.mark.parametrize("action", OF_A_DUTY)
def test_who_carried_one_duty_carries_no_other(action: Action, done: Duty, way: str) -> None:
    rule = TRANSITIONS[action]
    assert rule.duty is not None
    for role in rule.roles:
        ready = next(ready_for(action, role))
        case = done_by(ready, {done: frozenset({SOMEBODY, ident(1)})})
        refused = refusal(case, action, WAYS_TO_HOLD_ROLES[way](role))
        if done is rule.duty and action is not Action.DECIDE_APPEAL:
            assert refused is None
        else:
            assert isinstance(refused, SegregationOfDuties)
            assert refused.facts == {"action": action, "done": done}


@pytest.mark.parametrize("way", WAYS_TO_HOLD_ROLES)
@pytest.mark.parametrize("done", Duty)
@pytest.mark.parametrize(
    "action", [action for action, rule in TRANSITIONS.items() if rule.duty is None]
)
def test_steps_of_no_duty_are_open_to_all_who_took_part(
    action: Action, done: Duty, way: str
) -> None:
    case = done_by(next(ready_for(action)), {done: frozenset({SOMEBODY})})
    for role in TRANSITIONS[action].roles:
        assert refusal(case, action, WAYS_TO_HOLD_ROLES[way](role)) is None


@pytest.mark.parametrize("action", OF_A_DUTY)
def test_a_step_is_remembered_under_its_duty(action: Action) -> None:
    duty = TRANSITIONS[action].duty
    assert duty is not None
    # A receipt that can be decided on, where one is needed.
    receipts = {Action.ACCEPT_RECEIPT, Action.DISALLOW_RECEIPT}
    waiting = SAMPLES["awaiting a receipt's decision"]
    ready = waiting if action in receipts else next(ready_for(action))
    # Forget everybody, so that only this step can have put the person there.
    case = done_by(ready, {})
    event = COMMANDS[action](policy=case.policy, helps=case.helps)(case.dote)
    assert isinstance(event, DoteEvent)
    assert evolve(case.dote, event).people == {duty: {event.by.account_id}}


def test_every_duty_has_its_steps() -> None:
    duties = {rule.duty for rule in TRANSITIONS.values()}
    assert duties == {*Duty, None}


# The same, walked through real commands

People = dict[Duty, Actor]

FOUR: People = {
    Duty.REQUEST: OPERATOR,
    Duty.ASSESS: ASSESSOR,
    Duty.APPROVE: APPROVER,
    Duty.PAY: FINANCE,
}

STEPS: list[tuple[Duty, Callable[[Actor], Command]]] = [
    (Duty.ASSESS, lambda who: assess(by=who)),
    (Duty.APPROVE, lambda who: approve(by=who)),
    (Duty.PAY, lambda who: disburse(by=who)),
    (Duty.PAY, lambda who: take_back(by=who)),
    (Duty.PAY, lambda who: disburse(by=who)),
    (Duty.REQUEST, lambda _: submit(20_000, number="R1")),
    (Duty.PAY, lambda who: accept(1, by=who)),
    (Duty.PAY, lambda who: refund(10_000, by=who)),
    (Duty.PAY, lambda who: account_for(by=who)),
]


def walk(people: People) -> tuple[Dote, tuple[Duty, SegregationOfDuties] | None]:
    """The dote as far as these people get with it, and what stopped them."""
    dote = evolve(None, requested(by=people[Duty.REQUEST]))
    for duty, step in STEPS:
        try:
            event = step(people[duty])(dote)
        except SegregationOfDuties as refused:
            return dote, (duty, refused)
        assert isinstance(event, DoteEvent)
        dote = evolve(dote, event)
    return dote, None


def test_four_people_walk_from_the_request_to_the_accounting() -> None:
    dote, stopped = walk(FOUR)
    assert stopped is None
    assert dote.state is State.ACCOUNTED_FOR
    assert {duty: set(people) for duty, people in dote.people.items()} == {
        duty: {who.account_id} for duty, who in FOUR.items()
    }


@pytest.mark.parametrize("way", WAYS_TO_HOLD_ROLES)
@pytest.mark.parametrize(("first", "second"), list(combinations(Duty, 2)))
def test_three_people_do_not(first: Duty, second: Duty, way: str) -> None:
    hold = WAYS_TO_HOLD_ROLES[way]
    people = FOUR | {duty: hold(DUTY_ROLE[duty]) for duty in (first, second)}
    # Submitting a receipt is no duty, but the operator does it here.
    _, stopped = walk(people)
    assert stopped is not None
    duty, refused = stopped
    assert duty is second
    assert refused.done == first


@pytest.mark.parametrize(("one", "other"), list(permutations(Duty, 2)))
def test_swapping_people_between_duties_is_fine(one: Duty, other: Duty) -> None:
    everyone = {
        duty: Actor(who.account_id, tuple(Grant(role) for role in Role))
        for duty, who in FOUR.items()
    }
    people = everyone | {one: everyone[other], other: everyone[one]}
    dote, stopped = walk(people)
    assert stopped is None
    assert dote.state is State.ACCOUNTED_FOR


# Votes


def test_two_votes_are_of_two_people() -> None:
    dote = given(requested(), assessed(), voted(by=APPROVER))
    band = a_policy(single_approver_cents=1)
    for hold in WAYS_TO_HOLD_ROLES.values():
        again = Actor(APPROVER.account_id, hold(Role.APPROVER).grants)
        dote.when(approve(policy=band, by=again)).then_refused(
            SegregationOfDuties, action="approve", done="approve"
        )
    dote.when(approve(policy=band, by=APPROVER_2)).then(DoteApproved)


@pytest.mark.parametrize("voter", [APPROVER, APPROVER_2])
def test_who_gave_one_of_several_votes_does_not_pay(voter: Actor) -> None:
    band = a_policy(single_approver_cents=1)
    state = (
        given(requested(), assessed(), voted(by=APPROVER))
        .when(approve(policy=band, by=APPROVER_2))
        .then(DoteApproved)
    )
    as_finance = Actor(voter.account_id, (Grant(Role.FINANCE),))
    refused = refusal(a_case(state), Action.DISBURSE, as_finance)
    assert isinstance(refused, SegregationOfDuties)
    assert refused.done == Duty.APPROVE


def test_who_requested_or_assessed_does_not_reject() -> None:
    for who, done in ((OPERATOR, Duty.REQUEST), (ASSESSOR, Duty.ASSESS)):
        as_approver = Actor(who.account_id, (Grant(Role.APPROVER),))
        given(requested(), assessed()).when(reject(by=as_approver)).then_refused(
            SegregationOfDuties, action="reject", done=done
        )


# Who is told beforehand


@pytest.mark.parametrize("action", OF_A_DUTY)
def test_barred_are_those_whom_separation_of_duties_refuses_the_step(action: Action) -> None:
    ready = next(ready_for(action))
    people = {duty: frozenset({ident(n), ident(n + 10)}) for n, duty in enumerate(Duty, 1)}
    vote = Vote(Signature(account_id=ident(3), role=Role.APPROVER), 30_000)
    case = replace(ready, dote=replace(ready.dote, people=people, votes=(vote,)))
    all_roles = tuple(Grant(role) for role in Role)
    refused = {
        account_id
        for account_id in map(ident, range(20))
        if isinstance(refusal(case, action, Actor(account_id, all_roles)), SegregationOfDuties)
    }
    assert len(refused) >= 6
    assert barred(case, action) == refused


def test_nobody_is_barred_from_what_is_no_duty() -> None:
    for case in SAMPLES.values():
        assert barred(case, Action.ATTACH_DOCUMENT) == frozenset()
