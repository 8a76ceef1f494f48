"""The list of doti, and what is found from anywhere by number, household, person or tax code."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import StringConstraints, TypeAdapter, ValidationError

from api.pages.household_list import Found, listed
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.v1 import cursors
from api.v1.reads import TheReads
from api.v1.searching import Search
from api.v1.views import View
from domain.actors import Actor
from domain.dote import Dote
from domain.lifecycle import READERS, State
from domain.text import Label
from projections.doti import queries
from projections.doti.queries import PageQuery

router = APIRouter(include_in_schema=False)

LISTED = 25
FOUND = 50
LONGEST_SEARCH = 60
NOT_WORDS = N_("Write a number, a name or a tax code to look for.")

_PLACE = TypeAdapter(tuple[datetime, UUID])
_WORDS = TypeAdapter(Annotated[Label, StringConstraints(max_length=LONGEST_SEARCH)])


@router.get("/doti")
def doti(
    page: TheShell,
    actor: SignedIn,
    stato: State | str | None = None,
    after: Annotated[str | None, Query(max_length=500)] = None,
) -> HTMLResponse:
    """Doti, the newest first."""
    state = stato if isinstance(stato, State) else None
    place = cursors.read("doti", _PLACE, after)
    query = PageQuery(actor.scope(READERS), state=state, after=place, limit=LISTED)
    with page.services.database.transaction() as tx:
        found = queries.page(tx, query)
    following = cursors.write("doti", _PLACE, found.next_after)
    kept = {"stato": state} if state else {}
    return page.page(
        "doti.html",
        state=state,
        states=list(State),
        more=f"/doti?{urlencode({**kept, 'after': following})}" if following else None,
        **_shown(page, found.items),
    )


@router.post("/cerca")
def search(page: TheShell, actor: SignedIn, form: OurForm, reads: TheReads) -> Response:
    """Whatever is found; one household or one dote alone is opened.

    By POST: names and tax codes in addresses would be kept in histories and logs.
    """
    typed = str(form.get("q", ""))
    try:
        text = _WORDS.validate_python(typed)
    except ValidationError:
        return page.page(
            "found.html", here="/", text="", error=NOT_WORDS, households=[], **_shown(page, [])
        )
    view = View(page.services, actor, page.language)
    households = listed(view, reads, text, FOUND).households
    found = _found(page, actor, text)
    only = [f"/nuclei/{each.household.id}" for each in households if each.household]
    # A household that is found leads on to its doti: they say nothing more.
    only = only or [f"/doti/{each.id}" for each in found]
    if len(only) == 1 and _is_one(households, found):
        return page.done(only[0])
    return page.page(
        "found.html",
        here="/",
        text=text,
        error=None,
        households=households,
        all_shown=len(found) < FOUND,
        **_shown(page, found),
    )


def _found(page: Shell, actor: Actor, text: str) -> list[Dote]:
    words = Search(page.services, actor).words(text)
    query = PageQuery(actor.scope(READERS), words=words, limit=FOUND)
    with page.services.database.transaction() as tx:
        return queries.page(tx, query).items


def _is_one(households: list[Found], found: list[Dote]) -> bool:
    """Whether all that was found is one household with its doti, or one dote."""
    theirs = {each.household.id for each in households if each.household is not None}
    return all(not theirs or dote.household_id in theirs for dote in found)


def _shown(page: Shell, found: list[Dote]) -> dict[str, Any]:
    categories = page.services.register.programme().categories.values()
    names = {code: name for each in categories for code, name in each.items.items()}
    return {"rows": [(dote, names.get(dote.item, dote.item)) for dote in found]}
