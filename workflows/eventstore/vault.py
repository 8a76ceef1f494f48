"""Seals private values under a data key per subject; deleting the key erases the subject.

AES-256-GCM with a fresh nonce. The associated data names the place of the value (stream, version,
event type, field), so that a ciphertext moved to another place does not open. Data keys stand in
the keys schema, wrapped by a master key, and are reached through its functions, one at a time. A
wrapped key begins with the name of the master key that wrapped it.
"""

import base64
import binascii
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import HouseholdIsErased
from domain.events.base import Event
from domain.privacy import Note, Private, Sealed, notes_of
from workflows.eventstore.database import Database, Row
from workflows.eventstore.masters import KEY_BYTES, NAME_BYTES, MasterKeys
from workflows.eventstore.statements import statements

__all__ = ["KEY_BYTES", "CannotOpen", "Keys", "Vault"]

_SQL = statements("workflows.eventstore.sql", "keys")
Keys = dict[UUID, AESGCM | None]
"""Data keys that were looked up for one piece of work. Never kept longer: a key that is deleted
must be of no use at once."""

NONCE_BYTES = 12
_TAG_BYTES = 16
_ID_BYTES = 16
_NAMELESS_BYTES = NONCE_BYTES + KEY_BYTES + _TAG_BYTES
_PUT_ATTEMPTS = 3
INDEX_PLACE = b"blind index"
"""What the key of the blind index is wrapped for; a subject's key for the subject's id."""


class CannotOpen(Exception):
    """A private value does not open: it was moved or altered, or its key was."""


def signing_place(n: int) -> bytes:
    """What the n-th key that signs the log is wrapped for."""
    return f"signing key {n}".encode()


@dataclass(frozen=True, slots=True)
class InUse:
    """A master key that is needed to read what is there.

    `master`: its name, None for keys from before names; `keys`: how many it wrapped; `puts`:
    whether keys are put under it; `subject`: one whose key has no name.
    """

    master: bytes | None
    keys: int
    puts: bool
    subject: UUID | None


def masters_in_use(database: Database) -> list[InUse]:
    """The master keys that are needed; none in a register that keeps nothing of persons yet."""
    rows = database.statement(database.qualified(_SQL["masters_in_use"]), {})
    return [InUse(**row) for row in rows]


class Vault:
    """Seals and opens. `masters`: the master keys, or the only one (32 bytes)."""

    def __init__(self, database: Database, masters: MasterKeys | bytes) -> None:
        self._database = database
        self.masters = MasterKeys.only(masters) if isinstance(masters, bytes) else masters

    def begin(self, subject_id: UUID) -> None:
        """Makes the key of a new subject, in the current transaction.

        Raises `HouseholdIsErased`, and FileExistsError where there is a key.
        """
        if not self.ensure(subject_id):
            raise FileExistsError(f"subject {subject_id} has a key already")

    def begin_all(self, subject_ids: Sequence[UUID], keys: Keys) -> None:
        """Makes the keys of many new subjects, in the current transaction, and notes them.

        Raises FileExistsError where one of them has a key already, or had.
        """
        fresh = {each: AESGCM.generate_key(KEY_BYTES * 8) for each in subject_ids}
        waiting = list(fresh)
        for _ in range(_PUT_ATTEMPTS):
            wrapped = [self.wrap(fresh[each], each.bytes) for each in waiting]
            values = {"subject_ids": waiting, "wrapped": wrapped}
            told = self._database.statement(self._database.qualified(_SQL["put_keys"]), values)
            for row in told:
                if row["said"] not in ("put", "master"):
                    raise FileExistsError(f"subject {row['id']} has a key already")
            waiting = [row["id"] for row in told if row["said"] == "master"]
            if not waiting:
                keys.update((each, AESGCM(key)) for each, key in fresh.items())
                return
            self.masters.wrap_under(told[-1]["master"])
        raise RuntimeError("the register changes its master key again and again")

    def ensure(self, subject_id: UUID) -> bool:
        """Makes the key of a subject where there is none yet, in the current transaction; whether
        it was made. Raises `HouseholdIsErased`: who was erased gets none again."""
        fresh = AESGCM.generate_key(KEY_BYTES * 8)
        said = self.put_key(subject_id, fresh)
        if said == "erased":
            raise HouseholdIsErased
        return said == "put"

    def erase(self, subject_id: UUID) -> bool:
        """Deletes a subject's key for good, in the current transaction; whether there was one.

        None is ever made for it again, also where there was none.
        """
        return bool(self._ask("erase_key", {"subject_id": subject_id})["had_one"])

    def is_erased(self, subject_id: UUID) -> bool:
        """Whether a subject was erased."""
        return bool(self._ask("is_erased", {"subject_id": subject_id})["erased"])

    def index_key(self) -> bytes | None:
        """The key of the blind index, if there is one."""
        wrapped = self._ask("take_index_key", {})["wrapped"]
        return None if wrapped is None else self.unwrap(wrapped, INDEX_PLACE)

    def put_index_key(self, key: bytes) -> bool:
        """Keeps it, unless there is one; whether it was put."""
        return self._put("put_index_key", {}, key, INDEX_PLACE) == "put"

    def put_key(self, subject_id: UUID, key: bytes) -> str:
        """Keeps a subject's key; `put`, or `there` or `erased`, which it was not."""
        return self._put("put_key", {"subject_id": subject_id}, key, subject_id.bytes)

    def put_signing_key(self, n: int, key: bytes) -> bool:
        """Keeps a key that signs the log, unless there is one; for the owner of the register."""
        return self._put("put_signing_key", {"n": n}, key, signing_place(n)) == "put"

    def _put(self, statement: str, values: Mapping[str, object], key: bytes, place: bytes) -> str:
        """Wraps a key and gives it to a function of the keys schema; what became of it.

        Under another master key, where the register has come to that in the meantime. Raises
        `MasterUnknown`.
        """
        for _ in range(_PUT_ATTEMPTS):
            told = self._ask(statement, {**values, "wrapped": self.wrap(key, place)})
            if told["said"] != "master":
                return str(told["said"])
            self.masters.wrap_under(told["master"])
        raise RuntimeError("the register changes its master key again and again")

    def without_notes_key(self, event: Event, keys: Keys) -> Iterator[UUID]:
        """The household whose notes an event adds to, if they have no key yet or no more."""
        for name in event.secret_fields:
            value = getattr(event, name)
            if isinstance(value, Note):
                subject_id = self.notes_subject(value.household_id, keys)
                if self._data_key(subject_id, keys) is None:
                    yield value.household_id

    def begin_notes(self, household_id: UUID, keys: Keys) -> None:
        """Makes the key of a household's notes, in the current transaction.

        Raises `HouseholdIsErased` where the household or its notes were erased.
        """
        if self._data_key(household_id, keys) is None:
            raise self._no_key(household_id)
        subject_id = self.notes_subject(household_id, keys)
        self.ensure(subject_id)
        keys.pop(subject_id, None)

    def notes_subject(self, household_id: UUID, keys: Keys | None = None) -> UUID:
        """The subject that a household's notes are sealed for now, whether it has a key or not."""
        for erasures in count():
            subject_id = notes_of(household_id, erasures)
            if self.has_key(subject_id, keys) or not self.is_erased(subject_id):
                return subject_id
        raise AssertionError("unreachable: it counts for ever")

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
                subject_id = value.subject_id
                if isinstance(value, Note):
                    subject_id = self.notes_subject(value.household_id, keys)
                token = self.seal_bytes(subject_id, value.text.encode(), _place(event, name), keys)
                sealed[name] = Sealed(subject_id, base64.urlsafe_b64encode(token).decode("ascii"))
        return event.model_copy(update=sealed) if sealed else event

    def open_field(self, event: Event, name: str, keys: Keys | None = None) -> str | None:
        """The text of a private field, or None once its subject is erased (or it never was)."""
        value = getattr(event, name)
        if value is None:
            return None
        if isinstance(value, Private):
            return value.text
        place = _place(event, name)
        try:
            data = base64.urlsafe_b64decode(value.token)
        except (binascii.Error, ValueError):
            raise CannotOpen(f"{place.decode()} does not open: it was altered") from None
        opened = self.open_bytes(value.subject_id, data, place, keys)
        return None if opened is None else opened.decode()

    def is_gone(self, value: Private | Sealed, keys: Keys | None = None) -> bool:
        """Whether nobody can open a private value any more: its subject has no key."""
        return isinstance(value, Sealed) and not self.has_key(value.subject_id, keys)

    def seal_bytes(
        self, subject_id: UUID, data: bytes, place: bytes, keys: Keys | None = None
    ) -> bytes:
        """Nonce and ciphertext of `data` under the subject's key."""
        key = self._data_key(subject_id, keys)
        if key is None:
            raise self._no_key(subject_id)
        return _encrypt(key, data, place)

    def open_bytes(
        self, subject_id: UUID, data: bytes, place: bytes, keys: Keys | None = None
    ) -> bytes | None:
        """What `seal_bytes` sealed, or None once the subject is erased."""
        key = self._data_key(subject_id, keys)
        return None if key is None else _decrypt(key, data, place)

    def open_key(self, subject_id: UUID) -> None:
        """Raises `CannotOpen` or `MasterUnknown` where a subject's key is there and of no use."""
        self._data_key(subject_id, None)

    def take_keys(self, subject_ids: Iterable[UUID], keys: Keys) -> None:
        """Notes the keys of several subjects that are opened together, read at once."""
        values = {"subject_ids": [each for each in subject_ids if each not in keys]}
        rows = self._database.statement(self._database.qualified(_SQL["take_keys"]), values)
        for row in rows:
            self.take_key(row["subject_id"], row["wrapped"], keys)

    def take_key(self, subject_id: UUID, wrapped: bytes | None, keys: Keys) -> None:
        """Notes a subject's key (None: there is none) that was read with something else."""
        if wrapped is None:
            keys[subject_id] = None
        else:
            keys[subject_id] = AESGCM(self.unwrap(wrapped, subject_id.bytes))

    def _data_key(self, subject_id: UUID, keys: Keys | None) -> AESGCM | None:
        keys = {} if keys is None else keys
        if subject_id not in keys:
            wrapped = self._ask("take_key", {"subject_id": subject_id})["wrapped"]
            self.take_key(subject_id, wrapped, keys)
        return keys[subject_id]

    def _no_key(self, subject_id: UUID) -> Exception:
        if self.is_erased(subject_id):
            return HouseholdIsErased()
        return CannotOpen(f"subject {subject_id} has no key: restore a backup of the keys")

    def wrap(self, key: bytes, place: bytes) -> bytes:
        """A key under the master key, with its name. It opens only for the same place."""
        name = self.masters.wrapping
        return name + _encrypt(self.masters.cipher(name), key, place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """The key that `wrap` wrapped. Raises `MasterUnknown` and `CannotOpen`."""
        if len(wrapped) > _NAMELESS_BYTES:
            master = self.masters.cipher(wrapped[:NAME_BYTES])
            return _decrypt(master, wrapped[NAME_BYTES:], place)
        for master in self.masters.all():
            with suppress(CannotOpen):
                return _decrypt(master, wrapped, place)
        raise _unopened(place)

    def _ask(self, name: str, values: Mapping[str, object]) -> Row:
        return self._database.statement(self._database.qualified(_SQL[name]), values)[0]


def _place(event: Event, name: str) -> bytes:
    parts = (event.originator_id, event.originator_version, type(event).__name__, name)
    return ":".join(map(str, parts)).encode()


def _encrypt(key: AESGCM, data: bytes, place: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, data, place)


def _decrypt(key: AESGCM, data: bytes, place: bytes) -> bytes:
    if len(data) < NONCE_BYTES + _TAG_BYTES:
        raise _unopened(place)
    try:
        return key.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place)
    except InvalidTag as error:
        raise _unopened(place) from error


def _unopened(place: bytes) -> CannotOpen:
    # A place is the id of somebody, or says where in the log: never anything of the value.
    told = str(UUID(bytes=place)) if len(place) == _ID_BYTES else place.decode(errors="replace")
    return CannotOpen(f"{told} does not open: wrong key, or it was altered")
