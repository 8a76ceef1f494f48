"""Who acts: one account with the roles granted to it, and what it signs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.text import Code


class Role(StrEnum):
    """What a person may be in the programme; the scope of each is in the grant.

    `SYSTEM` is nobody: the register itself, which reminds of deadlines and decides nothing.
    """

    OPERATOR = "operator"
    ASSESSOR = "assessor"
    APPROVER = "approver"
    FINANCE = "finance"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


PEOPLE = frozenset(Role) - {Role.SYSTEM}
"""The roles that a person can be granted."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """For whom a delegated grant is used, and up to which amount.

    `conflicts`: the households and doti that the delegator has declared a conflict of interest
    with: they bind the delegate too.
    """

    by: UUID
    works_for: str | None
    max_cents: int
    conflicts: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for one partner or (None) for the whole programme; one's own, or delegated."""

    role: Role
    partner: str | None = None
    delegation: Delegation | None = None

    def covers(self, partner: str | None) -> bool:
        """Whether the grant reaches what belongs to `partner` (None: to the programme)."""
        return self.partner is None or self.partner == partner


@dataclass(frozen=True, slots=True)
class Actor:
    """One identity. Separation of duties looks at `account_id`, and at who delegated.

    `works_for`: the partner that the person belongs to, wherever their roles reach.
    `conflicts`: the households and doti with which they have declared a conflict of interest.
    `read_only`: they command nothing. `until`: the last day of what they sign in with, if it has
    one; what they make out of it lasts no longer.
    """

    account_id: UUID
    grants: tuple[Grant, ...]
    works_for: str | None = None
    conflicts: frozenset[UUID] = frozenset()
    read_only: bool = False
    until: date | None = None

    def reaching(self, roles: frozenset[Role], partner: str | None) -> Iterator[Grant]:
        """The grants of one of `roles` that reach what belongs to `partner`; one's own first."""
        fitting = [g for g in self.grants if g.role in roles and g.covers(partner)]
        yield from sorted(fitting, key=lambda grant: grant.delegation is not None)

    def role_for(self, roles: frozenset[Role], partner: str | None) -> Role | None:
        """The first granted role among `roles` that reaches what belongs to `partner`."""
        return next((grant.role for grant in self.reaching(roles, partner)), None)

    def has_any(self, roles: frozenset[Role]) -> bool:
        """Whether the actor holds one of `roles` anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def role_for_any(self, roles: frozenset[Role]) -> Role | None:
        """The first granted role among `roles`, wherever it reaches."""
        return next((grant.role for grant in self.grants if grant.role in roles), None)

    def scope(self, roles: frozenset[Role]) -> frozenset[str] | None:
        """The partners that the actor reaches by `roles`; None means all of them."""
        reached = {grant.partner for grant in self.grants if grant.role in roles}
        return None if None in reached else frozenset(p for p in reached if p is not None)

    def sign(self, grant: Grant) -> "Signature":
        """What the actor signs when they use this grant."""
        given = grant.delegation
        return Signature(
            account_id=self.account_id,
            role=grant.role,
            partner=grant.partner,
            works_for=self.works_for,
            on_behalf_of=None
            if given is None
            else Principal(account_id=given.by, works_for=given.works_for),
        )


class Principal(BaseModel):
    """Who delegated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_id: UUID
    works_for: Code | None = None


class Signature(BaseModel):
    """Who did it, in which role, as every event carries it.

    `partner`: how far the role reached, None for the whole programme. `works_for`: the partner
    that the person belonged to. `on_behalf_of`: who delegated, if it was done for somebody else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_id: UUID
    role: Role
    partner: Code | None = None
    works_for: Code | None = None
    on_behalf_of: Principal | None = None

    @property
    def people(self) -> frozenset[UUID]:
        """Everybody who answers for it: who did it, and who delegated."""
        principal = self.on_behalf_of
        return frozenset({self.account_id} | ({principal.account_id} if principal else set()))

    @property
    def partners(self) -> frozenset[str | None]:
        """The partners that they belong to; None stands for the programme itself."""
        principal = self.on_behalf_of
        return frozenset({self.works_for} | ({principal.works_for} if principal else set()))


SYSTEM_ID = UUID("6f1f6a3e-5f1c-5d0e-9a54-0d0715c1a552")
"""The account that the register itself signs with."""

SYSTEM = Actor(SYSTEM_ID, (Grant(Role.SYSTEM),))
"""The register itself."""
