"""Doti: request, list, look at, and their history."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, TypeAdapter

from api.v1 import PREFIX, cursors, schemas
from api.v1.bodies import RequestDoteBody
from api.v1.commands import TheCall, TheView, etag
from api.v1.dependencies import (
    AsOf,
    At,
    Cursor,
    DoteId,
    Limit,
    json_only,
    log_index_of,
)
from api.v1.describing import READING, command, refusals, versioned
from api.v1.history import HistoryView
from api.v1.reads import TheReads
from api.v1.searching import Search
from api.v1.views import View
from api.v1.waiting import READ, SETTLING_S, numbered
from api.wiring import Services
from domain.dote import Dote
from domain.errors import NotFound
from domain.lifecycle import READERS, State
from domain.text import Code, Label
from projections.doti import queries
from projections.doti.mine import Person
from projections.doti.queries import Page, PageQuery, Word
from workflows.eventstore.access_log import Access
from workflows.requests import request_dote

router = APIRouter(prefix=f"{PREFIX}/doti", tags=["doti"])

_PLACE = TypeAdapter(tuple[datetime, UUID])
_VERSION = TypeAdapter(Annotated[int, Field(ge=1, le=2**31 - 1)])


@router.post("", dependencies=[Depends(json_only)], **command(201, on_dote=False))
def request(command: RequestDoteBody, call: TheCall) -> schemas.Dote:
    """A desk requests a dote for one of its households."""
    return call.dote(lambda work: request_dote(work, command), command)


@router.get("", dependencies=READ, responses=refusals(*READING))
def doti(
    view: TheView,
    reads: TheReads,
    *,
    state: State | None = None,
    partner: Annotated[Code | None, Query(examples=["ROCCA"])] = None,
    category: Annotated[Code | None, Query(examples=["EMERGENZA"])] = None,
    item: Annotated[Code | None, Query(examples=["AFFITTO"])] = None,
    q: Annotated[
        Annotated[Label, Field(max_length=60)] | None,
        Query(
            description="Words that are all found: how the number of the dote or its household "
            "begins or ends; the item, category, partner or desk by the beginning of a word of its "
            "name; and, for who may read who they are, whole words of a member's name or an "
            "identifier.",
            examples=["affitto 00042"],
        ),
    ] = None,
    waiting_for: Annotated[
        Literal["me"] | None, Query(description="Only those whose next step may be yours.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> schemas.DotePage:
    """Doti, the newest first, within the scope of whoever asks."""
    words: tuple[Word, ...] = ()
    if q is not None:
        search = Search(view.services, view.actor)
        words = search.words(q)
        reads.searched(search)
    query = PageQuery(
        scope=view.actor.scope(READERS),
        state=state,
        partner=partner,
        category=category,
        item=item,
        words=words,
        waiting_for=None
        if waiting_for is None
        else Person(view.actor, view.services.engine.clock()),
        after=cursors.read("doti", _PLACE, cursor),
        limit=limit,
    )
    with view.services.database.transaction() as tx:
        page: Page = queries.page(tx, query)
        return schemas.DotePage(
            items=[view.summary(dote) for dote in page.items],
            next_cursor=cursors.write("doti", _PLACE, page.next_after),
        )


@router.get(
    "/{dote_id}",
    dependencies=READ,
    responses=versioned(200, replayed=False) | refusals(*READING),
)
def dote(
    dote_id: DoteId,
    response: Response,
    view: TheView,
    reads: TheReads,
    as_of: AsOf = None,
    at: At = None,
) -> schemas.Dote:
    """A dote, as it is or as it was known at a time or an index of the log."""
    version = None
    if as_of is not None or at is not None:
        newest = _settle(view, dote_id).version
        then = _version_then(view.services, dote_id, as_of, at)
        # Where nothing has happened since then, it is as it is now.
        version = None if then == newest else then
    shown = view.dote(dote_id, version)
    reads.note(view, Access.DOTE_READ, shown.household_id, dote_id)
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.get("/{dote_id}/history", dependencies=READ, responses=refusals(*READING))
def history(
    dote_id: DoteId,
    view: TheView,
    reads: TheReads,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> schemas.HistoryPage:
    """What happened to a dote, in order, as far as the log has numbered it."""
    after = cursors.read("history", _VERSION, cursor) or 0
    dote = _settle(view, dote_id)
    found = view.services.log.stream(dote_id, after, limit + 1)
    items = found[:limit]
    last = items[-1].event.originator_version if len(found) > limit else None
    shown = HistoryView(view).items(items, dote)
    reads.note(view, Access.HISTORY_READ, dote.household_id, dote_id)
    return schemas.HistoryPage(
        items=shown,
        next_cursor=cursors.write("history", _VERSION, last),
    )


def _settle(view: View, dote_id: UUID) -> Dote:
    """The dote; waits a moment for its newest event to be numbered, so that the log knows it."""
    _, dote = view.visible(dote_id)
    numbered(view.services, dote_id, dote.version, SETTLING_S)
    return dote


def _version_then(services: Services, dote_id: UUID, as_of: datetime | None, at: int | None) -> int:
    index = log_index_of(services, as_of, at)
    version = 0 if index is None else services.register.version_at(dote_id, index)
    if version == 0:
        raise NotFound
    return version
