"""Which payment a receipt belongs to: the oldest that has room, in the order of handing in."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.covering import Filling, Out, Part, parts
from tests.spec import TODAY


def out(n: int, cents: int, days: int = 0) -> Out:
    return Out(n, TODAY + timedelta(days=days), cents)


def test_a_receipt_is_of_the_first_payment_that_it_covers() -> None:
    found = parts([out(1, 50), out(2, 50, 15)], [Filling(1, 50), Filling(2, 50)])
    assert found == {1: (Part(1, 50),), 2: (Part(2, 50),)}


def test_payments_are_as_old_as_their_value_date() -> None:
    """And of the same day the one that was recorded first."""
    payments = [out(1, 50, 15), out(2, 50), out(3, 50)]
    found = parts(payments, [Filling(n, 50) for n in (1, 2, 3)])
    assert found == {1: (Part(2, 50),), 2: (Part(3, 50),), 3: (Part(1, 50),)}


def test_what_is_larger_than_a_payment_is_of_the_next_one_too() -> None:
    found = parts([out(1, 50), out(2, 50, 1)], [Filling(1, 30), Filling(2, 60)])
    assert found == {1: (Part(1, 30),), 2: (Part(1, 20), Part(2, 40))}


def test_a_receipt_that_waits_keeps_its_place() -> None:
    payments = [out(1, 50), out(2, 50, 1)]
    found = parts(payments, [Filling(1, 50, waits=True), Filling(2, 50)])
    assert found[2] == (Part(2, 50),)


def test_as_far_as_it_can_still_be_decided_beside_the_others() -> None:
    payments = [out(1, 50), out(2, 50, 1)]
    found = parts(payments, [Filling(1, 90, waits=True), Filling(2, 90)])
    assert found == {1: (Part(1, 10),), 2: (Part(1, 40), Part(2, 50))}


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 5)), max_size=5),
    st.lists(st.tuples(st.integers(1, 90), st.booleans()), max_size=8),
)
def test_every_cent_has_one_place(
    paid: list[tuple[int, int]], uses: list[tuple[int, bool]]
) -> None:
    payments = [out(n, cents, days) for n, (cents, days) in enumerate(paid)]
    fillings = [Filling(n, cents, waits) for n, (cents, waits) in enumerate(uses)]
    decided = sum(each.amount_cents for each in fillings if not each.waits)
    total = sum(each.amount_cents for each in payments)
    found = parts(payments, fillings)
    filled: Counter[int] = Counter()
    for filling in fillings:
        of = found[filling.place]
        placed = sum(part.amount_cents for part in of)
        assert placed <= filling.amount_cents
        assert all(part.amount_cents > 0 for part in of)
        if decided <= total and not filling.waits:
            assert placed == filling.amount_cents
        for part in of:
            filled[part.n] += part.amount_cents
    # A payment is begun once all older ones are full.
    full = True
    for each in sorted(payments, key=lambda each: (each.day, each.n)):
        assert filled[each.n] <= each.amount_cents
        assert full or not filled[each.n]
        full = filled[each.n] == each.amount_cents
