"""Payments of a dote: ordered, authorised, cancelled, carried out, returned; and their batches."""

import pytest

from domain.actors import Role
from domain.errors import (
    AmountTooHigh,
    DateInTheFuture,
    DelegationTooSmall,
    MoneyIsOrdered,
    NotFound,
    NothingOrdered,
    NothingToOrder,
    PaymentNotAuthorised,
    PaymentNotOpen,
    SegregationOfDuties,
    TrancheNotDue,
)
from domain.events.dote import (
    DoteDisbursed,
    DoteEvent,
    PaymentAuthorised,
    PaymentCancelled,
    PaymentOrdered,
)
from domain.ledger import postings
from domain.lifecycle import Action, Duty, State
from domain.paying import payment_id
from domain.permissions import offer
from tests.domain.commands import Command, ratify, revoke, withdraw
from tests.domain.facts import approved, assessed, disbursed, requested, returned, tranche
from tests.domain.facts_paid import (
    kept_back,
    let_go,
    ordered,
)
from tests.domain.money_commands import cancel, disburse, execute, order
from tests.domain.money_commands import let_go as authorise
from tests.spec import (
    APPROVER,
    BATCH,
    COORDINATOR,
    FINANCE,
    FINANCE_2,
    HOUSEHOLD,
    LINE,
    a_case,
    actor,
    days_after,
    delegate,
    given,
    ident,
    private,
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
