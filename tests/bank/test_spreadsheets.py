"""Spreadsheets: formulas, merged cells, odd numbers, and archives that are meant to hurt."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import Workbook

from domain.errors import (
    FormulaWithoutValue,
    NoBankStatement,
    TooManyRows,
    UnpacksTooLarge,
    UnreadableAmount,
    UnreadableDate,
    UnsafeFile,
)
from tests.bank.test_hostile import SAMPLES, told
from workflows.bank import read
from workflows.bank.rows import UNPACKED_BYTES


def workbook(*rows: list[object], change: Callable[[Workbook], object] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if change:
        change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_formulas_with_and_without_their_value() -> None:
    data = workbook(
        ["Data", "Importo", "Descrizione"],
        [date(2026, 2, 1), 1.5, "a"],
        [date(2026, 2, 2), "=1+1", "b"],
    )
    assert told(data) == [("riga 3", FormulaWithoutValue, True)]
    (trouble,) = read(data, "").troubles
    assert trouble.problem.facts == {"cell": "B3"}
    # As a spreadsheet program would have saved it: the value stands beside the formula.
    worked_out = _changed(data, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>2</v>")
    worked_out = _changed(worked_out, "xl/worksheets/sheet1.xml", b"<v />", b"<v>2</v>")
    assert [each.amount_cents for each in read(worked_out, "").lines()] == [150, 200]
    assert read(worked_out, "").troubles == ()


def test_merged_cells_are_not_guessed() -> None:
    data = workbook(
        ["Data", "Importo", "Descrizione"],
        [date(2026, 2, 1), 1.5, "a"],
        [None, 2.5, "b"],
        change=lambda book: book.active.merge_cells("A2:A3"),  # type: ignore[union-attr]
    )
    assert told(data) == [("riga 3", UnreadableDate, True)]
    titles = workbook(
        ["Movimenti", None, None],
        ["Data", "Importo", "Descrizione"],
        [date(2026, 2, 1), 1.5, "a"],
        change=lambda book: book.active.merge_cells("A1:C1"),  # type: ignore[union-attr]
    )
    assert told(titles) == []


def test_numbers_that_are_no_cents() -> None:
    data = workbook(["Data", "Importo"], [date(2026, 2, 1), 1.005], [date(2026, 2, 1), 0.1 + 0.2])
    assert told(data) == [("riga 2", UnreadableAmount, True)]
    assert [each.amount_cents for each in read(data, "").lines()] == [30]


def _changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(written, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(old, new) if name == part else content)
    return written.getvalue()


def test_a_zip_bomb() -> None:
    written = io.BytesIO(SAMPLES["XLSX"])
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image1.xml", b" " * (UNPACKED_BYTES + 1))
    assert len(written.getvalue()) < 1_000_000
    with pytest.raises(UnpacksTooLarge):
        read(written.getvalue(), "")


def test_entities_in_a_spreadsheet() -> None:
    data = _changed(
        SAMPLES["XLSX"],
        "xl/worksheets/sheet1.xml",
        b"<worksheet",
        b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet',
    )
    with pytest.raises(UnsafeFile):
        read(data, "")


def test_a_zip_that_is_no_spreadsheet() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("letter.txt", "text")
    with pytest.raises(NoBankStatement):
        read(written.getvalue(), "")


def test_a_cell_far_away() -> None:
    data = workbook(
        ["Data", "Importo"],
        [date(2026, 2, 1), 1],
        change=lambda book: book.active.cell(2, 16_000, "x"),  # type: ignore[union-attr]
    )
    with pytest.raises(TooManyRows):
        read(data, "")
    low = workbook(
        ["Data", "Importo"],
        [date(2026, 2, 1), 1],
        change=lambda book: book.active.cell(1_000_000, 1, "x"),  # type: ignore[union-attr]
    )
    with pytest.raises(TooManyRows):
        read(low, "")
