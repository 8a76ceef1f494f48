"""Batches of payments, prepared by one and let go by another; and an IBAN that changes."""

from datetime import timedelta

import pytest

from domain import payee, payment_batch
from domain.actors import Role
from domain.errors import (
    AuthorisedByAnother,
    BatchDone,
    BatchState,
    ConfirmedByAnother,
    DateInThePast,
    ExecutionTooFar,
    NotForABank,
    NotFound,
    NothingToConfirm,
    WrongStream,
)
from domain.events.payment_batch import BatchPayment, Method
from domain.payment_batch import MOST_DAYS_AHEAD
from domain.privacy import Private
from tests.domain.facts_paid import (
    batch_authorised,
    batch_cancelled,
    batch_exported,
    batch_prepared,
    iban_changed,
    iban_confirmed,
    iban_dismissed,
    payee_registered,
)
from tests.spec import (
    BATCH,
    COORDINATOR,
    DOTE,
    FINANCE,
    FINANCE_2,
    NOW,
    TODAY,
    days_after,
    delegate,
    stamp,
)

# Batches


def prepared(*cents: int) -> payment_batch.PaymentBatch:
    return payment_batch.evolve(None, batch_prepared(*cents))


def refused(error: type[Exception]) -> "pytest.RaisesExc[Exception]":
    return pytest.raises(error)


def test_a_batch_adds_up_what_stands_in_it() -> None:
    payments = [BatchPayment(dote_id=DOTE, n=n, amount_cents=n * 100) for n in (1, 2)]
    event = payment_batch.prepare(
        stamp(FINANCE), BATCH, "D-2026-001", Method.VOUCHER, TODAY, payments
    )
    assert (event.total_cents, event.payments) == (300, tuple(payments))
    batch = payment_batch.evolve(None, event)
    assert (batch.state, batch.number, batch.doti) == ("prepared", "D-2026-001", [DOTE])
    assert batch.payment(DOTE, 2) == payments[1]
    with refused(NotFound):
        batch.payment(DOTE, 3)
    with refused(NotForABank):
        batch.check_for_a_bank()


def test_a_batch_is_for_a_day_that_comes() -> None:
    payment = BatchPayment(dote_id=DOTE, n=1, amount_cents=1)
    with refused(DateInThePast):
        payment_batch.prepare(
            stamp(FINANCE), BATCH, "D", Method.BANK_TRANSFER, days_after(-1), [payment]
        )
    for days in (0, MOST_DAYS_AHEAD):
        payment_batch.check_day(days_after(days), TODAY)
    with refused(ExecutionTooFar) as told:
        payment_batch.prepare(
            stamp(FINANCE),
            BATCH,
            "D",
            Method.BANK_TRANSFER,
            days_after(MOST_DAYS_AHEAD + 1),
            [payment],
        )
    assert days_after(MOST_DAYS_AHEAD).isoformat() in str(told.value)


def test_who_prepared_it_does_not_authorise_it() -> None:
    for who in (FINANCE, delegate(0xB02, FINANCE, Role.FINANCE)):
        with refused(AuthorisedByAnother):
            prepared().authorise(stamp(who))
    event = prepared().authorise(stamp(FINANCE_2))
    batch = payment_batch.evolve(prepared(), event)
    assert batch.state == "authorised"
    with refused(BatchState):
        batch.authorise(stamp(COORDINATOR))


def test_only_an_authorised_batch_is_exported_and_the_same_file_is_told_once() -> None:
    with refused(BatchState):
        prepared().export(stamp(FINANCE), "csv", "0" * 64)
    batch = payment_batch.evolve(prepared(), batch_authorised())
    first = batch.export(stamp(FINANCE), "csv", "0" * 64)
    assert first is not None
    batch = payment_batch.evolve(batch, first)
    assert batch.export(stamp(FINANCE), "csv", "0" * 64) is None
    assert batch.export(stamp(FINANCE), "csv", "1" * 64) is not None
    assert [export.format for export in batch.exports] == ["csv"]


def test_a_batch_is_cancelled_as_long_as_something_of_it_is_left() -> None:
    event = prepared().cancel(stamp(FINANCE), "twice", 1)
    assert event.reason == Private(FINANCE.account_id, "twice")
    with refused(BatchDone):
        prepared().cancel(stamp(FINANCE), "late", 0)
    cancelled = payment_batch.evolve(prepared(), event)
    for again in (
        lambda: cancelled.cancel(stamp(FINANCE), "again", 1),
        lambda: cancelled.authorise(stamp(FINANCE_2)),
        lambda: cancelled.export(stamp(FINANCE), "csv", "0" * 64),
    ):
        with refused(BatchState):
            again()


def test_a_batch_is_built_from_its_events() -> None:
    events = (batch_prepared(), batch_authorised(), batch_exported(), batch_cancelled())
    batch = payment_batch.project(None, events)
    assert batch is not None
    assert (batch.state, batch.version, len(batch.exports)) == ("cancelled", 4, 1)
    with refused(WrongStream):
        payment_batch.evolve(None, batch_authorised())
    with refused(WrongStream):
        payment_batch.evolve(batch, batch_prepared())


# Payees


def test_another_iban_holds_once_a_second_person_confirms_it() -> None:
    known = payee.evolve(None, payee_registered())
    assert not known.is_frozen
    changed = payee.evolve(known, iban_changed())
    assert changed.is_frozen
    assert changed.told == payee_registered()
    for who in (FINANCE, delegate(0xB02, FINANCE, Role.FINANCE)):
        with refused(ConfirmedByAnother):
            payee.confirm_iban(changed, stamp(who))
    event = payee.confirm_iban(changed, stamp(FINANCE_2, NOW + timedelta(hours=1)))
    confirmed = payee.evolve(changed, event)
    assert (confirmed.is_frozen, confirmed.told) == (False, iban_changed())
    assert confirmed.since == event.at


def test_a_wrong_iban_is_thrown_away() -> None:
    changed = payee.project(None, [payee_registered(), iban_changed()])
    assert changed is not None
    payee.dismiss_iban(changed, stamp(FINANCE))
    kept = payee.evolve(changed, iban_dismissed())
    assert (kept.is_frozen, kept.told) == (False, payee_registered())
    for decide in (payee.confirm_iban, payee.dismiss_iban):
        with refused(NothingToConfirm):
            decide(kept, stamp(FINANCE_2))
    with refused(WrongStream):
        payee.evolve(kept, iban_confirmed())


def test_the_newest_iban_is_the_one_to_confirm() -> None:
    again = iban_changed(3, by=FINANCE_2)
    known = payee.project(None, [payee_registered(), iban_changed(), again])
    assert known is not None
    assert known.waiting == again
    with refused(ConfirmedByAnother):
        payee.confirm_iban(known, stamp(FINANCE_2))
