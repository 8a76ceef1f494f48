"""Asks what is documented of what was paid, and since when the rest is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Literal, LiteralString
from uuid import UUID

from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.coverage", "queries")

Group = Literal["partner", "line"]
AGES = ("to_30_cents", "to_60_cents", "to_90_cents", "over_90_cents")
"""What is missing, by how many days ago it was paid."""

PlaceOfDote = tuple[date | None, UUID]
PlaceOfReceipt = tuple[datetime, UUID, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """What became of what was paid, in cents: paid = documented + waiting + missing + refunded +
    disallowed. `oldest`: the day of the first payment of which something is missing."""

    paid_cents: int
    documented_cents: int
    waiting_cents: int
    missing_cents: int
    refunded_cents: int
    disallowed_cents: int
    to_30_cents: int
    to_60_cents: int
    to_90_cents: int
    over_90_cents: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class GroupRow(Sums):
    """The sums of a partner, of a line, or of all (neither is told)."""

    partner: str | None
    category: str | None
    doti: int
    doti_missing: int


@dataclass(frozen=True, slots=True)
class DoteRow(Sums):
    """The sums of a dote."""

    dote_id: UUID
    number: str
    partner: str
    category: str
    item: str
    state: str

    @property
    def place(self) -> PlaceOfDote:
        """Where it stands in the list."""
        return self.oldest, self.dote_id


@dataclass(frozen=True, slots=True)
class Waiting:
    """A receipt that nobody has decided about, and since when it is there."""

    dote_id: UUID
    n: int
    amount_cents: int
    since: datetime

    @property
    def place(self) -> PlaceOfReceipt:
        """Where it stands in the list."""
        return self.since, self.dote_id, self.n


@dataclass(frozen=True, slots=True)
class Asked:
    """Which doti: of these partners (None: all), on which line; as of which day."""

    scope: frozenset[str] | None
    today: date
    partner: str | None = None
    category: str | None = None

    def values(self) -> dict[str, object]:
        """As the statements take it."""
        partners = None if self.scope is None else sorted(self.scope)
        return {
            "partners": partners,
            "today": self.today,
            "partner": self.partner,
            "category": self.category,
        }


NOTHING = GroupRow(
    **dict.fromkeys(("paid_cents", "documented_cents", "waiting_cents", "missing_cents"), 0),
    **dict.fromkeys(("refunded_cents", "disallowed_cents", *AGES), 0),
    oldest=None,
    partner=None,
    category=None,
    doti=0,
    doti_missing=0,
)


def groups(tx: Tx, asked: Asked, by: Group) -> list[GroupRow]:
    """A row for each partner, or for each line."""
    return _groups(tx, asked, by)


def total(tx: Tx, asked: Asked) -> GroupRow:
    """All of it together."""
    return next(iter(_groups(tx, asked, "all")), NOTHING)


def together(rows: Sequence[GroupRow]) -> GroupRow:
    """What some groups come to: as `total`, where all of them are there already."""
    days = [row.oldest for row in rows if row.oldest is not None]
    summed = {
        each.name: sum(getattr(row, each.name) for row in rows)
        for each in fields(GroupRow)
        if each.name not in ("oldest", "partner", "category")
    }
    return replace(NOTHING, **summed, oldest=min(days, default=None))


def _groups(tx: Tx, asked: Asked, by: str) -> list[GroupRow]:
    values = {**asked.values(), "by": by}
    statement = _SQL["groups"].replace("{ages}", _SQL["ages"])
    return [GroupRow(**row) for row in tx.execute(statement, values, prepare=False)]


def doti(
    tx: Tx, asked: Asked, limit: int, *, after: PlaceOfDote | None = None, missing: bool = False
) -> list[DoteRow]:
    """A row for each dote that was paid, what is missing longest first; `missing`: only those of
    which something is."""
    oldest, after_id = after or (None, None)
    values = {
        **asked.values(),
        "after_oldest": oldest,
        "after_id": after_id,
        "limit": limit,
    }
    # In words of its own, so that the planner takes the index of the few.
    which: LiteralString = "missing_cents > 0" if missing else "true"
    statement = _SQL["doti"].replace("{ages}", _SQL["ages"]).replace("{only_missing}", which)
    return [DoteRow(**row) for row in tx.execute(statement, values, prepare=False)]


def waiting(
    tx: Tx,
    scope: frozenset[str] | None,
    limit: int,
    *,
    after: PlaceOfReceipt | None = None,
) -> Sequence[Waiting]:
    """The receipts that wait for a decision, the oldest first."""
    since, after_id, after_n = after or (None, None, None)
    values: dict[str, Any] = {
        "partners": None if scope is None else sorted(scope),
        "after_since": since,
        "after_id": after_id,
        "after_n": after_n,
        "limit": limit,
    }
    return [Waiting(**row) for row in tx.execute(_SQL["waiting"], values)]
