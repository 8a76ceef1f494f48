"""Lists of finance over many payments, lines and receipts use their indexes."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import cast
from uuid import UUID

import psycopg
import pytest

from domain.payment_states import PaymentState, StateOfBatch
from projections.coverage import queries as coverage
from projections.payments import due, queries
from projections.reconciliation import balances, candidates, finding
from projections.reconciliation import queries as lines
from projections.reconciliation.finding import Sought
from tests.bench.bulk import Bulk
from tests.bench.finance import add_finance
from tests.bench.stage import Stage
from tests.bench.templates import STEPS
from tests.projections.test_query_plans import Explaining
from tests.register import TestRegister
from workflows.eventstore.database import Tx
from workflows.eventstore.reach import EVERYBODYS, reaching
from workflows.eventstore.statements import statements

_SQL = statements("tests.projections", "finance_plans")
TODAY = date(2030, 1, 1)
LIFE = (11_000, STEPS), (300, 5), (100, 6), (600, 4)
"""So many lives, and how far they have come: over, paid, with a receipt that waits, to be paid."""
OPEN = 50


@pytest.fixture(scope="module")
def office(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestRegister]:
    """12,000 doti with as many lines and matches and 100,000 payments, through the role of the
    API."""
    bench = Stage(postgres_url, tmp_path_factory.mktemp("bench"), quick=True)
    with bench.register(partners=10, categories=5) as register:
        bulk = Bulk(register)
        for count, steps in LIFE:
            bulk.add(count, steps)
        add_finance(register, OPEN)
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f'SET search_path = "{register.database.schema}"'.encode())
            for statement in _SQL.values():
                connection.execute(statement)
            connection.execute(b"VACUUM (ANALYZE) payments, coverage, coverage_payments")
        schema, role = register.database.schema, register.database.app_role
        app = TestRegister(postgres_url, schema, role=role, pool_size=1)
        with app.database:
            yield app


def plans_of(office: TestRegister, ask: Callable[[Tx], object]) -> str:
    with reaching(EVERYBODYS), office.database.transaction() as tx:
        explaining = Explaining(tx)
        assert ask(cast("Tx", explaining))
    return "\n".join(explaining.plans)


def a_batch(tx: Tx) -> UUID:
    (row,) = tx.execute("SELECT id FROM payment_batches LIMIT 1").fetchall()
    return UUID(str(row["id"]))


def a_payee(tx: Tx) -> UUID:
    (row,) = tx.execute("SELECT payee_id FROM payments LIMIT 1").fetchall()
    return UUID(str(row["payee_id"]))


NOW = due.Due(TODAY)
ASKED = coverage.Asked(None, TODAY)


@pytest.mark.parametrize(
    ("ask", "tables"),
    [
        (lambda tx: due.page(tx, NOW, None, 50), "payments"),
        (lambda tx: due.page(tx, due.Due(TODAY, partner="P03"), None, 50), "payments"),
        (lambda tx: due.totals(tx, NOW), "payments"),
        (lambda tx: due.page(tx, NOW, (UUID(int=1), "CI"), 50), "payments"),
        (lambda tx: due.payable(tx, due.Due(TODAY, category="C01"), 500), "payments"),
        (lambda tx: queries.payments(tx, [PaymentState.DUE], "CI-2025", 50), "payments"),
        (lambda tx: queries.batches(tx), "payments"),
        (lambda tx: queries.batches(tx, StateOfBatch.AUTHORISED), "payments"),
        (lambda tx: lines.open_lines(tx), "line_list"),
        (lambda tx: balances.open_upto(tx, TODAY), "line_list"),
        (lambda tx: balances.month_ends(tx, "2025-11"), "line_list"),
        (lambda tx: lines.statement_list(tx), "line_list"),
        (lambda tx: lines.matches(tx), "line_list"),
        (
            lambda tx: candidates.candidates(
                tx, [line.open_line() for line in lines.open_lines(tx, 5)]
            ),
            "payments payment_plans bank_shown",
        ),
        (lambda tx: finding.found(tx, Sought(-7_500)), "payments payment_plans"),
        (lambda tx: finding.found(tx, Sought(7_500)), "payments payment_plans"),
        (
            lambda tx: finding.found(tx, Sought(-1, numbers=("CI-2025-00042",), by_words=True)),
            "payments payment_plans",
        ),
        (lambda tx: coverage.waiting(tx, None, 10), "coverage_waiting coverage"),
        (lambda tx: coverage.doti(tx, ASKED, 25, missing=True), "coverage coverage_payments"),
        (lambda tx: coverage.doti(tx, ASKED, 25), "coverage coverage_payments"),
        (lambda tx: coverage.total(tx, ASKED), "coverage coverage_payments"),
    ],
)
def test_lists_use_their_indexes(
    office: TestRegister, ask: Callable[[Tx], object], tables: str
) -> None:
    plan = plans_of(office, ask)
    for table in tables.split():
        assert f"Seq Scan on {table} " not in plan, plan


def test_payments_of_a_batch_and_of_a_payee_are_found_by_index(office: TestRegister) -> None:
    with reaching(EVERYBODYS), office.database.transaction() as tx:
        batch_id, payee_id = a_batch(tx), a_payee(tx)
    plan = plans_of(office, lambda tx: queries.of_batch(tx, batch_id))
    assert "Seq Scan on payments" not in plan, plan
    by_payee = Sought(-1, payees=(payee_id,), by_words=True)
    plan = plans_of(office, lambda tx: finding.found(tx, by_payee))
    assert "Seq Scan on payments" not in plan, plan
    of_payee = due.Due(TODAY, payees=(payee_id,))
    plan = plans_of(office, lambda tx: due.totals(tx, of_payee))
    assert "Seq Scan on payments" not in plan, plan
