"""Statements made for tests: an account of the programme, and lines of days."""

from datetime import date
from functools import partial
from typing import Any

from domain.actors import Actor
from tests.register import TestRegister
from workflows.bank import Line, Statement
from workflows.engine import Outcome
from workflows.statements import Source, import_statement, open_bank_account

ACCOUNT = "CONTO"
IBAN = "IT60X0542811101000000123456"
OTHER_IBAN = "IT43K0310412701000000820420"
DAY = date(2026, 3, 2)


def with_account(register: TestRegister) -> TestRegister:
    """The register with a bank account of its programme."""
    register.run(
        register.people.finance,
        lambda work: open_bank_account(work, ACCOUNT, "Conto doti", IBAN),
    )
    return register


def a_line(cents: int, remittance: str = "", **more: Any) -> Line:  # noqa: ANN401  any field
    """A line, on the usual day unless another is told."""
    told: dict[str, Any] = {
        "booked_on": DAY,
        "value_on": None,
        "currency": "EUR",
        "end_to_end_id": None,
        "counterparty_name": None,
        "counterparty_iban": None,
        "bank_reference": None,
        "return_reason": None,
        "is_return": False,
        "batch_reference": None,
        "where": "Ntry 1",
    }
    return Line(amount_cents=cents, remittance=remittance, **{**told, **more})


def a_statement(*lines: Line, opening: int | None = 0, **more: Any) -> Statement:  # noqa: ANN401
    """A statement whose balances are right."""
    total = sum(line.amount_cents for line in lines)
    told: dict[str, Any] = {
        "account_iban": IBAN,
        "currency": "EUR",
        "number": None,
        "from_on": None,
        "to_on": None,
        "opening_cents": opening,
        "closing_cents": None if opening is None else opening + total,
        "where": "Stmt 1",
    }
    return Statement(lines=lines, **{**told, **more})


def import_one(
    register: TestRegister,
    statement: Statement,
    *,
    file: int = 1,
    nth: int = 1,
    by: Actor | None = None,
) -> Outcome:
    """The statement comes in, as the `nth` of the file of this number."""
    source = Source("camt.053.001.08", f"{file:064x}", nth)
    decide = partial(import_statement, account=ACCOUNT, source=source, statement=statement)
    return register.run(by or register.people.finance, lambda work: decide(work))
