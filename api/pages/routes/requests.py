"""Nuova richiesta: a household found or registered, what they need, and off it goes.

What is typed is kept as a draft with every step, so that a closed browser or an ended session costs
nobody anything.
"""

from uuid import UUID

from fastapi import APIRouter, Response

from api.languages import translate
from api.pages.drafting import DRAFTS, Writing
from api.pages.request_steps import Step
from api.pages.say import N_
from api.pages.shell import HEADERS, Shell, TheShell
from api.pages.who import OurForm, SignedIn, TheDraftForm
from api.v1.reads import TheReads
from domain.actors import Actor
from domain.errors import NotFound
from workflows.eventstore.drafts import Draft, Drafts

router = APIRouter(include_in_schema=False)

NEW = "/richieste/nuova"
NOT_FRESH = N_(
    "You have signed in again meanwhile. All that you wrote is here: look at it, and go on."
)


@router.get(NEW)
def begin(page: TheShell, actor: SignedIn, reads: TheReads) -> Response:
    """The beginning: whom it is for."""
    return Step(page, actor, reads, Writing.new(actor.account_id)).shown()


@router.post(NEW)
def begun(page: TheShell, actor: SignedIn, form: OurForm, reads: TheReads) -> Response:
    """The first step makes the draft."""
    return Step(page, actor, reads, Writing.new(actor.account_id)).done(form)


@router.get(DRAFTS + "{draft_id}")
def draft(draft_id: UUID, page: TheShell, actor: SignedIn, reads: TheReads) -> Response:
    """A draft as it was left; one that was sent leads to its dote."""
    found = _own(page, actor, draft_id)
    if found.sent_as is not None:
        return page.done(f"/doti/{found.sent_as}")
    return Step(page, actor, reads, Writing.of(found)).shown()


@router.post(DRAFTS + "{draft_id}")
def go_on(
    draft_id: UUID, page: TheShell, actor: SignedIn, sent: TheDraftForm, reads: TheReads
) -> Response:
    """One more step; whatever it is, all that was typed is kept first."""
    found = _own(page, actor, draft_id)
    if found.sent_as is not None:
        return page.done(f"/doti/{found.sent_as}")
    step = Step(page, actor, reads, Writing.of(found))
    if sent.is_fresh:
        return step.done(sent.fields)
    kept = step.kept(step.writing.typed(sent.fields))
    if "hx-request" in page.request.headers:
        return Response(status_code=204, headers={**HEADERS, "HX-Refresh": "true"})
    told = kept.writing.filled.but(whole=translate(page.language, NOT_FRESH))
    return kept.shown(told, status=409)


def _own(page: Shell, actor: Actor, draft_id: UUID) -> Draft:
    services = page.services
    drafts = Drafts(services.database, services.vault)
    found = drafts.own(actor.account_id, draft_id, services.engine.clock())
    if found is None:
        raise NotFound
    return found
