"""A whole year, in every format, as the bank hands it out: all of it is read, once."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import pytest

from tests.bank.writing import WRITERS, as_told_by, without_places
from tests.bank.year import OPENING_CENTS, Year, a_year, as_it_comes, by_the_month, italian_iban
from workflows.bank import Line, read
from workflows.bank.checks import gaps
from workflows.bank.values import iban_is_right

COUNT = 300


@pytest.fixture(scope="module")
def year() -> Year:
    return a_year(COUNT)


def once(files: Iterable[tuple[Line, ...]]) -> Counter[Line]:
    """All lines of several files: one that several of them tell counts as often as in one."""
    together: Counter[Line] = Counter()
    for lines in files:
        together |= Counter(without_places(lines))
    return together


def test_the_same_seed_makes_the_same_year(year: Year) -> None:
    assert a_year(COUNT) == year
    assert a_year(COUNT, seed=2) != year


def test_a_year_has_everything_in_it(year: Year) -> None:
    kinds = Counter(movement.kind for movement in year.movements)
    assert kinds.keys() == {"payment", "return", "refund", "fee", "funding", "other"}
    assert len(year.payments) == COUNT + kinds["return"] - _unpaid(year)
    ids = [payment.id for payment in year.payments]
    assert len(set(ids)) == len(ids)
    assert all(iban_is_right(payment.payee.iban) for payment in year.payments)
    assert any(len(movement.payments) > 2 for movement in year.movements)
    assert any(movement.line.end_to_end_id is None for movement in year.movements)


def _unpaid(year: Year) -> int:
    """What came back in the last week was not ordered again within the year."""
    ids = {payment.id for payment in year.payments}
    by_id = {payment.id: payment for payment in year.payments}
    returned = [m.payments[0] for m in year.movements if m.kind == "return"]
    following = [f"{by_id[one].dote}-{by_id[one].n + 1}" for one in returned]
    return sum(one not in ids for one in following)


def test_every_payment_goes_out_whole(year: Year) -> None:
    out: Counter[str] = Counter()
    amounts = {payment.id: payment.amount_cents for payment in year.payments}
    for movement in year.movements:
        if movement.kind == "payment" and len(movement.payments) == 1:
            out[movement.payments[0]] -= movement.line.amount_cents
        elif movement.kind == "payment":
            assert -movement.line.amount_cents == sum(amounts[one] for one in movement.payments)
            out.update({one: amounts[one] for one in movement.payments})
    assert out == amounts


@pytest.mark.parametrize("format_", WRITERS)
def test_all_of_it_is_read_once(year: Year, format_: str) -> None:
    files = [(file, read(file.data, file.name)) for file in as_it_comes(year, format_)]
    assert [found.troubles for _, found in files if found.troubles] == []
    assert len(files) == 14
    expected = Counter(as_told_by(format_, line) for line in year.lines())
    assert once(tuple(found.lines()) for _, found in files) == expected


@pytest.mark.parametrize("format_", WRITERS)
def test_months_follow_each_other(year: Year, format_: str) -> None:
    months = [read(file.data, "").statements[0] for file in by_the_month(year, format_)]
    assert months[0].opening_cents == OPENING_CENTS
    total = sum(line.amount_cents for line in year.lines())
    assert months[-1].closing_cents == OPENING_CENTS + total
    assert [found for one, two in pairwise(months) for found in gaps(one, two)] == []
    missing = gaps(months[0], months[2])
    assert any(trouble.lost for trouble in missing)


def test_check_signs_of_an_italian_iban() -> None:
    assert italian_iban("0542811101000000123456") == "IT60X0542811101000000123456"
