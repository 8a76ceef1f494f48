"""Which doti are counted and exported: whose, and of which year or months."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from api.errors import NotAWholeYear
from api.security.rights import COUNTERS
from api.v1.dependencies import SignedIn, TheServices
from api.wiring import Services
from projections.figures.queries import Chosen, InYear

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


async def in_year(
    actor: SignedIn,
    services: TheServices,
    since: Annotated[Month | None, Query(alias="from", description="January of a year.")] = None,
    until: Annotated[Month | None, Query(alias="to", description="December of it.")] = None,
) -> InYear:
    """The doti of which statistics are asked: those of a whole year, by default of this one."""
    partners = actor.scope(COUNTERS)
    if since is None and until is None:
        return InYear(partners, this_year(services))
    if since is None or until is None or (since[5:], until) != ("01", f"{since[:4]}-12"):
        raise NotAWholeYear("from")
    return InYear(partners, int(since[:4]))


def this_year(services: Services) -> int:
    """The year on the wall."""
    return services.engine.today().year


TheYear = Annotated[InYear, Depends(in_year)]
