"""The ledger as files for spreadsheets: sums and postings, and nothing about anybody."""

from collections.abc import Iterator, Sequence

from api import languages
from api.languages import Language, translate
from api.pages.ledger_moves import NAMED, line_name
from api.pages.ledger_view import NAMES, PARTS, Cell, Matrix, MatrixRow, cents_of
from api.pages.say import N_
from api.v1.spreadsheet import as_csv, euros
from domain.days import day_here
from domain.programme import Programme
from projections.ledger.movements import Movement

MOST_EVENTS = 20_000
"""More than this are too many for one file: a shorter time is to be chosen."""

ALL = N_("Total")
CHANGE = N_("{amount}, change")
_LINE = (N_("Partner"), N_("Category"), N_("Allocated"))
_POSTING = (
    N_("Position"),
    N_("Day"),
    N_("Movement"),
    N_("Budget line"),
    N_("Partner code"),
    N_("Category code"),
    N_("Account"),
    N_("Amount"),
    N_("Balance after"),
)


def matrix_file(shown: Matrix, language: Language) -> bytes:
    """A row for each line, each partner and each category, and one for all; where two moments are
    compared, with what changed between them."""
    header = [translate(language, title) for title in (*_LINE, *(label for _, label in PARTS))]
    if shown.total.total.changes is not None:
        header += [translate(language, CHANGE).format(amount=title) for title in header[2:]]
    every = translate(language, ALL)
    return as_csv(header, list(_lines(shown, every)), language)


def _lines(shown: Matrix, every: str) -> Iterator[list[object]]:
    for row in shown.every:
        yield from _cells(shown, row, every)


def _cells(shown: Matrix, row: MatrixRow, every: str) -> Iterator[list[object]]:
    named = [*((name, cell) for (_, name), cell in zip(shown.columns, row.cells, strict=True))]
    for name, cell in (*named, (every, row.total)):
        if cell is not None:
            amounts = [cell.row.allocated_cents, *(cents_of(cell.row, each) for each, _ in PARTS)]
            yield [row.name or every, name, *map(euros, (*amounts, *_changes(cell)))]


def _changes(cell: Cell) -> list[int]:
    """What changed of each amount, in their order; nothing where nothing is compared."""
    if cell.changes is None:
        return []
    changed = {change.label: change.cents for change in cell.changes}
    return [changed.get(label, 0) for label in (_LINE[2], *(label for _, label in PARTS))]


def postings_file(found: Sequence[Movement], known: Programme, language: Language) -> bytes:
    """A row for each posting, in the order of the log. The position leads to the event, for who
    may see it; no number of a dote stands in the file."""
    header = [translate(language, title) for title in _POSTING]
    return as_csv(header, _postings(found, known, language), language)


def _postings(
    found: Sequence[Movement], known: Programme, language: Language
) -> Iterator[list[object]]:
    for movement in reversed(found):
        for entry in movement.postings:
            yield [
                entry.log_index,
                languages.day(language, day_here(entry.at)),
                translate(language, NAMED[entry.event_type]),
                line_name(known, entry.partner, entry.category),
                entry.partner or "",
                entry.category or "",
                translate(language, NAMES[entry.account]),
                euros(entry.cents),
                euros(entry.balance_cents),
            ]
