"""Taking back what was recorded of money and never happened."""

from domain import undoing
from domain.errors import (
    AmountTooHigh,
    BudgetExceeded,
    DisbursementAlreadyReturned,
    MoneyIsOrdered,
    NotFound,
    NotReturned,
    PaymentIsDocumented,
)
from domain.events.dote import DisbursementUndone, RefundUndone, ReturnUndone
from domain.lifecycle import State
from tests.domain.facts import (
    approved,
    assessed,
    disbursed,
    refund_undone,
    refunded,
    requested,
    returned,
    revoked,
    undone,
)
from tests.domain.facts_of_receipts import accepted, submitted
from tests.domain.facts_paid import kept_back, let_go, ordered
from tests.spec import FINANCE, given, position, stamp

BY = stamp(FINANCE)
PAID = (requested(), assessed(), approved(30_000), disbursed(30_000))
IN_TWO = (
    requested(),
    assessed(),
    approved(30_000),
    disbursed(10_000, last=False),
    disbursed(20_000, n=2),
)


def test_a_payment_that_was_none_is_committed_again() -> None:
    dote = (
        given(*PAID)
        .when(lambda dote: undoing.undo_disbursement(dote, BY, 1))
        .then(DisbursementUndone, n=1, amount_cents=30_000, restores="committed")
    )
    assert (dote.state, dote.disbursed_cents, dote.committed_cents) == (State.APPROVED, 0, 30_000)
    assert dote.disbursements[0].state == "undone"


def test_on_a_revoked_dote_the_money_is_available_again() -> None:
    half = (requested(), assessed(), approved(30_000), disbursed(10_000, last=False))
    dote = (
        given(*half, revoked(20_000))
        .when(lambda dote: undoing.undo_disbursement(dote, BY, 1))
        .then(DisbursementUndone, restores="available")
    )
    assert (dote.state, dote.disbursed_cents) == (State.REVOKED, 0)


def test_what_receipts_rest_on_stays_paid() -> None:
    given(*PAID, submitted(30_000), accepted(30_000)).when(
        lambda dote: undoing.undo_disbursement(dote, BY, 1)
    ).then_refused(PaymentIsDocumented, n=1, left_cents=0)
    given(*PAID, refunded(1)).when(
        lambda dote: undoing.undo_disbursement(dote, BY, 1)
    ).then_refused(PaymentIsDocumented, left_cents=29_999)


def test_a_payment_is_undone_once_and_only_where_there_is_one() -> None:
    given(*PAID, undone(30_000)).when(
        lambda dote: undoing.undo_disbursement(dote, BY, 1)
    ).then_refused(DisbursementAlreadyReturned, n=1)
    given(*PAID).when(lambda dote: undoing.undo_disbursement(dote, BY, 2)).then_refused(NotFound)


def test_a_return_that_was_none_is_paid_again() -> None:
    dote = (
        given(*IN_TWO, returned(20_000, n=2))
        .when(lambda dote: undoing.undo_return(dote, BY, 2))
        .then(ReturnUndone, n=2, amount_cents=20_000, last=True)
    )
    assert (dote.state, dote.disbursed_cents) == (State.DISBURSED, 30_000)
    dote = (
        given(*IN_TWO, returned(20_000, n=2), returned(10_000, n=1))
        .when(lambda dote: undoing.undo_return(dote, BY, 1))
        .then(ReturnUndone, last=False)
    )
    assert dote.state is State.APPROVED


def test_a_return_stays_where_its_money_went_out_again_or_nothing_came_back() -> None:
    given(*PAID, returned(30_000), disbursed(20_000, n=2, last=False)).when(
        lambda dote: undoing.undo_return(dote, BY, 1)
    ).then_refused(AmountTooHigh, left_cents=10_000)
    given(*PAID).when(lambda dote: undoing.undo_return(dote, BY, 1)).then_refused(NotReturned, n=1)


def test_a_return_stays_where_its_money_stands_in_a_batch() -> None:
    again = (*PAID, returned(30_000), ordered(30_000, n=1))
    for events in (again, (*again, let_go())):
        given(*events).when(lambda dote: undoing.undo_return(dote, BY, 1)).then_refused(
            MoneyIsOrdered, ordered_cents=30_000
        )
    given(*again, kept_back()).when(lambda dote: undoing.undo_return(dote, BY, 1)).then(
        ReturnUndone, last=True
    )
    part = (*IN_TWO, returned(20_000, n=2), returned(10_000, n=1), ordered(20_000))
    given(*part).when(lambda dote: undoing.undo_return(dote, BY, 1)).then(ReturnUndone, last=False)


def test_a_refund_that_was_none_is_disbursed_again() -> None:
    dote = (
        given(*PAID, refunded(5_000))
        .when(lambda dote: undoing.undo_refund(dote, BY, 5_000, position(5_000)))
        .then(RefundUndone, amount_cents=5_000)
    )
    assert (dote.refunded_cents, dote.undocumented_cents) == (0, 30_000)


def test_a_refund_stays_where_the_line_has_spent_it_or_there_was_none() -> None:
    given(*PAID, refunded(5_000)).when(
        lambda dote: undoing.undo_refund(dote, BY, 5_000, position(4_999))
    ).then_refused(BudgetExceeded, available_cents=4_999)
    given(*PAID, refunded(5_000), refund_undone(5_000)).when(
        lambda dote: undoing.undo_refund(dote, BY, 1, position())
    ).then_refused(AmountTooHigh, left_cents=0)
