"""Righe abbinate: what lines of the bank were said to be, looked for and opened to be undone."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.pages.bank_view import numbers_meant
from api.pages.matched_lines import FIELDS, HERE, LISTED, Wanted, shown
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn, csrf_token
from api.v1.dependencies import BIGGEST
from api.wiring import Services
from domain.actors import Actor
from projections.reconciliation import queries
from projections.reconciliation.queries import MatchQuery
from workflows.eventstore.database import Tx

router = APIRouter(include_in_schema=False)


@router.get(HERE)
def matched(
    page: TheShell,
    actor: SignedIn,
    prima: Annotated[int | None, Query(ge=1, le=BIGGEST)] = None,
) -> HTMLResponse:
    """The matches that hold, the newest first."""
    return _page(page, actor, Wanted(), prima)


@router.post(HERE)
def looked_for(page: TheShell, actor: SignedIn, sent: OurForm) -> HTMLResponse:
    """Those of which a line is as it is asked for."""
    before = str(sent.get("prima", ""))
    last = int(before) if before.isdecimal() and len(before) < len(str(BIGGEST)) else None
    return _page(page, actor, Wanted.of(sent), last)


def _by_last_figures(tx: Tx, services: Services, query: MatchQuery, typed: str) -> MatchQuery:
    """The query for the newest year's dote with these last figures of which there is a match."""
    for number in numbers_meant(services, typed):
        meant = replace(query, number=number)
        if queries.matches(tx, 1, meant):
            return meant
    return query


def _page(page: Shell, actor: Actor, wanted: Wanted, before: int | None) -> HTMLResponse:
    query, filled = wanted.understood(page.language)
    services = page.services
    with services.database.transaction() as tx:
        if query.number is not None and query.number.isdecimal():
            query = _by_last_figures(tx, services, query, query.number)
        found = [] if filled.wrong else queries.matches(tx, LISTED + 1, query, before)
        matches = shown(tx, services, actor, page.language, found[:LISTED])
    return page.page(
        "abbinate.html",
        status=422 if filled.wrong else 200,
        here=HERE,
        form_csrf=csrf_token(page.request),
        wanted=wanted,
        filled=filled,
        fields=FIELDS,
        accounts=services.register.programme().bank_accounts.values(),
        matches=matches,
        before=found[LISTED - 1].log_index if len(found) > LISTED else None,
    )
