"""Writes from the log what the time of each household is counted from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from domain.days import day_here
from domain.erasure import money_day, seen_day
from domain.events.base import EVENT_TYPES, Event
from domain.events.dote import DoteEvent, DoteRequested
from domain.events.household import (
    ErasureAsked,
    ErasureDeclined,
    ErasureHeld,
    HouseholdErased,
    HouseholdEvent,
    HouseholdMerged,
    HouseholdRegistered,
    HouseholdUnmerged,
    SocialNotesErased,
)
from projections.base import Projection
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.retention", "statements")
_HANDLED: frozenset[type[Event]] = frozenset((*DoteEvent.__args__, *HouseholdEvent.__args__))


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Brings the households of a batch to where its events leave them."""
    events = [one.event for one in batch if type(one.event) in _HANDLED]
    registered = [event for event in events if isinstance(event, HouseholdRegistered)]
    _insert(tx, "save_households", [_household(event) for event in registered])
    requested = [event for event in events if isinstance(event, DoteRequested)]
    rows = [{"dote_id": e.originator_id, "household_id": e.household_id} for e in requested]
    _insert(tx, "save_doti", rows)
    _insert(tx, "seen", _seen(tx, events))
    for event in events:
        _change(tx, event)


def _household(event: HouseholdRegistered) -> dict[str, object]:
    return {
        "household_id": event.originator_id,
        "number": event.number,
        "partner": event.partner,
        "seen_on": day_here(event.at),
    }


def _seen(tx: Tx, events: Sequence[Event]) -> list[dict[str, Any]]:
    """The last days of each household in the batch."""
    doti = {e.originator_id for e in events if isinstance(e, DoteEvent)}
    found = tx.execute(_SQL["households_of"], {"ids": list(doti)})
    households = {row["dote_id"]: row["household_id"] for row in found}
    days: dict[UUID, dict[str, Any]] = {}
    for event in events:
        seen_on = seen_day(event)
        if seen_on is None:
            continue
        household_id = households.get(event.originator_id, event.originator_id)
        known = days.setdefault(
            household_id, {"household_id": household_id, "seen_on": seen_on, "moved_on": None}
        )
        known["seen_on"] = max(known["seen_on"], seen_on)
        known["moved_on"] = max(filter(None, (known["moved_on"], money_day(event))), default=None)
    return list(days.values())


def _change(tx: Tx, event: Event) -> None:
    household_id = event.originator_id
    match event:
        case HouseholdMerged():
            tx.execute(_SQL["merge"], {"id": household_id, "into": event.into})
        case HouseholdUnmerged():
            tx.execute(_SQL["merge"], {"id": household_id, "into": None})
        case ErasureAsked():
            by = event.by.account_id
            tx.execute(_SQL["ask"], {"id": household_id, "at": event.at, "by": by})
        case ErasureDeclined():
            tx.execute(_SQL["ask"], {"id": household_id, "at": None, "by": None})
        case ErasureHeld():
            tx.execute(_SQL["hold"], {"id": household_id, "until": event.until})
        case SocialNotesErased():
            tx.execute(_SQL["notes_erased"], {"id": household_id, "on": day_here(event.at)})
        case HouseholdErased():
            tx.execute(_SQL["erased"], {"id": household_id})
        case _:
            pass  # it counts only by its day


def _insert(tx: Tx, statement: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Many rows at once, as one JSON array."""
    listed = list(rows)
    if listed:
        tx.execute(_SQL[statement], {"rows": to_json(listed).decode()})


RETENTION = Projection(
    name="retention",
    package="projections.retention",
    tables=("kept_households", "kept_doti"),
    handles=_HANDLED,
    ignores=frozenset(EVENT_TYPES.values()) - _HANDLED,
    write=write,
    version=2,
)
