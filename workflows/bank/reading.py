"""Reads a bank file: which format it is is found out from its content, never from its name."""

from dataclasses import dataclass, replace

from domain.errors import (
    ColumnsUnknown,
    DomainError,
    EmptyFile,
    FileTooLarge,
    NoBankStatement,
    OldSpreadsheet,
    TooManyTroubles,
)
from workflows.bank import camt, cbi, guessing, mt940, tables
from workflows.bank.model import Line, Mapping, StatementFile, Trouble
from workflows.bank.rows import Table, csv_table, xlsx_table
from workflows.bank.rows import shown as as_text
from workflows.bank.texts import decoded

LIMIT_BYTES = 32 * 1024 * 1024
"""A year of a large programme in the wordiest format is a third of it."""

MAX_TROUBLES = 1000
"""Nobody looks through so many."""

_BLANKS = b" \t\r\n\x1a\xef\xbb\xbf"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_NO_TEXTS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"II*\0")
_PAGES = (b"<!doctype html", b"<html")
_XML_STARTS = (b"<", b"\xff\xfe<\0", b"\xfe\xff\0<", b"<\0", b"\0<")


def read(data: bytes, name: str, mapping: Mapping | None = None) -> StatementFile:
    """What the file tells.

    `mapping` is for tables (CSV, XLSX), and guessed where there is none. Raises a `DomainError`
    for a file that is refused as a whole; never anything else.
    """
    found = _recognised(data, name, mapping)
    if isinstance(found, Table):
        found = tables.read_table(found, _chosen(mapping, found))
    if len(found.troubles) > MAX_TROUBLES:
        raise TooManyTroubles(MAX_TROUBLES)
    return found


def guess_mapping(data: bytes, name: str = "") -> Mapping | None:
    """Which columns of a table tell what, by their titles and what stands below; None where the
    day and the amount are not found. Refuses as `read` does, and what is no table."""
    return guessing.guess(_table_of(data, name, None))


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a table, as it stands there and as it would be read."""

    format: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Each row's number and its cells as text."""
    lines: tuple[Line, ...]
    troubles: tuple[Trouble, ...]


def preview(data: bytes, mapping: Mapping | None, rows: int = 10, name: str = "") -> Preview:
    """What the first rows of a table are, and with a mapping what they would become.

    A mapping that does not fit is a trouble of the whole file.
    """
    table = _table_of(data, name, mapping)
    shown = tuple((row.number, tuple(map(as_text, row.cells))) for row in table.rows[:rows])
    if mapping is None:
        return Preview(table.format, shown, (), ())
    first = replace(table, rows=table.rows[: rows + tables.HEADER_WITHIN])
    try:
        found = tables.read_table(first, mapping)
    except DomainError as error:
        return Preview(table.format, shown, (), (Trouble("", error),))
    lines = tuple(found.lines())[:rows]
    return Preview(table.format, shown, lines, found.troubles)


def _recognised(data: bytes, name: str, mapping: Mapping | None) -> StatementFile | Table:
    """The file as read, or the table that it is."""
    if len(data) > LIMIT_BYTES:
        raise FileTooLarge(LIMIT_BYTES)
    start = data[:4096].lstrip(_BLANKS)
    if not start and not data.strip(_BLANKS):
        raise EmptyFile
    if data.startswith(_OLD_OFFICE):
        raise OldSpreadsheet
    if start.startswith(_NO_TEXTS) or start.lower().startswith(_PAGES):
        raise NoBankStatement
    if data.startswith(_ZIP):
        return xlsx_table(data)
    if start.startswith(_XML_STARTS) or data.startswith(_XML_STARTS):
        return camt.read(data)
    text = decoded(data, mapping.encoding if mapping else None)
    if cbi.is_rh(text):
        return cbi.read(text)
    if mt940.is_mt940(text):
        return mt940.read(text)
    table = csv_table(text, mapping.delimiter if mapping else None)
    # One column of text is a letter or a log; the name tells a table that has no marks.
    is_table = any(len(row.cells) > 1 for row in table.rows)
    if not is_table and not name.casefold().endswith(".csv"):
        raise NoBankStatement
    return table


def _table_of(data: bytes, name: str, mapping: Mapping | None) -> Table:
    found = _recognised(data, name, mapping)
    if isinstance(found, StatementFile):
        raise ColumnsUnknown
    return found


def _chosen(mapping: Mapping | None, table: Table) -> Mapping:
    found = mapping or guessing.guess(table)
    if found is None:
        raise ColumnsUnknown
    return found
