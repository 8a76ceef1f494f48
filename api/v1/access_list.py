"""Asks the access log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.v1.people_schemas import Person
from api.wiring import Services
from domain.actors import Role
from workflows.eventstore.access_log import Access
from workflows.eventstore.database import Row, Tx
from workflows.eventstore.statements import statements

_SQL = statements("api.v1.sql", "accesses")


@dataclass(frozen=True, slots=True)
class AccessQuery:
    """Which lines: `since` and before `until`; `before`: the number of the last one seen."""

    account_id: UUID | None = None
    household_id: UUID | None = None
    what: Access | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class LookedOnDay:
    """How often a household was looked at on a day in a role."""

    day: date
    role: Role | None
    what: Access
    times: int


def lines(tx: Tx, query: AccessQuery) -> tuple[list[Row], int | None]:
    """Lines of the log, the newest first, and the number to go on from if there are more."""
    values = {
        "account_id": query.account_id,
        "household_id": query.household_id,
        "what": query.what,
        "since": query.since,
        "until": query.until,
        "before": query.before,
        "limit": query.limit + 1,
    }
    rows = tx.execute(_SQL["page"], values, prepare=False).fetchall()
    found = rows[: query.limit]
    return found, found[-1]["n"] if len(rows) > query.limit else None


def looked(services: Services, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Lines with who it was, by name."""
    kept = list(rows)
    names = services.accounts.names(row["account_id"] for row in kept if row["account_id"])
    return [_with_name(row, names) for row in kept]


def who_looked(tx: Tx, household_id: UUID) -> list[LookedOnDay]:
    """Who looked at a household, in clear, by day and role."""
    rows = tx.execute(_SQL["who_looked"], {"household_id": household_id})
    return [
        LookedOnDay(
            row["day"],
            None if row["role"] is None else Role(row["role"]),
            Access(row["what"]),
            row["times"],
        )
        for row in rows
    ]


def _with_name(row: Row, names: dict[UUID, str]) -> dict[str, Any]:
    account_id = row["account_id"]
    who = None if account_id is None else Person(id=account_id, name=names.get(account_id))
    return {name: value for name, value in row.items() if name != "account_id"} | {"who": who}
