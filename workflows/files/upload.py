"""What comes in: bounded, sniffed, hashed and named before anything else touches it."""

import re
import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from typing import BinaryIO

from domain.dote_parts import File
from domain.errors import EmptyFile, FileTooLarge
from workflows.files.media import EXTENSIONS, sniff

DEFAULT_LIMIT_BYTES = 10 * 1024 * 1024
"""10 MiB: a long scan fits, and a file can be hashed, sealed and opened whole in memory."""

_MAX_NAME_CHARS = 200

# What a page or a file system could be fooled with: control characters, half characters,
# overrides of the reading direction, non-characters. `domain.text` draws the same line.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_SPECIAL = re.compile(r'[<>:"|?*]')


@dataclass(frozen=True, slots=True)
class Upload:
    """An accepted file. `sha256` is of `data`, the plain content: it is the evidence in events."""

    data: bytes = field(repr=False)
    sha256: str
    media_type: str
    name: str = field(repr=False)

    @property
    def file(self) -> File:
        """What the domain knows about it; only true once a store holds `data`."""
        return File(self.sha256, self.media_type, len(self.data), self.name)


def receive(
    data: bytes | BinaryIO, declared_name: str, limit_bytes: int = DEFAULT_LIMIT_BYTES
) -> Upload:
    """Let a file in. A stream is read from where it stands, `limit_bytes + 1` bytes at most.

    The content decides the type. The name is kept for people, made harmless, and ends as the
    content says: a PDF that was called `a.exe` becomes `a.exe.pdf`.

    Raises `EmptyFile`, `FileTooLarge`, `UnsupportedFile`, `DamagedFile`.
    """
    content = data if isinstance(data, bytes) else _read(data, limit_bytes + 1)
    if not content:
        raise EmptyFile
    if len(content) > limit_bytes:
        raise FileTooLarge(limit_bytes)
    media_type = sniff(content)
    return Upload(
        content, sha256(content).hexdigest(), media_type, _safe_name(declared_name, media_type)
    )


def _read(stream: BinaryIO, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    left = most_bytes
    # A pipe or a socket may give less than it was asked for before its end.
    while left > 0 and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _safe_name(declared: str, media_type: str) -> str:
    name = re.split(r"[/\\]", declared)[-1]
    name = " ".join(_HIDDEN.sub("", " ".join(name.split())).split())
    name = unicodedata.normalize("NFC", _SPECIAL.sub("_", name)).strip(" .")
    suffix = PurePosixPath(name).suffix
    if suffix.lower() in EXTENSIONS[media_type]:
        stem = name.removesuffix(suffix)
    else:
        stem, suffix = name, EXTENSIONS[media_type][0]
    stem = stem[: _MAX_NAME_CHARS - len(suffix)].rstrip(" .")
    return (stem or "file") + suffix
