"""Closing a month on a real register: on what the ledger says, and against those who pay."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import UUID

import pytest

from domain.actors import Role
from domain.errors import MonthClosed
from domain.events.dote import DoteDisbursed
from domain.events.programme import PeriodClosed
from domain.lifecycle import State
from tests.register import LAST_DAY, TestRegister, person
from tests.workflows.banking import approved, ordered
from workflows import disbursement, payments, periods
from workflows.audit.tree import Tree
from workflows.closing_commands import ClosePeriod
from workflows.commands import Disburse, Motive
from workflows.eventstore.database import Database
from workflows.eventstore.sequencer import Sequencer
from workflows.payment_commands import ExecutePayment

MONTH = "2026-03"
CENTS = 10_000
PAYING = 8


@pytest.fixture
def sequencer(programme: TestRegister) -> Iterator[Sequencer]:
    """Numbers on connections of its own, as a worker does."""
    with Database(programme.database.url, programme.database.schema, pool_size=2) as keeper:
        yield Sequencer(keeper)


def close(register: TestRegister, sequencer: Sequencer, month: str = MONTH) -> None:
    for who in (register.people.finance, register.people.coordinator):
        register.run(who, lambda work: periods.close(work, month, ClosePeriod(), sequencer))


def closing(register: TestRegister) -> PeriodClosed:
    return [e.event for e in register.log.follow() if isinstance(e.event, PeriodClosed)][-1]


def pay(register: TestRegister, dote_id: UUID, day: date = LAST_DAY) -> None:
    command = Disburse(amount_cents=CENTS, value_date=day, method="bank_transfer")
    who = person(Role.FINANCE)
    register.run(who, lambda work: disbursement.disburse(work, dote_id, command))


def test_the_closing_keeps_the_ledger_as_it_stood_and_the_root_of_the_log(
    programme: TestRegister, sequencer: Sequencer
) -> None:
    programme.allocate(100_000)
    programme.walk_spine(CENTS)
    # Nothing is numbered yet: the closing sees to it that all before it is.
    close(programme, sequencer)
    programme.settle()

    told = closing(programme)
    there = programme.ledger(log_index=told.log_size)
    balances = {(b.partner, b.category, b.account): b.cents for b in told.trial_balance}
    assert sum(balances.values()) == 0
    assert balances[None, None, "funding"] == -there.funded_cents
    assert balances[None, None, "unallocated"] == there.unallocated_cents
    (line,) = there.rows
    for account in ("available", "committed", "disbursed", "documented", "disallowed"):
        assert balances.get((line.partner, line.category, account), 0) == getattr(
            line, f"{account}_cents"
        )
    assert balances[line.partner, line.category, "documented"] == CENTS
    assert told.root == Tree(programme.database).root(told.log_size).hex()


def test_the_next_closing_goes_on_from_the_one_before(
    programme: TestRegister, sequencer: Sequencer
) -> None:
    programme.allocate(100_000)
    programme.walk_spine(CENTS)
    close(programme, sequencer)
    programme.allocate(5_000)
    dote_id = programme.assessed(CENTS)
    programme.approve(dote_id, CENTS)
    pay(programme, dote_id, date(2026, 4, 2))
    close(programme, sequencer, "2026-04")
    programme.settle()

    told = closing(programme)
    there = programme.ledger(log_index=told.log_size)
    balances = {b.account: b.cents for b in told.trial_balance}
    assert balances["available"] == there.total.available_cents == 105_000 - 2 * CENTS
    assert balances["disbursed"] == there.total.disbursed_cents == CENTS


def test_what_is_dated_into_the_month_and_its_closing_never_cross(
    programme: TestRegister, sequencer: Sequencer
) -> None:
    programme.allocate(10 * PAYING * CENTS)
    doti = [programme.assessed(CENTS) for _ in range(PAYING)]
    for dote_id in doti:
        programme.approve(dote_id, CENTS)
    asking = ClosePeriod()
    programme.run(
        programme.people.finance, lambda work: periods.close(work, MONTH, asking, sequencer)
    )
    begin = Barrier(PAYING + 1)

    def paid(dote_id: UUID) -> bool:
        begin.wait()
        try:
            pay(programme, dote_id)
        except MonthClosed:
            return False
        return True

    def closed() -> bool:
        begin.wait()
        programme.run(
            programme.people.coordinator, lambda work: periods.close(work, MONTH, asking, sequencer)
        )
        return True

    with ThreadPoolExecutor(PAYING + 1) as pool:
        closer = pool.submit(closed)
        answers = list(pool.map(paid, doti))
        assert closer.result()

    states = [programme.register.dote(dote_id).state for dote_id in doti]
    assert [state is State.DISBURSED for state in states] == answers
    programme.settle()
    log = [logged.event for logged in programme.log.follow()]
    after = log[next(n for n, event in enumerate(log) if isinstance(event, PeriodClosed)) :]
    assert not [event for event in after if isinstance(event, DoteDisbursed)]
    told = closing(programme)
    disbursed = sum(b.cents for b in told.trial_balance if b.account == "disbursed")
    assert disbursed == CENTS * answers.count(True)


def test_a_payment_of_a_batch_is_not_carried_out_in_a_closed_month(
    programme: TestRegister, sequencer: Sequencer
) -> None:
    # Given an authorised payment, and a closed month
    programme.allocate(100_000)
    dote_id = approved(programme, CENTS)
    (target,) = ordered(programme, dote_id)
    batch_id = programme.register.dote(dote_id).payments[0].batch_id
    close(programme, sequencer)
    before = programme.register.history(dote_id)

    def execute(day: date) -> None:
        command = ExecutePayment(value_date=day, reference="TRN 1")
        programme.run(
            programme.people.finance,
            lambda work: payments.execute(work, batch_id, target.payment, command),
        )

    # When somebody says that it went out in that month, then it is refused and nothing is written
    for day in (LAST_DAY, date(2026, 3, 31)):
        with pytest.raises(MonthClosed):
            execute(day)
    assert programme.register.history(dote_id) == before
    # When it is said to have gone out on the first day after it, then it is paid
    execute(date(2026, 4, 1))
    (paid,) = programme.register.dote(dote_id).disbursements
    assert (paid.value_date, paid.payment_n) == (date(2026, 4, 1), 1)


def test_a_month_opened_again_takes_what_was_forgotten(
    programme: TestRegister, sequencer: Sequencer
) -> None:
    programme.allocate(100_000)
    dote_id = programme.assessed(CENTS)
    programme.approve(dote_id, CENTS)
    close(programme, sequencer)
    with pytest.raises(MonthClosed):
        pay(programme, dote_id)
    for who in (programme.people.finance, programme.people.coordinator):
        programme.run(who, lambda work: periods.reopen(work, MONTH, Motive(reason="una riga")))
    pay(programme, dote_id)
    assert programme.register.dote(dote_id).state is State.DISBURSED
