"""Registering households."""

from uuid import uuid4

from domain.actors import Actor
from domain.errors import Forbidden, PartnerMissing
from domain.household import Personal, register
from domain.lifecycle import TRANSITIONS, Action
from domain.privacy import notes_of
from workflows.commands import RegisterHousehold
from workflows.engine import Outcome, Work
from workflows.eventstore.identities import HouseholdTokens
from workflows.requests import sign_for


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


def _own_partner(actor: Actor) -> str:
    roles = TRANSITIONS[Action.REQUEST].roles
    if not actor.has_any(roles):
        raise Forbidden(Action.REQUEST, ", ".join(sorted(roles)))
    partners = actor.scope(roles)
    if partners is None or len(partners) != 1:
        raise PartnerMissing("partner")
    return next(iter(partners))
