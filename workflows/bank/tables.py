"""CSV and XLSX: a table and a mapping of its columns become movements."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from openpyxl.utils import get_column_letter

from domain.bank_columns import Mapping, plain
from domain.errors import (
    ColumnMissing,
    DirectionMissing,
    DomainError,
    NegativeAmount,
    NoTitles,
    NotUnderstood,
    OtherCurrency,
    RunningBalanceOff,
    UnreadableAmount,
    UnreadableDate,
    WrongCounterparty,
)
from workflows.bank import checks, returns, values
from workflows.bank.cells import amount_of, day_of
from workflows.bank.model import Line, Statement, StatementFile, Trouble
from workflows.bank.rows import Cell, Row, Table

HEADER_WITHIN = 60
"""Rows that a bank writes above the titles, at the most."""

_DEBIT = frozenset(
    [
        "d",
        "dare",
        "dbit",
        "debit",
        "dr",
        "-",
        "addebito",
        "addebiti",
        "uscita",
        "uscite",
        "s",
        "soll",
        "out",
    ]
)
_CREDIT = frozenset(
    [
        "c",
        "a",
        "avere",
        "crdt",
        "credit",
        "cr",
        "+",
        "accredito",
        "accrediti",
        "entrata",
        "entrate",
        "h",
        "haben",
        "in",
    ]
)
_BALANCE = re.compile(
    r"(?:saldo (?:contabile )?(iniziale|precedente|finale|contabile|disponibile|liquido)"
    r"|(opening|closing) balance|total[ei](?: movimenti)?)"
    r"(?: (?:al|on) [0-9./-]+)?[ :]*",
    re.IGNORECASE,
)
_OPENS = frozenset({"iniziale", "precedente", "opening"})
_CLOSES = frozenset({"finale", "closing"})
_EURO = {"€": "EUR", "EURO": "EUR"}


@dataclass(frozen=True, slots=True)
class _Found:
    """A row that is a movement, with the balance that stands beside it."""

    row: Row
    line: Line | None
    balance_cents: int | None


def read_table(table: Table, mapping: Mapping) -> StatementFile:
    """The movements of a table as one statement."""
    mapping, first, above = placed(table, mapping)
    troubles: list[Trouble] = []
    rows = [row for row in table.rows[first:] if not row.is_empty]
    told, rows = _balances_told(rows, mapping)
    currency = _currency(rows, mapping)
    reading = _Reading(mapping, currency, _debits_are_negative(rows, mapping), troubles)
    found = [each for row in rows if (each := reading.row(row)) is not None]
    if _newest_first(found):
        found.reverse()
    opening, closing = _running(found, troubles)
    lines = tuple(each.line for each in found if each.line is not None)
    days = [line.booked_on for line in lines]
    statement = Statement(
        account_iban=_account(above) or mapping.account_iban,
        currency=currency,
        number=None,
        from_on=min(days, default=None),
        to_on=max(days, default=None),
        opening_cents=told.get("opening", opening),
        closing_cents=told.get("closing", closing),
        lines=lines,
        where=f"riga {rows[0].number}" if rows else "",
    )
    troubles.extend(checks.balance(statement))
    return StatementFile(table.format, (statement,), tuple(troubles))


def placed(table: Table, mapping: Mapping) -> tuple[Mapping, int, Sequence[Row]]:
    """The mapping with its columns where they are in this table, the index of the first row below
    the titles, and the rows above."""
    if not mapping.titles:
        return mapping, mapping.skip_rows, table.rows[: mapping.skip_rows]
    wanted = _occurrences(mapping.titles)
    used = sorted({column for column in mapping.used() if column < len(wanted)})
    missing = used
    for index, row in enumerate(table.rows[:HEADER_WITHIN]):
        there = {key: n for n, key in enumerate(_occurrences(_texts(row)))}
        left = [column for column in used if wanted[column] not in there]
        if used and not left:
            moved = {column: there[wanted[column]] for column in used}
            return _moved(mapping, moved), index + 1, table.rows[:index]
        # The row of titles is the one that has most of them.
        missing = min(missing, left, key=len)
    raise ColumnMissing(mapping.titles[missing[0]] if missing else "", len(missing))


def here(table: Table, mapping: Mapping) -> Mapping:
    """The mapping with its columns where they are in this table, and the titles of this table.

    Raises `ColumnMissing`.
    """
    placed_here, first, _ = placed(table, mapping)
    if not mapping.titles:
        return placed_here
    titles = tuple(values.clean(text) for text in _texts(table.rows[first - 1]))
    return replace(placed_here, titles=titles)


def check_titles(mapping: Mapping) -> None:
    """Raises `NoTitles` where the titles of day and amount are a day or an amount: then a movement
    was taken for the row of titles, and what is kept would tell of it."""
    for column in (mapping.booked_on, mapping.amount, mapping.debit, mapping.credit):
        if column is not None and column < len(mapping.titles):
            text = mapping.titles[column]
            if _reads(day_of, text, mapping.date_format) or _reads(
                amount_of, text, mapping.decimal_mark
            ):
                raise NoTitles


def _reads(read: Callable[[Cell, str, str], object], text: str, how: str) -> bool:
    try:
        read(text, how, "")
    except DomainError:
        return False
    return True


def _texts(row: Row) -> list[str]:
    return [cell if isinstance(cell, str) else "" for cell in row.cells]


def _occurrences(titles: Sequence[str]) -> list[tuple[str, int]]:
    """Titles with how often they came before: some banks write one twice."""
    names = [plain(text) for text in titles]
    return [(name, names[:n].count(name)) for n, name in enumerate(names)]


def _moved(mapping: Mapping, to: dict[int, int]) -> Mapping:
    """The mapping with its columns where they are now; one outside the titles was never there."""
    if any(column not in to for column in mapping.used()):
        raise ColumnMissing("")
    moved = {name: to[column] for name, column in mapping.columns().items()}
    # mypy cannot see that these names are those of columns.
    return replace(mapping, remittance=tuple(to[n] for n in mapping.remittance), **moved)  # type: ignore[arg-type]


def _account(above: Sequence[Row]) -> str | None:
    """An IBAN that stands above the titles is the account's."""
    for row in above:
        for text in _texts(row):
            for word in (text, *text.replace(":", " ").split()):
                iban = values.compact_iban(word)
                if iban is not None and values.iban_is_right(iban):
                    return iban
    return None


def _balances_told(rows: list[Row], mapping: Mapping) -> tuple[dict[str, int], list[Row]]:
    """Balances that have rows of their own, and the rows without them.

    A row with a day is one only at either end: "saldo finale" may be what somebody was paid for.
    """
    told: dict[str, int] = {}
    kept = []
    for n, row in enumerate(rows):
        found = next((m for text in _texts(row) if (m := _BALANCE.fullmatch(text.strip()))), None)
        if found is None or (row.at(mapping.booked_on) and 0 < n < len(rows) - 1):
            kept.append(row)
            continue
        word = (found[1] or found[2] or "").casefold()
        cents = _any_amount(row, mapping)
        if cents is not None and word in _OPENS:
            told["opening"] = cents
        if cents is not None and word in _CLOSES:
            told["closing"] = cents
    return told, kept


def _any_amount(row: Row, mapping: Mapping) -> int | None:
    for column, sign in (
        (mapping.balance, 1),
        (mapping.amount, 1),
        (mapping.credit, 1),
        (mapping.debit, -1),
    ):
        try:
            cell = row.at(column)
            if cell is not None:
                cents = amount_of(cell, mapping.decimal_mark, "")
                return sign * abs(cents) if sign < 0 else cents
        except DomainError:
            continue
    return None


def _currency(rows: list[Row], mapping: Mapping) -> str:
    for row in rows:
        try:
            text = _currency_code(row.text(mapping.currency))
        except DomainError:
            continue
        if text:
            return text
    return mapping.default_currency


def _currency_code(text: str) -> str:
    code = text.strip().upper()
    code = _EURO.get(code, code)
    return code if re.fullmatch(r"[A-Z]{3}", code) else ""


def _debits_are_negative(rows: list[Row], mapping: Mapping) -> bool:
    """Whether the bank writes a minus in the column of debits: as in most of its rows."""
    if mapping.debit is None:
        return False
    signs = []
    for row in rows:
        try:
            cell = row.at(mapping.debit)
            if cell is not None:
                signs.append(amount_of(cell, mapping.decimal_mark, ""))
        except DomainError:
            continue
    return sum(cents < 0 for cents in signs) > sum(cents > 0 for cents in signs)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads rows, one like the other."""

    mapping: Mapping
    currency: str
    debits_are_negative: bool
    troubles: list[Trouble]

    def row(self, row: Row) -> _Found | None:
        """The row's movement; without a line where it cannot be read, which is told. None for a
        row that has neither day nor amount: a remark."""
        where = f"riga {row.number}"
        mapping = self.mapping
        columns = (mapping.booked_on, mapping.amount, mapping.debit, mapping.credit)
        try:
            if all(row.at(column) is None for column in columns):
                self.troubles.append(Trouble(where, NotUnderstood(), lost=False))
                return None
            return _Found(row, self._line(row, where), self._balance(row))
        except DomainError as error:
            self.troubles.append(Trouble(where, error))
            return _Found(row, None, None)

    def _balance(self, row: Row) -> int | None:
        cell = row.at(self.mapping.balance)
        return None if cell is None else amount_of(cell, self.mapping.decimal_mark, "saldo")

    def _line(self, row: Row, where: str) -> Line:
        mapping = self.mapping
        booked, value = row.at(mapping.booked_on), row.at(mapping.value_on)
        if booked is None:
            raise UnreadableDate(_name(mapping.booked_on))
        currency = _currency_code(row.text(mapping.currency)) or self.currency
        if currency != self.currency:
            raise OtherCurrency(currency, self.currency)
        iban = values.compact_iban(row.text(mapping.counterparty_iban))
        if iban is not None and not values.iban_is_right(iban):
            self.troubles.append(Trouble(where, WrongCounterparty(), lost=False))
            iban = None
        texts = [values.clean(row.text(column)) for column in mapping.remittance]
        remittance = values.clean(" ".join(dict.fromkeys(text for text in texts if text)))
        told = returns.reason(row.text(mapping.return_reason))
        is_return = told is not None or returns.is_told(remittance)
        return Line(
            booked_on=day_of(booked, mapping.date_format, _name(mapping.booked_on)),
            value_on=None
            if value is None
            else day_of(value, mapping.date_format, _name(mapping.value_on)),
            amount_cents=self._amount(row),
            currency=currency,
            end_to_end_id=values.reference(row.text(mapping.end_to_end_id)),
            counterparty_name=values.clean(row.text(mapping.counterparty_name)) or None,
            counterparty_iban=iban,
            remittance=remittance,
            bank_reference=values.reference(row.text(mapping.bank_reference)),
            return_reason=told or (returns.reason(remittance) if is_return else None),
            is_return=is_return,
            batch_reference=values.reference(row.text(mapping.batch_reference)),
            where=where,
        )

    def _amount(self, row: Row) -> int:
        mapping = self.mapping
        if mapping.amount is not None:
            return self._one_column(row, mapping.amount)
        debit, credit = self._of(row, mapping.debit), self._of(row, mapping.credit)
        if debit is None and credit is None:
            raise UnreadableAmount(_name(mapping.debit))
        if debit and credit:
            raise DirectionMissing(_name(mapping.debit))
        if debit and (debit < 0) != self.debits_are_negative:
            raise NegativeAmount(_name(mapping.debit))
        if credit and credit < 0:
            raise NegativeAmount(_name(mapping.credit))
        return -abs(debit) if debit else credit or 0

    def _of(self, row: Row, column: int | None) -> int | None:
        cell = row.at(column)
        if cell is None:
            return None
        return amount_of(cell, self.mapping.decimal_mark, _name(column))

    def _one_column(self, row: Row, column: int) -> int:
        cents = self._of(row, column)
        if cents is None:
            raise UnreadableAmount(_name(column))
        if self.mapping.sign is None:
            return cents
        word = row.text(self.mapping.sign).strip().casefold()
        if word not in _DEBIT | _CREDIT:
            raise DirectionMissing(_name(self.mapping.sign))
        if cents < 0:
            raise NegativeAmount(_name(column))
        return -cents if word in _DEBIT else cents


def _name(column: int | None) -> str:
    """A column as people find it in a spreadsheet."""
    return get_column_letter((column or 0) + 1)


def _newest_first(found: Sequence[_Found]) -> bool:
    """Whether the table counts down: by its days, else by its balances."""
    lines = [each.line for each in found if each.line is not None]
    if lines and lines[0].booked_on != lines[-1].booked_on:
        return lines[0].booked_on > lines[-1].booked_on
    return _breaks(found) > _breaks(list(reversed(found)))


def _breaks(found: Sequence[_Found]) -> int:
    return sum(_step(before, after) != 0 for before, after in pairwise(found))


def _step(before: _Found, after: _Found) -> int:
    """By how much the balance after a row is not that of the row before and the row's amount."""
    if before.balance_cents is None or after.balance_cents is None or after.line is None:
        return 0
    return after.balance_cents - before.balance_cents - after.line.amount_cents


def _running(found: Sequence[_Found], troubles: list[Trouble]) -> tuple[int | None, int | None]:
    """The balances before the first and after the last row, where rows have balances."""
    for before, after in pairwise(found):
        difference = _step(before, after)
        if difference:
            place = f"riga {after.row.number}"
            troubles.append(Trouble(place, RunningBalanceOff(difference)))
    if not found or found[0].line is None:
        return None, None
    first, last = found[0].balance_cents, found[-1].balance_cents
    opening = None if first is None else first - found[0].line.amount_cents
    return opening, last
