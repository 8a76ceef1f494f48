"""Scrivania: what waits for whoever looks, what waits for others, and how the money stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter

from api.pages.bars import LINE_PARTS, Bar, bar
from api.pages.draft_list import drafts
from api.pages.many_forms import APPROVING, ASSESSING
from api.pages.shell import Shell, TheShell
from api.pages.verification_view import shown
from api.pages.waiting_view import MINE, mine, theirs
from api.pages.who import SignedIn
from api.v1 import cursors
from api.v1.ledger import shown_index
from domain.actors import Actor, Role
from domain.lifecycle import READERS, TRANSITIONS
from domain.programme import Programme
from projections.doti import worklists
from projections.doti.mine import Person
from projections.doti.worklists import Count, WorklistQuery
from projections.ledger import queries
from projections.ledger.queries import Group, LedgerRow
from workflows.audit.proofs import latest_checkpoint
from workflows.audit.verifications import newest_result

router = APIRouter(include_in_schema=False)

LISTED = 25
ELSEWHERE = 10
NEARLY_SPENT = 0.1
"""A line with less than this part of it available is nearly spent."""
MOST_LINES = 3
WATCHING = frozenset({Role.AUDITOR, Role.COORDINATOR})
"""Who is shown how the register itself is."""
STEPPING = frozenset(role for step in TRANSITIONS.values() for role in step.roles)
"""Who takes steps on doti: for others nothing ever waits."""

_PLACE = TypeAdapter(tuple[datetime | None, datetime, UUID, int])


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line that is nearly spent."""

    category: str
    partner: str
    available_cents: int
    allocated_cents: int


@router.get("/")
def desk(
    page: TheShell,
    actor: SignedIn,
    after: Annotated[str | None, Query(max_length=500)] = None,
) -> HTMLResponse:
    """What waits for whoever looks, overdue first."""
    services, now = page.services, page.services.engine.clock()
    programme = services.register.programme()
    person = Person(actor, now)
    query = WorklistQuery(person, after=cursors.read("worklist", _PLACE, after), limit=LISTED)
    with services.database.transaction() as tx:
        found = worklists.worklist(tx, query)
        overview = worklists.overview(tx, person)
        others = [] if after else worklists.elsewhere(tx, person, ELSEWHERE)
    following = cursors.write("worklist", _PLACE, found.next_after)
    return page.page(
        "desk.html",
        now=now,
        overview=overview,
        reasons=[(MINE[count.why], count) for count in overview.by_why],
        rows=[mine(each, _item(programme, each.dote.item), now) for each in found.items],
        more=f"/?after={following}" if following else None,
        together=_together(overview.by_why),
        takes_steps=actor.has_any(STEPPING),
        others=[
            theirs(each, _item(programme, each.dote.item), page.language, now) for each in others
        ],
        **_beside(page, actor, programme),
    )


def _together(counts: Iterable[Count]) -> str | None:
    """Where several can be decided at once, if several wait there."""
    waiting = {count.why: count.waiting for count in counts}
    for way in (APPROVING, ASSESSING):
        if sum(waiting.get(why, 0) for why in way.whys) > 1:
            return way.path
    return None


def _item(programme: Programme, code: str) -> str:
    """The name of what is asked for."""
    categories = programme.categories.values()
    return next((each.items[code] for each in categories if code in each.items), code)


def _beside(page: Shell, actor: Actor, programme: Programme) -> dict[str, Any]:
    """The panels: money within the reader's scope, and the register for who watches over it."""
    shown: dict[str, Any] = {
        "money": None,
        "lines": [],
        "register": None,
        "drafts": drafts(page, actor),
    }
    if actor.has_any(READERS):
        services, scope = page.services, actor.scope(READERS)
        with services.database.transaction() as tx:
            found = queries.ledger(tx, Group.LINE, shown_index(services), scope)
        shown |= {
            "money": (found.total, _bar(found.total)),
            "everywhere": scope is None,
            "lines": _nearly_spent(found.rows, programme),
        }
    if actor.role_for(WATCHING, None) is not None:
        shown["register"] = _register(page)
    return shown


def _bar(row: LedgerRow) -> Bar:
    pieces = [(kind, label, getattr(row, f"{kind}_cents")) for kind, label in LINE_PARTS]
    return bar(pieces, row.allocated_cents - row.disallowed_cents)


def _nearly_spent(rows: tuple[LedgerRow, ...], programme: Programme) -> list[Line]:
    """The lines with the least part of them available."""
    used = [row for row in rows if row.allocated_cents > 0]
    low = [row for row in used if row.available_cents < NEARLY_SPENT * row.allocated_cents]
    low.sort(key=lambda row: row.available_cents / row.allocated_cents)
    return [
        Line(
            category=programme.categories[str(row.category)].name,
            partner=programme.partners[str(row.partner)].called,
            available_cents=row.available_cents,
            allocated_cents=row.allocated_cents,
        )
        for row in low[:MOST_LINES]
    ]


def _register(page: Shell) -> dict[str, object]:
    signed = latest_checkpoint(page.services.database)
    last = newest_result(page.services.database)
    return {
        "last": None if last is None else shown(last, page.language),
        "events": page.services.log.end(),
        "signed": signed.size if signed else 0,
        "signed_at": datetime.fromisoformat(signed.time) if signed else None,
    }
