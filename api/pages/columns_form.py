"""The columns of a bank's table as a form: for each column what it tells, and how it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from openpyxl.utils import get_column_letter
from starlette.datastructures import FormData

from api.pages.say import N_
from domain.bank_columns import COLUMNS, DATE_FORMATS, DELIMITERS, LONGEST
from domain.bank_columns import Mapping as Columns
from domain.errors import ColumnsUnknown

MOST_SHOWN = 60
"""Columns that a page lists."""

MEANINGS: Mapping[str, str] = {
    "booked_on": N_("booking day"),
    "value_on": N_("value day"),
    "amount": N_("amount, with its sign"),
    "sign": N_("debit or credit, as a word"),
    "debit": N_("debits"),
    "credit": N_("credits"),
    "balance": N_("balance after the line"),
    "currency": N_("currency"),
    "remittance": N_("description"),
    "counterparty_name": N_("who was paid, or paid"),
    "counterparty_iban": N_("their IBAN"),
    "end_to_end_id": N_("end-to-end id"),
    "bank_reference": N_("the bank's reference"),
    "return_reason": N_("reason of a return"),
    "batch_reference": N_("batch"),
}
"""What a column can tell, the usual first."""

MARKS = {",": N_("comma, as in 1.234,56"), ".": N_("point, as in 1,234.56")}
BETWEEN = {";": N_("semicolon"), "\t": N_("tab"), ",": N_("comma"), "|": N_("bar")}

Form = Mapping[str, str]
Rows = Sequence[tuple[int, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class ColumnField:
    """A column of the table: its letter, what stands above and in it, and what it is taken for."""

    name: str
    letter: str
    title: str
    sample: str
    tells: str


def typed(sent: FormData) -> Form:
    """What was chosen in a form, as it is kept."""
    return {
        name: str(value)[:LONGEST]
        for name, value in sent.items()
        if name.startswith("col_") or name in ("titles", "date_format", "decimal_mark", "delimiter")
    }


def form_of(columns: Columns, rows: Rows) -> Form:
    """A mapping as the form shows it."""
    tells = {f"col_{n}": "remittance" for n in columns.remittance}
    tells |= {f"col_{n}": name for name, n in columns.columns().items()}
    known = [text.casefold() for text in columns.titles]
    row = next((n for n, cells in rows if [c.strip().casefold() for c in cells] == known), None)
    return {
        **tells,
        "titles": str(row or ""),
        "date_format": columns.date_format,
        "decimal_mark": columns.decimal_mark,
        "delimiter": columns.delimiter,
    }


def in_order(columns: Columns | None) -> Columns | None:
    """A mapping as the form would tell it: its descriptions from left to right."""
    return columns and replace(columns, remittance=tuple(sorted(columns.remittance)))


def columns_of(form: Form, rows: Rows, before: Columns | None) -> Columns:
    """The mapping that a form tells; what the form does not ask for stays as it was `before`.

    Raises `ColumnsUnknown` where it cannot be meant: a thing is told by two columns, or day and
    amount by none.
    """
    told: dict[str, int] = {}
    remittance = []
    for name, meaning in sorted(form.items()):
        if not name.startswith("col_") or not meaning:
            continue
        column = int(name.removeprefix("col_")) if name[4:].isdecimal() else -1
        if meaning == "remittance":
            remittance.append(column)
        elif meaning not in COLUMNS or meaning in told:
            raise ColumnsUnknown
        else:
            told[meaning] = column
    if "booked_on" not in told:
        raise ColumnsUnknown
    titles = next((cells for n, cells in rows if str(n) == form.get("titles")), ())
    kept = before or Columns(0, 0)
    return Columns(
        skip_rows=0 if titles else kept.skip_rows,
        encoding=kept.encoding,
        default_currency=kept.default_currency,
        **told,  # type: ignore[arg-type]  # the names are those of columns
        remittance=tuple(sorted(remittance)),
        titles=tuple(" ".join(text.split())[:LONGEST] for text in titles),
        delimiter=form.get("delimiter") or ";",
        decimal_mark=form.get("decimal_mark") or ",",
        date_format=form.get("date_format") or DATE_FORMATS[0],
    )


def fields(form: Form, rows: Rows) -> list[ColumnField]:
    """The columns of the table, each with its first value below the titles."""
    width = min(max((len(cells) for _, cells in rows), default=0), MOST_SHOWN)
    titles = next((cells for n, cells in rows if str(n) == form.get("titles")), ())
    at = next((k for k, (n, _) in enumerate(rows) if str(n) == form.get("titles")), -1)
    below = [cells for _, cells in rows[at + 1 :]]
    return [
        ColumnField(
            f"col_{column}",
            get_column_letter(column + 1),
            titles[column] if column < len(titles) else "",
            next((cells[column] for cells in below if column < len(cells) and cells[column]), ""),
            form.get(f"col_{column}", ""),
        )
        for column in range(width)
    ]


def choices() -> Mapping[str, Sequence[tuple[str, str]]]:
    """What can be chosen beside the columns themselves."""
    return {
        "date_format": [(each, each) for each in DATE_FORMATS],
        "decimal_mark": list(MARKS.items()),
        "delimiter": [(each, BETWEEN[each]) for each in DELIMITERS],
    }
