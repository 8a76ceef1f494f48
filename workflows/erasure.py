"""Erasing households: asked by one, confirmed by another, or when their time is over.

An erasure is one transaction. It holds the household's lock, which every command takes that writes
about a household whose doti are at an end; a command on an open dote stands against it anyway. The
keys go with it; the uploads, unreadable from then on, are removed right after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.persistence import RecordConflictError

from domain import dote_history, erasure, payee
from domain.actors import SYSTEM, Signature
from domain.erasure import Along, Group, Kept, What
from domain.errors import NotFound
from domain.events.base import Event, Stamp
from domain.events.household import ErasureAsked, HouseholdErased
from domain.retention import Retention
from workflows.commands import AdoptRetention, HoldErasure, Motive
from workflows.engine import Outcome, Work, can_see
from workflows.eventstore.belongings import Belongings
from workflows.eventstore.register import Register
from workflows.programme import change


def adopt_retention(work: Work, command: AdoptRetention) -> Outcome:
    """The coordinator says how long is kept what; what is left out stays as it is."""
    known = work.programme().retention
    retention = Retention.model_validate(known.model_dump() | command.model_dump(exclude_none=True))
    return change(
        work,
        "adopt_retention",
        lambda programme, stamp: programme.adopt_retention(stamp, retention),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A household with those that it was merged with, and their doti."""

    group: Group
    doti: tuple[UUID, ...]

    @property
    def ids(self) -> tuple[UUID, ...]:
        """The households."""
        return tuple(each.id for each in self.group.households)


def find(register: Register, belongings: Belongings, household_id: UUID) -> Found:
    """What an erasure looks at. Raises NotFound."""
    members = belongings.group(household_id)
    ids = sorted(members, key=lambda member: member != household_id)
    found = [_kept(register, belongings, member) for member in ids]
    return Found(
        Group(tuple(kept for kept, _ in found)),
        tuple(dote_id for _, doti in found for dote_id in doti),
    )


def _kept(
    register: Register, belongings: Belongings, household_id: UUID
) -> tuple[Kept, tuple[UUID, ...]]:
    there = register.household(household_id)
    told: list[Event] = register.history(household_id)
    doti, states = belongings.doti([household_id]), []
    for dote_id in doti:
        history: list[Any] = register.history(dote_id)
        told += history
        dote = dote_history.project(None, history)
        states += [dote] if dote is not None else []
    return erasure.kept(there, states, told), doti


def _locked(work: Work, household_id: UUID) -> Found:
    """The same, held until the end: nothing is written about them meanwhile."""
    members = work.store.belongings.group(household_id)
    work.store.begin(*(("household", member) for member in members))
    found = find(work.register, work.store.belongings, household_id)
    if set(found.ids) != set(members):
        raise RecordConflictError("a household was merged meanwhile")
    if not can_see(work.actor, found.group.households[0].partner):
        raise NotFound
    return found


def ask_or_confirm(work: Work, household_id: UUID, command: Motive) -> Outcome:
    """The first person asks for an erasure; a second one confirms it by the same call."""
    found = _locked(work, household_id)
    asked = found.group.asked
    return _ask(work, found, command) if asked is None else _confirm(work, found, asked)


def _ask(work: Work, found: Found, command: Motive) -> Outcome:
    by = erasure.eraser(work.actor, found.group)
    event = work.store.append(
        erasure.ask(found.group, work.stamp(by), command.reason, work.programme().retention)
    )
    return Outcome(event.originator_id, event.originator_version)


def _confirm(work: Work, found: Found, asked: ErasureAsked) -> Outcome:
    stamp = work.stamp(erasure.confirmer(work.actor, found.group, asked))
    along = _along(work, found)
    events = erasure.confirm(found.group, stamp, work.programme().retention, along)
    return _carry_out(work, found, stamp, events)


def decline(work: Work, household_id: UUID, command: Motive) -> Outcome:
    """The household stays."""
    found = _locked(work, household_id)
    by = erasure.eraser(work.actor, found.group)
    events = erasure.decline(found.group, work.stamp(by), command.reason)
    return _written(work, household_id, events)


def hold(work: Work, household_id: UUID, command: HoldErasure) -> Outcome:
    """The coordinator keeps a household longer than its time."""
    found = _locked(work, household_id)
    by = erasure.holder(work.actor, found.group)
    event = erasure.hold(found.group, work.stamp(by), command.until, command.reason)
    return _written(work, household_id, [event])


def time_is_over(work: Work, household_id: UUID, what: What) -> Outcome:
    """The register erases a household, or its social notes, as its time is over."""
    found = _locked(work, household_id)
    belongings = work.store.belongings
    listed_on = belongings.listed_on(found.ids, what)
    stamp = work.stamp(_own_signature())
    programme = work.programme()
    retention, adopted_on = programme.retention, programme.retention_since
    if what == "household":
        along = _along(work, found)
        events = erasure.erase(found.group, stamp, retention, listed_on, along, adopted_on)
        return _carry_out(work, found, stamp, events)
    notes = erasure.erase_notes(found.group, stamp, retention, listed_on, adopted_on)
    for event in notes:
        work.vault.erase(work.vault.notes_subject(event.originator_id))
    belongings.unlist(found.ids, "notes")
    return _written(work, household_id, notes)


def _along(work: Work, found: Found) -> Along:
    payees = work.store.payees_of_only(found.ids)
    return Along(payees, work.store.belongings.lines_of_only(found.ids))


def _own_signature() -> Signature:
    return SYSTEM.sign(SYSTEM.grants[0])


def _carry_out(
    work: Work, found: Found, stamp: Stamp, events: Sequence[HouseholdErased]
) -> Outcome:
    """The keys go, and all that is found by who they are."""
    payees = [payee_id for event in events for payee_id in event.payees]
    for household_id in found.ids:
        work.vault.erase(household_id)
        work.vault.erase(work.vault.notes_subject(household_id))
    lines = [line_id for event in events for line_id in event.lines]
    for line_id in lines:
        work.vault.erase(line_id)
    work.store.belongings.forget(found.ids, found.doti)
    work.store.belongings.forget_lines(lines)
    outcome = _written(work, found.ids[0], events)
    for payee_id in payees:
        _erase_payee(work, payee_id, stamp)
    return outcome


def _erase_payee(work: Work, payee_id: UUID, stamp: Stamp) -> None:
    known = payee.project(None, work.history(payee_id))
    work.vault.erase(payee_id)
    if known is not None:
        work.store.append(payee.erase(known, stamp))


def _written(work: Work, household_id: UUID, events: Sequence[Event]) -> Outcome:
    """Notes the events; what is answered is about the household that was named."""
    version = 0
    for event in events:
        work.store.append(event)
        if event.originator_id == household_id:
            version = event.originator_version
    return Outcome(household_id, version or work.register.household(household_id).version)
