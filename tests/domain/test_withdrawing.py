"""Who withdraws an account of expenses that was wrong, and which one can be."""

import pytest

from domain.errors import Forbidden, LaterAccountStands, WithdrawnByAnother
from domain.rendiconto_content import Content
from domain.withdrawing import check_later, signature
from tests.domain.test_rendiconto import LIFE, asked, content, drawn, earlier
from tests.spec import COORDINATOR, FINANCE, OPERATOR

BY_FINANCE = FINANCE.sign(FINANCE.grants[0])


def test_another_person_than_the_one_who_drew_it_up() -> None:
    assert signature(COORDINATOR, BY_FINANCE).account_id == COORDINATOR.account_id
    with pytest.raises(WithdrawnByAnother):
        signature(FINANCE, BY_FINANCE)
    with pytest.raises(Forbidden):
        signature(OPERATOR, BY_FINANCE)


def told(number: str, *before: Content, funder: str = "F") -> Content:
    """An account of all there is, drawn up after others."""
    known = tuple(
        earlier(drawn(LIFE, asked(funder=each.funder)), asked(funder=each.funder), each.number)
        for each in before
    )
    own = tuple(each.number for each in before if each.funder == funder)
    drawing = drawn(LIFE, asked(*known, funder=funder))
    return content(drawing, number, funder=funder, earlier=own)


def test_the_newest_one_can_be_withdrawn_whatever_was_before_it() -> None:
    first = told("R-1")
    second = told("R-2", first)
    assert not second.rows
    check_later(second, [first, second])
    check_later(first, [first])


def test_not_the_one_that_a_later_one_was_built_upon() -> None:
    first = told("R-1")
    second = told("R-2", first)
    with pytest.raises(LaterAccountStands, match="Withdraw R-2 first") as refused:
        check_later(first, [first, second])
    assert (refused.value.number, refused.value.newer) == ("R-1", "R-2")


def test_not_the_one_for_which_another_funder_was_not_charged() -> None:
    first = told("R-1")
    other = told("R-2", first, funder="G")
    assert sum(row.admitted_cents for row in other.rows) == 0
    with pytest.raises(LaterAccountStands):
        check_later(first, [first, other])
    check_later(other, [first, other])
    # What nobody in particular was told hangs on nothing.
    check_later(first, [first, content(None, "R-3", funder=None)])
