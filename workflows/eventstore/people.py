"""Who may act for whom, and who is too near to somebody: what decisions look up."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from domain.account import DELEGABLE
from domain.errors import NotFound
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "people")


class People:
    """The tables of delegations and conflicts, within the current transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_active(self, account_id: UUID) -> bool:
        """Whether somebody can sign in, in a role that takes steps on doti."""
        return bool(self._run("who_is_active", {"id": account_id, "roles": list(DELEGABLE)}))

    def delegator(self, delegation_id: UUID) -> UUID:
        """The account whose delegation it is."""
        return self._owner("who_delegates", delegation_id)

    def declarer(self, conflict_id: UUID) -> UUID:
        """The account whose conflict it is."""
        return self._owner("who_declared", conflict_id)

    def is_too_near(self, account_ids: Iterable[UUID], tokens: Iterable[bytes]) -> bool:
        """Whether one of these people has declared a conflict with a payee of these tokens."""
        values = {"account_ids": list(account_ids), "tokens": list(tokens)}
        return bool(self._run("is_too_near", values)[0]["yes"])

    def _owner(self, statement: str, part_id: UUID) -> UUID:
        rows = self._run(statement, {"id": part_id})
        if not rows:
            raise NotFound
        owner: UUID = rows[0]["account_id"]
        return owner

    def _run(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)
