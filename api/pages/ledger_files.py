"""The ledger as files for spreadsheets: sums and postings, and nothing about anybody."""

from collections.abc import Iterator, Sequence

from api import languages
from api.languages import Language, translate
from api.pages.ledger_moves import NAMED, line_name
from api.pages.ledger_view import NAMES, PARTS, Matrix, MatrixRow, cents_of
from api.pages.say import N_
from api.v1.spreadsheet import as_csv, euros
from domain.programme import Programme
from projections.ledger.movements import Movement

MOST_EVENTS = 20_000
"""More than this are too many for one file: a shorter time is to be chosen."""

ALL = N_("Total")
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
    """A row for each line, each partner and each category, and one for all."""
    header = [*_LINE, *(label for _, label in PARTS)]
    every = translate(language, ALL)
    rows = list(_lines(shown, every))
    return as_csv([translate(language, title) for title in header], rows, language)


def _lines(shown: Matrix, every: str) -> Iterator[list[object]]:
    for row in shown.every:
        yield from _cells(shown, row, every)


def _cells(shown: Matrix, row: MatrixRow, every: str) -> Iterator[list[object]]:
    named = [*((name, cell) for (_, name), cell in zip(shown.columns, row.cells, strict=True))]
    for name, cell in (*named, (every, row.total)):
        if cell is not None:
            amounts = (cents_of(cell.row, account) for account, _ in PARTS)
            yield [
                row.name or every,
                name,
                euros(cell.row.allocated_cents),
                *map(euros, amounts),
            ]


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
                languages.day(language, languages.local(entry.at).date()),
                translate(language, NAMED[entry.event_type]),
                line_name(known, entry.partner, entry.category),
                entry.partner or "",
                entry.category or "",
                translate(language, NAMES[entry.account]),
                euros(entry.cents),
                euros(entry.balance_cents),
            ]
