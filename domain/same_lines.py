"""Which lines of a statement are movements that another statement told already.

Banks tell one movement in several files: a notification and a statement, two formats of the same
days, statements that overlap. Each tells other texts of it. What is asked is which lines are known,
and it is answered in two ways: by the balances of a day, where both statements tell them, and by
what each line says of itself. Only lines of one day and one amount are ever compared, each with one
other at most; so two equal movements of one statement are always two. Where neither way is sure,
the line is a `Doubt`, and a person decides; and so it is where another format told what it names,
and as much, a few days apart: one may have told the day of booking, the other that of value.

Pure: texts come in as keyed tokens.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import TypeVar
from uuid import UUID

_TABLES = frozenset({"CSV", "XLSX"})
"""Their columns are chosen anew each time: the same movement may say other words in them."""

DAYS_APART = timedelta(days=7)
"""How far the day of value may lie from the day of booking."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a line is told by. `words`: all that it says, as one; `reference`: the bank's own;
    `end_to_end`: what the payer called it; `number`: the payment of ours that it names, which goes
    out once for an amount on a day; `text`: what is written for the receiver; `iban`: of the other
    side."""

    words: bytes | None = None
    reference: bytes | None = None
    end_to_end: bytes | None = None
    number: str | None = None
    text: bytes | None = None
    iban: bytes | None = None

    @property
    def is_named(self) -> bool:
        """Whether something in it is said of no other movement."""
        return bool(self.reference or self.end_to_end or self.number)


@dataclass(frozen=True, slots=True)
class Told:
    """A line as a statement tells it. `nth`: its place among those of its statement."""

    nth: int
    booked_on: date
    amount_cents: int
    marks: Marks


@dataclass(frozen=True, slots=True)
class Known:
    """A line that came in before, and with which statement."""

    id: UUID
    statement_id: UUID
    booked_on: date
    amount_cents: int
    marks: Marks


Mark = Callable[[Marks], Hashable]
ALine = TypeVar("ALine", Told, Known)


@dataclass(frozen=True, slots=True)
class Day:
    """What a statement tells of one day: the balances at its beginning and end, if it has any, and
    the amounts between, in its order."""

    opening_cents: int | None
    closing_cents: int | None
    amounts: tuple[int, ...]

    def is_same(self, other: "Day") -> bool:
        """Whether both go from the same balance to the same one, by the same amounts."""
        return self.goes_as(other) and sorted(self.amounts) == sorted(other.amounts)

    def goes_as(self, other: "Day") -> bool:
        """Whether both go from the same balance to the same one."""
        mine = (self.opening_cents, self.closing_cents)
        return None not in mine and mine == (other.opening_cents, other.closing_cents)

    def ends(self) -> frozenset[int | None]:
        """The balances at its beginning and end."""
        return frozenset((self.opening_cents, self.closing_cents))

    def balances(self) -> frozenset[int]:
        """Every balance that it passes through."""
        if self.opening_cents is None:
            return frozenset()
        return frozenset(accumulate(self.amounts, initial=self.opening_cents))


@dataclass(frozen=True, slots=True)
class Teller:
    """A statement: its format, its days, and which of them lie within it, so that all of each is
    told for certain."""

    format: str
    days: Mapping[date, Day]
    first: date | None = None
    last: date | None = None

    @property
    def notifies(self) -> bool:
        """Whether it tells some movements, and not all of a time."""
        return self.format.startswith("camt.054")

    def is_whole(self, day: date) -> bool:
        """Whether it tells all movements of a day. Where it begins or ends, others may be missing:
        a page of the same day, or what came after a table was made."""
        if self.notifies or self.first is None or self.last is None:
            return False
        return self.first < day < self.last


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line that may be one of these or another movement: nobody can tell from the files."""

    told: Told
    like: tuple[UUID, ...]


@dataclass(slots=True)
class Judged:
    """What the lines of a statement are, by their places."""

    known: dict[int, UUID | None] = field(default_factory=dict)
    """With the line that each of them is, where it is known which."""
    doubts: list[Doubt] = field(default_factory=list)


def judge(
    told: Sequence[Told],
    teller: Teller,
    known: Iterable[Known],
    tellers: Mapping[UUID, Teller],
) -> Judged:
    """Which of the lines of a statement are known; the others are new. `known`: those of its days,
    and of days near them those that name the same. `tellers`: the statements that came in before,
    those of the known lines among them."""
    judged = Judged()
    known = list(known)
    there: dict[tuple[date, int], list[Known]] = defaultdict(list)
    for line in known:
        there[line.booked_on, line.amount_cents].append(line)
    here: dict[date, dict[int, list[Told]]] = defaultdict(lambda: defaultdict(list))
    for each in told:
        here[each.booked_on][each.amount_cents].append(each)
    told_already: set[date] = set()
    for day, by_cents in here.items():
        view = _DayView(day, teller, tellers)
        if view.is_told_already:
            told_already.add(day)
            judged.known |= dict.fromkeys(each.nth for lines in by_cents.values() for each in lines)
            continue
        for cents, lines in by_cents.items():
            group = [each for each in there[day, cents] if each.statement_id not in view.apart]
            _Group(view, lines, group, judged).judge()
    free = [line for line in known if line.booked_on not in told_already]
    _other_days(told, teller, free, tellers, judged)
    return judged


def _other_days(
    told: Sequence[Told],
    teller: Teller,
    known: Sequence[Known],
    tellers: Mapping[UUID, Teller],
    judged: Judged,
) -> None:
    """Doubts about what is new by its day, where another format told it on a day near it."""
    paired = set(judged.known.values())
    others: dict[tuple[int, Hashable], list[Known]] = defaultdict(list)
    for line in known:
        if line.id in paired or _is_same_format(teller, tellers.get(line.statement_id)):
            continue
        for mark in _OF_ONE:
            if mark(line.marks) is not None:
                others[line.amount_cents, mark(line.marks)].append(line)
    doubtful = {doubt.told.nth for doubt in judged.doubts}
    for each in told:
        if each.nth in judged.known or each.nth in doubtful:
            continue
        like = dict.fromkeys(
            line.id
            for mark in _OF_ONE
            for line in others.get((each.amount_cents, mark(each.marks)), ())
            if timedelta(0) < abs(line.booked_on - each.booked_on) <= DAYS_APART
        )
        if like:
            judged.doubts.append(Doubt(each, tuple(like)))


def _is_same_format(one: Teller, other: Teller | None) -> bool:
    """Whether two statements would say the same words of the same movement."""
    return other is not None and other.format == one.format not in _TABLES


class _DayView:
    """A day of a statement beside what other statements tell of it."""

    def __init__(self, day: date, teller: Teller, tellers: Mapping[UUID, Teller]) -> None:
        self.day = day
        self.teller = teller
        self.tellers = tellers
        self.own = teller.days[day]
        self.others = {key: each.days[day] for key, each in tellers.items() if day in each.days}
        self.is_told_already = any(self.own.is_same(other) for other in self.others.values())
        goes_as_another = any(self.own.goes_as(other) for other in self.others.values())
        self.is_complete = goes_as_another or any(each.is_whole(day) for each in tellers.values())
        """Whether others say that they tell all of the day: nothing of it should be new."""
        pages = frozenset() if goes_as_another else frozenset(self._pages())
        self.apart = frozenset(key for key in pages if not self._is_within(key))
        self.unclear = pages - self.apart
        """Statements that may be another page, or tell the same as a part of this one."""

    def _is_within(self, key: UUID) -> bool:
        """Whether one of the two begins and ends at balances that the other passes through."""
        other = self.others[key]
        return self.own.ends() <= other.balances() or other.ends() <= self.own.balances()

    def _pages(self) -> Iterator[UUID]:
        """Statements that end where this one begins, or begin where it ends: pages of one day,
        which tell no movement twice; and those before and after them. A page that comes back to
        its own beginning says nothing of its place."""
        start, end = self.own.opening_cents, self.own.closing_cents
        if start is None or end is None or start == end:
            return
        ways = {
            key: (each.opening_cents, each.closing_cents)
            for key, each in self.others.items()
            if each.opening_cents is not None
            and each.closing_cents is not None
            and each.opening_cents != each.closing_cents
        }
        for enters, leaves, place in ((1, 0, start), (0, 1, end)):
            places, left = {place}, dict(ways)
            while found := [key for key, way in left.items() if way[enters] in places]:
                places = {left.pop(key)[leaves] for key in found}
                yield from found

    def is_linked(self, key: UUID) -> bool | None:
        """Whether the balances say that this statement and another one tell a part of the day in
        common; None where one of them has none."""
        other = self.others.get(key)
        if other is None or self.own.opening_cents is None or other.opening_cents is None:
            return None
        if key in self.unclear:
            return False
        return bool(self.own.ends() & other.balances() or other.ends() & self.own.balances())

    def must_tell(self, key: UUID) -> bool:
        """Whether, of this statement and another one, one tells whatever the other does. What is
        notified stands in a statement of the whole day, but perhaps not in one that is a page."""
        other = self.tellers.get(key)
        if other is None or not (self.teller.notifies or other.notifies):
            return True
        return other.is_whole(self.day) or self.teller.is_whole(self.day)

    def is_same_format(self, key: UUID) -> bool:
        """Whether another statement would say the same words of the same movement."""
        return _is_same_format(self.teller, self.tellers.get(key))


class _Group:
    """The lines of one day and amount: what is told now, and what is there."""

    def __init__(
        self, view: _DayView, told: Sequence[Told], there: Sequence[Known], judged: Judged
    ) -> None:
        self.view = view
        self.told = {each.nth: each for each in told}
        self.there = {each.id: each for each in there}
        self.judged = judged

    def judge(self) -> None:
        """From what is surest on; what is left is compared by how many there are."""
        for mark in (_words, _reference, _number, _end_to_end, _text, _iban):
            self._pair(mark)
        self._rest()

    def _pair(self, mark: Mark) -> None:
        """Lines that have a mark in common, one to one and in their order."""
        there = _by_mark(mark, self.there.values())
        for key, lines in _by_mark(mark, self.told.values()).items():
            others = there.get(key, [])
            if mark in _WEAK and len(lines) != len(others) and _are_different([*lines, *others]):
                continue
            for each in lines:
                other = next((o for o in others if self._is_surely(each, o, mark)), None)
                if other is not None:
                    others.remove(other)
                    del self.told[each.nth], self.there[other.id]
                    self.judged.known[each.nth] = other.id

    def _is_surely(self, told: Told, known: Known, mark: Mark) -> bool:
        if not self._may_be(told, known) or self.view.is_linked(known.statement_id) is False:
            return False
        named = told.marks.is_named if mark is _words else mark not in _WEAK
        return named or self.view.must_tell(known.statement_id)

    def _may_be(self, told: Told, known: Known) -> bool:
        """Whether nothing that they say is against it. One format says the same words each time:
        other words are another movement."""
        if self.view.is_same_format(known.statement_id):
            return told.marks.words == known.marks.words
        return _agree(told.marks.number, known.marks.number)

    def _rest(self) -> None:
        """Lines that have no more in common than day and amount, or nothing that is sure."""
        there = self.there.values()
        like = {
            nth: tuple(other.id for other in there if self._may_be(each, other))
            for nth, each in self.told.items()
        }
        if self._must_be() and all(len(ids) == len(there) for ids in like.values()):
            self.judged.known |= dict.fromkeys(self.told)
            return
        for nth, each in self.told.items():
            if like[nth] or self.view.is_complete:
                self.judged.doubts.append(Doubt(each, like[nth]))

    def _must_be(self) -> bool:
        """Whether one of the two sides tells the whole day, and so has all that the other has."""
        keys = {each.statement_id for each in self.there.values()}
        if not keys or any(self.view.is_linked(key) is False for key in keys):
            return False
        if len(self.told) == len(self.there) and self.view.teller.is_whole(self.view.day):
            return True
        tellers = [self.view.tellers.get(key) for key in keys]
        wholes = all(each is not None and each.is_whole(self.view.day) for each in tellers)
        return len(self.told) <= len(self.there) and wholes


def _words(marks: Marks) -> Hashable:
    return marks.words


def _reference(marks: Marks) -> Hashable:
    return marks.reference


def _number(marks: Marks) -> Hashable:
    return marks.number


def _end_to_end(marks: Marks) -> Hashable:
    return marks.end_to_end


def _text(marks: Marks) -> Hashable:
    return marks.text


def _iban(marks: Marks) -> Hashable:
    return marks.iban


_WEAK = frozenset({_text, _iban})
"""What several movements of a day may well have in common."""
_OF_ONE = (_reference, _number)
"""What is said of one movement, on whatever day."""


def _by_mark(mark: Mark, lines: Iterable[ALine]) -> dict[Hashable, list[ALine]]:
    found: dict[Hashable, list[ALine]] = defaultdict(list)
    for line in lines:
        key = mark(line.marks)
        if key is not None:
            found[key].append(line)
    return found


def _are_different(lines: Sequence[Told | Known]) -> bool:
    """Whether it would matter which of them is which."""
    return len({line.marks.number for line in lines} - {None}) > 1


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other
