"""Golden files: one stored event of every version of every event class, kept for ever.

`python -m tests.golden` writes the files that are missing and never touches one that is there:
an old event must decode as it was stored.
"""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.events.base import EVENT_TYPES, Event
from tests.domain.examples import EXAMPLES, sealed
from workflows.eventstore.mapper import EventMapper

FOLDER = Path(__file__).parent / "data" / "events"


def path(event_type: type[Event], version: int) -> Path:
    """The file of one version."""
    return FOLDER / f"{event_type.__name__}.v{version}.json"


def shape(event_type: type[Event]) -> dict[str, Any]:
    """What the class accepts; a change of it needs a new version."""
    schema = event_type.model_json_schema()
    return _without_prose(schema)  # type: ignore[no-any-return]


def _without_prose(schema: Any) -> Any:  # noqa: ANN401  JSON
    if isinstance(schema, dict):
        return {
            key: _without_prose(value)
            for key, value in schema.items()
            if key not in {"description", "title"} or isinstance(value, dict)
        }
    if isinstance(schema, list):
        return [_without_prose(value) for value in schema]
    return schema


def write_missing() -> list[Path]:
    """Writes the golden files of new versions."""
    mapper = EventMapper()
    written = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    for event_type in EVENT_TYPES.values():
        file = path(event_type, event_type.class_version)
        if file.exists():
            continue
        event = sealed(EXAMPLES[event_type.__name__])
        stored = mapper.to_stored_event(event)
        content = {
            "stream_id": str(stored.originator_id),
            "version": stored.originator_version,
            "topic": stored.topic,
            "state": json.loads(stored.state),
            "decoded": event.model_dump(mode="json"),
            "shape": shape(event_type),
        }
        text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
        file.write_text(text + "\n", encoding="utf-8")
        written.append(file)
    return written


def read(file: Path) -> tuple[StoredEvent, dict[str, Any], dict[str, Any]]:
    """The stored event, what it must decode to, and the shape of its class at that time."""
    content = json.loads(file.read_text(encoding="utf-8"))
    stored = StoredEvent(
        originator_id=UUID(content["stream_id"]),
        originator_version=content["version"],
        topic=content["topic"],
        state=json.dumps(content["state"]).encode(),
    )
    return stored, content["decoded"], content["shape"]


if __name__ == "__main__":
    for new in write_missing():
        print(new.name)
