"""Asks the ledger: by partner, by category, by line, now or at any place of the log."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.ledger import LINE_ACCOUNTS, Account
from workflows.eventstore.database import Row, Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.ledger", "statements")


class Group(StrEnum):
    """What a row of the ledger stands for."""

    PARTNER = "partner"
    CATEGORY = "category"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What stands on one or several lines, in cents. None: summed over."""

    partner: str | None
    category: str | None
    available_cents: int
    committed_cents: int
    disbursed_cents: int
    documented_cents: int
    disallowed_cents: int

    @property
    def allocated_cents(self) -> int:
        """All that was put on it."""
        return (
            self.available_cents
            + self.committed_cents
            + self.disbursed_cents
            + self.documented_cents
            + self.disallowed_cents
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger at one place of the log. `funded_cents` and `unallocated_cents`: the programme's
    own accounts."""

    log_index: int
    rows: tuple[LedgerRow, ...]
    total: LedgerRow
    funded_cents: int
    unallocated_cents: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting and the event behind it. Partner and category are None on the programme's own
    accounts."""

    log_index: int
    nth: int
    partner: str | None
    category: str | None
    account: str
    cents: int
    balance_cents: int
    dote_id: UUID | None
    event_type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EntriesQuery:
    """Which postings. `after`: the place of the last one seen; `until` is exclusive."""

    scope: frozenset[str] | None
    partner: str | None = None
    category: str | None = None
    dote_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[int, int] = (0, -1)
    limit: int = 100


def ledger(
    tx: Tx,
    group: Group,
    log_index: int,
    scope: frozenset[str] | None = None,
    partner: str | None = None,
    category: str | None = None,
) -> Ledger:
    """The ledger as it stood at an index of the log, within the scope's partners (None: all).

    `partner`, `category`: of these lines only (the programme's own accounts are of none then).
    """
    values = {"log_index": log_index, "partner": partner, "category": category}
    # What stands now is read at once; what stood before is looked up for each account.
    rows = tx.execute(_SQL["balances_now"], values).fetchall()
    if not rows:
        rows = balances_at(tx, log_index, partner, category)
    own = {row["account"]: row["balance_cents"] for row in rows if not row["partner"]}
    lines = [row for row in rows if row["partner"] and (scope is None or row["partner"] in scope)]
    sums: dict[tuple[str | None, str | None], list[Row]] = defaultdict(list)
    for row in lines:
        sums[_key(group, row)].append(row)
    return Ledger(
        log_index=log_index,
        rows=tuple(_sum(key, sums[key]) for key in sorted(sums, key=str)),
        total=_sum((None, None), lines),
        funded_cents=-own.get(Account.FUNDING, 0),
        unallocated_cents=own.get(Account.UNALLOCATED, 0),
    )


def balances_at(
    tx: Tx, log_index: int, partner: str | None = None, category: str | None = None
) -> list[Row]:
    """Every account as it stood at an index of the log."""
    values = {"log_index": log_index, "partner": partner, "category": category}
    (mark,) = tx.execute(_SQL["mark_before"], values).fetchall()
    return tx.execute(_SQL["balances_at"], {**values, "mark": mark["log_index"]}).fetchall()


def entries(tx: Tx, query: EntriesQuery) -> list[Entry]:
    """Up to `limit` postings, in the order of the log."""
    values = {
        "partners": None if query.scope is None else sorted(query.scope),
        "partner": query.partner,
        "category": query.category,
        "dote_id": query.dote_id,
        "since": query.since,
        "until": query.until,
        "after_index": query.after[0],
        "after_nth": query.after[1],
        "limit": query.limit,
    }
    rows = tx.execute(_SQL["entries"], values).fetchall()
    return [
        Entry(**{**row, "partner": row["partner"] or None, "category": row["category"] or None})
        for row in rows
    ]


def _key(group: Group, row: Row) -> tuple[str | None, str | None]:
    partner = None if group is Group.CATEGORY else row["partner"]
    category = None if group is Group.PARTNER else row["category"]
    return partner, category


def _sum(key: tuple[str | None, str | None], rows: Iterable[Row]) -> LedgerRow:
    sums = dict.fromkeys(LINE_ACCOUNTS, 0)
    for row in rows:
        sums[Account(row["account"])] += row["balance_cents"]
    return LedgerRow(*key, *(sums[account] for account in LINE_ACCOUNTS))
