"""Turns events into what is stored and back, validating what is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

import pydantic_core
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder
from eventsourcing.utils import register_topic, resolve_topic

from domain.events import (
    account,
    bank,
    dote,
    household,
    payee,
    payment_batch,
    programme,
    redaction,
    rendiconto,
)
from domain.events.base import EVENT_TYPES, Event

# Imported for their classes to register themselves.
EVENT_MODULES: Sequence[Any] = (
    account,
    bank,
    dote,
    household,
    payee,
    payment_batch,
    programme,
    redaction,
    rendiconto,
)

_PLACE = {"originator_id", "originator_version"}
_PLACE_JSON = '{"originator_id":"%s","originator_version":%d,'


@dataclass(frozen=True)
class TimedEvent(StoredEvent):
    """A stored event with its time beside it, for the log's clock."""

    at: datetime


class JsonTranscoder(Transcoder):
    """JSON by pydantic: what a model dumps, and nothing else."""

    def encode(self, obj: Any) -> bytes:  # noqa: ANN401  the library's signature
        return pydantic_core.to_json(obj)

    def decode(self, data: bytes) -> Any:  # noqa: ANN401  the library's signature
        return pydantic_core.from_json(data)


class EventMapper(Mapper[UUID]):
    """Maps `domain.events` under their stable names.

    A class of version n > 1 stores it as `class_version` and has a static `upcast_v1_v2(state)`
    for each step, which changes the decoded state in place.
    """

    names: ClassVar[dict[type[Event], str]] = {}

    def __init__(self) -> None:
        super().__init__(transcoder=JsonTranscoder())
        for name, event_type in EVENT_TYPES.items():
            register_topic(name, event_type)
            self.names[event_type] = name

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> TimedEvent:
        event = cast("Event", domain_event)
        state = event.model_dump(mode="json", exclude=_PLACE)
        if event.class_version > 1:
            state["class_version"] = event.class_version
        return TimedEvent(
            originator_id=event.originator_id,
            originator_version=event.originator_version,
            topic=self.names[type(event)],
            state=self.transcoder.encode(state),
            at=event.at,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:  # noqa: ANN401  any event class
        event_type: type[Event] = resolve_topic(stored_event.topic)
        place = _PLACE_JSON % (stored_event.originator_id, stored_event.originator_version)
        state = stored_event.state
        if event_type.class_version > 1:
            state = self._upcast(event_type, state)
        # The state is a JSON object that is never empty: its place goes in at the front.
        return event_type.model_validate_json(place.encode() + state[1:])

    def _upcast(self, event_type: type[Event], state: bytes) -> bytes:
        values = self.transcoder.decode(state)
        version = values.pop("class_version", 1)
        while version < event_type.class_version:
            getattr(event_type, f"upcast_v{version}_v{version + 1}")(values)
            version += 1
        return self.transcoder.encode(values)
