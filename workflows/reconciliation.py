"""What the bank's lines were: matched with payments, taken back, set aside.

A match and what it says of each dote are one transaction: a line that is a payment is the dote's
`DoteDisbursed`, with the line as its proof. All streams are locked, then households, then budget
lines, each in the order of their names, as every command on one dote does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from domain import bank_line, paying, undoing
from domain.actors import Actor
from domain.bank_line import BankLine
from domain.case import Case
from domain.dote import Dote
from domain.dote_history import evolve
from domain.dote_parts import Disbursement
from domain.errors import (
    AmountsDiffer,
    DomainError,
    LineIsMatched,
    MatchIsUndone,
    NamedTwice,
    NoPaymentInIt,
    NotFound,
    NotToBeMatched,
    TooMuchForAFee,
    WrongDirection,
)
from domain.events.bank import BankLineImported, MatchKind, Paid
from domain.events.base import Stamp
from domain.events.dote import DoteEvent
from domain.lifecycle import Action
from domain.permissions import signed
from domain.privacy import read_record
from domain.proposals import Proposal, check_as_shown
from workflows.engine import DATED, Outcome, Work, in_view, looked_back
from workflows.eventstore.bank import Bank
from workflows.eventstore.register import Register
from workflows.payment_commands import MatchLines, SetAside, ShownProposal
from workflows.statements import as_finance

METHOD = "bank_transfer"
MOST_FEE_CENTS = 5_000
"""What may be left of a line as the bank's fee beside a payment; what is more is looked into."""
_WITH_PAYMENTS = frozenset({MatchKind.PAYMENT, MatchKind.RETURN, MatchKind.REFUND})


@dataclass(frozen=True, slots=True)
class Target:
    """A payment that is named: its id, and what it comes to. It is the dote's `n`-th payment; or,
    where nobody ordered it, the disbursement `by_hand`."""

    payment: str
    dote_id: UUID
    amount_cents: int
    n: int = 0
    by_hand: int | None = None


@dataclass(slots=True)
class Held:
    """What a match is decided on, locked: lines and cases, brought up to date event by event."""

    work: Work
    lines: dict[UUID, BankLine]
    cases: dict[UUID, Case]
    shown: frozenset[tuple[UUID, int, str]] = field(default_factory=frozenset)

    def day(self, line: BankLine) -> date:
        """The day that a match writes: the line's, or the first open one after a closed month."""
        return self.work.programme().open_day(line.booked_on)

    def dote(self, dote_id: UUID) -> Dote:
        """A dote as the events so far leave it."""
        return self.cases[dote_id].dote

    def sign(self, dote_id: UUID, action: Action) -> Stamp:
        """The stamp of who may do this to a dote now."""
        return self.work.sign(self.cases[dote_id], action)

    def say(self, event: DoteEvent) -> None:
        """An event of one of the doti."""
        sealed = self.work.store.append(event)
        case = self.cases[event.originator_id]
        self.cases[event.originator_id] = replace(case, dote=evolve(case.dote, sealed))


def match(work: Work, command: MatchLines, targets: Sequence[Target]) -> Outcome:
    """Lines are payments, or parts of them; or came back; or are the bank's, or a funder's."""
    as_finance(work, "match")
    _check_once(command.line_ids, targets)
    held = _locked(work, command.line_ids, {target.dote_id for target in targets}, dated=True)
    lines = [held.lines[line_id] for line_id in command.line_ids]
    total = sum(line.open_cents for line in lines)
    by = as_finance(work, "match", amount_cents=abs(total))
    for line in lines:
        if line.open_cents == 0:
            raise LineIsMatched(0)
        if (line.open_cents < 0) is not (total < 0):
            raise WrongDirection("line_ids")
    stamp, match_id = work.stamp(by), uuid4()
    paid = [_said(held, command.kind, lines[0], target, abs(total)) for target in targets]
    if bool(paid) is not (command.kind in _WITH_PAYMENTS):
        raise AmountsDiffer("payment_ids", abs(total), sum(each.amount_cents for each in paid))
    wanted = sum(each.amount_cents for each in paid) if paid else abs(total)
    rest = abs(total) - wanted
    if rest < 0 or (rest and command.rest == "refuse"):
        raise AmountsDiffer("payment_ids", abs(total), wanted)
    if command.rest == "fee" and rest > MOST_FEE_CENTS:
        raise TooMuchForAFee("rest", rest, MOST_FEE_CENTS)
    for line, cents, parts in _shared(lines, paid, wanted):
        sign = -1 if total < 0 else 1
        kinds = [(command.kind, cents, parts)]
        left = abs(line.open_cents) - cents
        if left and command.rest == "fee":
            kinds.append((MatchKind.FEE, left, ()))
        for kind, part, payments in kinds:
            if part:
                event = line.match(stamp, match_id, kind, sign * part, payments)
                line = bank_line.evolve(line, work.store.append(event))
    return Outcome(match_id, 1, created=True)


def confirm(
    work: Work, shown: ShownProposal, now: Proposal | None, targets: Sequence[Target]
) -> Outcome:
    """What somebody was shown as certain is right, if it is proposed still, and as surely. `now`:
    what is proposed for its lines; None where they are not open."""
    if now is None:
        raise LineIsMatched(abs(work.register.bank_line(shown.line_ids[0]).open_cents))
    check_as_shown(shown.says, now)
    command = MatchLines(
        line_ids=shown.line_ids, payment_ids=shown.payment_ids, kind=shown.kind, rest="refuse"
    )
    return match(work, command, targets)


def undo(work: Work, match_id: UUID) -> Outcome:
    """A match was wrong: the lines are open again, and what it said of doti is taken back."""
    by = as_finance(work, "undo_match")
    before = lines_of(work.register, match_id)
    said = _said_by(before, match_id)
    held = _locked(work, [line.id for line in before], {paid.dote_id for _, paid in said})
    work.check_same([line.version for line in before], [x.version for x in held.lines.values()])
    for kind, paid in _made(said):
        held.say(_taken_back(held.cases[paid.dote_id], work.sign, kind, paid))
    stamp = work.stamp(by)
    for line in held.lines.values():
        for event in line.undo(stamp, match_id):
            work.store.append(event)
    return Outcome(match_id, 2)


def why_not_undo(
    register: Register, actor: Actor, now: datetime, match_id: UUID
) -> DomainError | None:
    """Why somebody could not take a match back, as things stand; None where they could. Nothing is
    held, and nothing written."""

    def sign(case: Case, action: Action) -> Stamp:
        return Stamp(now, signed(case, action, actor), "preview", uuid4())

    cases: dict[UUID, Case] = {}
    try:
        for kind, paid in _made(_said_by(lines_of(register, match_id), match_id)):
            case = cases.get(paid.dote_id)
            if case is None:
                dote = register.dote(paid.dote_id)
                case = in_view(register, Case(dote, register.policy(dote.policy_version), now))
            event = _taken_back(case, sign, kind, paid)
            cases[paid.dote_id] = replace(case, dote=evolve(case.dote, event))
    except DomainError as refused:
        return refused
    return None


def set_aside(work: Work, line_id: UUID, command: SetAside) -> Outcome:
    """A line is left for later, with the reason."""
    by = as_finance(work, "set_aside")
    line = work.register.bank_line(line_id)
    event = work.store.append(line.set_aside(work.stamp(by), command.reason))
    return Outcome(line_id, event.originator_version)


def lines_of(register: Register, match_id: UUID) -> list[BankLine]:
    """The lines of a match, as they are now. Raises NotFound."""
    line_ids = Bank(register.database).lines_of_match(match_id)
    if not line_ids:
        raise NotFound
    return [register.bank_line(line_id) for line_id in line_ids]


def _check_once(line_ids: Sequence[UUID], targets: Sequence[Target]) -> None:
    for name, ids in (
        ("line_ids", [str(line_id) for line_id in line_ids]),
        ("payment_ids", [target.payment for target in targets]),
    ):
        for n, each in enumerate(ids):
            if each in ids[:n]:
                raise NamedTwice(f"{name}.{n}", each)


def _locked(
    work: Work, line_ids: Iterable[UUID], dote_ids: Iterable[UUID], *, dated: bool = False
) -> Held:
    """Lines and doti as they are now, held until the end. `dated`: what is written bears a day."""
    doti = {dote_id: work.case(dote_id) for dote_id in sorted(dote_ids)}
    groups = {dote_id: work.store.group(case.dote.household_id) for dote_id, case in doti.items()}
    lines = {case.dote.line for case in doti.values()}
    work.store.begin(
        *((DATED,) if dated else ()),
        *(("stream", each) for each in sorted({*line_ids, *doti})),
        *(("household", each) for each in sorted({h for group in groups.values() for h in group})),
        *sorted(("line", line.partner, line.category) for line in lines),
    )
    held = {line_id: work.register.bank_line(line_id) for line_id in line_ids}
    return Held(
        work,
        held,
        {dote_id: _standing(work, case, groups[dote_id]) for dote_id, case in doti.items()},
        work.store.bank.shown(doti),
    )


def _standing(work: Work, case: Case, group: tuple[UUID, ...]) -> Case:
    dote = case.dote
    standing = work.store.standing(dote, work.now - looked_back(case.policy))
    work.check_same(group, standing.group)
    if standing.version != dote.version:
        dote = work.register.newest(dote)
    return replace(case, dote=dote, helps=standing.helps, position=standing.position)


def _said(held: Held, kind: MatchKind, line: BankLine, target: Target, cents: int) -> Paid:
    """What a match says of one payment; and the event that says so on its dote, unless somebody
    has said it before."""
    say: dict[MatchKind, Callable[[], Paid]] = {
        MatchKind.PAYMENT: lambda: _pay(held, line, target),
        MatchKind.RETURN: lambda: _come_back(held, line, target),
        MatchKind.REFUND: lambda: _give_back(held, line, target, cents),
    }
    if kind not in say:
        raise NoPaymentInIt("payment_ids")
    return say[kind]()


def _pay(held: Held, line: BankLine, target: Target) -> Paid:
    dote = held.dote(target.dote_id)
    out = _out(dote, target)
    if out is not None and out.state == "executed":
        return _shown_now(held, target, out, MatchKind.PAYMENT)
    if target.by_hand is not None:
        raise NotToBeMatched(target.payment, "due" if out is None else out.state)
    day = held.day(line)
    stamp = held.sign(dote.id, Action.DISBURSE)
    if any(known.n == target.n for known in dote.payments):
        event = paying.execute(dote, stamp, target.n, day, METHOD, proof=line.id)
    else:
        event = paying.disburse(dote, stamp, target.amount_cents, day, METHOD, None, proof=line.id)
    held.say(event)
    return _paid(target, event.n, event.amount_cents, made=True)


def _come_back(held: Held, line: BankLine, target: Target) -> Paid:
    dote = held.dote(target.dote_id)
    out = _out(dote, target)
    if out is None:
        raise NotToBeMatched(target.payment, "due")
    if out.state == "returned":
        return _shown_now(held, target, out, MatchKind.RETURN)
    stamp = held.sign(dote.id, Action.RETURN_DISBURSEMENT)
    held.say(dote.return_disbursement(stamp, out.n, held.day(line), _words(held.work, line)))
    return _paid(target, out.n, out.amount_cents, made=True)


def _give_back(held: Held, line: BankLine, target: Target, cents: int) -> Paid:
    dote = held.dote(target.dote_id)
    out = _out(dote, target)
    if out is None or out.state != "executed":
        raise NotToBeMatched(target.payment, "due" if out is None else out.state)
    if dote.refunded_cents - _shown_of_refunds(held, dote.id) >= cents:
        # Somebody has recorded as much by hand: the line is its proof.
        return _paid(target, out.n, cents, made=False)
    stamp = held.sign(dote.id, Action.RECORD_REFUND)
    held.say(dote.record_refund(stamp, cents, held.day(line), _words(held.work, line)))
    return _paid(target, out.n, cents, made=True)


def _shown_of_refunds(held: Held, dote_id: UUID) -> int:
    """What of the refunds of a dote lines of the bank have shown; those of this match too."""
    lines = map(held.work.register.bank_line, held.work.store.bank.refunds_of(dote_id))
    return sum(
        paid.amount_cents
        for line in lines
        for known in line.matches
        if known.kind is MatchKind.REFUND
        for paid in known.payments
        if paid.dote_id == dote_id
    )


def _out(dote: Dote, target: Target) -> Disbursement | None:
    """The disbursement that carried out a payment, if it went out."""
    for each in reversed(dote.disbursements):
        if target.by_hand is None:
            carried = each.payment_n == target.n and each.payment_n is not None
        else:
            carried = each.n == target.by_hand
        if carried and each.state != "undone":
            return each
    return None


def _shown_now(held: Held, target: Target, out: Disbursement, kind: MatchKind) -> Paid:
    """Somebody has said it by hand: the line is its proof, if no other one is."""
    shown = (target.dote_id, out.n, str(kind)) in held.shown
    if shown or (kind is MatchKind.PAYMENT and out.proof is not None):
        raise NotToBeMatched(target.payment, out.state)
    return _paid(target, out.n, out.amount_cents, made=False)


def _paid(target: Target, n: int, cents: int, *, made: bool) -> Paid:
    return Paid(dote_id=target.dote_id, payment=target.payment, n=n, amount_cents=cents, made=made)


def _words(work: Work, line: BankLine) -> str:
    """What the bank wrote of it, for the dote's file."""
    first = work.register.event(line.id, 1)
    if not isinstance(first, BankLineImported):
        raise TypeError("a line of the bank begins with its import")
    text = work.vault.open_field(first, "details")
    details = read_record(text) if text is not None else {}
    told = [first.return_reason, details.get("remittance"), details.get("name")]
    return " · ".join(each for each in told if each) or f"{line.booked_on}"


Share = tuple[BankLine, int, tuple[Paid, ...]]


def _shared(lines: Sequence[BankLine], paid: Sequence[Paid], wanted: int) -> Iterator[Share]:
    """How much of each line is matched, and with which payments, in their order."""
    waiting = [(each, each.amount_cents) for each in paid]
    for line in lines:
        cents = left = min(abs(line.open_cents), wanted)
        wanted -= cents
        parts: list[Paid] = []
        while left and waiting:
            payment, of_it = waiting.pop(0)
            part = min(left, of_it)
            parts.append(payment.model_copy(update={"amount_cents": part}))
            left -= part
            if of_it > part:
                waiting.insert(0, (payment, of_it - part))
        yield line, cents, tuple(parts)


def _said_by(lines: Iterable[BankLine], match_id: UUID) -> list[tuple[MatchKind, Paid]]:
    """What a match says of payments, while it holds."""
    found = [known for line in lines for known in line.matches if known.match_id == match_id]
    if not found:
        raise MatchIsUndone
    return [(known.kind, paid) for known in found for paid in known.payments]


def _made(said: Iterable[tuple[MatchKind, Paid]]) -> Iterator[tuple[MatchKind, Paid]]:
    """What a match itself said on doti, once each: several lines may tell parts of one payment."""
    done: set[tuple[UUID, int]] = set()
    for kind, paid in said:
        if paid.made and (kind is MatchKind.REFUND or (paid.dote_id, paid.n) not in done):
            done.add((paid.dote_id, paid.n))
            yield kind, paid


def _taken_back(
    case: Case, sign: Callable[[Case, Action], Stamp], kind: MatchKind, paid: Paid
) -> DoteEvent:
    match kind:
        case MatchKind.PAYMENT:
            # Said first: of a dote of which nothing is out any more the state would say less.
            undoing.executed(case.dote, paid.n)
            stamp = sign(case, Action.RETURN_DISBURSEMENT)
            return undoing.undo_disbursement(case.dote, stamp, paid.n)
        case MatchKind.RETURN:
            return undoing.undo_return(case.dote, sign(case, Action.DISBURSE), paid.n)
        case MatchKind.REFUND:
            if case.position is None:
                raise ValueError("what moves money is decided with its budget line in view")
            stamp = sign(case, Action.RECORD_REFUND)
            return undoing.undo_refund(case.dote, stamp, paid.amount_cents, case.position)
    raise ValueError(f"{kind} says nothing of a dote")
