"""Refusals of what is said of the bank's lines."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class LineIsMatched(DomainError):
    """Of this line of the bank {left_cents} are left to be matched."""

    code = "wrong_state"
    left_cents: int


class LineIsErased(DomainError):
    """What the bank wrote on this line was erased, as its time is over: amount and day stay, and
    it can still be matched."""

    code = "wrong_state"


class LineKept(DomainError):
    """The time of this line of the bank is not over yet, or a household that it is about is still
    there."""

    code = "wrong_state"


@dataclass(eq=False)
class AmountsDiffer(DomainError):
    """The lines come to {lines_cents}, the payments to {payments_cents}."""

    field: str
    lines_cents: int
    payments_cents: int


@dataclass(eq=False)
class TooMuchForAFee(DomainError):
    """{rest_cents} would be left as the bank's fee; more than {most_cents} are not: split the line,
    or leave the rest open."""

    field: str
    rest_cents: int
    most_cents: int


@dataclass(eq=False)
class WrongDirection(DomainError):
    """Money that went out is a payment or a fee; money that came in is a return, a refund or
    funding."""

    field: str


@dataclass(eq=False)
class NotToBeMatched(DomainError):
    """Payment {payment} is {payment_state}: it cannot be matched like this."""

    code = "wrong_state"
    payment: str
    payment_state: str


@dataclass(eq=False)
class NoPaymentInIt(DomainError):
    """A fee of the bank and money of a funder go without payments: name none, or say that the line
    is a payment, a return or a refund."""

    field: str


class MatchIsUndone(DomainError):
    """This match was undone before."""

    code = "wrong_state"


@dataclass(eq=False)
class ProposalChanged(DomainError):
    """Since it was shown, what is proposed for this line has changed: now it is {payment}. Look at
    it, and confirm it anew."""

    code = "wrong_state"
    payment: str


class NothingProposedAnyMore(DomainError):
    """Nothing is proposed for this line any more: look at it, and say what it was."""

    code = "wrong_state"


class NotCertainAnyMore(DomainError):
    """What is proposed for this line is not certain: look at it by itself."""

    code = "wrong_state"


@dataclass(eq=False)
class NotReturned(DomainError):
    """Disbursement {n} did not come back."""

    code = "wrong_state"
    n: int


@dataclass(eq=False)
class PaymentIsDocumented(DomainError):
    """Receipts or refunds rest on disbursement {n}: {left_cents} are without."""

    code = "wrong_state"
    n: int
    left_cents: int


@dataclass(eq=False)
class StatementTooLong(DomainError):
    """The statement has {lines} new lines, and {most} can come in at once: ask the bank for shorter
    periods."""

    code = "too_large"
    lines: int
    most: int


@dataclass(eq=False)
class LinesInDoubt(DomainError):
    """Of {lines} lines it is not certain whether another statement told them already: look at them
    and say which of them are new."""

    code = "wrong_state"
    lines: int
