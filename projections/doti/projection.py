"""Writes the list of doti from the log, by the same `evolve` that the commands decide on."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_json

from domain.deadlines import stages
from domain.dote import Dote
from domain.dote_history import evolve
from domain.events.base import EVENT_TYPES
from domain.events.dote import DoteEvent
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
    changed = {event.originator_id for event in events}
    for row in tx.execute(_SQL["snapshots"], {"ids": list(changed)}):
        known = read(row["snapshot"])
        doti[known.id] = known
    for event in events:
        doti[event.originator_id] = evolve(doti.get(event.originator_id), event)
    if doti:
        rows = b",".join(_row(dote) for dote in doti.values())
        tx.execute(_SQL["save"], {"rows": f"[{rows.decode()}]"})


def read(snapshot: str) -> Dote:
    """A dote from its row."""
    return _DOTE.validate_json(snapshot)


def _row(dote: Dote) -> bytes:
    """The dote as JSON: its own values are the columns, and all of it is the snapshot."""
    columns = to_json({"waiting_for": [stage for stage, _ in stages(dote)], "barred": []})
    snapshot = _DOTE.dump_json(dote)
    return columns[:-1] + b',"snapshot":' + snapshot + b"," + snapshot[1:]


DOTI = Projection(
    name="doti",
    package="projections.doti",
    tables=("doti",),
    handles=_EVENTS,
    ignores=frozenset(EVENT_TYPES.values()) - _EVENTS,
    write=write,
)
