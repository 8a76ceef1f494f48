"""Writes the list of doti from the log, by the same `evolve` that the commands decide on."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from domain.dote import Dote
from domain.dote_history import evolve
from domain.events.base import EVENT_TYPES
from domain.events.dote import DoteEvent
from domain.permissions import barred
from projections.base import Projection
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "statements")
_DOTE = TypeAdapter(Dote)
_EVENTS = frozenset(DoteEvent.__args__)


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Brings the doti of a batch to where its events leave them."""
    events = [logged.event for logged in batch if isinstance(logged.event, DoteEvent)]
    doti: dict[UUID, Dote] = {}
    known = tx.execute(_SQL["snapshots"], {"ids": list({e.originator_id for e in events})})
    for row in known:
        doti[row["id"]] = read(row["snapshot"])
    for event in events:
        doti[event.originator_id] = evolve(doti.get(event.originator_id), event)
    if events:
        changed = {event.originator_id for event in events}
        tx.cursor().executemany(_SQL["save"], [_row(doti[dote_id]) for dote_id in changed])


def read(snapshot: object) -> Dote:
    """A dote from its row."""
    return _DOTE.validate_python(snapshot)


def _row(dote: Dote) -> dict[str, object]:
    return {
        "id": dote.id,
        "number": dote.number,
        "state": dote.state,
        "partner": dote.partner,
        "category": dote.category,
        "item": dote.item,
        "household_id": dote.household_id,
        "waiting_for": sorted(dote.waiting_for),
        "barred": sorted(barred(dote)),
        "created_at": dote.created_at,
        "changed_at": dote.changed_at,
        "snapshot": Jsonb(_DOTE.dump_python(dote, mode="json")),
    }


DOTI = Projection(
    name="doti",
    package="projections.doti",
    tables=("doti",),
    handles=_EVENTS,
    ignores=frozenset(EVENT_TYPES.values()) - _EVENTS,
    write=write,
)
