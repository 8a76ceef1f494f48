"""Which doti are counted and exported: whose, and of which months."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from api.security.rights import COUNTERS
from api.v1.dependencies import SignedIn
from projections.figures.queries import Chosen

Month = Annotated[str, Query(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$", examples=["2026-03"])]


async def chosen(
    actor: SignedIn,
    since: Annotated[
        Month | None,
        Query(alias="from", description="The first month in which they were requested."),
    ] = None,
    until: Annotated[
        Month | None, Query(alias="to", description="The last month in which they were requested.")
    ] = None,
) -> Chosen:
    """The doti that a request is about. Whole months only: days would tell single doti."""
    return Chosen(
        actor.scope(COUNTERS),
        None if since is None else date(int(since[:4]), int(since[5:]), 1),
        None if until is None else _next(int(until[:4]), int(until[5:])),
    )


def _next(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


TheChosen = Annotated[Chosen, Depends(chosen)]
