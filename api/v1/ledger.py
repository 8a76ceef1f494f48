"""The ledger: what stands where, now or then, and the postings that led there."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from api.v1 import PREFIX, cursors, schemas
from api.v1.dependencies import (
    AsOf,
    At,
    Cursor,
    Limit,
    SignedIn,
    TheServices,
    Time,
    log_index_of,
)
from api.v1.describing import ALWAYS, refusals
from api.v1.waiting import READ, projected
from api.wiring import Services
from domain.lifecycle import READERS
from domain.text import Code
from projections.ledger import queries
from projections.ledger.projection import LEDGER
from projections.ledger.queries import EntriesQuery, Group, LedgerRow
from projections.runner import positions

router = APIRouter(prefix=f"{PREFIX}/ledger", tags=["ledger"])

_PLACE = TypeAdapter(tuple[int, int])


@router.get("", dependencies=READ, responses=refusals(*ALWAYS))
def ledger(
    services: TheServices,
    actor: SignedIn,
    group: Annotated[Group, Query(description="What a row stands for.")] = Group.LINE,
    as_of: AsOf = None,
    at: At = None,
) -> schemas.Ledger:
    """The ledger by partner, by category or by line, within the scope of whoever asks."""
    index = shown_index(services, as_of, at)
    with services.database.transaction() as tx:
        found = queries.ledger(tx, group, index, actor.scope(READERS))
    return schemas.Ledger(
        log_index=found.log_index,
        as_of=as_of,
        rows=[_row(row) for row in found.rows],
        total=_row(found.total),
    )


@router.get("/entries", dependencies=READ, responses=refusals(*ALWAYS))
def entries(
    services: TheServices,
    actor: SignedIn,
    *,
    partner: Annotated[Code | None, Query(examples=["ROCCA"])] = None,
    category: Annotated[Code | None, Query(examples=["EMERGENZA"])] = None,
    dote: UUID | None = None,
    since: Annotated[Time | None, Query(alias="from", description="From this time on.")] = None,
    until: Annotated[
        Time | None, Query(alias="to", description="Up to this time, which does not count.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> schemas.LedgerEntryPage:
    """Postings with the event behind each, in the order of the log."""
    query = EntriesQuery(
        scope=actor.scope(READERS),
        partner=partner,
        category=category,
        dote_id=dote,
        since=since,
        until=until,
        after=cursors.read("entries", _PLACE, cursor) or (0, -1),
        limit=limit + 1,
    )
    with services.database.transaction() as tx:
        found = queries.entries(tx, query)
    items = found[:limit]
    last = (items[-1].log_index, items[-1].nth) if len(found) > limit else None
    return schemas.LedgerEntryPage(
        items=[
            schemas.LedgerEntry(
                log_index=entry.log_index,
                nth=entry.nth,
                at=entry.at,
                event_type=entry.event_type,
                dote_id=entry.dote_id,
                partner=entry.partner,
                category=entry.category,
                account=entry.account,
                cents=entry.cents,
                balance_cents=entry.balance_cents,
            )
            for entry in items
        ],
        next_cursor=cursors.write("entries", _PLACE, last),
    )


def shown_index(services: Services, as_of: datetime | None = None, at: int | None = None) -> int:
    """The index of the log that is asked for, once the ledger has read so far; of the present,
    how far it has."""
    asked = log_index_of(services, as_of, at)
    if asked is not None:
        index = min(asked, services.log.end())
        projected(services, index)
        return index
    return next(p.log_index for p in positions(services.database) if p.name == LEDGER.name)


def _row(row: LedgerRow) -> schemas.LedgerRow:
    return schemas.LedgerRow(
        partner=row.partner,
        category=row.category,
        allocated_cents=row.allocated_cents,
        available_cents=row.available_cents,
        committed_cents=row.committed_cents,
        disbursed_cents=row.disbursed_cents,
        documented_cents=row.documented_cents,
        disallowed_cents=row.disallowed_cents,
    )
