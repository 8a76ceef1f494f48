"""One movement, told by several files, counts once; two equal movements count twice."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.same_lines import Day, Judged, Known, Marks, Teller, Told, judge

DAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Movement:
    """What really happened: `nth` of all."""

    nth: int
    day: int
    cents: int
    text: str
    number: str | None = None

    @property
    def booked_on(self) -> date:
        return DAY + timedelta(days=self.day)


@dataclass(frozen=True)
class View:
    """A file: which movements it tells, in its order, and what it tells of each."""

    format: str
    movements: tuple[Movement, ...]
    opening: int | None = None
    span: tuple[int, int] | None = None
    tells: frozenset[str] = frozenset({"reference", "number", "text"})

    def told(self) -> list[Told]:
        return [
            Told(n, each.booked_on, each.cents, self.marks(each))
            for n, each in enumerate(self.movements)
        ]

    def marks(self, movement: Movement) -> Marks:
        reference = f"R{movement.nth}".encode() if "reference" in self.tells else None
        number = movement.number if "number" in self.tells else None
        text = movement.text.encode() if "text" in self.tells and movement.text else None
        end_to_end = number.encode() if number else None
        words = b"|".join(part or b"" for part in (reference, end_to_end, text))
        return Marks(words, reference, end_to_end, number, text)

    def teller(self) -> Teller:
        days: dict[date, Day] = {}
        balance = self.opening
        for day in dict.fromkeys(each.booked_on for each in self.movements):
            amounts = tuple(each.cents for each in self.movements if each.booked_on == day)
            after = None if balance is None else balance + sum(amounts)
            days[day] = Day(balance, after, amounts)
            balance = after
        span = self.span or (
            min((each.day for each in self.movements), default=0),
            max((each.day for each in self.movements), default=0),
        )
        return Teller(self.format, days, *(DAY + timedelta(days=n) for n in span))


@dataclass
class Desk:
    """What came in so far, and what was told of."""

    lines: list[Known] = field(default_factory=list)
    movements: set[Movement] = field(default_factory=set)
    tellers: dict[UUID, Teller] = field(default_factory=dict)
    doubts: int = 0

    def take(self, view: View) -> Judged:
        """A file comes in; what is not certain is decided by who knows the truth."""
        judged = judge(view.told(), view.teller(), self.lines, self.tellers)
        doubtful = {doubt.told.nth for doubt in judged.doubts}
        assert not doubtful & judged.known.keys()
        self.doubts += len(doubtful)
        statement = UUID(int=1000 + len(self.tellers))
        for n, movement in enumerate(view.movements):
            if n in judged.known or (n in doubtful and movement in self.movements):
                continue
            line = Known(
                UUID(int=len(self.lines)),
                statement,
                movement.booked_on,
                movement.cents,
                view.marks(movement),
            )
            self.lines.append(line)
        self.movements |= set(view.movements)
        self.tellers[statement] = view.teller()
        return judged

    def counts(self) -> Counter[tuple[date, int]]:
        return Counter((each.booked_on, each.amount_cents) for each in self.lines)


A, B = Movement(1, 0, -300, "affitto"), Movement(2, 0, -300, "affitto")
OTHER = Movement(3, 0, -300, "scuola")
MT, CAMT, NOTE = "MT940", "camt.053.001.08", "camt.054.001.08"
BARE: frozenset[str] = frozenset()
TEXT = frozenset({"text"})


@pytest.mark.parametrize(
    ("first", "second", "new", "doubts"),
    [
        (View(CAMT, (A, B), 1000), View(MT, (A, B), 1000, tells=BARE), 0, 0),
        (View(CAMT, (A,)), View(MT, (A, B)), 1, 0),
        (View(NOTE, (A,), tells=TEXT), View(CAMT, (A, B), 1000, (-1, 1)), 1, 0),
        (View(NOTE, (A,), tells=TEXT), View(CAMT, (B,), 1000, tells=TEXT), 0, 1),
        (View(NOTE, (A,), tells=TEXT), View(NOTE, (B,), tells=TEXT), 0, 1),
        (View(NOTE, (A,)), View(NOTE, (B,)), 1, 0),
        (View(CAMT, (A,), 1000, tells=TEXT), View(CAMT, (B,), 700, tells=TEXT), 1, 0),
        (View(CAMT, (A,), 1000, tells=TEXT), View(CAMT, (B,), 400, tells=TEXT), 0, 1),
        (View("CSV", (A,), tells=TEXT), View("CSV", (A, B), tells=TEXT), 1, 0),
        (View("CSV", (A,), tells=TEXT), View(CAMT, (OTHER,), tells=TEXT), 0, 1),
        (View("CSV", (A,), tells=BARE), View(CAMT, (A, OTHER), span=(-1, 1)), 0, 2),
        (View(MT, (A,), tells=TEXT), View(MT, (OTHER,), tells=TEXT), 1, 0),
        (View(NOTE, (A,), tells=BARE), View(CAMT, (A,), span=(-1, 1)), 0, 0),
        (View(CAMT, (A,), span=(-1, 1)), View("CSV", (Movement(4, 0, -7, "x"),)), 0, 1),
        (View(CAMT, (Movement(5, 0, -600, ""),), 1000), View(MT, (A, B), 1000), 0, 2),
        (View(CAMT, (A,)), View(MT, (replace(A, day=-2),)), 0, 1),
        (View(CAMT, (A,), tells=TEXT), View(MT, (replace(A, day=-2),), tells=TEXT), 1, 0),
        (View(CAMT, (A,)), View(MT, (replace(A, day=-8),)), 1, 0),
        (View(CAMT, (A,)), View(CAMT, (replace(A, day=2),)), 1, 0),
        (View(CAMT, (A,)), View(MT, (replace(A, day=2, cents=-200),)), 1, 0),
        (View(CAMT, (A,)), View(MT, (A, replace(A, day=2))), 1, 0),
        (View(CAMT, (A,), 1000), View(MT, (A, replace(A, day=2)), 1000, tells=BARE), 1, 0),
    ],
    ids=[
        "the balances of the day say it",
        "the second of two equal payments is new",
        "one was notified, two are booked",
        "one was notified, and what is booked may be a page of the day",
        "two notices that say the same may be two movements",
        "two notices with references of their own are two movements",
        "the second page of a day goes on where the first ended",
        "a page is missing between two that say the same",
        "a later table has one more",
        "other words in another format",
        "which of two it is cannot be told",
        "other words in one format are another movement",
        "nothing but day and amount, in a statement of the whole day",
        "what a statement of the whole day does not have",
        "a sum booked as one, and each of its payments",
        "by the day of value what stood by the day of booking",
        "days apart and with nothing that is of one movement",
        "too many days apart",
        "another day in one format is another movement",
        "days apart and another amount",
        "days apart, and the first of them is told too",
        "days apart, and the day of the first is told already",
    ],
)
def test_what_is_known_new_or_doubtful(first: View, second: View, new: int, doubts: int) -> None:
    desk = Desk()
    assert not desk.take(first).known
    judged = desk.take(second)
    assert len(judged.doubts) == doubts
    assert len(second.movements) - len(judged.known) - doubts == new


Drawn = tuple[int, int, str, str | None]
NUMBERS = st.sampled_from([None, None, "CI-2026-00001-1", "CI-2026-00002-1"])
MOVEMENTS = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from([-300, -200, 150]), st.sampled_from("ab"), NUMBERS
    ),
    min_size=1,
    max_size=14,
)
TELLS = st.sets(st.sampled_from(["reference", "number", "text"])).map(frozenset)


def happened(drawn: list[Drawn]) -> list[Movement]:
    """The movements by day. A payment of ours goes out once for an amount on a day."""
    found: list[Movement] = []
    for day, cents, text, number in sorted(drawn, key=lambda each: each[0]):
        again = any((m.day, m.cents, m.number) == (day, cents, number) for m in found)
        found.append(Movement(len(found), day, cents, text, None if again else number))
    return found


@st.composite
def views(draw: st.DrawFn, movements: list[Movement], bank: dict[str, frozenset[str]]) -> View:
    """A file as a bank makes it: whole days, a page of one, some notices, a table made at noon. A
    format says the same of a movement each time; the columns of a table are chosen anew."""
    kind = draw(st.sampled_from(["statement", "page", "notices", "table"]))
    if kind == "notices":
        some = draw(st.lists(st.sampled_from(movements), unique=True, max_size=6))
        return View(NOTE, tuple(sorted(some, key=lambda each: each.nth)), tells=bank[NOTE])
    if kind == "page":
        day = draw(st.sampled_from(movements)).day
        within = [each for each in movements if each.day == day]
        one, two = sorted(draw(st.tuples(*[st.integers(0, len(within))] * 2)))
        first, last, page = day, day, within[one:two]
    else:
        first, last = sorted(draw(st.tuples(st.integers(0, 4), st.integers(0, 4))))
        page = [each for each in movements if first <= each.day <= last]
        if kind == "table":
            page = page[: draw(st.integers(0, len(page)))] if last == 4 else page
    before = sum(each.cents for each in movements if page and each.nth < page[0].nth)
    if kind == "table":
        opening = draw(st.sampled_from([None, 5_000 + before]))
        return View("CSV", tuple(page), opening, tells=draw(TELLS))
    format_ = draw(st.sampled_from([CAMT, MT]))
    return View(format_, tuple(page), 5_000 + before, (first, last), bank[format_])


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.data(), MOVEMENTS)
def test_whatever_files_come_each_movement_counts_once(
    data: st.DataObject, drawn: list[Drawn]
) -> None:
    """What is decided without asking is right, in whatever order and however little is told."""
    movements = happened(drawn)
    bank = {format_: data.draw(TELLS) for format_ in (CAMT, MT, NOTE)}
    desk = Desk()
    for _ in range(data.draw(st.integers(1, 5))):
        view = data.draw(views(movements, bank))
        desk.take(view)
        assert desk.counts() == Counter((each.booked_on, each.cents) for each in desk.movements)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(MOVEMENTS, TELLS, TELLS, st.sampled_from([MT, "CSV", "camt.053.001.02"]))
def test_the_same_days_in_another_format_leave_no_doubt(
    drawn: list[Drawn],
    one: frozenset[str],
    other: frozenset[str],
    format_: str,
) -> None:
    """Where both tell their balances, whatever else they say."""
    movements = tuple(happened(drawn))
    desk = Desk()
    desk.take(View(CAMT, movements, 1_000, tells=one))
    judged = desk.take(View(format_, movements, 1_000, tells=other))
    assert (len(judged.known), judged.doubts) == (len(movements), [])
    assert len(desk.take(View(format_, movements, 1_000, tells=other)).known) == len(movements)


def test_equal_movements_of_one_statement_are_as_many_as_they_are() -> None:
    many = tuple(replace(A, nth=n) for n in range(5))
    desk = Desk()
    desk.take(View(CAMT, many, tells=TEXT))
    assert desk.counts().total() == 5
    judged = desk.take(View(MT, (*many, replace(A, nth=9)), tells=TEXT))
    assert (len(judged.known), len(judged.doubts)) == (5, 0)
