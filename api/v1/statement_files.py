"""A bank's file: read, looked at, and brought in statement by statement."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from hashlib import sha256
from typing import BinaryIO
from uuid import UUID

from api.languages import Language, refusal_text
from api.wiring import Services
from domain.bank_columns import Mapping as Columns
from domain.errors import BalanceOff, DomainError, FileTooLarge, NothingReadable
from workflows import engine
from workflows.bank import Read, Statement, Trouble, read_saved
from workflows.engine import Outcome
from workflows.eventstore.bank import Bank
from workflows.known_lines import InDoubt, Sorted, Source, sort_out
from workflows.statements import check, gaps, gaps_of_known, import_statement, readable

Place = tuple[int, int]
"""A line of a file: the how-manyth statement, and the how-manyth line of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For which account a file is; by which columns a table is to be read, where somebody chose
    them; and of lines in doubt, whether they are new."""

    account: str
    columns: Columns | None = None
    decided: Mapping[Place, bool] = field(default_factory=dict)

    def of(self, nth: int) -> dict[int, bool]:
        """What was decided on the lines of one statement."""
        return {line: new for (of, line), new in self.decided.items() if of == nth}


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was read, and what was found. `new_lines`: how many no statement before had,
    `known_lines` how many one had, and `in_doubt` those of which it is not certain; `gaps`: what is
    missing between it and the statements that there are."""

    read: Read
    sha256: str
    asked: Asked
    new_lines: int
    known_lines: int
    in_doubt: tuple[tuple[int, InDoubt], ...]
    errors: tuple[Trouble, ...]
    warnings: tuple[Trouble, ...]
    gaps: tuple[Trouble, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements in it."""
        return self.read.file.statements

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return sum(len(statement.lines) for statement in self.statements)

    @property
    def is_guessed(self) -> bool:
        """Whether it is a table of which nobody has said what its columns are."""
        chosen = self.asked.columns is not None or self.read.name is not None
        return self.read.mapping is not None and not chosen

    @property
    def is_unreadable(self) -> bool:
        """Whether something is wrong with its lines, and not one of them can be counted."""
        return bool(self.errors) and not self.new_lines + self.known_lines + len(self.in_doubt)

    def is_lost(self, statement: Statement, counted: int) -> bool:
        """Whether a statement tells of lines (itself, or by its balances), and none is counted."""
        off = any(
            each.where == statement.where and isinstance(each.problem, BalanceOff)
            for each in self.errors
        )
        return not counted and (bool(statement.lines) or off)

    def waits(self, *, despite: bool) -> bool:
        """Whether somebody has to decide on something before it comes in."""
        return bool(self.in_doubt) or (bool(self.errors) and not despite)


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What became of it."""

    new_lines: int
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing beside a statement of these days."""

    statement_id: UUID
    from_on: date | None
    to_on: date | None
    problem: DomainError


def received(services: Services, stream: BinaryIO) -> bytes:
    """The content of a file that was sent. Raises `FileTooLarge`."""
    limit = services.settings.max_upload_bytes
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise FileTooLarge(limit)
    return data


def look(services: Services, data: bytes, name: str, asked: Asked) -> Looked:
    """Reads a file and looks at it; nothing is written.

    Raises the `DomainError` of a file that is refused as a whole, and of an unknown account.
    """
    programme = services.register.programme()
    known = programme.bank_account(asked.account)
    found = read_saved(data, name, known.columns, asked.columns)
    bank = Bank(services.database)
    before = bank.statements_of(asked.account)
    troubles = found.file.troubles
    errors = [trouble for trouble in troubles if trouble.lost]
    warnings = [trouble for trouble in troubles if not trouble.lost]
    said = {(trouble.where, type(trouble.problem)) for trouble in errors}
    digest = sha256(data).hexdigest()
    today = services.engine.today()
    counted: list[tuple[int, Sorted]] = []
    missing: list[Trouble] = []
    for nth, statement in enumerate(found.file.statements, 1):
        # What the reader has told of balances is not told again.
        errors += [
            trouble
            for trouble in check(programme, known, statement, today)
            if (trouble.where, type(trouble.problem)) not in said
        ]
        missing += gaps(before, statement)
        source = Source(found.file.format, digest, nth)
        place = (programme.code, asked.account)
        of_ours = readable(programme, statement, today)
        index = services.engine.index
        counted.append((nth, sort_out(index, bank, place, source, of_ours, asked.of(nth))))
    return Looked(
        found,
        digest,
        asked,
        sum(len(each.new) for _, each in counted),
        sum(each.known for _, each in counted),
        tuple((nth, line) for nth, each in counted for line in each.in_doubt),
        tuple(errors),
        tuple(warnings),
        tuple(missing),
    )


def bring_in(
    services: Services, request: engine.Request, looked: Looked, *, despite: bool
) -> BroughtIn:
    """Each statement by its own command, so that one of them is in wholly or not at all.

    `despite`: a statement of which not one line can be counted is left out. Raises
    `NothingReadable` where that is so of the whole file.
    """
    if looked.is_unreadable:
        raise NothingReadable
    programme, today = services.register.programme(), services.engine.today()
    outcomes = tuple(
        services.engine.run(
            _own(request, nth),
            partial(
                import_statement,
                account=looked.asked.account,
                source=Source(looked.read.file.format, looked.sha256, nth),
                statement=statement,
                despite=despite,
                decided=looked.asked.of(nth),
            ),
        )
        for nth, statement in _numbered(looked)
        if not despite
        or not looked.is_lost(statement, len(readable(programme, statement, today).lines))
    )
    return BroughtIn(sum(each.figures["new_lines"] for each in outcomes), outcomes)


def gaps_around(services: Services, account: str, ids: Collection[UUID]) -> list[Gap]:
    """What is missing between some statements of an account that came in, and the others of it."""
    known = Bank(services.database).statements_of(account)
    return [
        Gap(one.id, one.from_on, one.to_on, trouble.problem)
        for one in known
        if one.id in ids
        for trouble in gaps_of_known([each for each in known if each.id != one.id], one)
    ]


def fingerprint(looked: Looked) -> dict[str, str]:
    """What one request to bring a file in is told from another one by."""
    asked = looked.asked
    told = {"sha256": looked.sha256, "account": asked.account}
    if asked.columns is not None:
        told["columns"] = repr(asked.columns)
    if asked.decided:
        told["decided"] = json.dumps(sorted(asked.decided.items()))
    return told


def _numbered(looked: Looked) -> Iterator[tuple[int, Statement]]:
    # The oldest first: what an account began with is told by the first of its statements.
    numbered = list(enumerate(looked.statements, start=1))
    yield from sorted(numbered, key=lambda each: (str(each[1].from_on or ""), each[0]))


def _own(request: engine.Request, nth: int) -> engine.Request:
    key = request.idempotency_key
    return replace(request, idempotency_key=None if key is None else f"{key}:{nth}")


def said(troubles: tuple[Trouble, ...], language: Language) -> list[tuple[str, str]]:
    """Troubles in words: where, and what."""
    return [(each.where, refusal_text(each.problem, language)) for each in troubles]
