"""Lists households, and finds them by their number or by a person of theirs."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import LiteralString
from uuid import UUID

from projections.doti.queries import literal
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "queries")
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class PersonWord:
    """A word of a search: how a number begins or ends, or tokens of a person."""

    text: str
    tokens: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class HouseholdQuery:
    """Which households. `scope`: the partners that may be seen (None: all); `readable`: those whose
    persons may be read. `words`: all are found. `after`: the place of the last one seen."""

    scope: frozenset[str] | None
    readable: frozenset[str]
    words: tuple[PersonWord, ...] = ()
    after: Place | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """Ids of households, the newest first; `next_after` is None on the last page."""

    items: list[UUID]
    next_after: Place | None


def with_number(tx: Tx, number: str, scope: frozenset[str] | None) -> UUID | None:
    """The household of this number, if it is there and within the scope."""
    found = _numbers(tx, [], number.strip().upper(), scope)
    return next(iter(found), None)


def numbers(tx: Tx, ids: list[UUID], scope: frozenset[str] | None) -> dict[UUID, str]:
    """The numbers of those that are within the scope."""
    return _numbers(tx, ids, None, scope)


def _numbers(
    tx: Tx, ids: list[UUID], number: str | None, scope: frozenset[str] | None
) -> dict[UUID, str]:
    partners = None if scope is None else sorted(scope)
    values: dict[str, object] = {"ids": ids, "number": number, "partners": partners}
    rows = tx.execute(_SQL["household_numbers"], values, prepare=False)
    return {row["id"]: row["number"] for row in rows}


def page(tx: Tx, query: HouseholdQuery) -> HouseholdPage:
    """One page of households."""
    before_time, before_id = query.after or (None, None)
    values: dict[str, object] = {
        "partners": None if query.scope is None else sorted(query.scope),
        "readable": sorted(query.readable),
        "before_time": before_time,
        "before_id": before_id,
        "limit": query.limit + 1,
    }
    for n, word in enumerate(query.words):
        values |= {
            f"begins_{n}": literal(word.text),
            f"ends_{n}": literal(word.text[::-1]),
            f"tokens_{n}": list(word.tokens),
        }
    found = tx.execute(_page(len(query.words)), values, prepare=False).fetchall()
    last = found[query.limit - 1] if len(found) > query.limit else None
    return HouseholdPage(
        [row["id"] for row in found[: query.limit]],
        None if last is None else (last["registered_at"], last["id"]),
    )


@cache
def _page(words: int) -> LiteralString:
    """The statement for a search of so many words; nothing but their numbers is put in."""
    each = "\n".join(_SQL["household_word"].replace("{n}", str(n)) for n in range(words))
    return _SQL["household_page"].replace("{words}", each)
