"""What the bank of the demonstration will tell: every movement of the year, by the round whose
statement tells it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from api.demo.acts import ByHand, ComesBack, GivesBack, Paid, Transfer
from api.demo.data import BankWords
from api.demo.rounds import Rounds
from api.demo.working_time import DAY_S
from domain.events.bank import MatchKind
from workflows.commands import Payee

OPENING_CENTS = 3_150_40
_MONTHLY_FEE_CENTS = 1_250
_FEE_CENTS = 120
_GIFT_CENTS = 5_000
_DEBIT_CENTS = 8_640


@dataclass(frozen=True, slots=True)
class Of:
    """A payment that a movement is about, or a part of it: of which dote of the plan, to whom."""

    nth: int
    paid: Paid
    cents: int
    payee: Payee | None


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a statement to come. `cents` below zero: it goes out. `kind` None: nobody knows
    what it is. `text`: `{}` stands for our own numbers. `batch`: the round whose batch it is, all
    or a part of it. `ids`: whether the bank tells the ids of payments."""

    booked_on: date
    cents: int
    text: str
    kind: MatchKind | None = None
    of: tuple[Of, ...] = ()
    batch: int | None = None
    reason: str | None = None
    name: str | None = None
    ids: bool = True


@dataclass(slots=True)
class BankYear:
    """All that passes through the account. `transfers`: what each round's batch pays; those of the
    round after the last one stand in the batch that nobody has authorised."""

    rounds: Rounds
    told: BankWords
    transfers: dict[int, list[Of]] = field(default_factory=lambda: defaultdict(list))
    _others: dict[int, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    _card: dict[int, list[Of]] = field(default_factory=lambda: defaultdict(list))

    def funding(self, cents: int, second: int) -> None:
        """A funder's money comes in."""
        self._add(second, cents, self.told.funding, MatchKind.FUNDING)

    def take(
        self, nth: int, payee: Payee | None, act: ByHand | Transfer | ComesBack | GivesBack, at: int
    ) -> None:
        """An act of the `nth` dote at a second."""
        of = Of(nth, act.paid, act.paid.cents, payee)
        match act:
            case Transfer():
                self.transfers[self.rounds.paying(at)].append(of)
            case ByHand(alone=True):
                kind = MatchKind.PAYMENT
                self._add(at, -of.cents, self.told.transfer, kind, of=(of,), ids=False)
            case ByHand():
                self._card[self.rounds.telling(at)].append(of)
            case ComesBack():
                text = f"{self.told.returned} {act.why}"
                kind = MatchKind.RETURN
                self._add(at, of.cents, text, kind, of=(of,), reason=act.code)
            case GivesBack():
                text = f"{self.told.refunded}: {act.why}"
                of = replace(of, cents=act.cents)
                self._add(at, act.cents, text, MatchKind.REFUND, of=(of,), ids=False)

    def movements(self, n: int) -> list[Movement]:
        """What the statement of a round tells, in the order of its days."""
        found = [*self._others[n], *self._batch(n), *self._recharge(n), *self._fees(n)]
        if n == self.rounds.last - 1:
            found.append(self._unknown(n, -_DEBIT_CENTS, self.told.unknown_out))
        if n == self.rounds.last:
            found.append(self._unknown(n, _GIFT_CENTS, self.told.unknown_in))
        return sorted(found, key=lambda movement: movement.booked_on)

    def _add(self, second: int, cents: int, text: str, kind: MatchKind, **told: object) -> None:
        day = self.rounds.day(second)
        movement = Movement(day, cents, text, kind, **told)  # type: ignore[arg-type]
        self._others[self.rounds.telling(second)].append(movement)

    def _batch(self, n: int) -> Iterator[Movement]:
        """Every other batch is booked as one sum."""
        day, payments = self.rounds.booked_on(n), self.transfers.get(n, [])
        if len(payments) > 1 and n % 2 == self.rounds.last % 2 and n != self.rounds.last:
            cents = -sum(of.cents for of in payments)
            yield Movement(day, cents, self.told.batch, MatchKind.PAYMENT, tuple(payments), batch=n)
            return
        single = [
            Movement(day, -of.cents, self.told.transfer, MatchKind.PAYMENT, (of,), batch=n)
            for of in payments
        ]
        yield from self._doubtful(single) if n == self.rounds.last else single

    def _doubtful(self, single: Sequence[Movement]) -> Iterator[Movement]:
        """Of what waits to be confirmed, one has a fee on top, and of one the bank tells neither
        id nor account, and another name."""
        for place, movement in enumerate(reversed(single)):
            if place == 0 and len(single) > 1:
                text, name = self.told.transfer.format("").strip(), self.told.other_name
                yield replace(movement, text=text, name=name, ids=False, batch=None)
            elif place == 1 and len(single) > 2:
                yield replace(movement, cents=movement.cents - _FEE_CENTS)
            else:
                yield movement

    def _recharge(self, n: int) -> Iterator[Movement]:
        """The card, and the vouchers, are paid from the account by the sum of what was bought."""
        bought = self._card.get(n, [])
        if bought:
            cents = -sum(of.cents for of in bought)
            day = self.rounds.day(self.rounds.came_in_s(n) - DAY_S)
            yield Movement(day, cents, self.told.card, MatchKind.PAYMENT, tuple(bought), ids=False)

    def _fees(self, n: int) -> Iterator[Movement]:
        day = self.rounds.booked_on(n)
        if n and day.month != self.rounds.booked_on(n - 1).month:
            yield Movement(day, -_MONTHLY_FEE_CENTS, self.told.fees, MatchKind.FEE)
        if n == self.rounds.last:
            yield Movement(day, -_FEE_CENTS, self.told.fee, MatchKind.FEE)

    def _unknown(self, n: int, cents: int, text: str) -> Movement:
        return Movement(self.rounds.booked_on(n), cents, text)
