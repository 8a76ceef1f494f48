"""The rows of a table, from CSV or XLSX, within limits."""

import csv
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from defusedxml.ElementTree import ParseError
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from domain.bank_columns import DELIMITERS, MAX_COLUMNS
from domain.errors import (
    DamagedSpreadsheet,
    DamagedStatement,
    FormulaWithoutValue,
    NoBankStatement,
    TooManyRows,
    UnpacksTooLarge,
    UnsafeFile,
)
from workflows.bank.texts import MAX_ROWS

# It warns of what it leaves out of a workbook by quoting from it; what is read is checked here.
warnings.filterwarnings("ignore", module=r"openpyxl\.")

UNPACKED_BYTES = 64 * 1024 * 1024

_MAX_PARTS = 500
_LOOKED_AT = 40
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)

# What openpyxl lets through where a workbook is not as it should be; it has no error of its own
# for most of it.
_BROKEN_WORKBOOK = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell whose formula was never worked out: "C7"."""

    cell: str


Cell = str | int | float | date | datetime | Formula | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number in the file, counted from 1."""

    number: int
    cells: tuple[Cell, ...]

    def at(self, column: int | None) -> Cell:
        """The cell of a column; None where there is none, or only blanks are in it."""
        if column is None or column >= len(self.cells):
            return None
        cell = self.cells[column]
        if isinstance(cell, Formula):
            raise FormulaWithoutValue(cell.cell)
        return None if isinstance(cell, str) and not cell.strip() else cell

    def text(self, column: int | None) -> str:
        """The cell of a column as text."""
        return shown(self.at(column))

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return all(
            cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in the file."""

    format: str
    rows: tuple[Row, ...]
    delimiter: str = ";"


def shown(cell: Cell) -> str:
    """A cell as people read it."""
    match cell:
        case None:
            return ""
        case Formula():
            return "="
        case datetime() | date():
            return f"{cell:%d/%m/%Y}"
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell)


def csv_table(text: str, delimiter: str | None = None) -> Table:
    """The rows of a CSV file. A quote that does not close makes all that follows uncertain: the
    file is refused, with the row that it begins in."""
    start = 0
    told = _SEPARATOR.match(text)
    if told is not None:
        start, delimiter = text.find("\n") + 1 or len(text), told[1]
    delimiter = delimiter or _delimiter(text)
    lines_before = text.count("\n", 0, start)
    rows = []
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter, strict=True)
    number = lines_before + 1
    try:
        for cells in reader:
            rows.append(Row(number, tuple(cells)))
            number = lines_before + reader.line_num + 1
            if len(rows) > MAX_ROWS:
                raise TooManyRows(MAX_ROWS)
            if len(cells) > MAX_COLUMNS:
                raise TooManyRows(MAX_COLUMNS)
    except csv.Error:
        raise DamagedStatement(number) from None
    return Table("CSV", tuple(rows), delimiter)


def _delimiter(text: str) -> str:
    """The mark that cuts most of the first lines into equally many cells."""
    lines = [line for line in islice(io.StringIO(text), _LOOKED_AT) if line.strip()]

    def fits(delimiter: str) -> tuple[int, int]:
        widths = [_width(line, delimiter) for line in lines]
        usual = max(widths, key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual), usual) if usual > 1 else (0, 0)

    return max(DELIMITERS, key=fits)


def _width(line: str, delimiter: str) -> int:
    """The cells of a line; marks within quotes do not cut."""
    return re.sub(r'"[^"]*"', "", line).count(delimiter) + 1


def xlsx_table(data: bytes) -> Table:
    """The rows of the first sheet of a workbook that has any."""
    try:
        formulas = _checked_parts(data)
        rows = _sheet_rows(data, formulas=formulas)
    except _BROKEN_WORKBOOK:
        raise DamagedSpreadsheet from None
    return Table("XLSX", rows)


def _checked_parts(data: bytes) -> bool:
    """Refuses what unpacks to too much or declares entities; tells whether there are formulas."""
    formulas = False
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        if len(parts) > _MAX_PARTS:
            raise TooManyRows(_MAX_PARTS)
        # No more than the size that is declared here is ever unpacked of a part.
        if sum(part.file_size for part in parts) > UNPACKED_BYTES:
            raise UnpacksTooLarge(UNPACKED_BYTES)
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            raise NoBankStatement
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            content = packed.read(part)
            # Other encodings than UTF-8 would hide what is looked for.
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content[:200]:
                raise UnsafeFile
            if part.filename.startswith("xl/worksheets/"):
                formulas = formulas or b"<f" in content
    return formulas


def _sheet_rows(data: bytes, *, formulas: bool) -> tuple[Row, ...]:
    values = _sheets(data, data_only=True)
    if not formulas:
        return next((rows for rows in values if rows), ())
    for rows, written in zip(values, _sheets(data, data_only=False), strict=True):
        if rows:
            return tuple(
                _marked(row, as_written) for row, as_written in zip(rows, written, strict=False)
            )
    return ()


def _sheets(data: bytes, *, data_only: bool) -> Iterator[tuple[Row, ...]]:
    """The rows of each sheet that is shown, without the empty ones."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                # What a sheet says of its own size is not to be trusted.
                sheet.reset_dimensions()
                yield tuple(_limited(sheet.iter_rows(values_only=True)))
    finally:
        book.close()


def _limited(rows: Iterable[tuple[object, ...]]) -> Iterator[Row]:
    for number, cells in enumerate(rows, 1):
        if number > MAX_ROWS:
            raise TooManyRows(MAX_ROWS)
        if len(cells) > MAX_COLUMNS:
            raise TooManyRows(MAX_COLUMNS)
        row = Row(number, tuple(_cell(cell) for cell in cells))
        if not row.is_empty:
            yield row


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float | date | datetime):
        return value
    # Times of day, and formulas that fill several cells.
    return str(value)


def _marked(row: Row, as_written: Row) -> Row:
    """The row, with a mark where a formula stands and no value."""
    cells = list(row.cells)
    for column, written in enumerate(as_written.cells):
        is_formula = isinstance(written, str) and written.startswith("=")
        if is_formula and (column >= len(cells) or cells[column] is None):
            cells += [None] * (column + 1 - len(cells))
            cells[column] = Formula(f"{get_column_letter(column + 1)}{row.number}")
    return Row(row.number, tuple(cells))
