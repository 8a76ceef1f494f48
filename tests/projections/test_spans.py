"""Nobody tells what a table leaves out by subtracting the tables of other spans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.figures.queries import InYear
from projections.figures.suppression import Cell, hidden

SMALL = 5
YEARS = (2025, 2026)
MONTHS = [date(year, month, 1) for year in YEARS for month in range(1, 13)]
Households = frozenset[int]
Atom = tuple[date, str]
"""Doti requested in a month, in a district."""
Equation = frozenset[Atom]
"""That the doti of these atoms together are known."""
Town = Mapping[Atom, Households]


@dataclass(frozen=True)
class Span:
    """Months from one on and before another."""

    since: date
    until: date

    def covers(self, month: date) -> bool:
        return self.since <= month < self.until


OFFERED = [
    Span(values["since"], values["until"])  # type: ignore[arg-type]  # they are days
    for values in (InYear(None, year).values() for year in YEARS)
]
ANY = [Span(a, b) for a, b in product(MONTHS, [*MONTHS, date(2027, 1, 1)]) if a < b]

TOWNS = st.dictionaries(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from("ABCD")),
    st.frozensets(st.integers(0, 60), min_size=1, max_size=9),
    min_size=4,
    max_size=40,
)


@dataclass(frozen=True)
class Table:
    """What is told, as sums that are known, and the cells that are not."""

    known: list[Equation]
    left_out: list[Equation]


def table(town: Town, span: Span, by: int) -> Table:
    """By month (0) or by district (1), as statistics tell them."""
    cells: dict[str, set[Atom]] = {}
    for atom in unknown(town, span):
        cells.setdefault(str(atom[by]), set()).add(atom)
    people = {key: who(town, of) for key, of in cells.items()}
    gone = {key for _, key in hidden((_cell(key, there) for key, there in people.items()), SMALL)}
    known = [frozenset(of) for key, of in cells.items() if key not in gone]
    if len(who(town, unknown(town, span))) >= SMALL:
        known.append(unknown(town, span))
    return Table(known, [frozenset(cells[key]) for key in gone])


def unknown(town: Town, span: Span) -> Equation:
    """All that there may be of a span: in which months and districts there is anything is told, and
    not whether there is in both at once."""
    inside = [atom for atom in town if span.covers(atom[0])]
    return frozenset(product({month for month, _ in inside}, {key for _, key in inside}))


def who(town: Town, atoms: Iterable[Atom]) -> Households:
    return frozenset[int]().union(*(town.get(atom, frozenset()) for atom in atoms))


def _cell(key: str, there: Households) -> Cell:
    few = frozenset(UUID(int=n) for n in there) if len(there) < SMALL else None
    return Cell(key, "", len(there), 0, 0, 0, 0, 0, 0, few)


class Attacker:
    """Knows all that tables tell, and adds and subtracts it in every way there is."""

    def __init__(self, known: Iterable[Equation]) -> None:
        self._pivots: list[tuple[Atom, dict[Atom, Fraction]]] = []
        for equation in known:
            row = self._rest(equation)
            if row:
                first = min(row)
                self._pivots.append((first, {atom: x / row[first] for atom, x in row.items()}))

    def knows(self, sum_: Equation) -> bool:
        """Whether a sum follows from what is told."""
        return not self._rest(sum_)

    def _rest(self, equation: Equation) -> dict[Atom, Fraction]:
        row = dict.fromkeys(equation, Fraction(1))
        for first, pivot in self._pivots:
            factor = row.get(first)
            if factor:
                for atom, x in pivot.items():
                    row[atom] = row.get(atom, Fraction(0)) - factor * x
        return {atom: x for atom, x in row.items() if x}


def told(town: Town, spans: Iterable[Span]) -> list[Table]:
    return [table(town, span, by) for span in spans for by in (0, 1)]


def followed(town: Town, spans: Iterable[Span]) -> list[Equation]:
    """The cells that some table leaves out, or would, and that follow from all of them."""
    tables = told(town, spans)
    attacker = Attacker(equation for each in tables for equation in each.known)
    return [cell for each in tables for cell in each.left_out if attacker.knows(cell)]


@settings(max_examples=150, deadline=None)
@given(TOWNS)
def test_nothing_that_is_left_out_follows_from_all_tables(town: Town) -> None:
    assert followed(town, OFFERED) == []


@settings(max_examples=40, deadline=None)
@given(TOWNS)
def test_nor_does_any_small_cell_of_a_span_that_is_not_told(town: Town) -> None:
    """Neither pairs nor nested spans: whatever months somebody would like to know of. Of one
    district in one month alone the tables by month and by district say nothing either."""
    tables = told(town, OFFERED)
    attacker = Attacker(known for each in tables for known in each.known)
    for span in ANY:
        inside = [atom for year in OFFERED for atom in unknown(town, year) if span.covers(atom[0])]
        for key in "ABCD":
            cell = frozenset(atom for atom in inside if atom[1] == key)
            if 0 < len(who(town, cell)) < SMALL:
                assert not attacker.knows(cell), (span, key)


def test_with_spans_of_any_months_it_does() -> None:
    """What this is about: the third month is of three, and follows from two spans that are told."""
    first, second, third = MONTHS[:3]
    many, others = frozenset(range(10)), frozenset(range(20, 30))
    town = {(first, "A"): many, (first, "B"): others, (second, "B"): others}
    town |= {(third, "A"): frozenset({40, 41, 42}), (third, "B"): others}
    found = followed(town, ANY)
    assert any({atom[0] for atom in cell} == {third} for cell in found)
    assert followed(town, OFFERED) == []
