"""Paying, and money that comes back."""

from uuid import UUID

from domain import paying
from domain.lifecycle import Action
from workflows.commands import Disburse, RecordRefund, ReturnDisbursement
from workflows.engine import Outcome, Work


def disburse(work: Work, dote_id: UUID, command: Disburse) -> Outcome:
    """Money went out."""
    case = work.locked_case(dote_id, command.value_date)
    stamp = work.sign(case, Action.DISBURSE)
    event = work.store.append(
        paying.disburse(
            case.dote,
            stamp,
            command.amount_cents,
            command.value_date,
            command.method,
            command.reference,
        )
    )
    return Outcome(dote_id, event.originator_version, created=True, part=event.n)


def return_disbursement(work: Work, dote_id: UUID, n: int, command: ReturnDisbursement) -> Outcome:
    """The bank sent it back."""
    case = work.locked_case(dote_id, command.value_date)
    stamp = work.sign(case, Action.RETURN_DISBURSEMENT)
    event = work.store.append(
        case.dote.return_disbursement(stamp, n, command.value_date, command.reason)
    )
    return Outcome(dote_id, event.originator_version)


def record_refund(work: Work, dote_id: UUID, command: RecordRefund) -> Outcome:
    """The payee gave money back."""
    case = work.locked_case(dote_id, command.value_date)
    stamp = work.sign(case, Action.RECORD_REFUND)
    event = work.store.append(
        case.dote.record_refund(stamp, command.amount_cents, command.value_date, command.source)
    )
    return Outcome(dote_id, event.originator_version, created=True)
