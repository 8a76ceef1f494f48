"""Nobody can compute what a statistic leaves out from what it shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from projections.figures.suppression import Cell, Place, hidden, hidden_parts

SMALL = 5
Households = frozenset[int]


@dataclass(frozen=True)
class Town:
    """Who was helped with which item of which category."""

    items: dict[tuple[str, str], Households]

    @property
    def categories(self) -> dict[tuple[str, str], Households]:
        found: dict[tuple[str, str], Households] = {}
        for (category, _), there in self.items.items():
            found["", category] = found.get(("", category), frozenset()) | there
        return found

    @property
    def everybody(self) -> Households:
        return frozenset[int]().union(*self.items.values())


def cells(places: dict[tuple[str, str], Households]) -> list[Cell]:
    return [cell(part, key, there) for (part, key), there in places.items()]


def cell(part: str, key: str, there: Households) -> Cell:
    few = frozenset(UUID(int=n) for n in there) if len(there) < SMALL else None
    return Cell(key, part, len(there), len(there), 0, 0, 0, 0, 0, few)


TOWNS = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("12345")),
    st.frozensets(st.integers(0, 40), min_size=1, max_size=14),
    min_size=1,
    max_size=14,
).map(Town)


def determined(equations: Iterable[frozenset[Place]], unknown: Sequence[Place]) -> set[Place]:
    """The unknowns that have one value only, where sums over these sets of them are known."""
    rows = [
        [Fraction(place in equation) for place in unknown] for equation in equations if equation
    ]
    pivots: dict[int, list[Fraction]] = {}
    for row in rows:
        reduced = row
        for column, pivot in pivots.items():
            factor = reduced[column]
            reduced = [a - factor * b for a, b in zip(reduced, pivot, strict=True)]
        first = next((n for n, value in enumerate(reduced) if value), None)
        if first is None:
            continue
        reduced = [value / reduced[first] for value in reduced]
        for column, pivot in pivots.items():
            factor = pivot[first]
            pivots[column] = [a - factor * b for a, b in zip(pivot, reduced, strict=True)]
        pivots[first] = reduced
    return {
        unknown[column] for column, row in pivots.items() if sum(value != 0 for value in row) == 1
    }


@given(TOWNS)
def test_no_cell_that_is_left_out_follows_from_the_others(town: Town) -> None:
    """By category and by item asked together: sums of doti over cells are the equations."""
    if len(town.everybody) < SMALL:
        return  # the total is not told, and the next test is about that
    parts, items = cells(town.categories), cells(town.items)
    gone_parts = hidden(parts, SMALL)
    gone_items = hidden_parts(items, parts, SMALL)
    unknown = sorted(gone_parts | gone_items)
    equations = [gone_parts]  # the total, less the categories that are shown
    for part in parts:
        own = frozenset(place for place in gone_items if place[0] == part.key)
        shown = ("", part.key) not in gone_parts
        equations.append(own if shown else own | {("", part.key)})
    assert not determined(equations, unknown)


@given(TOWNS)
def test_what_is_left_out_together_is_not_of_few(town: Town) -> None:
    parts, items = cells(town.categories), cells(town.items)
    gone = hidden(parts, SMALL)
    left_out = frozenset[int]().union(*(town.categories[place] for place in gone))
    # If it is, it is all there is, and then the total is not told either.
    assert not gone or len(left_out) >= SMALL or left_out == town.everybody
    gone_items = hidden_parts(items, parts, SMALL)
    for part in parts:
        own = frozenset(place for place in gone_items if place[0] == part.key)
        left_out = frozenset[int]().union(*(town.items[place] for place in own))
        assert not own or len(left_out) >= SMALL or ("", part.key) in gone


@given(TOWNS)
def test_every_small_cell_is_left_out_and_not_all_others(town: Town) -> None:
    for places in (town.categories, town.items):
        shown = cells(places)
        gone = hidden(shown, SMALL)
        small = {(one.part, one.key) for one in shown if one.households < SMALL}
        assert small <= gone
        assert len(gone - small) <= 1


def test_the_next_smallest_goes_with_the_only_one() -> None:
    places = {("", "A"): range(20), ("", "B"): range(8), ("", "C"): range(3), ("", "D"): range(9)}
    shown = cells({place: frozenset(there) for place, there in places.items()})
    assert hidden(shown, SMALL) == {("", "C"), ("", "B")}


def test_two_that_are_many_together_are_enough() -> None:
    places = {("", "A"): range(20), ("", "B"): range(3), ("", "C"): range(10, 14)}
    shown = cells({place: frozenset(there) for place, there in places.items()})
    assert hidden(shown, SMALL) == {("", "B"), ("", "C")}
    same = {("", "A"): range(20), ("", "B"): range(3), ("", "C"): range(4)}
    shown = cells({place: frozenset(there) for place, there in same.items()})
    assert hidden(shown, SMALL) == {("", "A"), ("", "B"), ("", "C")}


def test_nothing_small_nothing_left_out() -> None:
    places = {("", "A"): frozenset(range(5)), ("", "B"): frozenset(range(9))}
    assert hidden(cells(places), SMALL) == frozenset()
    assert hidden([], SMALL) == frozenset()
