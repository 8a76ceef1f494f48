"""A line of the bank: what it is, and what was said of it.

The methods decide and return events; `evolve` applies them and never checks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar, assert_never
from uuid import UUID

from domain.errors import (
    LineIsErased,
    LineIsMatched,
    LineKept,
    MatchIsUndone,
    WrongDirection,
    WrongStream,
)
from domain.events.bank import (
    BankLineImported,
    LineErased,
    LineEvent,
    LineMatched,
    LineSetAside,
    LineUnmatched,
    MatchKind,
    Paid,
)
from domain.events.base import Event, Stamp
from domain.privacy import Private
from domain.retention import Retention

AnEvent = TypeVar("AnEvent", bound=Event)

OUT = frozenset({MatchKind.PAYMENT, MatchKind.FEE})
"""What money that went out can be; what came in is one of the others."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What was said of a line, or of a part of it (`amount_cents`, with the line's sign)."""

    match_id: UUID
    kind: MatchKind
    amount_cents: int
    payments: tuple[Paid, ...]


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line as its events tell it. Amounts in cents, above zero for what came in."""

    id: UUID
    version: int
    statement_id: UUID
    account: str
    booked_on: date
    value_on: date | None
    amount_cents: int
    matches: tuple[Matched, ...] = ()
    is_set_aside: bool = False
    is_erased: bool = False

    @property
    def open_cents(self) -> int:
        """What nobody has said anything of yet, with the line's sign."""
        return self.amount_cents - sum(known.amount_cents for known in self.matches)

    def match(
        self,
        stamp: Stamp,
        match_id: UUID,
        kind: MatchKind,
        amount_cents: int,
        payments: tuple[Paid, ...] = (),
    ) -> LineMatched:
        """It is known what `amount_cents` of the line were; no more than are left."""
        if amount_cents == 0 or abs(amount_cents) > abs(self.open_cents):
            raise LineIsMatched(abs(self.open_cents))
        if (amount_cents < 0) is not (kind in OUT) or (amount_cents < 0) is not (
            self.amount_cents < 0
        ):
            raise WrongDirection("kind")
        return self._then(
            LineMatched,
            stamp,
            match_id=match_id,
            kind=kind,
            amount_cents=amount_cents,
            payments=payments,
        )

    def undo(self, stamp: Stamp, match_id: UUID) -> list[LineUnmatched]:
        """What one match said of the line was wrong."""
        wrong = [known for known in self.matches if known.match_id == match_id]
        if not wrong:
            raise MatchIsUndone
        return [
            LineUnmatched.stamped(
                stamp,
                self.id,
                self.version + nth,
                match_id=match_id,
                kind=known.kind,
                amount_cents=known.amount_cents,
            )
            for nth, known in enumerate(wrong, start=1)
        ]

    def set_aside(self, stamp: Stamp, reason: str) -> LineSetAside:
        """It is left for later."""
        if self.open_cents == 0:
            raise LineIsMatched(0)
        if self.is_erased:
            raise LineIsErased
        return self._then(LineSetAside, stamp, reason=Private(self.id, reason))

    def erase(
        self, stamp: Stamp, retention: Retention, adopted_on: date | None, *, is_needed: bool
    ) -> LineErased:
        """The time of papers of money is over: what the bank wrote goes, amount and day stay.

        `adopted_on`: since when the times are these; `is_needed`: whether a household is still
        there whose money the line shows: with that it goes.
        """
        today = stamp.day
        if self.is_erased:
            raise LineIsErased
        if (
            is_needed
            or self.booked_on >= retention.papers_since(today)
            or not retention.was_told(adopted_on, today)
        ):
            raise LineKept
        return self._then(LineErased, stamp)

    def _then(self, kind: type[AnEvent], stamp: Stamp, /, **data: object) -> AnEvent:
        return kind.stamped(stamp, self.id, self.version + 1, **data)


def evolve(line: BankLine | None, event: LineEvent) -> BankLine:
    """The line after the event."""
    if line is None:
        if not isinstance(event, BankLineImported):
            raise WrongStream(f"a line of the bank does not begin with {type(event).__name__}")
        return BankLine(
            id=event.originator_id,
            version=event.originator_version,
            statement_id=event.statement_id,
            account=event.account,
            booked_on=event.booked_on,
            value_on=event.value_on,
            amount_cents=event.amount_cents,
        )
    return replace(_apply(line, event), version=event.originator_version)


def _apply(line: BankLine, event: LineEvent) -> BankLine:
    match event:
        case BankLineImported():
            raise ValueError("a line of the bank comes once")
        case LineMatched():
            said = Matched(event.match_id, event.kind, event.amount_cents, event.payments)
            return replace(line, matches=(*line.matches, said), is_set_aside=False)
        case LineUnmatched():
            left = tuple(
                known
                for known in line.matches
                if (known.match_id, known.kind, known.amount_cents)
                != (event.match_id, event.kind, event.amount_cents)
            )
            return replace(line, matches=left)
        case LineSetAside():
            return replace(line, is_set_aside=True)
        case LineErased():
            return replace(line, is_erased=True)
        case _:
            assert_never(event)


def project(line: BankLine | None, events: Iterable[LineEvent]) -> BankLine | None:
    """The line after all the events."""
    for event in events:
        line = evolve(line, event)
    return line
