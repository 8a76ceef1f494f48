"""Papers: receipts and documents come in as files, and are given out to who may read them."""

from datetime import date as day
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.datastructures import UploadFile as StarletteUpload

from api.errors import NotForYourRole
from api.middleware import CONTENT_POLICY
from api.security.visibility import FIELDS, may_read
from api.v1 import PREFIX, schemas
from api.v1.commands import Call, TheCallOnDote, TheView
from api.v1.dependencies import (
    DoteId,
    Nth,
    multipart_only,
)
from api.v1.describing import READING, command, file_answer, refusals
from api.v1.reads import Reads, TheReads
from api.v1.receipts import Of, ReceiptKnown, same_papers, told
from api.v1.views import View
from api.v1.waiting import READ
from domain.dote_parts import File as DoteFile
from domain.errors import Erased, NotFound
from domain.events.dote import DocumentAttached, ReceiptSubmitted
from domain.lifecycle import Action
from domain.money import Cents
from domain.permissions import signed
from domain.text import Label, Word
from workflows import accounting, papers
from workflows.commands import AttachDocument, SubmitReceipt
from workflows.engine import Work
from workflows.eventstore.access_log import Access
from workflows.files import Upload, receive

router = APIRouter(prefix=f"{PREFIX}/doti/{{dote_id}}", tags=["papers"])

_FORM = [Depends(multipart_only)]


def _digits(value: object) -> object:
    # A form carries text only. What int() takes besides digits (1_000, 1.0) is no amount.
    if not (isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20):
        raise PydanticCustomError("cents", "not a whole number of cents")
    return int(value)


Incoming = StarletteUpload
"""A file of a form, however it was read."""

TheFile = Annotated[UploadFile, File(description="PDF, JPEG, PNG, HEIC, WEBP or TIFF.")]
FormCents = Annotated[Cents, BeforeValidator(_digits), Form()]


@router.post("/documents", dependencies=_FORM, **command(201))
def attach_document(
    dote_id: DoteId,
    kind: Annotated[Word, Form()],
    file: TheFile,
    call: TheCallOnDote,
    valid_until: Annotated[
        day | None, Form(description="Its last good day, if it has one.")
    ] = None,
) -> schemas.Document:
    """A paper joins the case file."""
    command = AttachDocument(kind=kind, valid_until=valid_until)
    upload = received(call, file)
    outcome = call.run(
        lambda work: papers.attach_document(
            work, dote_id, command, kept(call, work, dote_id, Action.ATTACH_DOCUMENT, upload)
        ),
        command,
        sha256=upload.sha256,
    )
    return call.view.dote(dote_id, outcome.version).documents[_index(outcome.part)]


@router.post("/receipts", dependencies=_FORM, **command(201))
def submit_receipt(
    dote_id: DoteId,
    kind: Annotated[Word, Form(examples=["invoice"])],
    number: Annotated[Label, Form(examples=["12/A"])],
    date: Annotated[day, Form(examples=["2026-03-31"])],
    issuer: Annotated[Label, Form()],
    amount_cents: FormCents,
    file: TheFile,
    call: TheCallOnDote,
    paper_cents: Annotated[
        FormCents | None,
        Form(description="What the whole paper comes to, if other doti paid the rest of it."),
    ] = None,
) -> ReceiptKnown:
    """A receipt comes in, with its file; the same again is refused (`duplicate`). If another dote
    has the same paper, the answer says so."""
    # What is not given is not sent either: a command sent again is known by what was in it.
    more: dict[str, Any] = {} if paper_cents is None else {"paper_cents": paper_cents}
    command = SubmitReceipt(
        kind=kind, number=number, date=date, issuer=issuer, amount_cents=amount_cents, **more
    )
    upload = received(call, file)
    outcome = call.run(
        lambda work: accounting.submit_receipt(
            work, dote_id, command, kept(call, work, dote_id, Action.SUBMIT_RECEIPT, upload)
        ),
        command,
        sha256=upload.sha256,
    )
    shown = call.view.dote(dote_id, outcome.version)
    receipt = shown.receipts[_index(outcome.part)]
    same = same_papers(call.services.register, dote_id).get(receipt.n, ())
    return ReceiptKnown(
        **receipt.model_dump(),
        same_paper=told(same, call.view.actor, Of(dote_id, shown.partner), call.view.language),
    )


@router.get(
    "/documents/{n}/file",
    dependencies=READ,
    response_class=Response,
    responses=file_answer() | refusals(*READING, 410),
)
def document_file(
    dote_id: DoteId,
    n: Nth,
    view: TheView,
    reads: TheReads,
) -> Response:
    """The file of a document."""
    return paper_file(view, reads, dote_id, DocumentAttached, n)


@router.get(
    "/receipts/{n}/file",
    dependencies=READ,
    response_class=Response,
    responses=file_answer() | refusals(*READING, 410),
)
def receipt_file(
    dote_id: DoteId,
    n: Nth,
    view: TheView,
    reads: TheReads,
) -> Response:
    """The file of a receipt."""
    return paper_file(view, reads, dote_id, ReceiptSubmitted, n)


def received(call: Call, file: Incoming) -> Upload:
    """The file that came, if it is of a kind that is let in."""
    return receive(file.file, file.filename or "", call.services.settings.max_upload_bytes)


def kept(call: Call, work: Work, dote_id: UUID, action: Action, upload: Upload) -> DoteFile:
    """The file, in the store: before the event that names it, but not for a refused command."""
    # While the household's lock is held, nobody erases it; while the file's is, nobody else hands
    # it in.
    household_id = work.case(dote_id).dote.household_id
    work.store.begin(("household", household_id), ("file", upload.sha256))
    case = work.case(dote_id)
    signed(case, action, work.actor)
    call.services.files.put(case.dote.household_id, upload.sha256, upload.data)
    return upload.file


def _index(part: int | None) -> int:
    # Parts are numbered from 1 on, in their order.
    return (part or 1) - 1


BESIDE = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""A paper that is looked at may stand within a page of this server, and of no other."""

_NAMED_IN = {DocumentAttached: "file", ReceiptSubmitted: "details"}


def paper_file(
    view: View,
    reads: Reads,
    dote_id: UUID,
    kind: type[DocumentAttached | ReceiptSubmitted],
    n: int,
    disposition: str = "attachment",
) -> Response:
    """A paper as it came in, if it is the reader's to see."""
    private = _NAMED_IN[kind]
    history, dote = view.visible(dote_id)
    paper = next((event for event in history if isinstance(event, kind) and event.n == n), None)
    if paper is None:
        raise NotFound
    health_data = view.is_health(dote.category)
    if not may_read(view.actor, FIELDS[kind, private].kind, dote.partner, health_data=health_data):
        raise NotForYourRole
    record = view.opened(paper, private, dote.partner, health_data=health_data)
    if record is None:
        raise Erased
    name = quote(record["name"] if isinstance(record, dict) else f"{n}", safe="")
    content = view.services.files.open(dote.household_id, paper.sha256)
    reads.note(view, Access.PAPER_READ, dote.household_id, dote_id, paper=kind.__name__, n=n)
    headers = {"Content-Disposition": f"{disposition}; filename*=UTF-8''{name}"}
    if disposition == "inline":
        headers["Content-Security-Policy"] = BESIDE
    return Response(content, media_type=paper.media_type, headers=headers)
