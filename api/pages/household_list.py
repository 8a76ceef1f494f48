"""Households that are looked for: those in one's scope, and that others know somebody as well."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints, TypeAdapter, ValidationError

from api.v1.household_answers import HouseholdSummary
from api.v1.household_view import HouseholdView
from api.v1.known_persons import known_persons
from api.v1.reads import Reads
from api.v1.searching import Search
from api.v1.views import View
from domain.household import IdType, Member
from domain.lifecycle import READERS
from domain.merging import KEEPERS
from domain.text import Label
from projections.doti import households as lists
from workflows.eventstore.access_log import Access

LONGEST_SEARCH = 60
_WORDS = TypeAdapter(Annotated[Label, StringConstraints(max_length=LONGEST_SEARCH)])


@dataclass(frozen=True, slots=True)
class Found:
    """A household that was found; `household` None: another desk's, of which nothing is told but
    `sentence`."""

    household: HouseholdSummary | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of households. `next_after`: the place of the last one, if there are more."""

    households: list[Found]
    next_after: tuple[datetime, UUID] | None


def search_words(text: str) -> str | None:
    """What can be looked for; None: nothing was typed that can."""
    try:
        return _WORDS.validate_python(text)
    except ValidationError:
        return None


def listed(
    view: View,
    reads: Reads,
    words: str | None,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> Listed:
    """Households within the reader's scope, the newest first; the search is noted."""
    search = Search(view.services, view.actor)
    query = lists.HouseholdQuery(
        scope=view.actor.scope(READERS),
        readable=search.readable,
        words=() if words is None else search.persons(words),
        after=after,
        limit=limit,
    )
    shown = HouseholdView(view)
    with view.services.database.transaction() as tx:
        page = lists.page(tx, query)
        reads.add(Access.SEARCHED, view.actor.role_for_any(READERS), households=len(page.items))
        found = [Found(shown.summary(household_id)) for household_id in page.items]
    return Listed(found, page.next_after)


def known_as(view: View, words: str, found: list[Found]) -> list[Found]:
    """Whether another desk knows somebody by this identifier, for who registers households."""
    if not view.actor.has_any(KEEPERS):
        return []
    whoever = Member(given_name="-", family_name="-", id_type=IdType.CF, id_value=words)
    there = {each.household.id for each in found if each.household is not None}
    return [
        Found(None, each.sentence)
        for each in known_persons(view.services, view.actor, view.language, [whoever])
        if each.household_id not in there and not each.own
    ]
