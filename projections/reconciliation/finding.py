"""Finds payments for a line of the bank: near its amount, or by number or by who is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.payment_states import PaymentState
from projections.payments.queries import PaymentRow, payment
from workflows.eventstore.database import Row, Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.reconciliation", "finding")
MOST = 20
"""So many are offered at once; so many more may be chosen already."""
MOST_CHOSEN = 500
_WENT_OUT = (PaymentState.AUTHORISED, PaymentState.DUE)
_OPEN_FIRST = (*_WENT_OUT, PaymentState.EXECUTED)
_CAME_BACK = (PaymentState.EXECUTED, PaymentState.RETURNED)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for, for `cents` of a line (above zero for what came in): the doti of these
    `numbers`, or what is paid to these `payees`; where neither is told, what comes near."""

    cents: int
    numbers: tuple[str, ...] = ()
    payees: tuple[UUID, ...] = ()
    by_words: bool = False

    @property
    def states(self) -> tuple[PaymentState, ...]:
        """What a line of this sign can be: what is still open first."""
        return _CAME_BACK if self.cents > 0 else _OPEN_FIRST


def found(tx: Tx, sought: Sought) -> list[PaymentRow]:
    """What fits, the likeliest first."""
    if sought.by_words:
        return _named(tx, sought, numbers=sought.numbers, payees=sought.payees, limit=MOST)
    states = _CAME_BACK if sought.cents > 0 else _WENT_OUT
    values = {"states": list(states), "cents": abs(sought.cents), "limit": MOST}
    return [_payment(row) for row in tx.execute(_SQL["near"], values)]


def chosen(tx: Tx, sought: Sought, ids: Sequence[str]) -> list[PaymentRow]:
    """Those that were chosen already, by their ids."""
    return _named(tx, sought, ids=ids, limit=MOST_CHOSEN) if ids else []


def _named(
    tx: Tx,
    sought: Sought,
    *,
    limit: int,
    ids: Sequence[str] = (),
    numbers: Sequence[str] = (),
    payees: Sequence[UUID] = (),
) -> list[PaymentRow]:
    values = {
        "states": list(sought.states),
        "ids": list(ids),
        "of_ids": [each.partition("/")[0] for each in ids],
        "numbers": list(numbers),
        "payees": list(payees),
        "cents": abs(sought.cents),
        "limit": limit,
    }
    return [_payment(row) for row in tx.execute(_SQL["named"], values)]


def _payment(row: Row) -> PaymentRow:
    return payment({**row, "batch_number": None, "method": None, "execution_date": None})
