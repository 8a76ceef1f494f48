"""Writes what statistics count of households from the log."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from domain.events.base import EVENT_TYPES, Event
from domain.events.household import (
    HouseholdMerged,
    HouseholdRegistered,
    HouseholdUnmerged,
    MemberAdded,
    PersonalDataRecorded,
)
from projections.base import Projection
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.figures", "statements")
_HANDLED: frozenset[type[Event]] = frozenset(
    {HouseholdRegistered, MemberAdded, PersonalDataRecorded, HouseholdMerged, HouseholdUnmerged}
)
Figures = dict[str, Any]


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Brings the households of a batch to where its events leave them."""
    events = [logged.event for logged in batch if type(logged.event) in _HANDLED]
    ids = list({event.originator_id for event in events})
    rows: dict[UUID, Figures] = {row["id"]: row for row in tx.execute(_SQL["known"], {"ids": ids})}
    for event in events:
        rows[event.originator_id] = _after(rows.get(event.originator_id), event)
    if rows:
        tx.execute(_SQL["save"], {"rows": to_json(list(rows.values())).decode()})


def _after(row: Figures | None, event: Event) -> Figures:
    if isinstance(event, HouseholdRegistered):
        return {
            "id": event.originator_id,
            "partner": event.partner,
            **_counted(event),
            "merged_into": None,
        }
    if row is None:
        raise ValueError(f"household {event.originator_id} was never registered")
    match event:
        case MemberAdded():
            which = "minors" if event.is_minor else "adults"
            return row | {which: row[which] + 1}
        case PersonalDataRecorded():
            return row | _counted(event)
        case HouseholdMerged():
            return row | {"merged_into": event.into}
    return row | {"merged_into": None}


def _counted(event: HouseholdRegistered | PersonalDataRecorded) -> Figures:
    return {"district": event.district, "adults": event.adults, "minors": event.minors}


FIGURES = Projection(
    name="figures",
    package="projections.figures",
    tables=("household_figures",),
    handles=_HANDLED,
    ignores=frozenset(EVENT_TYPES.values()) - _HANDLED,
    write=write,
)
