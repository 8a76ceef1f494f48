"""Which payment a line of money that went out is, looked at by itself: the surest way first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from domain.fitting import (
    Books,
    as_payment,
    in_order,
    in_time,
    is_after,
    is_planned,
    is_same,
    makes_up,
    nothing_for,
    said_of,
)
from domain.proposals import Candidate, Grade, OpenLine, Proposal, Reason
from domain.references import is_batch, is_payment

SMALL_FEE_CENTS = 500
"""What a bank may have taken on top of a payment, in the same line."""


def outgoing(line: OpenLine, out: Books) -> Proposal:
    """What a line of money that went out is."""
    if line.is_return:  # money that had come in went back: it is no payment of ours
        return nothing_for(line)
    return (
        _named(line, out)
        or _batch(line, out)
        or _by_number(line, out)
        or _by_amount(line, out)
        or nothing_for(line)
    )


def _named(line: OpenLine, out: Books) -> Proposal | None:
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
        return as_payment(line, payments, by, Reason.SUM_OF_PAYMENTS, *_said_of_sum(line, payments))
    who = said_of(line, payments[0])
    if total == cents:
        return as_payment(line, payments, by, Reason.AMOUNT, *who)
    if total < cents <= total + SMALL_FEE_CENTS:
        proposed = as_payment(line, payments, by, Reason.WITH_FEE, *who)
        return replace(proposed, grade=Grade.PROBABLE)
    reasons = (by, Reason.OTHER_AMOUNT, *who)
    return Proposal((line.id,), (payments[0].id,), None, Grade.SUSPENSE, reasons)


def _batch(line: OpenLine, out: Books) -> Proposal | None:
    """By the batch that it carries out: all of it, or what is expected these days."""
    for number in line.references:
        if not is_batch(number):
            continue
        whole = out.by_batch.get(number, [])
        for payments in (whole, [each for each in whole if in_time(line, each)]):
            if payments and sum(each.amount_cents for each in payments) == -line.amount_cents:
                return as_payment(line, payments, Reason.BATCH_SUM, *_said_of_sum(line, payments))
    return None


def _said_of_sum(line: OpenLine, payments: Sequence[Candidate]) -> list[Reason]:
    """The same of several payments in one line. A bank that tells the parts tells the other side of
    each; what it tells of the whole is its own."""
    return [*([] if line.parts else said_of(line, *payments)), *_parts(line, payments)]


def _parts(line: OpenLine, payments: Sequence[Candidate]) -> list[Reason]:
    """What its parts, where the bank tells them, say against payments of the same sum."""
    cents = {each.id: -each.amount_cents for each in payments}
    named = all(
        cents[part.reference] == part.amount_cents for part in line.parts if part.reference in cents
    )
    same = sorted(part.amount_cents for part in line.parts) == sorted(cents.values())
    return [] if not line.parts or (named and same) else [Reason.OTHER_AMOUNT]


def _by_number(line: OpenLine, out: Books) -> Proposal | None:
    """By the numbers of doti that stand in it."""
    cents = -line.amount_cents
    numbers = [each for each in line.references if each in out.by_number]
    fitting = [each for name in numbers for each in out.by_number[name] if is_planned(line, each)]
    alone = [each for each in fitting if each.amount_cents == cents]
    if alone:
        first = min(alone, key=in_order)
        gone = (each for name in numbers for each in out.gone_by_number.get(name, ()))
        several = len(alone) > 1 or makes_up(cents, fitting) or _is_one_of(line, gone)
        doubts = [Reason.SEVERAL] if several else []
        reasons = (Reason.NUMBER, Reason.AMOUNT, *said_of(line, first), *doubts)
        return as_payment(line, [first], *reasons)
    if fitting and sum(each.amount_cents for each in fitting) == cents:
        reasons = (Reason.NUMBER, Reason.SUM_OF_PAYMENTS, *said_of(line, *fitting))
        return as_payment(line, fitting, *reasons)
    return None


def _by_amount(line: OpenLine, out: Books) -> Proposal | None:
    """By amount, and by who is paid and when: the surest first."""
    cents = -line.amount_cents
    fitting = [each for each in out.by_cents.get(cents, ()) if in_time(line, each)]
    if line.iban_token is not None:
        there = out.by_iban.get(line.iban_token, ())
        paid_there = [each for each in there if in_time(line, each)]
        same = [each for each in fitting if each.iban_token == line.iban_token]
        if same:
            late = (each for each in there if each.amount_cents == cents and is_after(line, each))
            alike = (
                len({each.id for each in (*same, *late)}) > 1
                or makes_up(cents, paid_there)
                or _is_one_of(line, out.gone_by_iban.get(line.iban_token, ()))
            )
            return _best(line, same, several=alike)
        if len(paid_there) > 1 and sum(each.amount_cents for each in paid_there) == cents:
            reasons = (Reason.IBAN, Reason.SUM_OF_PAYMENTS)
            return replace(as_payment(line, paid_there, *reasons), grade=Grade.PROBABLE)
    named = [each for each in fitting if is_same(line.name_token, each.name_token)]
    if line.is_fee and not named:
        return None
    found = named or fitting
    return _best(line, found, several=len(found) > 1) if found else None


def _is_one_of(line: OpenLine, gone: Iterable[Candidate]) -> bool:
    """Whether a line can be a payment that went out and came back before any line showed it."""
    return any(each.amount_cents == -line.amount_cents and in_time(line, each) for each in gone)


def _best(line: OpenLine, fitting: list[Candidate], *, several: bool) -> Proposal:
    first = min(fitting, key=in_order)
    reasons = [Reason.AMOUNT, *said_of(line, first)]
    if first.expected_on is not None:
        reasons.append(Reason.DATE)
    if several:
        reasons.append(Reason.SEVERAL)
    if not first.by_bank:
        reasons.append(Reason.OTHER_METHOD)
    return as_payment(line, [first], *reasons)
