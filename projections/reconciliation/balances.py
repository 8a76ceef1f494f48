"""What stands on the bank's accounts: as its statements tell, and as their lines come to."""

from dataclasses import dataclass
from datetime import date

from domain.days import Month, last_day_of
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.reconciliation", "balances")


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """An account when a month ended. `reaches_to`: the last day of which statements tell;
    `bank_cents`: what they say that stood there, None where none says it; `register_cents`: what
    all lines come to."""

    account: str
    reaches_to: date | None
    bank_cents: int | None
    register_cents: int

    @property
    def difference_cents(self) -> int:
        """Not 0: a statement is missing."""
        return 0 if self.bank_cents is None else self.bank_cents - self.register_cents


@dataclass(frozen=True, slots=True)
class OpenLines:
    """So many open lines, and what is open of them together."""

    lines: int
    cents: int


def newest(tx: Tx) -> dict[str, int]:
    """What each account closed with, as the bank says."""
    return {row["account"]: row["closing_cents"] for row in tx.execute(_SQL["newest"])}


def month_ends(tx: Tx, month: Month) -> list[MonthEnd]:
    """Each account at the end of a month, by all that is known by now."""
    rows = tx.execute(_SQL["month_ends"], {"upto": last_day_of(month)})
    return [MonthEnd(**row) for row in rows]


def open_total(tx: Tx) -> int:
    """What all open lines come to."""
    [row] = tx.execute(_SQL["open_total"])
    return int(row["cents"])


def open_upto(tx: Tx, upto: date) -> OpenLines:
    """What of the lines that were booked up to a day is open."""
    [row] = tx.execute(_SQL["open_upto"], {"upto": upto})
    return OpenLines(**row)
