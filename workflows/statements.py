"""Bank statements come in: each with all its new lines in one transaction, or not at all.

What is known already changes nothing, in whatever file it comes: a statement by its file, or by its
days and balances; a line by what another statement told of its day (`known_lines`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from uuid import UUID, uuid4

from domain.actors import Role, Signature
from domain.errors import (
    BalanceOff,
    DateInTheFuture,
    DelegationTooSmall,
    DomainError,
    Forbidden,
    LinesInDoubt,
    OtherCurrency,
    StatementTooLong,
)
from domain.events.bank import BankLineImported, LinePart, StatementImported
from domain.own_account import BankAccount
from domain.privacy import Private
from domain.programme import Programme
from domain.references import sounds_like_fee, sounds_like_return
from workflows.bank import Line, Statement, Trouble, check_titles, checks
from workflows.engine import DATED, Outcome, Work
from workflows.eventstore.bank import KnownStatement
from workflows.eventstore.beside import Change
from workflows.known_lines import Source, details_of, numbers_of, payment_of, sort_out, span
from workflows.payment_commands import RemoveColumns, SaveColumns

FINANCE = frozenset({Role.FINANCE})
MOST_LINES = 10_000
"""New lines of one statement: more than a year of a large programme. Each gets a key of its own,
and all are one transaction: as long as that runs, nothing of others is given a place in the log."""
PART = 500
"""So many lines are held at once while they are written."""
NOTHING_READ = Statement(None, "", None, None, None, None, None, ())
UNDECIDED: Mapping[int, bool] = MappingProxyType({})


def open_bank_account(work: Work, code: str, name: str, iban: str) -> Outcome:
    """The programme has an account at a bank."""
    by = as_finance(work, "open_bank_account", Role.COORDINATOR)
    programme = work.programme()
    work.check_version(programme.version)
    event = work.store.append(programme.open_bank_account(work.stamp(by), code, name, iban))
    return Outcome(programme.id, event.originator_version, created=True)


def save_columns(work: Work, account: str, command: SaveColumns) -> Outcome:
    """Tables of the account are read like this from now on; saved again as they are, nothing is
    written."""
    by = as_finance(work, "save_columns")
    programme = work.programme()
    work.check_version(programme.version)
    columns = command.columns.mapping()
    check_titles(columns)
    known = programme.bank_account(account).columns
    if known and list(known.items())[-1] == (command.name, columns.to_keep()):
        return Outcome(programme.id, programme.version)
    event = programme.save_columns(work.stamp(by), account, command.name, columns)
    return Outcome(programme.id, work.store.append(event).originator_version, created=True)


def remove_columns(work: Work, account: str, command: RemoveColumns) -> Outcome:
    """Tables of the account are not read like this any more."""
    by = as_finance(work, "save_columns")
    programme = work.programme()
    work.check_version(programme.version)
    event = programme.remove_columns(work.stamp(by), account, command.name)
    return Outcome(programme.id, work.store.append(event).originator_version)


def import_statement(
    work: Work,
    account: str,
    source: Source,
    statement: Statement,
    *,
    despite: bool = False,
    decided: Mapping[int, bool] = UNDECIDED,
) -> Outcome:
    """A statement comes in; its `figures` say how many lines it has, and how many were new.

    `despite`: what can be counted of it, although something of it could not be read. `decided`: of
    lines of which the files do not tell whether they are known (by their places from 1), whether
    they are new.
    """
    by = as_finance(work, "import_statement")
    programme = work.programme()
    known_account = programme.bank_account(account)
    if despite:
        statement = readable(programme, statement, work.today)
    for trouble in check(programme, known_account, statement, work.today):
        if not (despite and isinstance(trouble.problem, BalanceOff)):
            raise trouble.problem
    work.index.begin()
    work.store.begin(DATED, ("bank", account))
    bank = work.store.bank
    before = bank.statements_of(account)
    found = sort_out(work.index, bank, (programme.code, account), source, statement, decided)
    if found.in_doubt:
        raise LinesInDoubt(len(found.in_doubt))
    figures = {"lines": len(statement.lines), "new_lines": len(found.new)}
    first, last = span(statement)
    same = next((known for known in before if _is_same(known, source, statement)), None)
    if same is not None and not found.new:
        return Outcome(same.id, 1, figures=figures)
    for line, _ in found.new:
        programme.check_open(line.booked_on)
    if len(found.new) > MOST_LINES:
        raise StatementTooLong(len(found.new), MOST_LINES)
    stamp = work.stamp(by)
    imported = StatementImported.stamped(
        stamp,
        uuid4(),
        1,
        account=account,
        format=source.format,
        sha256=source.sha256,
        nth=source.nth,
        number=statement.number,
        from_on=first,
        to_on=last,
        opening_cents=statement.opening_cents,
        closing_cents=statement.closing_cents,
        opening_change_cents=_opening_change(before, statement, first),
        lines=len(statement.lines),
        new_lines=len(found.new),
        decided_known=found.decided_known,
        decided_new=found.decided_new,
    )
    work.store.append(imported)
    for day, told in found.days.items():
        row = {
            "statement_id": imported.originator_id,
            "day": day,
            "opening_cents": told.opening_cents,
            "closing_cents": told.closing_cents,
            "amounts": list(told.amounts),
        }
        work.store.add_row(Change("insert_bank_day", row))
    for part in range(0, len(found.new), PART):
        if part:
            work.store.write_part()
        lines = found.new[part : part + PART]
        ids = [uuid4() for _ in lines]
        work.store.begin_subjects(ids)
        for line_id, (line, occurrence) in zip(ids, lines, strict=True):
            work.store.append(
                BankLineImported.stamped(
                    stamp,
                    line_id,
                    1,
                    statement_id=imported.originator_id,
                    account=account,
                    occurrence=occurrence,
                    **_line(programme.code, line_id, line),
                )
            )
    return Outcome(imported.originator_id, 1, created=True, figures=figures)


def readable(programme: Programme, statement: Statement, today: date) -> Statement:
    """The statement with the lines that can be counted."""
    own = (line for line in statement.lines if _problem(programme, line, today) is None)
    return replace(statement, lines=tuple(own))


def check(
    programme: Programme, account: BankAccount, statement: Statement, today: date
) -> Iterator[Trouble]:
    """What is wrong with a statement by itself: then nothing of it comes in."""
    yield from checks.account(statement, account.iban)
    for line in statement.lines:
        problem = _problem(programme, line, today)
        if problem is not None:
            yield Trouble(line.where, problem)
    yield from checks.balance(statement)


def _problem(programme: Programme, line: Line, today: date) -> DomainError | None:
    """Why a line cannot be counted: its currency, or a day that has not come."""
    if line.currency != programme.currency:
        return OtherCurrency(line.currency, programme.currency)
    if line.booked_on > today:
        return DateInTheFuture("booked_on", line.booked_on.isoformat())
    return None


def gaps(before: Sequence[KnownStatement], statement: Statement) -> Iterator[Trouble]:
    """Where the statement does not go on where the one before ended, or the next one begins."""
    first, last = span(statement)
    dated = replace(statement, from_on=first, to_on=last)
    earlier = [s for s in before if s.to_on is not None and first is not None and s.to_on <= first]
    later = [s for s in before if s.from_on is not None and last is not None and last <= s.from_on]
    if earlier:
        ended = max(earlier, key=lambda s: (s.to_on, s.from_on or s.to_on))
        yield from checks.gaps(_as_read(ended, statement), dated)
    if later:
        begun = min(later, key=lambda s: (s.from_on, s.to_on or s.from_on))
        yield from checks.gaps(dated, _as_read(begun, statement))


def gaps_of_known(others: Sequence[KnownStatement], known: KnownStatement) -> Iterator[Trouble]:
    """The same of a statement that came in, beside the others of its account."""
    yield from gaps(others, _as_read(known, NOTHING_READ))


def _as_read(known: KnownStatement, like: Statement) -> Statement:
    return replace(
        like,
        number=None,
        from_on=known.from_on,
        to_on=known.to_on,
        opening_cents=known.opening_cents,
        closing_cents=known.closing_cents,
        lines=(),
    )


def as_finance(work: Work, action: str, *others: Role, amount_cents: int = 0) -> Signature:
    """The signature of who keeps the programme's money, or acts for them up to an amount."""
    roles = FINANCE.union(others)
    too_small = None
    for grant in work.actor.reaching(roles, None):
        if grant.delegation is None or amount_cents <= grant.delegation.max_cents:
            return work.actor.sign(grant)
        too_small = too_small or DelegationTooSmall(grant.delegation.max_cents)
    raise too_small or Forbidden(action, ", ".join(sorted(roles)))


def _is_same(known: KnownStatement, source: Source, statement: Statement) -> bool:
    """The same file, or the same days and balances in another one."""
    if (known.sha256, known.nth) == (source.sha256, source.nth):
        return True
    balances = (statement.opening_cents, statement.closing_cents)
    told = (*span(statement), *balances)
    return None not in told and told == (
        known.from_on,
        known.to_on,
        known.opening_cents,
        known.closing_cents,
    )


def _line(programme: str, line_id: UUID, line: Line) -> dict[str, object]:
    """What an event tells of a line: our own numbers in clear, all else sealed."""
    came_in = line.amount_cents > 0
    is_return = line.is_return or line.return_reason is not None
    return {
        "booked_on": line.booked_on,
        "value_on": line.value_on,
        "amount_cents": line.amount_cents,
        "is_return": is_return or (came_in and sounds_like_return(line.remittance)),
        "return_reason": line.return_reason,
        "is_fee": not came_in and sounds_like_fee(line.remittance, line.counterparty_name),
        "end_to_end": payment_of(programme, line.end_to_end_id),
        "references": numbers_of(programme, line),
        "parts": tuple(
            LinePart(
                amount_cents=part.amount_cents,
                reference=payment_of(programme, part.end_to_end_id, part.remittance),
            )
            for part in line.parts
        ),
        "details": Private.record(line_id, details_of(line)),
    }


def _opening_change(
    before: Sequence[KnownStatement], statement: Statement, first: date | None
) -> int:
    """By how much the statement changes what the account began with: the opening balance of the
    first one counts, and then that of any that turns out to be earlier."""
    if statement.opening_cents is None:
        return 0
    told = [s for s in before if s.opening_cents is not None and s.from_on is not None]
    if not told:
        return statement.opening_cents
    earliest = min(told, key=lambda s: s.from_on or date.max)
    if first is None or earliest.from_on is None or first >= earliest.from_on:
        return 0
    return statement.opening_cents - (earliest.opening_cents or 0)
