"""Events of the bank's side: its statements, and each line of them with what it was matched with.

A statement is one stream and each of its lines another: two people can work on two lines at once.
Names, IBANs and texts of a line are sealed under a key of the line.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.events.base import Event
from domain.events.dote_values import Number, Sha256
from domain.money import Cents, CentsOrZero, SignedCents
from domain.privacy import Secret
from domain.text import Code, Label

ReasonCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}$")]
"""Why a bank sends a payment back, in its own code (AC04: the account is closed)."""

Reference = Annotated[str, Field(pattern=r"^[A-Z0-9-]{3,40}$")]
"""A number of ours: of a payment, of a dote, of a batch. It names nobody."""


class MatchKind(StrEnum):
    """What a line of the bank turned out to be."""

    PAYMENT = "payment"
    RETURN = "return"
    REFUND = "refund"
    FEE = "fee"
    FUNDING = "funding"


class LinePart(BaseModel):
    """One of several payments that the bank booked as one line. `reference`: our number in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount_cents: SignedCents
    reference: Reference | None


class Paid(BaseModel):
    """A payment that a line was matched with, or a part of it.

    `payment`: its id; `n`: the disbursement of the dote. `made`: the match itself said that it is
    paid (or came back); if not, somebody had said so before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dote_id: UUID
    payment: Label
    n: Number
    amount_cents: Cents
    made: bool


class StatementImported(Event):
    """A bank's statement came in: the `nth` of its file.

    `opening_change_cents`: by how much it changes what the account began with; all of the opening
    balance for the first statement, 0 for those that follow. `lines`: how many it has, `new_lines`
    those that no statement before had. `decided_known`, `decided_new`: of how many lines somebody
    said that they were known or new, because the files did not tell.
    """

    class_version: ClassVar[int] = 2

    account: Code
    format: Label
    sha256: Sha256
    nth: Number
    number: Label | None
    from_on: date | None
    to_on: date | None
    opening_cents: SignedCents | None
    closing_cents: SignedCents | None
    opening_change_cents: SignedCents
    lines: CentsOrZero
    new_lines: CentsOrZero
    decided_known: CentsOrZero
    decided_new: CentsOrZero

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Nobody was asked at first."""
        state |= {"decided_known": 0, "decided_new": 0}


class BankLineImported(Event):
    """A line of a statement that no statement before had.

    `occurrence`: the how-manyth it is of its day, amount and words. `end_to_end`: the id of a
    payment of ours that travelled with it; `references`: all our own numbers that stand in it.
    `parts`: the payments that the bank booked as one. `is_fee`: its words say that the bank took
    it for itself. `details`: who, which IBAN, what was written, as the bank told it, sealed.
    """

    statement_id: UUID
    account: Code
    booked_on: date
    value_on: date | None
    amount_cents: SignedCents
    is_return: bool
    return_reason: ReasonCode | None
    is_fee: bool
    occurrence: Number
    end_to_end: Reference | None
    references: Annotated[tuple[Reference, ...], Field(max_length=2_000)]
    parts: Annotated[tuple[LinePart, ...], Field(max_length=2_000)]
    details: Secret


class LineMatched(Event):
    """It is known what a line, or a part of it, was. Lines of one match have its `match_id`."""

    match_id: UUID
    kind: MatchKind
    amount_cents: SignedCents
    payments: tuple[Paid, ...]


class LineUnmatched(Event):
    """What was said of a line, or of a part of it, was wrong."""

    match_id: UUID
    kind: MatchKind
    amount_cents: SignedCents


class LineSetAside(Event):
    """Somebody looked at a line and left it for later, with the reason."""

    reason: Secret


class LineErased(Event):
    """The line's key is gone, as the time of papers of money is over: what the bank wrote on it."""


StatementEvent = StatementImported
LineEvent = BankLineImported | LineMatched | LineUnmatched | LineSetAside | LineErased
BankEvent = StatementImported | LineEvent
