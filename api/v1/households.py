"""Households: register, look at, keep up to date, find, and count two as one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, TypeAdapter

from api.v1 import PREFIX, cursors
from api.v1 import household_answers as answers
from api.v1.bodies import (
    AddMemberBody,
    MergeHouseholdBody,
    RecordPersonalDataBody,
    RegisterHouseholdBody,
    SeekHouseholdsBody,
    UnmergeHouseholdBody,
)
from api.v1.commands import Call, TheCall, TheCallOnDote, TheView, etag
from api.v1.dependencies import (
    Cursor,
    HouseholdId,
    Limit,
    SignedIn,
    TheLanguage,
    TheServices,
    json_only,
)
from api.v1.describing import ALWAYS, READING, command, refusals, versioned
from api.v1.household_view import HouseholdView
from api.v1.known_persons import known_persons
from api.v1.reads import TheReads
from api.v1.searching import Search
from api.v1.waiting import READ
from domain.lifecycle import READERS
from domain.merging import KEEPERS
from domain.text import Label
from projections.doti import households as lists
from workflows import households as workflows
from workflows.engine import Decide
from workflows.eventstore.access_log import Access

router = APIRouter(prefix=f"{PREFIX}/households", tags=["households"])

_PLACE = TypeAdapter(tuple[datetime, UUID])


@router.post("", dependencies=[Depends(json_only)], **command(201, on_dote=False))
def register(command: RegisterHouseholdBody, call: TheCall) -> answers.Household:
    """A desk registers a household. A missing or odd identifier warns and never blocks."""
    outcome = call.run(lambda work: workflows.register_household(work, command), command)
    return HouseholdView(call.view).then(outcome.stream_id, outcome.version, new=True)


@router.get("", dependencies=READ, responses=refusals(*ALWAYS))
def households(
    view: TheView,
    reads: TheReads,
    *,
    q: Annotated[
        Annotated[Label, Field(max_length=60)] | None,
        Query(
            description="Words that are all found: how the number begins or ends; and, for who may "
            "read who they are, whole words of a member's name, an identifier, a phone number.",
            examples=["rossi 00042"],
        ),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> answers.HouseholdPage:
    """Households, the newest first, within the scope of whoever asks."""
    search = Search(view.services, view.actor)
    query = lists.HouseholdQuery(
        scope=view.actor.scope(READERS),
        readable=search.readable,
        words=() if q is None else search.persons(q),
        after=cursors.read("households", _PLACE, cursor),
        limit=limit,
    )
    shown = HouseholdView(view)
    with view.services.database.transaction() as tx:
        page = lists.page(tx, query)
        reads.add(Access.SEARCHED, view.actor.role_for_any(READERS), households=len(page.items))
        return answers.HouseholdPage(
            items=[shown.summary(household_id) for household_id in page.items],
            next_cursor=cursors.write("households", _PLACE, page.next_after),
        )


@router.post("/matches", dependencies=[Depends(json_only)], responses=refusals(*ALWAYS, 413, 415))
def matches(
    command: SeekHouseholdsBody,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    reads: TheReads,
) -> answers.KnownPersons:
    """Whether a household with one of these persons is registered already, at any desk. Writes no
    event."""
    found = known_persons(services, actor, language, command.members)
    reads.add(Access.SEARCHED, actor.role_for_any(KEEPERS), households=len(found))
    return answers.KnownPersons(items=found)


@router.get(
    "/{household_id}",
    dependencies=READ,
    responses=versioned(200, replayed=False) | refusals(*READING),
)
def household(
    household_id: HouseholdId,
    response: Response,
    view: TheView,
    reads: TheReads,
) -> answers.Household:
    """A household, and what it was granted. Who its members are is masked for some roles."""
    shown = HouseholdView(view).now(household_id)
    reads.note(view, Access.HOUSEHOLD_READ, household_id)
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.post("/{household_id}/members", dependencies=[Depends(json_only)], **command(201))
def add_member(
    household_id: HouseholdId, command: AddMemberBody, call: TheCallOnDote
) -> answers.Household:
    """One more person belongs to the household, under the next number."""
    return _done(call, lambda work: workflows.add_member(work, household_id, command), command)


@router.post("/{household_id}/personal-data", dependencies=[Depends(json_only)], **command(200))
def record_personal_data(
    household_id: HouseholdId, command: RecordPersonalDataBody, call: TheCallOnDote
) -> answers.Household:
    """All that is known of the household, in the place of what was. Members keep their numbers."""
    return _done(
        call, lambda work: workflows.record_personal_data(work, household_id, command), command
    )


@router.post("/{household_id}/merge", dependencies=[Depends(json_only)], **command(200))
def merge(
    household_id: HouseholdId, command: MergeHouseholdBody, call: TheCallOnDote
) -> answers.Household:
    """The household is the same as another one, which goes on for both: what either was granted
    counts for both. Nothing is moved, and it can be undone."""
    return _done(call, lambda work: workflows.merge(work, household_id, command), command)


@router.post("/{household_id}/unmerge", dependencies=[Depends(json_only)], **command(200))
def unmerge(
    household_id: HouseholdId, command: UnmergeHouseholdBody, call: TheCallOnDote
) -> answers.Household:
    """The two were not the same after all: each counts by itself again."""
    return _done(call, lambda work: workflows.unmerge(work, household_id, command), command)


def _done(call: Call, decide: Decide, body: workflows.Change) -> answers.Household:
    outcome = call.run(decide, body)
    return HouseholdView(call.view).then(outcome.stream_id, outcome.version)
