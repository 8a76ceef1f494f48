"""Who acts: one account with the roles granted to it, and what it signs."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.text import Code


class Role(StrEnum):
    """What a person may be in the programme; the scope of each is in the grant."""

    OPERATOR = "operator"
    ASSESSOR = "assessor"
    APPROVER = "approver"
    FINANCE = "finance"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for one partner or (None) for the whole programme."""

    role: Role
    partner: str | None = None

    def covers(self, partner: str | None) -> bool:
        """Whether the grant reaches what belongs to `partner` (None: to the programme)."""
        return self.partner is None or self.partner == partner


@dataclass(frozen=True, slots=True)
class Actor:
    """One identity. Separation of duties looks at `account_id` and at nothing else."""

    account_id: UUID
    grants: tuple[Grant, ...]

    def role_for(self, roles: frozenset[Role], partner: str | None) -> Role | None:
        """The first granted role among `roles` that reaches what belongs to `partner`."""
        for grant in self.grants:
            if grant.role in roles and grant.covers(partner):
                return grant.role
        return None

    def has_any(self, roles: frozenset[Role]) -> bool:
        """Whether the actor holds one of `roles` anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def scope(self, roles: frozenset[Role]) -> frozenset[str] | None:
        """The partners that the actor reaches by `roles`; None means all of them."""
        reached = {grant.partner for grant in self.grants if grant.role in roles}
        return None if None in reached else frozenset(p for p in reached if p is not None)


class Signature(BaseModel):
    """Who did it, in which role, as every event carries it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_id: UUID
    role: Role
    partner: Code | None = None
