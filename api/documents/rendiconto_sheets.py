"""A rendiconto as a spreadsheet: numbered expenses, sums by budget line, and the ledger beside.

Sums are formulas, with the value that they come to beside them: who opens the file sees the same
figures whether their program computes or only shows. Text is always text, whatever it begins with.
The same content makes the same bytes.
"""

import io
from collections.abc import Sequence
from datetime import UTC, date

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from api.documents.rendiconto import AMOUNTS_OF_A_LINE, Cell, Words, parts
from api.languages import day, money
from domain.funding_rules import AMOUNTS, Column
from domain.rendiconto_content import Row

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MONEY = "#,##0.00"
_WIDTH = 18
_LONGEST_SHEET_NAME = 31
_MOVEMENT = ("paid", "documented", "admitted", "disallowed")


def as_xlsx(words: Words) -> bytes:
    """The whole workbook."""
    return _Book(words).made()


class _Book:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._content = words.content
        self._file = io.BytesIO()
        # Nothing that a cell begins with makes it something else than text.
        self._book = Workbook(
            self._file,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties(
            {
                "title": f"{words.label('title')} {self._content.number}",
                "created": words.frozen.at.astimezone(UTC).replace(tzinfo=None, microsecond=0),
            }
        )
        self._bold = self._book.add_format({"bold": True})
        self._head = self._book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self._money = self._book.add_format({"num_format": _MONEY})
        self._sum = self._book.add_format({"num_format": _MONEY, "bold": True, "top": 1})
        self._day = self._book.add_format({"num_format": "dd/mm/yyyy"})
        self._link = self._book.add_format({"font_color": "#0066CC", "underline": 1})

    def made(self) -> bytes:
        expenses = self._expenses()
        self._lines(expenses)
        self._movements()
        self._tie()
        self._book.close()
        return self._file.getvalue()

    def _sheet(self, label: str) -> Worksheet:
        sheet = self._book.add_worksheet(self._words.label(label)[:_LONGEST_SHEET_NAME])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _heading(self, sheet: Worksheet) -> int:
        """What the file is, above the first list; the row that comes next."""
        row = 0
        for label, value in facts(self._words):
            sheet.write_string(row, 0, label, self._bold)
            sheet.write_string(row, 1, value)
            row += 1
        return row + 1

    def _expenses(self) -> tuple[str, str, str] | None:
        """The numbered list. Returns by what it is summed: the ranges of the keys of lines, and of
        both amounts; None of an empty list."""
        words, sheet = self._words, self._sheet("expenses")
        top = self._heading(sheet)
        columns = words.columns
        for n, column in enumerate(columns):
            sheet.write_string(top, n, words.title(column), self._head)
        # Beside the funder's columns: by which the sums of the next sheet are computed.
        key, first = len(columns), top + 1
        sheet.set_column(0, key - 1, _WIDTH)
        rows = self._content.expenses
        for n, row in enumerate(rows, start=first):
            for place, (column, cell) in enumerate(zip(columns, words.cells(row), strict=True)):
                self._cell(sheet, n, place, column, cell)
            self._keys(sheet, n, key, row)
        sheet.set_column(key, key + 2, None, None, {"hidden": True})
        if not rows:
            return None
        last = first + len(rows) - 1
        if columns[0].name not in AMOUNTS:
            sheet.write_string(last + 1, 0, words.label("total"), self._sum)
        for place, column in enumerate(columns):
            if column.name in AMOUNTS:
                cents = sum(getattr(row, f"{column.name}_cents") for row in rows)
                self._total(sheet, last + 1, place, first, last, cents)
        return self._ranges(sheet, key, first, last)

    def _ranges(self, sheet: Worksheet, key: int, first: int, last: int) -> tuple[str, str, str]:
        name = sheet.get_name().replace("'", "''")
        letters = [xl_col_to_name(column, col_abs=True) for column in range(key, key + 3)]
        found = [f"'{name}'!{a}${first + 1}:{a}${last + 1}" for a in letters]
        return found[0], found[1], found[2]

    def _keys(self, sheet: Worksheet, n: int, column: int, row: Row) -> None:
        sheet.write_string(n, column, f"{row.partner}/{row.category}")
        sheet.write_number(n, column + 1, row.documented_cents / 100)
        sheet.write_number(n, column + 2, row.admitted_cents / 100)

    def _lines(self, expenses: tuple[str, str, str] | None) -> None:
        words, sheet = self._words, self._sheet("by_line")
        labels = ("line", "paid", "returned", "documented", "admitted", "not_admitted")
        titles = [words.label(label) for label in (*labels, "disallowed")]
        self._titles(sheet, 0, titles)
        lines = self._content.lines
        for n, line in enumerate(lines, start=1):
            sheet.write_string(n, 0, words.line(line))
            returned = line.returned_cents
            sheet.write_number(n, 1, (line.here.paid_cents + returned) / 100, self._money)
            sheet.write_number(n, 2, returned / 100, self._money)
            amounts = (line.here.documented_cents, line.admitted_cents)
            for column, cents in enumerate(amounts, start=3):
                if expenses is None:
                    sheet.write_number(n, column, cents / 100, self._money)
                    continue
                key = f"{line.partner}/{line.category}"
                formula = f'=SUMIF({expenses[0]},"{key}",{expenses[column - 2]})'
                sheet.write_formula(n, column, formula, self._money, cents / 100)
            cell = f"={xl_rowcol_to_cell(n, 3)}-{xl_rowcol_to_cell(n, 4)}"
            sheet.write_formula(n, 5, cell, self._money, line.not_admitted_cents / 100)
            sheet.write_number(n, 6, line.here.disallowed_cents / 100, self._money)
        if not lines:
            return
        sums = (
            sum(line.here.paid_cents + line.returned_cents for line in lines),
            sum(line.returned_cents for line in lines),
            sum(line.here.documented_cents for line in lines),
            sum(line.admitted_cents for line in lines),
            sum(line.not_admitted_cents for line in lines),
            sum(line.here.disallowed_cents for line in lines),
        )
        sheet.write_string(len(lines) + 1, 0, words.label("total"), self._sum)
        for column, cents in enumerate(sums, start=1):
            self._total(sheet, len(lines) + 1, column, 1, len(lines), cents)

    def _movements(self) -> None:
        words, sheet = self._words, self._sheet("movements")
        labels = ("link", "day", "kind", "partner", *_MOVEMENT, "refers_to", "of_account", "late")
        self._titles(sheet, 0, [words.label(label) for label in labels])
        rows = self._content.rows
        for n, row in enumerate(rows, start=1):
            self._place(sheet, n, 0, row.log_index)
            sheet.write_datetime(n, 1, row.day, self._day)
            sheet.write_string(n, 2, f"{words.kind(row)}, {row.dote}")
            sheet.write_string(n, 3, words.named("partner", row.partner))
            for column, name in enumerate(_MOVEMENT, start=4):
                sheet.write_number(n, column, getattr(row, f"{name}_cents") / 100, self._money)
            if row.refers_to is not None:
                sheet.write_number(n, 8, row.refers_to)
            sheet.write_string(n, 9, row.refers_to_account or "")
            sheet.write_string(n, 10, words.label("yes") if row.late else "")
        for column, name in enumerate(_MOVEMENT, start=4):
            if rows:
                cents = sum(getattr(row, f"{name}_cents") for row in rows)
                self._total(sheet, len(rows) + 1, column, 1, len(rows), cents)
        sheet.freeze_panes(1, 0)

    def _tie(self) -> None:
        words, sheet = self._words, self._sheet("tie")
        labels = ("what", "here", "told_before", "outside", "total", "ledger", "difference")
        self._titles(sheet, 0, [words.label(label) for label in ("line", *labels)])
        n = 1
        for line in self._content.lines:
            for name in AMOUNTS_OF_A_LINE:
                sheet.write_string(n, 0, words.line(line))
                sheet.write_string(n, 1, words.label(name.removesuffix("_cents")))
                cents = [getattr(part, name) for part in parts(line)]
                for column, part in enumerate(cents, start=2):
                    sheet.write_number(n, column, part / 100, self._money)
                ledger = getattr(line.ledger, name)
                self._total(sheet, n, 5, n, n, sum(cents), across=(2, 4))
                sheet.write_number(n, 6, ledger / 100, self._money)
                difference = f"=ROUND({xl_rowcol_to_cell(n, 5)}-{xl_rowcol_to_cell(n, 6)},2)"
                value = (sum(cents) - ledger) / 100
                sheet.write_formula(n, 7, difference, self._money, value)
                n += 1

    def _titles(self, sheet: Worksheet, row: int, titles: Sequence[str]) -> None:
        sheet.set_column(0, len(titles) - 1, _WIDTH)
        for column, title in enumerate(titles):
            sheet.write_string(row, column, title, self._head)

    def _total(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        first: int,
        last: int,
        cents: int,
        across: tuple[int, int] | None = None,
    ) -> None:
        left, right = across or (column, column)
        cells = f"{xl_rowcol_to_cell(first, left)}:{xl_rowcol_to_cell(last, right)}"
        form: Format = self._sum if across is None else self._money
        sheet.write_formula(row, column, f"=SUM({cells})", form, cents / 100)

    def _place(self, sheet: Worksheet, row: int, column: int, log_index: int) -> None:
        """A place of the log, with where its movement is shown."""
        address = self._words.address(log_index)
        if address is None:
            sheet.write_number(row, column, log_index)
        else:
            sheet.write_url(row, column, address, self._link, string=str(log_index))

    def _cell(self, sheet: Worksheet, row: int, place: int, column: Column, cell: Cell) -> None:
        if cell is None:
            return
        if column.name == "log_index":
            self._place(sheet, row, place, int(str(cell)))
        elif column.name in AMOUNTS:
            sheet.write_number(row, place, int(str(cell)) / 100, self._money)
        elif isinstance(cell, int):
            sheet.write_number(row, place, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, self._day)
        else:
            sheet.write_string(row, place, cell)


def facts(words: Words) -> list[tuple[str, str]]:
    """What the account is, as pairs of a label and what it is."""
    content, language = words.content, words.language
    earlier = ", ".join(content.earlier)
    version = content.rules_version
    admitted = sum(row.admitted_cents for row in content.rows)
    withdrawn_on = words.frozen.withdrawn_on
    found = [
        (words.label("title"), content.number),
        (
            words.label("withdrawn"),
            ""
            if withdrawn_on is None
            else words.label("withdrawn_on", day=day(language, withdrawn_on)),
        ),
        (words.label("funder"), content.funder or words.label("nobody")),
        (
            words.label("partner"),
            words.label("everybody")
            if content.partner is None
            else words.named("partner", content.partner),
        ),
        (words.label("day"), f"{content.first_day:%d/%m/%Y} - {content.last_day:%d/%m/%Y}"),
        (words.called("cup"), content.rules.cup or ""),
        (words.label("wording"), content.rules.wording or ""),
        (words.label("admitted"), money(language, admitted)),
        (
            words.label("rules"),
            words.label("rules_version", version=version) if version else words.label("no_rules"),
        ),
        (words.label("earlier"), f"{earlier}. {words.label('only_new')}" if earlier else ""),
        (words.label("state"), words.label("provisional" if content.is_provisional else "final")),
        (words.label("log"), words.label("log_place", size=content.log_size, root=content.root)),
        (words.label("fingerprint"), words.frozen.fingerprint),
    ]
    return [(label, value) for label, value in found if value]
