"""Attese: how long doti have been waiting, by stage and partner."""

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.bars import Bar, bar
from api.pages.say import N_
from api.pages.shell import TheShell
from api.pages.told import STAGES
from api.pages.who import SignedIn
from domain.lifecycle import READERS
from projections.doti import worklists
from projections.doti.worklists import Ageing

router = APIRouter(include_in_schema=False)

BUCKETS = (
    ("to_7", N_("up to 7 days")),
    ("to_14", N_("8 to 14 days")),
    ("to_30", N_("15 to 30 days")),
    ("over_30", N_("more than 30 days")),
)
SHORTS = tuple(zip(("0-7", "8-14", "15-30", "> 30"), (label for _, label in BUCKETS), strict=True))
"""The same above narrow columns."""


@dataclass(frozen=True, slots=True)
class Row:
    """Doti of a partner at a stage. The bars of a stage are on one scale."""

    partner: str
    ageing: Ageing
    bar: Bar


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stage: `label` is an English sentence."""

    label: str
    rows: tuple[Row, ...]
    waiting: int
    overdue: int


@router.get("/attese")
def waits(page: TheShell, actor: SignedIn) -> HTMLResponse:
    """The stages in the order in which a dote passes them."""
    services, now = page.services, page.services.engine.clock()
    partners = services.register.programme().partners
    with services.database.transaction() as tx:
        found = worklists.ageing(tx, actor.scope(READERS), now)
    names = {code: partner.called for code, partner in partners.items()}
    order = list(STAGES)
    found.sort(key=lambda row: (order.index(row.stage), -row.waiting, row.partner))
    most = max((row.waiting for row in found), default=0)
    stages = [
        _stage(STAGES[stage], list(rows), names, most)
        for stage, rows in groupby(found, key=lambda row: row.stage)
    ]
    return page.page("waits.html", now=now, stages=stages, buckets=BUCKETS, shorts=SHORTS)


def _stage(label: str, found: list[Ageing], names: dict[str, str], most: int) -> Waiting:
    rows = tuple(
        Row(
            names.get(each.partner, each.partner),
            each,
            bar(((kind, label, getattr(each, kind)) for kind, label in BUCKETS), most),
        )
        for each in found
    )
    return Waiting(
        label, rows, sum(each.waiting for each in found), sum(each.overdue for each in found)
    )
