"""What stands on the bank's accounts when a month ends."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.days import last_day_of
from projections.reconciliation.balances import MonthEnd, OpenLines, month_ends, open_upto
from tests.register import TestRegister, fresh_register
from tests.workflows.banking import ACCOUNT, a_line, a_statement, import_one, with_account
from workflows.bank import Statement

BEGAN = 100_000
FIRST = date(2026, 1, 1)
MONTHS = ("2026-01", "2026-02", "2026-03")


@pytest.fixture
def register(postgres_url: str) -> Iterator[TestRegister]:
    with fresh_register(postgres_url) as made:
        made.open_programme()
        yield with_account(made)


def ends(register: TestRegister, month: str) -> list[MonthEnd]:
    register.settle()
    with register.database.transaction() as tx:
        return month_ends(tx, month)


def told(opening: int, first: date, last: date, *lines: tuple[date, int]) -> Statement:
    return a_statement(
        *(a_line(cents, "RIGA", booked_on=day) for day, cents in lines),
        opening=opening,
        from_on=first,
        to_on=last,
    )


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def test_a_month_that_ends_within_a_statement(register: TestRegister) -> None:
    lines = ((day(1, 20), -1_000), (day(1, 31), -500), (day(2, 1), -30_000))
    import_one(register, told(BEGAN, day(1, 10), day(2, 5), *lines))
    assert ends(register, "2026-01") == [MonthEnd(ACCOUNT, day(2, 5), 98_500, 98_500)]
    assert ends(register, "2026-02") == [MonthEnd(ACCOUNT, day(2, 5), 68_500, 68_500)]
    with register.database.transaction() as tx:
        assert open_upto(tx, day(1, 31)) == OpenLines(2, -1_500)


def test_before_the_first_statement_the_bank_has_said_nothing(register: TestRegister) -> None:
    import_one(register, told(BEGAN, day(3, 10), day(3, 20), (day(3, 11), 500)))
    assert ends(register, "2026-02") == [MonthEnd(ACCOUNT, day(3, 20), None, BEGAN)]
    assert ends(register, "2026-02")[0].difference_cents == 0


def test_the_day_before_a_statement_begins_is_told_by_it(register: TestRegister) -> None:
    import_one(register, told(BEGAN, day(3, 1), day(3, 20), (day(3, 11), 500)))
    assert ends(register, "2026-02") == [MonthEnd(ACCOUNT, day(3, 20), BEGAN, BEGAN)]


def test_a_statement_that_is_missing_is_what_bank_and_lines_differ_by(
    register: TestRegister,
) -> None:
    import_one(register, told(BEGAN, day(1, 1), day(1, 31), (day(1, 5), -1_000)))
    # What the bank did until the 20th, 7,000 cents less, nobody has loaded.
    import_one(register, told(92_000, day(2, 21), day(3, 9), (day(2, 22), -2_000)), file=2)
    assert ends(register, "2026-01")[0].difference_cents == 0
    (february,) = ends(register, "2026-02")
    assert (february.bank_cents, february.register_cents) == (90_000, 97_000)
    assert february.difference_cents == -7_000
    import_one(register, told(99_000, day(2, 1), day(2, 20), (day(2, 3), -7_000)), file=3)
    assert ends(register, "2026-02") == [MonthEnd(ACCOUNT, day(3, 9), 90_000, 90_000)]


def test_statements_that_tell_no_balance(register: TestRegister) -> None:
    silent = a_statement(
        a_line(-300, booked_on=day(1, 5)), opening=None, from_on=day(1, 1), to_on=day(1, 31)
    )
    import_one(register, silent)
    assert ends(register, "2026-01") == [MonthEnd(ACCOUNT, day(1, 31), None, -300)]


def test_no_statement_at_all(register: TestRegister) -> None:
    assert ends(register, "2026-01") == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    amounts=st.lists(st.integers(-900, 900), min_size=90, max_size=90),
    cuts=st.sets(st.integers(1, 89), max_size=6),
    overlap=st.integers(0, 3),
    data=st.data(),
)
def test_whatever_way_three_months_are_told_in(
    postgres_url: str, amounts: Sequence[int], cuts: set[int], overlap: int, data: st.DataObject
) -> None:
    """All of it, in any order, cut anywhere, days told twice: each month ends as it did."""
    stood = list(accumulate(amounts, initial=BEGAN))
    bounds = [0, *sorted(cuts), 90]
    spans = [(max(0, first - overlap), last) for first, last in pairwise(bounds)]
    with fresh_register(postgres_url) as register:
        register.open_programme()
        with_account(register)
        for n, (first, last) in enumerate(data.draw(st.permutations(spans)), start=1):
            lines = [
                (FIRST + timedelta(days=each), amounts[each])
                for each in range(first, last)
                if amounts[each]
            ]
            days = (FIRST + timedelta(days=first), FIRST + timedelta(days=last - 1))
            import_one(register, told(stood[first], *days, *lines), file=n)
        for month in MONTHS:
            cents = stood[(last_day_of(month) - FIRST).days + 1]
            assert ends(register, month) == [MonthEnd(ACCOUNT, day(3, 31), cents, cents)]
