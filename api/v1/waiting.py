"""Reading what one wrote: waiting for the log and the projections.

Whoever waits holds no thread: it looks now and then, and sleeps in between.
"""

import re
import time
from collections.abc import Callable
from typing import Annotated, TypeVar
from uuid import UUID

import anyio
from fastapi import Depends, Query
from starlette.concurrency import run_in_threadpool

from api.errors import NotThereYet, Unavailable, invalid
from api.v1.dependencies import BIGGEST, SignedIn, TheServices
from api.wiring import Services
from domain.actors import Actor
from domain.errors import NotFound
from projections.runner import reached, wait_until
from workflows.engine import can_see

Found = TypeVar("Found")

PATIENCE_S = 5.0
SETTLING_S = 1.0
MOST_WAITERS = 100
"""More than this at a time are told to come back: looking costs the database something."""

_FIRST_STEP_S = 0.01
_LONGEST_STEP_S = 0.2
_TARGET = re.compile(r"(?P<index>\d{1,19})|(?P<stream>[0-9a-fA-F-]{36})@(?P<version>\d{1,9})", re.A)
_places = anyio.CapacityLimiter(MOST_WAITERS)


async def wait_for(
    services: TheServices,
    actor: SignedIn,
    wait_for: Annotated[
        str | None,
        Query(
            max_length=60,
            description="Wait (5 s at most) until lists and ledgers know this: an index of the "
            "log, or `<dote id>@<version>`.",
            examples=["1042"],
        ),
    ] = None,
) -> None:
    """Waits until the projections know what the query names."""
    if wait_for is None:
        return
    target = _target(wait_for)
    try:
        _places.acquire_on_behalf_of_nowait(borrower := object())
    except anyio.WouldBlock:
        raise Unavailable from None
    try:
        deadline = time.monotonic() + PATIENCE_S
        if isinstance(target, int):
            index: int | None = target
        else:
            stream_id, version = target
            await run_in_threadpool(_check_scope, services, actor, stream_id)
            index = await _until(lambda: services.log.index_of(stream_id, version), deadline)
        if index is None or index > BIGGEST:
            raise NotThereYet
        if await _until(lambda: reached(services.database, index) or None, deadline) is None:
            raise NotThereYet
    finally:
        _places.release_on_behalf_of(borrower)


READ = [Depends(wait_for)]
"""What every GET depends on."""


def _target(text: str) -> int | tuple[UUID, int]:
    found = _TARGET.fullmatch(text)
    if found is None:
        raise invalid("wait_for", "query", "wait_for")
    if found["index"]:
        return int(found["index"])
    try:
        return UUID(found["stream"]), int(found["version"])
    except ValueError:
        raise invalid("wait_for", "query", "wait_for") from None


def _check_scope(services: Services, actor: Actor, dote_id: UUID) -> None:
    """What is not one's own to see is not there to be waited for either."""
    if not can_see(actor, services.register.dote(dote_id).partner):
        raise NotFound


async def _until(look: Callable[[], Found | None], deadline: float) -> Found | None:
    step_s = _FIRST_STEP_S
    while (found := await run_in_threadpool(look)) is None:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return None
        await anyio.sleep(min(step_s, left_s))
        step_s = min(step_s * 1.5, _LONGEST_STEP_S)
    return found


def numbered(services: Services, stream_id: UUID, version: int, timeout_s: float) -> int | None:
    """Where an event stands in the log; waits for its number, None if it did not come."""
    deadline = time.monotonic() + timeout_s
    while (index := services.log.index_of(stream_id, version)) is None:
        if time.monotonic() >= deadline:
            return None
        time.sleep(_FIRST_STEP_S)  # another process numbers, and tells nobody here
    return index


def projected(services: Services, log_index: int, timeout_s: float = PATIENCE_S) -> None:
    """Waits until every projection has reached an index of the log, or refuses."""
    if not wait_until(services.database, log_index, timeout_s):
        raise NotThereYet
