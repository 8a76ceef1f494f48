"""Compares the lines of a dossier with the leaves of its log, and says what happened to which.

Like `diff`, but over hashes, in one pass and in little memory: as long as every line is the next
event, nothing is kept. Where they part, lines are set aside until they meet again; what lies
between is a gap, and all gaps together tell what was edited, moved, inserted or removed.
"""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass

from workflows.audit import findings as f
from workflows.audit.merkle import HASH_BYTES

DIFFERENCES_MAX = 1_000
PENDING_MAX = 64
MEET = 3
"""So many lines in a row must be events in a row before the two are taken to have met again."""
AHEAD_BYTES = HASH_BYTES << 16
"""How far ahead a line is looked for at once."""
CHUNK_BYTES = HASH_BYTES << 15


@dataclass(frozen=True, slots=True)
class StrayLine:
    """A line that is not the next event. `claimed`: the log_index that it carries, None where the
    line cannot be read; `leaf` is its hash."""

    number: int
    claimed: int | None
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines that stand where the events from `first` to `last` were expected."""

    lines: Sequence[StrayLine]
    first: int
    last: int


@dataclass(slots=True)
class _Numbers:
    """A run of events with numbers that are off by the same amount."""

    event: int
    line: int
    offset: int
    count: int = 1


class TooManyDifferences(Exception):
    """It makes no sense to go on."""


class Comparison:
    """`leaves` are the hashes of the log side by side; `add` is told each line in its order."""

    def __init__(self, leaves: mmap.mmap | bytes) -> None:
        self._leaves = leaves
        self._count = len(leaves) // HASH_BYTES
        self._next = 1
        self._pending: list[StrayLine] = []
        self._found: list[int | None] = []
        self._gaps: list[Gap] = []
        self._strays = 0
        self._numbers: list[_Numbers] = []

    def add(self, number: int, claimed: int | None, leaf: bytes) -> int | None:
        """Takes line `number`; returns which event it is, None while that is not clear.

        Raises TooManyDifferences.
        """
        event = self._next
        at = (event - 1) * HASH_BYTES
        if not self._pending and self._leaves[at : at + HASH_BYTES] == leaf:
            self._next = event + 1
            if claimed != event:
                self._note_number(event, number, claimed)
            return event
        self._set_aside(StrayLine(number, claimed, leaf))
        return None

    def finish(self) -> tuple[list[f.Finding], int]:
        """What was found, and the last event that has its line: the log is cut there."""
        findings: list[f.Finding] = []
        try:
            self._close_rest()
            end = self._next - 1
        except TooManyDifferences:
            findings.append(f.TooMany(DIFFERENCES_MAX))
            end = self._count  # nothing is said about what was not read
        findings += self._explain(end)
        findings += [f.Renumbered(n.event, n.line, n.count, n.offset) for n in self._numbers]
        return findings, end

    def _leaf(self, event: int) -> bytes:
        return self._leaves[(event - 1) * HASH_BYTES : event * HASH_BYTES]

    def _set_aside(self, line: StrayLine) -> None:
        self._pending.append(line)
        self._found.append(self._locate(line))
        count = len(self._pending)
        same_shift = self._next + count - 1
        if self._found[-1] == same_shift:
            # As many lines as events went by: an edit, or events that changed places.
            self._close(count - 1, same_shift - 1)
            self._take(1)
            return
        tail = self._found[-MEET:]
        last = tail[-1]
        if (
            last is not None
            and len(tail) == MEET
            and all(place == last - MEET + 1 + n for n, place in enumerate(tail))
        ):
            self._close(count - MEET, last - MEET)
            self._take(MEET)
        elif count == PENDING_MAX:
            self._close(count, min(self._next + count - 1, self._count))

    def _locate(self, line: StrayLine) -> int | None:
        """Which event not yet met the line is: first where its number says, then ahead."""
        if not line.leaf:
            return None
        claimed = line.claimed
        ahead = claimed is not None and self._next <= claimed <= self._count
        if claimed is not None and ahead and self._leaf(claimed) == line.leaf:
            return claimed
        start = (self._next - 1) * HASH_BYTES
        at = self._leaves.find(line.leaf, start, start + AHEAD_BYTES)
        return at // HASH_BYTES + 1 if at >= 0 and at % HASH_BYTES == 0 else None

    def _close(self, lines: int, last: int) -> None:
        """Makes a gap of the first pending lines, up to an event."""
        gap = Gap(tuple(self._pending[:lines]), self._next, last)
        self._pending = self._pending[lines:]
        self._found = self._found[lines:]
        self._next = max(self._next, last + 1)
        if gap.lines or gap.first <= gap.last:
            self._gaps.append(gap)
        self._strays += len(gap.lines)
        if max(self._strays, len(self._gaps)) > DIFFERENCES_MAX:
            raise TooManyDifferences

    def _take(self, lines: int) -> None:
        """The first pending lines are the next events after all."""
        for line in self._pending[:lines]:
            if line.claimed != self._next:
                self._note_number(self._next, line.number, line.claimed)
            self._next += 1
        self._pending = self._pending[lines:]
        self._found = self._found[lines:]

    def _close_rest(self) -> None:
        count = len(self._pending)
        run = 0
        while run < count and self._found[count - 1 - run] == self._count - run:
            run += 1
        if run:
            # The last lines are the last events: both end together.
            self._close(count - run, self._count - run)
            self._take(run)
        else:
            known = [place for place in self._found if place is not None]
            last = max([self._next + count - 1, *known])
            self._close(count, min(last, self._count))

    def _note_number(self, event: int, line: int, claimed: int | None) -> None:
        offset = (claimed or 0) - event
        runs = self._numbers
        if runs and runs[-1].offset == offset:
            runs[-1].count += 1
        elif len(runs) < DIFFERENCES_MAX:
            runs.append(_Numbers(event, line, offset))

    # What the gaps mean

    def _explain(self, end: int) -> list[f.Finding]:
        places = self._places({line.leaf for gap in self._gaps for line in gap.lines if line.leaf})
        missing = _Ranges([(gap.first, gap.last) for gap in self._gaps if gap.first <= gap.last])
        findings: list[f.Finding] = []
        unknown: list[tuple[Gap, list[StrayLine]]] = []
        for gap in self._gaps:
            strangers = []
            for line in gap.lines:
                event = places.get(line.leaf)
                if event is None or not (event > end or missing.take(event)):
                    strangers.append(line)
                else:
                    findings.append(f.Moved(event, line.number))
            unknown.append((gap, strangers))
        for gap, strangers in unknown:
            # A line that nobody knows stands for the event of its number, or else the next one.
            for line in sorted(strangers, key=lambda line: not _within(line.claimed, gap)):
                event = line.claimed if _within(line.claimed, gap) else None
                if event is None or not missing.take(event):
                    event = missing.take_first(gap.first, gap.last)
                if event is None:
                    findings.append(f.Inserted(line.number, gap.first - 1))
                else:
                    findings.append(f.Edited(event))
        findings += [f.Removed(first, last) for first, last in missing.rest()]
        return sorted(findings, key=lambda finding: finding.log_index or 0)

    def _places(self, wanted: set[bytes]) -> dict[bytes, int]:
        """Where in the whole log these hashes stand: one pass for all."""
        places: dict[bytes, int] = {}
        for start in range(0, len(self._leaves) if wanted else 0, CHUNK_BYTES):
            chunk = self._leaves[start : start + CHUNK_BYTES]
            for at in range(0, len(chunk), HASH_BYTES):
                leaf = chunk[at : at + HASH_BYTES]
                if leaf in wanted:
                    places[leaf] = (start + at) // HASH_BYTES + 1
        return places


class _Ranges:
    """Events that are missing, as ranges that do not overlap, in order."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._ranges = ranges

    def take(self, event: int) -> bool:
        """Takes one out; False if it is not there."""
        for n, (first, last) in enumerate(self._ranges):
            if first <= event <= last:
                parts = [(first, event - 1), (event + 1, last)]
                self._ranges[n : n + 1] = [part for part in parts if part[0] <= part[1]]
                return True
        return False

    def take_first(self, first: int, last: int) -> int | None:
        """Takes out the first one between two events."""
        for low, high in self._ranges:
            event = max(low, first)
            if event <= min(high, last):
                self.take(event)
                return event
        return None

    def rest(self) -> list[tuple[int, int]]:
        """What nobody took."""
        return self._ranges


def _within(event: int | None, gap: Gap) -> bool:
    return event is not None and gap.first <= event <= gap.last
