"""Seals private values under a data key per subject; deleting the key erases the subject.

AES-256-GCM with a fresh nonce. The associated data names the place of the value (stream, version,
event type, field), so that a ciphertext moved to another place does not open. Data keys stand in
the keys schema, wrapped by the master key.
"""

import base64
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.events.base import Event
from domain.privacy import Private, Sealed
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "streams")
Keys = dict[UUID, AESGCM | None]
"""Data keys that were looked up for one piece of work. Never kept longer: a key that is deleted
must be of no use at once."""

KEY_BYTES = 32
NONCE_BYTES = 12


class CannotOpen(Exception):
    """A private value does not open: wrong master key, or the value was moved or altered."""


class Vault:
    """Seals and opens. `master_key` is 32 bytes."""

    def __init__(self, database: Database, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"the master key has {len(master_key)} bytes instead of {KEY_BYTES}")
        self._database = database
        self._master = AESGCM(master_key)

    def begin(self, subject_id: UUID) -> None:
        """Makes the key of a new subject, in the current transaction."""
        data_key = AESGCM.generate_key(KEY_BYTES * 8)
        wrapped = self.wrap(data_key, subject_id.bytes)
        values = {"subject_id": subject_id, "wrapped": wrapped}
        self._database.statement(self._database.qualified(_SQL["insert_key"]), values)

    def ensure(self, subject_id: UUID) -> None:
        """Makes the key of a subject where there is none yet, in the current transaction."""
        data_key = AESGCM.generate_key(KEY_BYTES * 8)
        values = {"subject_id": subject_id, "wrapped": self.wrap(data_key, subject_id.bytes)}
        self._database.statement(self._database.qualified(_SQL["ensure_key"]), values)

    def erase(self, subject_id: UUID) -> None:
        """Deletes the key of a subject, in the current transaction: nothing sealed under it opens
        any more."""
        statement = self._database.qualified(_SQL["erase_key"])
        self._database.statement(statement, {"subject_id": subject_id})

    def has_key(self, subject_id: UUID, keys: Keys | None = None) -> bool:
        """Whether what is sealed for a subject can still be opened."""
        return self._data_key(subject_id, keys) is not None

    def seal_event(self, event: Event, keys: Keys | None = None) -> Event:
        """The event with each of its private values sealed for its place."""
        keys = {} if keys is None else keys
        sealed = {}
        for name in event.secret_fields:
            value = getattr(event, name)
            if isinstance(value, Private):
                place = _place(event, name)
                token = self.seal_bytes(value.subject_id, value.text.encode(), place, keys)
                sealed[name] = Sealed(
                    value.subject_id, base64.urlsafe_b64encode(token).decode("ascii")
                )
        return event.model_copy(update=sealed) if sealed else event

    def open_field(self, event: Event, name: str, keys: Keys | None = None) -> str | None:
        """The text of a private field, or None once its subject is erased (or it never was)."""
        value = getattr(event, name)
        if value is None:
            return None
        if isinstance(value, Private):
            return value.text
        data = base64.urlsafe_b64decode(value.token)
        opened = self.open_bytes(value.subject_id, data, _place(event, name), keys)
        return None if opened is None else opened.decode()

    def is_erased(self, value: Private | Sealed, keys: Keys | None = None) -> bool:
        """Whether nobody can open a private value any more: its subject has no key."""
        return isinstance(value, Sealed) and not self.has_key(value.subject_id, keys)

    def seal_bytes(
        self, subject_id: UUID, data: bytes, place: bytes, keys: Keys | None = None
    ) -> bytes:
        """Nonce and ciphertext of `data` under the subject's key."""
        key = self._data_key(subject_id, keys)
        if key is None:
            raise CannotOpen(f"subject {subject_id} has no key")
        return _encrypt(key, data, place)

    def open_bytes(
        self, subject_id: UUID, data: bytes, place: bytes, keys: Keys | None = None
    ) -> bytes | None:
        """What `seal_bytes` sealed, or None once the subject is erased."""
        key = self._data_key(subject_id, keys)
        return None if key is None else _decrypt(key, data, place)

    def take_key(self, subject_id: UUID, wrapped: bytes | None, keys: Keys) -> None:
        """Notes a subject's key (None: there is none) that was read with something else."""
        if wrapped is None:
            keys[subject_id] = None
        else:
            keys[subject_id] = AESGCM(self.unwrap(wrapped, subject_id.bytes))

    def _data_key(self, subject_id: UUID, keys: Keys | None) -> AESGCM | None:
        keys = {} if keys is None else keys
        if subject_id not in keys:
            statement = self._database.qualified(_SQL["select_key"])
            rows = self._database.statement(statement, {"subject_id": subject_id})
            self.take_key(subject_id, rows[0]["wrapped"] if rows else None, keys)
        return keys[subject_id]

    def wrap(self, key: bytes, place: bytes) -> bytes:
        """A key under the master key. It opens only for the same place."""
        return _encrypt(self._master, key, place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """The key that `wrap` wrapped."""
        return _decrypt(self._master, wrapped, place)


def _place(event: Event, name: str) -> bytes:
    parts = (event.originator_id, event.originator_version, type(event).__name__, name)
    return ":".join(map(str, parts)).encode()


def _encrypt(key: AESGCM, data: bytes, place: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, data, place)


def _decrypt(key: AESGCM, data: bytes, place: bytes) -> bytes:
    try:
        return key.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place)
    except InvalidTag as error:
        raise CannotOpen("a private value does not open: wrong key, or it was altered") from error
