"""Who the members of a household are, as its events tell it all together."""

from domain.household import Household, Member, Personal
from workflows.eventstore.vault import Keys, Vault


def opened(vault: Vault, household: Household, keys: Keys | None = None) -> Personal | None:
    """Who belongs to a household, in the order of their numbers, and where it lives; None once it
    is erased."""
    keys = {} if keys is None else keys
    text = vault.open_field(household.personal, "personal", keys)
    if text is None:
        return None
    known = Personal.model_validate_json(text)
    added = (vault.open_field(event, "member", keys) for event in household.added)
    members = tuple(Member.model_validate_json(one) for one in added if one is not None)
    return known.model_copy(update={"members": (*known.members, *members)})


def members(vault: Vault, household: Household, keys: Keys | None = None) -> tuple[Member, ...]:
    """The members of a household; nobody once it is erased."""
    who = opened(vault, household, keys)
    return () if who is None else who.members
