"""The key that wraps the keys of persons: from the settings, or a file under the home folder."""

import base64
import binascii
import os
import secrets
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from api.settings import MASTER_KEY_BYTES, Settings
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import CannotOpen, Vault

_SQL = statements("api.security.sql", "keys")


class MasterKeyMissing(Exception):
    """The key is lost that opens what this register keeps of persons."""


class MasterKeyWrong(CannotOpen):
    """The key is there, but it is not the one that this register was begun with."""


def open_vault(settings: Settings, database: Database) -> Vault:
    """The vault under the register's master key, which is made where nothing is sealed yet.

    Raises `MasterKeyMissing`, or `MasterKeyWrong` for one that does not open what is there.
    """
    vault = Vault(database, _master_key(settings, database))
    try:
        for subject_id in _any_subject(database):
            vault.seal_bytes(subject_id, b"", b"")  # has to unwrap the subject's key
        BlindIndex(database, vault).check()
    except CannotOpen:
        raise MasterKeyWrong(
            f"The master key {_place(settings)} is not the one of this register: nothing "
            "that it keeps of persons can be read. Put the right one there."
        ) from None
    return vault


def _master_key(settings: Settings, database: Database) -> bytes:
    if settings.master_key is not None:
        return base64.b64decode(settings.master_key.get_secret_value())
    path = _path(settings)
    with suppress(FileNotFoundError):
        return _read(path)
    if _is_used(database):
        raise MasterKeyMissing(
            f"This register keeps data of persons, and its master key {path} is missing. Put it "
            "back, or set DOTI_MASTER_KEY: without it they cannot be read."
        )
    _make(path)
    return _read(path)


def _any_subject(database: Database) -> list[UUID]:
    rows = database.statement(database.qualified(_SQL["any_subject"]), {})
    return [row["subject_id"] for row in rows]


def _is_used(database: Database) -> bool:
    rows = database.statement(database.qualified(_SQL["is_used"]), {})
    return bool(rows[0]["used"])


def _read(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except (binascii.Error, UnicodeDecodeError):
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise MasterKeyWrong(f"{path} does not hold {MASTER_KEY_BYTES} bytes in base64.")
    return key


def _make(path: Path) -> None:
    """A new key, whole or not at all; another process that makes one at the same time wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()


def _path(settings: Settings) -> Path:
    return settings.home / "keys" / "master.key"


def _place(settings: Settings) -> str:
    return "in DOTI_MASTER_KEY" if settings.master_key is not None else f"{_path(settings)}"
