"""Shows payments and batches to one reader: who is paid only to who may know."""

from collections.abc import Iterable
from typing import Literal, get_args
from uuid import UUID

from api.languages import refusal_text
from api.security.visibility import FIELDS, MASK, Kind, reading_role
from api.v1 import payment_schemas as schemas
from api.v1.views import View
from domain import payment_batch
from domain.dote import Dote
from domain.events.payment_batch import BatchPayment
from domain.paying import payment_id
from domain.payment_batch import PaymentBatch
from domain.payment_states import ON_THEIR_WAY, PaymentState
from projections.payments.queries import BatchRow, PaymentRow
from workflows.eventstore import payees
from workflows.payees import Recipient, Recipients

BatchAction = Literal["authorise", "cancel", "export", "execute"]


class PaymentView:
    """What one reader sees of payments."""

    def __init__(self, view: View) -> None:
        self._view = view
        services = view.services
        self._recipients = Recipients(services.register, services.vault, view.keys)

    def payments(self, rows: Iterable[PaymentRow]) -> list[schemas.Payment]:
        """Payments as lists show them."""
        listed = list(rows)
        self._recipients.read(row.payee_id for row in listed)
        alike = self._alike(row.payee_id for row in listed)
        return [
            schemas.Payment(
                id=row.id,
                dote_id=row.dote_id,
                number=row.number,
                n=row.n,
                state=row.state,
                partner=row.partner,
                category=row.category,
                item=row.item,
                amount_cents=row.amount_cents,
                payee=self._paid_to(
                    self._recipients.found(row.payee_id, row.dote_id),
                    row.household_id,
                    row.partner,
                    alike,
                ),
                batch_id=row.batch_id,
                batch_number=row.batch_number,
                due_on=row.due_on,
                executed_on=row.executed_on,
            )
            for row in listed
        ]

    def batch(self, batch_id: UUID, version: int | None = None) -> schemas.Batch:
        """A batch with its payments as they are now, or were as it stood at a version."""
        register = self._view.services.register
        with self._view.services.database.transaction():
            batch = register.payment_batch(batch_id, version)
            doti = {dote_id: register.dote(dote_id) for dote_id in batch.doti}
        alike = self._alike(
            dote.payee.subject_id for dote in doti.values() if dote.payee is not None
        )
        payments = [self._payment(batch, doti[p.dote_id], p, alike) for p in batch.payments]
        reason = None
        if batch.cancelled is not None:
            reason = self._reason(batch)
        authorised = batch.authorised
        return schemas.Batch(
            id=batch.id,
            number=batch.number,
            version=batch.version,
            state=batch.state,
            method=batch.prepared.method,
            execution_date=batch.prepared.execution_date,
            total_cents=batch.prepared.total_cents,
            payments_count=len(batch.payments),
            executed=sum(payment.state is PaymentState.EXECUTED for payment in payments),
            prepared_at=batch.prepared.at,
            prepared_by=batch.prepared.by.account_id,
            authorised_at=None if authorised is None else authorised.at,
            authorised_by=None if authorised is None else authorised.by.account_id,
            payments=payments,
            exports=[
                schemas.Export(at=made.at, format=made.format, sha256=made.sha256)
                for made in batch.exports
            ],
            cancelled_reason=reason,
            available_actions=self._actions(batch, payments),
        )

    def _reason(self, batch: PaymentBatch) -> str | None:
        event = batch.cancelled
        if event is None:
            return None
        kind = FIELDS[type(event), "reason"].kind
        if reading_role(self._view.actor, kind, None) is None:
            return MASK
        return self._view.services.vault.open_field(event, "reason", self._view.keys)

    def _actions(
        self, batch: PaymentBatch, payments: list[schemas.Payment]
    ) -> list[schemas.BatchAction]:
        left = sum(payment.state in ON_THEIR_WAY for payment in payments)
        found = []
        for action in get_args(BatchAction):
            refused = payment_batch.refusal(batch, action, self._view.actor, left)
            reason = None if refused is None else refusal_text(refused, self._view.language)
            found.append(schemas.BatchAction(action=action, allowed=refused is None, reason=reason))
        return found

    def _payment(
        self,
        batch: PaymentBatch,
        dote: Dote,
        payment: BatchPayment,
        alike: dict[UUID, payees.Alike],
    ) -> schemas.Payment:
        # Payments by hand have used numbers up: its place is not its number.
        known = next(each for each in dote.payments if each.n == payment.n)
        executed_on = next(
            (each.value_date for each in dote.disbursements if each.payment_n == known.n), None
        )
        return schemas.Payment(
            id=payment_id(dote.number, known.n),
            dote_id=dote.id,
            number=dote.number,
            n=known.n,
            state=known.state,
            partner=dote.partner,
            category=dote.category,
            item=dote.item,
            amount_cents=known.amount_cents,
            payee=self._paid_to(self._recipients.of(dote), dote.household_id, dote.partner, alike),
            batch_id=batch.id,
            batch_number=batch.number,
            due_on=None,
            executed_on=executed_on,
        )

    def _alike(self, ids: Iterable[UUID]) -> dict[UUID, payees.Alike]:
        return payees.alike(self._view.services.database, set(ids))

    def _paid_to(
        self,
        to: Recipient,
        household_id: UUID,
        partner: str,
        alike: dict[UUID, payees.Alike],
    ) -> schemas.PaidTo:
        clear = reading_role(self._view.actor, Kind.PAYEE, partner) is not None
        odd = alike.get(to.id)
        warnings: list[schemas.Warning_] = []
        if to.frozen:
            warnings.append("frozen")
        if to.iban is None:
            warnings.append("no_iban")
        if odd is not None and odd.iban_of_another:
            warnings.append("iban_of_another")
        if odd is not None and odd.another_iban:
            warnings.append("another_iban")

        def shown(text: str | None) -> str | None:
            return text if clear or text is None else MASK

        return schemas.PaidTo(
            id=to.id,
            household=to.id == household_id and to.name is None,
            has_account=to.id != household_id,
            name=shown(to.name),
            iban=shown(to.iban),
            warnings=warnings,
        )


def summary(row: BatchRow) -> schemas.BatchSummary:
    """A batch as lists show it."""
    return schemas.BatchSummary(
        id=row.id,
        number=row.number,
        version=row.version,
        state=row.state,
        method=row.method,
        execution_date=row.execution_date,
        total_cents=row.total_cents,
        payments_count=row.payments,
        executed=row.executed,
        prepared_at=row.prepared_at,
        prepared_by=row.prepared_by,
        authorised_at=row.authorised_at,
        authorised_by=row.authorised_by,
    )
