"""Asks what came from the bank: statements, what is open, what was matched."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.events.bank import LinePart
from domain.outgoing_lines import SMALL_FEE_CENTS
from domain.proposals import OpenLine
from workflows.eventstore.database import Row, Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.reconciliation", "statements")
MOST_LINES = 10_000
"""So many open lines are proposed for at once; the oldest of them."""

Place = tuple[date, int]
"""Where an open line stands: its day, and its place in the log."""
StatementPlace = tuple[date | None, datetime, UUID]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement as it came in."""

    id: UUID
    account: str
    format: str
    number: str | None
    from_on: date | None
    to_on: date | None
    opening_cents: int | None
    closing_cents: int | None
    lines: int
    new_lines: int
    at: datetime

    @property
    def place(self) -> StatementPlace:
        """Where it stands among the others."""
        return self.to_on, self.at, self.id


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line, with what is open of it."""

    id: UUID
    account: str
    booked_on: date
    amount_cents: int
    open_cents: int
    is_return: bool
    return_reason: str | None
    is_fee: bool
    end_to_end: str | None
    references: tuple[str, ...]
    parts: tuple[LinePart, ...]
    is_set_aside: bool
    version: int
    log_index: int
    is_erased: bool = False
    name_token: bytes | None = None
    iban_token: bytes | None = None
    matched: tuple[str, ...] = ()
    """Payments that it is matched with, where something of it is still open."""

    @property
    def place(self) -> Place:
        """Where it stands among the open lines."""
        return self.booked_on, self.log_index

    def open_line(self) -> OpenLine:
        """What proposals look at: of a line that is matched in part, what is left, and what it
        names beside the payments that were matched."""
        done = {name for each in self.matched for name in (each, each.rpartition("-")[0])}
        little = self.open_cents != self.amount_cents and -SMALL_FEE_CENTS <= self.open_cents < 0
        return OpenLine(
            self.id,
            self.booked_on,
            self.open_cents,
            self.is_return,
            self.return_reason,
            self.is_fee or little,
            None if self.end_to_end in done else self.end_to_end,
            tuple(each for each in self.references if each not in done),
            tuple(each for each in self.parts if each.reference not in done),
            self.name_token,
            self.iban_token,
        )


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A match that holds. Each of `lines` has line_id, kind, amount_cents, payments."""

    match_id: UUID
    at: datetime
    log_index: int
    by_account: UUID
    lines: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MatchQuery:
    """Which matches somebody asks for: those of which a line is all of this. `cents`: what the
    line comes to, without its sign; `number`: of a payment, a dote or a batch."""

    line_id: UUID | None = None
    account: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    cents: int | None = None
    number: str | None = None


ANY = MatchQuery()
"""All of them."""


def open_lines(tx: Tx, limit: int = MOST_LINES, after: Place | None = None) -> list[LineRow]:
    """What is open, the oldest first. `after`: the place of the last one seen."""
    after_on, after_index = after or (None, None)
    values = {"limit": limit, "after_on": after_on, "after_index": after_index}
    return [_line(row) for row in tx.execute(_SQL["open_lines"], values, prepare=False)]


def lines(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, LineRow]:
    """Lines by their ids."""
    return {row["id"]: _line(row) for row in tx.execute(_SQL["lines"], {"ids": list(ids)})}


def over_lines(tx: Tx, before: date, limit: int) -> list[UUID]:
    """Lines booked before a day of which nobody needs any more what the bank wrote."""
    values = {"before": before, "limit": limit}
    return [row["id"] for row in tx.execute(_SQL["over_lines"], values)]


def statement_list(
    tx: Tx, limit: int = 100, after: StatementPlace | None = None
) -> list[StatementRow]:
    """The statements, the newest first. `after`: the place of the last one seen."""
    after_on, after_at, after_id = after or (None, None, None)
    values = {"limit": limit, "after_on": after_on, "after_at": after_at, "after_id": after_id}
    rows = tx.execute(_SQL["statement_list"], values, prepare=False)
    return [StatementRow(**row) for row in rows]


def matches(
    tx: Tx, limit: int = 25, query: MatchQuery = ANY, before: int | None = None
) -> list[MatchRow]:
    """The matches that hold, the newest first. `before`: the place in the log of the last seen."""
    values = {**asdict(query), "before": before, "limit": limit}
    return [MatchRow(**row) for row in tx.execute(_SQL["matches"], values, prepare=False)]


def _line(row: Row) -> LineRow:
    parts = tuple(LinePart.model_validate(part) for part in row.pop("part_list"))
    matched = tuple(row.pop("matched", None) or ())
    return LineRow(references=tuple(row.pop("reference_list")), parts=parts, matched=matched, **row)
