"""A rendiconto's spreadsheet, computed anew by a spreadsheet program, comes to the same amounts."""

import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from tests.api.test_rendiconti import FUNDER, documented, drawn, file, world
from tests.api.world import World
from tests.office import recalculated

__all__ = ["world"]

_VALUE = re.compile(rb"(<f>[^<]*</f>)<v>[^<]*</v>")
Amounts = dict[tuple[str, str], int]


def without_values(xlsx: bytes) -> bytes:
    """The same workbook, with nothing beside its formulas that could be taken for computed."""
    out = io.BytesIO()
    removed = 0
    with zipfile.ZipFile(io.BytesIO(xlsx)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data, found = _VALUE.subn(rb"\1", before.read(name))
            removed += found
            after.writestr(name, data)
    assert removed == len(formulas(xlsx))
    return out.getvalue()


def formulas(xlsx: bytes) -> list[tuple[str, str]]:
    """Where its formulas are: the sheet and the cell."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx))
    return [
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def values(xlsx: bytes, where: list[tuple[str, str]]) -> Amounts:
    """What stands beside some formulas, in cents."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx), data_only=True)
    return {
        (sheet, cell): round(Decimal(str(book[sheet][cell].value)) * 100) for sheet, cell in where
    }


@pytest.fixture
def spreadsheet(world: World) -> bytes:
    """Of two funders' doti: accepted, refunded, and not admitted."""
    world.done("/funder-rules", {"funder": FUNDER, "rules": {"papers": ["invoice"]}}, "coordinator")
    for n, cents in enumerate((12_345, 10_001, 9_999), 1):
        documented(world, cents, str(n))
    paid = world.disbursed(9_000)
    refund = {"amount_cents": 2_501, "value_date": "2026-02-01", "source": "negozio"}
    world.done(f"/doti/{paid['id']}/refunds", refund, "finance")
    return file(world, drawn(world, funder=FUNDER), "xlsx")


def test_it_comes_to_the_same_amounts_to_the_cent(spreadsheet: bytes) -> None:
    where = formulas(spreadsheet)
    shown = values(spreadsheet, where)
    assert {12_345 + 10_001 + 9_999, 0} <= set(shown.values())
    assert values(recalculated(without_values(spreadsheet)), where) == shown


def test_another_amount_in_the_list_comes_to_another_sum(spreadsheet: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet))
    changed = 0
    for row in book["Expenses"].iter_rows():
        for cell in row:
            if cell.value == 123.45:
                cell.value, changed = 123.46, changed + 1
    assert changed
    out = io.BytesIO()
    book.save(out)  # it keeps formulas, and nothing beside them
    where = formulas(spreadsheet)
    shown = values(spreadsheet, where)
    computed = values(recalculated(out.getvalue()), where)
    differ = {place for place in where if computed[place] != shown[place]}
    assert {sheet for sheet, _ in differ} >= {"Expenses", "By budget line"}
    assert all(computed[place] - shown[place] == 1 for place in differ)
