"""Acting for somebody else, and not deciding on people whom one is too near to."""

from uuid import UUID, uuid4

from domain import standing_in
from domain.account import own_signature
from domain.errors import UnknownCode
from workflows.commands import DeclareConflict, Delegate, LiftConflict
from workflows.engine import Outcome, Work


def delegate(work: Work, command: Delegate) -> Outcome:
    """A person lets a colleague act in a role of theirs."""
    by = standing_in.delegator(work.actor, command.role, command.partner)
    if command.partner is not None:
        work.programme().partner(command.partner)
    if not work.store.people.is_active(command.to, work.today):
        raise UnknownCode("to", str(command.to))
    giver = work.locked_account(work.actor.account_id)
    delegation_id = uuid4()
    event = work.store.append(
        standing_in.delegate(giver, work.stamp(by), delegation_id, **command.model_dump())
    )
    return _made(giver.id, event.originator_version, delegation_id, created=True)


def end_delegation(work: Work, delegation_id: UUID) -> Outcome:
    """One of the two, or a coordinator, ends a delegation before its last day."""
    giver = work.locked_account(work.store.people.delegator(delegation_id))
    by = standing_in.ender(work.actor, giver.delegation(delegation_id).given)
    event = work.store.append(standing_in.end(giver, work.stamp(by), delegation_id))
    return _made(giver.id, event.originator_version, delegation_id)


def declare_conflict(work: Work, command: DeclareConflict) -> Outcome:
    """A person says whom they are too near to, to decide on them.

    Nothing is looked up: the answer tells nothing about a household that is not theirs to see.
    """
    by = own_signature(work.actor)
    declarer = work.locked_account(work.actor.account_id)
    conflict_id = uuid4()
    event = work.store.append(
        standing_in.declare(declarer, work.stamp(by), conflict_id, **command.model_dump())
    )
    return _made(declarer.id, event.originator_version, conflict_id, created=True)


def lift_conflict(work: Work, conflict_id: UUID, command: LiftConflict) -> Outcome:
    """A coordinator finds that somebody else's conflict is over."""
    declarer = work.locked_account(work.store.people.declarer(conflict_id))
    by = standing_in.lifter(work.actor, declarer.conflict(conflict_id).declared)
    event = work.store.append(
        standing_in.lift(declarer, work.stamp(by), conflict_id, command.reason)
    )
    return _made(declarer.id, event.originator_version, conflict_id)


def _made(account_id: UUID, version: int, part_id: UUID, *, created: bool = False) -> Outcome:
    return Outcome(account_id, version, created=created, figures={"id": str(part_id)})
