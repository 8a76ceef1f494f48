"""Accounts and their tokens. A token is shown once; the database keeps only its SHA-256.

A token has 256 random bits, so a plain hash is enough: there is nothing to guess it from.
"""

import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import Field, TypeAdapter

from domain.account import DELEGABLE
from domain.actors import SYSTEM_ID, Actor, Delegation, Grant, Role
from domain.errors import DomainError
from domain.text import Label
from workflows.eventstore.database import Database, Row
from workflows.eventstore.register import Register
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "accounts")
_NAME = TypeAdapter[str](Annotated[Label, Field(max_length=100)])

PREFIX = "doti_"
TOKEN_BYTES = 32
LONGEST_TOKEN = 100

PARTNER_NEEDED = frozenset({Role.OPERATOR})
PARTNER_POSSIBLE = frozenset({Role.OPERATOR, Role.ASSESSOR, Role.APPROVER})


class PartnerNeeded(DomainError):
    """This role acts for one partner: name it."""


@dataclass(eq=False)
class PartnerNotPossible(DomainError):
    """This role acts for the whole programme ({role}): name no partner."""

    role: str


@dataclass(eq=False)
class UnknownPerson(DomainError):
    """Nobody is known here by the name {name}."""

    code = "not_found"
    name: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who takes part in the life of doti, in these roles."""

    id: UUID
    name: str
    roles: tuple[Role, ...]
    works_for: str | None


def _known_as(name: str) -> str:
    """What a name comes to without case, forms of the same sign, and signs that nobody sees."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")


class Accounts:
    """Who may sign in to one register."""

    def __init__(
        self,
        database: Database,
        register: Register,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._register = register
        self._clock = clock

    def account_id(self, name: str, works_for: str | None = None) -> UUID:
        """The account with this name, made if there is none: same name, however it is spelt,
        same person. `works_for`: their partner, if none is known yet.

        Raises pydantic's ValidationError for a name that is empty, too long or not printable.
        """
        clean = _NAME.validate_python(unicodedata.normalize("NFC", " ".join(name.split())))
        known_as = _known_as(clean)
        self._run("insert_account", {"id": uuid4(), "name": clean, "known_as": known_as})
        found: UUID = self._run("account_by_name", {"known_as": known_as})[0]["id"]
        if works_for is not None:
            self._run("begin_to_work_for", {"id": found, "partner": works_for})
        return found

    def set_works_for(self, name: str, partner: str) -> None:
        """Whom the person with this name works for, from now on.

        Raises `UnknownPerson`, and `UnknownCode` for a partner that does not take part.
        """
        self._register.programme().partner(partner, "works_for")
        rows = self._run("account_by_name", {"known_as": _known_as(" ".join(name.split()))})
        if not rows:
            raise UnknownPerson(name)
        self._run("works_for", {"id": rows[0]["id"], "partner": partner})

    def create_token(
        self, name: str, role: Role, partner: str | None = None, works_for: str | None = None
    ) -> str:
        """A new token for the person with this name, to act in a role.

        Separation of duties looks at the person: two tokens of one name are the same one. Whom
        they work for is as told, or else the partner of their first token that has one. Raises
        `PartnerNeeded`, `PartnerNotPossible`, and `UnknownCode` for a partner that does not take
        part in the programme.
        """
        if role in PARTNER_NEEDED and partner is None:
            raise PartnerNeeded
        if partner is not None:
            if role not in PARTNER_POSSIBLE:
                raise PartnerNotPossible(role)
            self._register.programme().partner(partner)
        if works_for is not None:
            self._register.programme().partner(works_for, "works_for")
        token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        account_id = self.account_id(name, works_for or partner)
        if works_for is not None:
            self._run("works_for", {"id": account_id, "partner": works_for})
        values = {"account_id": account_id, "role": role, "partner": partner}
        self._run("insert_token", {"hash": _hash(token), **values})
        return token

    def revoke_token(self, token: str) -> bool:
        """Ends a token; False if there was none to end."""
        return bool(self._run("revoke_token", {"hash": _hash(token)}))

    def actor_for(self, token: str) -> Actor | None:
        """Who signs in with a token, in its role and in those that are delegated to them today;
        None if it is not a valid one."""
        if not token.startswith(PREFIX) or len(token) > LONGEST_TOKEN:
            return None
        for row in self._actors("of_token", {"hash": _hash(token)}):
            return _actor(row)
        return None

    def actor_of(self, account_id: UUID) -> Actor | None:
        """Who signs in with a session, in all the roles that are granted to them today; None if
        the account is closed or not there."""
        values = {"account_id": account_id, "today": self._clock().date()}
        for row in self._run("actor_of", values):
            grants = tuple(Grant(Role(role), partner) for role, partner in row["grants"] or ())
            return Actor(account_id, grants, row["works_for"])
        return None

    def holders(self, roles: frozenset[Role]) -> list[tuple[str, Actor]]:
        """Who can sign in and may have one of the roles today, with their names."""
        rows = self._actors("of_roles", {"roles": list(roles)})
        return [(row["name"], _actor(row)) for row in rows]

    def colleagues(self) -> list[Colleague]:
        """Everybody who can sign in, in a role that takes steps on doti; by name."""
        rows = self._run("colleagues", {"roles": list(DELEGABLE)})
        return [
            Colleague(row["id"], row["name"], tuple(map(Role, row["roles"])), row["works_for"])
            for row in rows
        ]

    def names(self, account_ids: Iterable[UUID]) -> dict[UUID, str]:
        """The names of accounts, as far as they are known; the register itself is called doti."""
        ids = set(account_ids)
        itself = {SYSTEM_ID: "doti"} if SYSTEM_ID in ids else {}
        people = list(ids - {SYSTEM_ID})
        if not people:
            return itself
        return itself | {row["id"]: row["name"] for row in self._run("names", {"ids": people})}

    def _actors(self, which: str, values: Mapping[str, object]) -> list[Row]:
        statement = self._database.qualified(f"{_SQL['actors']}\n{_SQL[which]}")
        return self._database.statement(statement, {**values, "today": self._clock().date()})

    def _run(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


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
        (Grant(Role(row["role"]), row["partner"]), *delegated),
        row["works_for"],
        frozenset(conflicts[account_id]),
    )


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
