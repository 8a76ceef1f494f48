"""Registering households."""

from uuid import uuid4

from domain.actors import Actor, Role
from domain.errors import OutsideOwnPartner
from domain.household import Personal, register
from domain.lifecycle import Action
from domain.permissions import sign
from workflows.commands import RegisterHousehold
from workflows.engine import Outcome, Work


def register_household(work: Work, command: RegisterHousehold) -> Outcome:
    """A desk registers a household, with a key of its own for what is private."""
    partner = command.partner or _own_partner(work.actor)
    by = sign(Action.REQUEST, work.actor, partner)
    work.programme().partner(partner)
    household_id = uuid4()
    work.store.begin()
    work.vault.begin(household_id)
    event = work.store.append(
        register(
            work.stamp(by),
            household_id,
            f"N-{work.store.next_number('household_number'):05}",
            partner,
            command.district,
            Personal(members=command.members, address=command.address, hardships=command.hardships),
        )
    )
    return Outcome(household_id, event.originator_version, created=True)


def _own_partner(actor: Actor) -> str:
    partners = actor.scope(frozenset({Role.OPERATOR}))
    if partners is None or len(partners) != 1:
        raise OutsideOwnPartner("?")
    return next(iter(partners))
