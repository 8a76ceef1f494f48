"""What is decided about receipts: they come in, document what was paid, or are not admitted.

One paper may be handed in twice, by mistake or on purpose, at one desk or at two, and spelt in two
ways. Within a dote the same again is refused: the file, or kind, number, day and amount. What has
the same issuer, number and amount otherwise, in this dote or at another one, is taken and told to
whoever hands it in and to whoever decides: a help that is late is worse than a paper that is looked
at twice. Where several doti paid one paper together, each says what the whole of it comes to, and
their shares never exceed it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.dote import Dote, not_later
from domain.dote_parts import File, Receipt
from domain.errors import (
    AmountTooHigh,
    Duplicate,
    NotFound,
    ReceiptAlreadyDecided,
)
from domain.events import dote as events
from domain.events.base import Stamp
from domain.privacy import Private
from domain.text import compact


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt as it is handed in. `amount_cents`: what this dote paid of it; `paper_cents`: what
    the whole paper comes to, where other doti paid the rest."""

    kind: str
    number: str
    on: date
    issuer: str
    amount_cents: int
    file: File
    paper_cents: int | None = None

    @property
    def whole_cents(self) -> int:
        """What the paper comes to."""
        return self.amount_cents if self.paper_cents is None else self.paper_cents


class SameBy(StrEnum):
    """By what another receipt is the same paper."""

    FILE = "file"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Copy:
    """The same paper as another receipt, mostly of another dote, and what that one has of it."""

    by: SameBy
    dote_id: UUID
    partner: str
    number: str
    n: int
    at: datetime
    amount_cents: int
    state: str


def submit_receipt(dote: Dote, stamp: Stamp, given: Given) -> events.ReceiptSubmitted:
    """A receipt comes in, for at most what is not documented yet; the same again is refused.

    Within a dote the issuer is not compared: papers of two shops are told apart by their amounts.
    """
    file = given.file
    for known in dote.receipts:
        told = (known.kind, compact(known.number), known.date, known.amount_cents)
        same_paper = told == (given.kind, compact(given.number), given.on, given.amount_cents)
        if counts(dote, known) and (known.sha256 == file.sha256 or same_paper):
            raise Duplicate(f"receipt {known.n}")
    if given.amount_cents > dote.undocumented_cents:
        raise AmountTooHigh("amount_cents", dote.undocumented_cents)
    if given.amount_cents > given.whole_cents:
        raise AmountTooHigh("amount_cents", given.whole_cents)
    not_later(stamp, given.on, "date")
    return dote.then(
        events.ReceiptSubmitted,
        stamp,
        n=len(dote.receipts) + 1,
        kind=given.kind,
        number=given.number,
        date=given.on,
        amount_cents=given.amount_cents,
        paper_cents=given.paper_cents,
        details=Private.record(dote.household_id, {"issuer": given.issuer, "name": file.name}),
        **file.measures(),
    )


def check_share(given: Given, copies: Iterable[Copy]) -> None:
    """Refuses more than is left of a paper that several doti paid. `copies`: what is handed in.

    Raises `AmountTooHigh`.
    """
    if given.paper_cents is None:
        return
    left = given.paper_cents - sum(copy.amount_cents for copy in copies)
    if given.amount_cents > left:
        raise AmountTooHigh("amount_cents", max(left, 0))


def counts(dote: Dote, receipt: Receipt) -> bool:
    """Whether a receipt documents something, or still can.

    One for more than is left can never be decided any more: the paper may come again, with the
    amount that the dote paid of it.
    """
    undecidable = receipt.amount_cents > dote.undocumented_cents
    return receipt.state == "accepted" or (receipt.state == "submitted" and not undecidable)


def accept_receipt(dote: Dote, stamp: Stamp, n: int, reason: str | None) -> events.ReceiptAccepted:
    """The receipt documents its amount."""
    return dote.then(
        events.ReceiptAccepted, stamp, reason=dote.private(reason), **_decided(dote, n)
    )


def disallow_receipt(dote: Dote, stamp: Stamp, n: int, reason: str) -> events.ReceiptDisallowed:
    """The expense is not admitted."""
    return dote.then(
        events.ReceiptDisallowed, stamp, reason=dote.sealed(reason), **_decided(dote, n)
    )


def _decided(dote: Dote, n: int) -> dict[str, object]:
    receipt = next((known for known in dote.receipts if known.n == n), None)
    if receipt is None:
        raise NotFound
    if receipt.state != "submitted":
        raise ReceiptAlreadyDecided(n, receipt.state)
    if receipt.amount_cents > dote.undocumented_cents:
        raise AmountTooHigh("amount_cents", dote.undocumented_cents)
    return {"line": dote.line, "n": n, "amount_cents": receipt.amount_cents}
