"""Which column of a bank's table tells what: it is guessed or chosen, and kept for an account."""

import re
from dataclasses import dataclass, replace

from domain.errors import ColumnsUnknown

DATE_FORMATS = (
    "dd/mm/yyyy",
    "dd-mm-yyyy",
    "dd.mm.yyyy",
    "yyyy-mm-dd",
    "yyyy/mm/dd",
    "yyyymmdd",
    "ddmmyyyy",
    "dd/mm/yy",
    "dd-mm-yy",
    "dd.mm.yy",
    "mm/dd/yyyy",
)
"""The forms of days that are tried, the usual ones here first."""

DELIMITERS = (";", "\t", ",", "|")
COLUMNS = (
    "booked_on",
    "amount",
    "sign",
    "debit",
    "credit",
    "value_on",
    "balance",
    "currency",
    "end_to_end_id",
    "counterparty_name",
    "counterparty_iban",
    "bank_reference",
    "return_reason",
    "batch_reference",
)
"""What a column can tell, beside being a part of the remittance text."""

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "iso-8859-15")
MAX_COLUMNS = 200
LONGEST = 300
"""Characters of a title."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column of a table tells what. Columns are counted from 0.

    Either `amount` (with its own sign, or with a column `sign` that says "D" or "C" beside it), or
    `debit` and `credit`. Raises `ColumnsUnknown` where it cannot be meant.
    """

    booked_on: int
    amount: int | None = None
    sign: int | None = None
    debit: int | None = None
    credit: int | None = None
    value_on: int | None = None
    balance: int | None = None
    """The balance after each line."""
    currency: int | None = None
    end_to_end_id: int | None = None
    counterparty_name: int | None = None
    counterparty_iban: int | None = None
    remittance: tuple[int, ...] = ()
    bank_reference: int | None = None
    return_reason: int | None = None
    batch_reference: int | None = None
    titles: tuple[str, ...] = ()
    """The row of titles, as it was when the columns were chosen: the lines come below it, and
    columns that have moved are found again by it. Without: the lines begin after `skip_rows`."""
    skip_rows: int = 0
    delimiter: str = ";"
    decimal_mark: str = ","
    date_format: str = "dd/mm/yyyy"
    """dd, mm, yy and yyyy, in their order and with their marks."""
    encoding: str | None = None
    """None: found out from the bytes."""
    account_iban: str | None = None
    """The account, which a table seldom tells."""
    default_currency: str = "EUR"

    def __post_init__(self) -> None:
        """A mapping comes from a form or from where it was saved: it is not to be trusted."""
        told = self.amount is not None or self.debit is not None or self.credit is not None
        known = (
            self.delimiter in DELIMITERS
            and self.decimal_mark in (",", ".")
            and self.date_format in DATE_FORMATS
            and self.encoding in (None, *ENCODINGS)
        )
        places = [self.skip_rows, *self.used()]
        titles = len(self.titles) <= MAX_COLUMNS and all(len(t) <= LONGEST for t in self.titles)
        if not told or not known or not titles or not all(0 <= n < MAX_COLUMNS for n in places):
            raise ColumnsUnknown

    def columns(self) -> dict[str, int]:
        """The columns that are told, by what they tell; without those of the remittance."""
        named = {name: getattr(self, name) for name in COLUMNS}
        return {name: column for name, column in named.items() if column is not None}

    def used(self) -> list[int]:
        """All columns of which something is read."""
        return [*self.columns().values(), *self.remittance]

    def to_keep(self) -> "Mapping":
        """As it is kept for an account: of the titles no more than its columns are found by."""
        needed = {plain(self.titles[n]) for n in self.used() if n < len(self.titles)}
        kept = [text if plain(text) in needed else "" for text in self.titles]
        while kept and not kept[-1]:
            kept.pop()
        return replace(self, titles=tuple(kept), account_iban=None)


def plain(title: str) -> str:
    """A title as titles are compared: small, without marks."""
    return " ".join(re.sub(r"[^\w/+-]", " ", title.casefold()).split())
