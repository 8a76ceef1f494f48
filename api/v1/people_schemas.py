"""What the API answers of people: colleagues, delegations, conflicts of interest."""

from datetime import date, datetime
from uuid import UUID

from api.v1.answer import Answer
from api.v1.schemas import Payee
from domain.actors import Role


class Colleague(Answer):
    """Somebody who takes part in the life of doti. `works_for`: their partner, if it is known."""

    id: UUID
    name: str
    roles: list[Role]
    works_for: str | None


class Colleagues(Answer):
    """Everybody who can sign in, in a role that takes steps on doti; by name."""

    items: list[Colleague]


class Person(Answer):
    """An account. `name` is null for one of another register."""

    id: UUID
    name: str | None


class Delegation(Answer):
    """`by` lets `to` act in a role of theirs, from `since` to `until`, up to an amount in each
    step. It works as long as `by` holds the role. `partner` null: as far as the role reaches."""

    id: UUID
    by: Person
    to: Person
    role: Role
    partner: str | None
    since: date
    until: date
    max_cents: int
    reason: str | None
    given_at: datetime
    ended_at: datetime | None


class Delegations(Answer):
    """Delegations, the newest first."""

    items: list[Delegation]


class Conflict(Answer):
    """A conflict of interest of `who`: with a household, with its member (from 0 on) wherever that
    person is found, or with a payee."""

    id: UUID
    who: Person
    household_id: UUID | None
    member: int | None
    payee: Payee | None
    reason: str | None
    declared_at: datetime
    lifted_at: datetime | None
    lifting_reason: str | None


class Conflicts(Answer):
    """Conflicts of interest, the newest first."""

    items: list[Conflict]
