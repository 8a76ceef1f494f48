"""Asks what is to be erased, and when."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.erasure import What
from domain.lifecycle import OPEN, State
from domain.retention import Retention
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.retention", "queries")

Place = tuple[date | None, UUID]


@dataclass(frozen=True, slots=True)
class PageQuery:
    """`today`: the list reaches as far from it as people are to be told beforehand. `adopted_on`:
    since when the times are these. `scope`: the partners that may be seen (None: all). `after`:
    the place of the last one seen."""

    today: date
    retention: Retention
    adopted_on: date | None = None
    scope: frozenset[str] | None = None
    after: Place | None = None
    limit: int = 50

    @property
    def horizon(self) -> date:
        """What is due on this day or before is in the list."""
        return self.today + timedelta(days=self.retention.notice_days)


@dataclass(frozen=True, slots=True)
class Entry:
    """A household that is to be erased, or its notes.

    Either somebody asked (`asked_at`, `asked_by`), or its time is over from `due_on` on; then
    `listed_on` is since when it stands here (None: it will from the next round on), and `on_day`
    the day on which it goes, if nobody holds it.
    """

    household_id: UUID
    number: str
    partner: str
    what: What
    due_on: date | None
    listed_on: date | None
    on_day: date | None
    held_until: date | None
    asked_at: datetime | None
    asked_by: UUID | None


@dataclass(frozen=True, slots=True)
class Page:
    """What was asked for first, then what goes first; `next_after` is None on the last page."""

    items: list[Entry]
    next_after: Place | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much stands in the list: whole households and social notes by time, and what somebody
    asked for. `more`: it is more than was counted."""

    households: int
    notes: int
    asked: int
    more: bool


def counts(tx: Tx, query: PageQuery, most: int = 10_000) -> Counts:
    """How much stands in the list, up to so many."""
    found = page(tx, replace(query, after=None, limit=most))
    by_time = [entry.what for entry in found.items if entry.asked_at is None]
    return Counts(
        households=by_time.count("household"),
        notes=by_time.count("notes"),
        asked=len(found.items) - len(by_time),
        more=found.next_after is not None,
    )


def page(tx: Tx, query: PageQuery) -> Page:
    """One page of the list."""
    after_day, after_id = query.after or (None, None)
    retention = query.retention
    values = {
        "notes_months": retention.notes_months,
        "accounting_years": retention.accounting_years,
        "notice_days": retention.notice_days,
        "today": query.today,
        "adopted_on": query.adopted_on,
        "horizon": query.horizon,
        "open": [*sorted(OPEN), State.DISBURSED],
        "partners": None if query.scope is None else sorted(query.scope),
        "after_day": after_day,
        "after_id": after_id,
        "limit": query.limit + 1,
    }
    found = [Entry(**row) for row in tx.execute(_SQL["page"], values, prepare=False)]
    items = found[: query.limit]
    more = len(found) > query.limit
    return Page(items, (items[-1].on_day, items[-1].household_id) if more else None)
