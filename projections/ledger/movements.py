"""Asks the ledger for what moved: the newest first, what it comes to, and by month."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import LiteralString
from uuid import UUID

from domain.events.programme import BudgetTransferred
from domain.ledger import LINE_ACCOUNTS, Account
from projections.ledger.queries import Entry
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.ledger", "movements")
LAST = 2**63 - 1
POSTINGS_OF_AN_EVENT = 2
"""At the most: from one account to another."""

# Only the conditions that are asked for stand in the statement: each has its index.
_CONDITIONS: Mapping[str, LiteralString] = {
    "partners": "e.partner = ANY (%(partners)s)",
    "partner": "e.partner = %(partner)s",
    "category": "e.category = %(category)s",
    "dote_id": "e.dote_id = %(dote_id)s",
    "event_type": "e.event_type = %(event_type)s",
    "since": "e.log_index > %(since)s",
    "upto": "e.log_index <= %(upto)s",
}


@dataclass(frozen=True, slots=True)
class MovementsQuery:
    """Which postings: after one index of the log (`since`) and up to another (`upto`).

    `scope`: the partners that may be seen (None: all). `before`: the index of the last event seen.
    """

    scope: frozenset[str] | None
    partner: str | None = None
    category: str | None = None
    dote_id: UUID | None = None
    event_type: str | None = None
    since: int = 0
    upto: int = LAST
    before: int = LAST
    limit: int = 25


@dataclass(frozen=True, slots=True)
class Movement:
    """An event that moved money, with those of its postings that were asked for."""

    log_index: int
    postings: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """What came onto an account, and what went from it (not above 0)."""

    added_cents: int
    taken_cents: int
    events: int


@dataclass(frozen=True, slots=True)
class Year:
    """What each account held when a year began, and what it gained in each month of it."""

    opening: Mapping[Account, int]
    months: Mapping[int, Mapping[Account, int]]


def movements(tx: Tx, query: MovementsQuery) -> list[Movement]:
    """Up to `limit` events, the newest first."""
    values = {**_values(query), "limit": query.limit * POSTINGS_OF_AN_EVENT}
    rows = tx.execute(_statement("postings", query), values, prepare=False).fetchall()
    found = [
        Entry(**{**row, "partner": row["partner"] or None, "category": row["category"] or None})
        for row in rows
    ]
    events = groupby(found, key=lambda entry: entry.log_index)
    return [Movement(index, tuple(postings)) for index, postings in events][: query.limit]


def sums(tx: Tx, query: MovementsQuery) -> dict[Account, Sum]:
    """What all postings of a filter come to, by account."""
    name = "sums_of_kind" if _is_summed(query) else "sums"
    rows = tx.execute(_statement(name, query), _values(query), prepare=False)
    return {
        Account(row["account"]): Sum(row["added_cents"], row["taken_cents"], row["events"])
        for row in rows
    }


def year(
    tx: Tx,
    number: int,
    scope: frozenset[str] | None,
    partner: str | None = None,
    category: str | None = None,
) -> Year:
    """A year of the lines in scope, or of some of them."""
    values = {
        "first": date(number, 1, 1),
        "last": date(number, 12, 1),
        "partners": None if scope is None else sorted(scope),
        "partner": partner,
        "category": category,
    }
    opening = dict.fromkeys(LINE_ACCOUNTS, 0)
    months: dict[int, dict[Account, int]] = defaultdict(lambda: dict.fromkeys(LINE_ACCOUNTS, 0))
    for row in tx.execute(_SQL["months"], values):
        into = opening if row["month"] is None else months[row["month"].month]
        into[Account(row["account"])] += row["cents"]
    return Year(opening, dict(months))


def years(tx: Tx, scope: frozenset[str] | None) -> tuple[int, int] | None:
    """The first and the last year in which anything moved."""
    values = {"partners": None if scope is None else sorted(scope)}
    row = tx.execute(_SQL["years"], values).fetchone()
    return None if row is None or row["first"] is None else (row["first"], row["last"])


def _is_summed(query: MovementsQuery) -> bool:
    """Whether the sums are kept: all of one kind. A transfer may post on one account twice, and is
    one event there."""
    of_some_time = query.dote_id is not None or query.since or query.upto < LAST
    return query.event_type not in (None, BudgetTransferred.__name__) and not of_some_time


def _values(query: MovementsQuery) -> dict[str, object]:
    return {
        "partners": None if query.scope is None else sorted(query.scope),
        "partner": query.partner,
        "category": query.category,
        "dote_id": query.dote_id,
        "event_type": query.event_type,
        "since": query.since or None,
        "upto": query.upto if query.upto < LAST else None,
        "before": query.before,
    }


def _statement(name: str, query: MovementsQuery) -> LiteralString:
    """The statement with the conditions that the query has."""
    values = _values(query)
    asked = [text for key, text in _CONDITIONS.items() if values[key] is not None]
    return _SQL[name].replace("{filter}", " AND ".join(asked) or "true")
