"""The event behind a movement: what it was, who did it, and its lines before and after."""

from dataclasses import dataclass
from typing import Any

from api.pages.ledger_moves import line_name
from api.pages.ledger_pages import Books
from api.pages.ledger_view import PARTS, cents_of
from api.wiring import Services
from domain.errors import NotFound
from domain.events.base import Event
from domain.events.programme import BudgetAllocated, BudgetTransferred, FundingGranted
from projections.ledger import movements, queries
from projections.ledger.movements import MovementsQuery
from projections.ledger.queries import EntriesQuery, Entry, LedgerRow
from workflows.eventstore.log import Logged


@dataclass(frozen=True, slots=True)
class LineStory:
    """A budget line around one event. `rows`: (account, before, after) in cents; `earlier`,
    `later`: the places of the log where it moved before and after."""

    partner: str
    category: str
    name: str
    rows: tuple[tuple[str, int, int], ...]
    allocated: tuple[int, int]
    earlier: int | None
    later: int | None


def event_story(services: Services, books: Books, log_index: int) -> dict[str, Any]:
    """What the page of a movement shows. Raises NotFound, also for what is not the reader's."""
    query = MovementsQuery(books.scope, since=log_index - 1, upto=log_index, limit=1)
    found = movements.movements(books.tx, query)
    if not found:
        raise NotFound
    logged = services.log.read(log_index - 1, 1)[0]
    return {
        "move": books.moves(query)[0],
        "logged": logged,
        "name": services.accounts.names([logged.event.by.account_id]).get(
            logged.event.by.account_id, ""
        ),
        "behalf": _behalf(services, logged),
        "words": _words(logged.event),
        "policy_version": getattr(logged.event, "policy_version", None),
        "lines": _lines(books, found[0].postings, log_index),
    }


def _behalf(services: Services, logged: Logged) -> str | None:
    principal = logged.event.by.on_behalf_of
    if principal is None:
        return None
    return services.accounts.names([principal.account_id]).get(principal.account_id, "")


def _words(event: Event) -> str:
    """What was written with it, where that is nobody's secret."""
    match event:
        case BudgetAllocated() | BudgetTransferred():
            return event.reason
        case FundingGranted():
            return event.funder
    return ""


def _lines(books: Books, postings: tuple[Entry, ...], log_index: int) -> list[LineStory]:
    by_line: dict[tuple[str, str], list[Entry]] = {}
    for each in postings:
        if each.partner is not None and each.category is not None:
            by_line.setdefault((each.partner, each.category), []).append(each)
    return [
        _line(books, books.at(log_index, *line).rows[0], moved) for line, moved in by_line.items()
    ]


def _line(books: Books, after: LedgerRow, moved: list[Entry]) -> LineStory:
    partner, category = str(after.partner), str(after.category)
    changed = {each.account: each.cents for each in moved}
    log_index = moved[0].log_index
    rows = tuple(
        (label, cents_of(after, account) - changed.get(account, 0), cents_of(after, account))
        for account, label in PARTS
    )
    later = queries.entries(
        books.tx,
        EntriesQuery(
            books.scope,
            partner,
            category,
            after=(log_index, movements.POSTINGS_OF_AN_EVENT),
            limit=1,
        ),
    )
    earlier = movements.movements(
        books.tx, MovementsQuery(books.scope, partner, category, before=log_index, limit=1)
    )
    return LineStory(
        partner=partner,
        category=category,
        name=line_name(books.known, partner, category),
        rows=rows,
        allocated=(after.allocated_cents - sum(changed.values()), after.allocated_cents),
        earlier=earlier[0].log_index if earlier else None,
        later=later[0].log_index if later else None,
    )
