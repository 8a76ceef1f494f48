"""What is documented of what was paid, as a file for spreadsheets: a row for each dote."""

from api.languages import Language, day, translate
from api.pages.ledger_view import category_name, partner_name
from api.pages.say import N_
from api.v1.coverage import MOST_ROWS
from api.v1.spreadsheet import as_csv, euros
from api.wiring import Services
from domain.programme import Programme
from projections.coverage.queries import AGES, Asked, DoteRow, doti

COLUMNS = (
    N_("Dote"),
    N_("Partner"),
    N_("Category"),
    N_("Partner code"),
    N_("Category code"),
    N_("Paid"),
    N_("Documented"),
    N_("Waiting for a decision"),
    N_("Missing"),
    N_("Missing, up to 30 days"),
    N_("Missing, 31 to 60 days"),
    N_("Missing, 61 to 90 days"),
    N_("Missing, more than 90 days"),
    N_("Refunded"),
    N_("Not admitted"),
    N_("Missing since"),
)


def coverage_file(services: Services, asked: Asked, language: Language) -> bytes:
    """The doti that were paid; those of which something is missing longest come first."""
    with services.database.transaction() as tx:
        found = doti(tx, asked, MOST_ROWS)
    known = services.register.programme()
    header = [translate(language, title) for title in COLUMNS]
    return as_csv(header, (_cells(row, known, language) for row in found), language)


def _cells(row: DoteRow, known: Programme, language: Language) -> list[object]:
    amounts = (
        row.paid_cents,
        row.documented_cents,
        row.waiting_cents,
        row.missing_cents,
        *(getattr(row, name) for name in AGES),
        row.refunded_cents,
        row.disallowed_cents,
    )
    since = "" if row.oldest is None else day(language, row.oldest)
    names = [partner_name(known, row.partner), category_name(known, row.category)]
    return [row.number, *names, row.partner, row.category, *map(euros, amounts), since]
