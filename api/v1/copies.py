"""A copy of one's data, for the persons of a household (articles 15 and 20 of the GDPR)."""

from typing import Any

from fastapi import APIRouter, Response

from api.documents.copy import CopyLetter
from api.languages import Language
from api.v1 import PREFIX
from api.v1.copy_schemas import Copy
from api.v1.copy_view import CopyView
from api.v1.dependencies import HouseholdId, SignedIn, TheLanguage, TheServices
from api.v1.describing import READING, refusals
from api.v1.reads import Reads, TheReads
from api.v1.views import View
from api.v1.waiting import READ, projected
from api.wiring import Services
from domain.actors import Actor
from domain.errors import NotFound
from domain.merging import KEEPERS
from workflows.engine import can_see
from workflows.eventstore.access_log import Access

router = APIRouter(prefix=f"{PREFIX}/households", tags=["households"])

PDF = "application/pdf"
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The letter", "content": {PDF: {"schema": {"type": "string"}}}}
}


@router.get("/{household_id}/copy", dependencies=READ, responses=refusals(*READING))
def copy(
    household_id: HouseholdId,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    reads: TheReads,
) -> Copy:
    """All that is kept of a household and its persons, to be handed to them as a file."""
    return copied(services, actor, language, reads, household_id, "json")


@router.get(
    "/{household_id}/copy.pdf",
    dependencies=READ,
    response_class=Response,
    responses=_PDF | refusals(*READING),
)
def copy_pdf(
    household_id: HouseholdId,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    reads: TheReads,
) -> Response:
    """The same as a letter to read, in the language of `Accept-Language`."""
    return letter(copied(services, actor, language, reads, household_id, "pdf"), language)


def letter(made: Copy, language: Language) -> Response:
    """A copy as a letter to read."""
    return Response(
        CopyLetter(made, language).letter().pdf(),
        media_type=PDF,
        headers={"Content-Disposition": f'attachment; filename="copy-{made.number}.pdf"'},
    )


def copied(
    services: Services,
    actor: Actor,
    language: Language,
    reads: Reads,
    household_id: HouseholdId,
    form: str,
) -> Copy:
    """The copy, for who keeps the household's data; that it was made is noted."""
    household = services.register.household(household_id)
    if not can_see(actor, household.partner):
        raise NotFound
    role = actor.role_for(KEEPERS, household.partner)
    if role is None:
        raise NotFound
    # What happened last is told too.
    projected(services, services.log.end())
    view = View(services, actor, language, revealed=role)
    made = CopyView(view, services.register.programme()).copy(household)
    reads.add(Access.COPIED, role, household_id, format=form)
    return made
