"""Searches the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.journal", "queries")


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Which events: after one place of the log and up to another, the latter included."""

    upto: int
    after: int = 0
    topic: str | None = None
    account_id: UUID | None = None
    partner: str | None = None
    household_id: UUID | None = None
    dote_id: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Places:
    """Places of the log, the newest first; `next_upto` is where it goes on, None at the end."""

    indexes: tuple[int, ...]
    next_upto: int | None


def places(tx: Tx, query: JournalQuery) -> Places:
    """One page of the log. Events never change their place, so that pages are the same whatever
    comes in between."""
    values = {
        "after": query.after,
        "upto": query.upto,
        "topic": query.topic,
        "account_id": query.account_id,
        "partner": query.partner,
        "household_id": query.household_id,
        "dote_id": query.dote_id,
        "limit": query.limit + 1,
    }
    rows = tx.execute(_SQL["page"], values, prepare=False).fetchall()
    found = tuple(row["log_index"] for row in rows)
    shown = found[: query.limit]
    return Places(shown, shown[-1] - 1 if len(found) > query.limit else None)


@dataclass(frozen=True, slots=True)
class Named:
    """A dote, or a household; and whose it is."""

    id: UUID
    is_dote: bool
    household_id: UUID


def named(tx: Tx, number: str) -> Named | None:
    """Whatever has this number."""
    row = tx.execute(_SQL["named"], {"number": number.upper()}).fetchone()
    return (
        None
        if row is None
        else Named(row["stream_id"], row["dote_id"] is not None, row["household_id"])
    )


def numbers(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What doti and households are called."""
    rows = tx.execute(_SQL["numbers"], {"ids": list(set(ids))})
    return {row["stream_id"]: row["number"] for row in rows}


def of_household(tx: Tx, household_id: UUID, topics: list[str], upto: int) -> list[int]:
    """Where the log tells something of these kinds about a household, up to a place."""
    values = {"household_id": household_id, "topics": topics, "upto": upto}
    return [row["log_index"] for row in tx.execute(_SQL["of_household"], values)]
