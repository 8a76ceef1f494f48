"""The page of a dote: all about it, and each action either with its form or with why not."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from api.pages.dote_forms import FORMS, DoteForm
from api.pages.dote_view import DotePage
from api.pages.forms import Filled, command, read, refused, understood, uploaded
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import problem_for
from api.security.refusals import PageTooOld
from api.v1.commands import Call
from api.v1.dependencies import DoteId, Nth
from api.v1.papers import kept, paper_file, received
from api.v1.reads import TheReads
from api.v1.views import View
from domain.actors import Actor
from domain.errors import DomainError, NotFound, StaleVersion
from domain.events.dote import DocumentAttached, ReceiptSubmitted
from workflows.commands import Command
from workflows.eventstore.access_log import Access

router = APIRouter(include_in_schema=False)

PREVIEW = "preview"
"""The button that shows what a vote comes to and gives none."""


@router.get("/doti/{dote_id}")
def dote(dote_id: DoteId, page: TheShell, actor: SignedIn, reads: TheReads) -> Response:
    """The dote as it is now."""
    shown = DotePage.of(page, actor, dote_id)
    reads.note(shown.view, Access.DOTE_READ, shown.seen.shown.household_id, dote_id)
    return _page(page, shown)


@router.get("/doti/{dote_id}/documenti/{n}")
def document(dote_id: DoteId, n: Nth, page: TheShell, actor: SignedIn, reads: TheReads) -> Response:
    """A paper, to be looked at."""
    view = View(page.services, actor, page.language)
    return paper_file(view, reads, dote_id, DocumentAttached, n, "inline")


@router.get("/doti/{dote_id}/giustificativi/{n}")
def receipt(dote_id: DoteId, n: Nth, page: TheShell, actor: SignedIn, reads: TheReads) -> Response:
    """A receipt, to be looked at."""
    view = View(page.services, actor, page.language)
    return paper_file(view, reads, dote_id, ReceiptSubmitted, n, "inline")


def _posted(form: DoteForm) -> Callable[..., Response]:
    def post(dote_id: DoteId, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
        return _done(page, actor, dote_id, form, sent)

    return post


for _form in FORMS.values():
    router.add_api_route(
        f"/doti/{{dote_id}}/{_form.action}", _posted(_form), methods=["POST"], name=_form.action
    )


def _done(page: Shell, actor: Actor, dote_id: UUID, form: DoteForm, sent: FormData) -> Response:
    """Does it and goes on to the page; or the page with the form as it was filled in."""
    filled = read(sent, form.fields)
    if filled.version is None:
        raise PageTooOld
    if PREVIEW in sent:
        _, filled = understood(filled, form.fields, page.language)
        return _again(page, actor, dote_id, form, filled, status=200)
    values, filled = understood(filled, form.fields, page.language)
    wanted, filled = command(form.model, form.shape(values), filled, form.fields, page.language)
    file, filled = uploaded(sent, filled, form.fields, page.language)
    if wanted is None or filled.wrong:
        return _again(page, actor, dote_id, form, filled, status=422)
    call = Call(page.request, Response(), page.services, actor, page.language, filled.once)
    call.expected_version = filled.version
    try:
        _run(call, dote_id, form, wanted, file)
    except NotFound:
        raise
    except StaleVersion:
        since = filled.version
        return _again(page, actor, dote_id, form, filled, status=412, changed_since=since)
    except DomainError as error:
        told = refused(filled, error, form.fields, page.language)
        return _again(page, actor, dote_id, form, told, status=problem_for(error).status)
    return page.done(f"/doti/{dote_id}", form.action)


def _run(
    call: Call, dote_id: UUID, form: DoteForm, wanted: Command, file: UploadFile | None
) -> None:
    """Runs the command as the API does."""
    if form.decide is not None:
        decide = form.decide
        call.run(lambda work: decide(work, dote_id, wanted), wanted)
    elif form.decide_on_file is not None and file is not None:
        on_file, upload = form.decide_on_file, received(call, file)
        call.run(
            lambda work: on_file(
                work, dote_id, wanted, kept(call, work, dote_id, form.action, upload)
            ),
            wanted,
            sha256=upload.sha256,
        )


def _again(
    page: Shell,
    actor: Actor,
    dote_id: UUID,
    form: DoteForm,
    filled: Filled,
    *,
    status: int,
    changed_since: int | None = None,
) -> Response:
    shown = DotePage.of(page, actor, dote_id, {form.action: filled}, changed_since)
    return _page(page, shown, status)


def _page(page: Shell, shown: DotePage, status: int = 200) -> Response:
    dote_id = shown.seen.shown.id
    return page.page("dote.html", status=status, here=f"/doti/{dote_id}", **shown.values())
