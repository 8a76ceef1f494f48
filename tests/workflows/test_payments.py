"""Batches on a real register: from what is due to the file for the bank, by two officers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier
from uuid import UUID

import psycopg
import pytest

from domain.actors import Actor, Role
from domain.days import day_here
from domain.errors import (
    AuthorisedByAnother,
    BatchDone,
    BatchState,
    DomainError,
    Forbidden,
    MoneyIsOrdered,
    NotFound,
    OutsideOwnPartner,
    PaymentNotAuthorised,
    SegregationOfDuties,
)
from domain.events.payment_batch import Method
from domain.payment_batch import PaymentBatch
from tests.register import TestRegister, person
from workflows import disbursement, payments
from workflows.commands import Disburse, Payee
from workflows.engine import Outcome, Work
from workflows.payment_commands import (
    CancelBatch,
    ExecutePayment,
    OrderPayment,
    PrepareBatch,
)
from workflows.payment_files import pain001
from workflows.sepa_text import Payer

IBAN = "IT60X0542811101000000123456"
OTHER_IBAN = "DE89370400440532013000"
LANDLORD = Payee(name="Padrone Inventato", iban=IBAN)
TOMORROW = day_here(datetime.now(UTC)) + timedelta(days=1)
TODAY = day_here(datetime.now(UTC))
PAYER = Payer("Ente", IBAN, "BCITITMM")
SECOND = person(Role.FINANCE)


def approved(town: TestRegister, cents: int = 10_000, payee: Payee | None = LANDLORD) -> UUID:
    dote_id = town.assessed(cents)
    town.approve(dote_id, cents, payee=payee)
    return dote_id


def command(*doti: UUID, method: Method = Method.BANK_TRANSFER) -> PrepareBatch:
    return PrepareBatch(
        method=method,
        execution_date=TOMORROW,
        payments=tuple(OrderPayment(dote_id=dote_id) for dote_id in doti),
    )


def prepare(
    town: TestRegister,
    *doti: UUID,
    by: Actor | None = None,
    method: Method = Method.BANK_TRANSFER,
) -> PaymentBatch:
    who = by or town.people.finance
    asked = command(*doti, method=method)
    outcome = town.run(who, lambda work: payments.prepare(work, asked))
    return town.register.payment_batch(outcome.stream_id)


def authorise(town: TestRegister, batch: PaymentBatch, by: Actor = SECOND) -> PaymentBatch:
    town.run(by, lambda work: payments.authorise(work, batch.id))
    return town.register.payment_batch(batch.id)


def cancel(town: TestRegister, batch: PaymentBatch, by: Actor = SECOND) -> None:
    town.run(by, lambda work: payments.cancel(work, batch.id, CancelBatch(reason="doppia")))


def sheet(town: TestRegister, batch: PaymentBatch, format_: str = "csv") -> payments.Sheet:
    found: list[payments.Sheet] = []

    def look(work: Work) -> Outcome:
        found.append(payments.sheet(work, batch.id, format_))
        return payments.export(work, found[0], format_, b"x")

    town.run(town.people.finance, look)
    return found[0]


def orders(town: TestRegister) -> list[tuple[UUID, int, UUID]]:
    with town.database.transaction() as tx:
        rows = tx.execute("SELECT dote_id, n, batch_id FROM payment_orders").fetchall()
    return [(row["dote_id"], row["n"], row["batch_id"]) for row in rows]


def test_a_batch_from_its_preparation_to_its_file(town: TestRegister) -> None:
    doti = [approved(town, cents) for cents in (1_000, 2_500)]
    batch = prepare(town, *doti)
    assert batch.number == f"D-{TODAY.year}-001"
    assert (batch.state, batch.prepared.total_cents) == ("prepared", 3_500)
    assert {(dote_id, n) for dote_id, n, _ in orders(town)} == {(dote_id, 1) for dote_id in doti}
    batch = authorise(town, batch)
    made = sheet(town, batch)
    assert [(each.amount_cents, each.to.name, each.to.iban) for each in made.instructions] == [
        (1_000, LANDLORD.name, IBAN),
        (2_500, LANDLORD.name, IBAN),
    ]
    numbers = [town.register.dote(dote_id).number for dote_id in doti]
    assert [each.id for each in made.instructions] == [f"{number}-1" for number in numbers]
    assert pain001(made, PAYER, "Prova", "09").count(b"<EndToEndId>") == 2
    town.settle()
    assert town.ledger().total.committed_cents == 3_500


def test_a_file_asks_the_bank_for_nothing_that_is_out(town: TestRegister) -> None:
    batch = authorise(town, prepare(town, approved(town, 1_000), approved(town, 2_500)))
    first, second = (f"{town.register.dote(each.dote_id).number}-1" for each in batch.payments)

    def ids(format_: str) -> list[str]:
        return [each.id for each in sheet(town, batch, format_).instructions]

    def execute(payment_id: str) -> None:
        command = ExecutePayment(value_date=TODAY, reference="allo sportello")
        decide = partial(
            payments.execute, batch_id=batch.id, payment_id=payment_id, command=command
        )
        town.run(town.people.finance, lambda work: decide(work))

    assert ids("csv") == [first, second]
    execute(first)
    # What was handed out stays what it was; what is handed out now asks for the rest.
    assert ids("csv") == [first, second]
    assert ids("pain.001") == [second]
    execute(second)
    assert ids("pain.001") == [second]
    with pytest.raises(BatchDone):
        ids("pain.001.03")


def test_the_same_file_is_told_once(town: TestRegister) -> None:
    batch = authorise(town, prepare(town, approved(town)))
    for _ in range(2):
        sheet(town, batch)
    known = town.register.payment_batch(batch.id)
    assert [export.format for export in known.exports] == ["csv"]


def test_who_prepares_does_not_authorise_and_duties_are_kept_apart(town: TestRegister) -> None:
    batch = prepare(town, approved(town))
    with pytest.raises(AuthorisedByAnother):
        authorise(town, batch, town.people.finance)
    with pytest.raises(Forbidden):
        authorise(town, batch, town.people.approver)
    approver = Actor(town.people.approver.account_id, person(Role.FINANCE).grants)
    with pytest.raises(SegregationOfDuties):
        authorise(town, batch, approver)
    assert town.register.payment_batch(batch.id).state == "prepared"
    authorise(town, batch, town.people.coordinator)


def test_finance_of_one_partner_does_not_pay_for_another(town: TestRegister) -> None:
    with pytest.raises(NotFound):
        prepare(town, approved(town), by=person(Role.FINANCE, "SSALV"))
    with pytest.raises((Forbidden, OutsideOwnPartner)):
        prepare(town, approved(town), by=town.people.coordinator)


def test_what_is_ordered_is_in_no_other_batch(town: TestRegister) -> None:
    dote_id = approved(town)
    first = prepare(town, dote_id)
    with pytest.raises(MoneyIsOrdered):
        prepare(town, dote_id, by=SECOND)
    by_hand = Disburse(amount_cents=10_000, value_date=TODAY, method="bank_transfer")
    with pytest.raises(MoneyIsOrdered):
        town.run(town.people.finance, lambda work: disbursement.disburse(work, dote_id, by_hand))
    cancel(town, first)
    assert orders(town) == []
    second = prepare(town, dote_id, by=SECOND)
    assert [(payment.dote_id, payment.n) for payment in second.payments] == [(dote_id, 2)]
    assert orders(town) == [(dote_id, 2, second.id)]
    with pytest.raises(BatchState):
        authorise(town, first)


def test_the_database_itself_holds_a_payment_in_one_batch(town: TestRegister) -> None:
    dote_id = approved(town)
    prepare(town, dote_id)
    with pytest.raises(psycopg.errors.UniqueViolation), town.database.transaction() as tx:
        tx.execute("INSERT INTO payment_orders VALUES (%s, 1, gen_random_uuid())", [dote_id])


def test_two_officers_at_once_order_each_payment_once(town: TestRegister) -> None:
    doti = [approved(town, 1_000) for _ in range(6)]
    officers = [person(Role.FINANCE) for _ in range(6)]
    ready = Barrier(len(officers))

    def attempt(n: int) -> PaymentBatch | DomainError:
        # Everybody wants three of the six, named in other orders.
        wanted = [doti[(n + step) % 6] for step in (0, 2, 4)][:: 1 if n % 2 else -1]
        ready.wait()
        try:
            return prepare(town, *wanted, by=officers[n])
        except MoneyIsOrdered as refused:
            return refused

    with ThreadPoolExecutor(len(officers)) as pool:
        results = list(pool.map(attempt, range(len(officers))))
    made = [result for result in results if isinstance(result, PaymentBatch)]
    assert len(made) == 2
    ordered = [(payment.dote_id, payment.n) for batch in made for payment in batch.payments]
    assert sorted(ordered) == sorted((dote_id, 1) for dote_id in doti)
    assert len(orders(town)) == 6
    for dote_id in doti:
        assert town.register.dote(dote_id).ordered_cents == 1_000


def test_an_authorisation_and_a_cancellation_at_once_do_not_mix(town: TestRegister) -> None:
    batch = prepare(town, *(approved(town, 1_000) for _ in range(3)))
    ready = Barrier(2)

    def let_go() -> None:
        ready.wait()
        authorise(town, batch)

    def keep_back() -> None:
        ready.wait()
        cancel(town, batch, town.people.coordinator)

    with ThreadPoolExecutor(2) as pool:
        errors = [each.exception() for each in (pool.submit(let_go), pool.submit(keep_back))]
    # Cancelled it is in the end, whether it was authorised before or not.
    assert errors[1] is None
    assert errors[0] is None or isinstance(errors[0], BatchState)
    assert town.register.payment_batch(batch.id).state == "cancelled"
    assert {town.register.dote(each).ordered_cents for each in batch.doti} == {0}


def test_a_payment_is_carried_out_with_its_proof(town: TestRegister) -> None:
    doti = [approved(town, 1_000, payee=None) for _ in range(2)]
    batch = prepare(town, *doti, method=Method.CASH_DESK)
    paid = ExecutePayment(value_date=TODAY, reference="Ricevuta 7")
    names = [f"{town.register.dote(dote_id).number}-1" for dote_id in doti]
    with pytest.raises(PaymentNotAuthorised):
        execute(town, batch, names[0], paid)
    authorise(town, batch)
    execute(town, batch, names[0], paid)
    dote = town.register.dote(doti[0])
    assert dote.disbursements[0].method == "cash_desk"
    assert (dote.payments[0].state, dote.disbursed_cents) == ("executed", 1_000)
    with pytest.raises(NotFound):
        execute(town, batch, "CI-2026-99999-1", paid)
    cancel(town, batch)
    assert town.register.dote(doti[0]).disbursed_cents == 1_000
    assert town.register.dote(doti[1]).payments[0].state == "cancelled"


def execute(town: TestRegister, batch: PaymentBatch, payment_id: str, paid: ExecutePayment) -> None:
    who = town.people.finance
    town.run(who, lambda work: payments.execute(work, batch.id, payment_id, paid))
