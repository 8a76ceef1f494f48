"""Bank statements come in once, whole or not at all."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.cash import CashAccount
from domain.errors import (
    AnotherAccount,
    BalanceOff,
    BalancesApart,
    DateInTheFuture,
    DomainError,
    Duplicate,
    Forbidden,
    OtherCurrency,
    StatementTooLong,
    UnknownCode,
)
from domain.events.bank import BankLineImported, StatementImported
from domain.privacy import read_record
from projections.ledger.trial_balance import TrialBalance, trial_balance
from projections.rebuild import rebuild
from tests.register import TestRegister, fresh_register
from tests.workflows.banking import (
    ACCOUNT,
    DAY,
    IBAN,
    OTHER_IBAN,
    a_line,
    a_statement,
    import_one,
    with_account,
)
from workflows.bank import Statement, Trouble
from workflows.eventstore.bank import Bank
from workflows.known_lines import Source
from workflows.statements import MOST_LINES, gaps, import_statement, open_bank_account

RENT = a_line(-30_000, "AFFITTO MARZO CI-2026-00001", bank_reference="B1")
FEE = a_line(-120, "COMMISSIONI", bank_reference="B2")
FUNDS = a_line(500_000, "CONTRIBUTO", bank_reference="B3")


@pytest.fixture
def register(postgres_url: str) -> Iterator[TestRegister]:
    with fresh_register(postgres_url) as made:
        made.open_programme()
        yield with_account(made)


def standing(register: TestRegister) -> TrialBalance:
    register.settle()
    with register.database.transaction() as tx:
        found = trial_balance(tx, register.log.end())
    assert found.sum_cents == sum(found.cash.values()) == sum(found.budget.values()) == 0
    return found


def imported(register: TestRegister) -> list[BankLineImported]:
    register.settle()
    found = [logged.event for logged in register.log.part(0, register.log.end(), _LINES)]
    return [event for event in found if isinstance(event, BankLineImported)]


_LINES = ["BankLineImported"]


def test_a_statement_comes_in_with_its_lines(register: TestRegister) -> None:
    done = import_one(register, a_statement(RENT, FEE, FUNDS, opening=100_000))
    assert done.created
    assert done.figures == {"lines": 3, "new_lines": 3}
    cash = standing(register).cash
    assert cash[CashAccount.BANK] == 569_880
    assert cash[CashAccount.OPENING] == -100_000
    assert cash[CashAccount.SUSPENSE] == -469_880
    first, fee, _ = imported(register)
    assert (first.references, first.end_to_end, first.is_fee) == (("CI-2026-00001",), None, False)
    assert fee.is_fee


def test_what_the_bank_wrote_is_sealed(register: TestRegister) -> None:
    line = replace(RENT, counterparty_name="Ditta Inventata srl", counterparty_iban=OTHER_IBAN)
    import_one(register, a_statement(line))
    event = imported(register)[0]
    text = register.vault.open_field(event, "details")
    assert text is not None
    assert read_record(text)["name"] == "Ditta Inventata srl"
    with register.database.transaction() as tx:
        rows = tx.execute("SELECT encode(state, 'escape') AS state FROM events").fetchall()
    for said in ("Inventata srl", "AFFITTO MARZO", OTHER_IBAN):
        assert not any(said in row["state"] for row in rows)


def test_the_same_file_again_changes_nothing(register: TestRegister) -> None:
    statement = a_statement(RENT, FEE, opening=100_000)
    first = import_one(register, statement)
    before = standing(register)
    again = import_one(register, statement)
    assert (again.stream_id, again.created) == (first.stream_id, False)
    assert again.figures == {"lines": 2, "new_lines": 0}
    assert standing(register) == before


def test_the_same_days_in_another_file_change_nothing(register: TestRegister) -> None:
    statement = a_statement(RENT, FEE, opening=100_000)
    first = import_one(register, statement)
    before = standing(register)
    again = import_one(register, statement, file=2, nth=3)
    assert (again.stream_id, again.figures["new_lines"]) == (first.stream_id, 0)
    assert standing(register) == before


def test_a_movement_of_a_day_that_has_not_come_is_none(register: TestRegister) -> None:
    today = register.engine.today()
    later = a_line(-500, "SCUOLA", booked_on=today + timedelta(days=2))
    statement = a_statement(replace(RENT, booked_on=today), later, opening=None)
    with pytest.raises(DateInTheFuture) as refused:
        import_one(register, statement)
    assert refused.value.value == later.booked_on.isoformat()
    assert imported(register) == []


def test_of_overlapping_statements_each_line_counts_once(register: TestRegister) -> None:
    later = a_line(-500, "SCUOLA", booked_on=date(2026, 3, 3), bank_reference="B4")
    import_one(register, a_statement(RENT, FEE, opening=100_000))
    done = import_one(register, a_statement(FEE, later, opening=70_000, from_on=DAY), file=2)
    assert done.figures["new_lines"] == 1
    assert standing(register).cash[CashAccount.BANK] == 100_000 - 30_000 - 120 - 500


def test_two_equal_lines_of_a_day_are_two_lines(register: TestRegister) -> None:
    done = import_one(register, a_statement(FEE, FEE))
    assert done.figures["new_lines"] == 2
    assert import_one(register, a_statement(FEE, FEE, FEE), file=2).figures["new_lines"] == 1
    assert [event.occurrence for event in imported(register)] == [1, 2, 3]


def missing(register: TestRegister, statement: Statement) -> list[Trouble]:
    return list(gaps(Bank(register.database).statements_of(ACCOUNT), statement))


def test_missing_days_are_told(register: TestRegister) -> None:
    march = a_statement(RENT, opening=100_000, from_on=DAY, to_on=date(2026, 3, 31))
    may = a_statement(
        a_line(-1, booked_on=date(2026, 5, 4)), opening=60_000, from_on=date(2026, 5, 1)
    )
    import_one(register, march)
    assert [type(gap.problem) for gap in missing(register, may)] == [BalancesApart]
    import_one(register, may, file=2)
    april = a_statement(
        a_line(-10_000, booked_on=date(2026, 4, 1)),
        opening=70_000,
        from_on=date(2026, 4, 1),
        to_on=date(2026, 4, 30),
    )
    assert missing(register, april) == []


def test_an_earlier_statement_that_comes_later_changes_what_the_account_began_with(
    register: TestRegister,
) -> None:
    march = a_statement(RENT, opening=100_000, from_on=DAY, to_on=date(2026, 3, 31))
    import_one(register, march)
    day = date(2026, 2, 2)
    february = a_statement(
        a_line(40_000, "CONTRIBUTO", booked_on=day), opening=60_000, from_on=day, to_on=day
    )
    import_one(register, february, file=2)
    cash = standing(register).cash
    assert (cash[CashAccount.OPENING], cash[CashAccount.BANK]) == (-60_000, 70_000)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (a_statement(RENT, account_iban=OTHER_IBAN), AnotherAccount),
        (a_statement(replace(RENT, currency="CHF")), OtherCurrency),
        (replace(a_statement(RENT), closing_cents=1), BalanceOff),
        (
            a_statement(*(a_line(-n, "x") for n in range(1, MOST_LINES + 2))),
            StatementTooLong,
        ),
    ],
    ids=["account", "currency", "balances", "length"],
)
def test_of_a_wrong_statement_nothing_comes_in(
    register: TestRegister, statement: object, refusal: type[DomainError]
) -> None:
    before = register.settle()
    with pytest.raises(refusal):
        import_one(register, statement)  # type: ignore[arg-type]  # a statement of above
    assert register.settle() == before


def test_only_who_keeps_the_money_brings_statements_in(register: TestRegister) -> None:
    for who in (register.people.operator, register.people.approver, register.people.coordinator):
        with pytest.raises(Forbidden):
            import_one(register, a_statement(RENT), by=who)
    source = Source("MT940", "0" * 64, 1)
    with pytest.raises(UnknownCode):
        register.run(
            register.people.finance,
            lambda work: import_statement(work, "ALTRO", source, a_statement(RENT)),
        )


def test_an_account_is_opened_once(register: TestRegister) -> None:
    for code, iban in ((ACCOUNT, OTHER_IBAN), ("DUE", IBAN)):
        with pytest.raises(Duplicate):
            register.run(
                register.people.coordinator,
                partial(open_bank_account, code=code, name="Conto", iban=iban),
            )


def test_two_officers_bring_the_same_statement_at_once(register: TestRegister) -> None:
    statement = a_statement(*(a_line(-n, f"riga {n}") for n in range(1, 40)), opening=10_000)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda file: import_one(register, statement, file=file), range(4)))
    assert sum(each.figures["new_lines"] for each in done) == 39
    assert sum(each.created for each in done) == 1
    assert standing(register).cash[CashAccount.BANK] == 10_000 - sum(range(1, 40))


def test_the_cash_side_is_the_same_when_it_is_made_anew(register: TestRegister) -> None:
    import_one(register, a_statement(RENT, FEE, FUNDS, opening=100_000))
    before = standing(register)
    rebuild(register.database, "ledger", lambda _done, _all: None)
    assert standing(register) == before


_CHILD = """
import sys
from tests.register import MASTER_KEY, TestRegister
from tests.workflows.banking import a_line, a_statement, import_one
register = TestRegister(sys.argv[1], sys.argv[2])
with register.database:
    lines = [a_line(-n, f"riga {n}") for n in range(1, 1_501)]
    import_one(register, a_statement(*lines, opening=10_000_000))
"""


def test_a_crash_in_the_middle_leaves_nothing_and_again_brings_all(
    register: TestRegister, postgres_url: str
) -> None:
    before = register.settle()
    key = register.database.lock_id("bank", ACCOUNT)
    # An advisory lock's number is shown as two halves.
    held = """SELECT pid FROM pg_locks
              WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s"""
    halves = ((key >> 32) & 0xFFFFFFFF, key & 0xFFFFFFFF)
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, postgres_url, register.database.schema], cwd=Path.cwd()
    )
    try:
        deadline = time.monotonic() + 60
        while not register.database.statement(held, halves):
            assert child.poll() is None
            assert time.monotonic() < deadline
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    lines = [a_line(-n, f"riga {n}") for n in range(1, 1_501)]
    done = import_one(register, a_statement(*lines, opening=10_000_000))
    assert done.figures["new_lines"] == 1_500
    assert register.settle() == before + 1_501
    assert standing(register).cash[CashAccount.BANK] == 10_000_000 - sum(range(1, 1_501))


DAYS = st.integers(0, 4)
LINE = st.tuples(DAYS, st.sampled_from([-300, -200, 100]), st.sampled_from("ab"))
LINES = st.lists(LINE, min_size=1, max_size=12)
SPANS = st.lists(st.tuples(DAYS, DAYS), max_size=4)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(LINES, SPANS)
def test_whatever_days_statements_hold_and_in_whatever_order_they_come(
    postgres_url: str, lines: list[tuple[int, int, str]], spans: list[tuple[int, int]]
) -> None:
    """Every day that some statement holds counts once, whole."""
    days = [date(2026, 3, 2 + n) for n in range(5)]
    with fresh_register(postgres_url) as register:
        register.open_programme()
        with_account(register)
        seen: set[int] = set()
        for file, (one, other) in enumerate([*spans, (0, 4), *spans]):
            first, last = sorted((one, other))
            before = sum(cents for day, cents, _ in lines if day < first)
            within = [
                a_line(cents, text, booked_on=days[day])
                for day, cents, text in lines
                if first <= day <= last
            ]
            statement = a_statement(
                *within, opening=5_000 + before, from_on=days[first], to_on=days[last]
            )
            import_one(register, statement, file=file)
            seen |= set(range(first, last + 1))
        assert len(imported(register)) == len(lines)
        balance = standing(register).cash[CashAccount.BANK]
        assert balance == 5_000 + sum(cents for _, cents, _ in lines)
        assert sum(isinstance(e, StatementImported) for e in _all(register)) <= len(spans) + 1


def _all(register: TestRegister) -> list[object]:
    part = register.log.part(0, register.log.end(), ["StatementImported"])
    return [logged.event for logged in part]
