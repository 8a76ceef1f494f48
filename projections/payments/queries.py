"""Asks what is to be paid, what is on its way, what went out, and in which batches.

A payment is due until somebody orders it; ordered, then authorised; executed once it went out;
returned if it came back; or cancelled. All of it is for who pays for the whole programme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.events.payment_batch import Method
from domain.payment_states import PaymentState, StateOfBatch
from workflows.eventstore.database import Row, Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.payments", "queries")

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment. Of what is due, `n` and `id` are those that it would get if it was ordered now."""

    id: str
    dote_id: UUID
    number: str
    n: int
    state: PaymentState
    partner: str
    category: str
    item: str
    household_id: UUID
    payee_id: UUID
    amount_cents: int
    batch_id: UUID | None
    batch_number: str | None
    method: Method | None
    execution_date: date | None
    due_on: date | None
    since: datetime
    ordered_at: datetime | None
    executed_on: date | None
    disbursement_n: int | None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch; `executed`: how many of its payments went out."""

    id: UUID
    version: int
    number: str
    method: Method
    execution_date: date
    state: StateOfBatch
    payments: int
    total_cents: int
    prepared_at: datetime
    prepared_by: UUID
    authorised_at: datetime | None
    authorised_by: UUID | None
    exported_at: datetime | None
    executed: int


def payments(
    tx: Tx, states: Sequence[PaymentState], after: str | None = None, limit: int = 200
) -> list[PaymentRow]:
    """Payments in some states, in the order of their ids. `after`: the id of the last one seen."""
    values = {"states": list(states), "after": after, "limit": limit}
    return [payment(row) for row in tx.execute(_SQL["payments"], values)]


def of_batch(tx: Tx, batch_id: UUID) -> list[PaymentRow]:
    """The payments of a batch, whatever became of them."""
    values = {"batch_id": batch_id}
    return [payment(row) for row in tx.execute(_SQL["payments_of_batch"], values)]


def batches(
    tx: Tx, state: StateOfBatch | None = None, after: Place | None = None, limit: int = 50
) -> list[BatchRow]:
    """Batches, the newest first. `after`: the place of the last one seen."""
    after_at, after_id = after or (None, None)
    values = {"state": state, "after_at": after_at, "after_id": after_id, "limit": limit}
    return [_batch(row) for row in tx.execute(_SQL["batches"], values, prepare=False)]


def payment(row: Row) -> PaymentRow:
    """A row of the table, with the batch that it stands in."""
    method = None if row["method"] is None else Method(row["method"])
    return PaymentRow(**{**row, "state": PaymentState(row["state"]), "method": method})


def _batch(row: Row) -> BatchRow:
    told = {"state": StateOfBatch(row["state"]), "method": Method(row["method"])}
    return BatchRow(**{**row, **told})
