"""Which lines of a statement came in before, whatever file told them then; and which are new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain.references import references
from domain.same_lines import DAYS_APART, Day, Known, Marks, Teller, Told, judge
from workflows.bank import Line, Statement, checks
from workflows.eventstore.bank import (
    Bank,
    KnownStatement,
    identity,
    number_of,
    tokens,
    words,
)
from workflows.eventstore.blind_index import BlindIndex

Kind = tuple[date, int, str]


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a statement is from, and the how-manyth of it that it is."""

    format: str
    sha256: str
    nth: int


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A line of which the files do not tell whether it is known. `nth`: its place in the
    statement, from 1; `like`: the known lines that it may be."""

    nth: int
    line: Line
    like: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The lines of a statement: the new ones, each with the how-manyth of its kind it is; how many
    are known; and those that nobody has decided on. `days`: what the statement tells of each."""

    new: tuple[tuple[Line, int], ...]
    known: int
    in_doubt: tuple[InDoubt, ...]
    decided_known: int
    decided_new: int
    days: Mapping[date, Day]


def sort_out(
    index: BlindIndex,
    bank: Bank,
    place: tuple[str, str],
    source: Source,
    statement: Statement,
    decided: Mapping[int, bool],
) -> Sorted:
    """`place`: the programme's code and the account's. `decided`: of lines in doubt, by their
    places from 1, whether they are new."""
    programme, account = place
    days = days_of(statement)
    told_before = bank.days_told(account, days)
    before = {each.id: each for each in bank.statements_of(account)}
    kinds = [_kind(line) for line in statement.lines]
    if _is_same_file(source, before, told_before, days):
        return Sorted((), len(statement.lines), (), 0, 0, days)
    there, counted = _there(index, bank, account, days, kinds)
    told = [
        Told(nth, *kind[:2], _marks(index, programme, line, kind[2]))
        for nth, (line, kind) in enumerate(zip(statement.lines, kinds, strict=True), 1)
    ]
    there += _near(bank, account, told)
    tellers = {
        key: Teller(each.format, told_before.get(key, {}), each.from_on, each.to_on)
        for key, each in before.items()
    }
    teller = Teller(source.format, days, *span(statement))
    judged = judge(told, teller, there, tellers)
    doubts = {doubt.told.nth: doubt for doubt in judged.doubts}
    new, in_doubt = [], []
    for nth, (line, kind) in enumerate(zip(statement.lines, kinds, strict=True), 1):
        if nth in judged.known or (decided.get(nth) is False and nth in doubts):
            continue
        if nth in doubts and nth not in decided:
            in_doubt.append(InDoubt(nth, line, doubts[nth].like))
            continue
        counted[kind] += 1
        new.append((line, counted[kind]))
    chosen = [decided[nth] for nth in doubts if nth in decided]
    known = len(statement.lines) - len(new) - len(in_doubt)
    return Sorted(tuple(new), known, tuple(in_doubt), chosen.count(False), chosen.count(True), days)


def days_of(statement: Statement) -> dict[date, Day]:
    """What a statement tells of its days. Balances that do not add up tell nothing."""
    amounts: dict[date, list[int]] = defaultdict(list)
    for line in statement.lines:
        amounts[line.booked_on].append(line.amount_cents)
    balance = None if any(checks.balance(statement)) else statement.opening_cents
    if statement.closing_cents is None:
        balance = None
    found = {}
    for day in sorted(amounts):
        after = None if balance is None else balance + sum(amounts[day])
        found[day] = Day(balance, after, tuple(amounts[day]))
        balance = after
    return found


def span(statement: Statement) -> tuple[date | None, date | None]:
    """From which day to which day it goes: as it says, or as its lines say."""
    days = [line.booked_on for line in statement.lines]
    return (
        statement.from_on or min(days, default=None),
        statement.to_on or max(days, default=None),
    )


def details_of(line: Line) -> dict[str, Any]:
    """What the bank wrote about a line: it is sealed."""
    return {
        "name": line.counterparty_name,
        "iban": line.counterparty_iban,
        "remittance": line.remittance,
        "bank_reference": line.bank_reference,
        "end_to_end": line.end_to_end_id,
        "batch_reference": line.batch_reference,
        "parts": [details_of(part) for part in line.parts],
    }


def numbers_of(programme: str, line: Line) -> tuple[str, ...]:
    """All our own numbers that stand in a line, and in the payments of which it is the sum."""
    texts = (line.end_to_end_id, line.batch_reference, line.remittance)
    inner = [text for part in line.parts for text in (part.end_to_end_id, part.remittance)]
    return references(programme, *texts, *inner)


def payment_of(programme: str, *texts: str | None) -> str | None:
    """The first payment of ours that texts name."""
    return number_of(None, references(programme, *texts))


def _marks(index: BlindIndex, programme: str, line: Line, said: str) -> Marks:
    found = tokens(index, details_of(line))
    travelled = payment_of(programme, line.end_to_end_id)
    return Marks(
        said.encode(),
        found["reference_token"],
        found["end_to_end_token"],
        number_of(travelled, numbers_of(programme, line)),
        found["text_token"],
        found["iban_token"],
    )


def _kind(line: Line) -> Kind:
    return line.booked_on, line.amount_cents, words(details_of(line))


def _there(
    index: BlindIndex, bank: Bank, account: str, days: Iterable[date], kinds: Sequence[Kind]
) -> tuple[list[Known], Counter[Kind]]:
    """The known lines of these days, those that say the same as one of the `kinds` with its words;
    and how many of each kind there are."""
    rows = {bytes(row["identity"]): row for row in bank.lines_of(account, days)}
    said: dict[bytes, str] = {}
    counted: Counter[Kind] = Counter()
    for kind in dict.fromkeys(kinds) if rows else ():
        for token in _identities(index, account, kind):
            if token not in rows:
                break
            counted[kind] += 1
            said[token] = kind[2]
    return [_known(row, said.get(token)) for token, row in rows.items()], counted


def _near(bank: Bank, account: str, told: Sequence[Told]) -> list[Known]:
    """Known lines of other days that are named as one of these."""
    days = {each.booked_on for each in told}
    if not days:
        return []
    near = (min(days) - DAYS_APART, max(days) + DAYS_APART)
    rows = bank.lines_named(account, near, told)
    return [_known(row, None) for row in rows if row["booked_on"] not in days]


def _identities(index: BlindIndex, account: str, kind: Kind) -> Iterator[bytes]:
    occurrence = 0
    while True:
        occurrence += 1
        yield identity(index, account, *kind, occurrence)


def _known(row: Mapping[str, Any], said: str | None) -> Known:
    return Known(
        row["id"],
        row["statement_id"],
        row["booked_on"],
        row["amount_cents"],
        Marks(
            None if said is None else said.encode(),
            row["reference_token"],
            row["end_to_end_token"],
            row["number"],
            row["text_token"],
            row["iban_token"],
        ),
    )


def _is_same_file(
    source: Source,
    before: Mapping[UUID, KnownStatement],
    told_before: Mapping[UUID, Mapping[date, Day]],
    days: Mapping[date, Day],
) -> bool:
    """Whether this very file came in, and told the same then as it does now."""
    return any(
        (each.sha256, each.nth) == (source.sha256, source.nth) and told_before.get(key, {}) == days
        for key, each in before.items()
    )
