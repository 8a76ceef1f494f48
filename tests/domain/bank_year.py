"""A year at the bank, made up: payments, and lines of which it is known what each of them is.

Banks lose ids, shorten names, book batches as one sum, take fees, send payments back; landlords are
paid the same amount each month; and somebody pays the same landlord from the same account for
something that is no dote.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from domain.events.bank import LinePart, MatchKind
from domain.proposals import Candidate, Grade, OpenLine, Proposal

FIRST = date(2026, 1, 5)
AMOUNTS = (12_000, 15_000, 30_000, 30_000, 45_000, 8_650, 21_490, 5_000)


@dataclass
class Year:
    """What came to the register, and the truth: of each line, what kind it is and of what."""

    lines: list[OpenLine] = field(default_factory=list)
    payments: list[Candidate] = field(default_factory=list)
    truth: dict[UUID, tuple[MatchKind | None, frozenset[str]]] = field(default_factory=dict)


def a_year(payments: int, seed: int = 7) -> Year:
    """So many payments and all that a bank makes of them."""
    random = Random(seed)
    year = Year()
    payees = [(f"n{k}".encode(), f"i{k}".encode()) for k in range(max(4, payments // 8))]
    n = 0
    while n < payments:
        day = FIRST + timedelta(days=n * 350 // payments)
        size = random.choice((1, 1, 1, 1, 3, 5))
        batch = f"D-2026-{len(year.lines) % 900 + 100:03}" if size > 1 else None
        made = []
        for _ in range(min(size, payments - n)):
            n += 1
            name, iban = random.choice(payees)
            number = f"CI-2026-{n:05}"
            cents = random.choice(AMOUNTS) + (random.randrange(900) if n % 3 else 0)
            made.append(
                Candidate(f"{number}-1", number, cents, True, False, day, batch, name, iban)
            )
        year.payments += made
        _paid(year, random, made, day + timedelta(days=random.randrange(0, 4)), batch)
    _noise(year, random, payments)
    return year


def _paid(year: Year, random: Random, made: list[Candidate], day: date, batch: str | None) -> None:
    if batch is not None and random.random() < 0.5:
        cents = -sum(each.amount_cents for each in made)
        parts = tuple(LinePart(amount_cents=-c.amount_cents, reference=c.id) for c in made)
        with_parts = parts if random.random() < 0.5 else ()
        _add(year, made, day, cents, references=(batch,), parts=with_parts)
        return
    for each in made:
        _one(year, random, each, day)


def _one(year: Year, random: Random, paid: Candidate, day: date) -> None:
    name, iban = paid.name_token, paid.iban_token
    cents = -paid.amount_cents
    luck = random.random()
    if luck < 0.80:  # the id comes along
        _add(
            year,
            [paid],
            day,
            cents,
            end_to_end=paid.id,
            references=(paid.id,),
            iban=iban,
            name=name,
        )
    elif luck < 0.90:  # only in the text, and no account
        _add(year, [paid], day, cents, references=(paid.id,), name=name)
    elif luck < 0.94:  # nothing but who was paid
        _add(year, [paid], day, cents, iban=iban, name=name)
    elif luck < 0.96:  # by a shortened name
        _add(year, [paid], day, cents, name=b"shortened")
    elif luck < 0.98:  # in two lines
        half = paid.amount_cents // 2
        for part in (-half, cents + half):
            _add(year, [paid], day, part, end_to_end=paid.id, references=(paid.id,), iban=iban)
    else:  # with a fee on top
        _add(year, [paid], day, cents - 120, end_to_end=paid.id, references=(paid.id,), iban=iban)


def _noise(year: Year, random: Random, payments: int) -> None:
    """What is no dote, and what comes back."""
    for nth in range(payments // 20):
        day = FIRST + timedelta(days=random.randrange(350))
        _other(year, day, -120, is_fee=True)
        if nth % 2:
            # To somebody who is paid for doti too: another amount, or without a word.
            known = random.choice(year.payments)
            _other(year, day, -known.amount_cents - 1, iban=known.iban_token)
        else:
            _other(year, day, 100_000 + nth)
    for paid in random.sample(year.payments, payments // 30):
        day = (paid.expected_on or FIRST) + timedelta(days=6)
        back = Candidate(
            paid.id.replace("CI-", "CX-"),
            paid.number.replace("CI-", "CX-"),
            paid.amount_cents,
            False,
            True,
            paid.expected_on,
            None,
            paid.name_token,
            paid.iban_token,
        )
        year.payments.append(back)
        _add(
            year,
            [back],
            day,
            paid.amount_cents,
            kind=MatchKind.RETURN,
            end_to_end=back.id if random.random() < 0.8 else None,
            iban=paid.iban_token,
            is_return=True,
        )


def _add(
    year: Year,
    of: list[Candidate],
    day: date,
    cents: int,
    *,
    kind: MatchKind = MatchKind.PAYMENT,
    name: bytes | None = None,
    iban: bytes | None = None,
    end_to_end: str | None = None,
    references: tuple[str, ...] = (),
    parts: tuple[LinePart, ...] = (),
    is_return: bool = False,
) -> None:
    line = OpenLine(
        UUID(int=len(year.lines) + 1),
        day,
        cents,
        is_return=is_return,
        end_to_end=end_to_end,
        references=references,
        parts=parts,
        name_token=name,
        iban_token=iban,
    )
    year.lines.append(line)
    year.truth[line.id] = (kind, frozenset(each.id for each in of))


def _other(
    year: Year, day: date, cents: int, *, is_fee: bool = False, iban: bytes | None = None
) -> None:
    line = OpenLine(UUID(int=len(year.lines) + 1), day, cents, is_fee=is_fee, iban_token=iban)
    year.lines.append(line)
    year.truth[line.id] = (None, frozenset())


@dataclass(frozen=True)
class Measured:
    """How good proposals are: `precision` of the certain ones, and how much of what a person could
    know for certain they are (`recall`)."""

    precision: float
    recall: float
    certain: int


def measure(year: Year, proposals: Sequence[Proposal]) -> Measured:
    """The certain proposals beside the truth."""
    right = certain = 0
    for each in proposals:
        if each.grade is Grade.CERTAIN:
            told = (each.kind, frozenset(each.payment_ids))
            certain += len(each.line_ids)
            right += sum(year.truth[line] == told for line in each.line_ids)
    payments = sum(kind is MatchKind.PAYMENT for kind, _ in year.truth.values())
    return Measured(right / certain if certain else 1.0, right / payments, certain)
