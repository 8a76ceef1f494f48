"""Payments of a dote: ordered, authorised, cancelled, carried out, returned; and their batches."""

from datetime import timedelta

import pytest

from domain import payee, payment_batch
from domain.actors import Role
from domain.errors import (
    AmountTooHigh,
    AuthorisedByAnother,
    BatchDone,
    BatchState,
    ConfirmedByAnother,
    DateInTheFuture,
    DateInThePast,
    DelegationTooSmall,
    ExecutionTooFar,
    MoneyIsOrdered,
    NotForABank,
    NotFound,
    NothingOrdered,
    NothingToConfirm,
    NothingToOrder,
    PaymentNotAuthorised,
    PaymentNotOpen,
    SegregationOfDuties,
    TrancheNotDue,
    WrongStream,
)
from domain.events.dote import (
    DoteDisbursed,
    DoteEvent,
    PaymentAuthorised,
    PaymentCancelled,
    PaymentOrdered,
)
from domain.events.payment_batch import BatchPayment, Method
from domain.ledger import postings
from domain.lifecycle import Action, Duty, State
from domain.paying import payment_id
from domain.payment_batch import MOST_DAYS_AHEAD
from domain.permissions import offer
from domain.privacy import Private
from tests.domain.commands import Command, ratify, revoke, withdraw
from tests.domain.facts import approved, assessed, disbursed, requested, returned, tranche
from tests.domain.facts_paid import (
    batch_authorised,
    batch_cancelled,
    batch_exported,
    batch_prepared,
    iban_changed,
    iban_confirmed,
    iban_dismissed,
    kept_back,
    let_go,
    ordered,
    payee_registered,
)
from tests.domain.money_commands import cancel, disburse, execute, order
from tests.domain.money_commands import let_go as authorise
from tests.spec import (
    APPROVER,
    BATCH,
    COORDINATOR,
    DOTE,
    FINANCE,
    FINANCE_2,
    HOUSEHOLD,
    LINE,
    NOW,
    TODAY,
    a_case,
    actor,
    days_after,
    delegate,
    given,
    ident,
    private,
    stamp,
)

UNPAID: tuple[DoteEvent, ...] = (assessed(), approved(30_000))
ORDERED: tuple[DoteEvent, ...] = (*UNPAID, ordered())
READY: tuple[DoteEvent, ...] = (*ORDERED, let_go())
PLANNED: tuple[DoteEvent, ...] = (
    assessed(),
    approved(30_000, tranches=(tranche(10_000), tranche(20_000, days=30))),
)


# Ordering


def test_all_that_can_be_paid_is_ordered() -> None:
    dote = (
        given(requested(), *UNPAID)
        .when(order())
        .then(
            PaymentOrdered, line=LINE, n=1, amount_cents=30_000, batch_id=BATCH, payee_id=HOUSEHOLD
        )
    )
    assert dote.state is State.APPROVED
    assert (dote.ordered_cents, dote.committed_cents, dote.disbursed_cents) == (30_000, 30_000, 0)
    assert dote.people[Duty.PAY] == {FINANCE.account_id}


def test_an_order_moves_nothing_of_the_ledger() -> None:
    for event in (ordered(), let_go(), kept_back()):
        assert postings(event) == ()


def test_a_part_is_ordered_and_then_the_rest() -> None:
    dote = (
        given(requested(), *UNPAID, ordered(10_000))
        .when(order())
        .then(PaymentOrdered, n=2, amount_cents=20_000)
    )
    assert dote.ordered_cents == 30_000


def test_a_number_is_used_once_also_by_what_was_paid_without_an_order() -> None:
    by_hand = (*UNPAID, disbursed(10_000, last=False))
    given(requested(), *by_hand).when(order()).then(PaymentOrdered, n=2)
    given(requested(), *by_hand, returned(10_000)).when(order()).then(PaymentOrdered, n=2)
    given(requested(), *by_hand, ordered(5_000, n=2)).when(order()).then(PaymentOrdered, n=3)


def test_no_more_is_ordered_than_is_left() -> None:
    given(requested(), *UNPAID, ordered(10_000)).when(order(20_001)).then_refused(
        AmountTooHigh, field="amount_cents", left_cents=20_000
    )
    given(requested(), *ORDERED).when(order(1)).then_refused(MoneyIsOrdered, ordered_cents=30_000)


def test_a_planned_tranche_is_ordered_for_its_day() -> None:
    given(requested(), *PLANNED).when(order()).then(PaymentOrdered, amount_cents=10_000)
    given(requested(), *PLANNED).when(order(10_001)).then_refused(
        TrancheNotDue, payable_cents=10_000, due=days_after(30).isoformat()
    )
    given(requested(), *PLANNED, ordered(10_000)).when(order()).then_refused(
        NothingToOrder, number="2026-0001"
    )
    given(requested(), *PLANNED, ordered(10_000)).when(order(on=days_after(30))).then(
        PaymentOrdered, n=2, amount_cents=20_000
    )


def test_money_that_is_ordered_is_not_paid_by_hand() -> None:
    given(requested(), *ORDERED).when(disburse(30_000)).then_refused(
        MoneyIsOrdered, ordered_cents=30_000
    )
    half = given(requested(), *UNPAID, ordered(10_000))
    half.when(disburse(20_001)).then_refused(MoneyIsOrdered, ordered_cents=10_000)
    half.when(disburse(30_001)).then_refused(AmountTooHigh, left_cents=20_000)
    dote = half.when(disburse(20_000)).then(DoteDisbursed, last=False, payment_n=None)
    assert (dote.state, dote.ordered_cents) == (State.APPROVED, 10_000)


def test_it_is_told_beforehand_that_the_money_is_ordered() -> None:
    whole = a_case(given(requested(), *ORDERED).state)
    assert isinstance(offer(whole, Action.DISBURSE, FINANCE_2), MoneyIsOrdered)
    part = a_case(given(requested(), *UNPAID, ordered(10_000)).state)
    assert offer(part, Action.DISBURSE, FINANCE_2) is None


@pytest.mark.parametrize("command", [revoke(by=COORDINATOR), withdraw()])
def test_what_is_ordered_is_not_given_up(command: Command) -> None:
    given(requested(), *READY).when(command).then_refused(MoneyIsOrdered, ordered_cents=30_000)


def test_a_cancelled_payment_frees_its_money_and_keeps_its_number() -> None:
    dote = (
        given(requested(), *READY)
        .when(cancel())
        .then(PaymentCancelled, n=1, amount_cents=30_000, batch_id=BATCH)
    )
    assert (dote.ordered_cents, dote.payments[0].state) == (0, "cancelled")
    given(requested(), *ORDERED, kept_back()).when(order()).then(PaymentOrdered, n=2)
    given(requested(), *ORDERED, kept_back()).when(revoke(by=COORDINATOR))
    given(requested(), *UNPAID).when(cancel()).then_refused(NothingOrdered)


# Authorising


def test_a_second_person_lets_it_go() -> None:
    dote = (
        given(requested(), *ORDERED)
        .when(authorise(by=FINANCE_2))
        .then(PaymentAuthorised, n=1, batch_id=BATCH)
    )
    assert dote.payments[0].state == "authorised"
    assert dote.people[Duty.PAY] == {FINANCE.account_id, FINANCE_2.account_id}


def test_who_approved_does_not_let_it_go() -> None:
    both = actor(0xA05, Role.FINANCE)
    assert both.account_id == APPROVER.account_id
    given(requested(), *ORDERED).when(authorise(by=both)).then_refused(
        SegregationOfDuties, action="authorise_payment"
    )


def test_who_let_it_go_does_not_ratify() -> None:
    urgent = (assessed(), approved(30_000, to_ratify=True), ordered(), let_go(by=COORDINATOR))
    given(requested(), *urgent).when(ratify(by=COORDINATOR)).then_refused(SegregationOfDuties)


def test_a_delegate_lets_go_as_much_as_they_are_trusted_with() -> None:
    small = delegate(0xB01, FINANCE_2, Role.FINANCE, max_cents=29_999)
    given(requested(), *UNPAID).when(order(by=small)).then_refused(DelegationTooSmall)
    given(requested(), *ORDERED).when(authorise(by=small)).then_refused(DelegationTooSmall)


def test_what_is_done_is_not_done_again() -> None:
    given(requested(), *UNPAID, ordered(10_000)).when(authorise(2)).then_refused(NotFound)
    twice = given(requested(), *ORDERED, kept_back(), ordered(n=2))
    twice.when(authorise(1)).then_refused(PaymentNotOpen, n=1, payment_state="cancelled")
    twice.when(cancel(1)).then_refused(PaymentNotOpen, n=1, payment_state="cancelled")


# Carrying out


def test_an_authorised_payment_goes_out_wholly() -> None:
    proof = ident(0xBA)
    dote = (
        given(requested(), *READY)
        .when(execute(proof=proof))
        .then(
            DoteDisbursed,
            n=1,
            amount_cents=30_000,
            payment_n=1,
            proof=proof,
            last=True,
            reference=None,
        )
    )
    assert (dote.state, dote.ordered_cents) == (State.DISBURSED, 0)
    assert dote.payments[0].state == "executed"
    assert (dote.disbursements[0].payment_n, dote.disbursements[0].proof) == (1, proof)


def test_what_proves_it_may_be_a_person_s_word() -> None:
    given(requested(), *READY).when(execute(reference="TRN 1")).then(
        DoteDisbursed, reference=private("TRN 1"), proof=None
    )


def test_a_part_that_goes_out_leaves_the_rest() -> None:
    ready = (*UNPAID, ordered(10_000), let_go(), ordered(20_000, n=2))
    dote = given(requested(), *ready).when(execute()).then(DoteDisbursed, last=False)
    assert (dote.state, dote.ordered_cents) == (State.APPROVED, 20_000)


def test_nothing_goes_out_before_its_day_or_unauthorised() -> None:
    given(requested(), *ORDERED).when(execute()).then_refused(PaymentNotAuthorised, n=1)
    given(requested(), *READY).when(execute(value_date=days_after(2))).then_refused(
        DateInTheFuture, field="value_date"
    )
    given(requested(), *READY).when(execute(2)).then_refused(NotFound)


def test_a_returned_payment_is_ordered_anew_under_another_number() -> None:
    back = (*READY, disbursed(payment_n=1), returned())
    dote = given(requested(), *back).when(order()).then(PaymentOrdered, n=2, amount_cents=30_000)
    assert [each.state for each in dote.payments] == ["returned", "ordered"]
    assert payment_id(dote.number, 2) == "2026-0001-2"


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
