"""What reconciliation looks at and what it says: open lines, payments, proposals with a score."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.errors import NotCertainAnyMore, NothingProposedAnyMore, ProposalChanged
from domain.events.bank import LinePart, MatchKind


class Grade(StrEnum):
    """How sure a proposal is; a return is told apart, and what has no payment waits in suspense."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    RETURN = "return"
    SUSPENSE = "suspense"


class Reason(StrEnum):
    """What speaks for a proposal, or against it."""

    PAYMENT_ID = "payment_id"
    NUMBER = "number"
    AMOUNT = "amount"
    IBAN = "iban"
    NAME = "name"
    DATE = "date"
    BATCH_SUM = "batch_sum"
    SUM_OF_PAYMENTS = "sum_of_payments"
    SUM_OF_LINES = "sum_of_lines"
    RETURN_CODE = "return_code"
    PART_OF_IT = "part_of_it"
    WITH_FEE = "with_fee"
    FEE = "fee"
    OTHER_AMOUNT = "other_amount"
    OTHER_IBAN = "other_iban"
    OTHER_NAME = "other_name"
    OTHER_PAYMENT = "other_payment"
    OTHER_METHOD = "other_method"
    SEVERAL = "several"
    NO_PAYMENT = "no_payment"


WEIGHTS = {
    Reason.PAYMENT_ID: 60,
    Reason.BATCH_SUM: 60,
    Reason.NUMBER: 45,
    Reason.RETURN_CODE: 20,
    Reason.AMOUNT: 20,
    Reason.SUM_OF_PAYMENTS: 20,
    Reason.SUM_OF_LINES: 20,
    Reason.IBAN: 30,
    Reason.NAME: 15,
    Reason.DATE: 10,
    Reason.PART_OF_IT: 5,
    Reason.OTHER_AMOUNT: -40,
    Reason.OTHER_IBAN: -30,
    Reason.OTHER_NAME: -10,
    Reason.OTHER_PAYMENT: -40,
    Reason.OTHER_METHOD: -20,
    Reason.SEVERAL: -20,
}


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of which something is left to be matched: `amount_cents`, with its sign."""

    id: UUID
    booked_on: date
    amount_cents: int
    is_return: bool = False
    return_reason: str | None = None
    is_fee: bool = False
    end_to_end: str | None = None
    references: tuple[str, ...] = ()
    parts: tuple[LinePart, ...] = ()
    name_token: bytes | None = None
    iban_token: bytes | None = None

    @property
    def named(self) -> frozenset[str]:
        """Every number of ours that stands in it: of payments, doti and batches."""
        inner = (part.reference for part in self.parts)
        return frozenset(each for each in (self.end_to_end, *inner, *self.references) if each)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment that a line can be. `is_open`: no line has shown it yet; `is_paid`: it is out, as
    far as anybody knows, and can come back; `left_cents`: how much of it can (None: all of it).
    `went_out`: it did, and no line has shown it, though it came back since. `expected_on`: for
    which day it was ordered; `due_on`: planned for which day; `by_bank`: whether it goes out by
    bank transfer."""

    id: str
    number: str
    amount_cents: int
    is_open: bool
    is_paid: bool
    expected_on: date | None = None
    batch: str | None = None
    name_token: bytes | None = None
    iban_token: bytes | None = None
    left_cents: int | None = None
    went_out: bool = False
    due_on: date | None = None
    by_bank: bool = True

    def can_give_back(self, cents: int) -> bool:
        """Whether so much of it can still come back."""
        left = self.amount_cents if self.left_cents is None else self.left_cents
        return cents <= min(left, self.amount_cents)


Said = tuple[frozenset[UUID], frozenset[str], MatchKind | None]
"""Which lines are which payments, and as what."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What lines are thought to be. `kind` None: nothing is proposed; `score`: 0 to 100."""

    line_ids: tuple[UUID, ...]
    payment_ids: tuple[str, ...]
    kind: MatchKind | None
    grade: Grade
    reasons: tuple[Reason, ...]

    @property
    def says(self) -> Said:
        """What is confirmed with it."""
        return frozenset(self.line_ids), frozenset(self.payment_ids), self.kind

    @property
    def score(self) -> int:
        """What speaks for it, less what speaks against it."""
        return max(0, min(100, sum(WEIGHTS.get(reason, 0) for reason in self.reasons)))


SAID_OF_MANY = 5
"""So many payments are named where a proposal has changed."""


def check_as_shown(shown: Said, now: Proposal) -> None:
    """What somebody was shown as certain is what is proposed now, and as certain.

    Raises ProposalChanged, NothingProposedAnyMore, NotCertainAnyMore.
    """
    if shown != now.says:
        if not now.payment_ids:
            raise NothingProposedAnyMore
        named = ", ".join(now.payment_ids[:SAID_OF_MANY])
        more = " …" if len(now.payment_ids) > SAID_OF_MANY else ""
        raise ProposalChanged(named + more)
    if now.grade is not Grade.CERTAIN:
        raise NotCertainAnyMore
