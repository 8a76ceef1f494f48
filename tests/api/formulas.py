"""Computes the few formulas of our spreadsheets anew, to compare with the values beside them."""

import io
import re
from decimal import Decimal

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

_SUM = re.compile(r"=SUM\(([A-Z]+\d+):([A-Z]+\d+)\)")
_SUMIF = re.compile(r"=SUMIF\('(.+)'!(\S+?):(\S+?),\"(.+)\",'(.+)'!(\S+?):(\S+?)\)")
_LESS = re.compile(r"=(?:ROUND\()?([A-Z]+\d+)-([A-Z]+\d+)(?:,2\))?")


class Book:
    """A workbook with its formulas, and with the values that were stored beside them."""

    def __init__(self, data: bytes) -> None:
        self.formulas = openpyxl.load_workbook(io.BytesIO(data))
        self.values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)

    def check(self) -> int:
        """Every formula comes to its stored value; how many there are."""
        found = 0
        for sheet in self.formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        stored = self.values[sheet.title][cell.coordinate].value
                        assert self._computed(sheet, str(cell.value)) == _cents(stored), cell
                        found += 1
        return found

    def _computed(self, sheet: Worksheet, formula: str) -> int:
        if match := _SUM.fullmatch(formula):
            return sum(self._range(sheet.title, *match.groups()))
        if match := _SUMIF.fullmatch(formula):
            keys, first, last, key, amounts, start, end = match.groups()
            cells = self.formulas[keys][f"{first}:{last}".replace("$", "")]
            sums = self._range(amounts, start, end)
            pairs = zip((cell.value for (cell,) in cells), sums, strict=True)
            return sum(cents for name, cents in pairs if name == key)
        match = _LESS.fullmatch(formula)
        assert match is not None, formula
        one, other = (self._of(sheet.title, name) for name in match.groups())
        return one - other

    def _range(self, title: str, first: str, last: str) -> list[int]:
        cells = self.formulas[title][f"{first}:{last}".replace("$", "")]
        return [self._of(title, cell.coordinate) for row in cells for cell in row]

    def _of(self, title: str, coordinate: str) -> int:
        cell = self.formulas[title][coordinate]
        if cell.data_type == "f":
            return self._computed(self.formulas[title], str(cell.value))
        return _cents(cell.value)


def _cents(value: object) -> int:
    return round(Decimal(str(value or 0)) * 100)
