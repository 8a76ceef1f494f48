"""What is due on a dote: a pure function of what was approved, planned, ordered and paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import accumulate
from uuid import UUID

from domain.events.base import Event
from domain.events.dote import (
    ApprovalGiven,
    DisbursementReturned,
    DisbursementUndone,
    DoteApproved,
    DoteDisbursed,
    DoteRequested,
    DoteRevoked,
    DoteWithdrawn,
    PaymentAuthorised,
    PaymentCancelled,
    PaymentOrdered,
    RatificationRecorded,
    ReturnUndone,
)
from domain.paying import payment_id
from domain.payment_states import ON_THEIR_WAY, PaymentState

Planned = tuple[int, date | None]
"""A tranche: its cents, and the day from which on it may be paid."""

CHANGING = (
    DoteRequested,
    ApprovalGiven,
    DoteApproved,
    RatificationRecorded,
    DoteWithdrawn,
    DoteRevoked,
    PaymentOrdered,
    PaymentAuthorised,
    PaymentCancelled,
    DoteDisbursed,
    DisbursementReturned,
    DisbursementUndone,
    ReturnUndone,
)
"""What happens to a dote that changes what is due."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order, with what became of it."""

    n: int
    state: PaymentState
    amount_cents: int
    payee_id: UUID
    batch_id: UUID
    since: datetime
    ordered_at: datetime
    executed_on: date | None = None
    disbursement_n: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The money of one dote. `orders`: in the order of their numbers; `by_hand`: how many payments
    went out without one; `since`: when what is due now became due."""

    dote_id: UUID
    number: str
    partner: str
    category: str
    item: str
    household_id: UUID
    since: datetime
    payee_id: UUID | None = None
    approved_cents: int = 0
    disbursed_cents: int = 0
    tranches: tuple[Planned, ...] = ()
    is_open: bool = False
    orders: tuple[Order, ...] = ()
    by_hand: int = 0

    def rows(self) -> Iterator[dict[str, object]]:
        """All its payments: those that were ordered, and what is due."""
        for order in self.orders:
            yield self._row(
                order.n,
                order.state,
                order.amount_cents,
                payee_id=order.payee_id,
                batch_id=order.batch_id,
                since=order.since,
                ordered_at=order.ordered_at,
                executed_on=order.executed_on,
                disbursement_n=order.disbursement_n,
            )
        for n, (cents, due_on) in enumerate(self._due(), len(self.orders) + self.by_hand + 1):
            yield self._row(
                n, PaymentState.DUE, cents, payee_id=self.payee_id, due_on=due_on, since=self.since
            )

    def _due(self) -> Iterator[Planned]:
        ordered = sum(o.amount_cents for o in self.orders if o.state in ON_THEIR_WAY)
        out = self.disbursed_cents + ordered
        if not self.is_open or out >= self.approved_cents:
            return
        planned: Sequence[Planned] = self.tranches or ((self.approved_cents, None),)
        for upto, (cents, due_on) in zip(
            accumulate(cents for cents, _ in planned), planned, strict=True
        ):
            left = min(upto - out, cents)
            if left > 0:
                yield left, due_on

    def _row(
        self, n: int, state: PaymentState, amount_cents: int, **more: object
    ) -> dict[str, object]:
        return {
            "id": payment_id(self.number, n),
            "dote_id": self.dote_id,
            "number": self.number,
            "n": n,
            "state": state,
            "partner": self.partner,
            "category": self.category,
            "item": self.item,
            "household_id": self.household_id,
            "amount_cents": amount_cents,
            **more,
        }


def begun(event: DoteRequested) -> Plan:
    """A dote on which nothing is due yet."""
    return Plan(
        event.originator_id,
        event.number,
        event.partner,
        event.category,
        event.item,
        event.household_id,
        event.at,
    )


def after(plan: Plan, event: Event) -> Plan:
    """The same once something more has happened."""
    match event:
        case ApprovalGiven() | DoteApproved():
            tranches = tuple((each.amount_cents, each.due) for each in event.tranches)
            plan = replace(plan, payee_id=event.payee.subject_id, tranches=tranches)
            if isinstance(event, DoteApproved):
                cents = event.amount_cents
                plan = replace(plan, approved_cents=cents, is_open=True, since=event.at)
            return plan
        case RatificationRecorded(ratified=False) | DoteWithdrawn() | DoteRevoked():
            return replace(plan, is_open=False)
        case PaymentOrdered():
            order = Order(
                event.n,
                PaymentState.ORDERED,
                event.amount_cents,
                event.payee_id,
                event.batch_id,
                event.at,
                event.at,
            )
            return replace(plan, orders=(*plan.orders, order))
        case PaymentAuthorised():
            return _with(plan, event.n, state=PaymentState.AUTHORISED, since=event.at)
        case PaymentCancelled():
            return replace(
                _with(plan, event.n, state=PaymentState.CANCELLED, since=event.at), since=event.at
            )
        case DoteDisbursed():
            plan = replace(plan, disbursed_cents=plan.disbursed_cents + event.amount_cents)
            if event.payment_n is None:
                return replace(plan, by_hand=plan.by_hand + 1)
            return _with(
                plan,
                event.payment_n,
                state=PaymentState.EXECUTED,
                since=event.at,
                executed_on=event.value_date,
                disbursement_n=event.n,
            )
        case DisbursementReturned():
            cents = plan.disbursed_cents - event.amount_cents
            plan = replace(plan, disbursed_cents=cents, since=event.at)
            return _carried_out(plan, event.n, state=PaymentState.RETURNED, since=event.at)
        case DisbursementUndone():
            cents = plan.disbursed_cents - event.amount_cents
            plan = replace(plan, disbursed_cents=cents, since=event.at)
            out_again = event.restores == "committed"
            return _carried_out(
                plan,
                event.n,
                state=PaymentState.AUTHORISED if out_again else PaymentState.RETURNED,
                since=event.at,
                executed_on=None,
                disbursement_n=None,
            )
        case ReturnUndone():
            cents = plan.disbursed_cents + event.amount_cents
            plan = replace(plan, disbursed_cents=cents, since=event.at)
            return _carried_out(plan, event.n, state=PaymentState.EXECUTED, since=event.at)
        case _:
            return plan


def _carried_out(plan: Plan, tranche: int, **changes: object) -> Plan:
    """With the order changed that a disbursement carried out, if one did."""
    found = [order.n for order in plan.orders if order.disbursement_n == tranche]
    return _with(plan, found[0], **changes) if found else plan


def _with(plan: Plan, n: int, **changes: object) -> Plan:
    orders = tuple(
        replace(order, **changes) if order.n == n else order  # type: ignore[arg-type]
        for order in plan.orders
    )
    return replace(plan, orders=orders)
