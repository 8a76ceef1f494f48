"""An account: what a person may do, lets others do, and whom they are too near to, to decide on
them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from domain.actors import Actor, Role, Signature
from domain.errors import DelegatedOnly, NotFound, WrongStream
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
    EmailRecorded,
    RoleDelegated,
    RoleGranted,
    RoleRevoked,
    TokenIssued,
    TokenRevoked,
    WorkedFor,
)
from domain.events.base import Event, Stamp

DELEGABLE = (Role.OPERATOR, Role.ASSESSOR, Role.APPROVER, Role.FINANCE, Role.COORDINATOR)
"""The roles that a person can let somebody else act in: those that take steps on doti."""

AnEvent = TypeVar("AnEvent", bound=Event)


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role of the person. `granted`: the event that says which, and from when until when."""

    granted: RoleGranted
    revoked: RoleRevoked | None = None

    def is_over(self, today: date) -> bool:
        """Whether nothing is left of it."""
        until = self.granted.until
        return self.revoked is not None or (until is not None and until < today)

    def is_live(self, today: date) -> bool:
        """Whether it may be used today."""
        return self.granted.since <= today and not self.is_over(today)

    def covers(self, partner: str | None) -> bool:
        """Whether it reaches what belongs to `partner` (None: to the programme)."""
        return self.granted.partner is None or self.granted.partner == partner


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token that acts for the person. `issued`: the event that says in which role."""

    issued: TokenIssued
    revoked: TokenRevoked | None = None

    def is_over(self, today: date) -> bool:
        """Whether it lets nobody in any more."""
        until = self.issued.until
        return self.revoked is not None or (until is not None and until < today)


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

    `opened`: the event with their name, None for an account that nobody opened. `email`: the event
    with what they sign in with, if they have that. `closed`: the event that closed it, None while
    it is open. `grants`, `tokens`: all of them, those that ended too.
    """

    id: UUID
    version: int = 0
    opened: AccountOpened | None = None
    email: AccountOpened | EmailRecorded | None = None
    works_for: str | None = None
    closed: AccountClosed | None = None
    grants: Mapping[UUID, HeldRole] = field(default_factory=dict)
    tokens: Mapping[UUID, HeldToken] = field(default_factory=dict)
    delegations: Mapping[UUID, Delegation] = field(default_factory=dict)
    conflicts: Mapping[UUID, Conflict] = field(default_factory=dict)

    def role(self, grant_id: UUID) -> HeldRole:
        """The grant with this id, or the refusal."""
        if grant_id not in self.grants:
            raise NotFound
        return self.grants[grant_id]

    def token(self, token_id: UUID) -> HeldToken:
        """The token with this id, or the refusal."""
        if token_id not in self.tokens:
            raise NotFound
        return self.tokens[token_id]

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


def own_signature(actor: Actor) -> Signature:
    """The signature of somebody who acts for themselves."""
    for grant in actor.grants:
        if grant.delegation is None:
            return actor.sign(grant)
    raise DelegatedOnly


# What happened


def evolve(account: Account, event: Event) -> Account:
    """The account after the event."""
    match event:
        case AccountOpened():
            email = None if event.email is None else event
            account = replace(account, opened=event, email=email, works_for=event.works_for)
        case EmailRecorded():
            account = replace(account, email=event)
        case WorkedFor():
            account = replace(account, works_for=event.partner)
        case AccountClosed():
            account = replace(account, closed=event)
        case AccountReopened():
            account = replace(account, closed=None)
        case RoleGranted():
            account = replace(account, grants={**account.grants, event.grant_id: HeldRole(event)})
        case RoleRevoked():
            lost = replace(account.grants[event.grant_id], revoked=event)
            account = replace(account, grants={**account.grants, event.grant_id: lost})
        case TokenIssued():
            account = replace(account, tokens={**account.tokens, event.token_id: HeldToken(event)})
        case TokenRevoked():
            dead = replace(account.tokens[event.token_id], revoked=event)
            account = replace(account, tokens={**account.tokens, event.token_id: dead})
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


def project(account_id: UUID, events: Iterable[AccountEvent]) -> Account:
    """The account after all its events."""
    account = Account(account_id)
    for event in events:
        account = evolve(account, event)
    return account
