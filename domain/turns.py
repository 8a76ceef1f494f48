"""Whose turn it is on a dote, why, since when and until when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.actors import Role
from domain.case import Case
from domain.deadlines import Clock, clocks
from domain.deciding import cap_refusal
from domain.lifecycle import TRANSITIONS, Action, Stage
from domain.permissions import barred, voted_partners


class Why(StrEnum):
    """Why a dote waits for somebody."""

    TO_ASSESS = "to_assess"
    PAPERS_ASKED = "papers_asked"
    PAPERS_MISSING = "papers_missing"
    VOTE = "vote"
    CAP = "cap"
    UNFAVOURABLE = "unfavourable"
    TO_RATIFY = "to_ratify"
    TO_PAY = "to_pay"
    NOT_RATIFIED = "not_ratified"
    RECEIPTS_MISSING = "receipts_missing"
    RECEIPT_TO_DECIDE = "receipt_to_decide"
    TO_ACCOUNT = "to_account"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody of `roles` has to do something, but for those who are `barred` by what they did.

    `due` None: without a deadline. `given` of `wanted` votes are there, where it is about votes.
    `not_partners`: of which partners it cannot be somebody, because they voted; None stands
    for those whose partner nobody knows.
    """

    stage: Stage
    why: Why
    action: Action
    roles: frozenset[Role]
    since: datetime
    due: datetime | None
    amount_cents: int
    barred: frozenset[UUID]
    not_partners: frozenset[str | None] = frozenset()
    given: int = 0
    wanted: int = 0


def turns(case: Case) -> tuple[Turn, ...]:
    """Everybody whose turn it is."""
    return tuple(turn for clock in clocks(case) for turn in _at(case, clock))


def waiting_for(case: Case) -> frozenset[Role]:
    """The roles whose turn it is."""
    return frozenset[Role]().union(*(turn.roles for turn in turns(case)))


def _at(case: Case, clock: Clock) -> Iterator[Turn]:
    match clock.stage:
        case Stage.ASSESSMENT:
            yield _turn(case, clock, Why.TO_ASSESS, Action.ASSESS)
        case Stage.DOCUMENTS:
            yield _turn(case, clock, Why.PAPERS_ASKED, Action.PROVIDE_DOCUMENTS)
        case Stage.APPROVAL:
            yield from _votes(case, clock)
        case Stage.RATIFICATION:
            yield _turn(case, clock, Why.TO_RATIFY, Action.RATIFY)
        case Stage.PAYMENT if case.dote.ratified is False:
            # What stands in a batch is taken out of it first.
            first = Action.CANCEL_PAYMENT if case.dote.ordered_cents else Action.REVOKE
            yield _turn(case, clock, Why.NOT_RATIFIED, first)
        case Stage.PAYMENT:
            yield _turn(case, clock, Why.TO_PAY, Action.DISBURSE)
        case Stage.ACCOUNTING:
            yield from _proofs(case, clock)
        case Stage.APPEAL:
            yield _turn(case, clock, Why.APPEAL, Action.DECIDE_APPEAL)


def _votes(case: Case, clock: Clock) -> Iterator[Turn]:
    dote, amount = case.dote, case.amount_cents
    if not dote.favourable:
        yield _turn(case, clock, Why.UNFAVOURABLE, Action.REJECT)
        return
    if case.missing_papers(amount):
        yield _turn(case, clock, Why.PAPERS_MISSING, Action.ATTACH_DOCUMENT)
    if cap_refusal(case, amount) is not None:
        yield _turn(case, clock, Why.CAP, Action.OVERRIDE_CAP)
    seats = case.seats(amount)
    if seats.approvers:
        yield _vote(case, clock, Role.APPROVER)
    if seats.coordinator and not (seats.approvers and case.band(amount).in_order):
        yield _vote(case, clock, Role.COORDINATOR)


def _proofs(case: Case, clock: Clock) -> Iterator[Turn]:
    """Receipts to hand in, receipts to decide on, a file to close."""
    dote = case.dote
    submitted = sum(r.amount_cents for r in dote.receipts if r.state == "submitted")
    if submitted:
        yield _turn(case, clock, Why.RECEIPT_TO_DECIDE, Action.ACCEPT_RECEIPT)
    if submitted < dote.undocumented_cents:
        yield _turn(case, clock, Why.RECEIPTS_MISSING, Action.SUBMIT_RECEIPT, {Role.OPERATOR})
    if dote.undocumented_cents == 0 and not dote.needs_ratification:
        yield _turn(case, clock, Why.TO_ACCOUNT, Action.ACCOUNT_FOR)


def _turn(
    case: Case, clock: Clock, why: Why, action: Action, roles: set[Role] | None = None
) -> Turn:
    return Turn(
        stage=clock.stage,
        why=why,
        action=action,
        roles=frozenset(roles or TRANSITIONS[action].roles),
        since=clock.since,
        due=clock.due,
        amount_cents=case.amount_cents,
        barred=barred(case, action),
    )


def _vote(case: Case, clock: Clock, role: Role) -> Turn:
    amount, given = case.amount_cents, len(case.dote.votes)
    apart = case.band(amount).different_partners and role is Role.APPROVER
    return replace(
        _turn(case, clock, Why.VOTE, Action.APPROVE, {role}),
        not_partners=voted_partners(case.dote) if apart else frozenset(),
        given=given,
        wanted=given + case.seats(amount).count,
    )
