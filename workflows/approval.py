"""Approving, ratifying, rejecting and revoking, and what may be granted beyond a cap."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from domain import deciding
from domain.dote import Dote
from domain.events.dote import ApprovalGiven, Tranche
from domain.lifecycle import Action
from domain.privacy import Private, read_record
from workflows.commands import Approve, Motivate, OverrideCap, Payee, Ratify, Vote
from workflows.engine import Outcome, Work
from workflows.eventstore.identities import PayeeTokens
from workflows.eventstore.vault import Vault


def approve(work: Work, dote_id: UUID, command: Approve) -> Outcome:
    """A vote; the last one reserves the amount on the budget line."""
    payee = payee_record(command.payee)
    found_by = work.index.of_payee(payee)
    case = work.locked_case(dote_id)
    stamp = work.sign(case, Action.APPROVE, command.amount_cents)
    event = work.store.append(
        deciding.approve(
            case,
            stamp,
            command.amount_cents,
            Private.record(case.dote.household_id, payee),
            same_payee=is_voted_payee(case.dote, payee, work.history, work.vault),
            tranches=planned(command),
            note=command.note,
        )
    )
    work.store.index(PayeeTokens(dote_id, found_by))
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


def payee_record(payee: Payee | None) -> dict[str, object]:
    """Who is paid, as it is kept."""
    return {"household": True} if payee is None else payee.model_dump()


def planned(command: Vote) -> tuple[Tranche, ...]:
    """The tranches that a vote plans."""
    return tuple(Tranche(**tranche.model_dump()) for tranche in command.tranches)


def is_voted_payee(
    dote: Dote, payee: dict[str, object], history: Callable[[UUID], list[Any]], vault: Vault
) -> bool:
    """Whether the payee is the one of the votes before; they are read only if there are any."""
    if not dote.votes:
        return True
    # The newest one: an accepted appeal made the votes before it void.
    votes = [event for event in history(dote.id) if isinstance(event, ApprovalGiven)]
    voted = vault.open_field(votes[-1], "payee")
    return voted is not None and read_record(voted) == payee
