"""What the API answers of accounts, roles and tokens."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from domain.actors import Role

ONCE = "Shown once: null where the command is told again under its Idempotency-Key."


class GrantedRole(Answer):
    """A role, for one partner or (null) for the whole programme. `until` null: until revoked."""

    id: UUID
    role: Role
    partner: str | None
    since: date
    until: date | None


class Account(Answer):
    """Somebody who signs in. `email`: for admins only. `grants`: those that are not over.
    `last_used_on`: the last day of a token or a session. `invited_until`: how long a link is good
    by which they choose a password, if there is one that was not used."""

    id: UUID
    name: str
    email: str | None
    works_for: str | None
    state: Literal["open", "closed"]
    grants: list[GrantedRole]
    last_used_on: date | None
    second_factor: bool
    invited_until: datetime | None


class Accounts(Answer):
    """Everybody, by name."""

    items: list[Account]


class Invitation(Answer):
    """A link by which somebody chooses a password, once. Those before it end."""

    token: str | None = Field(description=ONCE)
    link: str | None = Field(
        description="Its address; its path alone where `DOTI_PUBLIC_URL` is not set. " + ONCE
    )
    until: datetime


class OpenedAccount(Answer):
    """A new account, and how its person gets in."""

    account: Account
    invitation: Invitation


class Token(Answer):
    """What a program signs in with, as its person in one role; the token itself is kept nowhere.
    `until`: its last day; null: as long as the role."""

    id: UUID
    role: Role
    partner: str | None
    label: str | None
    read_only: bool
    until: date | None
    last_used_on: date | None
    created_at: datetime
    revoked_at: datetime | None


class Tokens(Answer):
    """Tokens, the newest first."""

    items: list[Token]


class MadeToken(Token):
    """A new token."""

    token: str | None = Field(description=ONCE)
