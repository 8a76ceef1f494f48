"""Asks the list of doti."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.dote import Dote
from domain.lifecycle import State
from projections.doti.projection import read
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "statements")
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn: what waits for one of these roles, and is not barred to this person."""

    account_id: UUID
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which doti. `scope`: the partners that may be seen (None: all). `number`: how it begins
    or ends.

    `after`: the place of the last one seen.
    """

    scope: frozenset[str] | None
    state: State | None = None
    partner: str | None = None
    category: str | None = None
    item: str | None = None
    household_id: UUID | None = None
    number: str | None = None
    turn: Turn | None = None
    after: Place | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Doti, the newest first; `next_after` is None on the last page."""

    items: list[Dote]
    next_after: Place | None


def page(tx: Tx, query: PageQuery) -> Page:
    """One page of doti."""
    before_time, before_id = query.after or (None, None)
    values = {
        "partners": None if query.scope is None else sorted(query.scope),
        "state": query.state,
        "partner": query.partner,
        "category": query.category,
        "item": query.item,
        "household_id": query.household_id,
        "begins": None if query.number is None else _literal(query.number),
        "ends": None if query.number is None else _literal(query.number[::-1]),
        "roles": None if query.turn is None else sorted(query.turn.roles),
        "person": None if query.turn is None else query.turn.account_id,
        "before_time": before_time,
        "before_id": before_id,
        "limit": query.limit + 1,
    }
    found = [read(row["snapshot"]) for row in tx.execute(_SQL["page"], values, prepare=False)]
    items = found[: query.limit]
    more = len(found) > query.limit
    return Page(items, (items[-1].created_at, items[-1].id) if more else None)


def _literal(text: str) -> str:
    """As LIKE takes it: in capitals, as numbers are, and nothing in it a pattern."""
    return text.upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
