"""A year of a programme's account, made up: what was paid, and what the bank tells of it.

Every movement comes with the truth about it, so that whoever proposes what belongs together can be
measured: `Movement.kind` and `Movement.payments`. The same seed makes the same year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from stdnum import iban

from tests.bank.writing import WRITERS, Account, csv_of_names, line, notification
from workflows.bank import Line

YEAR = 2026
OVER = datetime(YEAR + 1, 1, 31, tzinfo=UTC)
"""When the year is over, and a bank can have told all of it."""
OPENING_CENTS = 250_000_00

ALL_WRITERS = {**WRITERS, "camt.054.001.08": notification, "CSV of names": csv_of_names}
"""Those that tell all of a line, a notification, and a table that tells next to nothing."""

_FIRST = ("Lido", "Nerea", "Tosca", "Ugo", "Zeno", "Alba", "Bice", "Ciro", "Dalia", "Elmo", "Fosca")
_LAST = ("Prova", "Esempio", "Modello", "Campione", "Finto", "Saggio", "Bozza", "Traccia", "Calco")
_FIRMS = ("Immobiliare", "Scuola", "Ottica", "Studio dentistico", "Cartoleria", "Energia")
_PLACES = ("Dora", "Sangone", "Stura", "Ceronda", "Po", "Orco", "Chisola", "Lemina")
_REASONS = ("AC01", "AC04", "AC06", "MS03", "AM05")
_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22)
_ODD_LAST = (25, 24, 23)


@dataclass(frozen=True)
class Payee:
    """Who is paid."""

    name: str
    iban: str


@dataclass(frozen=True)
class Payment:
    """A payment that was ordered."""

    id: str
    dote: str
    n: int
    payee: Payee
    amount_cents: int
    batch: str
    ordered_on: date


@dataclass(frozen=True)
class Movement:
    """What the bank tells, and what is true about it.

    `kind`: payment, return, refund, fee, funding or other. `payments`: the ids of the payments that
    it executes, brings back or refunds, in the order of its parts.
    """

    line: Line
    kind: str
    payments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Year:
    """All of it, by day."""

    payments: tuple[Payment, ...]
    movements: tuple[Movement, ...]

    def lines(self) -> list[Line]:
        """What the bank tells, in its order."""
        return [movement.line for movement in self.movements]


@dataclass(frozen=True)
class File:
    """A statement as a file; `format` is a name of `WRITERS`."""

    name: str
    format: str
    data: bytes
    lines: tuple[Line, ...]


def a_year(payments: int = 5000, seed: int = 1) -> Year:
    """A year with so many payments, 52 batches, and all that goes wrong with some of them."""
    return _Maker(Random(seed)).year(payments)


class _Maker:
    """Makes a year. The shares are those of the comments, of all payments."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.payments: list[Payment] = []
        self.movements: list[Movement] = []
        self.bank_references = 0

    def year(self, count: int) -> Year:
        payees = [self._payee() for _ in range(max(3, count // 8))]
        again: list[Payment] = []
        dote = 0
        for week in range(52):
            day = date(YEAR, 1, 5) + timedelta(weeks=week)
            batch = f"D-{YEAR}-{week + 1:03}"
            ordered = [replace(each, batch=batch, ordered_on=day) for each in again]
            again = []
            for _ in range((count * (week + 1)) // 52 - (count * week) // 52):
                dote += 1
                number = f"CI-{YEAR}-{dote:05}"
                cents = self.random.choice((self.random.randrange(2_000, 90_000), 15_000, 30_000))
                payee = self.random.choice(payees)
                ordered.append(Payment(f"{number}-1", number, 1, payee, cents, batch, day))
            self.payments += ordered
            again += self._paid(ordered, day + timedelta(days=1))
            self._tell(day + timedelta(days=1), -350, "fee", "Commissioni bonifici")
        self._by_the_month()
        order = sorted(self.movements, key=lambda each: each.line.booked_on)
        return Year(tuple(self.payments), tuple(order))

    def _payee(self) -> Payee:
        random = self.random
        person = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
        firm = f"{random.choice(_FIRMS)} {random.choice(_PLACES)} srl"
        account = f"{random.choice(('03069', '02008', '05428'))}01{random.randrange(1000):03}"
        return Payee(
            random.choice((person, firm)), italian_iban(f"{account}{random.randrange(10**12):012}")
        )

    def _paid(self, ordered: Sequence[Payment], day: date) -> list[Payment]:
        """A batch goes out, as one sum in two weeks of five; what came back is ordered again."""
        again = []
        if ordered and self.random.random() < 0.4:
            parts = tuple(self._line(each, day) for each in ordered)
            total = sum(part.amount_cents for part in parts)
            told = f"Distinta {ordered[0].batch}"
            self._tell(
                day,
                total,
                "payment",
                told,
                tuple(each.id for each in ordered),
                batch_reference=ordered[0].batch,
                parts=parts,
            )
        else:
            self._one_by_one(ordered, day)
        for each in ordered:
            chance = self.random.random()
            if chance < 0.03:  # three of a hundred come back
                again.append(self._returned(each, day))
            elif chance < 0.05:  # of two, the payee gives something back
                self._refunded(each, day)
        return again

    def _one_by_one(self, ordered: Sequence[Payment], day: date) -> None:
        waiting = list(ordered)
        while waiting:
            each = waiting.pop(0)
            chance = self.random.random()
            same = next((other for other in waiting if other.payee == each.payee), None)
            if chance < 0.005 and each.amount_cents > 1:
                # One payment in two lines, as when a day's limit is passed.
                first = each.amount_cents // 2
                for cents, later in ((first, 0), (each.amount_cents - first, 1)):
                    told = self._line(each, day + timedelta(days=later))
                    self._add(replace(told, amount_cents=-cents), "payment", (each.id,))
            elif chance < 0.05 and same is not None:
                # Two payments to one payee in one line.
                waiting.remove(same)
                told = self._line(each, day)
                cents = each.amount_cents + same.amount_cents
                both = replace(
                    told,
                    amount_cents=-cents,
                    end_to_end_id=None,
                    remittance=f"Doti {each.id} e {same.id}",
                )
                self._add(both, "payment", (each.id, same.id))
            else:
                self._add(self._line(each, day), "payment", (each.id,))

    def _line(self, payment: Payment, day: date) -> Line:
        """A payment as banks tell it: some drop its number, cut names, write capitals."""
        chance = self.random.random()
        name = payment.payee.name
        if chance < 0.2:
            name = name.upper()[:20].strip()
        return line(
            -payment.amount_cents,
            day,
            end_to_end_id=None if chance > 0.95 else payment.id,
            counterparty_name=name,
            counterparty_iban=None if 0.9 < chance < 0.95 else payment.payee.iban,
            remittance=f"Dote {payment.id}" if chance > 0.1 else f"DOTE {payment.dote}",
            bank_reference=self._reference(),
            batch_reference=payment.batch,
        )

    def _returned(self, payment: Payment, day: date) -> Payment:
        """It comes back after some days, and is ordered again under its next number."""
        back = line(
            payment.amount_cents,
            day + timedelta(days=self.random.randrange(2, 6)),
            end_to_end_id=payment.id if self.random.random() < 0.9 else None,
            counterparty_name=payment.payee.name,
            counterparty_iban=payment.payee.iban,
            remittance=f"Dote {payment.id}",
            bank_reference=self._reference(),
            is_return=True,
            return_reason=self.random.choice(_REASONS),
        )
        self._add(back, "return", (payment.id,))
        return replace(payment, id=f"{payment.dote}-{payment.n + 1}", n=payment.n + 1)

    def _refunded(self, payment: Payment, day: date) -> None:
        cents = self.random.choice((payment.amount_cents, payment.amount_cents // 2))
        told = self.random.choice((f"Rimborso dote {payment.dote}", f"restituzione {payment.id}"))
        self._tell(
            day + timedelta(days=self.random.randrange(10, 20)),
            cents,
            "refund",
            told,
            (payment.id,),
            counterparty_name=payment.payee.name,
            counterparty_iban=payment.payee.iban,
        )

    def _by_the_month(self) -> None:
        for month in range(1, 13):
            last = (date(YEAR, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            self._tell(last, -850, "fee", "Canone mensile conto")
            if month % 3 == 1:
                told = f"Contributo doti trimestre {month // 3 + 1}"
                self._tell(date(YEAR, month, 2), 60_000_000, "funding", told)
            if month % 4 == 0:
                # Nobody knows what it is: it has to be looked at. Twice the same, on one day.
                for _ in range(2):
                    twice = line(-4_200, last, remittance="Addebito diretto mandato 77")
                    self._add(twice, "other")
            self._add(line(1_234, last, remittance="Erogazione liberale"), "other")

    def _tell(
        self,
        day: date,
        cents: int,
        kind: str,
        remittance: str,
        payments: tuple[str, ...] = (),
        **told: object,
    ) -> None:
        given = {"remittance": remittance, "bank_reference": self._reference(), **told}
        self._add(line(cents, day, **given), kind, payments)

    def _add(self, told: Line, kind: str, payments: tuple[str, ...] = ()) -> None:
        self.movements.append(Movement(told, kind, payments))

    def _reference(self) -> str:
        self.bank_references += 1
        return f"BK{self.bank_references:09}"


def italian_iban(coordinates: str) -> str:
    """The IBAN of ABI, CAB and account (22 signs), with its two kinds of check signs."""
    total = 0
    for place, sign in enumerate(coordinates):
        value = int(sign) if sign.isdigit() else ord(sign) - ord("A")
        total += (_ODD + _ODD_LAST)[value] if place % 2 == 0 else value
    bban = f"{chr(ord('A') + total % 26)}{coordinates}"
    return f"IT{iban.calc_check_digits(f'IT00{bban}')}{bban}"


def by_the_month(year: Year, format_: str) -> Iterator[File]:
    """Twelve statements in a row, each opening where the one before closed."""
    for month in range(1, 13):
        first = date(YEAR, month, 1)
        following = (first + timedelta(days=32)).replace(day=1)
        last = date(YEAR + 1, 12, 31) if month == 12 else following - timedelta(days=1)
        yield between(year, format_, first, last, month)


def between(year: Year, format_: str, first: date, last: date, number: int = 1) -> File:
    """The statement of some days; any of them, so that statements can overlap."""
    lines = [each for each in year.lines() if first <= each.booked_on <= last]
    before = sum(each.amount_cents for each in year.lines() if each.booked_on < first)
    account = Account(number=number, opening_cents=OPENING_CENTS + before)
    data = ALL_WRITERS[format_](account, lines)
    return File(f"{format_}-{first}-{last}", format_, data, tuple(lines))


def as_it_comes(year: Year, format_: str) -> Iterator[File]:
    """The year as an office really loads it: month by month, February twice, and one file over
    the turn of a quarter that overlaps the two months it lies in."""
    for n, file in enumerate(by_the_month(year, format_), 1):
        yield file
        if n == 2:
            yield file
        if n == 7:
            yield between(year, format_, date(YEAR, 6, 16), date(YEAR, 7, 15), 99)
