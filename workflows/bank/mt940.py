"""MT940, SWIFT's statement in lines with tags, as European banks write it.

Sources: SWIFT's Category 9 message reference (tags 20 to 86), and the samples of several banks,
who take freedoms: lines before the first tag, empty lines, no entry date, references that are too
long. Every line of a message is either understood or told with its number: nothing is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from domain.errors import (
    DomainError,
    EndMissing,
    NotUnderstood,
    OtherCurrency,
    PendingLeftOut,
    WrongAccount,
    WrongCounterparty,
)
from workflows.bank import checks, values
from workflows.bank.model import Line, Statement, StatementFile, Trouble
from workflows.bank.mt940_details import Details, details
from workflows.bank.texts import numbered_lines

_FIELD = re.compile(r":([0-9]{2}[A-Z]?):(.*)", re.ASCII)
_BLOCK = re.compile(r"\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{4:|-\}")
_END = re.compile(r"-(?:\s*|[A-Z]{1,3})")
_KNOWN = frozenset(
    [
        "20",
        "21",
        "13",
        "13D",
        "25",
        "25P",
        "28",
        "28C",
        "60F",
        "60M",
        "61",
        "62F",
        "62M",
        "64",
        "65",
        "86",
        "34F",
        "90C",
        "90D",
        "NS",
    ]
)
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]+,[0-9]{0,2})", re.ASCII)
_MOVEMENT = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>[0-9]+,[0-9]{0,2})(?P<kind>[NFS][A-Z0-9]{3})"
    r"(?P<own>.*?)(?://(?P<bank>.*))?",
    re.ASCII,
)


@dataclass(slots=True)
class _Field:
    """A tag, the number of its line, and its text line by line."""

    tag: str
    number: int
    lines: list[str]

    @property
    def where(self) -> str:
        return f"riga {self.number}"


@dataclass(slots=True)
class _Message:
    """What stands between one tag 20 and the next."""

    fields: list[_Field] = field(default_factory=list)


def is_mt940(text: str) -> bool:
    """Whether the text begins as MT940 does: a tag 20, and an account or a balance below it."""
    found = re.search(r"^:20:", text[:5000], re.MULTILINE)
    return found is not None and re.search(r"^:(?:25P?|60[FM]):", text, re.MULTILINE) is not None


def read(text: str) -> StatementFile:
    """The statements of a file: one for each message."""
    troubles: list[Trouble] = []
    statements = tuple(_statement(message, troubles) for message in _messages(text, troubles))
    return StatementFile("MT940", statements, tuple(troubles))


def _messages(text: str, troubles: list[Trouble]) -> Iterator[_Message]:
    message: _Message | None = None
    for number, written in numbered_lines(text):
        line = _BLOCK.sub("", written) if "{" in written or written.startswith("-}") else written
        found = _FIELD.fullmatch(line)
        if found is not None and found[1] == "20":
            if message is not None:
                yield message
            message = _Message([_Field("20", number, [found[2]])])
        elif message is None:
            # Headers of the bank's transport stand between messages; its tags do not.
            if found is not None:
                troubles.append(Trouble(f"riga {number}", NotUnderstood()))
        elif found is not None:
            message.fields.append(_Field(found[1], number, [found[2]]))
            if found[1] not in _KNOWN:
                troubles.append(Trouble(f"riga {number}", NotUnderstood()))
        elif _ends(message, line, written):
            yield message
            message = None
        elif line.strip():
            message.fields[-1].lines.append(line)
    if message is not None:
        yield message


def _ends(message: _Message, line: str, written: str) -> bool:
    """A dash alone ends a message, and what looks like an end does after the closing balance."""
    if line.strip() == "-" or (line != written and not line.strip()):
        return True
    if not _END.fullmatch(line):
        return False
    return any(known.tag.startswith("62") for known in message.fields)


def _statement(message: _Message, troubles: list[Trouble]) -> Statement:
    first = message.fields[0]
    balances: dict[str, tuple[int, date, str]] = {}
    for found in message.fields:
        if found.tag[:2] in ("60", "62"):
            try:
                balances.setdefault(found.tag[:2], _balance(found))
            except DomainError as error:
                troubles.append(Trouble(found.where, error))
    opening, closing = balances.get("60"), balances.get("62")
    if not any(found.tag[:2] == "62" for found in message.fields):
        troubles.append(Trouble(message.fields[-1].where, EndMissing()))
    currency = opening[2] if opening else closing[2] if closing else "EUR"
    if opening and closing and closing[2] != currency:
        troubles.append(Trouble(first.where, OtherCurrency(closing[2], currency)))
        closing = None
    account, number = _text(message, "25", "25P"), _text(message, "28C", "28")
    iban = _account_iban(account)
    if iban is not None and not values.iban_is_right(iban):
        troubles.append(Trouble(first.where, WrongAccount()))
    statement = Statement(
        account_iban=iban,
        currency=currency,
        number=number,
        from_on=opening[1] if opening else None,
        to_on=closing[1] if closing else None,
        opening_cents=opening[0] if opening else None,
        closing_cents=closing[0] if closing else None,
        lines=tuple(_lines(message, currency, iban, troubles)),
        account=None if iban else account,
        where=first.where,
    )
    troubles.extend(checks.balance(statement))
    return statement


def _text(message: _Message, *tags: str) -> str | None:
    found = (each for each in message.fields if each.tag in tags)
    return next((values.reference(" ".join(each.lines)) for each in found), None)


def _account_iban(account: str | None) -> str | None:
    """The IBAN in tag 25, behind a bank's code or before a currency, as some write it."""
    for part in (account or "").replace(" ", "").split("/"):
        for written in (part, part[:-3] if part[-3:].isalpha() else ""):
            iban = values.compact_iban(written)
            if iban is not None and values.iban_is_right(iban):
                return iban
    return values.compact_iban(account)


def _balance(found: _Field) -> tuple[int, date, str]:
    shape = _BALANCE.fullmatch("".join(found.lines).strip())
    if shape is None:
        raise NotUnderstood
    cents = values.comma_cents(shape[4], f":{found.tag}:")
    day = values.short_day(shape[2], "ymd", f":{found.tag}:")
    return (cents if shape[1] == "C" else -cents), day, shape[3]


def _lines(
    message: _Message, currency: str, own_iban: str | None, troubles: list[Trouble]
) -> Iterator[Line]:
    """Each 61 with the 86 that follows it; an 86 after the closing balance is the statement's."""
    fields = message.fields
    for at, movement in enumerate(fields):
        if movement.tag != "61":
            continue
        following = fields[at + 1] if at + 1 < len(fields) else None
        more = following.lines if following is not None and following.tag == "86" else []
        try:
            line = _line(movement, more, currency, own_iban, troubles)
        except DomainError as error:
            troubles.append(Trouble(movement.where, error))
            continue
        if line is not None:
            yield line


def _line(
    movement: _Field,
    more: list[str],
    currency: str,
    own_iban: str | None,
    troubles: list[Trouble],
) -> Line | None:
    found = _MOVEMENT.fullmatch(movement.lines[0].strip())
    if found is None:
        raise NotUnderstood
    if found["mark"].startswith("E"):
        troubles.append(Trouble(movement.where, PendingLeftOut(), lost=False))
        return None
    cents = values.comma_cents(found["amount"], ":61:")
    # A credit that is reversed takes money away, and the other way round.
    comes_in = found["mark"] in ("C", "RD")
    value_on = values.short_day(found["value"], "ymd", ":61:")
    told: Details = details(more, movement.lines[1:], own_iban)
    if told.iban_is_wrong:
        troubles.append(Trouble(movement.where, WrongCounterparty(), lost=False))
    own = values.reference(found["own"].strip())
    if own is not None and (len(own) == 1 or own.startswith("KREF")):
        # The first letter of NONREF, or a word that sends to tag 86.
        own = None
    return Line(
        booked_on=_entry_day(found["entry"], value_on),
        value_on=value_on,
        amount_cents=cents if comes_in else -cents,
        currency=currency,
        end_to_end_id=told.end_to_end_id or own,
        counterparty_name=told.counterparty_name,
        counterparty_iban=told.counterparty_iban,
        remittance=told.remittance,
        bank_reference=values.reference(found["bank"]),
        return_reason=told.return_reason,
        is_return=told.is_return
        or found["mark"].startswith("R")
        or found["kind"][1:] in ("RTI", "RTN"),
        batch_reference=told.batch_reference,
        where=movement.where,
    )


def _entry_day(text: str | None, value_on: date) -> date:
    """Month and day of the booking, in the year that brings it nearest to the value date."""
    if text is None:
        return value_on
    month, day = int(text[:2]), int(text[2:])
    years = (value_on.year, value_on.year - 1, value_on.year + 1)
    found = []
    for year in years:
        try:
            found.append(values.day(year, month, day, ":61:"))
        except DomainError:
            continue
    if not found:
        return values.day(value_on.year, month, day, ":61:")
    return min(found, key=lambda day: abs(day - value_on))
