"""Writes what the log is searched by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from domain.events import account, dote, household, programme
from domain.events.base import EVENT_TYPES, Event
from projections.base import Projection
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections.journal", "statements")
_OF_DOTI = dote.DoteEvent.__args__
_OF_HOUSEHOLDS = household.HouseholdEvent.__args__
_MERGES = (household.HouseholdMerged, household.HouseholdUnmerged)


class _About(NamedTuple):
    """Whose an event is."""

    partner: str | None = None
    household_id: UUID | None = None
    dote_id: UUID | None = None


def write(tx: Tx, batch: Sequence[Logged]) -> None:
    """Adds the events of a batch."""
    ids = {id_ for logged in batch for id_ in _looked_up(logged.event)}
    found = tx.execute(_SQL["beginnings"], {"ids": list(ids)})
    known = {row["stream_id"]: _About(row["partner"], row["household_id"]) for row in found}
    rows = []
    for logged in batch:
        event = logged.event
        about = list(_about(event, known))
        known.setdefault(event.originator_id, about[0])
        rows += [_row(logged, nth, each) for nth, each in enumerate(about)]
    tx.execute(_SQL["save"], {"rows": to_json(rows).decode()})


def _looked_up(event: Event) -> Iterator[UUID]:
    yield event.originator_id
    for name in ("household_id", "into"):
        other = getattr(event, name, None)
        if other is not None:
            yield other


def _about(event: Event, known: Mapping[UUID, _About]) -> Iterator[_About]:
    """What an event is about; the first one also stands for its stream."""
    of_stream = known.get(event.originator_id, _About())
    match event:
        case dote.DoteRequested():
            yield _About(event.partner, event.household_id, event.originator_id)
        case household.HouseholdRegistered():
            yield _About(event.partner, event.originator_id)
        case _ if isinstance(event, _OF_DOTI):
            yield of_stream._replace(dote_id=event.originator_id)
        case _ if isinstance(event, _OF_HOUSEHOLDS):
            yield of_stream._replace(household_id=event.originator_id)
            if isinstance(event, _MERGES):
                yield known.get(event.into, _About())._replace(household_id=event.into)
        case account.DataRevealed():
            whose = known.get(event.household_id, _About())
            yield _About(whose.partner, event.household_id, event.dote_id)
        case account.ConflictDeclared():
            yield _About(None, event.household_id)
        case programme.BudgetAllocated():
            yield _About(event.line.partner)
        case programme.BudgetTransferred():
            yield _About(event.source.partner)
            if event.target.partner != event.source.partner:
                yield _About(event.target.partner)
        case programme.PartnerJoined():
            yield _About(event.code)
        case _:
            yield _About(getattr(event, "partner", None))


def _row(logged: Logged, nth: int, about: _About) -> dict[str, Any]:
    event = logged.event
    begins = isinstance(event, dote.DoteRequested | household.HouseholdRegistered)
    return {
        "log_index": logged.log_index,
        "nth": nth,
        "stream_id": event.originator_id,
        "version": event.originator_version,
        "topic": type(event).__name__,
        "account_id": event.by.account_id,
        "number": event.number if begins else None,  # type: ignore[attr-defined]  # `begins` says
        **about._asdict(),
    }


JOURNAL = Projection(
    name="journal",
    package="projections.journal",
    tables=("journal",),
    handles=frozenset(EVENT_TYPES.values()),
    ignores=frozenset(),
    write=write,
)
