"""Asks what may be paid: by payee, page by page, and what all of it comes to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from projections.payments.queries import PaymentRow, payment
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_PARTS = statements("projections.payments", "due")
_SQL = {name: text.replace("{asked}", _PARTS["asked"]) for name, text in _PARTS.items()}

Place = tuple[UUID, str]
"""After which payment of which payee a page begins."""


@dataclass(frozen=True, slots=True)
class Due:
    """What may be paid until a day; of one partner, category or some payees, where these are named.
    `by_transfer`: whether an IBAN is known; None: all the same."""

    until: date
    partner: str | None = None
    category: str | None = None
    payees: tuple[UUID, ...] | None = None
    by_transfer: bool | None = None

    def values(self) -> Mapping[str, object]:
        """As the statements take them."""
        return {**asdict(self), "payees": None if self.payees is None else list(self.payees)}


@dataclass(frozen=True, slots=True)
class Totals:
    """What all of it comes to, and to how many payees. `frozen`: so many payments wait until
    another IBAN is confirmed."""

    payments: int
    cents: int
    payees: int
    frozen: int
    frozen_cents: int

    @property
    def payable(self) -> int:
        """How many can go into a batch."""
        return self.payments - self.frozen

    @property
    def payable_cents(self) -> int:
        """What these come to."""
        return self.cents - self.frozen_cents


def page(tx: Tx, due: Due, after: Place | None, limit: int) -> list[PaymentRow]:
    """A page of it, those of one payee together."""
    after_payee, after_id = after or (None, None)
    more = {"after_payee": after_payee, "after_id": after_id, "limit": limit}
    rows = tx.execute(_SQL["page"], {**due.values(), **more}, prepare=False)
    return [payment(row) for row in rows]


def payable(tx: Tx, due: Due, limit: int) -> list[tuple[UUID, int]]:
    """The doti and amounts of all of it that nothing stands against, in the order of the pages."""
    rows = tx.execute(_SQL["payable"], {**due.values(), "limit": limit}, prepare=False)
    return [(row["dote_id"], row["amount_cents"]) for row in rows]


def totals(tx: Tx, due: Due) -> Totals:
    """What all of it comes to."""
    (row,) = tx.execute(_SQL["totals"], due.values(), prepare=False).fetchall()
    return Totals(**row)
