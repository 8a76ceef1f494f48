"""Which payment a line of the bank is: proposals, each with its score and the reasons in words.

Pure: lines and payments come in, and every open line gets one proposal. `certain` is said only
where our own number and the amount agree, or the account and the amount do and nothing else fits;
whatever leaves a doubt is `probable`, and a person looks at it. Nothing is opened to propose.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from domain.events.bank import MatchKind
from domain.fitting import (
    Books,
    grade_of,
    nothing_for,
    said_of,
)
from domain.incoming_lines import incoming
from domain.outgoing_lines import outgoing
from domain.proposals import Candidate, Grade, OpenLine, Proposal, Reason

ROUNDS = 8
"""How often lines whose payment is another's are looked at again."""


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
    found = {line.id: nothing_for(line) for line in lines} | found
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
    out = Books.of(
        (each for each in payments if each.is_open), (each for each in payments if each.went_out)
    )
    paid = Books.of(each for each in payments if each.is_paid)
    together = {line.id: group for group in _together(lines, out) for line in group}
    known = {each.id: each for each in payments}
    ids = Counter(line.end_to_end for line in lines if line.amount_cents < 0)
    found: list[Proposal] = []
    for line in lines:
        if line.id in together:
            if line is together[line.id][0]:
                group = together[line.id]
                found.append(_unless_another(_one_payment(group, out), group, known))
        elif line.amount_cents < 0:
            proposal = _unless_another(outgoing(line, out), [line], known)
            alone = line.end_to_end is None or ids[line.end_to_end] == 1
            found.append(proposal if alone else _in_doubt(proposal, Reason.SEVERAL))
        else:
            found.append(_unless_another(incoming(line, paid), [line], known))
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
    return _in_doubt(proposal, Reason.OTHER_PAYMENT)


def _in_doubt(proposal: Proposal, why: Reason) -> Proposal:
    """The same, and no more than probable."""
    certain = proposal.grade is Grade.CERTAIN
    return replace(
        proposal,
        grade=Grade.PROBABLE if certain else proposal.grade,
        reasons=tuple(dict.fromkeys((*proposal.reasons, why))),
    )


def _together(lines: Sequence[OpenLine], out: Books) -> Iterator[list[OpenLine]]:
    """Lines that carry the id of one payment and come to it only together."""
    named: dict[str, list[OpenLine]] = defaultdict(list)
    for line in lines:
        if line.amount_cents < 0 and line.end_to_end in out.by_id and not line.parts:
            named[line.end_to_end].append(line)
    for payment_id, group in named.items():
        total = -sum(line.amount_cents for line in group)
        if len(group) > 1 and total == out.by_id[payment_id].amount_cents:
            yield group


def _one_payment(group: list[OpenLine], out: Books) -> Proposal:
    payment = out.by_id[group[0].end_to_end or ""]
    said = (each for line in group for each in said_of(line, payment))
    reasons = tuple(dict.fromkeys((Reason.PAYMENT_ID, Reason.SUM_OF_LINES, *said)))
    return Proposal(
        tuple(line.id for line in group),
        (payment.id,),
        MatchKind.PAYMENT,
        grade_of(reasons),
        reasons,
    )


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
            has.append(replace(_in_doubt(each, Reason.SEVERAL), grade=Grade.PROBABLE))
        else:
            has.append(each)
    return has, losers
