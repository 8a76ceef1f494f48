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
MOST_SUMMED = 12
"""Of so many payments all sums are looked at."""


@dataclass(slots=True)
class Books:
    """The payments by what they are looked for; and those that went out, though they are none of
    them any more, because they came back before a line showed them."""

    by_id: dict[str, Candidate] = field(default_factory=dict)
    by_number: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_batch: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_cents: dict[int, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_iban: dict[bytes, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    gone_by_number: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    gone_by_iban: dict[bytes, list[Candidate]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, payments: Iterable[Candidate], gone: Iterable[Candidate] = ()) -> "Books":
        books = cls()
        for each in gone:
            books.gone_by_number[each.number].append(each)
            if each.iban_token is not None:
                books.gone_by_iban[each.iban_token].append(each)
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
    doubts = {
        *(Reason.OTHER_IBAN, Reason.SEVERAL, Reason.OTHER_AMOUNT),
        Reason.OTHER_METHOD,
    }
    if said & doubts:
        return Grade.PROBABLE
    by_number = bool(said & {Reason.PAYMENT_ID, Reason.NUMBER}) and bool(said & sums)
    by_account = {Reason.AMOUNT, Reason.IBAN, Reason.DATE} <= said
    sure = Reason.BATCH_SUM in said or by_number or by_account
    return Grade.CERTAIN if sure else Grade.PROBABLE


def said_of(line: OpenLine, *payments: Candidate) -> list[Reason]:
    """What account and name say, where both sides tell them."""
    said = []
    ibans = {each.iban_token for each in payments if each.iban_token is not None}
    names = {each.name_token for each in payments if each.name_token is not None}
    if line.iban_token is not None and ibans:
        # One transfer goes to one account, whatever else it names.
        said.append(Reason.IBAN if ibans == {line.iban_token} else Reason.OTHER_IBAN)
    if line.name_token is not None and names:
        said.append(Reason.NAME if line.name_token in names else Reason.OTHER_NAME)
    return said


def is_same(one: bytes | None, other: bytes | None) -> bool:
    """Whether both sides tell the same."""
    return one is not None and one == other


def in_time(line: OpenLine, payment: Candidate) -> bool:
    """Whether a payment is expected at the bank on the day of a line."""
    expected = payment.expected_on
    if expected is None:
        return is_planned(line, payment)
    return expected - EARLY <= line.booked_on <= expected + LATE


def is_planned(line: OpenLine, payment: Candidate) -> bool:
    """Whether a payment that nobody ordered yet may be paid on the day of a line."""
    return payment.due_on is None or payment.due_on - EARLY <= line.booked_on


def is_after(line: OpenLine, payment: Candidate) -> bool:
    """Whether a payment had gone out by the day of a line."""
    return payment.expected_on is None or payment.expected_on - EARLY <= line.booked_on


def in_order(payment: Candidate) -> tuple[date, str]:
    """The order in which payments are taken for lines: the oldest first."""
    return payment.expected_on or date.max, payment.id


def makes_up(cents: int, payments: Sequence[Candidate]) -> bool:
    """Whether two or more of some payments come to an amount. Of very many only all of them
    together and each two are looked at."""
    amounts = [each.amount_cents for each in payments if each.amount_cents < cents]
    if len(amounts) < 2:
        return False
    if len(amounts) > MOST_SUMMED:
        found = set(amounts)
        twice = {each for each in found if amounts.count(each) > 1}
        pairs = any(cents - each in (twice if 2 * each == cents else found) for each in found)
        return pairs or sum(amounts) == cents
    sums = {0}
    for each in amounts:
        sums |= {known + each for known in sums if known + each <= cents}
    return cents in sums
