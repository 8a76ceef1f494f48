"""Doti without who they are for, as a file for spreadsheets: in the words of the pages."""

from collections.abc import Mapping, Sequence

from api.languages import Language, translate, word
from api.pages.ledger_view import category_name, partner_name
from api.pages.say import N_
from api.v1.spreadsheet import as_csv, euros
from domain.programme import Programme

COLUMNS = (
    N_("Household (code of this file)"),
    N_("Dote (code of this file)"),
    N_("Partner"),
    N_("Category"),
    N_("Item"),
    N_("District"),
    N_("State"),
    N_("Urgent"),
    N_("Month of the request"),
    N_("Month of the last change"),
    N_("Requested"),
    N_("Approved"),
    N_("Paid"),
    N_("Documented"),
    N_("Refunded"),
    N_("Not admitted"),
)
_AMOUNTS = ("requested", "approved", "disbursed", "documented", "refunded", "disallowed")


def doti_file(rows: Sequence[Mapping[str, object]], known: Programme, language: Language) -> bytes:
    """A row for each dote of an export (api.v1.pseudonyms)."""
    header = [translate(language, title) for title in COLUMNS]
    return as_csv(header, (_cells(row, known, language) for row in rows), language)


def _cells(row: Mapping[str, object], known: Programme, language: Language) -> list[object]:
    category = str(row["category"])
    return [
        row["household"],
        row["dote"],
        partner_name(known, str(row["partner"])),
        category_name(known, category),
        # Of what concerns health the category stands for the item.
        category_name(known, category)
        if row["item"] == category
        else known.categories[category].items.get(str(row["item"]), row["item"]),
        row["district"],
        word(language, str(row["state"]), "state"),
        translate(language, "yes" if row["urgent"] else "no"),
        row["requested_month"],
        row["changed_month"],
        *(euros(int(str(row[f"{name}_cents"]))) for name in _AMOUNTS),
    ]
