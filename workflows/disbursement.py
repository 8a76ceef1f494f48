"""Paying, and money that comes back."""

from uuid import UUID

from domain.lifecycle import Action
from workflows.commands import Disburse, RecordRefund, ReturnDisbursement
from workflows.engine import Outcome, Work


def disburse(work: Work, dote_id: UUID, command: Disburse) -> Outcome:
    """Money went out."""
    dote, _ = work.lock_dote(dote_id)
    by = dote.signed(Action.DISBURSE, work.actor)
    event = work.store.append(
        dote.disburse(
            work.stamp(by),
            command.amount_cents,
            command.value_date,
            command.method,
            command.reference,
        )
    )
    return Outcome(dote_id, event.originator_version, created=True, part=event.n)


def return_disbursement(work: Work, dote_id: UUID, n: int, command: ReturnDisbursement) -> Outcome:
    """The bank sent it back."""
    dote, _ = work.lock_dote(dote_id)
    by = dote.signed(Action.RETURN_DISBURSEMENT, work.actor)
    event = work.store.append(
        dote.return_disbursement(work.stamp(by), n, command.value_date, command.reason)
    )
    return Outcome(dote_id, event.originator_version)


def record_refund(work: Work, dote_id: UUID, command: RecordRefund) -> Outcome:
    """The payee gave money back."""
    dote, _ = work.lock_dote(dote_id)
    by = dote.signed(Action.RECORD_REFUND, work.actor)
    event = work.store.append(
        dote.record_refund(work.stamp(by), command.amount_cents, command.value_date, command.source)
    )
    return Outcome(dote_id, event.originator_version, created=True)
