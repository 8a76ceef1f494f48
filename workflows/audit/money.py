"""Checks what decisions on money are made on: the positions must be what the events make of them.

Commands read budget lines and what households were granted from tables that are written together
with the events. These tables are not hashed; this computes them anew from the events.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from domain.events.base import EVENT_TYPES, Event
from domain.events.programme import BudgetLine
from domain.ledger import LINE_ACCOUNTS, NO_POSTINGS, PROGRAMME_ACCOUNTS, exposure_change, postings
from workflows.audit import differences as f
from workflows.audit.findings import Finding
from workflows.eventstore.database import Database, Tx
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import stored
from workflows.eventstore.statements import statements

_SQL = statements("workflows.audit", "money")
BATCH = 2_000
TIMEOUT_MS = 30 * 60 * 1000

Line = tuple[str, str]


def check_money(database: Database) -> Iterator[Finding]:
    """What stands otherwise in the tables than the events say, all as of one moment."""
    with database.transaction(one_snapshot=True, statement_timeout_ms=TIMEOUT_MS) as tx:
        lines: Counter[tuple[Line | None, str]] = Counter()
        granted: Counter[UUID] = Counter()
        for event in _money_events(tx):
            for posting in postings(event):
                lines[_name(posting.line), posting.account] += posting.cents
            change = exposure_change(event)
            if change is not None:
                granted[change.dote_id] += change.cents
        yield from _compare_lines(tx, lines)
        yield from _compare_grants(tx, granted)


def _name(line: BudgetLine | None) -> Line | None:
    return None if line is None else (line.partner, line.category)


def _money_events(tx: Tx) -> Iterator[Event]:
    moving = frozenset(EVENT_TYPES.values()) - NO_POSTINGS
    topics = [name for name, kind in EVENT_TYPES.items() if kind in moving]
    mapper = EventMapper()
    with tx.cursor(name="money_events") as cursor:
        cursor.itersize = BATCH
        for row in cursor.execute(_SQL["money_events"], {"topics": topics}):
            yield cast("Event", mapper.to_domain_event(stored(row)))


def _compare_lines(tx: Tx, made: Counter[tuple[Line | None, str]]) -> Iterator[Finding]:
    said: Counter[tuple[Line | None, str]] = Counter()
    for row in tx.execute(_SQL["lines"]):
        for account in LINE_ACCOUNTS:
            said[(row["partner"], row["category"]), account] = row[f"{account}_cents"]
    funds: dict[str, Any] = tx.execute(_SQL["funds"]).fetchone() or {}
    for account in PROGRAMME_ACCOUNTS:
        said[None, account] = funds.get(f"{account}_cents", 0)
    for place in sorted(made.keys() | said.keys(), key=str):
        if made[place] != said[place]:
            line, of = place
            where = " ".join(line) if line else "programme"
            yield f.PositionDiffers(where, str(of), said[place], made[place])


def _compare_grants(tx: Tx, made: Counter[UUID]) -> Iterator[Finding]:
    said = Counter({row["dote_id"]: row["cents"] for row in tx.execute(_SQL["grants"])})
    for dote_id in sorted(made.keys() | said.keys()):
        if made[dote_id] != said[dote_id]:
            yield f.GrantDiffers(str(dote_id), said[dote_id], made[dote_id])
