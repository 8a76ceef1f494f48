"""The page of a dote: all about it, and each action either with its form or with why not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from starlette.datastructures import FormData, UploadFile

from api.pages import typed
from api.pages.calling import calling
from api.pages.dote_form import DoteForm
from api.pages.dote_forms import FORMS, REVEAL
from api.pages.dote_past import version_on
from api.pages.dote_view import DotePage
from api.pages.forms import Filled, command, read, refused, understood, uploaded
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import mark, problem_for
from api.security.refusals import PageTooOld
from api.v1.accesses import revealing
from api.v1.commands import Call
from api.v1.dependencies import DoteId, Nth
from api.v1.papers import kept, paper_file, received
from api.v1.reads import Reads, TheReads
from api.v1.views import View
from domain.actors import Actor
from domain.errors import DomainError, NotFound, StaleVersion
from domain.events.dote import DocumentAttached, ReceiptSubmitted
from workflows import commands, reveals
from workflows.commands import Command
from workflows.eventstore.access_log import Access

router = APIRouter(include_in_schema=False)

MOST_VERSIONS = 1_000_000
PREVIEW = "preview"
"""The button that shows what a vote comes to and gives none."""


@router.get("/doti/{dote_id}")
def dote(
    dote_id: DoteId,
    page: TheShell,
    actor: SignedIn,
    reads: TheReads,
    *,
    al: Annotated[str | None, Query(max_length=20)] = None,
    versione: Annotated[int | None, Query(ge=1, le=MOST_VERSIONS)] = None,
) -> Response:
    """The dote as it is now; `al`: as it was known at the end of a day; `versione`: right after one
    of its events."""
    view = View(page.services, actor, page.language)
    wrong_day = None
    if al:
        try:
            versione = version_on(page.services, view, dote_id, typed.day(al))
        except typed.Mistyped as mistake:
            wrong_day = mistake.sentence
    if versione is not None:
        return _as_it_was(
            page, reads, DotePage(page, actor, view, view.as_it_was(dote_id, versione))
        )
    return _page(page, reads, DotePage.of(page, actor, dote_id, view, wrong_day=wrong_day))


def _as_it_was(page: Shell, reads: Reads, shown: DotePage) -> Response:
    values = shown.past()
    _note(reads, shown)
    dote_id = shown.seen.shown.id
    return page.page("dote_past.html", here=f"/doti/{dote_id}", **values)


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


@router.post("/doti/{dote_id}/mostra")
def reveal(
    dote_id: DoteId, page: TheShell, actor: SignedIn, sent: OurForm, reads: TheReads
) -> Response:
    """The dote in clear, once, for who says why: it is not kept, and the next look masks again."""
    filled = read(sent, REVEAL)
    values, filled = understood(filled, REVEAL, page.language)
    wanted, filled = command(commands.Reveal, values, filled, REVEAL, page.language)
    if wanted is None:
        again = DotePage.of(page, actor, dote_id, asked=filled)
        return _page(page, reads, again, status=422)
    call = calling(page, actor, filled)
    outcome = call.run(lambda work: reveals.reveal_dote(work, dote_id, wanted), wanted)
    _, known = call.view.visible(dote_id)
    view = revealing(call, reads, outcome, known.household_id, dote_id, category=known.category)
    return _page(page, reads, DotePage.of(page, actor, dote_id, view))


def _posted(form: DoteForm) -> Callable[..., Response]:
    def post(
        dote_id: DoteId, page: TheShell, actor: SignedIn, sent: OurForm, reads: TheReads
    ) -> Response:
        return _done(Asked(page, actor, reads, dote_id, form, _part(form, sent)), sent)

    return post


for _form in FORMS.values():
    router.add_api_route(
        f"/doti/{{dote_id}}/{_form.action}", _posted(_form), methods=["POST"], name=_form.action
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that was sent: who sent it, and what it is about."""

    page: Shell
    actor: Actor
    reads: Reads
    dote_id: UUID
    form: DoteForm
    part: int | None

    def again(self, filled: Filled, *, status: int, changed_since: int | None = None) -> Response:
        """The page with the form as it was filled in."""
        tried = {(self.form.action, self.part): filled}
        shown = DotePage.of(
            self.page, self.actor, self.dote_id, tried=tried, changed_since=changed_since
        )
        return _page(self.page, self.reads, shown, status)


def _part(form: DoteForm, sent: FormData) -> int | None:
    """The number of the part that the form is about."""
    if form.parts is None:
        return None
    given = str(sent.get("n", ""))
    if not (given.isascii() and given.isdecimal() and len(given) < 7):
        raise PageTooOld
    return int(given)


def _done(asked: Asked, sent: FormData) -> Response:
    """Does it and goes on to the page; or the page with the form as it was filled in."""
    form, page = asked.form, asked.page
    filled = read(sent, form.fields)
    if filled.version is None:
        raise PageTooOld
    if PREVIEW in sent:
        _, filled = understood(filled, form.fields, page.language)
        return asked.again(filled, status=200, changed_since=_overtaken(asked, filled))
    values, filled = understood(filled, form.fields, page.language)
    wanted, filled = command(form.model, form.shape(values), filled, form.fields, page.language)
    file, filled = uploaded(sent, filled, form.fields, page.language)
    if wanted is None or filled.wrong:
        return asked.again(filled, status=422)
    call = calling(page, asked.actor, filled)
    call.expected_version = filled.version
    try:
        _run(call, asked, wanted, file)
    except NotFound:
        raise
    except StaleVersion:
        return asked.again(filled, status=412, changed_since=filled.version)
    except DomainError as error:
        mark(page.request, error)
        told = refused(filled, error, form.fields, page.language)
        return asked.again(told, status=problem_for(error).status)
    return page.done(f"/doti/{asked.dote_id}", form.action)


def _overtaken(asked: Asked, filled: Filled) -> int | None:
    """The version that somebody looks at, where there is a newer one: they are shown what
    changed."""
    newest = asked.page.services.register.dote(asked.dote_id).version
    return filled.version if filled.version is not None and filled.version < newest else None


def _run(call: Call, asked: Asked, wanted: Command, file: UploadFile | None) -> None:
    """Runs the command as the API does."""
    form, dote_id, part = asked.form, asked.dote_id, asked.part
    if form.decide is not None:
        decide = form.decide
        call.run(lambda work: decide(work, dote_id, wanted), wanted)
    elif form.decide_on_part is not None and part is not None:
        on_part = form.decide_on_part
        call.run(lambda work: on_part(work, dote_id, part, wanted), wanted, n=str(part))
    elif form.decide_on_file is not None and file is not None:
        on_file, upload = form.decide_on_file, received(call, file)
        call.run(
            lambda work: on_file(
                work, dote_id, wanted, kept(call, work, dote_id, form.action, upload)
            ),
            wanted,
            sha256=upload.sha256,
        )


def _page(page: Shell, reads: Reads, shown: DotePage, status: int = 200) -> Response:
    values = shown.values()
    _note(reads, shown)
    dote_id = shown.seen.shown.id
    return page.page("dote.html", status=status, here=f"/doti/{dote_id}", **values)


def _note(reads: Reads, shown: DotePage) -> None:
    """Who looks is written down before anything is answered; who said why is so already."""
    dote = shown.seen.shown
    if shown.view.revealed is None:
        reads.note(shown.view, Access.DOTE_READ, dote.household_id, dote.id)
