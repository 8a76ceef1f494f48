"""Refusals of bank files, and what is wrong at a place in one.

What stands in a bank file is private: these sentences name places, kinds and differences, never
a name, an account or a text.
"""

from dataclasses import dataclass

from domain.errors.base import DomainError

# The file is refused as a whole


class NoBankStatement(DomainError):
    """This is no bank statement: camt.053, camt.054, MT940, CBI RH, CSV and XLSX are read."""

    code = "unsupported_media"


class OldSpreadsheet(DomainError):
    """Old spreadsheets (.xls) are not read: save it as .xlsx or as CSV."""

    code = "unsupported_media"


class UnsafeFile(DomainError):
    """The file declares entities or a document type, as no bank does: it is not opened."""

    code = "unsupported_media"


@dataclass(eq=False)
class DamagedStatement(DomainError):
    """The file is damaged or cut off: it cannot be read from line {line} on."""

    code = "unsupported_media"
    line: int


class DamagedSpreadsheet(DomainError):
    """The spreadsheet is damaged: open it, save it as .xlsx, send it again."""

    code = "unsupported_media"


@dataclass(eq=False)
class TooManyTroubles(DomainError):
    """More than {limit} places of the file cannot be read: it is damaged, or of another kind."""

    code = "unsupported_media"
    limit: int


@dataclass(eq=False)
class UnpacksTooLarge(DomainError):
    """The file unpacks to more than {limit_bytes}."""

    code = "too_large"
    limit_bytes: int


@dataclass(eq=False)
class TooManyRows(DomainError):
    """The file has more than {limit} rows or elements: ask the bank for shorter periods."""

    code = "too_large"
    limit: int


class NothingInside(DomainError):
    """The file has the form of a bank statement, but there is no statement in it."""


class ColumnsUnknown(DomainError):
    """Which columns are the date and the amount is not clear: they have to be chosen."""


@dataclass(eq=False)
class ColumnMissing(DomainError):
    """The table has no column «{title}», which was chosen for this account: nothing was read.
    Choose its columns again."""

    title: str
    left: int = 1
    """So many are missing."""


@dataclass(eq=False)
class TooManyColumns(DomainError):
    """For one account the columns of {most} tables are kept at the most: remove some first."""

    most: int


class NoTitles(DomainError):
    """This is no row of titles: there is a date or an amount in it."""


class NothingReadable(DomainError):
    """Not one line of this file can be read: nothing came in. Look below at what is wrong with each
    line, or ask the bank for the file anew."""


# Something is wrong at a place


@dataclass(eq=False)
class UnreadableDate(DomainError):
    """There is no date that can be read ({element})."""

    element: str


@dataclass(eq=False)
class UnreadableAmount(DomainError):
    """There is no amount that can be read ({element})."""

    element: str


@dataclass(eq=False)
class NegativeAmount(DomainError):
    """The amount is negative, where whether it came in or went out is told apart ({element})."""

    element: str


@dataclass(eq=False)
class AmountOutOfRange(DomainError):
    """The amount is above {limit_cents}, which cannot be."""

    limit_cents: int


@dataclass(eq=False)
class DirectionMissing(DomainError):
    """Whether the money came in or went out is not told ({element})."""

    element: str


@dataclass(eq=False)
class OtherCurrency(DomainError):
    """This is in {currency}, the account is in {expected}."""

    currency: str
    expected: str


class WrongAccount(DomainError):
    """The IBAN of the account is wrong: its check digits do not fit."""


class WrongCounterparty(DomainError):
    """The IBAN of the other side is wrong: its check digits do not fit, and it is left out."""


class AnotherAccount(DomainError):
    """The statement is of another account."""


@dataclass(eq=False)
class TextTooLong(DomainError):
    """A text is longer than {limit} characters."""

    limit: int


@dataclass(eq=False)
class FormulaWithoutValue(DomainError):
    """The cell {cell} holds a formula without its value: open the file, save it, send it again."""

    cell: str


class NotUnderstood(DomainError):
    """This line does not belong to the format and was not understood."""


class PendingLeftOut(DomainError):
    """The movement is not booked yet and was left out: it will come again."""


class EndMissing(DomainError):
    """The statement breaks off: its closing balance is missing."""


@dataclass(eq=False)
class CountOff(DomainError):
    """The file says that it has {told} records, and has {counted}."""

    told: int
    counted: int


@dataclass(eq=False)
class BalanceOff(DomainError):
    """Opening balance and movements do not come to the closing balance: they differ by
    {difference_cents}."""

    difference_cents: int


@dataclass(eq=False)
class RunningBalanceOff(DomainError):
    """The balance of this row does not follow from the row before: they differ by
    {difference_cents}."""

    difference_cents: int


@dataclass(eq=False)
class PartsOff(DomainError):
    """The single payments do not come to the amount booked: they differ by {difference_cents}."""

    difference_cents: int


class PartsWithoutAmount(DomainError):
    """The single payments have no amounts: only the sum was read."""


# Between two statements


@dataclass(eq=False)
class NumbersMissing(DomainError):
    """Statements are missing between number {earlier} and number {later}."""

    earlier: int
    later: int


@dataclass(eq=False)
class DaysMissing(DomainError):
    """Between this statement and the one before, {days} days are not told of."""

    days: int


@dataclass(eq=False)
class BalancesApart(DomainError):
    """The statement does not open with the balance that the one before closed with: they differ by
    {difference_cents}."""

    difference_cents: int
