"""Events of an account: what a person lets others do, and what they may not do themselves."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.actors import Role
from domain.events.base import Event
from domain.money import Cents
from domain.privacy import Secret
from domain.text import Code


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


AccountEvent = RoleDelegated | DelegationEnded | ConflictDeclared | ConflictLifted
