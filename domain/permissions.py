"""Who may do what to a dote, and when: the table, the facts, the rules, and four different people.

`offer` is what people are told beforehand, `signed` what a command asks; both are `refusal`, and
what the money says (`domain.deciding.money_refusal`).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from domain.actors import Actor, Grant, Role, Signature
from domain.case import Case
from domain.deciding import money_refusal
from domain.dote import Dote
from domain.errors import (
    AppealedBefore,
    AppealTooLate,
    CapNotReached,
    ConflictOfInterest,
    CoordinatorNotAsked,
    DelegationTooSmall,
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
    PartnerUnknown,
    PartnerVoted,
    RatificationRefused,
    SegregationOfDuties,
    UnfavourableAssessment,
    VotesBefore,
    VotesComplete,
    WrongState,
)
from domain.lifecycle import TRANSITIONS, Action, Duty

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
_PAYING = frozenset({Action.DISBURSE, Action.ORDER_PAYMENT, Action.AUTHORISE_PAYMENT})
_SECOND_LOOKS = frozenset({Action.APPROVE, Action.RATIFY})


def refusal(
    case: Case, action: Action, actor: Actor, amount_cents: int | None = None
) -> DomainError | None:
    """Why `actor` may not do `action` now, or None if they may.

    `amount_cents`: the amount that is decided on, where it is not the one proposed so far. The
    order is: role, scope, state, the facts of the dote, conflicts of interest, separation of
    duties, votes, delegation.
    """
    chosen = _choose(case, action, actor, amount_cents)
    return chosen if isinstance(chosen, DomainError) else None


def offer(case: Case, action: Action, actor: Actor) -> DomainError | None:
    """The same, and for an approval also what papers, caps and the budget line say, and for a
    payment by hand whether its money stands in a batch."""
    refused = refusal(case, action, actor)
    ordered = case.dote.ordered_cents
    if refused is None and action is Action.DISBURSE and ordered == case.dote.committed_cents:
        return MoneyIsOrdered(ordered)
    if refused is None and action is Action.APPROVE:
        return money_refusal(case, case.amount_cents)
    return refused


def signed(case: Case, action: Action, actor: Actor, amount_cents: int | None = None) -> Signature:
    """The actor's signature under `action` on this dote, or the refusal."""
    chosen = _choose(case, action, actor, amount_cents)
    if isinstance(chosen, DomainError):
        raise chosen
    return actor.sign(chosen)


def _choose(
    case: Case, action: Action, actor: Actor, amount_cents: int | None
) -> Grant | DomainError:
    """The grant that the actor may use, their own before a delegated one; or why there is none."""
    dote, rule = case.dote, TRANSITIONS[action]
    if not actor.has_any(rule.roles):
        return Forbidden(action, ", ".join(sorted(rule.roles)))
    grants = list(actor.reaching(rule.roles, dote.partner))
    if not grants:
        return OutsideOwnPartner(dote.partner)
    if dote.state not in rule.sources:
        return WrongState(action, dote.state, ", ".join(sorted(rule.sources)))
    refused = _not_now(case, action)
    if refused is not None:
        return refused
    amount = case.amount_cents if amount_cents is None else amount_cents
    return _first(grants, [_refused_to(case, action, actor, grant, amount) for grant in grants])


def _first(grants: list[Grant], refusals: list[DomainError | None]) -> Grant | DomainError:
    """The first grant that nothing is against, or what is against the first one."""
    for grant, why in zip(grants, refusals, strict=True):
        if why is None:
            return grant
    return next(why for why in refusals if why is not None)


def _not_now(case: Case, action: Action) -> DomainError | None:
    """What the facts of the dote forbid, to everybody."""
    dote = case.dote
    if dote.disbursed_cents == 0 and action in _NEEDS_MONEY_OUT:
        return NothingPaid()
    match action:
        case Action.APPROVE | Action.OVERRIDE_CAP if not dote.favourable:
            return UnfavourableAssessment()
        case Action.OVERRIDE_CAP if not _over_cap(case):
            return CapNotReached()
        case Action.WITHDRAW | Action.REVOKE if dote.ordered_cents:
            return MoneyIsOrdered(dote.ordered_cents)
        case Action.ORDER_PAYMENT if dote.ordered_cents == dote.committed_cents:
            return MoneyIsOrdered(dote.ordered_cents)
        case Action.AUTHORISE_PAYMENT | Action.CANCEL_PAYMENT if not dote.ordered_cents:
            return NothingOrdered()
        case Action.WITHDRAW if dote.disbursed_cents:
            return MoneyIsOut(dote.disbursed_cents)
        case Action.RATIFY if not dote.needs_ratification:
            return NothingToRatify()
        case Action.DISBURSE | Action.ORDER_PAYMENT if dote.ratified is False:
            return RatificationRefused()
        case Action.ACCOUNT_FOR if dote.undocumented_cents:
            return NotFullyDocumented(dote.undocumented_cents)
        case Action.ACCOUNT_FOR if dote.needs_ratification:
            return NotRatified()
        case Action.LODGE_APPEAL:
            return _no_appeal(case)
        case Action.DECIDE_APPEAL if dote.appeal is None or dote.appeal.accepted is not None:
            return NoAppeal()
    return None


def _over_cap(case: Case) -> bool:
    if case.helps is None:
        return True  # nobody has looked
    return any(cap.left_cents < case.dote.requested_cents for cap in case.caps())


def _no_appeal(case: Case) -> DomainError | None:
    dote, days = case.dote, case.policy.appeal_days
    if dote.appeal is not None:
        return AppealedBefore()
    if dote.rejected_at is not None and case.now - dote.rejected_at > timedelta(days=days):
        return AppealTooLate(days)
    return None


def _refused_to(
    case: Case, action: Action, actor: Actor, grant: Grant, amount_cents: int
) -> DomainError | None:
    """What forbids it to this person, with this grant, although others may."""
    by = actor.sign(grant)
    return (
        _conflict(actor, grant, action, case.dote.household_id, case.dote.id)
        or _duties_collide(case, action, by)
        or (_no_seat(case, by, amount_cents) if action is Action.APPROVE else None)
        or (_same_partner(case, by, amount_cents) if action is Action.RATIFY else None)
        or _delegation_ends(case, action, grant, amount_cents)
    )


def _conflict(actor: Actor, grant: Grant, action: str, *about: UUID) -> DomainError | None:
    conflicts = actor.conflicts
    if grant.delegation is not None:
        conflicts |= grant.delegation.conflicts
    return None if conflicts.isdisjoint(about) else ConflictOfInterest(action)


def _duties_collide(case: Case, action: Action, by: Signature) -> DomainError | None:
    duty = TRANSITIONS[action].duty
    if duty is None:
        return None
    for other in _kept_apart(case, duty):
        if not by.people.isdisjoint(case.dote.people.get(other, frozenset())):
            return SegregationOfDuties(action, other)
    if not by.people.isdisjoint(_done_already(case.dote, action)):
        return SegregationOfDuties(action, duty)
    return None


def _kept_apart(case: Case, duty: Duty) -> Iterator[Duty]:
    """The duties that nobody may carry beside this one: all others, but for one narrow case."""
    for other in Duty:
        if other is duty or (duty is Duty.ASSESS and other is Duty.REQUEST and _may_assess(case)):
            continue
        yield other


def _may_assess(case: Case) -> bool:
    urgent = case.policy.urgent
    return case.on_urgent_path and urgent is not None and urgent.requester_may_assess


def _done_already(dote: Dote, action: Action) -> frozenset[UUID]:
    """Who has had their say, where it is to be somebody else's turn."""
    if action in _SECOND_LOOKS:
        return frozenset[UUID]().union(*(vote.by.people for vote in dote.votes))
    if action is Action.DECIDE_APPEAL:
        return dote.people.get(Duty.APPROVE, frozenset())
    return frozenset()


def _no_seat(case: Case, by: Signature, amount_cents: int) -> DomainError | None:
    """Whether the rules ask for this vote, and now."""
    seats = case.seats(amount_cents)
    if by.role is Role.APPROVER:
        return _same_partner(case, by, amount_cents) if seats.approvers else VotesComplete()
    if not seats.coordinator:
        return CoordinatorNotAsked()
    in_order = case.band(amount_cents).in_order
    return VotesBefore(seats.approvers) if in_order and seats.approvers else None


def _same_partner(case: Case, by: Signature, amount_cents: int) -> DomainError | None:
    """Whether somebody of the same partner voted, where the rules want different ones."""
    if by.role is not Role.APPROVER or not case.band(amount_cents).different_partners:
        return None
    for partner in voted_partners(case.dote):
        if partner in by.partners:
            return PartnerUnknown() if partner is None else PartnerVoted(partner)
    return None


def voted_partners(dote: Dote) -> frozenset[str | None]:
    """The partners whose approvers have voted."""
    votes = (vote.by.partners for vote in dote.votes if vote.by.role is Role.APPROVER)
    return frozenset[str | None]().union(*votes)


def _delegation_ends(
    case: Case, action: Action, grant: Grant, amount_cents: int
) -> DomainError | None:
    if TRANSITIONS[action].duty is None:
        return None
    return _too_much(grant, case.dote.committed_cents if action in _PAYING else amount_cents)


def _too_much(grant: Grant, amount_cents: int) -> DomainError | None:
    if grant.delegation is None or amount_cents <= grant.delegation.max_cents:
        return None
    return DelegationTooSmall(grant.delegation.max_cents)


def barred(case: Case, action: Action) -> frozenset[UUID]:
    """Who may not take a step, by what they did on the dote before."""
    duty = TRANSITIONS[action].duty
    if duty is None:
        return frozenset()
    others = (case.dote.people.get(other, frozenset()) for other in _kept_apart(case, duty))
    return _done_already(case.dote, action).union(*others)


def sign(
    action: Action, actor: Actor, partner: str, *about: UUID, amount_cents: int = 0
) -> Signature:
    """The signature of somebody who may do `action` for `partner`, or the refusal.

    `about`: whom and what it is about, for conflicts of interest; `amount_cents`: what it asks
    for, for delegations.
    """
    roles = TRANSITIONS[action].roles
    return sign_as(roles, action, actor, [partner], *about, amount_cents=amount_cents)


def sign_as(
    roles: frozenset[Role],
    action: str,
    actor: Actor,
    partners: Sequence[str],
    *about: UUID,
    amount_cents: int = 0,
) -> Signature:
    """The same for what is no step on a dote: who has one of `roles` for all the `partners`."""
    if not actor.has_any(roles):
        raise Forbidden(action, ", ".join(sorted(roles)))
    for partner in partners:
        if not any(actor.reaching(roles, partner)):
            raise OutsideOwnPartner(partner)
    grants = [g for g in actor.reaching(roles, partners[0]) if all(map(g.covers, partners))]
    if not grants:
        raise OutsideOwnPartner(partners[-1])
    refusals = [
        _conflict(actor, grant, action, *about) or _too_much(grant, amount_cents)
        for grant in grants
    ]
    chosen = _first(grants, refusals)
    if isinstance(chosen, DomainError):
        raise chosen
    return actor.sign(chosen)
