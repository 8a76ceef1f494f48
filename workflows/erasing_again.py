"""Repeats what the log says was erased: for a register whose keys came back from a backup."""

from collections.abc import Iterator
from uuid import UUID

from domain.events.base import Event
from domain.events.household import HouseholdErased, SocialNotesErased
from domain.events.payee import PayeeErased
from domain.privacy import notes_of
from workflows.eventstore.belongings import Belongings
from workflows.eventstore.database import Database
from workflows.eventstore.log import Log
from workflows.eventstore.vault import Vault

PART = 5_000
"""So much of the log is looked through at a time."""

_TOPICS = [kind.__name__ for kind in (HouseholdErased, SocialNotesErased, PayeeErased)]


def erase_again(database: Database, vault: Vault) -> int:
    """Takes away each key that was deleted before and is there, and what the household is found
    by; returns how many keys. Safe while people work, and to be repeated."""
    log = Log(database)
    end = log.end()
    again = 0
    for after in range(0, end, PART):
        for logged in log.part(after, min(after + PART, end), _TOPICS):
            again += _erase_again(database, vault, logged.event)
    return again


def _erase_again(database: Database, vault: Vault, event: Event) -> int:
    back = [subject_id for subject_id in _subjects(event) if vault.has_key(subject_id)]
    if not back:
        return 0
    with database.transaction(locks=[("household", event.originator_id)]):
        for subject_id in back:
            vault.erase(subject_id)
        if isinstance(event, HouseholdErased):
            belongings = Belongings(database)
            ids = [event.originator_id]
            belongings.forget(ids, belongings.doti(ids))
    return len(back)


def _subjects(event: Event) -> Iterator[UUID]:
    """Whose keys were deleted with the event."""
    if not isinstance(event, SocialNotesErased):
        yield event.originator_id
    if not isinstance(event, PayeeErased):
        yield notes_of(event.originator_id)
