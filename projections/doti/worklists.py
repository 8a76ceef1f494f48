"""Asks whose turn it is: what waits for somebody, what waits for others, and for how long."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.actors import Role
from domain.dote import Dote
from domain.lifecycle import READERS, Action, Stage
from domain.turns import Why
from projections.doti.mine import MINE, Person, parameters
from projections.doti.snapshots import read
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "queries")
_WORKLIST, _COUNT_MINE, _ELSEWHERE = (
    _SQL[name].replace("{mine}", MINE) for name in ("worklist", "count_mine", "elsewhere")
)

Place = tuple[datetime | None, datetime, UUID, int]
"""Of a turn: due, since, its dote and its number there."""


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """What waits for a person; `whys`: for these reasons only; `after`: the place of the last one
    seen."""

    person: Person
    stage: Stage | None = None
    partner: str | None = None
    category: str | None = None
    whys: tuple[Why, ...] | None = None
    after: Place | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why somebody has to do something, since when and until when; `given` of `wanted` votes."""

    stage: Stage
    why: Why
    since: datetime
    due: datetime | None
    given: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Item:
    """What waits for a person, on which dote."""

    dote: Dote
    action: Action
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Page:
    """What is due first; `next_after` is None on the last page."""

    items: list[Item]
    next_after: Place | None


@dataclass(frozen=True, slots=True)
class Count:
    """How much waits for a person for one reason."""

    why: Why
    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Overview:
    """How many doti wait for a person, the oldest since when (None: none does), and why."""

    doti: int
    overdue: int
    oldest_since: datetime | None
    by_why: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What waits for others on a dote that a person had a part in."""

    dote: Dote
    roles: tuple[Role, ...]
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Ageing:
    """Doti of a partner at a stage, by how many whole days they have been there."""

    stage: Stage
    partner: str
    waiting: int
    overdue: int
    oldest_since: datetime
    to_7: int
    to_14: int
    to_30: int
    over_30: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """A dote about which somebody is to be told, and since when."""

    at: datetime
    dote_id: UUID


def worklist(tx: Tx, query: WorklistQuery) -> Page:
    """One page of what waits for a person."""
    due, since, dote_id, nth = query.after or (None, None, None, None)
    values = {
        **parameters(query.person),
        "stage": query.stage,
        "partner": query.partner,
        "category": query.category,
        "whys": None if query.whys is None else list(query.whys),
        "after_due": due,
        "after_since": since,
        "after_id": dote_id,
        "after_nth": nth,
        "limit": query.limit + 1,
    }
    rows = tx.execute(_WORKLIST, values, prepare=False).fetchall()
    shown = rows[: query.limit]
    items = [Item(read(row["snapshot"]), Action(row["action"]), _waiting(row)) for row in shown]
    if len(rows) <= query.limit:
        return Page(items, None)
    last = items[-1]
    return Page(items, (last.waiting.due, last.waiting.since, last.dote.id, shown[-1]["nth"]))


def overview(tx: Tx, person: Person) -> Overview:
    """How much waits for a person: all together, and by reason."""
    rows = tx.execute(_COUNT_MINE, parameters(person), prepare=False).fetchall()
    (total,) = [row for row in rows if row["why"] is None]
    by_why = tuple(
        Count(Why(row["why"]), row["waiting"], row["overdue"])
        for row in rows
        if row["why"] is not None
    )
    return Overview(total["doti"], total["overdue"], total["oldest_since"], by_why)


def elsewhere(tx: Tx, person: Person, limit: int) -> list[Elsewhere]:
    """What waits for others on doti that a person had a part in and still may see."""
    scope = person.actor.scope(READERS)
    values = {
        **parameters(person),
        "person": person.actor.account_id,
        "partners": None if scope is None else sorted(scope),
        "limit": limit,
    }
    return [
        Elsewhere(read(row["snapshot"]), tuple(Role(r) for r in row["roles"]), _waiting(row))
        for row in tx.execute(_ELSEWHERE, values, prepare=False)
    ]


def ageing(tx: Tx, scope: frozenset[str] | None, now: datetime) -> list[Ageing]:
    """How long doti have been where they are; `scope`: of these partners (None: of all)."""
    values = {"partners": None if scope is None else sorted(scope), "now": now}
    rows = tx.execute(_SQL["ageing"], values)
    return [Ageing(**{**row, "stage": Stage(row["stage"])}) for row in rows]


def alarms(tx: Tx, now: datetime, after: Alarm | None, limit: int) -> list[Alarm]:
    """Up to `limit` doti about which somebody is to be told by `now`, the longest due first."""
    values = {
        "now": now,
        "after_at": after.at if after else None,
        "after_id": after.dote_id if after else None,
        "limit": limit,
    }
    rows = tx.execute(_SQL["alarms"], values, prepare=False)
    return [Alarm(row["next_alarm_at"], row["id"]) for row in rows]


def _waiting(row: dict[str, Any]) -> Waiting:
    return Waiting(
        Stage(row["stage"]),
        Why(row["why"]),
        row["since"],
        row["due"],
        row["given"],
        row["wanted"],
    )
