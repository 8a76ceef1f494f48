"""Registro: the log, searched and read; a dote step by step; dossiers to take away."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, StreamingResponse

from api.languages import translate
from api.pages import journal_view, typed
from api.pages.journal_view import Asked
from api.pages.replay_view import Replay
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.verification_view import shown as verification_shown
from api.pages.who import SignedIn
from api.v1.dependencies import BIGGEST, DoteId
from api.v1.proofs import dossier, sign_what_is_there
from api.v1.reads import TheReads
from api.v1.views import View
from domain.days import beginning_of
from workflows.audit.verifications import newest_result
from workflows.eventstore.access_log import Access

router = APIRouter(include_in_schema=False)

NOT_YET = N_("On that day the dote was not there yet.")
ITSELF = N_("the register itself")
Text = Annotated[str, Query(max_length=60)]


@router.get("/registro")
def log(
    page: TheShell,
    _: SignedIn,
    *,
    tipo: Text = "",
    chi: Text = "",
    partner: Text = "",
    numero: Text = "",
    dal: Text = "",
    al: Text = "",
    posizione: Text = "",
    prima: Annotated[int | None, Query(ge=0, le=BIGGEST)] = None,
) -> HTMLResponse:
    """The log, the newest first."""
    given = {
        "tipo": tipo,
        "chi": chi,
        "partner": partner,
        "numero": numero,
        "dal": dal,
        "al": al,
        "posizione": posizione,
    }
    services, language = page.services, page.language
    asked = journal_view.asked(services, language, given, prima)
    lines, more = _found(page, asked)
    last = newest_result(services.database)
    return page.page(
        "registro.html",
        status=422 if asked.wrong else 200,
        asked=asked,
        lines=lines,
        more=more,
        events=services.log.end(),
        kinds=journal_view.kinds(language),
        people=journal_view.people(services, translate(language, ITSELF)),
        partners=_partners(page),
        last=None if last is None else verification_shown(last, language),
    )


def _found(page: Shell, asked: Asked) -> tuple[list[journal_view.Line], str | None]:
    if asked.query is None:
        return [], None
    lines, places = journal_view.found(page.services, page.language, asked.query)
    following = places.next_upto
    return lines, None if following is None else asked.address(prima=following)


def _partners(page: Shell) -> list[tuple[str, str]]:
    programme = page.services.register.programme()
    return sorted((code, known.called) for code, known in programme.partners.items())


@router.get("/registro/doti/{dote_id}")
def replay(
    dote_id: DoteId,
    page: TheShell,
    actor: SignedIn,
    reads: TheReads,
    *,
    passo: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
    il: Text = "",
) -> HTMLResponse:
    """A dote as it was at one of its steps; at the last one, if none is named."""
    sign_what_is_there(page.services)
    steps = Replay(page.services, page.language, dote_id)
    view = View(page.services, actor, page.language)
    view.seen.masked = True
    reads.note(view, Access.HISTORY_READ, steps.dote.household_id, dote_id)
    nth, wrong = min(passo or steps.count, steps.count), None
    if il:
        then, wrong = _then(page, steps, il)
        nth = then or nth
    return page.page(
        "registro_dote.html",
        status=422 if wrong else 200,
        dote=steps.dote,
        step=steps.step(nth),
        unreadable=steps.unreadable,
        il=il,
        wrong=wrong,
        item=_item(page, steps.dote.category, steps.dote.item),
    )


def _then(page: Shell, steps: Replay, il: str) -> tuple[int | None, str | None]:
    """The last step of a day, or why there is none."""
    try:
        end = beginning_of(typed.day(il) + timedelta(days=1))
    except typed.Mistyped as mistake:
        return None, translate(page.language, mistake.sentence)
    except OverflowError:
        return steps.count, None
    nth = steps.at(end - timedelta(microseconds=1))
    return (nth, None) if nth else (None, translate(page.language, NOT_YET))


def _item(page: Shell, category: str, item: str) -> str:
    known = page.services.register.category(category)
    return known.items.get(item, item)


@router.get("/registro/fascicolo")
def whole_dossier(page: TheShell, actor: SignedIn, reads: TheReads) -> StreamingResponse:
    """The whole log, to be verified elsewhere."""
    return dossier(page.services, actor, reads, None)


@router.get("/registro/doti/{dote_id}/fascicolo")
def dossier_of(
    dote_id: DoteId, page: TheShell, actor: SignedIn, reads: TheReads
) -> StreamingResponse:
    """One dote with its proofs."""
    return dossier(page.services, actor, reads, dote_id)
