"""Receipts, and closing the file."""

from uuid import UUID

from domain.days import day_here
from domain.dote_parts import File
from domain.lifecycle import Action
from workflows.commands import AcceptReceipt, AccountFor, DisallowReceipt, SubmitReceipt
from workflows.engine import Outcome, Work


def submit_receipt(work: Work, dote_id: UUID, command: SubmitReceipt, file: File) -> Outcome:
    """A receipt comes in."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.SUBMIT_RECEIPT)
    event = work.store.append(
        case.dote.submit_receipt(
            stamp,
            kind=command.kind,
            number=command.number,
            on=command.date,
            issuer=command.issuer,
            amount_cents=command.amount_cents,
            file=file,
        )
    )
    return Outcome(dote_id, event.originator_version, created=True, part=event.n)


def accept_receipt(work: Work, dote_id: UUID, n: int, command: AcceptReceipt) -> Outcome:
    """The receipt documents its amount."""
    case = work.locked_case(dote_id, day_here(work.now))
    stamp = work.sign(case, Action.ACCEPT_RECEIPT)
    event = work.store.append(case.dote.accept_receipt(stamp, n, command.reason))
    return Outcome(dote_id, event.originator_version, part=n)


def disallow_receipt(work: Work, dote_id: UUID, n: int, command: DisallowReceipt) -> Outcome:
    """The expense is not admitted."""
    case = work.locked_case(dote_id, day_here(work.now))
    stamp = work.sign(case, Action.DISALLOW_RECEIPT)
    event = work.store.append(case.dote.disallow_receipt(stamp, n, command.reason))
    return Outcome(dote_id, event.originator_version, part=n)


def account_for(work: Work, dote_id: UUID, command: AccountFor) -> Outcome:
    """Every cent is documented: the file is closed."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.ACCOUNT_FOR)
    event = work.store.append(case.dote.account_for(stamp, command.note))
    return Outcome(dote_id, event.originator_version)
