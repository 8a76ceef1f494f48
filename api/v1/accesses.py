"""Who looked at whom: looking at what is masked, and the log of all looking."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, TypeAdapter

from api.v1 import PREFIX, access_schemas, cursors, schemas
from api.v1 import household_answers as answers
from api.v1.access_list import AccessQuery, lines, looked
from api.v1.bodies import RevealBody
from api.v1.commands import Call, TheCall, TheCallOnDote, TheView, etag
from api.v1.dependencies import (
    BIGGEST,
    Cursor,
    DoteId,
    HouseholdId,
    Limit,
    SignedIn,
    TheServices,
    Time,
    json_only,
)
from api.v1.describing import ALWAYS, READING, command, refusals
from api.v1.household_view import HouseholdView
from api.v1.reads import Reads, TheReads
from api.v1.reveal_view import RevealView
from api.v1.views import View
from api.v1.waiting import READ
from api.wiring import Services
from domain.reveals import revealer
from workflows import reveals
from workflows.engine import Outcome
from workflows.eventstore.access_log import Access

router = APIRouter(prefix=PREFIX, tags=["access"])

_PLACE = TypeAdapter(Annotated[int, Field(ge=1, le=BIGGEST)])


@router.post(
    "/households/{household_id}/reveal",
    dependencies=[Depends(json_only)],
    **command(200, on_dote=False),
)
def reveal_household(
    household_id: HouseholdId,
    command: RevealBody,
    call: TheCall,
    reads: TheReads,
    response: Response,
) -> answers.Household:
    """Shows who a household is to an auditor, once; the reason and the look are written down."""
    outcome = call.run(lambda work: reveals.reveal_household(work, household_id, command), command)
    view = revealing(call, reads, outcome, household_id)
    shown = HouseholdView(view).now(household_id)
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.post("/doti/{dote_id}/reveal", dependencies=[Depends(json_only)], **command(200))
def reveal_dote(
    dote_id: DoteId, command: RevealBody, call: TheCallOnDote, reads: TheReads, response: Response
) -> schemas.Dote:
    """Shows a dote to an auditor (or, if it is about health, to a coordinator) in clear, once; the
    reason and the look are written down."""
    outcome = call.run(lambda work: reveals.reveal_dote(work, dote_id, command), command)
    _, dote = call.view.visible(dote_id)
    view = revealing(call, reads, outcome, dote.household_id, dote_id, category=dote.category)
    shown = view.dote(dote_id)
    response.headers["ETag"] = etag(shown.version)
    return shown


def revealing(
    call: Call,
    reads: Reads,
    outcome: Outcome,
    household_id: UUID,
    dote_id: UUID | None = None,
    *,
    category: str | None = None,
) -> View:
    """The view that shows all. One more look under the same Idempotency-Key is one more line."""
    view = call.view
    # They may have lost the role since.
    by = revealer(view.actor, health_data=category is not None and view.is_health(category))
    if outcome.replayed:
        reads.add(
            Access.REVEALED,
            by.role,
            household_id,
            dote_id,
            version=outcome.version,
            replayed=True,
        )
    return View(view.services, view.actor, view.language, revealed=by.role)


@router.get("/audit/reveals", dependencies=READ, responses=refusals(*ALWAYS))
def list_reveals(
    view: TheView,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> access_schemas.RevealPage:
    """Who looked at what is masked for them, when, at whose data, and why; the newest first."""
    query = AccessQuery(
        what=Access.REVEALED, before=cursors.read("reveals", _PLACE, cursor), limit=limit
    )
    with view.services.database.transaction() as tx:
        found, after = lines(tx, query)
        items = RevealView(view).items(looked(view.services, found))
    return access_schemas.RevealPage(
        items=items, next_cursor=cursors.write("reveals", _PLACE, after)
    )


Since = Annotated[Time | None, Query(alias="from", description="Not before this time (RFC 3339).")]
Until = Annotated[Time | None, Query(alias="to", description="Before this time (RFC 3339).")]
What = Annotated[Access | None, Query(description="Only what was this.")]


@router.get("/audit/accesses", dependencies=READ, responses=refusals(*ALWAYS))
def accesses(
    services: TheServices,
    _: SignedIn,
    *,
    account: Annotated[UUID | None, Query(description="Only what this account did.")] = None,
    household: Annotated[UUID | None, Query(description="Only what was about them.")] = None,
    what: What = None,
    since: Since = None,
    until: Until = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> access_schemas.AccessPage:
    """The access log: who looked at whom, who signed in, and who was refused; the newest first."""
    query = AccessQuery(account, household, what, since, until, _place(cursor), limit)
    return _page(services, query)


@router.get("/households/{household_id}/accesses", dependencies=READ, responses=refusals(*READING))
def accesses_of_household(
    household_id: HouseholdId,
    services: TheServices,
    _: SignedIn,
    *,
    what: What = None,
    since: Since = None,
    until: Until = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> access_schemas.AccessPage:
    """Who looked at a household and its doti; the newest first."""
    services.register.household(household_id)  # one that is not there is not found
    query = AccessQuery(None, household_id, what, since, until, _place(cursor), limit)
    return _page(services, query)


def _place(cursor: str | None) -> int | None:
    return cursors.read("accesses", _PLACE, cursor)


def _page(services: Services, query: AccessQuery) -> access_schemas.AccessPage:
    with services.database.transaction() as tx:
        found, after = lines(tx, query)
        items = [access_schemas.AccessEntry(**line) for line in looked(services, found)]
    return access_schemas.AccessPage(
        items=items, next_cursor=cursors.write("accesses", _PLACE, after)
    )
