"""Approving, ratifying, rejecting and revoking, and what may be granted beyond a cap."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from domain import deciding
from domain.actors import Actor, Signature
from domain.case import Case
from domain.dote import Dote
from domain.errors import ConflictOfInterest
from domain.events.base import Event, Stamp
from domain.events.dote import ApprovalGiven, DoteApproved
from domain.events.dote_values import Tranche
from domain.lifecycle import Action
from domain.payee import register
from domain.permissions import signed
from domain.privacy import Private, read_record
from workflows.commands import Approve, Motivate, OverrideCap, Payee, Ratify, Vote
from workflows.engine import Outcome, Work
from workflows.eventstore.blind_index import Token
from workflows.eventstore.identities import PayeeOfDote, PayeeTokens
from workflows.eventstore.people import People
from workflows.eventstore.vault import Vault


def approve(work: Work, dote_id: UUID, command: Approve) -> Outcome:
    """A vote; the last one reserves the amount on the budget line."""
    payee = payee_record(command.payee)
    found_by = work.index.of_payee(payee)
    case = work.locked_case(dote_id)
    stamp = work.sign(case, Action.APPROVE, command.amount_cents)
    _check_payee(work.store.people, stamp.by, found_by)
    same = _is_voted_payee(case.dote, payee, work.history, work.vault)
    known = work.store.payee_id(found_by) if found_by else case.dote.household_id
    paid = Private.record(known or uuid4(), payee)
    # First decided, then written: a vote that is refused makes nobody a payee.
    decided = _decide(case, stamp, command, paid, same_payee=same, note=command.note)
    if known is None:
        work.vault.begin(paid.subject_id)
        work.store.append(register(stamp, paid.subject_id, payee))
    event = work.store.append(decided)
    if not case.dote.votes and (found_by or case.dote.appeal is not None):
        # Later votes are for the same payee; those before an appeal may have been for another.
        work.store.find_by(PayeeTokens(dote_id, found_by))
    if found_by:
        household_id = case.dote.household_id
        work.store.find_by(PayeeOfDote(paid.subject_id, dote_id, household_id))
    return Outcome(dote_id, event.originator_version)


@dataclass(frozen=True, slots=True)
class InView:
    """What a vote is held against where none is given: the case, what happened, who is too near to
    whom, and by what the payee is found."""

    case: Case
    history: list[Event]
    people: People
    found_by: frozenset[Token]


def would_be(
    seen: InView, actor: Actor, command: Vote, vault: Vault
) -> ApprovalGiven | DoteApproved:
    """What the actor's vote would come to on what is in view now, or the refusal; as `approve`
    decides, and written nowhere."""
    case, history = seen.case, seen.history
    by = signed(case, Action.APPROVE, actor, command.amount_cents)
    _check_payee(seen.people, by, seen.found_by)
    payee = payee_record(command.payee)
    same = _is_voted_payee(case.dote, payee, lambda _: history, vault)
    stamp = Stamp(case.now, by, "preview", uuid4())
    paid = Private.record(case.dote.household_id, payee)
    return _decide(case, stamp, command, paid, same_payee=same, note=None)


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


def _check_payee(people: People, by: Signature, found_by: frozenset[Token]) -> None:
    """The payee may be named here for the first time: who votes must not be too near to it."""
    if not by.people.isdisjoint(people.too_near(found_by)):
        raise ConflictOfInterest(Action.APPROVE)


def _decide(
    case: Case, stamp: Stamp, command: Vote, payee: Private, *, same_payee: bool, note: str | None
) -> ApprovalGiven | DoteApproved:
    return deciding.approve(
        case,
        stamp,
        command.amount_cents,
        payee,
        same_payee=same_payee,
        tranches=tuple(Tranche(**tranche.model_dump()) for tranche in command.tranches),
        note=note,
    )


def _is_voted_payee(
    dote: Dote, payee: dict[str, object], history: Callable[[UUID], list[Any]], vault: Vault
) -> bool:
    """Whether the payee is the one of the votes before; they are read only if there are any."""
    if not dote.votes:
        return True
    # The newest one: an accepted appeal made the votes before it void.
    votes = [event for event in history(dote.id) if isinstance(event, ApprovalGiven)]
    voted = vault.open_field(votes[-1], "payee")
    return voted is not None and read_record(voted) == payee
