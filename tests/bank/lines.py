"""Movements made for tests, and how they come back from a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflows.bank import Line

IBAN = "IT60X0542811101000000123456"
"""The account of the generated statements."""


@dataclass(frozen=True)
class Account:
    """A statement that is to be written, beside its lines."""

    iban: str = IBAN
    currency: str = "EUR"
    number: int = 1
    opening_cents: int = 0


def line(amount_cents: int, booked_on: date = date(2026, 3, 2), **told: object) -> Line:
    """A movement with what is told of it, and nothing else."""
    nothing: dict[str, object] = {
        "value_on": booked_on,
        "currency": "EUR",
        "end_to_end_id": None,
        "counterparty_name": None,
        "counterparty_iban": None,
        "remittance": "",
        "bank_reference": None,
        "return_reason": None,
        "is_return": False,
        "batch_reference": None,
        "where": "",
    }
    return Line(booked_on=booked_on, amount_cents=amount_cents, **{**nothing, **told})  # type: ignore[arg-type]


def closing(account: Account, lines: Sequence[Line]) -> int:
    """The balance after the lines."""
    return account.opening_cents + sum(line.amount_cents for line in lines)


def without_places(lines: Sequence[Line]) -> list[Line]:
    """Lines as they are compared: wherever they stand in a file."""
    return [replace(line, where="", parts=tuple(without_places(line.parts))) for line in lines]


def as_told_by(format_: str, line: Line) -> Line:
    """How a line comes back from a format. Only camt tells the parts of a batch; where a return
    has no field of its own, the text says it."""
    line = replace(line, where="")
    if format_.startswith("camt"):
        return replace(line, parts=tuple(as_told_by(format_, part) for part in line.parts))
    line = replace(line, parts=())
    if format_ == "MT940":
        return replace(line, value_on=line.value_on or line.booked_on)
    return replace(line, remittance=with_return(line))


def with_return(line: Line) -> str:
    """The text of a line; a return says in it that it is one, and why."""
    if not line.is_return:
        return line.remittance
    return " ".join(
        part for part in ("STORNO BONIFICO", line.return_reason, line.remittance) if part
    )


def points(cents: int) -> str:
    """An amount without its sign, with a decimal point."""
    return f"{abs(cents) // 100}.{abs(cents) % 100:02}"


def commas(cents: int) -> str:
    """An amount without its sign, with a decimal comma."""
    return points(cents).replace(".", ",")
