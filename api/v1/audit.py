"""The log, whole and in its order, for those who check it."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, TypeAdapter

from api.errors import invalid
from api.v1 import PREFIX, cursors, schemas
from api.v1.dependencies import BIGGEST, Cursor, SignedIn, TheServices
from api.v1.describing import ALWAYS, refusals
from api.v1.history import audit_items
from api.v1.waiting import READ
from api.wiring import Services

router = APIRouter(prefix=f"{PREFIX}/audit", tags=["audit"])

NDJSON = "application/x-ndjson"
PAGE = 100
BATCH = 500
_INDEX = TypeAdapter(Annotated[int, Field(ge=0, le=BIGGEST)])
_STREAMED = {
    NDJSON: {"schema": {"type": "string", "description": "One AuditItem a line, to the end."}}
}


@router.get(
    "/events",
    dependencies=READ,
    response_model=schemas.AuditPage,
    responses={
        200: {"description": "A part of the log", "content": _STREAMED},
        **refusals(*ALWAYS),
    },
)
def events(
    request: Request,
    services: TheServices,
    _: SignedIn,
    *,
    after: Annotated[
        int | None, Query(ge=0, le=BIGGEST, description="Only what comes after this index.")
    ] = None,
    cursor: Cursor = None,
    limit: Annotated[
        int | None,
        Query(ge=1, le=1_000_000, description="At most so many; a page has 1000 at most."),
    ] = None,
) -> Response | schemas.AuditPage:
    """The log in its order; as a page, or (`Accept: application/x-ndjson`) as one long stream."""
    if after is not None and cursor is not None:
        raise invalid("after", "query", "cursor")
    start = after or cursors.read("audit", _INDEX, cursor) or 0
    if NDJSON in request.headers.get("accept", ""):
        end = services.log.end()
        return StreamingResponse(_lines(services, start, end, limit), media_type=NDJSON)
    size = min(limit or PAGE, 1000)
    found = services.log.read(start, size + 1)
    items = found[:size]
    last = items[-1].log_index if len(found) > size else None
    return schemas.AuditPage(
        items=list(audit_items(services, items)), next_cursor=cursors.write("audit", _INDEX, last)
    )


def _lines(services: Services, after: int, end: int, limit: int | None) -> Iterator[str]:
    """The log up to where it ended when the question came, batch by batch."""
    left = end - after if limit is None else min(limit, end - after)
    while left > 0:
        found = services.log.read(after, min(left, BATCH))
        if not found:
            return
        yield "".join(item.model_dump_json() + "\n" for item in audit_items(services, found))
        after = found[-1].log_index
        left -= len(found)
