"""Whose keys must not be there: the log tells it, and the table beside the keys."""

from collections import Counter
from collections.abc import Iterator
from typing import cast
from uuid import UUID

from domain.events.bank import LineErased
from domain.events.base import Event
from domain.events.household import HouseholdErased, SocialNotesErased
from domain.events.payee import PayeeErased
from domain.privacy import notes_of
from workflows.eventstore.belongings import Belongings
from workflows.eventstore.database import Database, Tx
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import stored
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Vault

_SQL = statements("workflows.keys", "statements")
_TOPICS = [kind.__name__ for kind in (HouseholdErased, SocialNotesErased, PayeeErased, LineErased)]


def erased_subjects(tx: Tx) -> set[UUID]:
    """Everybody who was erased, whether an event or the table tells it."""
    marked = {row["subject_id"] for row in tx.execute(_SQL["erased"])}
    return marked | set(_told(tx))


def come_back(database: Database) -> list[UUID]:
    """Who was erased and has a key, as an older backup of the database brings it."""
    with database.transaction() as tx:
        told = list(set(_told(tx)))
        return [row["subject_id"] for row in tx.execute(_SQL["came_back"], {"told": told})]


def sweep(database: Database, vault: Vault) -> int:
    """Deletes the keys of who was erased, for good, and what their households were found by; how
    many keys there were.

    `database`: as the register's owner.
    """
    own = Vault(database, vault.masters)
    belongings = Belongings(database)
    with database.transaction() as tx:
        gone = sorted(erased_subjects(tx))
        swept = sum([own.erase(subject_id) for subject_id in gone])
        households = [row["stream_id"] for row in tx.execute(_SQL["erased_households"])]
        belongings.forget(households, belongings.doti(households))
        belongings.forget_lines(gone)
        return swept


def _told(tx: Tx) -> Iterator[UUID]:
    mapper = EventMapper()
    erasures: Counter[UUID] = Counter()
    for row in tx.execute(_SQL["erasures"], {"topics": _TOPICS}):
        event = cast("Event", mapper.to_domain_event(stored(row)))
        stream_id = event.originator_id
        match event:
            case HouseholdErased():
                yield from (stream_id, notes_of(stream_id, erasures[stream_id]))
                yield from (*event.payees, *event.lines)
            case SocialNotesErased():
                yield notes_of(stream_id, erasures[stream_id])
                erasures[stream_id] += 1
            case _:
                yield stream_id
