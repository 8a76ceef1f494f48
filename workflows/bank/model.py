"""What a bank file tells, whatever format it is written in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.errors import ColumnsUnknown, DomainError

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


@dataclass(frozen=True, slots=True)
class Line:
    """A movement on an account. `amount_cents`: money that comes in is above zero."""

    booked_on: date
    value_on: date | None
    amount_cents: int
    currency: str
    end_to_end_id: str | None
    """The payer's own reference, which travels to the other end and back."""
    counterparty_name: str | None
    counterparty_iban: str | None
    remittance: str
    """What is written for the receiver; empty where nothing is."""
    bank_reference: str | None
    """The bank's own reference for the movement."""
    return_reason: str | None
    """Why the money came back: AC04, MS03 … (ISO 20022, ExternalReturnReason1Code)."""
    is_return: bool
    """Whether the bank undoes an earlier movement: a return, a reversal."""
    batch_reference: str | None
    """The batch that the movement executes."""
    where: str
    """Its place in the file: "Ntry 3", "riga 12"."""
    parts: tuple["Line", ...] = ()
    """The single payments of a batch that was booked as one sum."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of one account, with the balances before and after, where the file has them."""

    account_iban: str | None
    currency: str
    number: str | None
    from_on: date | None
    to_on: date | None
    opening_cents: int | None
    closing_cents: int | None
    lines: tuple[Line, ...]
    account: str | None = None
    """The account as the file writes it, where that is no IBAN."""
    where: str = ""
    """Its place in the file: "Stmt 2"."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and at which place of the file.

    `lost` tells that a movement or a balance of the file is not in what was read, or does not add
    up: somebody has to decide. The others only let know.
    """

    where: str
    problem: DomainError
    lost: bool = True


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file as it was read. `format`: "camt.053.001.08", "MT940", "CSV", "XLSX", "CBI RH"."""

    format: str
    statements: tuple[Statement, ...]
    troubles: tuple[Trouble, ...]

    def lines(self) -> Iterator[Line]:
        """All movements, in the order of the file."""
        for statement in self.statements:
            yield from statement.lines


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
        if not told or not known or self.skip_rows < 0 or min(self.columns().values()) < 0:
            raise ColumnsUnknown
        if self.remittance and min(self.remittance) < 0:
            raise ColumnsUnknown

    def columns(self) -> dict[str, int]:
        """The columns that are told, by what they tell; without those of the remittance."""
        named = {name: getattr(self, name) for name in COLUMNS}
        return {name: column for name, column in named.items() if column is not None}
