"""A rendiconto in words: what each cell of its list says, for a spreadsheet and on paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from api.documents.rendiconto_words import COLUMNS, KINDS, LABELS, REASONS
from api.languages import Language, translate, word
from domain.funding_rules import AMOUNTS, COLUMN_NAMES, Column, ColumnName
from domain.rendiconto_content import Content, LineSums, Row, Sums

USUAL = tuple(
    Column(name=name) for name in COLUMN_NAMES if name not in ("cup", "accepted_on", "method")
)

Cell = str | int | date | None
"""What stands in a cell; an amount is in cents."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A rendiconto with what is said of it from outside: when it was frozen, where its movements
    are shown, and since when it is withdrawn."""

    content: Content
    fingerprint: str
    at: datetime
    register_url: str | None
    withdrawn_on: date | None = None


class Words:
    """Puts a rendiconto into words of a language."""

    def __init__(self, frozen: Frozen, language: Language) -> None:
        self.frozen = frozen
        self.content = frozen.content
        self.language = language

    def label(self, name: str, **places: object) -> str:
        """One of `LABELS`."""
        return translate(self.language, LABELS[name]).format(**places)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the list: the funder's, or the usual ones."""
        return self.content.rules.columns or USUAL

    def title(self, column: Column) -> str:
        """What a column is called."""
        return title_of(column, self.language)

    def usual(self, name: ColumnName) -> str:
        """What a column is called where nobody calls it otherwise."""
        return title_of(Column(name=name), self.language)

    def in_columns(self, columns: tuple[Column, ...]) -> "Words":
        """The same in other columns, as they would look."""
        rules = self.content.rules.model_copy(update={"columns": columns})
        content = self.content.model_copy(update={"rules": rules})
        return Words(replace(self.frozen, content=content), self.language)

    def called(self, name: ColumnName) -> str:
        """What the funder calls a column, if it has one, else the usual word."""
        titles = (self.title(column) for column in self.columns if column.name == name)
        return next(titles, None) or self.usual(name)

    def kind(self, row: Row) -> str:
        """What kind of movement it is."""
        return translate(self.language, KINDS[row.kind])

    def named(self, what: str, code: str) -> str:
        """What a partner, a category or an item is called."""
        return self.content.names.get(f"{what} {code}", code)

    def cells(self, row: Row) -> Sequence[Cell]:
        """An expense, column by column."""
        return [self._cell(row, column) for column in self.columns]

    def address(self, log_index: int) -> str | None:
        """Where a movement is shown; None where it is not known how people reach the register."""
        url = self.frozen.register_url
        return None if url is None else f"{url}/bilancio/movimenti/{log_index}"

    def _cell(self, row: Row, column: Column) -> Cell:
        receipt = row.receipt
        match column.name:
            case "partner" | "category" | "item":
                return self.named(column.name, getattr(row, column.name))
            case "method":
                return None if row.method is None else word(self.language, row.method, "method")
            case "receipt_kind":
                return None if receipt is None else word(self.language, receipt.kind, "receipt")
            case "receipt_number":
                return None if receipt is None else receipt.number
            case "receipt_date":
                return None if receipt is None else receipt.date
            case "accepted_on":
                return row.day
            case "cup":
                return self.content.rules.cup
            case "not_admitted":
                return ", ".join(self.reasons(row))
            case name if name in AMOUNTS:
                cents: int = getattr(row, f"{name}_cents")
                return cents
        told: Cell = getattr(row, column.name)
        return told

    def reasons(self, row: Row) -> Iterator[str]:
        """Why an expense is not admitted."""
        return (translate(self.language, REASONS[reason]) for reason in row.not_admitted)

    def line(self, line: LineSums) -> str:
        """What a budget line is called."""
        return f"{self.named('partner', line.partner)} · {self.named('category', line.category)}"


def title_of(column: Column, language: Language) -> str:
    """What a column is called: as the funder calls it, or as usual."""
    return column.title or translate(language, COLUMNS[column.name])


AMOUNTS_OF_A_LINE = ("paid_cents", "documented_cents", "disallowed_cents")
"""What is tied to the ledger, of each line."""


def parts(line: LineSums) -> tuple[Sums, Sums, Sums]:
    """What comes to the ledger, in the order in which it is shown."""
    return line.here, line.earlier, line.outside
