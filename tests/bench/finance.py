"""What finance has beside lives that were made up in bulk: batches, statements, lines and matches,
receipts; and some lines that are still open, which come in as a bank's statement does."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg

from domain.events.payee import PayeeRegistered
from domain.privacy import Private
from projections.coverage.projection import settle
from tests.bench.stage import BEGAN
from tests.register import TestRegister
from tests.workflows.banking import a_line, a_statement, import_one, with_account
from workflows.engine import Outcome, Work
from workflows.eventstore.statements import statements

_SQL = statements("tests.bench", "finance")
_TIMEOUT_MS = 300_000
PAYEES = 200
_TABLES = (
    *("payment_plans", "payment_batches", "payments", "payment_orders", "statement_list"),
    *("bank_statements", "line_list", "bank_lines", "match_list", "bank_matches", "bank_shown"),
    *("coverage", "coverage_lines", "coverage_payments", "coverage_missing", "coverage_waiting"),
    *("receipt_papers", "household_figures"),
)
_DUE = "SELECT number, amount_cents FROM payments WHERE state = 'due' ORDER BY id LIMIT %s"


def _payee(register: TestRegister, n: int) -> UUID:
    """Somebody who is paid, as a vote registers them."""
    officer, payee_id = register.people.finance, uuid4()

    def registered(work: Work) -> Outcome:
        work.store.begin(("stream", payee_id))
        work.vault.ensure(payee_id)
        told = {"name": f"Ditta Inventata {n} srl", "iban": None}
        stamp, payee = work.stamp(officer.sign(officer.grants[0])), Private.record(payee_id, told)
        work.store.append(PayeeRegistered.stamped(stamp, payee_id, 1, payee=payee))
        return Outcome(payee_id, 1, created=True)

    return register.run(officer, registered).stream_id


def add_finance(register: TestRegister, open_lines: int) -> None:
    """Rows for all lives that are there, once. Of the open lines every other one names its payment,
    the rest has an amount that some payment has."""
    people = register.people
    paid = [_payee(register, n) for n in range(PAYEES)]
    by = {"payees": paid, "by": people.finance.account_id, "other": people.coordinator.account_id}
    with register.database.transaction(statement_timeout_ms=_TIMEOUT_MS) as tx:
        tx.execute("SELECT set_config('session_replication_role', 'replica', true)")
        tx.execute("SELECT set_config('work_mem', '256MB', true)")
        for statement in _SQL.values():
            tx.execute(statement, by if "%(" in statement else None)
        settle(tx, [row["dote_id"] for row in tx.execute("SELECT dote_id FROM coverage")])
        due = tx.execute(_DUE, (open_lines,)).fetchall()
    with_account(register)
    # The clock of the benchmark stands still on the day on which the programme opened.
    day = BEGAN.date() - timedelta(days=20)
    lines = [
        a_line(
            -row["amount_cents"],
            f"DOTE {row['number']}-1" if n % 2 else f"bonifico {n}",
            booked_on=day + timedelta(days=n % 20),
        )
        for n, row in enumerate(due)
    ]
    import_one(register, a_statement(*lines, opening=None))
    register.settle()
    with psycopg.connect(register.database.url, autocommit=True) as connection:
        for table in _TABLES:
            name = f'"{register.database.schema}"."{table}"'
            connection.execute(f"VACUUM (ANALYZE) {name}".encode())
