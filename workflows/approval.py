"""Approving, rejecting and revoking."""

from uuid import UUID

from domain.dote import Dote
from domain.events.dote import ApprovalGiven
from domain.lifecycle import Action
from domain.privacy import Private, read_record
from workflows.commands import Approve, Motivate, Payee
from workflows.engine import Outcome, Work


def approve(work: Work, dote_id: UUID, command: Approve) -> Outcome:
    """A vote; the last one reserves the amount on the budget line."""
    dote, standing = work.lock_dote(dote_id)
    stamp = work.sign(dote, Action.APPROVE)
    policy = work.policy(dote)
    payee = _payee(command.payee)
    event = work.store.append(
        dote.approve(
            stamp,
            policy,
            command.amount_cents,
            Private.record(dote.household_id, payee),
            same_payee=_is_voted_payee(work, dote, payee),
            note=command.note,
            position=standing.position,
            exposure_cents=standing.exposure_cents,
        )
    )
    return Outcome(dote_id, event.originator_version)


def reject(work: Work, dote_id: UUID, command: Motivate) -> Outcome:
    """A motivated refusal."""
    dote = work.dote(dote_id)
    stamp = work.sign(dote, Action.REJECT)
    event = work.store.append(dote.reject(stamp, command.reason, command.note))
    return Outcome(dote_id, event.originator_version)


def revoke(work: Work, dote_id: UUID, command: Motivate) -> Outcome:
    """The programme takes back what is not paid yet."""
    dote, _ = work.lock_dote(dote_id)
    stamp = work.sign(dote, Action.REVOKE)
    event = work.store.append(dote.revoke(stamp, command.reason, command.note))
    return Outcome(dote_id, event.originator_version)


def _payee(payee: Payee | None) -> dict[str, object]:
    return {"household": True} if payee is None else payee.model_dump()


def _is_voted_payee(work: Work, dote: Dote, payee: dict[str, object]) -> bool:
    if not dote.votes:
        return True
    vote = next(e for e in work.history(dote.id) if isinstance(e, ApprovalGiven))
    voted = work.vault.open_field(vote, "payee")
    return voted is not None and read_record(voted) == payee
