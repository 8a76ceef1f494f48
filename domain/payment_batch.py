"""A payment batch: prepared by one person, authorised by another, exported, or cancelled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import assert_never
from uuid import UUID

from domain.actors import Actor, Role
from domain.errors import (
    AuthorisedByAnother,
    BatchDone,
    BatchState,
    DateInThePast,
    DomainError,
    ExecutionTooFar,
    Forbidden,
    NotForABank,
    NotFound,
    WrongStream,
)
from domain.events.base import Stamp
from domain.events.payment_batch import (
    BatchAuthorised,
    BatchCancelled,
    BatchExported,
    BatchPayment,
    BatchPrepared,
    Method,
    PaymentBatchEvent,
)
from domain.lifecycle import PAYMASTERS, Action
from domain.payment_states import StateOfBatch
from domain.privacy import Private

MOST_DAYS_AHEAD = 90
"""What is put into a batch is to be paid within a quarter: a day further on is a slip."""

_BY_FINANCE = frozenset({Role.FINANCE})
_WORDS = {
    "authorise": Action.AUTHORISE_PAYMENT,
    "cancel": Action.CANCEL_PAYMENT,
    "export": "export_batch",
    "execute": Action.DISBURSE,
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was handed out."""

    at: datetime
    format: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PaymentBatch:
    """A batch as its events tell it."""

    id: UUID
    version: int
    prepared: BatchPrepared
    state: StateOfBatch = StateOfBatch.PREPARED
    authorised: BatchAuthorised | None = None
    cancelled: BatchCancelled | None = None
    exports: tuple[Export, ...] = ()

    @property
    def number(self) -> str:
        """As people call it."""
        return self.prepared.number

    @property
    def payments(self) -> tuple[BatchPayment, ...]:
        """What stands in it."""
        return self.prepared.payments

    @property
    def made_at(self) -> datetime:
        """The moment that its files bear: when it was authorised, or prepared until then."""
        return self.prepared.at if self.authorised is None else self.authorised.at

    @property
    def doti(self) -> list[UUID]:
        """The doti that it pays, in the order of their locks."""
        return sorted({payment.dote_id for payment in self.payments})

    def payment(self, dote_id: UUID, n: int) -> BatchPayment:
        """One of its payments. Raises NotFound."""
        for known in self.payments:
            if (known.dote_id, known.n) == (dote_id, n):
                return known
        raise NotFound

    def check_authorised(self) -> None:
        """Refuses what only an authorised batch is good for."""
        if self.state is not StateOfBatch.AUTHORISED:
            raise BatchState(self.state)

    def check_prepared(self) -> None:
        """Refuses what is done to a batch before it is authorised."""
        if self.state is not StateOfBatch.PREPARED:
            raise BatchState(self.state)

    def authorise(self, stamp: Stamp) -> BatchAuthorised:
        """By anybody who had no part in preparing it."""
        self.check_prepared()
        if not stamp.by.people.isdisjoint(self.prepared.by.people):
            raise AuthorisedByAnother
        return BatchAuthorised.stamped(stamp, self.id, self.version + 1)

    def export(self, stamp: Stamp, format_: str, sha256: str) -> BatchExported | None:
        """A file of it was made; None where the very same was made before."""
        self.check_authorised()
        if any((known.format, known.sha256) == (format_, sha256) for known in self.exports):
            return None
        return BatchExported.stamped(
            stamp, self.id, self.version + 1, format=format_, sha256=sha256
        )

    def first_export(self, format_: str) -> Export | None:
        """When a file of this format was handed out first; None: never."""
        return next((known for known in self.exports if known.format == format_), None)

    def check_for_a_bank(self) -> None:
        """Refuses a bank's file of what no bank pays."""
        if self.prepared.method is not Method.BANK_TRANSFER:
            raise NotForABank

    def cancel(self, stamp: Stamp, reason: str, open_payments: int) -> BatchCancelled:
        """It does not go out. `open_payments`: how many have not gone out yet."""
        if self.state is StateOfBatch.CANCELLED:
            raise BatchState(self.state)
        if not open_payments:
            raise BatchDone
        sealed = Private(stamp.by.account_id, reason)
        return BatchCancelled.stamped(stamp, self.id, self.version + 1, reason=sealed)


def refusal(
    batch: PaymentBatch, action: str, actor: Actor, open_payments: int
) -> DomainError | None:
    """Why somebody may not authorise, cancel, export or execute now, as far as the batch itself
    says; None if nothing is against it. `open_payments`: how many have not gone out."""
    roles = _BY_FINANCE if action in ("export", "execute") else PAYMASTERS
    grants = list(actor.reaching(roles, None))
    if not grants:
        return Forbidden(_WORDS[action], ", ".join(sorted(roles)))
    people = actor.sign(grants[0]).people
    match action:
        case "authorise" if batch.state is not StateOfBatch.PREPARED:
            return BatchState(batch.state)
        case "authorise" if not people.isdisjoint(batch.prepared.by.people):
            return AuthorisedByAnother()
        case "export" | "execute" if batch.state is not StateOfBatch.AUTHORISED:
            return BatchState(batch.state)
        case "cancel" if batch.state is StateOfBatch.CANCELLED:
            return BatchState(batch.state)
        case "cancel" | "execute" if not open_payments:
            return BatchDone()
    return None


def check_day(execution_date: date, today: date) -> None:
    """Refuses a day on which no batch is carried out: one that is over, or years ahead."""
    if execution_date < today:
        raise DateInThePast("execution_date", execution_date.isoformat())
    if execution_date > today + timedelta(days=MOST_DAYS_AHEAD):
        latest = today + timedelta(days=MOST_DAYS_AHEAD)
        raise ExecutionTooFar(
            "execution_date", execution_date.isoformat(), MOST_DAYS_AHEAD, latest.isoformat()
        )


def prepare(
    stamp: Stamp,
    batch_id: UUID,
    number: str,
    method: Method,
    execution_date: date,
    payments: Sequence[BatchPayment],
) -> BatchPrepared:
    """Payments are put together, to be carried out on a day."""
    check_day(execution_date, stamp.day)
    return BatchPrepared.stamped(
        stamp,
        batch_id,
        1,
        number=number,
        method=method,
        execution_date=execution_date,
        payments=tuple(payments),
        total_cents=sum(payment.amount_cents for payment in payments),
    )


def evolve(batch: PaymentBatch | None, event: PaymentBatchEvent) -> PaymentBatch:
    """The batch after the event."""
    if batch is None:
        if not isinstance(event, BatchPrepared):
            raise WrongStream(f"a payment batch does not begin with {type(event).__name__}")
        return PaymentBatch(event.originator_id, event.originator_version, event)
    version = event.originator_version
    match event:
        case BatchPrepared():
            raise WrongStream("a payment batch is prepared once")
        case BatchAuthorised():
            return replace(batch, version=version, state=StateOfBatch.AUTHORISED, authorised=event)
        case BatchExported():
            made = Export(event.at, event.format, event.sha256)
            return replace(batch, version=version, exports=(*batch.exports, made))
        case BatchCancelled():
            return replace(batch, version=version, state=StateOfBatch.CANCELLED, cancelled=event)
        case _:
            assert_never(event)


def project(batch: PaymentBatch | None, events: Iterable[PaymentBatchEvent]) -> PaymentBatch | None:
    """The batch after all the events."""
    for event in events:
        batch = evolve(batch, event)
    return batch
