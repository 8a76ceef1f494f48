"""A receipt's paper made fit for others: areas are marked on its pages and blacked out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from api.languages import refusal_text, translate
from api.pages.calling import calling
from api.pages.forms import Filled
from api.pages.plain_forms import Values, filled_in, taken
from api.pages.redact_view import (
    NOT_BOTH,
    REDACT,
    WrongAreas,
    areas_in,
    as_typed,
    from_address,
    in_address,
    readable,
    ruled,
)
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.v1.dependencies import DoteId, Nth
from api.v1.papers import BESIDE
from api.v1.reads import Reads, TheReads
from api.v1.redactions import paper_of, redaction_of
from api.v1.views import View
from domain.actors import Actor
from domain.dote import Dote
from domain.dote_parts import Receipt
from domain.errors import DomainError, NotFound
from domain.events.area import MOST_PAGES
from workflows import redactions as workflows
from workflows.drawn_pages import PDF, as_png, blacked_out, count, pages
from workflows.eventstore.access_log import Access
from workflows.redactions import RedactReceipt, latest

router = APIRouter(include_in_schema=False)

PATH = "/giustificativi/{dote_id}/{n}/oscura"
PREVIEW = "preview"
"""The button that shows what would be blacked out and keeps nothing."""


@router.get(PATH)
def form(page: TheShell, actor: SignedIn, reads: TheReads, dote_id: DoteId, n: Nth) -> Response:
    """The paper's pages, and the form for what is blacked out on them, as it was kept last."""
    paper_of(View(page.services, actor, page.language), dote_id, n)
    before = latest(page.services.register, dote_id, n)
    kept = () if before is None or before.marked is None else before.marked
    return _page(page, actor, reads, dote_id, n, filled_in(areas=as_typed(kept)))


@router.post(PATH)
def redact(
    page: TheShell, actor: SignedIn, sent: OurForm, reads: TheReads, dote_id: DoteId, n: Nth
) -> Response:
    """Shows what would be blacked out, or keeps it."""

    def again(filled: Filled, status: int) -> Response:
        return _page(page, actor, reads, dote_id, n, filled, status)

    if PREVIEW in sent:
        _, filled = REDACT.read(sent, page.language)
        return again(Filled(texts=filled.texts), 200)

    def do(values: Values, filled: Filled) -> Response:
        try:
            areas = areas_in(filled.texts.get("areas", ""), page.language)
        except WrongAreas as wrong:
            return again(filled.but(areas=str(wrong)), 422)
        whole = bool(values.get("whole"))
        if areas and whole:
            return again(filled.but(whole=translate(page.language, NOT_BOTH)), 422)
        command = RedactReceipt(
            areas=areas, nothing_personal=whole, fewer=whole or bool(values.get("fewer"))
        )
        files = page.services.files
        calling(page, actor, filled).run(
            lambda work: workflows.redact(work, dote_id, n, command, files), command, n=str(n)
        )
        return page.done(f"/giustificativi/{dote_id}/{n}/oscura", "redacted")

    return taken(page, REDACT, sent, do, again)


@router.get(f"{PATH}/fatto.pdf")
def made(page: TheShell, actor: SignedIn, reads: TheReads, dote_id: DoteId, n: Nth) -> Response:
    """The pages as others are given them."""
    view = View(page.services, actor, page.language)
    dote, _ = paper_of(view, dote_id, n)
    content = page.services.files.open(dote.household_id, redaction_of(view, dote_id, n).sha256)
    _note(reads, actor, dote, n)
    headers = {"Content-Disposition": "inline", "Content-Security-Policy": BESIDE}
    return Response(content, media_type=PDF, headers=headers)


@router.get(f"{PATH}/{{number}}.png")
def picture(
    page: TheShell,
    actor: SignedIn,
    dote_id: DoteId,
    n: Nth,
    number: Annotated[int, Path(ge=1, le=MOST_PAGES)],
    aree: Annotated[str, Query(max_length=4_000)] = "",
) -> Response:
    """A page of the paper with rules at each tenth, and what is to be blacked out on it."""
    dote, receipt = paper_of(View(page.services, actor, page.language), dote_id, n)
    drawn = pages(_original(page, dote, receipt), receipt.media_type, {number})
    if not drawn:
        raise NotFound
    here = [area.model_copy(update={"page": 1}) for area in from_address(aree)]
    content = as_png(*blacked_out([ruled(drawn[0])], here))
    return Response(content, media_type="image/png", headers={"Cache-Control": "private, no-store"})


def _page(
    page: Shell,
    actor: Actor,
    reads: Reads,
    dote_id: UUID,
    n: int,
    filled: Filled,
    status: int = 200,
) -> Response:
    view = View(page.services, actor, page.language)
    dote, receipt = paper_of(view, dote_id, n)
    why_not, how_many = "", 0
    try:
        how_many = count(_original(page, dote, receipt), receipt.media_type)
    except DomainError as error:
        why_not = refusal_text(error, page.language)
    text = filled.texts.get("areas", "")
    areas = [area for area in readable(text, page.language) if area.page <= how_many]
    try:
        areas_in(text, page.language)
    except WrongAreas as wrong:
        filled = filled.but(areas=str(wrong))
        status = 422
    _note(reads, actor, dote, n)
    before = latest(page.services.register, dote_id, n)
    by = [] if before is None else [before.by.account_id]
    return page.page(
        "oscura.html",
        status=status,
        here=f"/giustificativi/{dote_id}/{n}/oscura",
        dote=dote,
        receipt=receipt,
        pictures=[
            (number, in_address([area for area in areas if area.page == number]))
            for number in range(1, how_many + 1)
        ],
        form=REDACT,
        shown=len(areas),
        filled=filled,
        why_not=why_not,
        before=before,
        names=page.services.accounts.names(by),
    )


def _original(page: Shell, dote: Dote, receipt: Receipt) -> bytes:
    return page.services.files.open(dote.household_id, receipt.sha256)


def _note(reads: Reads, actor: Actor, dote: Dote, n: int) -> None:
    """Who looks is written down before anything is answered."""
    role = actor.role_for(workflows.REDACTORS, dote.partner)
    reads.add(Access.PAPER_READ, role, dote.household_id, dote.id, paper="ReceiptSubmitted", n=n)
