"""Who may do what to a dote, and when: the table, the facts, and four different people."""

from uuid import UUID

from domain.actors import Actor, Signature
from domain.dote import Dote
from domain.errors import (
    DomainError,
    Forbidden,
    MoneyIsOut,
    NotFullyDocumented,
    NothingPaid,
    OutsideOwnPartner,
    SegregationOfDuties,
    UnfavourableAssessment,
    WrongState,
)
from domain.lifecycle import TRANSITIONS, Action, Duty, State

_NEXT_DUTY = {
    State.REQUESTED: Duty.ASSESS,
    State.ASSESSED: Duty.APPROVE,
    State.APPROVED: Duty.PAY,
}

_NEEDS_MONEY_OUT = frozenset(
    {
        Action.RETURN_DISBURSEMENT,
        Action.RECORD_REFUND,
        Action.SUBMIT_RECEIPT,
        Action.ACCEPT_RECEIPT,
        Action.DISALLOW_RECEIPT,
        Action.ACCOUNT_FOR,
    }
)


def refusal(dote: Dote, action: Action, actor: Actor) -> DomainError | None:
    """Why `actor` may not do `action` now, or None if they may.

    The order is: role, scope, state, the facts of the dote, separation of duties.
    """
    rule = TRANSITIONS[action]
    if not actor.has_any(rule.roles):
        return Forbidden(action, ", ".join(sorted(rule.roles)))
    if actor.role_for(rule.roles, dote.partner) is None:
        return OutsideOwnPartner(dote.partner)
    if dote.state not in rule.sources:
        return WrongState(action, dote.state, ", ".join(sorted(rule.sources)))
    return _not_now(dote, action) or _duties_collide(dote, rule.duty, action, actor)


def _not_now(dote: Dote, action: Action) -> DomainError | None:
    if action is Action.APPROVE and not dote.favourable:
        return UnfavourableAssessment()
    if action is Action.WITHDRAW and dote.disbursed_cents:
        return MoneyIsOut(dote.disbursed_cents)
    if dote.disbursed_cents == 0 and action in _NEEDS_MONEY_OUT:
        return NothingPaid()
    if action is Action.ACCOUNT_FOR and dote.undocumented_cents:
        return NotFullyDocumented(dote.undocumented_cents)
    return None


def _duties_collide(
    dote: Dote, duty: Duty | None, action: Action, actor: Actor
) -> DomainError | None:
    if duty is None:
        return None
    for other, people in dote.people.items():
        if other is not duty and actor.account_id in people:
            return SegregationOfDuties(action, other)
    already_voted = any(vote.account_id == actor.account_id for vote in dote.votes)
    if action is Action.APPROVE and already_voted:
        return SegregationOfDuties(action, duty)
    return None


def signed(dote: Dote, action: Action, actor: Actor) -> Signature:
    """The actor's signature under `action` on this dote, or the refusal."""
    refused = refusal(dote, action, actor)
    if refused is not None:
        raise refused
    return sign(action, actor, dote.partner)


def barred(dote: Dote) -> frozenset[UUID]:
    """Who may not take the step that the dote waits for, by what they did on it before."""
    duty = _NEXT_DUTY.get(dote.state)
    if duty is None:
        return frozenset()
    others = (people for other, people in dote.people.items() if other is not duty)
    voters = (vote.account_id for vote in dote.votes if duty is Duty.APPROVE)
    return frozenset(voters).union(*others)


def sign(action: Action, actor: Actor, partner: str) -> Signature:
    """The signature of somebody who may do `action` for `partner`, or the refusal."""
    roles = TRANSITIONS[action].roles
    role = actor.role_for(roles, partner)
    if role is None:
        if actor.has_any(roles):
            raise OutsideOwnPartner(partner)
        raise Forbidden(action, ", ".join(sorted(roles)))
    reaching = (grant for grant in actor.grants if grant.role is role and grant.covers(partner))
    return Signature(account_id=actor.account_id, role=role, partner=next(reaching).partner)
