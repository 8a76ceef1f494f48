"""Hands out the files of a payment batch, and lets the log know which."""

from typing import Literal
from uuid import UUID

from api.languages import Language, translate, word
from api.settings import Settings
from api.v1.spreadsheet import as_csv, euros
from api.wiring import Services
from domain.actors import Actor
from workflows import payments
from workflows.cbi_file import FORMAT, cbi_request
from workflows.engine import Outcome, Request, Work
from workflows.payment_files import Version, pain001
from workflows.payments import Sheet
from workflows.sepa_text import Payer

Form = Version | Literal["cbi"]
"""Which message for the bank: a version of pain.001.001, or CBI's."""

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
    return Payer(settings.payer_name, settings.payer_iban, settings.payer_bic, settings.payer_cuc)


def bank_file(
    services: Services, actor: Actor, correlation_id: str, batch_id: UUID, form: Form
) -> tuple[str, bytes]:
    """The message for the bank, with the name of its file."""
    subject = services.register.programme().name

    def make(sheet: Sheet) -> bytes:
        pays = payer(services.settings)
        if form == "cbi":
            return cbi_request(sheet, pays, subject)
        return pain001(sheet, pays, subject, form)

    called = FORMAT if form == "cbi" else f"pain.001.001.{form}"
    number, content = _exported(services, actor, correlation_id, batch_id, called, make)
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
