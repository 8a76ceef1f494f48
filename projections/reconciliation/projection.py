"""Writes statements, lines and matches from the log."""

from collections.abc import Iterator, Mapping, Sequence

from psycopg.types.json import Jsonb

from domain.events.bank import (
    BankLineImported,
    LineErased,
    LineMatched,
    LineSetAside,
    LineUnmatched,
    StatementImported,
)
from domain.events.base import EVENT_TYPES, Event
from domain.events.dote import (
    DisbursementReturned,
    DisbursementUndone,
    DoteDisbursed,
    ReturnUndone,
)
from domain.events.household import HouseholdErased
from projections.base import Projection
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.reconciliation", "statements")
_HANDLED: frozenset[type[Event]] = frozenset(
    {
        StatementImported,
        BankLineImported,
        LineMatched,
        LineUnmatched,
        LineSetAside,
        LineErased,
        HouseholdErased,
        DoteDisbursed,
        DisbursementReturned,
        DisbursementUndone,
        ReturnUndone,
    }
)
_STATEMENT = {
    "account",
    "format",
    "number",
    "from_on",
    "to_on",
    "opening_cents",
    "closing_cents",
    "lines",
    "new_lines",
    "at",
}
_LINE = {
    "statement_id",
    "account",
    "booked_on",
    "value_on",
    "amount_cents",
    "is_return",
    "return_reason",
    "is_fee",
    "end_to_end",
}
Change = tuple[str, Mapping[str, object]]


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Follows the batch in its order."""
    with tx.pipeline():
        for logged in batch:
            for name, values in _changes(logged):
                tx.execute(_SQL[name], values)


def _changes(logged: Logged) -> Iterator[Change]:
    event = logged.event
    place = {"id": event.originator_id, "version": event.originator_version}
    match event:
        case StatementImported():
            yield "save_statement", {**event.model_dump(include=_STATEMENT), **place}
        case BankLineImported():
            parts = [part.model_dump(mode="json") for part in event.parts]
            more: dict[str, object] = {
                "references": list(event.references),
                "parts": Jsonb(parts),
                "log_index": logged.log_index,
            }
            yield "save_line", {**event.model_dump(include=_LINE), **more, **place}
            month = {"month": event.booked_on.replace(day=1), "cents": event.amount_cents}
            yield "add_month", {"account": event.account, **month}
        case LineMatched():
            yield "change_line", {**place, "cents": -event.amount_cents, "set_aside": False}
            yield "save_match", _match(logged, event)
        case LineUnmatched():
            yield "change_line", {**place, "cents": event.amount_cents, "set_aside": False}
            of = {
                "match_id": event.match_id,
                "line_id": event.originator_id,
                "kind": event.kind,
                "amount_cents": event.amount_cents,
                "at": event.at,
            }
            yield "undo_match", of
        case LineErased():
            yield "erase_lines", {"ids": [event.originator_id]}
        case HouseholdErased():
            yield "erase_lines", {"ids": list(event.lines)}
        case DoteDisbursed() if event.payment_n is None:
            told = event.model_dump(include={"n", "amount_cents", "value_date", "method"})
            yield "save_by_hand", {**told, "dote_id": event.originator_id}
        case DisbursementReturned() | ReturnUndone():
            state = "executed" if isinstance(event, ReturnUndone) else "returned"
            of_dote = {"dote_id": event.originator_id, "n": event.n, "state": state}
            yield "change_by_hand", of_dote
        case DisbursementUndone():
            yield "remove_by_hand", {"dote_id": event.originator_id, "n": event.n}
        case LineSetAside():
            yield "change_line", {**place, "cents": 0, "set_aside": True}


def _match(logged: Logged, event: LineMatched) -> Mapping[str, object]:
    return {
        "match_id": event.match_id,
        "line_id": event.originator_id,
        "kind": event.kind,
        "amount_cents": event.amount_cents,
        "payments": Jsonb([paid.model_dump(mode="json") for paid in event.payments]),
        "at": event.at,
        "by_account": event.by.account_id,
        "log_index": logged.log_index,
    }


RECONCILIATION = Projection(
    name="reconciliation",
    package="projections.reconciliation",
    tables=("statement_list", "line_list", "match_list", "paid_by_hand", "bank_months"),
    handles=_HANDLED,
    ignores=frozenset(EVENT_TYPES.values()) - _HANDLED,
    write=write,
    version=5,
)
