"""Letting others act in one's place, and standing back from whom one is too near to: who may, and
what follows."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from domain.account import DELEGABLE, Account, own_signature
from domain.actors import Actor, Role, Signature
from domain.errors import (
    DateInThePast,
    DelegatedOnly,
    DelegationOver,
    DelegationTooLong,
    DelegationToOneself,
    EndsBeforeItBegins,
    Forbidden,
    HouseholdOrPayee,
    LiftedBefore,
    NotByOneself,
    NotDelegable,
    NotFound,
    OutsideOwnPartner,
)
from domain.events.account import (
    ConflictDeclared,
    ConflictLifted,
    DelegationEnded,
    RoleDelegated,
)
from domain.events.base import Stamp
from domain.privacy import Private

LONGEST_DAYS = 366
"""From the first day of a delegation to its last one, both counted."""

_COORDINATOR = frozenset({Role.COORDINATOR})

# Who may


def delegator(actor: Actor, role: Role, partner: str | None) -> Signature:
    """The signature of somebody who lets another one act in this role of theirs, or the refusal.

    `partner` None: as far as the role reaches. What was delegated is not delegated on.
    """
    if role not in DELEGABLE:
        raise NotDelegable("role", role)
    held = [grant for grant in actor.grants if grant.role is role]
    own = [grant for grant in held if grant.delegation is None]
    if held and not own:
        raise DelegatedOnly
    if not own:
        raise Forbidden("delegate", role)
    for grant in own:
        if partner is None or grant.covers(partner):
            return actor.sign(grant)
    raise OutsideOwnPartner(str(partner))


def ender(actor: Actor, given: RoleDelegated) -> Signature:
    """The signature of who ends a delegation: one of the two, or a coordinator."""
    if actor.account_id in (given.originator_id, given.to):
        return own_signature(actor)
    for grant in actor.reaching(_COORDINATOR, None):
        return actor.sign(grant)
    if actor.has_any(frozenset({Role.AUDITOR})):
        raise Forbidden("end_delegation", Role.COORDINATOR)
    raise NotFound


def lifter(actor: Actor, declared: ConflictDeclared) -> Signature:
    """The signature of who lifts a conflict: a coordinator who does not act for the same person."""
    whose = declared.originator_id
    signatures = [actor.sign(grant) for grant in actor.reaching(_COORDINATOR, None)]
    for by in signatures:
        if whose not in by.people:
            return by
    if signatures:
        raise NotByOneself
    if whose == actor.account_id or actor.has_any(frozenset({Role.AUDITOR})):
        raise Forbidden("lift_conflict", Role.COORDINATOR)
    raise NotFound


# Decisions


def delegate(
    account: Account,
    stamp: Stamp,
    delegation_id: UUID,
    *,
    to: UUID,
    role: Role,
    partner: str | None,
    since: date,
    until: date,
    max_cents: int,
    reason: str,
) -> RoleDelegated:
    """The person lets another one act in a role of theirs."""
    if to == account.id:
        raise DelegationToOneself("to")
    if until < since:
        raise EndsBeforeItBegins("until", until.isoformat())
    if until < stamp.day:
        raise DateInThePast("until", until.isoformat())
    if until - since >= timedelta(days=LONGEST_DAYS):
        raise DelegationTooLong("until", LONGEST_DAYS)
    return account.then(
        RoleDelegated,
        stamp,
        delegation_id=delegation_id,
        to=to,
        role=role,
        partner=partner,
        since=since,
        until=until,
        max_cents=max_cents,
        reason=Private(account.id, reason),
    )


def end(account: Account, stamp: Stamp, delegation_id: UUID) -> DelegationEnded:
    """A delegation ends now and not on its last day."""
    if account.delegation(delegation_id).is_over(stamp.day):
        raise DelegationOver
    return account.then(DelegationEnded, stamp, delegation_id=delegation_id)


def declare(
    account: Account,
    stamp: Stamp,
    conflict_id: UUID,
    *,
    household_id: UUID | None,
    member: int | None,
    payee: Mapping[str, object] | None,
    reason: str,
) -> ConflictDeclared:
    """The person is too near to a household, to one of its members, or to a payee."""
    if (household_id is None) == (payee is None):
        raise HouseholdOrPayee("household_id")
    if member is not None and household_id is None:
        raise HouseholdOrPayee("member")
    return account.then(
        ConflictDeclared,
        stamp,
        conflict_id=conflict_id,
        household_id=household_id,
        member=member,
        payee=None if payee is None else Private.record(account.id, payee),
        reason=Private(account.id, reason),
    )


def lift(account: Account, stamp: Stamp, conflict_id: UUID, reason: str) -> ConflictLifted:
    """Somebody else finds that the conflict is over."""
    if account.conflict(conflict_id).lifted is not None:
        raise LiftedBefore
    return account.then(
        ConflictLifted, stamp, conflict_id=conflict_id, reason=Private(account.id, reason)
    )
