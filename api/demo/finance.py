"""The work of finance in the demonstration: batches, statements, matches, months and an account of
expenses, as steps of the plan."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID

from api.demo.bank import BankYear, Of
from api.demo.bank_statements import ToCome, parsed, payment_id, to_come
from api.demo.data import programme_data, stories
from api.demo.persons import bank_account
from api.demo.rounds import Rounds
from api.demo.steps import Do, Later, Made, Step, Timed
from api.demo.working_time import DAY_S, WorkingTime
from domain.days import month_after, month_of
from workflows import payments
from workflows.bank import Line
from workflows.closing_commands import ClosePeriod, DrawUp
from workflows.engine import Outcome, Work
from workflows.eventstore.bank import identity, words
from workflows.eventstore.statements import statements
from workflows.known_lines import Source
from workflows.payment_commands import MatchLines, OrderPayment, PrepareBatch, SetAside
from workflows.payment_files import pain001
from workflows.periods import close
from workflows.reconciliation import Target, match, set_aside
from workflows.rendiconto import freeze
from workflows.sepa_text import Payer
from workflows.statements import import_statement, open_bank_account

PREPARES, AUTHORISES, CONFIRMS = "finance", "finance2", "coordinator"
_SQL = statements("api.demo", "statements")
_FILE = "pain.001.001.09"
_EXPORTED_S = 600
_FIRST_MATCH_S = 60
_ASKED_S = DAY_S * 11 // 10
_CLOSED_S = _ASKED_S + DAY_S * 2 // 5
_FROZEN_S = _CLOSED_S + DAY_S // 10


def payer() -> Payer:
    """The account that pays: invented, at a bank that does not exist."""
    told = stories().bank
    return Payer(told.holder, bank_account(told.holder), told.bic)


def steps(year: BankYear, axis: WorkingTime) -> Iterator[Timed]:
    """All of it."""
    rounds = year.rounds
    yield DAY_S * 3 // 2, _later("account", PREPARES, _opens_account)
    for n in range(rounds.last + 1):
        if year.transfers.get(n):
            yield from _batch(n, rounds, year.transfers[n])
    waiting = rounds.last + 1
    if year.transfers.get(waiting):
        day = axis.moment(axis.length_s - 1).date() + timedelta(days=1)
        do = partial(_prepares, day, year.transfers[waiting])
        yield rounds.open_batch_s, _later(f"batch:{waiting:03}:prepared", PREPARES, do, waiting)
    for statement in to_come(year, axis):
        yield from _statement(statement, rounds)
    yield from _months(rounds)


def _batch(n: int, rounds: Rounds, ordered: Sequence[Of]) -> Iterator[Timed]:
    prepares = partial(_prepares, rounds.booked_on(n), ordered)
    yield rounds.prepared_s(n), _later(f"batch:{n:03}:prepared", PREPARES, prepares, n)
    authorises, exports = partial(_authorises, n), partial(_exports, n)
    yield rounds.authorised_s(n), _later(f"batch:{n:03}:authorised", AUTHORISES, authorises)
    exported_s = rounds.authorised_s(n) + _EXPORTED_S
    yield exported_s, _later(f"batch:{n:03}:exported", PREPARES, exports)


def _statement(statement: ToCome, rounds: Rounds) -> Iterator[Timed]:
    name = f"statement:{statement.n:03}"
    came_in_s = rounds.came_in_s(statement.n)
    yield came_in_s, _later(name, PREPARES, partial(_imports, statement))
    if statement.n == rounds.last:
        return
    # What went out is matched before what came back of it.
    order = sorted(enumerate(statement.movements), key=lambda each: each[1].cents > 0)
    for turn, (place, movement) in enumerate(order):
        do = _sets_aside if movement.kind is None else _matches
        matched_s = came_in_s + _FIRST_MATCH_S + turn
        yield matched_s, _later(f"{name}:{place:03}", PREPARES, partial(do, statement, place))


def _months(rounds: Rounds) -> Iterator[Timed]:
    """Each month is closed when its last statement is matched; one with a line that nobody knows
    stays open. What was spent is accounted for once, when two thirds of them are closed."""
    known_upto = month_of(rounds.booked_on(rounds.last - 1))
    imports = [rounds.day(rounds.came_in_s(n)) for n in range(rounds.last)]
    month, ends = month_of(rounds.day(0)), []
    while month < known_upto:
        following = date.fromisoformat(f"{month_after(month)}-01")
        n = bisect_left(imports, following)
        if n == len(imports):
            break
        came_in_s = rounds.came_in_s(n)
        asks = partial(_closes, month, None)
        confirms = partial(_closes, month, stories().bank.closed)
        yield came_in_s + _ASKED_S, _later(f"month:{month}:asked", PREPARES, asks)
        yield came_in_s + _CLOSED_S, _later(f"month:{month}:closed", CONFIRMS, confirms)
        ends.append((came_in_s + _FROZEN_S, following - timedelta(days=1)))
        month = month_after(month)
    if ends:
        frozen_s, upto = ends[(len(ends) - 1) * 2 // 3]
        yield frozen_s, _later("rendiconto", PREPARES, partial(_freezes, rounds.day(0), upto))


# What each step does


def _opens_account(work: Work, _: Made) -> Outcome:
    told = stories().bank
    return open_bank_account(work, told.code, told.account, bank_account(told.holder))


def _prepares(day: date, ordered: Sequence[Of], work: Work, made: Made) -> Outcome:
    parts = tuple(OrderPayment(dote_id=made.doti[of.nth], amount_cents=of.cents) for of in ordered)
    return payments.prepare(work, PrepareBatch(execution_date=day, payments=parts))


def _authorises(n: int, work: Work, made: Made) -> Outcome:
    return payments.authorise(work, made.batches[n])


def _exports(n: int, work: Work, made: Made) -> Outcome:
    sheet = payments.sheet(work, made.batches[n], _FILE)
    content = pain001(sheet, payer(), programme_data().name, "09")
    return payments.export(work, sheet, _FILE, content)


def _imports(statement: ToCome, work: Work, made: Made) -> Outcome:
    data, file = parsed(statement, stories().bank, work, made)
    source = Source(file.format, sha256(data).hexdigest(), 1)
    return import_statement(work, stories().bank.code, source, file.statements[0])


def _matches(statement: ToCome, place: int, work: Work, made: Made) -> Outcome:
    movement = statement.movements[place]
    if movement.kind is None:
        raise ValueError("what nobody knows is set aside")
    targets = [
        Target(
            payment_id(of, work, made),
            made.doti[of.nth],
            of.paid.cents,
            of.paid.n,
            of.paid.by_hand,
        )
        for of in movement.of
    ]
    command = MatchLines(
        line_ids=(_line(statement, place, work, made),),
        payment_ids=tuple(target.payment for target in targets),
        kind=movement.kind,
    )
    return match(work, command, targets)


def _sets_aside(statement: ToCome, place: int, work: Work, made: Made) -> Outcome:
    command = SetAside(reason=stories().bank.aside)
    return set_aside(work, _line(statement, place, work, made), command)


def _closes(month: str, reason: str | None, work: Work, made: Made) -> Outcome:
    return close(work, month, ClosePeriod(reason=reason), made.sequencer)


def _freezes(first: date, last: date, work: Work, made: Made) -> Outcome:
    command = DrawUp(first_day=first, last_day=last, funder=stories().funders[0])
    return freeze(work, command, made.sequencer)


def _line(statement: ToCome, place: int, work: Work, made: Made) -> UUID:
    """The id of a line that came in: they are found again as another file would find them."""
    if statement.n not in made.lines:
        _, file = parsed(statement, stories().bank, work, made)
        tokens = [_token(work, line) for line in file.lines()]
        database = work.register.database
        rows = database.statement(database.qualified(_SQL["lines"]), {"identities": tokens})
        known = {bytes(row["identity"]): row["id"] for row in rows}
        made.lines[statement.n] = [known[token] for token in tokens]
    return made.lines[statement.n][place]


def _token(work: Work, line: Line) -> bytes:
    # The bank's reference is another one in each line: each is the first of its kind.
    said = words(
        {
            "bank_reference": line.bank_reference,
            "end_to_end": line.end_to_end_id,
            "remittance": line.remittance,
        }
    )
    account = stories().bank.code
    return identity(work.index, account, line.booked_on, line.amount_cents, said, 1)


def _later(name: str, by: str, do: Do, batch: int | None = None) -> Later:
    makes = None if batch is None else ("batches", batch)
    return lambda at: Step(f"demo:{name}", at, by, do, makes=makes)
