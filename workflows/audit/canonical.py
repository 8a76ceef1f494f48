"""The bytes of an event: what is hashed into the log, and how a dossier writes it.

A line of a dossier is JSON with its keys in one order, no spaces, and only the escapes that JSON
demands. The one right spelling of every line is what lets `read_line` refuse two readings of one
event, such as a key given twice.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  UTC by convention, for speed
_AWARE_EPOCH = _EPOCH.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
_LINE = re.compile(
    rb'\{"log_index":([1-9]\d{0,15})'
    rb',"stream":"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"'
    rb',"version":([1-9]\d{0,9})'
    rb',"type":"([A-Za-z]\w{0,99})"'
    rb',"at":"(' + _TIME + rb')"'
    rb'(?:,"known_at":"(' + _TIME + rb')")?'
    rb',"state":(?=")'
)
_CONTROLS = bytes(range(0x20))
_encode = json.JSONEncoder(ensure_ascii=False).encode
_decode = json.JSONDecoder().decode


def leaf_hash(stream: UUID, version: int, kind: str, at: datetime, state: bytes) -> bytes:
    """The RFC 6962 leaf hash of an event: what `event_leaf` computes in the database."""
    micros = (at - _AWARE_EPOCH) // _MICROSECOND
    return leaf_of(str(stream), version, kind, micros, state)


def leaf_of(stream: str, version: int, kind: str, micros: int | None, state: bytes) -> bytes:
    """`leaf_hash` over plain values. `micros`: since 1970; None where there is no such time."""
    head = f"doti-event-v1\n{stream}\n{version}\n{kind}\n{micros}\n"
    return sha256(b"\x00" + head.encode() + state).digest()


class Line(NamedTuple):
    """One line of a dossier's log, read. Times are RFC 3339, and sort as they are written."""

    log_index: int
    stream: str
    version: int
    kind: str
    at: str
    known_at: str | None
    leaf: bytes


class BadLine(ValueError):
    """The line is not written as a dossier writes it."""


def write_line(
    log_index: int,
    stream: str,
    version: int,
    kind: str,
    at: str,
    known_at: str | None,
    state: bytes,
) -> bytes:
    """An event as one line. `known_at`: None where it cannot be proved, and is left out."""
    known = "" if known_at is None else f',"known_at":"{known_at}"'
    # An event that is not text was never written by this software; it will show as edited.
    text = _encode(state.decode("utf-8", "replace"))
    return (
        f'{{"log_index":{log_index},"stream":"{stream}","version":{version},"type":{_encode(kind)}'
        f',"at":"{at}"{known},"state":{text}}}\n'
    ).encode()


def read_line(line: bytes) -> Line:
    """Reads what `write_line` wrote, and nothing else. Raises BadLine."""
    match = _LINE.match(line)
    if match is None or not line.endswith(b'"}\n'):
        raise BadLine
    index, stream, version, kind, at, known_at = match.groups()
    try:
        state = _unescape(line[match.end() + 1 : -3])
        since = datetime.fromisoformat(at[:-1].decode()) - _EPOCH
    except ValueError:
        raise BadLine from None
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    head = b"\x00doti-event-v1\n%b\n%b\n%b\n%d\n" % (stream, version, kind, micros)
    return Line(
        int(index),
        stream.decode(),
        int(version),
        kind.decode(),
        at.decode(),
        None if known_at is None else known_at.decode(),
        sha256(head + state).digest(),
    )


def _unescape(text: bytes) -> bytes:
    """The bytes that the inside of a JSON string stands for. Raises ValueError."""
    spelled = f'"{text.decode()}"'
    quotes = text.count(b'\\"')
    if (
        text.count(b'"') == quotes
        and text.count(b"\\") == quotes
        and text.translate(None, _CONTROLS) == text
    ):
        return text.replace(b'\\"', b'"')  # nothing but quotes is escaped: nearly every event
    state = _decode(spelled)
    if not isinstance(state, str) or _encode(state) != spelled:
        raise BadLine
    return state.encode()


def rfc3339(at: datetime) -> str:
    """A time as dossiers and checkpoints write it: UTC, always with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)
