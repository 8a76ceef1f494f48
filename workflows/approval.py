"""Approving, ratifying, rejecting and revoking, and what may be granted beyond a cap."""

from uuid import UUID

from domain import deciding
from domain.dote import Dote
from domain.errors import ConflictOfInterest
from domain.events.base import Stamp
from domain.events.dote import ApprovalGiven, Tranche
from domain.lifecycle import Action
from domain.privacy import Private, read_record
from workflows.commands import Approve, Motivate, OverrideCap, Payee, Ratify
from workflows.engine import Outcome, Work


def approve(work: Work, dote_id: UUID, command: Approve) -> Outcome:
    """A vote; the last one reserves the amount on the budget line."""
    case = work.locked_case(dote_id)
    stamp = work.sign(case, Action.APPROVE, command.amount_cents)
    if command.payee is not None:
        _check_payee(work, stamp, command.payee)
    payee = _payee(command.payee)
    event = work.store.append(
        deciding.approve(
            case,
            stamp,
            command.amount_cents,
            Private.record(case.dote.household_id, payee),
            same_payee=_is_voted_payee(work, case.dote, payee),
            tranches=tuple(Tranche(**planned.model_dump()) for planned in command.tranches),
            note=command.note,
        )
    )
    return Outcome(dote_id, event.originator_version)


def ratify(work: Work, dote_id: UUID, command: Ratify) -> Outcome:
    """Somebody else looks at what was approved in urgency."""
    case = work.locked_case(dote_id)
    stamp = work.sign(case, Action.RATIFY)
    event = work.store.append(
        deciding.ratify(case, stamp, ratified=command.ratified, note=command.note)
    )
    return Outcome(dote_id, event.originator_version)


def override_cap(work: Work, dote_id: UUID, command: OverrideCap) -> Outcome:
    """The coordinator lets one dote go over what its household may be granted."""
    case = work.locked_case(dote_id)
    stamp = work.sign(case, Action.OVERRIDE_CAP, command.amount_cents)
    event = work.store.append(
        deciding.override_cap(case, stamp, command.amount_cents, command.reason)
    )
    return Outcome(dote_id, event.originator_version)


def reject(work: Work, dote_id: UUID, command: Motivate) -> Outcome:
    """A motivated refusal."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.REJECT)
    event = work.store.append(case.dote.reject(stamp, command.reason, command.note))
    return Outcome(dote_id, event.originator_version)


def revoke(work: Work, dote_id: UUID, command: Motivate) -> Outcome:
    """The programme takes back what is not paid yet."""
    case = work.locked_case(dote_id)
    stamp = work.sign(case, Action.REVOKE)
    event = work.store.append(case.dote.revoke(stamp, command.reason, command.note))
    return Outcome(dote_id, event.originator_version)


def _check_payee(work: Work, stamp: Stamp, payee: Payee) -> None:
    """The payee is named here for the first time: who votes must not be too near to it."""
    tokens = [token for _, token in work.store.index.of_payee(payee.name, payee.iban)]
    if work.store.people.is_too_near(stamp.by.people, tokens):
        raise ConflictOfInterest(Action.APPROVE)


def _payee(payee: Payee | None) -> dict[str, object]:
    return {"household": True} if payee is None else payee.model_dump()


def _is_voted_payee(work: Work, dote: Dote, payee: dict[str, object]) -> bool:
    if not dote.votes:
        return True
    # The newest one: an accepted appeal made the votes before it void.
    votes = [event for event in work.history(dote.id) if isinstance(event, ApprovalGiven)]
    voted = work.vault.open_field(votes[-1], "payee")
    return voted is not None and read_record(voted) == payee
