"""Tables for spreadsheets: as each language expects them, and no cell is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from api.languages import Language

CSV = "text/csv; charset=utf-8"
_BOM = "\ufeff"
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(header: Sequence[object], rows: Iterable[Sequence[object]], language: Language) -> bytes:
    """A table: UTF-8 with its mark; in Italian semicolons, and commas for decimals."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if language == "it" else ",")
    writer.writerow(header)
    writer.writerows([_cell(value, language) for value in row] for row in rows)
    return (_BOM + text.getvalue()).encode()


def euros(cents: int) -> Decimal:
    """An amount as it stands in a cell."""
    return Decimal(cents).scaleb(-2)


def _cell(value: object, language: Language) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return str(value).replace(".", ",") if language == "it" else str(value)
    if isinstance(value, str) and any(
        text.startswith(_FORMULA) for text in (value, value.lstrip())
    ):
        return f"'{value}"
    return value
