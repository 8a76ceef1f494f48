"""Cancellazioni: what somebody asked to be erased, and what time will erase before long."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from api.pages.shell import TheShell
from api.pages.who import SignedIn
from api.security.rights import ERASURE_LIST
from api.v1 import cursors
from projections.retention import queries
from projections.retention.queries import PageQuery

router = APIRouter(include_in_schema=False)

LISTED = 50
_PLACE = TypeAdapter(tuple[date | None, UUID])


@router.get("/cancellazioni")
def erasures(
    page: TheShell,
    actor: SignedIn,
    after: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """What was asked for first, then what goes first."""
    services = page.services
    programme = services.register.programme()
    query = PageQuery(
        today=services.engine.today(),
        retention=programme.retention,
        scope=actor.scope(ERASURE_LIST),
        after=cursors.read("erasures", _PLACE, after),
        limit=LISTED,
    )
    with services.database.transaction() as tx:
        found = queries.page(tx, query)
    following = cursors.write("erasures", _PLACE, found.next_after)
    people = [entry.asked_by for entry in found.items if entry.asked_by is not None]
    return page.page(
        "erasures.html",
        entries=found.items,
        names=services.accounts.names(people),
        desks={code: each.called for code, each in programme.partners.items()},
        retention=programme.retention,
        more=f"/cancellazioni?after={following}" if following else None,
    )
