"""Golden files: one stored event of every version of every event class, kept for ever.

What every event carries (its stream, when, by whom, why) is not part of its class's own shape: the
signature has versions and golden files of its own.

`python -m tests.golden` writes the files that are missing and never touches one that is there:
an old event must decode as it was stored.
"""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.actors import Principal, Role, Signature
from domain.events.base import EVENT_TYPES, Event
from tests.domain.examples import EXAMPLES, sealed
from workflows.eventstore.mapper import EventMapper

FOLDER = Path(__file__).parent / "data" / "events"
SIGNATURES = Path(__file__).parent / "data" / "signatures"
SIGNATURE_VERSION = 2
"""Raised with every change of the signature; what is new in it is optional, so that the older ones
are read for ever."""

_SIGNATURE = Signature(
    account_id=UUID(int=0xA05),
    role=Role.APPROVER,
    partner="ROCCA",
    works_for="SSALV",
    on_behalf_of=Principal(account_id=UUID(int=0xA06), works_for="ROCCA"),
)


def path(event_type: type[Event], version: int) -> Path:
    """The file of one version."""
    return FOLDER / f"{event_type.__name__}.v{version}.json"


def signature_path(version: int) -> Path:
    """The file of one version of the signature."""
    return SIGNATURES / f"Signature.v{version}.json"


def shape(event_type: type[Event]) -> dict[str, Any]:
    """What the class accepts of its own; a change of it needs a new version."""
    return own_shape(_without_prose(event_type.model_json_schema()))


def own_shape(schema: dict[str, Any]) -> dict[str, Any]:
    """The same of a whole schema: without what every event carries, and its definitions."""
    own = {
        **schema,
        "properties": own_fields(schema["properties"]),
        "required": [name for name in schema["required"] if name not in Event.model_fields],
    }
    definitions = own.pop("$defs", {})
    reached: dict[str, Any] = {}
    waiting = _named(own)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = definitions[name]
            waiting |= _named(definitions[name])
    return {**own, "$defs": reached}


def own_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that only this class has."""
    return {name: value for name, value in fields.items() if name not in Event.model_fields}


def _named(schema: object) -> set[str]:
    """The definitions that a part of a schema names."""
    found = re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))
    return set(found)


def signature_shape() -> dict[str, Any]:
    """What a signature accepts."""
    found: dict[str, Any] = _without_prose(Signature.model_json_schema())
    return found


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
        written.append(_write(file, content))
    signature = signature_path(SIGNATURE_VERSION)
    if not signature.exists():
        state = _SIGNATURE.model_dump(mode="json")
        written.append(_write(signature, {"state": state, "shape": signature_shape()}))
    return written


def _write(file: Path, content: dict[str, Any]) -> Path:
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")
    return file


def read(file: Path) -> tuple[StoredEvent, dict[str, Any], dict[str, Any]]:
    """The stored event, what it must decode to, and the shape of its class at that time."""
    content = json.loads(file.read_text(encoding="utf-8"))
    stored = StoredEvent(
        originator_id=UUID(content["stream_id"]),
        originator_version=content["version"],
        topic=content["topic"],
        state=json.dumps(content["state"]).encode(),
    )
    return stored, content["decoded"], own_shape(content["shape"])


def read_signature(version: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A signature as it was stored, and the shape of its class at that time."""
    content = json.loads(signature_path(version).read_text(encoding="utf-8"))
    return content["state"], content["shape"]


if __name__ == "__main__":
    for new in write_missing():
        print(new.name)
