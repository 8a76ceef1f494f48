"""What may be said of a line of the bank, and taken back."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import bank_line
from domain.bank_line import BankLine
from domain.errors import (
    DomainError,
    LineIsErased,
    LineIsMatched,
    LineKept,
    MatchIsUndone,
    WrongDirection,
    WrongStream,
)
from domain.events.bank import LineErased, MatchKind
from domain.retention import Retention
from tests.domain import facts_bank
from tests.spec import FINANCE, ident, stamp

BY = stamp(FINANCE)
OTHER_MATCH = ident(0xBA9)


def a_line(cents: int = -500) -> BankLine:
    return bank_line.evolve(None, facts_bank.line(cents))


def test_a_line_is_matched_in_parts_and_never_beyond() -> None:
    line = a_line()
    assert line.open_cents == -500
    line = bank_line.evolve(line, line.match(BY, facts_bank.MATCH, MatchKind.PAYMENT, -380))
    assert line.open_cents == -120
    with pytest.raises(LineIsMatched) as refused:
        line.match(BY, OTHER_MATCH, MatchKind.FEE, -121)
    assert refused.value.left_cents == 120
    line = bank_line.evolve(line, line.match(BY, OTHER_MATCH, MatchKind.FEE, -120))
    assert line.open_cents == 0
    with pytest.raises(LineIsMatched):
        line.match(BY, OTHER_MATCH, MatchKind.FEE, -1)
    with pytest.raises(LineIsMatched):
        line.set_aside(BY, "why")


def test_what_the_bank_wrote_goes_after_its_time_and_once() -> None:
    retention = Retention(accounting_years=10, notice_days=30)
    line = a_line()
    assert line.booked_on == date(2026, 3, 2)

    def erase(today: date, *, is_needed: bool = False, adopted: date | None = None) -> LineErased:
        at = datetime(today.year, today.month, today.day, tzinfo=UTC)
        return line.erase(stamp(FINANCE, at), retention, adopted, is_needed=is_needed)

    with pytest.raises(LineKept):
        erase(date(2036, 12, 31))
    with pytest.raises(LineKept):
        erase(date(2037, 1, 1), is_needed=True)
    with pytest.raises(LineKept):
        erase(date(2037, 1, 1), adopted=date(2036, 12, 3))
    line = bank_line.evolve(line, erase(date(2037, 1, 1), adopted=date(2036, 12, 2)))
    assert (line.is_erased, line.open_cents) == (True, -500)
    with pytest.raises(LineIsErased):
        erase(date(2037, 1, 2))
    with pytest.raises(LineIsErased):
        line.set_aside(BY, "nobody could read why")
    # What is not known yet can still be said.
    line = bank_line.evolve(line, line.match(BY, facts_bank.MATCH, MatchKind.FEE, -500))
    assert (line.is_erased, line.open_cents) == (True, 0)


@pytest.mark.parametrize(
    ("cents", "kind"),
    [
        (-500, MatchKind.RETURN),
        (-500, MatchKind.REFUND),
        (-500, MatchKind.FUNDING),
        (500, MatchKind.PAYMENT),
        (500, MatchKind.FEE),
    ],
)
def test_what_came_in_is_not_what_went_out(cents: int, kind: MatchKind) -> None:
    with pytest.raises(WrongDirection):
        a_line(cents).match(BY, facts_bank.MATCH, kind, cents)
    with pytest.raises(WrongDirection):
        a_line(cents).match(BY, facts_bank.MATCH, kind, -cents)


def test_a_match_is_taken_back_whole_and_once() -> None:
    line = a_line()
    for kind, cents in ((MatchKind.PAYMENT, -380), (MatchKind.FEE, -120)):
        line = bank_line.evolve(line, line.match(BY, facts_bank.MATCH, kind, cents))
    undone = line.undo(BY, facts_bank.MATCH)
    assert [(event.kind, event.amount_cents) for event in undone] == [
        (MatchKind.PAYMENT, -380),
        (MatchKind.FEE, -120),
    ]
    line = bank_line.project(line, undone) or line
    assert (line.open_cents, line.matches, line.version) == (-500, (), 5)
    with pytest.raises(MatchIsUndone):
        line.undo(BY, facts_bank.MATCH)


def test_a_line_that_was_set_aside_is_taken_up_by_matching_it() -> None:
    line = bank_line.evolve(a_line(), facts_bank.set_aside())
    assert line.is_set_aside
    line = bank_line.evolve(line, line.match(BY, facts_bank.MATCH, MatchKind.FEE, -500))
    assert not line.is_set_aside


def test_a_line_begins_with_its_import() -> None:
    with pytest.raises(WrongStream):
        bank_line.evolve(None, facts_bank.matched())
    with pytest.raises(ValueError, match="once"):
        bank_line.evolve(a_line(), facts_bank.line())


@given(
    st.integers(-1000, 1000).filter(bool),
    st.lists(st.tuples(st.integers(-600, 600), st.booleans()), max_size=12),
)
def test_whatever_is_said_what_is_left_stays_between_nothing_and_the_line(
    cents: int, said: list[tuple[int, bool]]
) -> None:
    line = a_line(cents)
    kind = MatchKind.FEE if cents < 0 else MatchKind.FUNDING
    for n, (part, back) in enumerate(said):
        try:
            line = bank_line.evolve(line, line.match(BY, ident(n), kind, part))
            if back:
                line = bank_line.project(line, line.undo(BY, ident(n))) or line
        except DomainError:
            continue
        assert 0 <= abs(line.open_cents) <= abs(cents)
        assert line.open_cents == 0 or (line.open_cents < 0) is (cents < 0)
