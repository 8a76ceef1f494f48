"""Signed notes and checkpoints, in the open text formats of transparency logs.

Notes: https://c2sp.org/signed-note. Checkpoints: https://c2sp.org/tlog-checkpoint, with one
extension line, the time. Public keys are written as Go's note package and its kin read them:
`<name>+<key id>+<base64 of 0x01 and the key>`.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workflows.audit.merkle import HASH_BYTES

ED25519 = b"\x01"
KEY_BYTES = 32
SIGNATURES_MAX = 16
_SIGNATURE = re.compile(r"— ([^\s+]+) (\S+)")
_SIZE = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


class BadNote(ValueError):
    """The text is no signed note, checkpoint or key in its format."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signs notes. `name` is that of the log."""

    name: str
    raw: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that name it in a signature."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_b64(ED25519 + self.raw)}"

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """Reads what `str` wrote. Raises BadNote."""
        name, _, rest = text.strip().partition("+")
        _, _, encoded = rest.partition("+")
        raw = _unb64(encoded)
        key = cls(name, raw[1:])
        if len(raw) != KEY_BYTES + 1 or str(key) != text.strip() or not is_name(name):
            raise BadNote
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether the signature over the text is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def by(self, key: PublicKey) -> bool:
        """Whether it says that it is this key's."""
        return (self.name, self.key_id) == (key.name, key.key_id)


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signatures, not verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        lines = [
            f"— {line.name} {_b64(line.key_id + line.signature)}\n" for line in self.signatures
        ]
        return f"{self.text}\n{''.join(lines)}"

    def signed_by(self, key: PublicKey) -> bool:
        """Whether the key signed it: at least once, and never wrongly."""
        signatures = [line.signature for line in self.signatures if line.by(key)]
        return bool(signatures) and all(key.verifies(self.text, s) for s in signatures)

    @classmethod
    def parse(cls, note: str) -> "Note":
        """Reads a note in its one spelling. Raises BadNote."""
        text, blank, lines = note.rpartition("\n\n")
        signatures = []
        for line in lines.split("\n")[:-1]:
            match = _SIGNATURE.fullmatch(line)
            data = _unb64(match[2]) if match else b""
            if match is None or len(data) <= len(b"key "):
                raise BadNote
            signatures.append(Signature(match[1], data[:4], data[4:]))
        parsed = cls(text + "\n", tuple(signatures))
        if not (blank and 1 <= len(signatures) <= SIGNATURES_MAX and str(parsed) == note):
            raise BadNote
        return parsed

    @classmethod
    def signed(cls, text: str, name: str, *keys: Ed25519PrivateKey) -> "Note":
        """The text, signed by these keys of the log `name`."""
        signatures = [
            Signature(name, PublicKey(name, public_bytes(key)).key_id, key.sign(text.encode()))
            for key in keys
        ]
        return cls(text, tuple(signatures))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log promises: with `size` events, this is its root. `time`: RFC 3339, UTC."""

    origin: str
    size: int
    root: bytes
    time: str
    note: Note

    def __str__(self) -> str:
        return str(self.note)

    @classmethod
    def text(cls, origin: str, size: int, root: bytes, time: str) -> str:
        """The text of a checkpoint, to be signed."""
        return f"{origin}\n{size}\n{_b64(root)}\n{time}\n"

    @classmethod
    def of(cls, note: Note) -> "Checkpoint":
        """Reads the text of a note. Raises BadNote."""
        match note.text.split("\n"):
            case [origin, size, root, time, ""]:
                hashed = _unb64(root)
            case _:
                raise BadNote
        if not (origin and _SIZE.fullmatch(size) and _TIME.fullmatch(time)):
            raise BadNote
        if len(hashed) != HASH_BYTES:
            raise BadNote
        return cls(origin, int(size), hashed, time, note)

    @classmethod
    def parse(cls, note: str) -> "Checkpoint":
        """Reads a signed checkpoint; its signature is not verified. Raises BadNote."""
        return cls.of(Note.parse(note))


def is_name(text: str) -> bool:
    """Whether a key may be called so."""
    return bool(text) and text.isprintable() and not any(c.isspace() or c == "+" for c in text)


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The public half of a key, as 32 bytes."""
    return key.public_key().public_bytes_raw()


def join(notes: Iterable[object]) -> Iterator[str]:
    """Notes as one text, with a blank line between."""
    for nth, note in enumerate(notes):
        yield f"\n{note}" if nth else str(note)


def separate(lines: Iterable[str]) -> Iterator[str]:
    """The notes of a text that `join` made, given by its lines. What is no note stays together.

    Only for notes without an empty line in their text, such as checkpoints.
    """
    longest = 2 * SIGNATURES_MAX
    note: list[str] = []
    for line in lines:
        ended = line == "\n" and note and note[-1].startswith("— ")
        if not ended:
            note.append(line)
        if ended or len(note) == longest:
            yield "".join(note)
            note = []
    if note:
        yield "".join(note)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote from None
    if _b64(data) != text:
        raise BadNote
    return data
