"""Money of a dote on its way out: ordered in a batch, authorised, cancelled, carried out; or paid
by hand, where nothing was ordered. Each function decides and returns the event that follows."""

from datetime import date
from uuid import UUID

from domain.dote import Dote, not_later
from domain.dote_parts import Payment
from domain.errors import (
    AmountTooHigh,
    MoneyIsOrdered,
    NotFound,
    NothingToOrder,
    PaymentNotAuthorised,
    PaymentNotOpen,
    TrancheNotDue,
)
from domain.events.base import Stamp
from domain.events.dote import (
    DoteDisbursed,
    PaymentAuthorised,
    PaymentCancelled,
    PaymentOrdered,
)
from domain.payment_states import PaymentState


def payment_id(number: str, n: int) -> str:
    """What a payment is called everywhere: by the register, by the bank, by who is paid."""
    return f"{number}-{n}"


def order(
    dote: Dote, stamp: Stamp, amount_cents: int | None, execution_date: date, batch_id: UUID
) -> PaymentOrdered:
    """A part of what was approved goes into a batch; None: all that can be paid on the day."""
    payable = dote.payable_cents(execution_date) - dote.ordered_cents
    if amount_cents is None:
        amount_cents = payable
    if amount_cents <= 0:
        raise NothingToOrder(dote.number)
    left = dote.committed_cents - dote.ordered_cents
    if amount_cents > left:
        raise AmountTooHigh("amount_cents", left)
    if amount_cents > payable:
        raise _not_due(dote, max(payable, 0), execution_date)
    if dote.payee is None:
        raise ValueError("an approved dote has a payee")
    return dote.then(
        PaymentOrdered,
        stamp,
        line=dote.line,
        n=dote.next_payment,
        amount_cents=amount_cents,
        batch_id=batch_id,
        payee_id=dote.payee.subject_id,
    )


def authorise(dote: Dote, stamp: Stamp, n: int) -> PaymentAuthorised:
    """A second person lets a payment go out."""
    payment = _open(dote, n)
    return dote.then(PaymentAuthorised, stamp, n=n, batch_id=payment.batch_id)


def cancel(dote: Dote, stamp: Stamp, n: int) -> PaymentCancelled:
    """A payment that has not gone out does not."""
    payment = _open(dote, n)
    return dote.then(
        PaymentCancelled,
        stamp,
        line=dote.line,
        n=n,
        amount_cents=payment.amount_cents,
        batch_id=payment.batch_id,
    )


def execute(
    dote: Dote,
    stamp: Stamp,
    n: int,
    value_date: date,
    method: str,
    *,
    reference: str | None = None,
    proof: UUID | None = None,
) -> DoteDisbursed:
    """An authorised payment went out, wholly. `proof`: the bank's line that says so; or else
    `reference`, as a person says it."""
    payment = _open(dote, n)
    if payment.state is not PaymentState.AUTHORISED:
        raise PaymentNotAuthorised(n)
    not_later(stamp, value_date, "value_date")
    return _disbursed(
        dote,
        stamp,
        amount_cents=payment.amount_cents,
        value_date=value_date,
        method=method,
        reference=dote.private(reference),
        payment_n=n,
        proof=proof,
    )


def disburse(
    dote: Dote,
    stamp: Stamp,
    amount_cents: int,
    value_date: date,
    method: str,
    reference: str | None,
    *,
    proof: UUID | None = None,
) -> DoteDisbursed:
    """Money went out by hand: all that is left of the approved amount and not ordered, or a part
    of it. `proof`: the bank's line that says so."""
    left = dote.committed_cents - dote.ordered_cents
    if amount_cents > left:
        raise (
            MoneyIsOrdered(dote.ordered_cents)
            if amount_cents <= dote.committed_cents
            else (AmountTooHigh("amount_cents", left))
        )
    not_later(stamp, value_date, "value_date")
    payable = max(dote.payable_cents(value_date) - dote.ordered_cents, 0)
    if amount_cents > payable:
        raise _not_due(dote, payable, value_date)
    return _disbursed(
        dote,
        stamp,
        amount_cents=amount_cents,
        value_date=value_date,
        method=method,
        reference=dote.private(reference),
        proof=proof,
    )


def _disbursed(dote: Dote, stamp: Stamp, *, amount_cents: int, **data: object) -> DoteDisbursed:
    return dote.then(
        DoteDisbursed,
        stamp,
        line=dote.line,
        n=len(dote.disbursements) + 1,
        amount_cents=amount_cents,
        last=amount_cents == dote.committed_cents,
        **data,
    )


def _open(dote: Dote, n: int) -> Payment:
    payment = next((known for known in dote.payments if known.n == n), None)
    if payment is None:
        raise NotFound
    if not payment.is_live:
        raise PaymentNotOpen(n, payment.state)
    return payment


def _not_due(dote: Dote, payable_cents: int, day: date) -> TrancheNotDue:
    days = (tranche.due for tranche in dote.tranches if tranche.due is not None)
    later = next(each for each in days if each > day)
    return TrancheNotDue("amount_cents", payable_cents, later.isoformat())
