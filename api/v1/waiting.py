"""Reading what one wrote: waiting for the log and the projections."""

import re
import time
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from api.errors import NotThereYet, invalid
from api.v1.dependencies import BIGGEST, SignedIn, TheServices
from api.wiring import Services
from projections import runner

PATIENCE_S = 5.0
SETTLING_S = 1.0
_STEP_S = 0.01
_TARGET = re.compile(r"(?P<index>\d{1,19})|(?P<stream>[0-9a-fA-F-]{36})@(?P<version>\d{1,9})", re.A)


def wait_for(
    services: TheServices,
    _: SignedIn,
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
    found = _TARGET.fullmatch(wait_for)
    if found is None:
        raise invalid("wait_for", "query", "wait_for")
    deadline = time.monotonic() + PATIENCE_S
    if found["index"]:
        index: int | None = int(found["index"])
    else:
        try:
            stream_id = UUID(found["stream"])
        except ValueError:
            raise invalid("wait_for", "query", "wait_for") from None
        index = numbered(services, stream_id, int(found["version"]), PATIENCE_S)
    if index is None or index > BIGGEST:
        raise NotThereYet
    projected(services, index, max(0.0, deadline - time.monotonic()))


READ = [Depends(wait_for)]
"""What every GET depends on."""


def numbered(services: Services, stream_id: UUID, version: int, timeout_s: float) -> int | None:
    """Where an event stands in the log; waits for its number, None if it did not come."""
    deadline = time.monotonic() + timeout_s
    while (index := services.log.index_of(stream_id, version)) is None:
        if time.monotonic() >= deadline:
            return None
        time.sleep(_STEP_S)
    return index


def projected(services: Services, log_index: int, timeout_s: float = PATIENCE_S) -> None:
    """Waits until every projection has reached an index of the log, or refuses."""
    if not runner.wait_until(services.database, log_index, timeout_s):
        raise NotThereYet
