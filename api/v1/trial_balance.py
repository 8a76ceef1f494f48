"""The trial balance, now or then, and the postings of the cash side."""

from fastapi import APIRouter
from pydantic import TypeAdapter

from api.v1 import PREFIX, cursors
from api.v1 import bank_schemas as schemas
from api.v1.dependencies import AsOf, At, Cursor, Limit, SignedIn, TheServices
from api.v1.describing import ALWAYS, refusals
from api.v1.ledger import shown_index
from api.v1.waiting import READ
from domain.cash import CashAccount
from projections.ledger import trial_balance as queries

router = APIRouter(prefix=f"{PREFIX}/trial-balance", tags=["ledger"])

_PLACE = TypeAdapter(tuple[int, int])


@router.get("", dependencies=READ, responses=refusals(*ALWAYS))
def trial_balance(
    services: TheServices, _: SignedIn, as_of: AsOf = None, at: At = None
) -> schemas.TrialBalance:
    """Every account, of the budget and at the bank; together they are 0."""
    index = shown_index(services, as_of, at)
    with services.database.transaction() as tx:
        found = queries.trial_balance(tx, index)
    return schemas.TrialBalance(
        log_index=found.log_index,
        as_of=as_of,
        budget=found.budget,
        cash=found.cash,
        sum_cents=found.sum_cents,
    )


@router.get("/entries", dependencies=READ, responses=refusals(*ALWAYS))
def cash_entries(
    services: TheServices,
    _: SignedIn,
    account: CashAccount | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> schemas.CashEntries:
    """Postings of the cash side, the newest first."""
    before = cursors.read("cash", _PLACE, cursor) or queries.LAST
    with services.database.transaction() as tx:
        found = queries.cash_entries(tx, account, before, limit + 1)
    items = found[:limit]
    last = (items[-1].log_index, items[-1].nth) if len(found) > limit else None
    return schemas.CashEntries(
        items=[
            schemas.CashEntry(
                log_index=entry.log_index,
                nth=entry.nth,
                at=entry.at,
                event_type=entry.event_type,
                dote_id=entry.dote_id,
                account=CashAccount(entry.account),
                cents=entry.cents,
                balance_cents=entry.balance_cents,
            )
            for entry in items
        ],
        next_cursor=cursors.write("cash", _PLACE, last),
    )
