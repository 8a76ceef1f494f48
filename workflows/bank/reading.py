"""Reads a bank file: which format it is is found out from its content, never from its name."""

from collections.abc import Mapping as Named
from dataclasses import dataclass, replace

from domain.bank_columns import Mapping
from domain.errors import (
    ColumnMissing,
    ColumnsUnknown,
    DomainError,
    EmptyFile,
    FileTooLarge,
    NoBankStatement,
    OldSpreadsheet,
    TooManyTroubles,
)
from workflows.bank import camt, cbi, guessing, mt940, tables
from workflows.bank.model import Line, StatementFile, Trouble
from workflows.bank.rows import Table, csv_table, xlsx_table
from workflows.bank.rows import shown as as_text
from workflows.bank.texts import decoded

LIMIT_BYTES = 32 * 1024 * 1024
"""A year of a large programme in the wordiest format is a third of it."""

MAX_TROUBLES = 1000
"""Nobody looks through so many."""

Saved = Named[str, Mapping]
"""What was saved for an account, by its names; the newest last."""
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
    return read_saved(data, name, {}, mapping).file


def _limited(file: StatementFile) -> StatementFile:
    if len(file.troubles) > MAX_TROUBLES:
        raise TooManyTroubles(MAX_TROUBLES)
    return file


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read: a table with a mapping, which is the one that was saved under
    `name`, or else was guessed or chosen."""

    file: StatementFile
    mapping: Mapping | None = None
    name: str | None = None


def read_saved(data: bytes, name: str, saved: Saved, mapping: Mapping | None = None) -> Read:
    """What the file tells. A table is read with `mapping`; without it with the newest of those
    that were saved for its account, by their names, that fits; and where none is, as it is guessed.

    Raises `ColumnMissing` where some were saved and none fits: by the title that is missing of the
    one that is nearest. Then the table is not guessed: what was chosen once is not overruled.
    """
    found = _recognised(data, name, mapping)
    if isinstance(found, StatementFile):
        return Read(_limited(found))
    table, chosen, known = _chosen(data, name, found, saved, mapping)
    return Read(_limited(tables.read_table(table, chosen)), chosen, known)


def _chosen(
    data: bytes, name: str, table: Table, saved: Saved, mapping: Mapping | None
) -> tuple[Table, Mapping, str | None]:
    """The table, by what it is to be read, and under which name that was saved."""
    if mapping is None and saved:
        nearest: ColumnMissing | None = None
        for known, columns in reversed(list(saved.items())):
            as_saved = _as_saved(data, name, table, columns)
            try:
                tables.placed(as_saved, columns)
            except ColumnMissing as error:
                nearest = nearest if nearest and nearest.left <= error.left else error
            else:
                return as_saved, columns, known
        raise nearest or ColumnsUnknown
    chosen = mapping or guessing.guess(table)
    if chosen is None:
        raise ColumnsUnknown
    return table, chosen, None


def _as_saved(data: bytes, name: str, table: Table, columns: Mapping) -> Table:
    """The table as its columns are cut and spelt by what was saved."""
    if table.format != "CSV" or (columns.delimiter == table.delimiter and not columns.encoding):
        return table
    again = _recognised(data, name, columns)
    return again if isinstance(again, Table) else table


def guess_mapping(data: bytes, name: str = "") -> Mapping | None:
    """Which columns of a table tell what, by their titles and what stands below; None where the
    day and the amount are not found. Refuses as `read` does, and what is no table."""
    return guessing.guess(_table_of(data, name, None))


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a table, as it stands there and as it would be read; by which mapping, with
    its columns where they are in this table, and under which name that was saved."""

    format: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Each row's number and its cells as text."""
    lines: tuple[Line, ...]
    troubles: tuple[Trouble, ...]
    mapping: Mapping | None = None
    name: str | None = None


def preview(
    data: bytes, mapping: Mapping | None, rows: int = 10, name: str = "", saved: Saved | None = None
) -> Preview:
    """What the first rows of a table are, and what they would become: with the mapping, or where
    `saved` is told as `read_saved` reads them.

    A mapping that does not fit is a trouble of the whole file.
    """
    table = _table_of(data, name, mapping)
    shown = tuple((row.number, tuple(map(as_text, row.cells))) for row in table.rows[:rows])
    if mapping is None and saved is None:
        return Preview(table.format, shown, (), ())
    try:
        table, mapping, known = _chosen(data, name, table, saved or {}, mapping)
        first = replace(table, rows=table.rows[: rows + tables.HEADER_WITHIN])
        found = tables.read_table(first, mapping)
    except DomainError as error:
        return Preview(table.format, shown, (), (Trouble("", error),), mapping)
    lines = tuple(found.lines())[:rows]
    return Preview(table.format, shown, lines, found.troubles, tables.here(table, mapping), known)


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
