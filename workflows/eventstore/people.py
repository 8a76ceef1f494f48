"""Who is known, who may act for whom, and who is too near to somebody: what decisions look up."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from domain.account import DELEGABLE
from domain.errors import NotFound
from domain.text import known_as
from workflows.eventstore.blind_index import Token
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "people")


class People:
    """The tables of accounts, delegations and conflicts, within the current transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_active(self, account_id: UUID, today: date) -> bool:
        """Whether somebody can sign in today, in a role that takes steps on doti."""
        values = {"id": account_id, "roles": list(DELEGABLE), "today": today}
        return bool(self._run("who_is_active", values))

    def named(self, name: str) -> UUID | None:
        """The account with this name, however it is spelt."""
        return self._id("who_is_named", {"known_as": known_as(name)})

    def with_email(self, email: str) -> UUID | None:
        """The account that signs in with this address."""
        return self._id("who_has_email", {"email": email})

    def admins(self, today: date) -> frozenset[UUID]:
        """Who administers accounts today."""
        rows = self._run("who_administers", {"today": today})
        return frozenset(row["account_id"] for row in rows)

    def token_owner(self, token_id: UUID) -> UUID:
        """The account whose token it is."""
        return self._owner("whose_token", token_id)

    def token_with(self, hash_: bytes) -> UUID | None:
        """The id of the token with this hash."""
        return self._id("which_token", {"hash": hash_})

    def delegator(self, delegation_id: UUID) -> UUID:
        """The account whose delegation it is."""
        return self._owner("who_delegates", delegation_id)

    def declarer(self, conflict_id: UUID) -> UUID:
        """The account whose conflict it is."""
        return self._owner("who_declared", conflict_id)

    def too_near(self, found_by: Iterable[Token]) -> frozenset[UUID]:
        """Who has declared a conflict with a payee who is found by one of these tokens."""
        tokens = [token for _, token in found_by]
        if not tokens:
            return frozenset()
        rows = self._run("who_is_too_near", {"tokens": tokens})
        return frozenset(row["account_id"] for row in rows)

    def _id(self, statement: str, values: Mapping[str, object]) -> UUID | None:
        rows = self._run(statement, values)
        return rows[0]["id"] if rows else None

    def _owner(self, statement: str, part_id: UUID) -> UUID:
        rows = self._run(statement, {"id": part_id})
        if not rows:
            raise NotFound
        owner: UUID = rows[0]["account_id"]
        return owner

    def _run(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)
