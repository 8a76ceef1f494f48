"""Accounts and their tokens. A token is shown once; the database keeps only its SHA-256.

A token has 256 random bits, so a plain hash is enough: there is nothing to guess it from. The same
holds for the links by which people choose a password.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg.errors import ReadOnlySqlTransaction

from domain.account import DELEGABLE
from domain.actors import SYSTEM, SYSTEM_ID, Actor, Delegation, Grant, Role
from domain.days import day_here
from domain.errors import NotFound, RoleOver, TokenOver, UnknownPerson
from workflows import accounts
from workflows.account_commands import Enrol, OpenAccount, WorkFor
from workflows.accounts import Link
from workflows.engine import Decide, Engine, Outcome, Request
from workflows.eventstore.database import Database, Row
from workflows.eventstore.people import People
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "accounts")

PREFIX = "doti_"
TOKEN_BYTES = 32
LONGEST_TOKEN = 100
INVITED_DAYS = 7
"""How long a link is good."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who takes part in the life of doti, in these roles."""

    id: UUID
    name: str
    roles: tuple[Role, ...]
    works_for: str | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that is shown once. `secret`: the last part of its path; `until`: UTC."""

    secret: str
    until: datetime

    @property
    def link(self) -> Link:
        """What the register keeps of it."""
        return Link(hash_of(self.secret), self.until)


class Accounts:
    """Who may sign in to one register. What changes here, the register itself signs: it is the way
    of the command line, and of whoever sets a register up."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._people = People(database)

    # Changing

    def account_id(self, name: str, works_for: str | None = None) -> UUID:
        """The account with this name, made if there is none: same name, however it is spelt,
        same person. `works_for`: their partner, if it is made now.

        Raises pydantic's ValidationError for a name that is empty, too long or not printable.
        """
        command = OpenAccount(name=name, works_for=works_for)
        found = self._people.named(command.name)
        if found is not None:
            return found
        return self.run(lambda work: accounts.open_account(work, command)).stream_id

    def named(self, name: str) -> UUID:
        """The account with this name. Raises `UnknownPerson`."""
        found = self._people.named(name)
        if found is None:
            raise UnknownPerson(name)
        return found

    def set_works_for(self, name: str, partner: str) -> None:
        """Whom the person with this name works for, from now on.

        Raises `UnknownPerson`, and `UnknownCode` for a partner that does not take part.
        """
        account_id, command = self.named(name), WorkFor(partner=partner)
        self.run(lambda work: accounts.works_for(work, account_id, command))

    def create_token(
        self,
        name: str,
        role: Role,
        partner: str | None = None,
        works_for: str | None = None,
        *,
        label: str | None = None,
        read_only: bool = False,
        until: date | None = None,
    ) -> str:
        """A new token for the person with this name, to act in a role, which they are granted if
        they do not hold it.

        Separation of duties looks at the person: two tokens of one name are the same one. Whom
        they work for is as told, or else the partner of their first token that has one. Raises
        what the domain says against the role, and `UnknownCode` for a partner that does not take
        part in the programme.
        """
        command = Enrol(
            name=name,
            role=role,
            partner=partner,
            works_for=works_for,
            label=label,
            read_only=read_only,
            until=until,
        )
        token = new_token()
        self.run(lambda work: accounts.enrol(work, command, hash_of(token)))
        return token

    def revoke_token(self, token: str | UUID) -> bool:
        """Ends a token (or the one with an id); False if there was none to end."""
        token_id = token if isinstance(token, UUID) else self._people.token_with(hash_of(token))
        if token_id is None:
            return False
        try:
            self.run(lambda work: accounts.revoke_token(work, token_id))
        except (NotFound, TokenOver):
            return False
        return True

    def revoke_role(self, name: str, role: Role, partner: str | None = None) -> bool:
        """Ends a role of the person with this name, as it was granted; False if there was none."""
        account_id, today = self.named(name), self._engine.today()
        values = {"id": account_id, "role": role, "partner": partner, "today": today}
        found = [row["id"] for row in self._run("grants_of_role", values)]
        for grant_id in found:
            with suppress(RoleOver):
                self._end_role(account_id, grant_id)
        return bool(found)

    def _end_role(self, account_id: UUID, grant_id: UUID) -> None:
        self.run(lambda work: accounts.revoke_role(work, account_id, grant_id))

    def invite(self, account_id: UUID) -> Invitation:
        """A link for somebody to choose a password by; those before are worth nothing any more."""
        made = self.new_invitation()
        self.run(lambda work: accounts.invite(work, account_id, made.link))
        return made

    def new_invitation(self) -> Invitation:
        """A secret that is not known to the register yet."""
        until = self._engine.clock() + timedelta(days=INVITED_DAYS)
        return Invitation(secrets.token_urlsafe(TOKEN_BYTES), until)

    def run(self, decide: Decide) -> Outcome:
        """Runs a command that the register itself signs."""
        return self._engine.run(Request(SYSTEM, "accounts"), decide)

    # Who it is

    def actor_for(self, token: str) -> Actor | None:
        """Who signs in with a token, in its role and in those that are delegated to them today;
        None if it is not a valid one, or its person does not hold the role today."""
        if not token.startswith(PREFIX) or len(token) > LONGEST_TOKEN:
            return None
        for row in self._actors("of_token", {"hash": hash_of(token)}):
            if row["last_used_on"] != row["today"]:
                self._note_use(row)
            return _actor(row)
        return None

    def actor_of(self, account_id: UUID) -> Actor | None:
        """Somebody in all roles that they hold today, with those that are delegated to them; None
        for an account that is closed or not known."""
        for row in self._actors("of_account", {"id": account_id}):
            return _actor(row)
        return None

    def holders(self, roles: frozenset[Role]) -> list[tuple[str, Actor]]:
        """Who may have one of the roles today, with their names."""
        rows = self._actors("of_roles", {"roles": list(roles)})
        return [(row["name"], _actor(row)) for row in rows]

    def colleagues(self) -> list[Colleague]:
        """Everybody who holds a role today that takes steps on doti; by name."""
        values = {"roles": list(DELEGABLE), "today": self._engine.today()}
        return [
            Colleague(row["id"], row["name"], tuple(map(Role, row["roles"])), row["works_for"])
            for row in self._run("colleagues", values)
        ]

    def listed(self, account_id: UUID | None = None) -> list[Row]:
        """Accounts as they are administered (one, or all of them), by name: `id, name, email,
        works_for, created_at, closed_at, grants, last_used_on, second_factor, invited_until`."""
        now = self._engine.clock()
        return self._run("accounts", {"id": account_id, "now": now, "today": day_here(now)})

    def tokens_of(self, account_id: UUID, token_id: UUID | None = None) -> list[Row]:
        """Somebody's tokens (or one of them), the newest first; not themselves, but what they are
        for."""
        return self._run("tokens_of", {"account_id": account_id, "id": token_id})

    def names(self, account_ids: Iterable[UUID]) -> dict[UUID, str]:
        """The names of accounts, as far as they are known; the register itself is called doti."""
        ids = set(account_ids)
        itself = {SYSTEM_ID: "doti"} if SYSTEM_ID in ids else {}
        people = list(ids - {SYSTEM_ID})
        if not people:
            return itself
        return itself | {row["id"]: row["name"] for row in self._run("names", {"ids": people})}

    def _note_use(self, row: Row) -> None:
        """Once a day for each token. A database that only reads does without."""
        with suppress(ReadOnlySqlTransaction):
            self._run("note_use", {"id": row["token_id"], "today": row["today"]})

    def _actors(self, which: str, values: Mapping[str, object]) -> list[Row]:
        parts = (_SQL["live"], _SQL[which], _SQL["actors"])
        statement = self._database.qualified("\n".join(parts))
        return self._database.statement(statement, {**values, "today": self._engine.today()})

    def _run(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def new_token() -> str:
    """A token that is not known to the register yet."""
    return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def invitation_link(public_url: str | None, secret: str) -> str:
    """Where a password is chosen. Without an address of the register, its path alone."""
    return f"{public_url or ''}/invito/{secret}"


def hash_of(secret: str) -> bytes:
    """What the register keeps of a token or of a link."""
    return sha256(secret.encode()).digest()


def _actor(row: Row) -> Actor:
    conflicts: dict[UUID, set[UUID]] = defaultdict(set)
    for whose, what in row["conflicts"] or ():
        conflicts[UUID(whose)].add(UUID(what))
    delegated = (
        Grant(
            Role(role),
            partner,
            Delegation(UUID(by), works_for, max_cents, frozenset(conflicts[UUID(by)])),
        )
        for by, works_for, role, partner, max_cents in row["delegated"] or ()
    )
    account_id: UUID = row["account_id"]
    return Actor(
        account_id,
        (*_own(row["grants"] or ()), *delegated),
        row["works_for"],
        frozenset(conflicts[account_id]),
        read_only=row["read_only"],
        until=row["until"],
    )


def _own(grants: Iterable[Any]) -> tuple[Grant, ...]:
    """One's own roles. Who administers accounts does nothing else, whatever an older version let
    them have besides."""
    own = tuple(Grant(Role(role), partner) for role, partner in grants)
    return tuple(grant for grant in own if grant.role is Role.ADMIN) or own
