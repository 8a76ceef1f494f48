"""Writes what is documented of what was paid from the log."""

from collections.abc import Collection, Sequence
from uuid import UUID

from pydantic_core import to_json

from domain.events.base import EVENT_TYPES, Event
from domain.events.dote import (
    DisbursementReturned,
    DisbursementUndone,
    DoteDisbursed,
    ReceiptAccepted,
    ReceiptDisallowed,
    ReceiptSubmitted,
    RefundReceived,
    RefundUndone,
    ReturnUndone,
)
from projections.base import Projection
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.coverage", "statements")

Moving = (
    DoteDisbursed
    | DisbursementReturned
    | DisbursementUndone
    | ReturnUndone
    | RefundReceived
    | RefundUndone
    | ReceiptAccepted
    | ReceiptDisallowed
)
_HANDLED: frozenset[type[Event]] = frozenset({*Moving.__args__, ReceiptSubmitted})


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Brings the doti of a batch to where its events leave them."""
    doti = {each.event.originator_id for each in batch if type(each.event) in _HANDLED}
    tx.execute(_SQL["lines_without"], {"doti": list(doti)})
    _write_moves(tx, batch)
    for logged in batch:
        _write_part(tx, logged.event)
    settle(tx, doti)


def settle(tx: Tx, doti: Collection[UUID]) -> None:
    """What waits and what is missing of some doti, whose sums stand in no line's."""
    for name in ("forget_missing", "set_waiting", "set_missing", "set_oldest", "lines_with"):
        tx.execute(_SQL[name], {"doti": list(doti)})


def _write_moves(tx: Tx, batch: Sequence[Logged]) -> None:
    changes: dict[UUID, dict[str, object]] = {}
    sums: dict[UUID, dict[str, int]] = {}
    for logged in batch:
        event = logged.event
        if isinstance(event, Moving):
            dote_id = event.originator_id
            changes.setdefault(dote_id, {"dote_id": dote_id, **event.line.model_dump()})
            own = sums.setdefault(dote_id, dict.fromkeys(_COLUMNS, 0))
            for column, cents in _moved(event).items():
                own[column] += cents
    if changes:
        rows = [{**row, **sums[dote_id]} for dote_id, row in changes.items()]
        tx.execute(_SQL["change"], {"rows": to_json(rows).decode()})


_COLUMNS = ("paid_cents", "documented_cents", "refunded_cents", "disallowed_cents")


def _moved(event: Moving) -> dict[str, int]:
    match event:
        case DoteDisbursed() | ReturnUndone():
            return {"paid_cents": event.amount_cents}
        case DisbursementReturned() | DisbursementUndone():
            return {"paid_cents": -event.amount_cents}
        case RefundUndone():
            return {"refunded_cents": -event.amount_cents}
        case RefundReceived():
            return {"refunded_cents": event.amount_cents}
        case ReceiptAccepted():
            return {"documented_cents": event.amount_cents}
        case ReceiptDisallowed():
            return {"disallowed_cents": event.amount_cents}


def _write_part(tx: Tx, event: Event) -> None:
    """A payment that went out or came back, a receipt that waits or was decided about."""
    of: dict[str, object] = {"dote_id": event.originator_id}
    match event:
        case DoteDisbursed():
            values = event.model_dump(include={"n", "amount_cents", "value_date"})
            tx.execute(_SQL["paid"], of | values | {"partner": event.line.partner})
        case DisbursementReturned() | DisbursementUndone():
            tx.execute(_SQL["came_back"], of | {"n": event.n, "back": True})
        case ReturnUndone():
            tx.execute(_SQL["came_back"], of | {"n": event.n, "back": False})
        case ReceiptSubmitted():
            values = {"n": event.n, "amount_cents": event.amount_cents, "since": event.at}
            tx.execute(_SQL["waits"], of | values)
        case ReceiptAccepted() | ReceiptDisallowed():
            tx.execute(_SQL["decided"], of | {"n": event.n})


COVERAGE = Projection(
    name="coverage",
    package="projections.coverage",
    tables=(
        *("coverage", "coverage_lines", "coverage_payments", "coverage_missing"),
        "coverage_waiting",
    ),
    handles=_HANDLED,
    ignores=frozenset(EVENT_TYPES.values()) - _HANDLED,
    write=write,
    version=3,
)
