"""Events of an account: what a person may do, lets others do, and may not do themselves."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.actors import Role
from domain.events.base import Event
from domain.money import Cents
from domain.privacy import Secret
from domain.text import Code, Label


class AccountOpened(Event):
    """A person becomes known to the register.

    `name`, `email`: sealed under the account's key; the e-mail is what they sign in with.
    `works_for`: the partner that they belong to.
    """

    name: Secret
    email: Secret | None
    works_for: Code | None


class EmailRecorded(Event):
    """The person signs in with another e-mail from now on, or with their first one."""

    email: Secret


class AccountInvited(Event):
    """A link was made by which the person chooses their password; valid until a time, once."""

    until: datetime


class WorkedFor(Event):
    """The person belongs to a partner from now on."""

    partner: Code


class AccountClosed(Event):
    """The person does not sign in any more: neither sessions nor tokens are worth anything."""

    reason: Secret


class AccountReopened(Event):
    """The person may sign in again, in the roles that they had."""


class RoleGranted(Event):
    """A role, for one partner or (None) for the whole programme, from a day to a day (None: until
    it is revoked)."""

    grant_id: UUID
    role: Role
    partner: Code | None
    since: date
    until: date | None


class RoleRevoked(Event):
    """A role ends."""

    grant_id: UUID


class TokenIssued(Event):
    """A program may act for the person, in one of their roles.

    `label`: what it is for. `read_only`: it commands nothing. `until`: its last day, if it has one.
    """

    token_id: UUID
    label: Label | None
    role: Role
    partner: Code | None
    read_only: bool
    until: date | None


class TokenRevoked(Event):
    """A token ends."""

    token_id: UUID


class DataRevealed(Event):
    """The person looked at what is masked for their role, and says why.

    `household_id`: whose data; `dote_id`: on which dote, None for the household's file. `reason`:
    sealed under the household's key, since it may tell who they are.
    """

    household_id: UUID
    dote_id: UUID | None
    reason: Secret


class RoleDelegated(Event):
    """A person lets another one act in their role, from a day to a day, up to an amount each time.

    `partner`: for what belongs to one partner only; None: as far as the role reaches.
    """

    delegation_id: UUID
    to: UUID
    role: Role
    partner: Code | None
    since: date
    until: date
    max_cents: Cents
    reason: Secret


class DelegationEnded(Event):
    """A delegation ends before its day."""

    delegation_id: UUID


class ConflictDeclared(Event):
    """A person is too near to somebody to decide on them.

    Either to a household, or to its member number `member` (from 0 on) wherever that person is
    found, or to a payee (its name and IBAN, sealed).
    """

    conflict_id: UUID
    household_id: UUID | None
    member: Annotated[int, Field(ge=0, le=29)] | None
    payee: Secret | None
    reason: Secret


class ConflictLifted(Event):
    """The conflict is over, as somebody else says."""

    conflict_id: UUID
    reason: Secret


AccountEvent = (
    AccountOpened
    | EmailRecorded
    | AccountInvited
    | WorkedFor
    | AccountClosed
    | AccountReopened
    | RoleGranted
    | RoleRevoked
    | TokenIssued
    | TokenRevoked
    | DataRevealed
    | RoleDelegated
    | DelegationEnded
    | ConflictDeclared
    | ConflictLifted
)
