"""Writes the ledger from the log."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from domain.cash import NO_CASH, CashAccount, cash_postings
from domain.days import day_here
from domain.events.base import EVENT_TYPES
from domain.events.dote import DoteEvent
from domain.ledger import NO_POSTINGS, Posting, postings
from projections.base import Projection
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.ledger", "statements")
Key = tuple[str, str, str]
MARK_EVERY = 5_000
"""After so many events of the log all balances are kept: what stood at any place of it is what
was kept before and the postings since, however long the log is."""


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
    marks: dict[int, dict[Key, int]] = {}
    (last,) = tx.execute(_SQL["last_mark"]).fetchall()
    marked = last["log_index"]
    with tx.cursor().copy(_SQL["copy_entries"]) as copy:
        for logged in batch:
            if (due := mark_before(logged.log_index)) > marked:
                marks[due] = dict(balances)
                marked = due
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
    with tx.cursor().copy(_SQL["copy_marks"]) as copy:
        for log_index, stood in marks.items():
            for key, cents in stood.items():
                copy.write_row((log_index, *key, cents))
    rows = [(*key, balances[key]) for key in sorted(changed)]
    if rows:
        tx.cursor().executemany(_SQL["set_balance"], rows)
        added = [(*key, cents) for key, cents in sorted(months.items())]
        tx.cursor().executemany(_SQL["add_month"], added)
        moved = [(*key, *sums) for key, sums in sorted(kinds.items())]
        tx.cursor().executemany(_SQL["add_kind"], moved)
    _write_cash(tx, batch)


def _write_cash(tx: Tx, batch: Sequence[Logged]) -> None:
    """The same of the cash side, whose accounts may stand below zero."""
    moved = [(logged, cash_postings(logged.event)) for logged in batch]
    if not any(found for _, found in moved):
        return
    balances = {row["account"]: row["balance_cents"] for row in tx.execute(_SQL["cash"])}
    changed: set[CashAccount] = set()
    with tx.cursor().copy(_SQL["copy_cash"]) as copy:
        for logged, found in moved:
            for nth, posting in enumerate(found):
                account = posting.account
                balances[account] = balances.get(account, 0) + posting.cents
                changed.add(account)
                event = logged.event
                dote_id = event.originator_id if isinstance(event, DoteEvent) else None
                copy.write_row(
                    (
                        logged.log_index,
                        nth,
                        account,
                        posting.cents,
                        balances[account],
                        dote_id,
                        type(event).__name__,
                        event.at,
                    )
                )
    rows = [(account, balances[account]) for account in sorted(changed)]
    tx.cursor().executemany(_SQL["set_cash"], rows)


def mark_before(log_index: int) -> int:
    """The last place before an event at which balances are kept."""
    return (log_index - 1) // MARK_EVERY * MARK_EVERY


def month_of(at: datetime) -> date:
    """The first day of the month, as calendars show it here."""
    return day_here(at).replace(day=1)


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
    tables=(
        "ledger_entries",
        "ledger_balances",
        "ledger_marks",
        "ledger_months",
        "ledger_kinds",
        "cash_entries",
        "cash_balances",
    ),
    handles=frozenset(EVENT_TYPES.values()) - (NO_POSTINGS & NO_CASH),
    ignores=NO_POSTINGS & NO_CASH,
    write=write,
    version=5,
)
