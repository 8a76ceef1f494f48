"""What is due, on its way and out: row by row as the log tells it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.actors import Actor, Role
from domain.days import day_here
from domain.events.dote import DoteEvent
from domain.payment_states import ON_THEIR_WAY, PaymentState, StateOfBatch
from projections.payments import due as due_now
from projections.payments import queries, reckoning
from projections.payments.reckoning import Plan
from tests.domain.facts import (
    approved,
    assessed,
    disbursed,
    ratification,
    requested,
    returned,
    revoked,
    tranche,
    voted,
)
from tests.domain.facts_paid import kept_back, let_go, ordered
from tests.register import TestRegister, person
from tests.spec import BATCH, HOUSEHOLD, days_after
from workflows import payments
from workflows.engine import Outcome
from workflows.payment_commands import CancelBatch, ExecutePayment, OrderPayment, PrepareBatch

TODAY = day_here(datetime.now(UTC))
TOMORROW = TODAY + timedelta(days=1)
CASH: dict[str, Any] = {"method": "cash_desk", "execution_date": TOMORROW}


def plan(*events: DoteEvent) -> Plan:
    found = reckoning.begun(requested())
    for event in events:
        found = reckoning.after(found, event)
    return found


def rows(*events: DoteEvent) -> list[tuple[object, ...]]:
    names = ("id", "state", "amount_cents")
    return [tuple(row[name] for name in names) for row in plan(*events).rows()]


def test_nothing_is_due_before_the_last_vote() -> None:
    assert rows() == rows(assessed()) == rows(assessed(), voted()) == []


def test_what_was_approved_is_due() -> None:
    assert rows(approved()) == [("2026-0001-1", "due", 30_000)]
    (row,) = plan(approved()).rows()
    assert (row["payee_id"], row["due_on"], row["n"]) == (HOUSEHOLD, None, 1)


def test_planned_tranches_are_due_on_their_days() -> None:
    planned = approved(tranches=(tranche(10_000), tranche(20_000, days=30)))
    assert [(row["amount_cents"], row["due_on"]) for row in plan(planned).rows()] == [
        (10_000, None),
        (20_000, days_after(30)),
    ]
    assert rows(planned, ordered(15_000)) == [
        ("2026-0001-1", "ordered", 15_000),
        ("2026-0001-2", "due", 15_000),
    ]


def test_the_way_of_a_payment() -> None:
    way: list[DoteEvent] = [approved(), ordered()]
    assert rows(*way) == [("2026-0001-1", "ordered", 30_000)]
    way.append(let_go())
    assert rows(*way) == [("2026-0001-1", "authorised", 30_000)]
    way.append(disbursed(payment_n=1))
    assert rows(*way) == [("2026-0001-1", "executed", 30_000)]
    (row,) = plan(*way).rows()
    assert (row["batch_id"], row["disbursement_n"]) == (BATCH, 1)
    way.append(returned())
    assert rows(*way) == [("2026-0001-1", "returned", 30_000), ("2026-0001-2", "due", 30_000)]


def test_a_cancelled_payment_is_due_again_under_the_next_number() -> None:
    assert rows(approved(), ordered(), kept_back()) == [
        ("2026-0001-1", "cancelled", 30_000),
        ("2026-0001-2", "due", 30_000),
    ]


def test_what_is_paid_by_hand_is_due_no_more_and_has_used_its_number_up() -> None:
    assert rows(approved(), disbursed(10_000, last=False)) == [("2026-0001-2", "due", 20_000)]
    assert rows(approved(), disbursed()) == []
    assert rows(approved(), disbursed(), returned()) == [("2026-0001-2", "due", 30_000)]


def test_nothing_is_due_of_what_was_given_up() -> None:
    assert rows(approved(), revoked()) == []
    assert rows(approved(to_ratify=True), ratification(ratified=False)) == []
    given_back = returned(restores="available")
    assert rows(approved(), disbursed(10_000, last=False), revoked(), given_back) == []


# On the log


def shown(register: TestRegister, *states: PaymentState) -> list[queries.PaymentRow]:
    register.settle()
    with register.database.transaction() as tx:
        return queries.payments(tx, states)


def test_payments_and_batches_from_the_log(programme: TestRegister) -> None:
    programme.allocate(1_000_000)
    doti = [programme.assessed(cents) for cents in (1_000, 2_000)]
    for dote_id, cents in zip(doti, (1_000, 2_000), strict=True):
        programme.approve(dote_id, cents)
    due = shown(programme, PaymentState.DUE)
    assert [row.amount_cents for row in due] == [1_000, 2_000]
    assert shown(programme, PaymentState.ORDERED) == []

    command = PrepareBatch(**CASH, payments=tuple(OrderPayment(dote_id=each) for each in doti))
    batch_id = run(programme, programme.people.finance, payments.prepare, command).stream_id
    with programme.database.transaction() as tx:
        assert queries.batches(tx) == []
    ordered_now = shown(programme, PaymentState.ORDERED)
    assert [(r.id, r.method, r.execution_date) for r in ordered_now] == [
        (row.id, "cash_desk", TOMORROW) for row in due
    ]
    assert {row.batch_number for row in ordered_now} == {f"D-{TODAY.year}-001"}

    boss = programme.people.coordinator
    programme.run(boss, lambda work: payments.authorise(work, batch_id))
    paid = ExecutePayment(value_date=TODAY, reference="ricevuta 1")
    programme.run(
        programme.people.finance,
        lambda work: payments.execute(work, batch_id, due[0].id, paid),
    )
    assert [row.id for row in shown(programme, PaymentState.EXECUTED)] == [due[0].id]
    with programme.database.transaction() as tx:
        assert [row.id for row in queries.payments(tx, ON_THEIR_WAY)] == [due[1].id]
        (batch,) = queries.batches(tx, state=StateOfBatch.AUTHORISED)
        assert (batch.payments, batch.executed, batch.total_cents) == (2, 1, 3_000)
        assert len(queries.of_batch(tx, batch_id)) == 2
        assert queries.payments(tx, [PaymentState.AUTHORISED], after=due[1].id) == []
        place = (batch.prepared_at, batch.id)
        assert queries.batches(tx, after=place) == []

    programme.run(
        boss, lambda work: payments.cancel(work, batch_id, CancelBatch(reason="non serve"))
    )
    assert [(row.id, row.amount_cents) for row in shown(programme, PaymentState.DUE)] == [
        (due[1].id[:-1] + "2", 2_000)
    ]
    with programme.database.transaction() as tx:
        (batch,) = queries.batches(tx)
        assert (batch.state, batch.executed) == ("cancelled", 1)
        assert [row.n for row in due_now.page(tx, due_now.Due(TODAY), None, 10)] == [2]


def run(
    register: TestRegister, who: Actor, decide: Callable[..., Outcome], command: PrepareBatch
) -> Outcome:
    return register.run(who, lambda work: decide(work, command))


def test_a_part_that_was_paid_by_hand_has_used_its_number_up(programme: TestRegister) -> None:
    programme.allocate(1_000_000)
    dote_id = programme.assessed(3_000)
    programme.approve(dote_id, 3_000)
    programme.disburse(dote_id, 1_000)
    # Each step is written by itself, as it comes.
    assert [(r.n, r.amount_cents) for r in shown(programme, PaymentState.DUE)] == [(2, 2_000)]
    command = PrepareBatch(**CASH, payments=(OrderPayment(dote_id=dote_id),))
    batch_id = run(programme, programme.people.finance, payments.prepare, command).stream_id
    assert [r.n for r in shown(programme, PaymentState.ORDERED)] == [2]
    programme.run(
        programme.people.finance,
        lambda work: payments.cancel(work, batch_id, CancelBatch(reason="non serve")),
    )
    assert [r.n for r in shown(programme, PaymentState.CANCELLED)] == [2]
    assert [(r.n, r.amount_cents) for r in shown(programme, PaymentState.DUE)] == [(3, 2_000)]
    programme.disburse(dote_id, 500)
    assert [(r.n, r.amount_cents) for r in shown(programme, PaymentState.DUE)] == [(4, 1_500)]


def test_two_orders_of_one_dote_stand_beside_each_other(programme: TestRegister) -> None:
    programme.allocate(1_000_000)
    dote_id = programme.assessed(3_000)
    programme.approve(dote_id, 3_000)
    parts = (OrderPayment(dote_id=dote_id, amount_cents=1_000), OrderPayment(dote_id=dote_id))
    run(programme, person(Role.FINANCE), payments.prepare, PrepareBatch(**CASH, payments=parts))
    assert [(r.n, r.amount_cents) for r in shown(programme, PaymentState.ORDERED)] == [
        (1, 1_000),
        (2, 2_000),
    ]
