"""The master keys that a process knows: each wraps keys, and is told by a name that gives nothing
of it away."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NAME_BYTES = 8

_LABEL = b"doti master key"


class MasterUnusable(Exception):
    """The master key is not there, or not the one that is needed; the message tells the way out."""


class MasterUnknown(MasterUnusable):
    """A key was wrapped by a master key that this process does not know."""

    def __init__(self, name: bytes) -> None:
        super().__init__(
            f"A key is wrapped by master key {name.hex()}, which is not here: give this process "
            "the master keys that doti keys status names, and start it again."
        )


def name_of(master: bytes) -> bytes:
    """The name of a master key."""
    return hmac.digest(master, _LABEL, sha256)[:NAME_BYTES]


@dataclass(frozen=True, slots=True)
class Masters:
    """The master keys as they are kept, 32 bytes each: the present one, and while it takes the
    place of another one that one too."""

    current: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for master in (self.current, self.previous):
            if master is not None and len(master) != KEY_BYTES:
                raise ValueError(f"a master key has {len(master)} bytes instead of {KEY_BYTES}")


class MasterKeys:
    """Finds a master key by its name; what it does not know, it looks for where they are kept.

    `read` is called again while the process runs, and may raise `MasterUnusable`.
    """

    def __init__(self, read: Callable[[], Masters]) -> None:
        self._read = read
        self._known: dict[bytes, AESGCM] = {}
        self._current = b""
        self._asked: bytes | None = None
        self.reread()

    @classmethod
    def only(cls, master: bytes) -> "MasterKeys":
        """One that never changes."""
        masters = Masters(master)
        return cls(lambda: masters)

    @property
    def names(self) -> frozenset[bytes]:
        """The names of all that are known."""
        return frozenset(self._known)

    @property
    def current(self) -> bytes:
        """The name of the present one, as it is kept."""
        return self._current

    @property
    def wrapping(self) -> bytes:
        """The name of the one to wrap new keys under: the present one unless told otherwise."""
        return self._current if self._asked is None else self._asked

    def wrap_under(self, name: bytes) -> None:
        """New keys are to be wrapped under this one from here on. Raises `MasterUnknown`."""
        self.cipher(name)
        self._asked = name

    def cipher(self, name: bytes) -> AESGCM:
        """The master key of a name. Raises `MasterUnknown`, and what `read` raises."""
        if name not in self._known:
            self.reread()
        if name not in self._known:
            raise MasterUnknown(name)
        return self._known[name]

    def all(self) -> Iterator[AESGCM]:
        """Each that is known, for keys that do not tell which one wrapped them."""
        yield from self._known.values()

    def reread(self) -> None:
        """Looks again where they are kept."""
        masters = self._read()
        kept = (
            [masters.current] if masters.previous is None else [masters.current, masters.previous]
        )
        # One that went away in the meantime stays known: rows may be on their way with it.
        self._known = {**self._known, **{name_of(master): AESGCM(master) for master in kept}}
        self._current = name_of(masters.current)
