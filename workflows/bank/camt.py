"""camt.053 (statements) and camt.054 (notifications) of ISO 20022, in every version since 001.02.

The versions differ in few places, and those are read in either way: where the status and a party's
name stand, and where a single payment has its amount. Namespaces are only looked at for the
version; envelopes such as CBI's are walked through. Intraday reports (camt.052) are not read: what
they tell is told again, booked, by the statement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from domain.errors import (
    DomainError,
    NoBankStatement,
    NothingInside,
    PartsOff,
    PartsWithoutAmount,
    PendingLeftOut,
    UnreadableDate,
    WrongAccount,
    WrongCounterparty,
)
from workflows.bank import checks, values
from workflows.bank.camt_details import Details, Entry, amount, details, entry_of
from workflows.bank.model import Line, Statement, StatementFile, Trouble
from workflows.bank.xml_tree import Node, parse

_VERSION = re.compile(r"camt\.05[34]\.001\.[0-9]{2}")
_KINDS = {"Stmt": "camt.053", "Ntfctn": "camt.054"}
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_BETWEEN = "ITBD"


@dataclass(frozen=True, slots=True)
class _Context:
    """The account that entries stand in, and where to put what is wrong with them."""

    iban: str | None
    currency: str
    troubles: list[Trouble]

    def tell(self, where: str, problem: DomainError, *, lost: bool) -> None:
        self.troubles.append(Trouble(where, problem, lost))


def read(data: bytes) -> StatementFile:
    """The statements or notifications of a document."""
    root = parse(data)
    nodes = list(root.walk())
    found = [node for node in nodes if node.name in _KINDS and node.first("Acct")]
    if not found:
        known = any("camt.05" in node.namespace for node in nodes[:5])
        inside = any(node.name in ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn") for node in nodes)
        raise NothingInside if known and inside else NoBankStatement
    troubles: list[Trouble] = []
    statements = tuple(
        _statement(node, f"{node.name} {n}", troubles) for n, node in enumerate(found, 1)
    )
    return StatementFile(_format(nodes, found[0]), statements, tuple(troubles))


def _format(nodes: list[Node], first: Node) -> str:
    versions = (_VERSION.search(node.namespace) for node in (first, *nodes[:10]))
    return next((found[0] for found in versions if found), _KINDS[first.name])


def _statement(node: Node, where: str, troubles: list[Trouble]) -> Statement:
    written = node.text_of("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id")
    iban = values.compact_iban(written)
    if iban is not None and not values.iban_is_right(iban):
        troubles.append(Trouble(f"{where}, Acct", WrongAccount()))
    currency = node.text_of("Acct/Ccy") or next(_currencies(node), "EUR")
    context = _Context(iban, currency, troubles)
    lines = [
        _entry(entry, f"{where}, Ntry {n}", context) for n, entry in enumerate(node.all("Ntry"), 1)
    ]
    opening, closing = _balances(node, where, context)
    days = _period(node, where, context)
    statement = Statement(
        account_iban=iban,
        currency=currency,
        number=values.reference(node.text_of("LglSeqNb", "ElctrncSeqNb", "Id")),
        from_on=days[0] or (opening[1] if opening else None),
        to_on=days[1] or (closing[1] if closing else None),
        opening_cents=opening[0] if opening else None,
        closing_cents=closing[0] if closing else None,
        lines=tuple(line for line in lines if line is not None),
        account=None if iban else values.reference(written),
        where=where,
    )
    troubles.extend(checks.balance(statement))
    return statement


def _period(node: Node, where: str, context: _Context) -> tuple[date | None, date | None]:
    try:
        return (
            _day(node, "FrToDt/FrDtTm", "FrToDt/FrDt"),
            _day(node, "FrToDt/ToDtTm", "FrToDt/ToDt"),
        )
    except DomainError as error:
        context.tell(f"{where}, FrToDt", error, lost=False)
        return None, None


def _currencies(node: Node) -> Iterator[str]:
    """What the statement is in, where the account does not say: as its first amount."""
    for path in ("Bal/Amt", "Ntry/Amt"):
        for found in node.all(path):
            currency = found.attributes.get("Ccy", "")
            if currency:
                yield currency


def _balances(
    node: Node, where: str, context: _Context
) -> tuple[tuple[int, date | None] | None, tuple[int, date | None] | None]:
    """The balances before and after, with their days. Pages of a longer statement tell them as
    balances in between: the first opens the page, the last closes it."""
    found: dict[str, list[tuple[int, date | None]]] = {}
    for n, balance in enumerate(node.all("Bal"), 1):
        kind = balance.text_of("Tp/CdOrPrtry/Cd", "Tp/Cd")
        if kind not in (*_OPENING, *_CLOSING, _BETWEEN):
            continue
        place = f"{where}, Bal {n}"
        try:
            told = amount(balance, context.currency), _day(balance, "Dt/Dt", "Dt/DtTm")
        except DomainError as error:
            context.tell(place, error, lost=True)
        else:
            found.setdefault(kind, []).append(told)
    between = found.get(_BETWEEN, [])
    first = next((found[kind][0] for kind in _OPENING if kind in found), None)
    last = next((found[kind][-1] for kind in _CLOSING if kind in found), None)
    if between and first is None and (last or len(between) > 1):
        first = between[0]
    if between and last is None and (first is not between[0] or len(between) > 1):
        last = between[-1]
    return first, last


def _day(node: Node, *paths: str) -> date | None:
    text = node.text_of(*paths)
    return values.iso_day(text, paths[0]) if text else None


def _entry(entry: Node, where: str, context: _Context) -> Line | None:
    """An entry as a line; None where it is not booked, or cannot be read, which is told."""
    if entry.text_of("Sts/Cd", "Sts/Prtry", "Sts") in ("PDNG", "FUTR", "INFO"):
        context.tell(where, PendingLeftOut(), lost=False)
        return None
    try:
        return _booked(entry, where, context)
    except DomainError as error:
        context.tell(where, error, lost=True)
        return None


def _booked(entry: Node, where: str, context: _Context) -> Line:
    cents = amount(entry, context.currency)
    value_on = _day(entry, "ValDt/Dt", "ValDt/DtTm")
    booked_on = _day(entry, "BookgDt/Dt", "BookgDt/DtTm") or value_on
    if booked_on is None:
        raise UnreadableDate("BookgDt")
    singles = list(entry.all("NtryDtls/TxDtls"))
    # One transaction says more about the same movement; several are its parts.
    beside = entry_of(entry)
    told = details(singles[0] if len(singles) == 1 else None, beside, context.iban, cents)
    line = _line(cents, told, (booked_on, value_on), where, context)
    if len(singles) <= 1:
        return line
    parts = _parts(singles, entry, beside, line, context)
    if not parts:
        texts = (details(single, beside, context.iban, cents).remittance for single in singles)
        together = " ".join(dict.fromkeys(text for text in texts if text))
        return replace(line, remittance=line.remittance or together[: values.MAX_TEXT])
    return replace(line, parts=parts, is_return=line.is_return or all(p.is_return for p in parts))


def _parts(
    singles: list[Node], entry: Node, beside: Entry, line: Line, context: _Context
) -> tuple[Line, ...]:
    """The transactions of a batch; none where they have no amounts, which is told."""
    if not any(single.first("Amt", "AmtDtls/TxAmt/Amt") for single in singles):
        context.tell(line.where, PartsWithoutAmount(), lost=False)
        return ()
    parts = []
    for n, single in enumerate(singles, 1):
        where = f"{line.where}, TxDtls {n}"
        try:
            cents = amount(single, context.currency, direction=entry)
            told = details(single, beside, context.iban, cents)
        except DomainError as error:
            context.tell(where, error, lost=True)
            continue
        parts.append(_line(cents, told, (line.booked_on, line.value_on), where, context))
    difference = line.amount_cents - sum(part.amount_cents for part in parts)
    if difference:
        context.tell(line.where, PartsOff(difference), lost=False)
    return tuple(parts)


def _line(
    cents: int, told: Details, days: tuple[date, date | None], where: str, context: _Context
) -> Line:
    if told.iban_is_wrong:
        context.tell(where, WrongCounterparty(), lost=False)
    return Line(
        booked_on=days[0],
        value_on=days[1],
        amount_cents=cents,
        currency=context.currency,
        end_to_end_id=told.end_to_end_id,
        counterparty_name=told.counterparty_name,
        counterparty_iban=told.counterparty_iban,
        remittance=told.remittance,
        bank_reference=told.bank_reference,
        return_reason=told.return_reason,
        is_return=told.is_return,
        batch_reference=told.batch_reference,
        where=where,
    )
