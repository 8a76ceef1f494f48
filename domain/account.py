"""An account: what a person may do, lets others do, and whom they are too near to, to decide on
them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

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
    WrongStream,
)
from domain.events.account import (
    AccountClosed,
    AccountEvent,
    AccountInvited,
    AccountOpened,
    AccountReopened,
    ConflictDeclared,
    ConflictLifted,
    DataRevealed,
    DelegationEnded,
    RoleDelegated,
    RoleGranted,
    RoleRevoked,
    TokenIssued,
    TokenRevoked,
    WorkedFor,
)
from domain.events.base import Event, Stamp
from domain.privacy import Private

DELEGABLE = (Role.OPERATOR, Role.ASSESSOR, Role.APPROVER, Role.FINANCE, Role.COORDINATOR)
"""The roles that a person can let somebody else act in: those that take steps on doti."""

LONGEST_DAYS = 366
"""From the first day of a delegation to its last one, both counted."""

_COORDINATOR = frozenset({Role.COORDINATOR})

AnEvent = TypeVar("AnEvent", bound=Event)
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Delegation:
    """A role that the person lets another one act in. `given`: the event that says so."""

    given: RoleDelegated
    ended: DelegationEnded | None = None

    def is_over(self, today: date) -> bool:
        """Whether nothing is left of it."""
        return self.ended is not None or self.given.until < today


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict of interest. `declared`: the event that says with whom."""

    declared: ConflictDeclared
    lifted: ConflictLifted | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What an account's events tell; version 0: there are none yet.

    `opened`: the event with their name, None for an account that nobody opened. `grants`, `tokens`:
    those that were not ended; whether their days have come or are over, their events tell.
    """

    id: UUID
    version: int = 0
    opened: AccountOpened | None = None
    works_for: str | None = None
    closed: bool = False
    grants: Mapping[UUID, RoleGranted] = field(default_factory=dict)
    tokens: Mapping[UUID, TokenIssued] = field(default_factory=dict)
    delegations: Mapping[UUID, Delegation] = field(default_factory=dict)
    conflicts: Mapping[UUID, Conflict] = field(default_factory=dict)

    def delegation(self, delegation_id: UUID) -> Delegation:
        """The delegation with this id, or the refusal."""
        if delegation_id not in self.delegations:
            raise NotFound
        return self.delegations[delegation_id]

    def conflict(self, conflict_id: UUID) -> Conflict:
        """The conflict with this id, or the refusal."""
        if conflict_id not in self.conflicts:
            raise NotFound
        return self.conflicts[conflict_id]

    def then(self, kind: type[AnEvent], stamp: Stamp, **data: object) -> AnEvent:
        """The account's next event."""
        return kind.stamped(stamp, self.id, self.version + 1, **data)


# Who may


def own_signature(actor: Actor) -> Signature:
    """The signature of somebody who acts for themselves."""
    for grant in actor.grants:
        if grant.delegation is None:
            return actor.sign(grant)
    raise DelegatedOnly


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
    if until < stamp.at.date():
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
    if account.delegation(delegation_id).is_over(stamp.at.date()):
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


# What happened


def evolve(account: Account, event: Event) -> Account:
    """The account after the event."""
    match event:
        case AccountOpened():
            account = replace(account, opened=event, works_for=event.works_for)
        case WorkedFor():
            account = replace(account, works_for=event.partner)
        case AccountClosed() | AccountReopened():
            account = replace(account, closed=isinstance(event, AccountClosed))
        case RoleGranted():
            account = replace(account, grants={**account.grants, event.grant_id: event})
        case RoleRevoked():
            account = replace(account, grants=_without(account.grants, event.grant_id))
        case TokenIssued():
            account = replace(account, tokens={**account.tokens, event.token_id: event})
        case TokenRevoked():
            account = replace(account, tokens=_without(account.tokens, event.token_id))
        case AccountInvited() | DataRevealed():
            pass  # it is told, and changes nothing that is decided on
        case RoleDelegated():
            delegations = {**account.delegations, event.delegation_id: Delegation(event)}
            account = replace(account, delegations=delegations)
        case DelegationEnded():
            over = replace(account.delegations[event.delegation_id], ended=event)
            delegations = {**account.delegations, event.delegation_id: over}
            account = replace(account, delegations=delegations)
        case ConflictDeclared():
            conflicts = {**account.conflicts, event.conflict_id: Conflict(event)}
            account = replace(account, conflicts=conflicts)
        case ConflictLifted():
            lifted = replace(account.conflicts[event.conflict_id], lifted=event)
            conflicts = {**account.conflicts, event.conflict_id: lifted}
            account = replace(account, conflicts=conflicts)
        case _:
            raise WrongStream(f"an account does not have {type(event).__name__}")
    return replace(account, version=event.originator_version)


def _without(parts: Mapping[UUID, Part], gone: UUID) -> Mapping[UUID, Part]:
    return {part_id: part for part_id, part in parts.items() if part_id != gone}


def project(account_id: UUID, events: Iterable[AccountEvent]) -> Account:
    """The account after all its events."""
    account = Account(account_id)
    for event in events:
        account = evolve(account, event)
    return account
