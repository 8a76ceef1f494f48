"""Finance's tables, checked against the events: what is too much, missing or different is found."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256

import pytest

from domain.events.base import Event
from domain.events.programme import PeriodClosed
from domain.programme import PROGRAMME_ID
from tests.register import LAST_DAY, TestRegister, fresh_register
from tests.workflows.audit import as_owner
from tests.workflows.banking import (
    a_line,
    a_statement,
    approved,
    import_one,
    line_ids,
    matched,
    ordered,
    undone,
    with_account,
)
from workflows import payments, periods, rendiconto
from workflows.audit import differences as f
from workflows.audit.closings import check_closings
from workflows.audit.finance import check_finance
from workflows.audit.findings import Finding
from workflows.audit.live import audit
from workflows.audit.notary import Notary
from workflows.closing_commands import ClosePeriod, DrawUp
from workflows.commands import Motive
from workflows.payment_commands import CancelBatch
from workflows.reindexing import reindex

TABLES = (
    "bank_shown",
    "bank_matches",
    "bank_lines",
    "bank_statements",
    "payment_orders",
    "receipt_papers",
    "rendiconti_withdrawn",
    "rendiconti",
)
"""Those that refer to others first."""
KEPT = ("bank_days", *TABLES)
"""All that a test may change: what a statement told of its days stands in no event."""
SOMEBODY = "00000000-0000-0000-0000-000000000007"
WHERE = "WHERE (stream_id, version) = (%(stream_id)s, %(version)s)"
TOKEN = "decode(repeat('ab', 16), 'hex')"


def busy(register: TestRegister) -> None:
    """Something of everything: batches, one of them cancelled, lines matched and taken back, a
    refund, receipts, a closed month and an account for a funder."""
    people = register.people
    register.open_programme()
    register.allocate(1_000_000)
    with_account(register)
    register.walk_spine(5_000)
    day = register.engine.today()
    first, second = ordered(register, approved(register, 10_000), approved(register, 10_000))
    (gone,) = ordered(register, approved(register, 7_000))
    batch_id = register.register.dote(gone.dote_id).payments[0].batch_id
    why = CancelBatch(reason="non serve")
    register.run(people.finance, lambda work: payments.cancel(work, batch_id, why))
    amounts = (-10_000, -10_000, -300, 4_000, -10_000)
    paid = "Ditta Inventata srl"
    lines = (
        a_line(cents, f"riga {n}", booked_on=day, counterparty_name=paid)
        for n, cents in enumerate(amounts)
    )
    import_one(register, a_statement(*lines, opening=None))
    one, two, fee, back, _ = line_ids(register)
    undone(register, matched(register, [one], [first]).stream_id)
    matched(register, [one], [first])
    matched(register, [two], [second])
    matched(register, [fee], kind="fee")
    matched(register, [back], [second], kind="refund")
    register.receipt(first.dote_id, 10_000)
    for who in (people.finance, people.coordinator):
        register.run(
            who,
            lambda work: periods.close(
                work, f"{LAST_DAY:%Y-%m}", ClosePeriod(), register.sequencer
            ),
        )
    span = DrawUp(first_day=date(2026, 1, 1), last_day=register.engine.today())
    now = register.engine.clock
    register.engine.clock = lambda: now() + timedelta(days=1)
    drawn = register.run(
        people.finance, lambda work: rendiconto.freeze(work, span, register.sequencer)
    )
    why_not = Motive(reason="giorni sbagliati")
    register.run(
        people.coordinator, lambda work: rendiconto.withdraw(work, drawn.stream_id, why_not)
    )
    register.settle()
    Notary(register.database, register.vault).checkpoint(
        register.engine.clock() + timedelta(seconds=1)
    )


@pytest.fixture(scope="module")
def office(postgres_url: str) -> Iterator[TestRegister]:
    """A register whose finance has been at work."""
    with fresh_register(postgres_url) as register:
        busy(register)
        yield register


@pytest.fixture
def tables(office: TestRegister) -> Iterator[TestRegister]:
    """The same, put back as it was at the end."""
    with office.database.transaction() as tx:
        for table in KEPT:
            tx.execute(f"CREATE TABLE kept_{table} AS TABLE {table}".encode())
    yield office
    with office.database.transaction() as tx:
        tx.execute(f"TRUNCATE {', '.join(KEPT)}".encode())
        for table in reversed(KEPT):
            tx.execute(f"INSERT INTO {table} TABLE kept_{table}".encode())
            tx.execute(f"DROP TABLE kept_{table}".encode())


def change(register: TestRegister, statement: str) -> None:
    with register.database.transaction() as tx:
        tx.execute(b"SELECT set_config('session_replication_role', 'replica', true)")
        assert tx.execute(statement.encode()).rowcount == 1


def found(register: TestRegister) -> list[Finding]:
    return list(check_finance(register.database, register.vault))


def test_what_was_not_touched_agrees(office: TestRegister) -> None:
    assert found(office) == []
    assert list(check_finance(office.database)) == []
    assert list(check_closings(office.database)) == []
    result = audit(office.database, vault=office.vault)
    assert result.ok, result.findings
    with office.database.transaction() as tx:
        for table in TABLES:
            assert tx.execute(f"SELECT FROM {table}".encode()).rowcount > 0, table


def test_and_made_anew_they_agree(tables: TestRegister) -> None:
    reindex(tables.register, tables.vault, tables.engine.index, lambda *_: None)
    assert found(tables) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_missing_is_found_with_its_place(tables: TestRegister, table: str) -> None:
    change(tables, f"DELETE FROM {table} WHERE ctid = (SELECT min(ctid) FROM {table})")
    (missing,) = found(tables)
    assert isinstance(missing, f.RowDiffers)
    assert (missing.table, missing.said) == (table, "-")
    assert missing.made != "-"
    place = missing.log_index
    assert place is not None
    (logged,) = [each for each in tables.log.follow() if each.log_index == place]
    assert str(logged.event.originator_id) in missing.subject
    assert not audit(tables.database).ok


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("payment_orders", f"('{SOMEBODY}', 1, '{SOMEBODY}')"),
        ("bank_statements", f"('{SOMEBODY}', 'CONTO', 'ab', 1, NULL, NULL, NULL, NULL, 'CSV')"),
        ("bank_lines", f"('{SOMEBODY}', '{SOMEBODY}', {TOKEN}, NULL, NULL, 'CONTO', now(), 1)"),
        ("bank_matches", f"('{SOMEBODY}', '{SOMEBODY}')"),
        ("bank_shown", f"('{SOMEBODY}', 1, 'payment', '{SOMEBODY}', '{SOMEBODY}')"),
        ("receipt_papers", f"('{SOMEBODY}', 1, '{SOMEBODY}', {TOKEN}, {TOKEN})"),
        ("rendiconti", f"('{SOMEBODY}', 'R-1', 'x', sha256('x'))"),
        ("rendiconti_withdrawn", f"('{SOMEBODY}', 'R-1')"),
    ],
)
def test_a_row_that_no_event_made_is_found(tables: TestRegister, table: str, values: str) -> None:
    change(tables, f"INSERT INTO {table} VALUES {values}")
    (extra,) = found(tables)
    assert isinstance(extra, f.RowDiffers)
    assert (extra.table, extra.made, extra.event) == (table, "-", None)
    assert extra.said != "-"
    assert SOMEBODY in extra.subject


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("payment_orders", f"batch_id = '{SOMEBODY}'"),
        ("bank_statements", "closing_cents = 1"),
        ("bank_statements", "sha256 = repeat('ab', 32)"),
        ("bank_statements", "format = 'CSV'"),
        ("bank_lines", f"statement_id = '{SOMEBODY}'"),
        ("bank_lines", "amount_cents = 1"),
        ("bank_lines", "booked_on = booked_on + 1"),
        ("bank_shown", f"match_id = '{SOMEBODY}'"),
        ("receipt_papers", f"household_id = '{SOMEBODY}'"),
        ("rendiconti", "content = 'x', fingerprint = sha256('x')"),
        ("rendiconti", "number = 'R-0'"),
        ("rendiconti_withdrawn", "last_number = 'R-9'"),
    ],
)
def test_a_row_that_says_something_else_is_found(
    tables: TestRegister, table: str, changed: str
) -> None:
    one = f"ctid = (SELECT min(ctid) FROM {table})"
    change(tables, f"UPDATE {table} SET {changed} WHERE {one}")
    (different,) = found(tables)
    assert isinstance(different, f.RowDiffers)
    assert different.table == table
    assert "-" not in (different.said, different.made)
    assert different.log_index is not None


def test_an_account_whose_content_is_another_one_is_found(tables: TestRegister) -> None:
    """Also where the hand that changed it took away what the database checks."""
    with tables.database.transaction() as tx:
        tx.execute(b"ALTER TABLE rendiconti DROP CONSTRAINT rendiconti_check")
        tx.execute(b"UPDATE rendiconti SET content = 'x'")
    (different,) = found(tables)
    assert isinstance(different, f.RowDiffers)
    assert sha256(b"x").hexdigest() in different.said


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("bank_lines", "identity"),
        ("bank_lines", "name_token"),
        ("bank_lines", "iban_token"),
        ("bank_lines", "reference_token"),
        ("bank_lines", "end_to_end_token"),
        ("bank_lines", "text_token"),
        ("receipt_papers", "file_token"),
        ("receipt_papers", "paper_token"),
    ],
)
def test_what_is_found_by_something_else_is_found_with_the_key(
    tables: TestRegister, table: str, changed: str
) -> None:
    one = f"ctid = (SELECT min(ctid) FROM {table})"
    change(tables, f"UPDATE {table} SET {changed} = {TOKEN} WHERE {one}")
    (strange,) = found(tables)
    assert isinstance(strange, f.FoundByDiffers)
    assert strange.table == table
    assert list(check_finance(tables.database)) == []


def test_a_match_that_was_taken_back_shows_nothing(tables: TestRegister) -> None:
    statement = "DELETE FROM bank_matches WHERE match_id NOT IN (SELECT match_id FROM bank_shown)"
    with tables.database.transaction() as tx:
        # The undone one and the fee: their rows stay, and show nothing.
        assert tx.execute(statement.encode()).rowcount == 2
    assert [each.log_index is not None for each in found(tables)] == [True] * 2


@pytest.mark.parametrize(
    ("before", "after", "account"),
    [
        ('"account":"documented","cents":5000', '"account":"documented","cents":4999', "ROCCA"),
        ('"root":"', '"root":"00', "root"),
    ],
)
def test_a_closing_that_says_something_else_than_the_log_is_found(
    office: TestRegister, before: str, after: str, account: str
) -> None:
    history: Sequence[Event] = office.register.history(PROGRAMME_ID)
    (closed,) = [each for each in history if isinstance(each, PeriodClosed)]
    place = {"stream_id": PROGRAMME_ID, "version": closed.originator_version}
    with office.database.transaction() as tx:
        (row,) = tx.execute(f"SELECT state FROM events {WHERE}".encode(), place).fetchall()
    state = row["state"].decode()
    assert before in state
    changed = state.replace(before, after)
    if account == "root":
        changed = re.sub('("root":"00[0-9a-f]{62})..', r"\1", changed)
    with as_owner(office.database) as tx:
        values = {**place, "state": changed.encode()}
        tx.execute(f"UPDATE events SET state = %(state)s {WHERE}".encode(), values)
    (different,) = check_closings(office.database)
    assert isinstance(different, f.ClosingDiffers)
    assert different.period == f"{LAST_DAY:%Y-%m}"
    assert different.account.startswith(account)
    assert "closing_differs" in {each.code for each in audit(office.database).findings}
    with as_owner(office.database) as tx:
        values = {**place, "state": state.encode()}
        tx.execute(f"UPDATE events SET state = %(state)s {WHERE}".encode(), values)
    assert list(check_closings(office.database)) == []
