"""The months of the books: two people, in their order, and back from the last one."""

from datetime import UTC, date, datetime

import pytest

from domain import closing, periods
from domain.actors import Actor, Role
from domain.days import month_after
from domain.errors import (
    ClosingByAnother,
    DomainError,
    EarlierMonthOpen,
    Forbidden,
    LaterMonthClosed,
    MonthClosed,
    MonthNotClosed,
    MonthNotOver,
)
from domain.events.programme import (
    Balance,
    PeriodCloseAsked,
    PeriodClosed,
    PeriodReopenAsked,
    PeriodReopened,
    ProgrammeEvent,
)
from domain.programme import Programme
from tests.domain.facts_around import close_asked, closed, opened, reopen_asked, reopened
from tests.spec import (
    AUDITOR,
    COORDINATOR,
    FINANCE,
    FINANCE_2,
    OPERATOR,
    at,
    delegate,
    given,
    stamp,
)

BALANCE = closed().trial_balance
IN_JUNE = datetime(2026, 6, 10, 9, tzinfo=UTC)
FEBRUARY_CLOSED: tuple[ProgrammeEvent, ...] = (opened(), close_asked("2026-02"), closed("2026-02"))
MARCH_CLOSED = (*FEBRUARY_CLOSED, close_asked("2026-03"), closed("2026-03"))


def known(*events: ProgrammeEvent) -> Programme:
    return given(*events).state


def test_one_asks_and_another_closes_on_the_trial_balance() -> None:
    asked = given(opened()).when(
        lambda programme: closing.ask_close(
            programme, stamp(FINANCE, IN_JUNE), "2026-03", "reconciled"
        )
    )
    programme = asked.then(PeriodCloseAsked, period="2026-03", reason="reconciled")
    assert programme.books.closed_upto is None
    programme.check_open(date(2026, 3, 31))

    closed_now = given(opened(), close_asked("2026-03")).when(
        lambda programme: closing.close(
            programme,
            stamp(COORDINATOR, IN_JUNE),
            "2026-03",
            None,
            asked_by=close_asked().by,
            trial_balance=BALANCE,
            log_size=12,
            root=b"\x5e" * 32,
        )
    )
    programme = closed_now.then(PeriodClosed, period="2026-03", log_size=12, root="5e" * 32)
    assert programme.books.closed_upto == "2026-03"
    assert programme.books.asked is None


def test_nothing_is_dated_into_a_closed_month_or_before_it() -> None:
    programme = known(*MARCH_CLOSED)
    for day in (date(2026, 3, 31), date(2026, 3, 1), date(2026, 2, 28), date(2019, 1, 1)):
        with pytest.raises(MonthClosed) as refused:
            programme.check_open(day)
        assert refused.value.code == "period_closed"
        assert programme.open_day(day) == date(2026, 4, 1)
    programme.check_open(date(2026, 4, 1))
    assert programme.open_day(date(2026, 4, 20)) == date(2026, 4, 20)
    assert known(opened()).open_day(date(2019, 1, 1)) == date(2019, 1, 1)


@pytest.mark.parametrize(
    ("month", "error"),
    [
        ("2026-06", MonthNotOver),
        ("2026-07", MonthNotOver),
        ("2026-05", EarlierMonthOpen),
        ("2026-03", MonthClosed),
        ("2025-12", MonthClosed),
    ],
)
def test_months_are_closed_in_their_order_after_their_end(
    month: str, error: type[DomainError]
) -> None:
    given(*MARCH_CLOSED).when(
        lambda programme: closing.ask_close(programme, stamp(FINANCE, IN_JUNE), month, None)
    ).then_refused(error, period=month)


def test_the_first_to_be_closed_is_that_of_the_opening_or_an_earlier_one() -> None:
    books = known(opened()).books
    books.check("close", "2026-03", IN_JUNE)
    books.check("close", "2025-11", IN_JUNE)
    with pytest.raises(EarlierMonthOpen):
        books.check("close", "2026-04", IN_JUNE)


def test_a_month_is_over_when_calendars_here_say_so() -> None:
    books = known(opened()).books
    with pytest.raises(MonthNotOver):
        books.check("close", "2026-03", datetime(2026, 3, 31, 21, 59, tzinfo=UTC))
    books.check("close", "2026-03", datetime(2026, 3, 31, 22, 0, tzinfo=UTC))


def test_the_last_closed_month_is_opened_again_with_a_reason() -> None:
    given(*MARCH_CLOSED).when(
        lambda programme: closing.ask_reopen(
            programme, stamp(FINANCE, IN_JUNE), "2026-03", "a line"
        )
    ).then(PeriodReopenAsked, period="2026-03", reason="a line")
    programme = (
        given(*MARCH_CLOSED, reopen_asked("2026-03"))
        .when(
            lambda programme: closing.reopen(
                programme,
                stamp(COORDINATOR, IN_JUNE),
                "2026-03",
                "true",
                asked_by=reopen_asked().by,
            )
        )
        .then(PeriodReopened, period="2026-03")
    )
    programme.check_open(date(2026, 3, 31))
    assert programme.books.closed_upto == "2026-02"
    assert [one.reopened is None for one in programme.books.closings] == [True, False]


def test_a_month_that_was_opened_is_closed_again() -> None:
    life = (*FEBRUARY_CLOSED, reopen_asked(), reopened(), close_asked(), closed())
    books = known(*life).books
    assert books.closed_upto == "2026-02"
    assert [one.reopened is None for one in books.closings] == [False, True]


@pytest.mark.parametrize(
    ("month", "error"), [("2026-02", LaterMonthClosed), ("2026-04", MonthNotClosed)]
)
def test_months_are_opened_from_the_last_one_on(month: str, error: type[DomainError]) -> None:
    given(*MARCH_CLOSED).when(
        lambda programme: closing.ask_reopen(programme, stamp(FINANCE, IN_JUNE), month, "why")
    ).then_refused(error, period=month)


def test_a_trial_balance_comes_to_zero() -> None:
    programme = known(opened(), close_asked("2026-03"))
    wrong = (*BALANCE, Balance(partner=None, category=None, account="unallocated", cents=1))
    with pytest.raises(ValueError, match="0"):
        closing.close(
            programme,
            stamp(COORDINATOR, IN_JUNE),
            "2026-03",
            None,
            asked_by=close_asked().by,
            trial_balance=wrong,
            log_size=1,
            root=bytes(32),
        )


@pytest.mark.parametrize("who", [FINANCE_2, COORDINATOR])
def test_another_of_finance_or_a_coordinator_confirms(who: Actor) -> None:
    asked = known(opened(), close_asked("2026-03")).books.waits_for("close", "2026-03")
    assert periods.signature(who, "close", asked).account_id == who.account_id


def test_who_asked_does_not_confirm_nor_does_their_deputy() -> None:
    asked = known(opened(), close_asked("2026-03")).books.waits_for("close", "2026-03")
    deputy = delegate(0xAF9, FINANCE, Role.FINANCE)
    for who in (FINANCE, deputy):
        with pytest.raises(ClosingByAnother):
            periods.signature(who, "close", asked)


@pytest.mark.parametrize("who", [OPERATOR, AUDITOR])
def test_nobody_else_closes(who: Actor) -> None:
    with pytest.raises(Forbidden):
        periods.signature(who, "close", None)


def test_what_was_asked_of_another_month_is_not_this_one() -> None:
    books = known(opened(), at(IN_JUNE, close_asked("2026-03"))).books
    assert books.waits_for("close", "2026-02") is None
    assert books.waits_for("reopen", "2026-03") is None


def test_a_year_has_twelve_months() -> None:
    assert [month_after(month) for month in ("2026-01", "2026-09", "2026-12")] == [
        "2026-02",
        "2026-10",
        "2027-01",
    ]
