"""How a line of the bank and a payment fit: by what payments are looked for, what speaks for one
and how sure that makes it. Names and IBANs are compared by their keyed tokens."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.events.bank import MatchKind
from domain.proposals import Candidate, Grade, OpenLine, Proposal, Reason

EARLY, LATE = timedelta(days=1), timedelta(days=10)
"""How long before and after the day that it was ordered for a payment is expected at the bank."""


@dataclass(slots=True)
class Books:
    """The payments by what they are looked for."""

    by_id: dict[str, Candidate] = field(default_factory=dict)
    by_number: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_batch: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_cents: dict[int, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_iban: dict[bytes, list[Candidate]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, payments: Iterable[Candidate]) -> "Books":
        books = cls()
        for each in payments:
            books.by_id[each.id] = each
            books.by_number[each.number].append(each)
            books.by_cents[each.amount_cents].append(each)
            if each.batch is not None:
                books.by_batch[each.batch].append(each)
            if each.iban_token is not None:
                books.by_iban[each.iban_token].append(each)
        return books


def as_payment(line: OpenLine, payments: Sequence[Candidate], *reasons: Reason) -> Proposal:
    """That a line is these payments, going out."""
    ids = tuple(each.id for each in payments)
    return Proposal((line.id,), ids, MatchKind.PAYMENT, grade_of(reasons), reasons)


def as_return(line: OpenLine, payments: Sequence[Candidate], *reasons: Reason) -> Proposal:
    """That a line is these payments, which came back."""
    ids = tuple(each.id for each in payments)
    return Proposal((line.id,), ids, MatchKind.RETURN, Grade.RETURN, reasons)


def nothing_for(line: OpenLine) -> Proposal:
    """That a line is no payment; a fee, where the bank says so."""
    if line.is_fee:
        reasons = (Reason.NO_PAYMENT, Reason.FEE)
        return Proposal((line.id,), (), MatchKind.FEE, Grade.SUSPENSE, reasons)
    return Proposal((line.id,), (), None, Grade.SUSPENSE, (Reason.NO_PAYMENT,))


def grade_of(reasons: Iterable[Reason]) -> Grade:
    """Certain where the amount is right, and our number or the account says which one it is."""
    said = set(reasons)
    sums = {Reason.AMOUNT, Reason.SUM_OF_PAYMENTS, Reason.SUM_OF_LINES}
    doubts = {Reason.OTHER_IBAN, Reason.SEVERAL, Reason.OTHER_AMOUNT}
    if said & doubts:
        return Grade.PROBABLE
    by_number = bool(said & {Reason.PAYMENT_ID, Reason.NUMBER}) and bool(said & sums)
    by_account = {Reason.AMOUNT, Reason.IBAN, Reason.DATE} <= said
    sure = Reason.BATCH_SUM in said or by_number or by_account
    return Grade.CERTAIN if sure else Grade.PROBABLE


def said_of(line: OpenLine, payment: Candidate) -> list[Reason]:
    """What account and name say, where both sides tell them."""
    said = []
    if line.iban_token is not None and payment.iban_token is not None:
        same = line.iban_token == payment.iban_token
        said.append(Reason.IBAN if same else Reason.OTHER_IBAN)
    if line.name_token is not None and payment.name_token is not None:
        same = line.name_token == payment.name_token
        said.append(Reason.NAME if same else Reason.OTHER_NAME)
    return said


def is_same(one: bytes | None, other: bytes | None) -> bool:
    """Whether both sides tell the same."""
    return one is not None and one == other


def in_time(line: OpenLine, payment: Candidate) -> bool:
    """Whether a payment is expected at the bank on the day of a line."""
    expected = payment.expected_on
    return expected is None or expected - EARLY <= line.booked_on <= expected + LATE


def is_after(line: OpenLine, payment: Candidate) -> bool:
    """Whether a payment had gone out by the day of a line."""
    return payment.expected_on is None or payment.expected_on - EARLY <= line.booked_on


def in_order(payment: Candidate) -> tuple[date, str]:
    """The order in which payments are taken for lines: the oldest first."""
    return payment.expected_on or date.max, payment.id
