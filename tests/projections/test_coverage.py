"""What is documented of what was paid, and since when the rest is missing."""

from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.covering import Filling, Out, parts
from domain.dote import Dote
from domain.events.dote import DoteEvent
from domain.events.programme import BudgetLine
from domain.ledger import Account, postings
from projections.coverage.projection import COVERAGE, write
from projections.coverage.queries import (
    AGES,
    NOTHING,
    Asked,
    DoteRow,
    GroupRow,
    doti,
    groups,
    total,
    waiting,
)
from projections.ledger.queries import Group, ledger
from projections.rebuild import rebuild
from tests.domain.examples import EXAMPLES
from tests.domain.facts import (
    disbursed,
    refund_undone,
    refunded,
    return_undone,
    returned,
    undone,
)
from tests.register import LINE, TestRegister, fresh_register
from workflows import accounting, disbursement
from workflows.commands import (
    DisallowReceipt,
    Disburse,
    RecordRefund,
    ReturnDisbursement,
)
from workflows.eventstore.log import Logged

OTHER_LINE = BudgetLine(partner="SSALV", category="EMERGENZA")
TODAY = date(2026, 6, 30)
ALL = Asked(None, TODAY)


@pytest.fixture
def register(postgres_url: str) -> Iterator[TestRegister]:
    with fresh_register(postgres_url) as made:
        made.open_programme()
        for line in (LINE, OTHER_LINE):
            made.allocate(1_000_000, line)
        yield made


def approved(register: TestRegister, cents: int, line: BudgetLine = LINE) -> UUID:
    people = register.people
    who = people.operator if line is LINE else people.operator_ssalv
    dote_id = register.request(register.household(who), cents, line)
    register.assess(dote_id)
    register.approve(dote_id, cents)
    return dote_id


def pay(register: TestRegister, dote_id: UUID, cents: int, days_ago: int) -> None:
    day = TODAY - timedelta(days=days_ago)
    command = Disburse(amount_cents=cents, value_date=day, method="bank_transfer")
    register.run(
        register.people.finance, lambda work: disbursement.disburse(work, dote_id, command)
    )


def refund(register: TestRegister, dote_id: UUID, cents: int) -> None:
    command = RecordRefund(amount_cents=cents, value_date=TODAY, source="x")
    register.run(
        register.people.finance, lambda work: disbursement.record_refund(work, dote_id, command)
    )


def disallow(register: TestRegister, dote_id: UUID, n: int) -> None:
    command = DisallowReceipt(reason="x")
    register.run(
        register.people.finance,
        lambda work: accounting.disallow_receipt(work, dote_id, n, command),
    )


def come_back(register: TestRegister, dote_id: UUID, n: int) -> None:
    command = ReturnDisbursement(value_date=TODAY, reason="AC04")
    register.run(
        register.people.finance,
        lambda work: disbursement.return_disbursement(work, dote_id, n, command),
    )


def ages(row: GroupRow | DoteRow) -> list[int]:
    return [getattr(row, name) for name in AGES]


def of_all(register: TestRegister, asked: Asked = ALL) -> GroupRow:
    register.settle()
    with register.database.transaction() as tx:
        return total(tx, asked)


def test_nothing_was_paid(register: TestRegister) -> None:
    approved(register, 10_000)
    assert of_all(register) == NOTHING


def test_what_becomes_of_what_was_paid(register: TestRegister) -> None:
    dote_id = approved(register, 14_000)
    pay(register, dote_id, 14_000, days_ago=40)
    register.receipt(dote_id, 3_000, "1")
    register.accept(dote_id, 1)
    register.receipt(dote_id, 2_000, "2")
    disallow(register, dote_id, 2)
    refund(register, dote_id, 1_000)
    register.receipt(dote_id, 4_000, "3")
    found = of_all(register)
    assert (found.paid_cents, found.documented_cents) == (14_000, 3_000)
    assert (found.waiting_cents, found.missing_cents) == (4_000, 4_000)
    assert (found.refunded_cents, found.disallowed_cents) == (1_000, 2_000)
    assert ages(found) == [0, 4_000, 0, 0]
    assert (found.oldest, found.doti_missing) == (TODAY - timedelta(days=40), 1)
    with register.database.transaction() as tx:
        (receipt,) = waiting(tx, None, 10)
        assert (receipt.dote_id, receipt.n, receipt.amount_cents) == (dote_id, 3, 4_000)
        assert waiting(tx, frozenset({"SSALV"}), 10) == []
        assert waiting(tx, None, 10, after=receipt.place) == []


@pytest.mark.parametrize(
    ("days_ago", "bucket"),
    [(0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (180, 3)],
)
def test_ageing_counts_from_the_day_of_payment(
    register: TestRegister, days_ago: int, bucket: int
) -> None:
    dote_id = approved(register, 10_000)
    pay(register, dote_id, 10_000, days_ago)
    assert ages(of_all(register)) == [10_000 if n == bucket else 0 for n in range(4)]


def test_what_is_documented_counts_for_the_oldest_payment_first(register: TestRegister) -> None:
    dote_id = approved(register, 15_000)
    pay(register, dote_id, 5_000, days_ago=100)
    pay(register, dote_id, 6_000, days_ago=50)
    register_ages = ages(of_all(register))
    assert register_ages == [0, 6_000, 0, 5_000]
    pay(register, dote_id, 4_000, days_ago=1)
    register.receipt(dote_id, 7_000, "1")
    found = of_all(register)
    assert ages(found) == [4_000, 4_000, 0, 0]
    assert found.oldest == TODAY - timedelta(days=50)


def test_what_came_back_was_never_paid(register: TestRegister) -> None:
    dote_id = approved(register, 9_000)
    pay(register, dote_id, 9_000, days_ago=70)
    come_back(register, dote_id, 1)
    found = of_all(register)
    assert (found.paid_cents, found.missing_cents, found.oldest) == (0, 0, None)
    pay(register, dote_id, 9_000, days_ago=2)
    assert ages(of_all(register)) == [9_000, 0, 0, 0]


def test_groups_scopes_and_pages(register: TestRegister) -> None:
    for line, days in ((LINE, 10), (LINE, 45), (OTHER_LINE, 95)):
        pay(register, approved(register, 8_000, line), 8_000, days)
    register.settle()
    with register.database.transaction() as tx:
        by_partner = groups(tx, ALL, "partner")
        assert [(row.partner, row.category, row.doti) for row in by_partner] == [
            ("ROCCA", None, 2),
            ("SSALV", None, 1),
        ]
        assert [ages(row) for row in by_partner] == [[8_000, 8_000, 0, 0], [0, 0, 0, 8_000]]
        by_line = groups(tx, ALL, "line")
        assert [row.category for row in by_line] == ["EMERGENZA", "EMERGENZA"]
        own = replace(ALL, scope=frozenset({"SSALV"}))
        assert [row.partner for row in groups(tx, own, "line")] == ["SSALV"]
        assert total(tx, own).paid_cents == 8_000
        assert total(tx, replace(ALL, partner="ROCCA")).paid_cents == 16_000
        assert total(tx, replace(ALL, category="SCUOLA")) == NOTHING
        first = doti(tx, ALL, 2, missing=True)
        assert [row.partner for row in first] == ["SSALV", "ROCCA"]
        (last,) = doti(tx, ALL, 2, after=first[-1].place, missing=True)
        assert ages(last) == [8_000, 0, 0, 0]


def by_the_rule(dote: Dote) -> tuple[list[int], date | None]:
    """What is missing by its age, and since when, as `domain.covering` has it."""
    out = [
        Out(paid.n, paid.value_date, paid.amount_cents)
        for paid in dote.disbursements
        if paid.state == "executed"
    ]
    receipts = [
        Filling(receipt.n, receipt.amount_cents, waits=receipt.state == "submitted")
        for receipt in dote.receipts
    ]
    filled = parts(out, [Filling(0, dote.refunded_cents), *receipts])
    found, oldest = [0, 0, 0, 0], None
    for paid in sorted(out, key=lambda each: each.day):
        taken = sum(part.amount_cents for of in filled.values() for part in of if part.n == paid.n)
        days = (TODAY - paid.day).days
        found[sum(days > most for most in (30, 60, 90))] += paid.amount_cents - taken
        if taken < paid.amount_cents:
            oldest = oldest or paid.day
    return found, oldest


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "receipt", "accept", "disallow", "refund", "back"]),
        st.integers(1, 4_000),
        st.integers(0, 120),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def lasting(postgres_url: str) -> Iterator[TestRegister]:
    with fresh_register(postgres_url) as made:
        made.open_programme()
        made.allocate(100_000_000, LINE)
        yield made


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_happens_it_adds_up_with_the_dote_and_the_ledger(
    lasting: TestRegister, steps: list[tuple[str, int, int]]
) -> None:
    register, dote_id = lasting, approved(lasting, 14_000)
    for step, cents, days in steps:
        dote = register.register.dote(dote_id)
        left = dote.undocumented_cents
        open_receipts = [r for r in dote.receipts if r.state == "submitted"]
        decidable = [r.n for r in open_receipts if r.amount_cents <= left]
        executed = [d for d in dote.disbursements if d.state == "executed"]
        returnable = [d.n for d in executed if d.amount_cents <= left]
        if step == "pay" and dote.committed_cents:
            pay(register, dote_id, min(cents, dote.committed_cents), days)
        elif dote.state != "disbursed":
            continue
        elif step == "receipt" and left:
            register.receipt(dote_id, min(cents, left), str(len(dote.receipts) + 1))
        elif step == "accept" and decidable:
            register.accept(dote_id, decidable[0])
        elif step == "disallow" and decidable:
            disallow(register, dote_id, decidable[-1])
        elif step == "refund" and left:
            refund(register, dote_id, min(cents, left))
        elif step == "back" and returnable:
            come_back(register, dote_id, returnable[0])
    register.settle()
    dote = register.register.dote(dote_id)
    with register.database.transaction() as tx:
        row = next((r for r in doti(tx, ALL, 100_000) if r.dote_id == dote_id), None)
        everything = total(tx, ALL)
        lines = ledger(tx, Group.LINE, register.log.end(), None).total
    if row is None:
        assert dote.disbursements == ()
    else:
        assert row.paid_cents == dote.disbursed_cents
        assert row.documented_cents == dote.documented_cents
        assert row.refunded_cents == dote.refunded_cents
        assert row.disallowed_cents == dote.disallowed_cents
        assert row.waiting_cents + row.missing_cents == dote.undocumented_cents
        assert min(row.waiting_cents, row.missing_cents, *ages(row)) >= 0
        assert sum(ages(row)) == row.missing_cents
        assert (row.oldest is None) == (row.missing_cents == 0)
        assert (ages(row), row.oldest) == by_the_rule(dote)
    assert (
        everything.paid_cents - everything.refunded_cents
        == lines.disbursed_cents + lines.documented_cents + lines.disallowed_cents
    )


def test_built_again_from_the_log_it_is_the_same(register: TestRegister) -> None:
    dote_id = approved(register, 12_000)
    pay(register, dote_id, 12_000, days_ago=33)
    register.receipt(dote_id, 5_000, "1")
    before = astuple(of_all(register))
    rebuild(register.database, "coverage", lambda _done, _all: None)
    assert astuple(of_all(register)) == before


def known(register: TestRegister, *events: DoteEvent) -> GroupRow:
    """What the projection says after these events, without their having been decided."""
    with register.database.transaction() as tx:
        write(tx, [Logged(n, event.at, event) for n, event in enumerate(events, 1)])
        return total(tx, ALL)


def test_what_was_undone_is_as_before(register: TestRegister) -> None:
    paid = (disbursed(9_000), disbursed(5_000, n=2))
    found = known(register, *paid, undone(9_000))
    assert (found.paid_cents, found.missing_cents, sum(ages(found))) == (5_000, 5_000, 5_000)


def test_a_return_and_a_refund_that_were_another_ones(register: TestRegister) -> None:
    found = known(
        register,
        disbursed(9_000),
        returned(9_000),
        return_undone(9_000),
        refunded(2_000),
        refund_undone(2_000),
    )
    assert (found.paid_cents, found.refunded_cents, found.missing_cents) == (9_000, 0, 9_000)
    assert sum(ages(found)) == 9_000


def test_no_event_is_passed_over_that_moves_what_was_paid() -> None:
    paid = {Account.DISBURSED, Account.DOCUMENTED, Account.DISALLOWED}
    moving = {
        type(event)
        for event in EXAMPLES.values()
        if paid & {posting.account for posting in postings(event)}
    }
    assert len(moving) >= 8
    assert moving <= COVERAGE.handles
