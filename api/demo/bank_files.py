"""The bank of the demonstration writes its statements: camt.053, and a table."""

import csv
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree as Xml  # noqa: TID251  nothing is read here

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_REMITTANCE_SIGNS = 140
_TITLES = ("Data contabile", "Importo", "Descrizione", "Controparte", "IBAN controparte")
_MORE_TITLES = ("End to end", "Riferimento banca", "Saldo")


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement as the bank tells it. `cents` below zero: it went out. `parts`: what was booked
    as one sum. `reason`: why a payment came back."""

    cents: int
    booked_on: date
    reference: str
    text: str
    name: str | None = None
    iban: str | None = None
    end_to_end: str | None = None
    batch: str | None = None
    reason: str | None = None
    parts: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement of an account over some days."""

    iban: str
    number: int
    first: date
    last: date
    made_at: datetime
    opening_cents: int
    entries: Sequence[Entry]

    @property
    def closing_cents(self) -> int:
        """What is there at the end."""
        return self.opening_cents + sum(entry.cents for entry in self.entries)


def camt(sheet: Sheet) -> bytes:
    """The statement as camt.053.001.08."""
    root = Xml.Element("Document", xmlns=_NAMESPACE)
    message = Xml.SubElement(root, "BkToCstmrStmt")
    made = sheet.made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    _write(message, f"GrpHdr/MsgId=EC{sheet.number:04}", f"GrpHdr/CreDtTm={made}")
    told = Xml.SubElement(message, "Stmt")
    _write(
        told,
        f"Id=EC{sheet.number:04}",
        f"ElctrncSeqNb={sheet.number}",
        f"CreDtTm={made}",
        f"FrToDt/FrDtTm={sheet.first}T00:00:00",
        f"FrToDt/ToDtTm={sheet.last}T23:59:59",
        f"Acct/Id/IBAN={sheet.iban}",
        "Acct/Ccy=EUR",
    )
    for kind, cents, day in (
        ("OPBD", sheet.opening_cents, sheet.first),
        ("CLBD", sheet.closing_cents, sheet.last),
    ):
        balance = Xml.SubElement(told, "Bal")
        _write(balance, f"Tp/CdOrPrtry/Cd={kind}")
        _amount(balance, cents)
        _write(balance, f"Dt/Dt={day}")
    for entry in sheet.entries:
        _entry(told, entry)
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def table(sheet: Sheet) -> bytes:
    """The same as a CSV with semicolons and decimal commas, as Italian banks hand it out; it has
    no column for what was booked as one sum."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([f"Movimenti del conto {sheet.iban}"])
    writer.writerow([*_TITLES, *_MORE_TITLES])
    balance = sheet.opening_cents
    for entry in sheet.entries:
        balance += entry.cents
        writer.writerow(
            [
                f"{entry.booked_on:%d/%m/%Y}",
                _commas(entry.cents),
                entry.text if entry.reason is None else f"{entry.text} {entry.reason}",
                entry.name or "",
                entry.iban or "",
                entry.end_to_end or "",
                entry.reference,
                _commas(balance),
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def _entry(told: Xml.Element, entry: Entry) -> None:
    node = Xml.SubElement(told, "Ntry")
    _amount(node, entry.cents)
    _write(
        node,
        "Sts/Cd=BOOK",
        f"BookgDt/Dt={entry.booked_on}",
        f"ValDt/Dt={entry.booked_on}",
        f"AcctSvcrRef={entry.reference}",
        "BkTxCd/Domn/Cd=PMNT",
        "BkTxCd/Domn/Fmly/Cd=ICDT",
        f"BkTxCd/Domn/Fmly/SubFmlyCd={'RRTN' if entry.reason else 'ESCT'}",
    )
    details = Xml.SubElement(node, "NtryDtls")
    if entry.batch:
        _write(details, f"Btch/PmtInfId={entry.batch}")
    for single in entry.parts or (entry,):
        _single(Xml.SubElement(details, "TxDtls"), single)
    if entry.parts:
        _write(node, f"AddtlNtryInf={entry.text}")


def _single(node: Xml.Element, entry: Entry) -> None:
    _write(node, f"Refs/EndToEndId={entry.end_to_end or 'NOTPROVIDED'}")
    _amount(node, entry.cents)
    # What comes back names its parties as the payment did.
    role = "Cdtr" if (entry.cents < 0) != (entry.reason is not None) else "Dbtr"
    if entry.name:
        _write(node, f"RltdPties/{role}/Pty/Nm={entry.name}")
    if entry.iban:
        _write(node, f"RltdPties/{role}Acct/Id/IBAN={entry.iban}")
    for piece in textwrap.wrap(entry.text, _REMITTANCE_SIGNS, break_on_hyphens=False):
        _write(node, f"RmtInf/Ustrd={piece}")
    if entry.reason:
        _write(node, f"RtrInf/Rsn/Cd={entry.reason}")


def _amount(node: Xml.Element, cents: int) -> None:
    amount = Xml.SubElement(node, "Amt", Ccy="EUR")
    amount.text = f"{abs(cents) // 100}.{abs(cents) % 100:02}"
    _write(node, f"CdtDbtInd={'DBIT' if cents < 0 else 'CRDT'}")


def _write(node: Xml.Element, *told: str) -> None:
    """`a/b=text`: the text, at the end of a path that is made as far as it is not there."""
    for each in told:
        path, _, text = each.partition("=")
        *folders, name = path.split("/")
        inner = node
        for folder in folders:
            found = inner.find(folder)
            inner = Xml.SubElement(inner, folder) if found is None else found
        Xml.SubElement(inner, name).text = text


def _commas(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}"
