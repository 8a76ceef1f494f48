"""Which payment a line of money that came in brings back, looked at by itself."""

from domain.events.bank import MatchKind
from domain.fitting import Books, as_return, in_order, is_after, is_same, nothing_for
from domain.proposals import Grade, OpenLine, Proposal, Reason
from domain.references import is_payment


def incoming(line: OpenLine, paid: Books) -> Proposal:
    """What a line of money that came in is."""
    return _came_back(line, paid) or _given_back(line, paid) or nothing_for(line)


def _came_back(line: OpenLine, paid: Books) -> Proposal | None:
    """A payment that the bank sends back, in full: by its id, or else by amount and account."""
    code = (Reason.RETURN_CODE,) if line.is_return else ()
    names = [part.reference for part in line.parts] or [line.end_to_end]
    if names == [None] and line.is_return:
        names = [each for each in line.references if is_payment(each)]
    payments = [paid.by_id[name] for name in dict.fromkeys(names) if name in paid.by_id]
    total = sum(each.amount_cents for each in payments)
    if len(payments) == len(dict.fromkeys(names)) and total == line.amount_cents:
        return as_return(line, payments, Reason.PAYMENT_ID, Reason.AMOUNT, *code)
    if not line.is_return:
        return None
    if payments:
        ids = tuple(each.id for each in payments)
        reasons = (Reason.PAYMENT_ID, Reason.OTHER_AMOUNT)
        return Proposal((line.id,), ids, None, Grade.SUSPENSE, reasons)
    if any(names):  # of one that nobody has seen go out
        return nothing_for(line)
    by_number = [
        each
        for name in line.references
        for each in paid.by_number.get(name, ())
        if each.amount_cents == line.amount_cents
    ]
    fitting = [
        each
        for each in paid.by_cents.get(line.amount_cents, ())
        if is_after(line, each) and each.can_give_back(each.amount_cents)
    ]
    same = [each for each in fitting if is_same(line.iban_token, each.iban_token)]
    called = [each for each in fitting if is_same(line.name_token, each.name_token)]
    for found, why in (
        (by_number, (Reason.NUMBER,)),
        (same, (Reason.IBAN,)),
        (called, (Reason.NAME,)),
        (fitting, ()),
    ):
        if found:
            several = (Reason.SEVERAL,) if len(found) > 1 else ()
            last = max(found, key=in_order)
            return as_return(line, [last], Reason.AMOUNT, *why, *code, *several)
    return None


def _given_back(line: OpenLine, paid: Books) -> Proposal | None:
    """Money that somebody who was paid gives back, or a part of it."""
    cents = line.amount_cents
    numbered = [each for name in line.references for each in paid.by_number.get(name, ())]
    numbered += [paid.by_id[name] for name in line.references if name in paid.by_id]
    same = list(paid.by_iban.get(line.iban_token, ())) if line.iban_token else []
    for found, why in ((numbered, Reason.NUMBER), (same, Reason.IBAN)):
        large = (each for each in found if each.can_give_back(cents) and is_after(line, each))
        fitting = list({each.id: each for each in large}.values())
        exact = [each for each in fitting if each.amount_cents == cents]
        if exact or fitting:
            chosen = max(exact or fitting, key=in_order)
            reasons = [why, Reason.AMOUNT if exact else Reason.PART_OF_IT]
            if len(exact or fitting) > 1:
                reasons.append(Reason.SEVERAL)
            return Proposal(
                (line.id,), (chosen.id,), MatchKind.REFUND, Grade.PROBABLE, tuple(reasons)
            )
    return None
