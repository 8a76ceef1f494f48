"""Which payment a line of the bank is: proposals, each with its score and the reasons in words.

Pure: lines and payments come in, and every open line gets one proposal. `certain` is said only
where our own number and the amount agree, or the account and the amount do and nothing else fits;
whatever leaves a doubt is `probable`, and a person looks at it. Names and IBANs are compared by
their keyed tokens: nothing is opened to propose.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from domain.events.bank import MatchKind
from domain.proposals import Candidate, Grade, OpenLine, Proposal, Reason
from domain.references import is_batch, is_payment

EARLY, LATE = timedelta(days=1), timedelta(days=10)
"""How long before and after the day that it was ordered for a payment is expected at the bank."""
SMALL_FEE_CENTS = 500
"""What a bank may have taken on top of a payment, in the same line."""
ROUNDS = 8
"""How often lines whose payment is another's are looked at again."""


@dataclass(slots=True)
class _Books:
    """The payments by what they are looked for."""

    by_id: dict[str, Candidate] = field(default_factory=dict)
    by_number: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_batch: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_cents: dict[int, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_iban: dict[bytes, list[Candidate]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, payments: Iterable[Candidate]) -> "_Books":
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


def propose(lines: Sequence[OpenLine], payments: Sequence[Candidate]) -> list[Proposal]:
    """One proposal for each line (or for several together), in the order of the lines.

    What is certain is taken out first. A line that wanted a payment which is another's is looked
    at again among those that are left, and what is found so is no more than probable.
    """
    found: dict[UUID, Proposal] = {}
    waiting, left = list(lines), list(payments)
    for nth in range(ROUNDS):
        proposals, losers = _settled(_round(waiting, left))
        for each in proposals:
            if nth > 1 and each.grade is Grade.CERTAIN:
                each = replace(each, grade=Grade.PROBABLE)
            if nth or each.grade is Grade.CERTAIN:
                found |= dict.fromkeys(each.line_ids, each)
        if nth and not losers:
            break
        waiting = [line for line in lines if line.id not in found]
        left = _left(payments, found.values())
    found = {line.id: _nothing(line) for line in lines} | found
    return list(dict.fromkeys(found[line.id] for line in lines))


def _left(payments: Sequence[Candidate], found: Iterable[Proposal]) -> list[Candidate]:
    """The payments without what is proposed already: as one to go out, or as one that came back."""
    taken: dict[str, set[MatchKind | None]] = defaultdict(set)
    for proposal in found:
        for payment_id in proposal.payment_ids:
            taken[payment_id].add(proposal.kind)
    return [
        replace(
            each,
            is_open=each.is_open and MatchKind.PAYMENT not in taken[each.id],
            is_paid=each.is_paid and MatchKind.RETURN not in taken[each.id],
        )
        if each.id in taken
        else each
        for each in payments
    ]


def _round(lines: Sequence[OpenLine], payments: Sequence[Candidate]) -> list[Proposal]:
    """What each line is, by itself."""
    out = _Books.of(each for each in payments if each.is_open)
    paid = _Books.of(each for each in payments if each.is_paid)
    together = {line.id: group for group in _together(lines, out) for line in group}
    known = {each.id: each for each in payments}
    found: list[Proposal] = []
    for line in lines:
        if line.id in together:
            if line is together[line.id][0]:
                group = together[line.id]
                found.append(_unless_another(_one_payment(group, out), group, known))
        elif line.amount_cents < 0:
            found.append(_unless_another(_outgoing(line, out), [line], known))
        else:
            found.append(_unless_another(_incoming(line, paid), [line], known))
    return found


def _unless_another(
    proposal: Proposal, lines: Sequence[OpenLine], known: Mapping[str, Candidate]
) -> Proposal:
    """The proposal; in doubt where the lines name a payment, a dote or a batch of ours that is
    none of its own: what was paid twice names what was paid before."""
    if proposal.kind not in (MatchKind.PAYMENT, MatchKind.RETURN):
        return proposal
    own: set[str | None] = set()
    for payment in (known[payment_id] for payment_id in proposal.payment_ids):
        own |= {payment.id, payment.number, payment.batch}
    if all(line.named <= own for line in lines):
        return proposal
    certain = proposal.grade is Grade.CERTAIN
    return replace(
        proposal,
        grade=Grade.PROBABLE if certain else proposal.grade,
        reasons=(*proposal.reasons, Reason.OTHER_PAYMENT),
    )


def _together(lines: Sequence[OpenLine], out: _Books) -> Iterator[list[OpenLine]]:
    """Lines that carry the id of one payment and come to it only together."""
    named: dict[str, list[OpenLine]] = defaultdict(list)
    for line in lines:
        if line.amount_cents < 0 and line.end_to_end in out.by_id and not line.parts:
            named[line.end_to_end].append(line)
    for payment_id, group in named.items():
        total = -sum(line.amount_cents for line in group)
        if len(group) > 1 and total == out.by_id[payment_id].amount_cents:
            yield group


def _one_payment(group: list[OpenLine], out: _Books) -> Proposal:
    payment = out.by_id[group[0].end_to_end or ""]
    reasons = (Reason.PAYMENT_ID, Reason.SUM_OF_LINES, *_who(group[0], payment))
    return Proposal(
        tuple(line.id for line in group),
        (payment.id,),
        MatchKind.PAYMENT,
        _grade(reasons),
        reasons,
    )


def _outgoing(line: OpenLine, out: _Books) -> Proposal:
    if line.is_return:  # money that had come in went back: it is no payment of ours
        return _nothing(line)
    return (
        _named(line, out)
        or _batch(line, out)
        or _by_number(line, out)
        or _by_amount(line, out)
        or _nothing(line)
    )


def _named(line: OpenLine, out: _Books) -> Proposal | None:
    """By the ids of payments that stand in it."""
    inner = [part.reference for part in line.parts]
    names = inner if inner and None not in inner else [line.end_to_end]
    if names == [None]:
        names = [each for each in line.references if is_payment(each)]
    payments = [out.by_id[name] for name in dict.fromkeys(names) if name in out.by_id]
    if not payments or len(payments) < len(dict.fromkeys(names)):
        return None
    by = Reason.PAYMENT_ID if line.end_to_end or line.parts else Reason.NUMBER
    total, cents = sum(each.amount_cents for each in payments), -line.amount_cents
    if len(payments) > 1:
        if total != cents:
            return None
        return _payment(line, payments, by, Reason.SUM_OF_PAYMENTS, *_parts(line, payments))
    who = _who(line, payments[0])
    if total == cents:
        return _payment(line, payments, by, Reason.AMOUNT, *who)
    if total < cents <= total + SMALL_FEE_CENTS:
        proposed = _payment(line, payments, by, Reason.WITH_FEE, *who)
        return replace(proposed, grade=Grade.PROBABLE)
    reasons = (by, Reason.OTHER_AMOUNT, *who)
    return Proposal((line.id,), (payments[0].id,), None, Grade.SUSPENSE, reasons)


def _batch(line: OpenLine, out: _Books) -> Proposal | None:
    """By the batch that it carries out, all at once."""
    for number in line.references:
        if is_batch(number) and number in out.by_batch:
            payments = out.by_batch[number]
            if sum(each.amount_cents for each in payments) == -line.amount_cents:
                return _payment(line, payments, Reason.BATCH_SUM, *_parts(line, payments))
    return None


def _parts(line: OpenLine, payments: Sequence[Candidate]) -> list[Reason]:
    """What its parts, where the bank tells them, say against payments of the same sum."""
    cents = {each.id: -each.amount_cents for each in payments}
    named = all(
        cents[part.reference] == part.amount_cents for part in line.parts if part.reference in cents
    )
    same = sorted(part.amount_cents for part in line.parts) == sorted(cents.values())
    return [] if not line.parts or (named and same) else [Reason.OTHER_AMOUNT]


def _by_number(line: OpenLine, out: _Books) -> Proposal | None:
    """By the numbers of doti that stand in it."""
    numbers = [each for each in line.references if each in out.by_number]
    if not numbers:
        return None
    cents = -line.amount_cents
    fitting = [each for name in numbers for each in out.by_number[name]]
    alone = [each for each in fitting if each.amount_cents == cents]
    if len(alone) == 1:
        return _payment(line, alone, Reason.NUMBER, Reason.AMOUNT, *_who(line, alone[0]))
    if alone:
        first = min(alone, key=_in_order)
        return _payment(line, [first], Reason.NUMBER, Reason.AMOUNT, Reason.SEVERAL)
    if sum(each.amount_cents for each in fitting) == cents:
        return _payment(line, fitting, Reason.NUMBER, Reason.SUM_OF_PAYMENTS)
    return None


def _by_amount(line: OpenLine, out: _Books) -> Proposal | None:
    """By amount, and by who is paid and when: the surest first."""
    cents = -line.amount_cents
    fitting = [each for each in out.by_cents.get(cents, ()) if _in_time(line, each)]
    if line.iban_token is not None:
        same = [each for each in fitting if each.iban_token == line.iban_token]
        if same:
            return _best(line, same)
        paid_there = [each for each in out.by_iban.get(line.iban_token, ()) if _in_time(line, each)]
        if len(paid_there) > 1 and sum(each.amount_cents for each in paid_there) == cents:
            reasons = (Reason.IBAN, Reason.SUM_OF_PAYMENTS)
            return replace(_payment(line, paid_there, *reasons), grade=Grade.PROBABLE)
    named = [each for each in fitting if _same(line.name_token, each.name_token)]
    if line.is_fee and not named:
        return None
    return _best(line, named or fitting) if fitting else None


def _best(line: OpenLine, fitting: list[Candidate]) -> Proposal:
    first = min(fitting, key=_in_order)
    reasons = [Reason.AMOUNT, *_who(line, first)]
    if first.expected_on is not None:
        reasons.append(Reason.DATE)
    if len(fitting) > 1:
        reasons.append(Reason.SEVERAL)
    return _payment(line, [first], *reasons)


def _incoming(line: OpenLine, paid: _Books) -> Proposal:
    return _came_back(line, paid) or _given_back(line, paid) or _nothing(line)


def _came_back(line: OpenLine, paid: _Books) -> Proposal | None:
    """A payment that the bank sends back, in full: by its id, or else by amount and account."""
    code = (Reason.RETURN_CODE,) if line.is_return else ()
    names = [part.reference for part in line.parts] or [line.end_to_end]
    if names == [None] and line.is_return:
        names = [each for each in line.references if is_payment(each)]
    payments = [paid.by_id[name] for name in dict.fromkeys(names) if name in paid.by_id]
    total = sum(each.amount_cents for each in payments)
    if len(payments) == len(dict.fromkeys(names)) and total == line.amount_cents:
        return _return(line, payments, Reason.PAYMENT_ID, Reason.AMOUNT, *code)
    if not line.is_return:
        return None
    if payments:
        ids = tuple(each.id for each in payments)
        reasons = (Reason.PAYMENT_ID, Reason.OTHER_AMOUNT)
        return Proposal((line.id,), ids, None, Grade.SUSPENSE, reasons)
    if any(names):  # of one that nobody has seen go out
        return _nothing(line)
    by_number = [
        each
        for name in line.references
        for each in paid.by_number.get(name, ())
        if each.amount_cents == line.amount_cents
    ]
    fitting = [each for each in paid.by_cents.get(line.amount_cents, ()) if _after(line, each)]
    same = [each for each in fitting if _same(line.iban_token, each.iban_token)]
    called = [each for each in fitting if _same(line.name_token, each.name_token)]
    for found, why in (
        (by_number, (Reason.NUMBER,)),
        (same, (Reason.IBAN,)),
        (called, (Reason.NAME,)),
        (fitting, ()),
    ):
        if found:
            several = (Reason.SEVERAL,) if len(found) > 1 else ()
            last = max(found, key=_in_order)
            return _return(line, [last], Reason.AMOUNT, *why, *code, *several)
    return None


def _given_back(line: OpenLine, paid: _Books) -> Proposal | None:
    """Money that somebody who was paid gives back, or a part of it."""
    cents = line.amount_cents
    numbered = [each for name in line.references for each in paid.by_number.get(name, ())]
    numbered += [paid.by_id[name] for name in line.references if name in paid.by_id]
    same = list(paid.by_iban.get(line.iban_token, ())) if line.iban_token else []
    for found, why in ((numbered, Reason.NUMBER), (same, Reason.IBAN)):
        fitting = list(
            {
                each.id: each for each in found if each.amount_cents >= cents and _after(line, each)
            }.values()
        )
        exact = [each for each in fitting if each.amount_cents == cents]
        if exact or fitting:
            chosen = max(exact or fitting, key=_in_order)
            reasons = [why, Reason.AMOUNT if exact else Reason.PART_OF_IT]
            if len(exact or fitting) > 1:
                reasons.append(Reason.SEVERAL)
            return Proposal(
                (line.id,), (chosen.id,), MatchKind.REFUND, Grade.PROBABLE, tuple(reasons)
            )
    return None


def _nothing(line: OpenLine) -> Proposal:
    if line.is_fee:
        reasons = (Reason.NO_PAYMENT, Reason.FEE)
        return Proposal((line.id,), (), MatchKind.FEE, Grade.SUSPENSE, reasons)
    return Proposal((line.id,), (), None, Grade.SUSPENSE, (Reason.NO_PAYMENT,))


def _payment(line: OpenLine, payments: Sequence[Candidate], *reasons: Reason) -> Proposal:
    ids = tuple(each.id for each in payments)
    return Proposal((line.id,), ids, MatchKind.PAYMENT, _grade(reasons), reasons)


def _return(line: OpenLine, payments: Sequence[Candidate], *reasons: Reason) -> Proposal:
    ids = tuple(each.id for each in payments)
    return Proposal((line.id,), ids, MatchKind.RETURN, Grade.RETURN, reasons)


def _grade(reasons: Iterable[Reason]) -> Grade:
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


def _who(line: OpenLine, payment: Candidate) -> list[Reason]:
    """What account and name say, where both sides tell them."""
    said = []
    if line.iban_token is not None and payment.iban_token is not None:
        same = line.iban_token == payment.iban_token
        said.append(Reason.IBAN if same else Reason.OTHER_IBAN)
    if line.name_token is not None and payment.name_token is not None:
        same = line.name_token == payment.name_token
        said.append(Reason.NAME if same else Reason.OTHER_NAME)
    return said


def _same(one: bytes | None, other: bytes | None) -> bool:
    return one is not None and one == other


def _in_time(line: OpenLine, payment: Candidate) -> bool:
    expected = payment.expected_on
    return expected is None or expected - EARLY <= line.booked_on <= expected + LATE


def _after(line: OpenLine, payment: Candidate) -> bool:
    return payment.expected_on is None or payment.expected_on - EARLY <= line.booked_on


def _in_order(payment: Candidate) -> tuple[date, str]:
    return payment.expected_on or date.max, payment.id


def _settled(found: Sequence[Proposal]) -> tuple[list[Proposal], list[Proposal]]:
    """Those who have their payments for themselves, and those who lost them to others.

    Where two claim one as surely, nobody is certain; the one with the higher score has it.
    """
    claims: dict[tuple[MatchKind | None, str], list[int]] = defaultdict(list)
    for nth, each in enumerate(found):
        if each.kind in (MatchKind.PAYMENT, MatchKind.RETURN):
            for payment_id in each.payment_ids:
                claims[each.kind, payment_id].append(nth)
    has, losers = [], []
    for nth, each in enumerate(found):
        rivals = {
            other
            for payment_id in each.payment_ids
            for other in claims.get((each.kind, payment_id), ())
            if other != nth
        }
        if any((-found[other].score, other) < (-each.score, nth) for other in rivals):
            losers.append(each)
        elif any(found[other].grade is Grade.CERTAIN for other in rivals):
            has.append(replace(each, grade=Grade.PROBABLE, reasons=_doubted(each)))
        else:
            has.append(each)
    return has, losers


def _doubted(proposal: Proposal) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys((*proposal.reasons, Reason.SEVERAL)))
