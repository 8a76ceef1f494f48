"""CBI RH, the Italian banks' daily statement (Rendicontazione conti correnti) in records of 120.

Layout: CBI-RND-001, version 6: RH and EF around the file, for each account and day 61 (opening
balance), 62 (movement) with its 63 (information, in structures with a word of three letters), 64
(closing balance), 65 (future liquidity, which is not read).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from domain.errors import (
    CountOff,
    DirectionMissing,
    DomainError,
    EndMissing,
    NotUnderstood,
    TextTooLong,
    WrongAccount,
    WrongCounterparty,
)
from workflows.bank import checks, returns, values
from workflows.bank.model import Line, Statement, StatementFile, Trouble
from workflows.bank.texts import numbered_lines

WIDTH = 120
_RECORD = re.compile(r"(RH|EF|61|62|63|64|65)", re.ASCII)
_HEAD = re.compile(r"\s* ?RH[A-Z0-9 ]{5}[A-Z0-9 ]{5}[0-9]{6}", re.ASCII)
_BATCH_KINDS = frozenset({"NROSUPCBI", "NDISTINTA", "PAYORDREF"})
"""Whose reference the customer's one is: that of the file that the order came in."""


@dataclass(slots=True)
class _Movement:
    """A record 62 with its records 63."""

    record: str
    number: int
    more: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Account:
    """A record 61 with what follows it, until its record 64."""

    record: str
    number: int
    movements: list[_Movement] = field(default_factory=list)
    closing: str | None = None
    closing_number: int = 0


def is_rh(text: str) -> bool:
    """Whether the text begins with a record RH."""
    return _HEAD.match(text) is not None


def read(text: str) -> StatementFile:
    """The statements of a file: one for each account and day."""
    troubles: list[Trouble] = []
    accounts = list(_accounts(text, troubles))
    statements = tuple(_statement(account, troubles) for account in accounts)
    return StatementFile("CBI RH", statements, tuple(troubles))


def _records(text: str) -> Iterator[tuple[int, str, str]]:
    """Number, type and record, at full width: blanks at either end get lost under way."""
    for number, line in numbered_lines(text):
        if not line.strip():
            continue
        record = line if line.startswith(" ") else f" {line}"
        yield number, record[1:3], record.ljust(WIDTH)


def _accounts(text: str, troubles: list[Trouble]) -> Iterator[_Account]:
    account: _Account | None = None
    counted, number, ended = 0, 0, False
    for number, kind, record in _records(text):
        counted += 1
        ended = False
        if kind == "61":
            if account is not None:
                yield account
            account = _Account(record, number)
        elif kind == "62" and account is not None:
            account.movements.append(_Movement(record, number))
        elif kind == "63" and account is not None and account.movements:
            account.movements[-1].more.append(record)
        elif kind == "64" and account is not None:
            account.closing, account.closing_number = record, number
            yield account
            account = None
        elif kind == "RH":
            counted = 1
        elif kind == "EF":
            ended = True
            told = record[82:89].strip()
            if told.isascii() and told.isdigit() and int(told) != counted:
                troubles.append(Trouble(f"riga {number}", CountOff(int(told), counted)))
        elif kind != "65":
            troubles.append(Trouble(f"riga {number}", NotUnderstood()))
    if account is not None:
        yield account
    if not ended:
        troubles.append(Trouble(f"riga {number}", EndMissing()))


def _statement(account: _Account, troubles: list[Trouble]) -> Statement:
    head, where = account.record, f"riga {account.number}"
    iban = _iban(head)
    if iban is not None and not values.iban_is_right(iban):
        troubles.append(Trouble(where, WrongAccount()))
    currency = head[74:77].strip() or "EUR"
    opening = _balance(head[83], head[84:99], head[77:83], where, troubles)
    closing: tuple[int | None, date | None] = (None, None)
    if account.closing is None:
        troubles.append(Trouble(where, EndMissing()))
    else:
        tail, place = account.closing, f"riga {account.closing_number}"
        closing = _balance(tail[19], tail[20:35], tail[13:19], place, troubles)
    statement = Statement(
        account_iban=iban,
        currency=currency,
        # The number within the file begins anew with each file: it is not the statement's.
        number=None,
        from_on=opening[1],
        to_on=closing[1] or opening[1],
        opening_cents=opening[0],
        closing_cents=closing[0],
        lines=tuple(_lines(account, currency, troubles)),
        account=None if iban else values.reference(head[52:74]),
        where=where,
    )
    troubles.extend(checks.balance(statement))
    return statement


def _iban(head: str) -> str | None:
    country, check, bban = head[99:101], head[101:103], head[51:74]
    return values.compact_iban(f"{country}{check}{bban}")


def _balance(
    sign: str, amount: str, day: str, where: str, troubles: list[Trouble]
) -> tuple[int | None, date | None]:
    try:
        return _signed(sign, amount), values.short_day(day, "dmy", "data")
    except DomainError as error:
        troubles.append(Trouble(where, error))
        return None, None


def _signed(sign: str, amount: str) -> int:
    cents = values.comma_cents(amount, "importo")
    if sign not in ("C", "D"):
        raise DirectionMissing("segno")
    return cents if sign == "C" else -cents


def _lines(account: _Account, currency: str, troubles: list[Trouble]) -> Iterator[Line]:
    for movement in account.movements:
        where = f"riga {movement.number}"
        try:
            yield _line(movement, currency, where, troubles)
        except DomainError as error:
            troubles.append(Trouble(where, error))


def _line(movement: _Movement, currency: str, where: str, troubles: list[Trouble]) -> Line:
    record = movement.record
    cents = _signed(record[25], record[26:41])
    booked, value = record[19:25], record[13:19]
    value_on = values.short_day(value, "dmy", "data valuta") if value.strip() else None
    told = _told(movement.more, cents)
    name, iban = told.name, values.compact_iban(told.iban)
    if iban is not None and not values.iban_is_right(iban):
        troubles.append(Trouble(where, WrongCounterparty(), lost=False))
        iban = None
    kind, customers = record[77:86].strip(), values.reference(record[86:120])
    is_batch = kind in _BATCH_KINDS
    remittance = values.clean(told.remittance) or ("" if is_batch else customers or "")
    is_return = returns.is_told(f"{customers} {remittance}")
    return Line(
        booked_on=values.short_day(booked, "dmy", "data contabile"),
        value_on=value_on,
        amount_cents=cents,
        currency=currency,
        end_to_end_id=values.reference(told.end_to_end_id),
        counterparty_name=values.clean(name) or None,
        counterparty_iban=iban,
        remittance=remittance,
        bank_reference=values.reference(record[61:77]) or values.reference(record[45:61]),
        return_reason=returns.reason(remittance) if is_return else None,
        is_return=is_return,
        batch_reference=customers if is_batch else None,
        where=where,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the records 63 of a movement say together."""

    name: str = ""
    iban: str = ""
    end_to_end_id: str = ""
    remittance: str = ""


def _told(records: list[str], cents: int) -> _Told:
    if len(records) * WIDTH > values.MAX_TEXT:
        raise TextTooLong(values.MAX_TEXT)
    told = _Told()
    for record in records:
        text = record[16:120]
        match record[13:16]:
            case "YYY":
                told = replace(told, name=told.name or record[40:80])
            case "YY2":
                told = replace(told, iban=told.iban or record[66:100])
            case "ZZ2" if cents > 0:
                told = replace(told, name=told.name or text)
            case "ZZ3":
                name = told.name or (record[16:66] if cents < 0 else "")
                told = replace(told, name=name, remittance=f"{told.remittance} {record[66:120]}")
            case "ID1":
                told = replace(told, end_to_end_id=told.end_to_end_id or record[51:86])
            case "RI1":
                told = replace(told, remittance=f"{told.remittance} {text}")
            case "RI2":
                # It goes on where RI1 was full.
                told = replace(told, remittance=f"{told.remittance}{record[16:52]}")
            case "KKK" | "ZZ1" | "ZZ2":
                # Own accounts in cash pooling; amounts before exchange.
                continue
            case _:
                told = replace(told, remittance=f"{told.remittance} {record[13:120]}")
    return told
