"""Papers of receipts made fit for others: areas blacked out, and the pages drawn anew."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.errors import NotForYourRole
from api.security.visibility import Kind, may_read
from api.v1 import PREFIX
from api.v1.answer import Answer
from api.v1.bodies import RedactReceiptBody
from api.v1.commands import TheCallOnDote
from api.v1.dependencies import DoteId, Nth, SignedIn, TheLanguage, TheServices, json_only
from api.v1.describing import READING, Responses, command, refusals
from api.v1.reads import TheReads
from api.v1.views import View
from api.v1.waiting import READ
from domain.dote import Dote
from domain.dote_parts import Receipt
from domain.errors import NotFound
from domain.events.redaction import PaperRedacted
from domain.redaction import receipt
from workflows import redactions as workflows
from workflows.drawn_pages import PDF
from workflows.eventstore.access_log import Access
from workflows.redactions import latest

router = APIRouter(prefix=f"{PREFIX}/doti/{{dote_id}}/receipts/{{n}}", tags=["papers"])

_FILE: Responses = {200: {"description": "The pages", "content": {PDF: {}}}}


class Redaction(Answer):
    """How a receipt's paper was made fit for others last. `areas`: how many are blacked out."""

    n: int
    version: int
    original_sha256: str
    sha256: str
    size_bytes: int
    pages: int
    areas: int
    at: datetime
    by: UUID


@router.post("/redaction", dependencies=[Depends(json_only)], **command(201))
def redact(dote_id: DoteId, n: Nth, command: RedactReceiptBody, call: TheCallOnDote) -> Redaction:
    """Draws the pages of a receipt's paper anew, with areas blacked out, measured in hundredths of
    the page: what is handed to a funder."""
    paper_of(call.view, dote_id, n)
    files = call.services.files
    call.run(lambda work: workflows.redact(work, dote_id, n, command, files), command, n=str(n))
    return _told(redaction_of(call.view, dote_id, n))


@router.get("/redaction", dependencies=READ, responses=refusals(*READING))
def redaction(
    dote_id: DoteId, n: Nth, services: TheServices, actor: SignedIn, language: TheLanguage
) -> Redaction:
    """How a receipt's paper was made fit for others."""
    return _told(redaction_of(View(services, actor, language), dote_id, n))


@router.get(
    "/redaction/file",
    dependencies=READ,
    response_class=Response,
    responses=_FILE | refusals(*READING),
)
def redaction_file(
    dote_id: DoteId,
    n: Nth,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    reads: TheReads,
) -> Response:
    """The pages as others are given them."""
    view = View(services, actor, language)
    dote, _ = paper_of(view, dote_id, n)
    found = redaction_of(view, dote_id, n)
    content = services.files.open(dote.household_id, found.sha256)
    reads.add(
        Access.PAPER_READ, actor.role_for_any(workflows.REDACTORS), dote.household_id, dote_id, n=n
    )
    headers = {"Content-Disposition": f'inline; filename="{dote.number}-{n}.pdf"'}
    return Response(content, media_type=PDF, headers=headers)


def paper_of(view: View, dote_id: UUID, n: int) -> tuple[Dote, Receipt]:
    """A receipt whose paper the reader may look at. Raises NotFound, NotForYourRole."""
    _, dote = view.visible(dote_id)
    found = receipt(dote, n)
    health_data = view.is_health(dote.category)
    if not may_read(view.actor, Kind.PROOF, dote.partner, health_data=health_data):
        raise NotForYourRole
    return dote, found


def redaction_of(view: View, dote_id: UUID, n: int) -> PaperRedacted:
    """How a receipt's paper was made fit for others last. Raises NotFound where it never was."""
    view.visible(dote_id)
    found = latest(view.services.register, dote_id, n)
    if found is None:
        raise NotFound
    return found


def _told(event: PaperRedacted) -> Redaction:
    return Redaction(
        n=event.n,
        version=event.originator_version,
        original_sha256=event.original_sha256,
        sha256=event.sha256,
        size_bytes=event.size_bytes,
        pages=event.pages,
        areas=event.areas,
        at=event.at,
        by=event.by.account_id,
    )
