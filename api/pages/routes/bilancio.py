"""Bilancio: how the money stands or stood, by partner and category, and what moved it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from api.pages.ledger_files import matrix_file
from api.pages.ledger_pages import FIELDS, LATEST, Books, Look, look
from api.pages.ledger_view import PARTS, category_name, cents_of, partner_name
from api.pages.shell import HEADERS, TheShell
from api.pages.who import SignedIn
from api.v1.reads import Reads, TheReads
from api.v1.spreadsheet import CSV
from domain.actors import Actor
from domain.lifecycle import READERS
from domain.text import Code
from projections.ledger.movements import MovementsQuery
from workflows.eventstore.access_log import Access

router = APIRouter(include_in_schema=False)

LISTED = 25

Typed = Annotated[str, Query(max_length=40)]
Chosen = Annotated[str, Query(max_length=60)]
Number = Annotated[int | None, Query(ge=0, le=100_000)]


@router.get("/bilancio")
def budget(
    page: TheShell,
    actor: SignedIn,
    il: Typed = "",
    con: Typed = "",
    giorno: Number = None,
    anno: Number = None,
    vista: Chosen = "",
) -> HTMLResponse:
    """Partners by categories, at a moment, or between two."""
    services = page.services
    looked = look(services, page.language, il, con, giorno)
    with services.database.transaction() as tx:
        books = Books.of(tx, services, actor)
        latest = MovementsQuery(books.scope, upto=looked.when.log_index, limit=LATEST)
        return page.page(
            "bilancio.html",
            status=422 if looked.filled.wrong else 200,
            matrix=books.matrix(looked),
            figures=vista == "cifre",
            moves=books.moves(latest),
            everywhere=books.scope is None,
            **books.year(anno or looked.when.day.year),
            **_looked(looked),
        )


@router.get("/bilancio.csv")
def budget_file(
    page: TheShell, actor: SignedIn, reads: TheReads, il: Typed = "", con: Typed = ""
) -> Response:
    """The matrix at a moment, or between two, for a spreadsheet."""
    services = page.services
    looked = look(services, page.language, il, con)
    with services.database.transaction() as tx:
        shown = Books.of(tx, services, actor).matrix(looked)
    exported(reads, actor, "ledger", len(shown.rows))
    return sent(matrix_file(shown, page.language), f"bilancio-{looked.when.log_index}.csv")


@router.get("/bilancio/voci/{partner}/{category}")
def line(
    partner: Annotated[Code, Path()],
    category: Annotated[Code, Path()],
    page: TheShell,
    actor: SignedIn,
    il: Typed = "",
    con: Typed = "",
    giorno: Number = None,
    anno: Number = None,
) -> HTMLResponse:
    """One budget line, and its own small history."""
    services = page.services
    looked = look(services, page.language, il, con, giorno)
    with services.database.transaction() as tx:
        books = Books.of(tx, services, actor)
        shown = books.line(looked, partner, category)
        query = MovementsQuery(
            books.scope,
            partner=partner,
            category=category,
            upto=looked.when.log_index,
            limit=LISTED + 1,
        )
        found = books.moves(query)
        return page.page(
            "voce.html",
            status=422 if looked.filled.wrong else 200,
            partner=(partner, partner_name(books.known, partner)),
            category=(category, category_name(books.known, category)),
            cell=shown,
            amounts=[(label, kind, cents_of(shown.row, kind)) for kind, label in PARTS],
            moves=found[:LISTED],
            more=len(found) > LISTED,
            **books.year(anno or looked.when.day.year, partner, category),
            **_looked(looked),
        )


def _looked(looked: Look) -> dict[str, Any]:
    return {"looked": looked, "filled": looked.filled, "fields": FIELDS}


def exported(reads: Reads, actor: Actor, table: str, rows: int) -> None:
    """Notes that somebody took a file out of the register."""
    role = actor.role_for_any(READERS)
    reads.add(Access.EXPORTED, role, rows=rows, format="csv", table=table)


def sent(content: bytes, name: str) -> Response:
    """A file that is kept and not shown."""
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=CSV, headers=headers)
