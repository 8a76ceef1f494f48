"""The trial balance: every account, of the budget and of the cash side, at one place of the log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.cash import CashAccount
from domain.ledger import Account
from projections.ledger.queries import balances_at
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.ledger", "statements")
LAST = (2**63 - 1, 0)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """What stands on each account: of the budget, those of all lines together, and of the cash
    side. Each half sums to zero, and so does the whole."""

    log_index: int
    budget: dict[Account, int]
    cash: dict[CashAccount, int]

    @property
    def sum_cents(self) -> int:
        """0, or the books are wrong."""
        return sum(self.budget.values()) + sum(self.cash.values())


@dataclass(frozen=True, slots=True)
class CashEntry:
    """A posting of the cash side, and the event behind it."""

    log_index: int
    nth: int
    account: str
    cents: int
    balance_cents: int
    dote_id: UUID | None
    event_type: str
    at: datetime


def trial_balance(tx: Tx, log_index: int) -> TrialBalance:
    """Every account as it stood at an index of the log; for who sees the whole programme."""
    budget = dict.fromkeys(Account, 0)
    for row in balances_at(tx, log_index):
        budget[Account(row["account"])] += row["balance_cents"]
    cash = dict.fromkeys(CashAccount, 0)
    for row in tx.execute(_SQL["cash_at"], {"log_index": log_index}):
        cash[CashAccount(row["account"])] = row["balance_cents"]
    return TrialBalance(log_index, budget, cash)


def cash_entries(
    tx: Tx, account: CashAccount | None, before: tuple[int, int] = LAST, limit: int = 100
) -> list[CashEntry]:
    """Up to `limit` postings of an account of the cash side, the newest first."""
    values = {
        "account": account,
        "before_index": before[0],
        "before_nth": before[1],
        "limit": limit,
    }
    return [CashEntry(**row) for row in tx.execute(_SQL["cash_entries"], values)]
