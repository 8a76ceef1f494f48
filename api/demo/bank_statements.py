"""The statements of the demonstration's bank: written when they are brought in, for only then the
numbers are known that stand in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.demo.bank import OPENING_CENTS, BankYear, Movement, Of
from api.demo.bank_files import Entry, Sheet, camt, table
from api.demo.data import BankWords
from api.demo.persons import bank_account
from api.demo.steps import Made
from api.demo.working_time import WorkingTime
from workflows.bank import StatementFile, read
from workflows.engine import Work


@dataclass(frozen=True, slots=True)
class ToCome:
    """A statement that will come in: of a round, the `number`-th of the account."""

    n: int
    number: int
    first: date
    last: date
    made_at: datetime
    opening_cents: int
    movements: tuple[Movement, ...]
    as_table: bool


def to_come(year: BankYear, axis: WorkingTime) -> Iterator[ToCome]:
    """The statements of the year, each going on where the one before ended. One of them, half the
    way, is a table."""
    rounds, cents, number = year.rounds, OPENING_CENTS, 0
    first = rounds.day(0)
    for n in range(rounds.last + 1):
        movements = tuple(year.movements(n))
        if not movements:
            continue
        number += 1
        came_in = axis.moment(rounds.came_in_s(n))
        last = came_in.date() - timedelta(days=1)
        as_table = n == rounds.last // 2
        yield ToCome(n, number, first, last, came_in, cents, movements, as_table)
        cents += sum(movement.cents for movement in movements)
        first = last + timedelta(days=1)


def written(to_come: ToCome, told: BankWords, work: Work, made: Made) -> tuple[bytes, str]:
    """The file, and its name."""
    entries = [
        _entry(movement, f"RB{to_come.number:03}{place:03}", work, made)
        for place, movement in enumerate(to_come.movements, start=1)
    ]
    sheet = Sheet(
        iban=bank_account(told.holder),
        number=to_come.number,
        first=to_come.first,
        last=to_come.last,
        made_at=to_come.made_at,
        opening_cents=to_come.opening_cents,
        entries=entries,
    )
    return (table(sheet), "movimenti.csv") if to_come.as_table else (camt(sheet), "estratto.xml")


def parsed(to_come: ToCome, told: BankWords, work: Work, made: Made) -> tuple[bytes, StatementFile]:
    """The file as the bank's readers read it; refused where they would not take it as it is."""
    data, name = written(to_come, told, work, made)
    file = read(data, name)
    lost = [trouble for trouble in file.troubles if trouble.lost]
    if lost or sum(len(statement.lines) for statement in file.statements) != len(to_come.movements):
        raise ValueError(f"statement {to_come.number} of the demonstration is not read: {lost}")
    return data, file


def payment_id(of: Of, work: Work, made: Made) -> str:
    """What a payment is called."""
    return f"{made.number(work, of.nth)}{of.paid.mark}"


def _entry(movement: Movement, reference: str, work: Work, made: Made) -> Entry:
    of = movement.of
    batch = None
    if movement.batch is not None:
        batch = work.register.payment_batch(made.batches[movement.batch]).number
    numbers = [
        payment_id(each, work, made) if movement.ids else made.number(work, each.nth) for each in of
    ]
    text = movement.text.format(batch if len(of) > 1 and batch else " ".join(numbers))
    single = of[0] if len(of) == 1 else None
    payee = single.payee if single is not None and movement.name is None else None
    as_sum = batch is not None and single is None
    return Entry(
        cents=movement.cents,
        booked_on=movement.booked_on,
        reference=reference,
        text=text,
        name=payee.name if payee else movement.name,
        iban=payee.iban if payee else None,
        end_to_end=numbers[0] if single is not None and movement.ids else None,
        batch=f"{batch}-1" if batch else None,
        reason=movement.reason,
        parts=tuple(_part(each, movement, work, made) for each in of) if as_sum else (),
    )


def _part(of: Of, movement: Movement, work: Work, made: Made) -> Entry:
    name = payment_id(of, work, made)
    return Entry(
        cents=-of.cents,
        booked_on=movement.booked_on,
        reference="",
        text=name,
        name=of.payee.name if of.payee else None,
        iban=of.payee.iban if of.payee else None,
        end_to_end=name,
    )
