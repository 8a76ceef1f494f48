"""Registering households, keeping what is known of them, and counting two of them as one."""

from dataclasses import replace
from uuid import UUID, uuid4

from domain import household as deciding
from domain import merging
from domain.actors import Actor
from domain.errors import Forbidden, PartnerMissing
from domain.events.household import MemberAdded, PersonalDataRecorded
from domain.household import Household, Member, Personal, register
from domain.lifecycle import TRANSITIONS, Action
from domain.privacy import notes_of
from workflows.commands import (
    AddMember,
    MergeHousehold,
    RecordPersonalData,
    RegisterHousehold,
    UnmergeHousehold,
)
from workflows.engine import Outcome, Work
from workflows.eventstore.identities import HouseholdTokens
from workflows.persons import members
from workflows.requests import sign_for

Change = AddMember | RecordPersonalData | MergeHousehold | UnmergeHousehold

CORRECT, MERGE = "correct_household", "merge_households"
"""What these steps are called where one is refused."""


def register_household(work: Work, command: RegisterHousehold) -> Outcome:
    """A desk registers a household, with a key of its own for what is private."""
    partner = command.partner or _own_partner(work.actor)
    by = sign_for(work.actor, work.programme(), partner)
    household_id = uuid4()
    # Before the transaction: what it needs of keys is not to be lost with it.
    found_by = work.index.of_household(command.members)
    work.store.begin()
    work.vault.begin(household_id)
    work.vault.begin(notes_of(household_id))
    event = work.store.append(
        register(
            work.stamp(by),
            household_id,
            f"N-{work.store.next_number('household_number'):05}",
            partner,
            command.district,
            Personal(members=command.members, address=command.address),
            command.hardships,
        )
    )
    work.store.find_by(HouseholdTokens(household_id, found_by))
    return Outcome(household_id, event.originator_version, created=True)


def add_member(work: Work, household_id: UUID, command: AddMember) -> Outcome:
    """One more person belongs to a household."""
    work.index.begin()
    household = work.locked_household(household_id)
    by = merging.sign_for(work.actor, CORRECT, household)
    work.check_version(household.version)
    known = members(work.vault, household)
    added = Member(**dict(command))
    event = deciding.add_member(household, work.stamp(by), known, added)
    return replace(_kept(work, household, event, (*known, added)), created=True)


def record_personal_data(work: Work, household_id: UUID, command: RecordPersonalData) -> Outcome:
    """All that is known of a household, in the place of what was."""
    work.index.begin()
    household = work.locked_household(household_id)
    by = merging.sign_for(work.actor, CORRECT, household)
    work.check_version(household.version)
    event = deciding.record(
        household,
        work.stamp(by),
        members(work.vault, household),
        Personal(members=command.members, address=command.address),
        command.district,
        command.hardships,
    )
    return _kept(work, household, event, command.members)


def merge(work: Work, household_id: UUID, command: MergeHousehold) -> Outcome:
    """Two households are one: the other one goes on for both."""
    household = work.locked_household(household_id, command.into)
    into = work.household(command.into)
    by = merging.sign_for(work.actor, MERGE, household, into)
    work.check_version(household.version)
    others = set(work.store.group(household_id)) - {household_id}
    if household.merged_into is not None:
        others = set()  # the others are those that it counts with
    event = work.store.append(
        merging.merge(household, work.stamp(by), into, others, command.reason)
    )
    return Outcome(household_id, event.originator_version)


def unmerge(work: Work, household_id: UUID, command: UnmergeHousehold) -> Outcome:
    """The two were not the same after all."""
    known = work.household(household_id).merged_into
    household = work.locked_household(household_id, known or household_id)
    work.check_same(known, household.merged_into)
    concerned = [household] if known is None else [household, work.other_household(known)]
    by = merging.sign_for(work.actor, MERGE, *concerned)
    work.check_version(household.version)
    event = work.store.append(merging.unmerge(household, work.stamp(by), command.reason))
    return Outcome(household_id, event.originator_version)


def _kept(
    work: Work,
    household: Household,
    event: MemberAdded | PersonalDataRecorded,
    now: tuple[Member, ...],
) -> Outcome:
    """What is to be written, with what the household is found by from now on."""
    stored = work.store.append(event)
    work.store.find_by(HouseholdTokens(household.id, work.index.of_household(now)))
    return Outcome(household.id, stored.originator_version)


def _own_partner(actor: Actor) -> str:
    roles = TRANSITIONS[Action.REQUEST].roles
    if not actor.has_any(roles):
        raise Forbidden(Action.REQUEST, ", ".join(sorted(roles)))
    partners = actor.scope(roles)
    if partners is None or len(partners) != 1:
        raise PartnerMissing("partner")
    return next(iter(partners))
