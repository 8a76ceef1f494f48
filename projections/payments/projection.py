"""Writes from the log what is to be paid and what was."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import assert_never
from uuid import UUID

from pydantic_core import to_json

from domain.events.base import EVENT_TYPES, Event
from domain.events.dote import DoteRequested
from domain.events.payee import (
    PayeeErased,
    PayeeEvent,
    PayeeIbanChanged,
    PayeeIbanConfirmed,
    PayeeIbanDismissed,
    PayeeRegistered,
)
from domain.events.payment_batch import (
    BatchAuthorised,
    BatchCancelled,
    BatchExported,
    BatchPrepared,
    PaymentBatchEvent,
)
from domain.payment_states import PaymentState
from projections.base import Projection
from projections.payments import reckoning
from projections.payments.reckoning import CHANGING, Order, Plan
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.payments", "statements")
_HANDLED: frozenset[type[Event]] = frozenset(
    (*CHANGING, *PaymentBatchEvent.__args__, *PayeeEvent.__args__)
)


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Brings the payments and the batches of a batch of the log to where its events leave them."""
    plans = _known(tx, batch)
    for one in batch:
        event = one.event
        if isinstance(event, DoteRequested):
            plans[event.originator_id] = reckoning.begun(event)
        elif isinstance(event, CHANGING):
            plans[event.originator_id] = reckoning.after(plans[event.originator_id], event)
        elif isinstance(event, PayeeEvent):
            _change_payee(tx, event)
        else:
            _change_batch(tx, event)
    if plans:
        _insert(tx, "save_plans", map(_plan_row, plans.values()))
        tx.execute(_SQL["remove_payments"], {"ids": list(plans)})
        _insert(tx, "save_payments", (row for plan in plans.values() for row in plan.rows()))


def _known(tx: Tx, batch: Sequence[Logged]) -> dict[UUID, Plan]:
    ids = {one.event.originator_id for one in batch if isinstance(one.event, CHANGING)}
    orders: dict[UUID, list[Order]] = defaultdict(list)
    for row in tx.execute(_SQL["orders"], {"ids": list(ids)}):
        orders[row.pop("dote_id")].append(Order(**{**row, "state": PaymentState(row["state"])}))
    plans: dict[UUID, Plan] = {}
    for row in tx.execute(_SQL["plans"], {"ids": list(ids)}):
        tranches = tuple((cents, _day(day)) for cents, day in row.pop("tranches"))
        dote_id = row["dote_id"]
        plans[dote_id] = Plan(**row, tranches=tranches, orders=tuple(orders[dote_id]))
    return plans


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _plan_row(plan: Plan) -> dict[str, object]:
    return {each.name: getattr(plan, each.name) for each in fields(plan) if each.name != "orders"}


def _change_payee(tx: Tx, event: PayeeEvent) -> None:
    match event:
        case PayeeIbanChanged():
            tx.execute(_SQL["freeze"], {"id": event.originator_id})
        case PayeeRegistered():
            pass
        case PayeeIbanConfirmed() | PayeeIbanDismissed() | PayeeErased():
            tx.execute(_SQL["thaw"], {"id": event.originator_id})
        case _:
            assert_never(event)


def _change_batch(tx: Tx, event: Event) -> None:
    values: dict[str, object] = {
        "id": event.originator_id,
        "version": event.originator_version,
        "at": event.at,
        "by": event.by.account_id,
    }
    match event:
        case BatchPrepared():
            told = event.model_dump(include={"number", "method", "execution_date", "total_cents"})
            tx.execute(_SQL["prepare"], {**values, **told, "payments": len(event.payments)})
        case BatchAuthorised():
            tx.execute(_SQL["authorise"], values)
        case BatchExported():
            tx.execute(_SQL["export"], values)
        case BatchCancelled():
            tx.execute(_SQL["cancel"], values)


def _insert(tx: Tx, statement: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Many rows at once, as one JSON array."""
    listed = list(rows)
    if listed:
        tx.execute(_SQL[statement], {"rows": to_json(listed).decode()})


PAYMENTS = Projection(
    name="payments",
    package="projections.payments",
    tables=("payments", "payment_plans", "payment_batches", "frozen_payees"),
    handles=_HANDLED,
    ignores=frozenset(EVENT_TYPES.values()) - _HANDLED,
    write=write,
    version=4,
)
