"""Whether the same household, a person of it or the payee was helped already, at any desk.

It informs and decides nothing, so it may be a moment behind.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.dote import Dote
from projections.doti.snapshots import read
from workflows.eventstore.blind_index import Token
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "double_help")

MOST = 50
"""More than that tells nothing more, as with the landlord of half a town."""


class By(StrEnum):
    """What a dote has in common with another one; the closest, where it is several things."""

    HOUSEHOLD = "household"
    PERSON = "person"
    PAYEE = "payee"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: a household; with a dote, also its payee and other doti for its need.

    `payee`: what somebody who is not the payee yet is found by.
    """

    household_id: UUID
    since: datetime
    dote: Dote | None = None
    payee: Iterable[Token] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Another dote. `same_need`: it is for the same item."""

    dote: Dote
    by: By
    same_need: bool

    @property
    def granted(self) -> bool:
        """Whether it was approved, or is only asked for."""
        return self.dote.approved_at is not None

    @property
    def at(self) -> datetime:
        """When it was approved or, until then, requested."""
        return self.dote.approved_at or self.dote.created_at

    @property
    def amount_cents(self) -> int:
        """What was approved or, until then, requested."""
        return self.dote.approved_cents if self.granted else self.dote.requested_cents


def matches(tx: Tx, sought: Sought) -> list[Match]:
    """The same need first, then the newest; 50 at the most."""
    dote, payee = sought.dote, sorted(sought.payee)
    values = {
        "household_id": sought.household_id,
        "dote_id": None if dote is None else dote.id,
        "category": None if dote is None else dote.category,
        "item": None if dote is None else dote.item,
        "kinds": [kind for kind, _ in payee],
        "tokens": [token for _, token in payee],
        "since": sought.since,
        "limit": MOST,
    }
    return [
        Match(read(row["snapshot"]), By(row["by"]), row["same_need"])
        for row in tx.execute(_SQL["matches"], values)
    ]
