"""The list of doti, and what is found from anywhere by number, household, person or tax code."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import StringConstraints, TypeAdapter, ValidationError
from starlette.datastructures import FormData

from api.pages.dote_rows import rows
from api.pages.household_list import Found, listed
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.security.rights import COUNTERS
from api.v1 import cursors
from api.v1.reads import Reads, TheReads
from api.v1.searching import Search
from api.v1.views import View
from domain.actors import Actor
from domain.dote import Dote
from domain.lifecycle import READERS, State
from domain.programme import Programme
from domain.text import Label
from projections.doti import queries
from projections.doti.mine import Person
from projections.doti.queries import PageQuery, Word

router = APIRouter(include_in_schema=False)

LISTED = 25
FOUND = 50
LONGEST_SEARCH = 60
NOT_WORDS = N_("Write a number, a name or a tax code to look for.")
VIEWS = (("lavoro", N_("work")), ("importi", N_("amounts")))
"""Which columns are shown: who is awaited, or all the amounts."""

_PLACE = TypeAdapter(tuple[datetime, UUID])
_WORDS = TypeAdapter(Annotated[Label, StringConstraints(max_length=LONGEST_SEARCH)])
Chosen = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which doti, and which columns. What is not known is not asked for."""

    stato: str = ""
    partner: str = ""
    categoria: str = ""
    voce: str = ""
    mie: str = ""
    vista: str = ""

    def address(self, **more: str) -> str:
        """The list with these filters."""
        named = {name: getattr(self, name) for name in self.__slots__} | more
        return f"/doti?{urlencode({name: value for name, value in named.items() if value})}"

    def query(self, page: Shell, actor: Actor, words: tuple[Word, ...] = ()) -> PageQuery:
        """What is asked of the list."""
        now = page.services.engine.clock()
        return PageQuery(
            actor.scope(READERS),
            state=State(self.stato) if self.stato in set(State) else None,
            partner=self.partner or None,
            category=self.categoria or None,
            item=self.voce or None,
            words=words,
            waiting_for=Person(actor, now) if self.mie else None,
            limit=FOUND if words else LISTED,
        )


def _of_address(
    stato: Chosen = "",
    partner: Chosen = "",
    categoria: Chosen = "",
    voce: Chosen = "",
    mie: Literal["", "1"] = "",
    vista: Chosen = "",
) -> Filters:
    return Filters(stato, partner, categoria, voce, mie, vista)


def _of_form(sent: FormData) -> Filters:
    return Filters(**{name: str(sent.get(name, ""))[:40] for name in Filters.__slots__})


@router.get("/doti")
def doti(
    page: TheShell,
    actor: SignedIn,
    chosen: Annotated[Filters, Depends(_of_address)],
    after: Annotated[str | None, Query(max_length=500)] = None,
) -> HTMLResponse:
    """Doti, the newest first."""
    query = replace(chosen.query(page, actor), after=cursors.read("doti", _PLACE, after))
    with page.services.database.transaction() as tx:
        found = queries.page(tx, query)
    following = cursors.write("doti", _PLACE, found.next_after)
    more = chosen.address(after=following) if following else None
    return _list(page, actor, chosen, found.items, more=more)


@router.post("/doti")
def filtered(page: TheShell, actor: SignedIn, reads: TheReads, sent: OurForm) -> Response:
    """The list with other filters. With words it is shown at once: names and tax codes in addresses
    would be kept in histories and logs."""
    chosen, typed = _of_form(sent), str(sent.get("q", ""))
    if not typed.strip():
        return page.done(chosen.address())
    try:
        text = _WORDS.validate_python(typed)
    except ValidationError:
        return _list(page, actor, chosen, [], text=typed, error=NOT_WORDS)
    found = _found(page, actor, reads, text, chosen)
    return _list(page, actor, chosen, found, text=text, all_shown=len(found) < FOUND)


@router.post("/cerca")
def search(page: TheShell, actor: SignedIn, reads: TheReads, form: OurForm) -> Response:
    """Whatever is found; one household or one dote alone is opened.

    By POST: names and tax codes in addresses would be kept in histories and logs.
    """
    typed = str(form.get("q", ""))
    try:
        text = _WORDS.validate_python(typed)
    except ValidationError:
        return page.page("found.html", here="/", text="", error=NOT_WORDS, households=[], rows=[])
    view = View(page.services, actor, page.language)
    households = listed(view, reads, text, FOUND).households
    found = _found(page, actor, reads, text, Filters())
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
        rows=rows(View(page.services, actor, page.language), found),
    )


def _found(page: Shell, actor: Actor, reads: Reads, text: str, chosen: Filters) -> list[Dote]:
    looked_for = Search(page.services, actor)
    query = chosen.query(page, actor, looked_for.words(text))
    reads.searched(looked_for)
    with page.services.database.transaction() as tx:
        return queries.page(tx, query).items


def _is_one(households: list[Found], found: list[Dote]) -> bool:
    """Whether all that was found is one household with its doti, or one dote."""
    theirs = {each.household.id for each in households if each.household is not None}
    return all(not theirs or dote.household_id in theirs for dote in found)


def _list(
    page: Shell,
    actor: Actor,
    chosen: Filters,
    found: list[Dote],
    *,
    more: str | None = None,
    text: str = "",
    error: str | None = None,
    all_shown: bool = True,
) -> HTMLResponse:
    programme = page.services.register.programme()
    return page.page(
        "doti.html",
        here="/doti",
        chosen=chosen,
        text=text,
        error=error,
        all_shown=all_shown,
        more=more,
        may_export=actor.has_any(COUNTERS),
        rows=rows(View(page.services, actor, page.language), found),
        **_choices(programme, actor),
    )


def _choices(programme: Programme, actor: Actor) -> dict[str, Any]:
    """What there is to choose from, within the reader's scope."""
    scope = actor.scope(READERS)
    partners = [one for one in programme.partners.values() if scope is None or one.code in scope]
    categories = list(programme.categories.values())
    return {
        "states": list(State),
        "partners": [(one.code, one.called) for one in partners],
        "categories": [(one.code, one.name) for one in categories],
        "items": [(one.name, list(one.items.items())) for one in categories],
        "views": VIEWS,
    }
