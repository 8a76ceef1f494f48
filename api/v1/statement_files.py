"""A bank's file: read, looked at, and brought in statement by statement."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import BinaryIO

from api.languages import Language, refusal_text
from api.wiring import Services
from domain.errors import FileTooLarge
from workflows import engine
from workflows.bank import Statement, StatementFile, Trouble, read
from workflows.engine import Outcome
from workflows.eventstore.bank import Bank
from workflows.known_lines import Source, sort_out
from workflows.statements import UNDECIDED, check, gaps, import_statement, readable


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was read, and what was found. `new_lines`: how many no statement before had."""

    file: StatementFile
    sha256: str
    account: str
    new_lines: int
    errors: tuple[Trouble, ...]
    warnings: tuple[Trouble, ...]

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return sum(len(statement.lines) for statement in self.file.statements)


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What became of it."""

    new_lines: int
    outcomes: tuple[Outcome, ...]


def look(services: Services, stream: BinaryIO, name: str, account: str) -> Looked:
    """Reads a file and looks at it; nothing is written.

    Raises the `DomainError` of a file that is refused as a whole, and of an unknown account.
    """
    limit = services.settings.max_upload_bytes
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise FileTooLarge(limit)
    programme = services.register.programme()
    known = programme.bank_account(account)
    file = read(data, name)
    bank = Bank(services.database)
    before = bank.statements_of(account)
    errors = [trouble for trouble in file.troubles if trouble.lost]
    warnings = [trouble for trouble in file.troubles if not trouble.lost]
    said = {(trouble.where, type(trouble.problem)) for trouble in errors}
    new = 0
    digest = sha256(data).hexdigest()
    for nth, statement in enumerate(file.statements, 1):
        # What the reader has told of balances is not told again.
        errors += [
            trouble
            for trouble in check(programme, known, statement)
            if (trouble.where, type(trouble.problem)) not in said
        ]
        warnings += gaps(before, statement)
        source = Source(file.format, digest, nth)
        place = (programme.code, account)
        found = sort_out(
            services.engine.index, bank, place, source, readable(programme, statement), UNDECIDED
        )
        new += len(found.new)
    return Looked(file, digest, account, new, tuple(errors), tuple(warnings))


def bring_in(
    services: Services, request: engine.Request, looked: Looked, *, despite: bool
) -> BroughtIn:
    """Each statement by its own command, so that one of them is in wholly or not at all."""
    outcomes = tuple(
        services.engine.run(
            _own(request, nth),
            partial(
                import_statement,
                account=looked.account,
                source=Source(looked.file.format, looked.sha256, nth),
                statement=statement,
                despite=despite,
            ),
        )
        for nth, statement in _numbered(looked)
    )
    return BroughtIn(sum(each.figures["new_lines"] for each in outcomes), outcomes)


def _numbered(looked: Looked) -> Iterator[tuple[int, Statement]]:
    # The oldest first: what an account began with is told by the first of its statements.
    numbered = list(enumerate(looked.file.statements, start=1))
    yield from sorted(numbered, key=lambda each: (str(each[1].from_on or ""), each[0]))


def _own(request: engine.Request, nth: int) -> engine.Request:
    key = request.idempotency_key
    return replace(request, idempotency_key=None if key is None else f"{key}:{nth}")


def said(troubles: tuple[Trouble, ...], language: Language) -> list[tuple[str, str]]:
    """Troubles in words: where, and what."""
    return [(each.where, refusal_text(each.problem, language)) for each in troubles]
