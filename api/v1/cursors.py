"""Cursors: opaque to the caller, and only good for the list that gave them out.

What they hold is no secret and grants nothing: each page checks the caller's scope itself. The
checksum is there so that a damaged one is refused instead of showing some other page.
"""

import base64
import binascii
import json
from hashlib import blake2b
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from api.errors import invalid

Place = TypeVar("Place")
_CHECK_BYTES = 6


def write(kind: str, place: TypeAdapter[Place], value: Place | None) -> str | None:
    """The cursor of a place in lists of a kind; None where there is no next page."""
    if value is None:
        return None
    data = place.dump_json(value)
    return base64.urlsafe_b64encode(_check(kind, data) + data).decode().rstrip("=")


def read(kind: str, place: TypeAdapter[Place], cursor: str | None) -> Place | None:
    """The place that a cursor stands for; 422 if it is not one of such a list."""
    if cursor is None:
        return None
    try:
        whole = base64.b64decode(
            cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        )
        data = whole[_CHECK_BYTES:]
        if whole[:_CHECK_BYTES] != _check(kind, data):
            raise invalid("cursor", "query", "cursor")
        return place.validate_python(json.loads(data), strict=False)
    except (UnicodeError, binascii.Error, ValueError, ValidationError):
        raise invalid("cursor", "query", "cursor") from None


def _check(kind: str, data: bytes) -> bytes:
    return blake2b(data, digest_size=_CHECK_BYTES, person=kind.encode()[:16]).digest()
