"""Writes movements as banks do: camt.053 in two versions, MT940, CSV, XLSX, CBI RH.

What a format has no place for is lost: `as_told_by` says how a line comes back from it.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape

from openpyxl import Workbook

from tests.bank.lines import (
    IBAN,
    Account,
    as_told_by,
    closing,
    commas,
    line,
    points,
    with_return,
    without_places,
)
from workflows.bank import Line

__all__ = [
    "IBAN",
    "WRITERS",
    "Account",
    "as_told_by",
    "camt_v2",
    "camt_v8",
    "closing",
    "csv_file",
    "csv_of_names",
    "line",
    "mt940",
    "notification",
    "rh",
    "without_places",
    "xlsx_file",
]

# camt.053


def camt_v2(account: Account, lines: Sequence[Line]) -> bytes:
    """camt.053.001.02."""
    return _camt(account, lines, 2)


def camt_v8(account: Account, lines: Sequence[Line]) -> bytes:
    """camt.053.001.08."""
    return _camt(account, lines, 8)


def _camt(account: Account, lines: Sequence[Line], version: int) -> bytes:
    days = [line.booked_on for line in lines] or [date(2026, 1, 1)]
    balances = "".join(
        _camt_balance(kind, cents, day, account.currency)
        for kind, cents, day in (
            ("OPBD", account.opening_cents, min(days)),
            ("CLBD", closing(account, lines), max(days)),
        )
    )
    entries = "".join(_camt_entry(line, version) for line in lines)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}">'
        "<BkToCstmrStmt><GrpHdr><MsgId>GEN</MsgId><CreDtTm>2026-12-31T10:00:00+01:00</CreDtTm>"
        f"</GrpHdr><Stmt><Id>S{account.number}</Id><ElctrncSeqNb>{account.number}</ElctrncSeqNb>"
        "<CreDtTm>2026-12-31T10:00:00+01:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{min(days)}T00:00:00+01:00</FrDtTm>"
        f"<ToDtTm>{max(days)}T23:00:00+01:00</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{account.iban}</IBAN></Id><Ccy>{account.currency}</Ccy></Acct>"
        f"{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    )
    return text.encode()


def notification(account: Account, lines: Sequence[Line]) -> bytes:
    """camt.054.001.08: movements without balances."""
    entries = "".join(_camt_entry(line, 8) for line in lines)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">'
        "<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>GEN</MsgId>"
        f"<CreDtTm>2026-12-31T10:00:00+01:00</CreDtTm></GrpHdr><Ntfctn><Id>N{account.number}</Id>"
        "<CreDtTm>2026-12-31T10:00:00+01:00</CreDtTm>"
        f"<Acct><Id><IBAN>{account.iban}</IBAN></Id><Ccy>{account.currency}</Ccy></Acct>"
        f"{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    )
    return text.encode()


def _camt_balance(kind: str, cents: int, day: date, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{points(cents)}</Amt>{_indicator(cents)}'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _indicator(cents: int) -> str:
    return f"<CdtDbtInd>{'DBIT' if cents < 0 else 'CRDT'}</CdtDbtInd>"


def _tag(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _camt_entry(line: Line, version: int) -> str:
    status = "<Sts>BOOK</Sts>" if version == 2 else "<Sts><Cd>BOOK</Cd></Sts>"
    singles = line.parts or (line,)
    batch = _tag("PmtInfId", line.batch_reference)
    code = "RRTN" if line.is_return else "ESCT"
    value = f"<ValDt><Dt>{line.value_on}</Dt></ValDt>" if line.value_on else ""
    return (
        f'<Ntry><Amt Ccy="{line.currency}">{points(line.amount_cents)}</Amt>'
        f"{_indicator(line.amount_cents)}{status}<BookgDt><Dt>{line.booked_on}</Dt></BookgDt>{value}"
        f"{_tag('AcctSvcrRef', line.bank_reference)}"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn>"
        f"</BkTxCd><NtryDtls>{f'<Btch>{batch}</Btch>' if batch else ''}"
        + "".join(_camt_single(single, line, version) for single in singles)
        + f"</NtryDtls>{_tag('AddtlNtryInf', line.remittance if line.parts else None)}</Ntry>"
    )


def _camt_single(single: Line, line: Line, version: int) -> str:
    amount = f'<Amt Ccy="{single.currency}">{points(single.amount_cents)}</Amt>'
    own = single.bank_reference if single is not line else None
    refs = _tag("AcctSvcrRef", own) + _tag("EndToEndId", single.end_to_end_id or "NOTPROVIDED")
    # A return names its parties as the payment did: the other side is still the creditor.
    role = "Cdtr" if (single.amount_cents < 0) != single.is_return else "Dbtr"
    name = _tag("Nm", single.counterparty_name)
    if name:
        name = f"<{role}>{name if version == 2 else f'<Pty>{name}</Pty>'}</{role}>"
    iban = _tag("IBAN", single.counterparty_iban)
    account = f"<{role}Acct><Id>{iban}</Id></{role}Acct>" if iban else ""
    reason = _tag("Cd", single.return_reason)
    remittance = _tag("Ustrd", single.remittance)
    return (
        f"<TxDtls><Refs>{refs}</Refs>"
        + (f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>" if version == 2 else amount)
        + (_indicator(single.amount_cents) if version != 2 else "")
        + (f"<RltdPties>{name}{account}</RltdPties>" if name or account else "")
        + (f"<RmtInf>{remittance}</RmtInf>" if remittance else "")
        + (f"<RtrInf><Rsn>{reason}</Rsn></RtrInf>" if reason else "")
        + "</TxDtls>"
    )


# MT940


def mt940(account: Account, lines: Sequence[Line]) -> bytes:
    """MT940 with numbered fields in tag 86, as Italian and German banks write it."""
    days = [line.booked_on for line in lines] or [date(2026, 1, 1)]
    written = [
        ":20:GEN",
        f":25:{account.iban}",
        f":28C:{account.number:05}/001",
        f":60F:{_mt_balance(account.opening_cents, min(days), account.currency)}",
    ]
    for each in lines:
        written += _mt_line(each)
    written += [
        f":62F:{_mt_balance(closing(account, lines), max(days), account.currency)}",
        "-",
    ]
    return "\r\n".join(written).encode("utf-8") + b"\r\n"


def _mt_balance(cents: int, day: date, currency: str) -> str:
    return f"{'D' if cents < 0 else 'C'}{day:%y%m%d}{currency}{commas(cents)}"


def _mt_line(line: Line) -> list[str]:
    value_on = line.value_on or line.booked_on
    mark = "D" if line.amount_cents < 0 else "C"
    bank = f"//{line.bank_reference}" if line.bank_reference else ""
    first = (
        f":61:{value_on:%y%m%d}{line.booked_on:%m%d}{mark}{commas(line.amount_cents)}"
        f"N{'RTI' if line.is_return else 'TRF'}NONREF{bank}"
    )
    words = "".join(
        f"{word}+{text}".ljust(-(-len(f"{word}+{text}") // 27) * 27)
        for word, text in (
            ("EREF", line.end_to_end_id),
            ("KREF", line.batch_reference),
            ("RTRN", line.return_reason),
            ("SVWZ", line.remittance),
        )
        if text
    )
    numbers = [*range(20, 30), *range(60, 64)]
    pieces = [words[at : at + 27] for at in range(0, len(words), 27)]
    details = "".join(f"?{n}{piece}" for n, piece in zip(numbers, pieces, strict=False))
    name = line.counterparty_name or ""
    if line.counterparty_iban:
        details += f"?31{line.counterparty_iban}"
    for n, piece in ((32, name[:27]), (33, name[27:54])):
        details += f"?{n}{piece}" if piece else ""
    text = f":86:{'159' if line.is_return else '166'}?00{details}"
    return [first, *_wrapped(text)]


def _wrapped(text: str) -> list[str]:
    """In lines of 65, none of which begins as a tag or an end would."""
    rows = []
    while text:
        cut = 65
        while text[cut : cut + 1] in (":", "-", " "):
            cut -= 1
        rows.append(text[:cut])
        text = text[cut:]
    return rows


# Tables

TITLES = (
    "Data contabile",
    "Data valuta",
    "Importo",
    "Divisa",
    "Descrizione",
    "Controparte",
    "IBAN controparte",
    "End to end",
    "Riferimento banca",
    "Codice storno",
    "Distinta",
    "Saldo",
)


def csv_file(account: Account, lines: Sequence[Line]) -> bytes:
    """A CSV as an Italian bank's page gives it: semicolons, decimal commas, UTF-8 with its mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([f"Movimenti del conto {account.iban}"])
    writer.writerow(TITLES)
    balance = account.opening_cents
    for each in lines:
        balance += each.amount_cents
        writer.writerow(
            [
                f"{each.booked_on:%d/%m/%Y}",
                f"{each.value_on:%d/%m/%Y}" if each.value_on else "",
                _in_thousands(each.amount_cents),
                each.currency,
                with_return(each),
                each.counterparty_name or "",
                each.counterparty_iban or "",
                each.end_to_end_id or "",
                each.bank_reference or "",
                each.return_reason or "",
                each.batch_reference or "",
                _in_thousands(balance),
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def csv_of_names(account: Account, lines: Sequence[Line]) -> bytes:
    """The least that some banks' pages give: day, amount, and who; no reference and no balance."""
    rows = [f"Movimenti del conto {account.iban}", "Data;Importo;Beneficiario/ordinante"]
    rows += [
        f"{each.booked_on:%d/%m/%Y};{_in_thousands(each.amount_cents)};"
        f"{each.counterparty_name or ''}"
        for each in lines
    ]
    return "\r\n".join(rows).encode("cp1252")


def _in_thousands(cents: int) -> str:
    euros = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}{euros},{abs(cents) % 100:02}"


def xlsx_file(account: Account, lines: Sequence[Line]) -> bytes:
    """A workbook with days and amounts as spreadsheets hold them."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Movimenti del conto", account.iban])
    sheet.append([])
    sheet.append(list(TITLES))
    balance = account.opening_cents
    for row, each in enumerate(lines, 4):
        balance += each.amount_cents
        texts = (
            each.currency,
            with_return(each),
            each.counterparty_name,
            each.counterparty_iban,
            each.end_to_end_id,
            each.bank_reference,
            each.return_reason,
            each.batch_reference,
        )
        sheet.append(
            [each.booked_on, each.value_on, each.amount_cents / 100, *texts, balance / 100]
        )
        for column in range(4, 12):
            cell = sheet.cell(row, column)
            if cell.value is not None:
                # What begins with an equals sign stays text.
                cell.data_type = "s"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


# CBI RH


def rh(account: Account, lines: Sequence[Line]) -> bytes:
    """CBI RH: one account over all days. The IBAN has to be an Italian one."""
    days = [line.booked_on for line in lines] or [date(2026, 1, 1)]
    head = " RH0542812345311226" + "GEN".ljust(20)
    records = [head]
    opening = f"{_rh_sign(account.opening_cents)}{_rh_amount(account.opening_cents)}"
    records.append(
        " 610000001".ljust(28)
        + "93001".ljust(21)
        + "CC"
        + account.iban[4:]
        + f"{account.currency}{min(days):%d%m%y}{opening}{account.iban[:4]}"
    )
    for n, each in enumerate(lines, 1):
        records += _rh_line(each, (n - 1) % 999 + 1)
    last = closing(account, lines)
    records.append(
        f" 640000001{account.currency}{max(days):%d%m%y}"
        + f"{_rh_sign(last)}{_rh_amount(last)}" * 2
    )
    records.append(
        (" EF0542812345311226" + "GEN".ljust(26) + "0000001").ljust(82) + f"{len(records) + 1:07}"
    )
    text = "".join(record.ljust(120) + "\r\n" for record in records)
    return text.encode("cp1252")


def _rh_sign(cents: int) -> str:
    return "D" if cents < 0 else "C"


def _rh_amount(cents: int) -> str:
    return commas(cents).zfill(15)


def _rh_line(line: Line, n: int) -> list[str]:
    value = f"{line.value_on:%d%m%y}" if line.value_on else " " * 6
    kind = "NDISTINTA" if line.batch_reference else ""
    begin = f"0000001{n:03}"
    movement = (
        f" 62{begin}{value}{line.booked_on:%d%m%y}{_rh_sign(line.amount_cents)}"
        f"{_rh_amount(line.amount_cents)}48".ljust(61)
        + (line.bank_reference or "").ljust(16)
        + kind.ljust(9)
        + (line.batch_reference or "").ljust(34)
    )
    more = []
    if line.counterparty_name:
        more.append("YYY" + " " * 24 + line.counterparty_name.ljust(40))
    if line.counterparty_iban:
        more.append("YY2" + " " * 50 + line.counterparty_iban)
    if line.end_to_end_id:
        more.append("ID1" + " " * 35 + line.end_to_end_id.ljust(35))
    remittance = with_return(line)
    if remittance:
        more.append("RI1" + remittance[:104])
    if remittance[104:]:
        more.append("RI2" + remittance[104:140])
    return [movement, *(f" 63{begin}{text}" for text in more)]


WRITERS: Mapping[str, Callable[[Account, Sequence[Line]], bytes]] = {
    "camt.053.001.02": camt_v2,
    "camt.053.001.08": camt_v8,
    "MT940": mt940,
    "CSV": csv_file,
    "XLSX": xlsx_file,
    "RH": rh,
}
"""Every format that is written here, by its name."""
