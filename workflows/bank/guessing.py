"""Which column tells what, guessed from the titles that banks use and from what stands below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.bank_columns import DATE_FORMATS, Mapping, plain
from domain.errors import DomainError
from workflows.bank import values
from workflows.bank.cells import amount_of, day_of
from workflows.bank.rows import Row, Table
from workflows.bank.tables import HEADER_WITHIN

_SAMPLES = 50
_TITLES: dict[str, str] = {
    "booked_on": "data contabile|data operazione|data registrazione|data movimento|data mov|"
    "data op|data|data contab|booking date|transaction date|date|buchungstag|"
    "buchungsdatum|boekdatum",
    "value_on": "data valuta|valuta|value date|valuta data|wertstellung|valutadatum|rentedatum",
    "amount": "importo|importo eur|importo in euro|importo euro|importo operazione|"
    "importo movimento|amount|amount eur|betrag|bedrag|movimento|importo in eur",
    "debit": "dare|addebiti|addebito|uscite|uscita|debit|importo dare|dare eur|addebiti eur|"
    "uscite eur|soll|money out|paid out|importo addebito",
    "credit": "avere|accrediti|accredito|entrate|entrata|credit|importo avere|avere eur|"
    "accrediti eur|entrate eur|haben|money in|paid in|importo accredito",
    "sign": "segno|d/a|c/d|d/c|dare/avere|sign|credit/debit|debit/credit|segno importo|s/h|af bij",
    "balance": "saldo|saldo contabile|saldo progressivo|saldo eur|balance|saldo dopo|kontostand",
    "currency": "divisa|currency|währung|waehrung|codice divisa|munt|valuta|ccy",
    "remittance": "descrizione|causale|descrizione operazione|descrizione estesa|dettaglio|"
    "dettagli|descrizione completa|causale/descrizione|note|operazione|description|details|"
    "verwendungszweck|omschrijving|motivazione|descrizione movimento",
    "counterparty_name": "controparte|beneficiario|ordinante|ordinante/beneficiario|nominativo|"
    "beneficiario/ordinante|nome|counterparty|payee|name|nome controparte|counterparty name|"
    "auftraggeber/empfänger|begünstigter/zahlungspflichtiger|naam",
    "counterparty_iban": "iban|iban controparte|iban beneficiario|iban beneficiario/ordinante|"
    "counterparty iban|conto controparte|kontonummer/iban|iban ordinante",
    "end_to_end_id": "end to end|end-to-end|endtoendid|end to end id|end-to-end id|id end to end|"
    "riferimento end to end|e2e|kundenreferenz end-to-end|identificativo end to end",
    "bank_reference": "riferimento|riferimento banca|rif banca|cro|trn|cro/trn|bank reference|"
    "id operazione|numero operazione|rif|codice operazione|reference",
    "return_reason": "motivo storno|codice ritorno|return reason|reason code|codice storno",
    "batch_reference": "distinta|riferimento distinta|id distinta|batch|batch reference",
}
_BY_TITLE = {
    known: field for field, names in _TITLES.items() for known in reversed(names.split("|"))
}
_CURRENCY = re.compile(r"[A-Za-z]{3}|€")


@dataclass(frozen=True, slots=True)
class _Titles:
    """A row of titles, and which column is taken for what."""

    columns: dict[str, int]
    remittance: tuple[int, ...]

    @property
    def is_enough(self) -> bool:
        """Whether day and amount are among them."""
        amounts = "amount" in self.columns or {"debit", "credit"} <= self.columns.keys()
        return "booked_on" in self.columns and amounts


def guess(table: Table) -> Mapping | None:
    """The mapping that the table seems to ask for; None where day or amount are not found."""
    for index, row in enumerate(table.rows[:HEADER_WITHIN]):
        below = [row for row in table.rows[index + 1 : index + 1 + _SAMPLES] if not row.is_empty]
        titles = _titles(row, below)
        if titles.is_enough:
            return _mapping(row, titles, below, table.delimiter)
    return None


def _titles(row: Row, below: Sequence[Row]) -> _Titles:
    columns: dict[str, int] = {}
    remittance: list[int] = []
    ranks: dict[str, int] = {}
    for column, cell in enumerate(row.cells):
        name = plain(cell) if isinstance(cell, str) else ""
        field = _BY_TITLE.get(name)
        if name == "valuta" and _are_currencies(below, column):
            field = "currency"
        if field == "remittance":
            remittance.append(column)
        elif field is not None:
            # "Data contabile" rather than "Data", whichever comes first.
            rank = _TITLES[field].split("|").index(name) if name in _TITLES[field].split("|") else 0
            if rank < ranks.get(field, len(_TITLES[field])):
                columns[field], ranks[field] = column, rank
    if "amount" in columns:
        columns.pop("debit", None)
        columns.pop("credit", None)
    else:
        columns.pop("sign", None)
    return _Titles(columns, tuple(remittance))


def _are_currencies(below: Sequence[Row], column: int) -> bool:
    texts = [text for row in below if (text := _text(row, column))]
    return bool(texts) and all(_CURRENCY.fullmatch(text) for text in texts)


def _text(row: Row, column: int) -> str:
    cell = row.cells[column] if column < len(row.cells) else None
    return cell.strip() if isinstance(cell, str) else ""


def _mapping(row: Row, titles: _Titles, below: Sequence[Row], delimiter: str) -> Mapping:
    names = [cell if isinstance(cell, str) else "" for cell in row.cells]
    columns = titles.columns
    money = [columns[name] for name in ("amount", "debit", "credit") if name in columns]
    texts = [text for line in below for column in money if (text := _text(line, column))]
    points, commas = _readable(texts, "."), _readable(texts, ",")
    days = [text for line in below if (text := _text(line, columns["booked_on"]))]
    return Mapping(
        booked_on=columns["booked_on"],
        amount=columns.get("amount"),
        sign=columns.get("sign"),
        debit=columns.get("debit"),
        credit=columns.get("credit"),
        value_on=columns.get("value_on"),
        balance=columns.get("balance"),
        currency=columns.get("currency"),
        end_to_end_id=columns.get("end_to_end_id"),
        counterparty_name=columns.get("counterparty_name"),
        counterparty_iban=columns.get("counterparty_iban"),
        bank_reference=columns.get("bank_reference"),
        return_reason=columns.get("return_reason"),
        batch_reference=columns.get("batch_reference"),
        remittance=titles.remittance,
        titles=tuple(values.clean(name) for name in names),
        delimiter=delimiter,
        decimal_mark="." if points > commas else ",",
        date_format=max(DATE_FORMATS, key=lambda date_format: _days(days, date_format)),
    )


def _readable(texts: Sequence[str], mark: str) -> int:
    """How many of the amounts can be read with this decimal mark; twice what shows it."""
    found = 0
    for text in texts:
        try:
            amount_of(text, mark, "")
        except DomainError:
            continue
        found += 2 if re.search(rf"{re.escape(mark)}[0-9]{{1,2}}(?![0-9])", text) else 1
    return found


def _days(texts: Sequence[str], date_format: str) -> int:
    """How many of the days can be read in this form."""
    found = 0
    for text in texts:
        try:
            day_of(text, date_format, "")
        except DomainError:
            continue
        found += 1
    return found
