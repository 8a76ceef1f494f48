"""What moved on the ledger: the postings of a cell, and the event behind each."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse, Response

from api import languages
from api.pages.forms import Filled
from api.pages.ledger_files import MOST_EVENTS, postings_file
from api.pages.ledger_moves import FIELDS, NAMED, Asked, understood
from api.pages.ledger_pages import Books
from api.pages.ledger_story import event_story
from api.pages.ledger_view import NAMES, partner_name
from api.pages.routes.bilancio import exported, sent
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import SignedIn
from api.v1.dependencies import BIGGEST
from api.v1.reads import TheReads
from domain.actors import Actor
from domain.ledger import Account
from projections.ledger import movements
from projections.ledger.movements import LAST

router = APIRouter(include_in_schema=False)

LISTED = 25
TOO_MANY = N_("That is too much for one file: choose a shorter time, or one line.")

Typed = Annotated[str, Query(max_length=40)]
Chosen = Annotated[str, Query(max_length=60)]


async def asked_for(
    partner: Chosen = "",
    categoria: Chosen = "",
    tipo: Chosen = "",
    dal: Typed = "",
    al: Typed = "",
    numero: Typed = "",
) -> Asked:
    """The filter in the address; a kind that there is not is none."""
    kind = tipo if tipo in NAMED else ""
    return Asked(partner, categoria, kind, {"dal": dal, "al": al, "numero": numero})


TheAsked = Annotated[Asked, Depends(asked_for)]


@router.get("/bilancio/movimenti")
def moves(
    page: TheShell,
    actor: SignedIn,
    asked: TheAsked,
    prima: Annotated[int, Query(ge=1, le=BIGGEST)] = LAST,
) -> HTMLResponse:
    """What moved, the newest first; and what it comes to."""
    return _list(page, actor, asked, prima)


@router.get("/bilancio/movimenti.csv")
def moves_file(page: TheShell, actor: SignedIn, reads: TheReads, asked: TheAsked) -> Response:
    """All postings of a filter, for a spreadsheet."""
    services = page.services
    with services.database.transaction() as tx:
        books = Books.of(tx, services, actor)
        query, asked = understood(services, tx, asked, books.scope, page.language)
        if asked.wrong:
            return _list(page, actor, asked, LAST)
        found = movements.movements(tx, replace(query, limit=MOST_EVENTS + 1))
    if len(found) > MOST_EVENTS:
        return _list(page, actor, asked, LAST, TOO_MANY)
    content = postings_file(found, books.known, page.language)
    exported(reads, actor, "postings", sum(len(each.postings) for each in found))
    return sent(content, "movimenti.csv")


@router.get("/bilancio/movimenti/{log_index}")
def move(
    log_index: Annotated[int, Path(ge=1, le=BIGGEST)], page: TheShell, actor: SignedIn
) -> HTMLResponse:
    """One movement: the event behind it, and its lines before and after."""
    with page.services.database.transaction() as tx:
        books = Books.of(tx, page.services, actor)
        return page.page("movimento.html", **event_story(page.services, books, log_index))


def _list(
    page: Shell, actor: Actor, asked: Asked, before: int, refusal: str | None = None
) -> HTMLResponse:
    services = page.services
    with services.database.transaction() as tx:
        books = Books.of(tx, services, actor)
        query, asked = understood(services, tx, asked, books.scope, page.language)
        wrong = dict(asked.wrong)
        if refusal is not None:
            wrong[""] = languages.translate(page.language, refusal)
        known, scope = books.known, books.scope
        found = [] if asked.wrong else books.moves(replace(query, before=before, limit=LISTED + 1))
        return page.page(
            "movimenti.html",
            status=422 if wrong else 200,
            here="/bilancio/movimenti",
            asked=asked,
            filled=Filled(texts=asked.texts, wrong=wrong),
            fields=FIELDS,
            kinds=NAMED,
            accounts=NAMES,
            partners=[
                (code, partner_name(known, code))
                for code in known.partners
                if scope is None or code in scope
            ],
            categories=[(code, each.name) for code, each in known.categories.items()],
            moves=found[:LISTED],
            more=_more(asked, found[LISTED - 1].log_index) if len(found) > LISTED else None,
            first_page=before == LAST,
            totals=_totals(books, query, asked),
        )


def _more(asked: Asked, last: int) -> str:
    return "/bilancio/movimenti?" + "&".join(filter(None, (asked.address, f"prima={last}")))


def _totals(books: Books, query: movements.MovementsQuery, asked: Asked) -> dict[str, Any]:
    """What all of it comes to. Where nothing is left out, from what stood there to what stands."""
    if asked.wrong:
        return {"kind": None, "rows": []}
    if asked.chosen_among:
        found = movements.sums(books.tx, query)
        return {"kind": "sums", "rows": [(each, found[each]) for each in Account if each in found]}
    return {"kind": "balances", "rows": books.balances(query)}
