"""Checks which households count as one: the rows must be what the events make.

Caps and exposure are of merged households together, and which ones these are is read from a table
that is written with the events. It is not hashed; this computes it anew from the events.
"""

from collections.abc import Iterator
from uuid import UUID

from domain.events.household import HouseholdMerged, HouseholdUnmerged
from workflows.audit import differences as f
from workflows.audit.findings import Finding
from workflows.audit.money import TIMEOUT_MS
from workflows.eventstore.database import Database, Tx
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import stored
from workflows.eventstore.statements import statements

_SQL = statements("workflows.audit", "merges")
_TOPICS = [kind.__name__ for kind in (HouseholdMerged, HouseholdUnmerged)]
_ITSELF = "itself only"


def check_merges(database: Database) -> Iterator[Finding]:
    """Whichever households stand otherwise in the table than their events say, as of one moment."""
    with database.transaction(one_snapshot=True, statement_timeout_ms=TIMEOUT_MS) as tx:
        made = _made(tx)
        said = {row["household_id"]: row["into_id"] for row in tx.execute(_SQL["merges"])}
        for household_id in sorted(made.keys() | said.keys()):
            says, should = said.get(household_id), made.get(household_id)
            if says != should:
                told = [str(each or _ITSELF) for each in (says, should)]
                yield f.MergeDiffers(str(household_id), *told)


def _made(tx: Tx) -> dict[UUID, UUID]:
    """With which household each of them counts, by the last thing that happened to it."""
    mapper = EventMapper()
    into: dict[UUID, UUID] = {}
    for row in tx.execute(_SQL["merge_events"], {"topics": _TOPICS}):
        match mapper.to_domain_event(stored(row)):
            case HouseholdMerged() as event:
                into[event.originator_id] = event.into
            case HouseholdUnmerged() as event:
                into.pop(event.originator_id, None)
    return into
