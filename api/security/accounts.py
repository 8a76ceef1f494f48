"""Accounts and their tokens. A token is shown once; the database keeps only its SHA-256.

A token has 256 random bits, so a plain hash is enough: there is nothing to guess it from.
"""

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import Field, TypeAdapter

from domain.actors import SYSTEM_ID, Actor, Grant, Role
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


def _known_as(name: str) -> str:
    """What a name comes to without case, forms of the same sign, and signs that nobody sees."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")


class Accounts:
    """Who may sign in to one register."""

    def __init__(self, database: Database, register: Register) -> None:
        self._database = database
        self._register = register

    def account_id(self, name: str) -> UUID:
        """The account with this name, made if there is none: same name, however it is spelt,
        same person.

        Raises pydantic's ValidationError for a name that is empty, too long or not printable.
        """
        clean = _NAME.validate_python(unicodedata.normalize("NFC", " ".join(name.split())))
        known_as = _known_as(clean)
        self._run("insert_account", {"id": uuid4(), "name": clean, "known_as": known_as})
        found: UUID = self._run("account_by_name", {"known_as": known_as})[0]["id"]
        return found

    def create_token(self, name: str, role: Role, partner: str | None = None) -> str:
        """A new token for the person with this name, to act in a role.

        Separation of duties looks at the person: two tokens of one name are the same one. Raises
        `PartnerNeeded`, `PartnerNotPossible`, and `UnknownCode` for a partner that does not take
        part in the programme.
        """
        if role in PARTNER_NEEDED and partner is None:
            raise PartnerNeeded
        if partner is not None:
            if role not in PARTNER_POSSIBLE:
                raise PartnerNotPossible(role)
            self._register.programme().partner(partner)
        token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        values = {"account_id": self.account_id(name), "role": role, "partner": partner}
        self._run("insert_token", {"hash": _hash(token), **values})
        return token

    def revoke_token(self, token: str) -> bool:
        """Ends a token; False if there was none to end."""
        return bool(self._run("revoke_token", {"hash": _hash(token)}))

    def actor_for(self, token: str) -> Actor | None:
        """Who signs in with a token, in its role; None if it is not a valid one."""
        if not token.startswith(PREFIX) or len(token) > LONGEST_TOKEN:
            return None
        for row in self._run("token", {"hash": _hash(token)}):
            return Actor(row["account_id"], (Grant(Role(row["role"]), row["partner"]),))
        return None

    def names(self, account_ids: Iterable[UUID]) -> dict[UUID, str]:
        """The names of accounts, as far as they are known; the register itself is called doti."""
        ids = set(account_ids)
        itself = {SYSTEM_ID: "doti"} if SYSTEM_ID in ids else {}
        people = list(ids - {SYSTEM_ID})
        if not people:
            return itself
        return itself | {row["id"]: row["name"] for row in self._run("names", {"ids": people})}

    def _run(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
