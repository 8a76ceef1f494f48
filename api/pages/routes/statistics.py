"""Statistiche: money and people, and how long they waited; nobody can be told from it."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.languages import translate
from api.pages.doti_file import doti_file
from api.pages.say import N_
from api.pages.shell import TheShell
from api.pages.statistics_view import TABLES, lines, months
from api.pages.who import SignedIn
from api.security.rights import COUNTERS
from api.v1.counting import this_year
from api.v1.exports import file_of, taken_out
from api.v1.reads import TheReads
from api.v1.spreadsheet import CSV
from api.v1.statistics import counted, timed
from projections.figures import queries
from projections.figures.queries import Chosen, InYear

router = APIRouter(include_in_schema=False)

NOT_A_YEAR = N_("Not a year. Write it like 2026.")
_YEAR = re.compile(r"(?:19|20)\d\d", re.A)
_MONTH = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])", re.A)

Month = Annotated[str, Query(max_length=20)]
Year = Annotated[str, Query(max_length=20)]


@router.get("/statistiche")
def statistics(page: TheShell, actor: SignedIn, anno: Year = "") -> Response:
    """What was requested and paid in a year, and how long it took."""
    services, partners = page.services, actor.scope(COUNTERS)
    now = this_year(services)
    wrong = bool(anno.strip()) and _YEAR.fullmatch(anno.strip()) is None
    year = now if wrong or not anno.strip() else int(anno)
    with services.database.transaction() as tx:
        years = queries.years(tx, partners)
    chosen = InYear(partners, year)
    known = services.register.programme()
    tables = [
        (by, label, lines(counted(services, chosen, by), known)) for by, label in TABLES.items()
    ]
    by_month = counted(services, chosen, "month")
    times = timed(services, chosen, "category")
    names = {code: category.name for code, category in known.categories.items()}
    return page.page(
        "statistics.html",
        status=422 if wrong else 200,
        year=year,
        years=sorted({now, year, *years}, reverse=True),
        wrong=translate(page.language, NOT_A_YEAR) if wrong else None,
        tables=tables,
        months=months(by_month.rows),
        total=by_month.total,
        small=by_month.small_cell,
        times=times,
        names=names,
        everywhere=partners is None,
    )


@router.get("/statistiche/doti.csv")
def doti_csv(
    page: TheShell, actor: SignedIn, reads: TheReads, dal: Month = "", al: Month = ""
) -> Response:
    """The doti of these months without who they are for: codes that are new in each file, months
    for days."""
    since, until = _month(dal), _month(al)
    after = None if until is None else date(until.year + until.month // 12, until.month % 12 + 1, 1)
    chosen = Chosen(actor.scope(COUNTERS), since, after)
    rows = taken_out(page.services, actor, chosen, reads, "csv")
    return file_of(doti_file(rows, page.services.register.programme(), page.language), CSV)


def _month(text: str) -> date | None:
    found = _MONTH.fullmatch(text.strip())
    return None if found is None else date(int(found[1]), int(found[2]), 1)
