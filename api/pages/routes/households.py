"""Nuclei: the list, the page of one, the copy of their data, and who looked at them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, TypeAdapter

from api.pages.household_list import LONGEST_SEARCH, Found, known_as, listed, search_words
from api.pages.household_page import HouseholdPage
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.security.rights import ERASURE_LIST
from api.v1 import cursors
from api.v1.access_list import AccessQuery, lines, looked
from api.v1.access_schemas import AccessEntry
from api.v1.copies import copied, letter
from api.v1.dependencies import BIGGEST, HouseholdId
from api.v1.household_view import HouseholdView
from api.v1.reads import TheReads
from api.v1.views import View
from domain.actors import Actor
from workflows.eventstore.access_log import Access

router = APIRouter(include_in_schema=False)

LISTED = 25
FOUND = 50
LOOKS = 50
NOT_WORDS = N_("Write a number, a name, a tax code or a phone number to look for.")
_PLACE = TypeAdapter(tuple[datetime, UUID])
_NTH = TypeAdapter(Annotated[int, Field(ge=1, le=BIGGEST)])
After = Annotated[str | None, Query(max_length=500)]


@router.get("/nuclei")
def households(page: TheShell, actor: SignedIn, reads: TheReads, after: After = None) -> Response:
    """Households within the reader's scope, the newest first."""
    view = View(page.services, actor, page.language)
    place = cursors.read("households", _PLACE, after)
    found = listed(view, reads, None, LISTED, place)
    following = cursors.write("households", _PLACE, found.next_after)
    return _listed(
        page, actor, found.households, more=f"/nuclei?after={following}" if following else None
    )


@router.post("/nuclei")
def search(page: TheShell, actor: SignedIn, form: OurForm, reads: TheReads) -> Response:
    """The households that words name. By POST: names in addresses would be kept in histories."""
    typed = str(form.get("q", ""))
    words = search_words(typed)
    if words is None:
        return _listed(page, actor, [], text=typed[:LONGEST_SEARCH], error=NOT_WORDS, status=422)
    view = View(page.services, actor, page.language)
    found = listed(view, reads, words, FOUND).households
    found += known_as(view, words, found)
    only = found[0].household if len(found) == 1 else None
    if only is not None:
        return page.done(f"/nuclei/{only.id}")
    return _listed(page, actor, found, text=words)


def _listed(
    page: Shell,
    actor: Actor,
    found: list[Found],
    *,
    text: str | None = None,
    error: str | None = None,
    more: str | None = None,
    status: int = 200,
) -> Response:
    partners = page.services.register.programme().partners
    return page.page(
        "households.html",
        status=status,
        here="/nuclei",
        found=found,
        text=text,
        error=error,
        more=more,
        erasures=actor.has_any(ERASURE_LIST),
        desks={code: each.called for code, each in partners.items()},
    )


@router.get("/nuclei/{household_id}")
def household(
    household_id: HouseholdId, page: TheShell, actor: SignedIn, reads: TheReads
) -> Response:
    """The household as it is now."""
    shown = HouseholdPage.of(page, actor, household_id)
    values = shown.values()
    reads.note(shown.view, Access.HOUSEHOLD_READ, household_id)
    return page.page("household.html", **values)


@router.get("/nuclei/{household_id}/copia.json")
def copy(household_id: HouseholdId, page: TheShell, actor: SignedIn, reads: TheReads) -> Response:
    """All that is kept of them, as a file for programs."""
    made = copied(page.services, actor, page.language, reads, household_id, "json")
    return Response(
        made.model_dump_json(indent=2),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="copia-{made.number}.json"'},
    )


@router.get("/nuclei/{household_id}/copia.pdf")
def copy_letter(
    household_id: HouseholdId, page: TheShell, actor: SignedIn, reads: TheReads
) -> Response:
    """The same as a letter to be handed to them."""
    made = copied(page.services, actor, page.language, reads, household_id, "pdf")
    return letter(made, page.language)


@router.get("/nuclei/{household_id}/accessi")
def accesses(
    household_id: HouseholdId, page: TheShell, actor: SignedIn, after: After = None
) -> Response:
    """Who looked at them, the newest first."""
    seen = HouseholdView(View(page.services, actor, page.language)).visible(household_id)
    query = AccessQuery(
        household_id=household_id, before=cursors.read("accesses", _NTH, after), limit=LOOKS
    )
    with page.services.database.transaction() as tx:
        found, before = lines(tx, query)
        looks = [AccessEntry(**line) for line in looked(page.services, found)]
    following = cursors.write("accesses", _NTH, before)
    path = f"/nuclei/{household_id}/accessi"
    return page.page(
        "household_accesses.html",
        household=seen,
        looks=looks,
        more=f"{path}?after={following}" if following else None,
    )
