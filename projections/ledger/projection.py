"""Writes the ledger from the log."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.events.base import EVENT_TYPES
from domain.events.dote import DoteEvent
from domain.ledger import NO_POSTINGS, Posting, postings
from projections.base import Projection
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.ledger", "statements")
Key = tuple[str, str, str]
_HERE = ZoneInfo("Europe/Rome")


class Overspent(ValueError):
    """An account of a budget line would go below zero: the log was altered, or a rule failed."""


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Posts a batch: the entries, and the balances that they lead to."""
    balances: dict[Key, int] = {}
    for row in tx.execute(_SQL["balances"]):
        balances[row["partner"], row["category"], row["account"]] = row["balance_cents"]
    changed: set[Key] = set()
    months: Counter[tuple[date, str, str, str]] = Counter()
    kinds: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    with tx.cursor().copy(_SQL["copy_entries"]) as copy:
        for logged in batch:
            for nth, posting in enumerate(postings(logged.event)):
                key = _key(posting)
                balances[key] = balances.get(key, 0) + posting.cents
                changed.add(key)
                months[month_of(logged.event.at), *key] += posting.cents
                kind = kinds[type(logged.event).__name__, *key]
                kind[0 if posting.cents > 0 else 1] += posting.cents
                kind[2] += 1
                if balances[key] < 0 and posting.line is not None:
                    raise Overspent(f"{' '.join(key)} would stand at {balances[key]} cents")
                copy.write_row(_entry(logged, nth, key, posting.cents, balances[key]))
    rows = [(*key, balances[key]) for key in sorted(changed)]
    if rows:
        tx.cursor().executemany(_SQL["set_balance"], rows)
        added = [(*key, cents) for key, cents in sorted(months.items())]
        tx.cursor().executemany(_SQL["add_month"], added)
        moved = [(*key, *sums) for key, sums in sorted(kinds.items())]
        tx.cursor().executemany(_SQL["add_kind"], moved)


def month_of(at: datetime) -> date:
    """The first day of the month, as calendars show it here."""
    return at.astimezone(_HERE).date().replace(day=1)


def _key(posting: Posting) -> Key:
    line = posting.line
    return (line.partner, line.category, posting.account) if line else ("", "", posting.account)


def _entry(logged: Logged, nth: int, key: Key, cents: int, balance: int) -> tuple[object, ...]:
    event = logged.event
    dote_id = event.originator_id if isinstance(event, DoteEvent) else None
    return (logged.log_index, nth, *key, cents, balance, dote_id, type(event).__name__, event.at)


LEDGER = Projection(
    name="ledger",
    package="projections.ledger",
    tables=("ledger_entries", "ledger_balances", "ledger_months", "ledger_kinds"),
    handles=frozenset(EVENT_TYPES.values()) - NO_POSTINGS,
    ignores=NO_POSTINGS,
    write=write,
    version=4,
)
