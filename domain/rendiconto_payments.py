"""Which payments what happened to a dote is about, event by event, as an account of expenses says
it."""

from dataclasses import dataclass, field, replace

from domain.covering import Filling, Out, parts
from domain.events import dote as d
from domain.events.base import Event
from domain.rendiconto_content import ReceiptFacts


@dataclass(frozen=True, slots=True)
class Share:
    """A payment, at its place in the log, and how much of it something is about."""

    log_index: int
    paid: d.DoteDisbursed
    amount_cents: int


@dataclass(slots=True)
class PaidDote:
    """What is known of a dote so far. `fillings`: what fills its payments, by the places at which
    it came in."""

    asked: d.DoteRequested
    format_version: int
    receipts: dict[int, ReceiptFacts] = field(default_factory=dict)
    _paid: dict[int, tuple[int, d.DoteDisbursed]] = field(default_factory=dict)
    _back: set[int] = field(default_factory=set)
    _fillings: dict[int, Filling] = field(default_factory=dict)
    _refunds: list[int] = field(default_factory=list)

    def take(self, log_index: int, event: Event) -> tuple[Share, ...]:
        """The next event; the payments that it is, or is about, the oldest first."""
        match event:
            case d.DoteDisbursed():
                self._paid[event.n] = (log_index, event)
                return self._named(event.n)
            case d.DisbursementReturned() | d.DisbursementUndone():
                self._back.add(event.n)
                return self._named(event.n)
            case d.ReturnUndone():
                self._back.discard(event.n)
                return self._named(event.n)
            case d.ReceiptSubmitted():
                self.receipts[event.n] = _receipt(log_index, event)
                self._fillings[log_index] = Filling(log_index, event.amount_cents, waits=True)
            case d.ReceiptAccepted() | d.ReceiptDisallowed():
                place = self.receipts[event.n].log_index
                self._fillings[place] = Filling(place, event.amount_cents)
                return self._filled_by(place)
            case d.RefundReceived():
                self._fillings[log_index] = Filling(log_index, event.amount_cents)
                self._refunds.append(log_index)
                return self._filled_by(log_index)
            case d.RefundUndone():
                return self._undone(event.amount_cents)
        return ()

    def _named(self, n: int) -> tuple[Share, ...]:
        log_index, paid = self._paid[n]
        return (Share(log_index, paid, paid.amount_cents),)

    def _filled_by(self, place: int) -> tuple[Share, ...]:
        if self.format_version == 1:
            cents = self._fillings[place].amount_cents
            return (Share(*self._paid[max(self._paid)], cents),)
        out = [
            Out(n, paid.value_date, paid.amount_cents)
            for n, (_, paid) in self._paid.items()
            if n not in self._back
        ]
        found = parts(out, [self._fillings[key] for key in sorted(self._fillings)])[place]
        return tuple(Share(*self._paid[part.n], part.amount_cents) for part in found)

    def _undone(self, cents: int) -> tuple[Share, ...]:
        """So much of the newest refunds was somebody else's money."""
        shares = self._filled_by(self._refunds[-1])
        while cents:
            place = self._refunds[-1]
            refund = self._fillings[place]
            taken = min(cents, refund.amount_cents)
            cents -= taken
            self._fillings[place] = replace(refund, amount_cents=refund.amount_cents - taken)
            if taken == refund.amount_cents:
                self._refunds.pop()
        return shares


def _receipt(log_index: int, event: d.ReceiptSubmitted) -> ReceiptFacts:
    told = event.model_dump(include=set(ReceiptFacts.model_fields) - {"log_index"})
    return ReceiptFacts(log_index=log_index, **told)
