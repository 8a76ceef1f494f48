"""What a bank file tells, whatever format it is written in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.errors import DomainError


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
