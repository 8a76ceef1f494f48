"""Hands out the files of a payment batch, and lets the log know which."""

from typing import Literal
from uuid import UUID

from api.languages import Language, translate, word
from api.settings import Settings
from api.v1.spreadsheet import as_csv, euros
from api.wiring import Services
from domain.actors import Actor
from workflows import payments
from workflows.engine import Outcome, Request, Work
from workflows.payment_files import Payer, Version, pain001
from workflows.payments import Sheet

Format = Literal["pain.001.001.09", "pain.001.001.03", "csv"]

_HEADER = (
    "Payment id",
    "Dote",
    "Account holder",
    "IBAN",
    "BIC",
    "Amount",
    "Batch",
    "Method",
    "Execution date",
)
_HOUSEHOLD = "Household {number}"
WORDS = (*_HEADER, _HOUSEHOLD)
"""What stands in the table beside names and numbers."""


def payer(settings: Settings) -> Payer:
    """The account that pays."""
    return Payer(settings.payer_name, settings.payer_iban, settings.payer_bic)


def bank_file(
    services: Services, actor: Actor, correlation_id: str, batch_id: UUID, version: Version
) -> tuple[str, bytes]:
    """The message for the bank, with the name of its file."""
    subject = services.register.programme().name

    def make(sheet: Sheet) -> bytes:
        return pain001(sheet, payer(services.settings), subject, version)

    number, content = _exported(
        services, actor, correlation_id, batch_id, f"pain.001.001.{version}", make
    )
    return f"{number}.xml", content


def table(
    services: Services, actor: Actor, correlation_id: str, batch_id: UUID, language: Language
) -> tuple[str, bytes]:
    """The batch as a table: what there is of those that no bank pays."""

    def make(sheet: Sheet) -> bytes:
        return _table(services, sheet, language)

    number, content = _exported(services, actor, correlation_id, batch_id, "csv", make)
    return f"{number}.csv", content


def _exported(
    services: Services,
    actor: Actor,
    correlation_id: str,
    batch_id: UUID,
    format_: str,
    make: "payments.Make",
) -> tuple[str, bytes]:
    handed: list[tuple[str, bytes]] = []

    def decide(work: Work) -> Outcome:
        handed.clear()
        sheet = payments.sheet(work, batch_id, format_)
        content = make(sheet)
        handed.append((sheet.batch.number, content))
        return payments.export(work, sheet, format_, content)

    services.engine.run(Request(actor, correlation_id), decide)
    return handed[0]


def _table(services: Services, sheet: Sheet, language: Language) -> bytes:
    batch = sheet.batch.prepared
    rows = []
    for each in sheet.instructions:
        name = each.to.name
        if name is None:
            household = services.register.household(each.household_id)
            name = translate(language, _HOUSEHOLD).format(number=household.number)
        rows.append(
            (
                each.id,
                each.number,
                name,
                each.to.iban or "",
                each.to.bic or "",
                euros(each.amount_cents),
                batch.number,
                word(language, batch.method, "method"),
                batch.execution_date.isoformat(),
            )
        )
    return as_csv([translate(language, title) for title in _HEADER], rows, language)
