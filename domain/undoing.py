"""What was recorded of money and never happened: a line of the bank was taken for another's.

Nothing is removed: an event says what the books say from now on. What was built upon it since
(receipts, another payment, money granted to somebody else) stays, and then the undoing is refused.
"""

from domain.dote import Dote
from domain.dote_parts import Disbursement
from domain.errors import (
    AmountTooHigh,
    BudgetExceeded,
    DisbursementAlreadyReturned,
    MoneyIsOrdered,
    NotFound,
    NotReturned,
    PaymentIsDocumented,
)
from domain.events import dote as events
from domain.events.base import Stamp
from domain.events.dote_values import LinePosition
from domain.lifecycle import State


def undo_disbursement(dote: Dote, stamp: Stamp, n: int) -> events.DisbursementUndone:
    """Tranche `n` was not paid; refused once receipts or refunds rest on it."""
    tranche = executed(dote, n)
    if tranche.amount_cents > dote.undocumented_cents:
        raise PaymentIsDocumented(n, dote.undocumented_cents)
    return dote.then(
        events.DisbursementUndone,
        stamp,
        line=dote.line,
        household_id=dote.household_id,
        n=n,
        amount_cents=tranche.amount_cents,
        restores="available" if dote.state is State.REVOKED else "committed",
    )


def executed(dote: Dote, n: int) -> Disbursement:
    """Tranche `n`, that is out and did not come back. Raises DisbursementAlreadyReturned."""
    tranche = _tranche(dote, n)
    if tranche.state != "executed":
        raise DisbursementAlreadyReturned(n)
    return tranche


def undo_return(dote: Dote, stamp: Stamp, n: int) -> events.ReturnUndone:
    """Tranche `n` did not bounce; refused where its money was paid or ordered again since."""
    tranche = _tranche(dote, n)
    if tranche.state != "returned":
        raise NotReturned(n)
    if tranche.amount_cents > dote.committed_cents:
        raise AmountTooHigh("n", dote.committed_cents)
    if tranche.amount_cents > dote.committed_cents - dote.ordered_cents:
        raise MoneyIsOrdered(dote.ordered_cents)
    return dote.then(
        events.ReturnUndone,
        stamp,
        line=dote.line,
        n=n,
        amount_cents=tranche.amount_cents,
        last=tranche.amount_cents == dote.committed_cents,
    )


def undo_refund(
    dote: Dote, stamp: Stamp, amount_cents: int, position: LinePosition
) -> events.RefundUndone:
    """Money that was taken for the payee's is not; refused where the line has spent it since."""
    if amount_cents > dote.refunded_cents:
        raise AmountTooHigh("amount_cents", dote.refunded_cents)
    if amount_cents > position.available_cents:
        line = dote.line
        raise BudgetExceeded(line.partner, line.category, position.available_cents)
    return dote.then(
        events.RefundUndone,
        stamp,
        line=dote.line,
        household_id=dote.household_id,
        amount_cents=amount_cents,
    )


def _tranche(dote: Dote, n: int) -> Disbursement:
    for known in dote.disbursements:
        if known.n == n:
            return known
    raise NotFound
