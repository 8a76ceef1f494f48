"""Asks the list of doti, and searches in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import LiteralString
from uuid import UUID

from domain.dote import Dote
from domain.lifecycle import State
from projections.doti.mine import MINE, Person, parameters
from projections.doti.snapshots import read
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "queries")
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a search: how a number begins or ends, and what else it may mean."""

    text: str
    households: tuple[UUID, ...] = ()
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which doti. `scope`: the partners that may be seen (None: all). `words`: all are found.

    `waiting_for`: only what waits for this person. `after`: the place of the last one seen.
    """

    scope: frozenset[str] | None
    state: State | None = None
    partner: str | None = None
    category: str | None = None
    item: str | None = None
    household_id: UUID | None = None
    words: tuple[Word, ...] = ()
    waiting_for: Person | None = None
    after: Place | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Doti, the newest first; `next_after` is None on the last page."""

    items: list[Dote]
    next_after: Place | None


def page(tx: Tx, query: PageQuery) -> Page:
    """One page of doti."""
    rows = tx.execute(_page(len(query.words)), _values(query), prepare=False)
    found = [read(row["snapshot"]) for row in rows]
    items = found[: query.limit]
    more = len(found) > query.limit
    return Page(items, (items[-1].created_at, items[-1].id) if more else None)


def _values(query: PageQuery) -> dict[str, object]:
    before_time, before_id = query.after or (None, None)
    values: dict[str, object] = {
        "partners": None if query.scope is None else sorted(query.scope),
        "state": query.state,
        "partner": query.partner,
        "category": query.category,
        "item": query.item,
        "household_id": query.household_id,
        "before_time": before_time,
        "before_id": before_id,
        "limit": query.limit + 1,
        **parameters(query.waiting_for),
    }
    for n, word in enumerate(query.words):
        values |= {
            f"begins_{n}": literal(word.text),
            f"ends_{n}": literal(word.text[::-1]),
            f"households_{n}": list(word.households),
            f"items_{n}": list(word.items),
            f"categories_{n}": list(word.categories),
            f"partners_{n}": list(word.partners),
        }
    return values


@cache
def _page(words: int) -> LiteralString:
    """The statement for a search of so many words; nothing but their numbers is put in."""
    each = "\n".join(_SQL["word"].replace("{n}", str(n)) for n in range(words))
    return _SQL["page"].replace("{mine}", MINE).replace("{words}", each)


def households(
    tx: Tx,
    text: str,
    tokens: list[bytes],
    scope: frozenset[str] | None,
    readable: frozenset[str] | None,
) -> tuple[UUID, ...]:
    """The households that a word names: by their number within `scope`, or as one of `tokens`
    within the partners whose persons may be read. None: all partners."""
    values: Mapping[str, object] = {
        "begins": literal(text),
        "ends": literal(text[::-1]),
        "tokens": tokens,
        "partners": None if scope is None else sorted(scope),
        "readable": None if readable is None else sorted(readable),
    }
    return tuple(row["id"] for row in tx.execute(_SQL["households"], values, prepare=False))


def numbers(tx: Tx, ids: Iterable[UUID], scope: frozenset[str] | None) -> dict[UUID, str]:
    """The numbers of doti, of those that may be seen."""
    values = {"ids": list(ids), "partners": None if scope is None else sorted(scope)}
    return {row["id"]: row["number"] for row in tx.execute(_SQL["numbers"], values)}


def numbered(tx: Tx, number: str, scope: frozenset[str] | None) -> UUID | None:
    """The dote of a number, if it may be seen."""
    values = {"number": number, "partners": None if scope is None else sorted(scope)}
    row = tx.execute(_SQL["numbered"], values).fetchone()
    return None if row is None else row["id"]


def literal(text: str) -> str:
    """As LIKE takes it: in capitals, as numbers are, and nothing in it a pattern."""
    return text.upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
