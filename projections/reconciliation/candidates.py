"""Which payments a line of the bank can be, with what they are found by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.events.bank import MatchKind
from domain.payment_states import PaymentState
from domain.proposals import Candidate, OpenLine
from domain.reconciliation import EARLY, LATE
from domain.references import is_batch
from projections.payments.queries import PaymentRow, payment
from projections.reconciliation import queries
from projections.reconciliation.queries import ByHand
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.reconciliation", "statements")
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


def candidates(tx: Tx, lines: Sequence[OpenLine]) -> list[Candidate]:
    """All payments that one of the lines can be, or that can have come back with one."""
    values = _sought(lines)
    ordered = [payment(row) for row in tx.execute(_SQL["candidates"], values, prepare=False)]
    loose = [ByHand(**row) for row in tx.execute(_SQL["by_hand"], values, prepare=False)]
    ids = {row.payee_id for row in ordered} | {row.payee_id for row in loose if row.payee_id}
    tokens = queries.payee_tokens(tx, ids)
    shown = queries.shown(tx, {row.dote_id for row in ordered} | {row.dote_id for row in loose})
    return [
        *(_ordered(row, shown, tokens.get(row.payee_id, _NONE)) for row in ordered),
        *(_by_hand(row, shown, tokens.get(row.payee_id or row.dote_id, _NONE)) for row in loose),
    ]


def _sought(lines: Sequence[OpenLine]) -> dict[str, object]:
    """By what the rules look for payments (domain.reconciliation): our numbers, the amount in time,
    the IBAN. What went out so long before the first line, or after the last, is none of them."""
    out = [line for line in lines if line.amount_cents < 0]
    back = [line for line in lines if line.amount_cents > 0]
    days = [line.booked_on for line in out] or [date.min + LATE]
    numbers = {
        name
        for line in lines
        for name in (
            line.end_to_end,
            *line.references,
            *(part.reference for part in line.parts),
        )
        if name is not None
    }
    return {
        "batches": sorted(filter(is_batch, numbers)),
        "numbers": sorted(numbers | {each.partition("/")[0] for each in numbers}),
        "out_cents": sorted({-line.amount_cents for line in out}),
        "back_cents": sorted({line.amount_cents for line in back}),
        "since": min(days) - LATE,
        "until": max(days) + EARLY,
        "ibans": sorted({line.iban_token for line in lines if line.iban_token is not None}),
        "limit": MOST,
    }


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
