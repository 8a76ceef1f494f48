"""Statements made for tests: an account of the programme, and lines of days."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from domain.actors import Actor
from tests.register import TestRegister
from workflows import payments, reconciliation
from workflows.bank import Line, Statement
from workflows.commands import Payee
from workflows.engine import Outcome
from workflows.known_lines import Source
from workflows.payment_commands import MatchLines, OrderPayment, PrepareBatch
from workflows.reconciliation import Target
from workflows.statements import import_statement, open_bank_account

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


PAYEES = (
    Payee(name="Ditta Inventata srl", iban="IT43K0310412701000000820420"),
    Payee(name="Scuola Immaginaria", iban="IT60X0542811101000000123456"),
)


def approved(register: TestRegister, cents: int, payee: Payee = PAYEES[0]) -> UUID:
    """A dote that waits to be paid."""
    dote_id = register.assessed(cents)
    register.approve(dote_id, cents, payee=payee)
    return dote_id


def ordered(register: TestRegister, *doti: UUID) -> list[Target]:
    """The doti stand in an authorised batch: what of each is to be paid."""
    command = PrepareBatch(
        execution_date=register.engine.today(),
        payments=tuple(OrderPayment(dote_id=dote_id) for dote_id in doti),
    )
    batch = register.run(register.people.finance, lambda work: payments.prepare(work, command))
    register.run(
        register.people.coordinator, lambda work: payments.authorise(work, batch.stream_id)
    )
    found = []
    for dote_id in doti:
        dote = register.register.dote(dote_id)
        order = dote.payments[-1]
        name = f"{dote.number}-{order.n}"
        found.append(Target(name, dote_id, order.amount_cents, order.n))
    return found


def line_ids(register: TestRegister) -> list[UUID]:
    """The lines that came in, in the order of the log."""
    register.settle()
    part = register.log.part(0, register.log.end(), ["BankLineImported"])
    return [logged.event.originator_id for logged in part]


def matched(
    register: TestRegister,
    lines: Sequence[UUID],
    targets: Sequence[Target] = (),
    *,
    kind: str = "payment",
    rest: str = "refuse",
    by: Actor | None = None,
) -> Outcome:
    """Lines are matched."""
    command = MatchLines.model_validate(
        {
            "line_ids": list(lines),
            "payment_ids": [target.payment for target in targets],
            "kind": kind,
            "rest": rest,
        }
    )
    who = by or register.people.finance
    return register.run(who, lambda work: reconciliation.match(work, command, targets))


def undone(register: TestRegister, match_id: UUID) -> Outcome:
    """A match is taken back."""
    who = register.people.finance
    return register.run(who, lambda work: reconciliation.undo(work, match_id))
