"""Merging households in a register, as tests do it."""

from uuid import UUID

from domain.actors import Actor
from tests.register import TestRegister
from workflows import households
from workflows.commands import MergeHousehold, UnmergeHousehold
from workflows.engine import Outcome


def merge(register: TestRegister, one: UUID, into: UUID, by: Actor | None = None) -> Outcome:
    """`into` goes on for both."""
    command = MergeHousehold(into=into, reason="stesso codice fiscale")
    who = by or register.people.coordinator
    return register.run(who, lambda work: households.merge(work, one, command))


def unmerge(register: TestRegister, one: UUID, by: Actor | None = None) -> Outcome:
    """They were two after all."""
    command = UnmergeHousehold(reason="una cugina")
    who = by or register.people.coordinator
    return register.run(who, lambda work: households.unmerge(work, one, command))


def assessed(register: TestRegister, household_id: UUID, cents: int) -> UUID:
    """A dote of a household, waiting for its vote."""
    dote_id = register.request(household_id, cents)
    register.assess(dote_id)
    return dote_id
