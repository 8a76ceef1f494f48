"""Which payments a line of the bank can be, with what they are found by."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.events.bank import MatchKind
from domain.payment_states import PaymentState
from domain.proposals import Candidate
from projections.payments.queries import PaymentRow, payments
from projections.reconciliation import queries
from projections.reconciliation.queries import ByHand
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.reconciliation", "statements")
_STATES = (
    PaymentState.DUE,
    PaymentState.AUTHORISED,
    PaymentState.EXECUTED,
    PaymentState.RETURNED,
)
_DUE = (PaymentState.DUE, PaymentState.AUTHORISED)
MOST = 20_000
"""So many payments are looked at."""

Shown = frozenset[tuple[UUID, int, MatchKind]]
Tokens = tuple[bytes | None, bytes | None]
_NONE: Tokens = (None, None)


@dataclass(frozen=True, slots=True)
class Named:
    """A payment by its id: of which dote, which one, what it comes to, and for what."""

    id: str
    dote_id: UUID
    amount_cents: int
    n: int
    by_hand: int | None
    category: str
    item: str


def candidates(tx: Tx) -> list[Candidate]:
    """All payments that a line can be, or that can come back."""
    ordered = payments(tx, _STATES, limit=MOST)
    loose = queries.by_hand(tx)
    ids = {row.payee_id for row in ordered} | {row.payee_id for row in loose if row.payee_id}
    tokens = queries.payee_tokens(tx, ids)
    shown = queries.shown(tx)
    return [
        *(_ordered(row, shown, tokens.get(row.payee_id, _NONE)) for row in ordered),
        *(_by_hand(row, shown, tokens.get(row.payee_id or row.dote_id, _NONE)) for row in loose),
    ]


def named(tx: Tx, ids: Iterable[str]) -> dict[str, Named]:
    """Payments by their ids; what is not known is left out."""
    rows = tx.execute(_SQL["named"], {"ids": list(ids)})
    return {row["id"]: Named(**row) for row in rows}


def _ordered(row: PaymentRow, shown: Shown, tokens: Tokens) -> Candidate:
    out = row.disbursement_n
    paid = out is not None and (row.dote_id, out, MatchKind.PAYMENT) in shown
    back = out is not None and (row.dote_id, out, MatchKind.RETURN) in shown
    return Candidate(
        row.id,
        row.number,
        row.amount_cents,
        is_open=row.state in _DUE or (row.state is PaymentState.EXECUTED and not paid),
        is_paid=row.state is PaymentState.EXECUTED
        or (row.state is PaymentState.RETURNED and not back),
        expected_on=row.executed_on or row.execution_date,
        batch=row.batch_number,
        name_token=tokens[0],
        iban_token=tokens[1],
    )


def _by_hand(row: ByHand, shown: Shown, tokens: Tokens) -> Candidate:
    paid = (row.dote_id, row.n, MatchKind.PAYMENT) in shown
    back = (row.dote_id, row.n, MatchKind.RETURN) in shown
    return Candidate(
        row.id,
        row.number,
        row.amount_cents,
        is_open=row.state == "executed" and not paid,
        is_paid=row.state == "executed" or not back,
        expected_on=row.value_date,
        name_token=tokens[0],
        iban_token=tokens[1],
    )
