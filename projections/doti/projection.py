"""Writes the list of doti from the log, by the same `evolve` that the commands decide on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic_core import to_json

from domain import ledger
from domain.deadlines import next_due
from domain.dote import Dote
from domain.dote_history import evolve
from domain.events.base import EVENT_TYPES, Event
from domain.events.dote import DoteEvent
from domain.events.household import HouseholdMerged, HouseholdRegistered, HouseholdUnmerged
from domain.events.programme import PolicyAdopted
from projections.base import Projection
from projections.doti import turns
from projections.doti.snapshots import DOTE, read
from projections.doti.turns import Moment
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "statements")
_EVENTS = frozenset(DoteEvent.__args__)
_MERGES = (HouseholdMerged, HouseholdUnmerged)
_HANDLED: frozenset[type[Event]] = _EVENTS | {PolicyAdopted, HouseholdRegistered, *_MERGES}


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Brings the doti of a batch to where its events leave them, and whose turn it is on them."""
    _write_facts(tx, batch)
    granted = _latest(_write_granted(tx, batch), _write_merges(tx, batch))
    doti, moments = _evolved(tx, batch)
    cases = turns.cases(tx, doti, moments, granted)
    if doti:
        alarms = {case.dote.id: due.at for case in cases if (due := next_due(case)) is not None}
        rows = b",".join(_row(dote, alarms.get(dote.id)) for dote in doti.values())
        tx.execute(_SQL["save"], {"rows": f"[{rows.decode()}]"})
    turns.save(tx, doti, cases)


def _evolved(tx: Tx, batch: Sequence[Logged]) -> tuple[dict[UUID, Dote], dict[UUID, Moment]]:
    """The doti of the batch as its events leave them, and the place and time of their last."""
    changes = [(one, one.event) for one in batch if isinstance(one.event, DoteEvent)]
    moments = {event.originator_id: Moment(one.log_index, event.at) for one, event in changes}
    doti: dict[UUID, Dote] = {}
    for row in tx.execute(_SQL["snapshots"], {"ids": list(moments)}):
        known = read(row["snapshot"])
        doti[known.id] = known
    for _, event in changes:
        doti[event.originator_id] = evolve(doti.get(event.originator_id), event)
    return doti, moments


def _row(dote: Dote, next_alarm_at: datetime | None) -> bytes:
    """The dote as JSON: its own values are the columns, and all of it is the snapshot."""
    columns = to_json({"next_alarm_at": next_alarm_at})
    snapshot = DOTE.dump_json(dote)
    return columns[:-1] + b',"snapshot":' + snapshot + b"," + snapshot[1:]


def _write_facts(tx: Tx, batch: Sequence[Logged]) -> None:
    """The rules and the households of a batch."""
    policies = [one.event.policy for one in batch if isinstance(one.event, PolicyAdopted)]
    _insert(tx, "save_policies", [{"version": p.version, "document": p} for p in policies])
    households = [one.event for one in batch if isinstance(one.event, HouseholdRegistered)]
    rows = [
        {"id": h.originator_id, "number": h.number, "partner": h.partner, "at": h.at}
        for h in households
    ]
    _insert(tx, "save_households", rows)


def _write_granted(tx: Tx, batch: Sequence[Logged]) -> dict[UUID, Moment]:
    """What the doti of a batch grant more or less; where and when that last changed for each
    household."""
    changed: dict[UUID, Moment] = {}
    rows: dict[UUID, dict[str, object]] = {}
    sums: dict[UUID, int] = {}
    for one in batch:
        change = ledger.exposure_change(one.event)
        if change is None:
            continue
        changed[change.household_id] = Moment(one.log_index, one.event.at)
        sums[change.dote_id] = sums.get(change.dote_id, 0) + change.cents
        rows.setdefault(
            change.dote_id,
            {
                "dote_id": change.dote_id,
                "household_id": change.household_id,
                "partner": change.partner,
                "category": change.category,
                "at": one.event.at,
            },
        )
    _insert(tx, "save_granted", [{**row, "cents": sums[dote_id]} for dote_id, row in rows.items()])
    return changed


def _write_merges(tx: Tx, batch: Sequence[Logged]) -> dict[UUID, Moment]:
    """Which households count with which others; where and when that last changed for each."""
    changed: dict[UUID, Moment] = {}
    counts_with: dict[UUID, UUID] = {}
    for one in batch:
        event = one.event
        if isinstance(event, _MERGES):
            merged = isinstance(event, HouseholdMerged)
            counts_with[event.originator_id] = event.into if merged else event.originator_id
            for household_id in (event.originator_id, event.into):
                changed[household_id] = Moment(one.log_index, event.at)
    _insert(
        tx,
        "count_with",
        ({"id": known, "counts_with": other} for known, other in counts_with.items()),
    )
    return changed


def _latest(*changes: Mapping[UUID, Moment]) -> dict[UUID, Moment]:
    found: dict[UUID, Moment] = {}
    for household_id, moment in (pair for each in changes for pair in each.items()):
        found[household_id] = max(moment, found.get(household_id, moment))
    return found


def _insert(tx: Tx, statement: str, rows: Iterable[dict[str, object]]) -> None:
    """Many rows at once, as one JSON array."""
    listed = list(rows)
    if listed:
        tx.execute(_SQL[statement], {"rows": to_json(listed).decode()})


DOTI = Projection(
    name="doti",
    package="projections.doti",
    tables=("doti", "turns", "policies", "granted", "households"),
    handles=_HANDLED,
    ignores=frozenset(EVENT_TYPES.values()) - _HANDLED,
    write=write,
    version=6,
)
