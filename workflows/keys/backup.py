"""Backups of the keys: a file of wrapped keys, worth nothing without the master key.

JSON lines: what it is, then one key a line, then a checksum of all lines before it.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from workflows.eventstore.database import Database, Tx
from workflows.eventstore.masters import MasterUnknown
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import INDEX_PLACE, CannotOpen, Vault, signing_place
from workflows.keys.erased import erased_subjects

_SQL = statements("workflows.keys", "statements")
FORMAT = 1
TIMEOUT_MS = 30 * 60 * 1000
BATCH = 1_000

Line = dict[str, Any]


class NotABackup(Exception):
    """The file is no backup of keys, or it is damaged; nothing was restored."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a backup holds."""

    subjects: int
    others: int
    erased: int


@dataclass(slots=True)
class Restored:
    """What became of the keys of a backup.

    `there`: a key was there, and stays. `erased`: of somebody who was erased since. `closed`: no
    master key that is here opens it.
    """

    put: int = 0
    there: int = 0
    erased: int = 0
    closed: int = 0

    def to_json(self) -> dict[str, int]:
        """As the command line writes it."""
        return asdict(self)


def backup(database: Database, vault: Vault, file: Path, now: datetime) -> Written:
    """Writes all keys, as of one moment, whole or not at all; only its owner may read the file.

    `database`: as the register's owner.
    """
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    count: dict[str, int] = {}
    try:
        with os.fdopen(handle, "wb") as target:
            digest, lines = sha256(), 0
            for line in _lines(database, vault, now):
                text = _text(line)
                digest.update(text)
                target.write(text)
                lines += 1
                kind = str(line.get("kind"))
                count[kind] = count.get(kind, 0) + 1
            target.write(_text({"lines": lines, "sha256": digest.hexdigest()}))
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    others = count.get("signing", 0) + count.get("index", 0)
    return Written(count.get("subject", 0), others, count.get("erased", 0))


def restore(database: Database, vault: Vault, file: Path) -> Restored:
    """Puts back what is missing, under the present master key; never of who was erased.

    `database`: as the register's owner. Raises `NotABackup` before anything is put.
    """
    _check(file, database.schema)
    own = Vault(database, vault.masters)
    done = Restored()
    with database.transaction() as tx:
        gone = erased_subjects(tx)
        newest = tx.execute(_SQL["newest_signing_key"]).fetchone()
    signing = newest["n"] if newest else None
    gone |= {UUID(line["id"]) for line in _content(file) if line["kind"] == "erased"}
    for batch in _batches(_content(file)):
        with database.transaction() as tx:
            for line in batch:
                _restore_one(tx, own, line, done, gone, signing)
    return done


def _restore_one(
    tx: Tx, vault: Vault, line: Line, done: Restored, gone: set[UUID], signing: int | None
) -> None:
    kind = line["kind"]
    if kind == "erased":
        tx.execute(_SQL["mark_erased"], {"subject_id": line["id"], "erased_at": line["at"]})
        return
    if kind == "subject" and UUID(line["id"]) in gone:
        done.erased += 1
        return
    if kind == "signing" and line["n"] != signing:
        return  # it was retired since: what it signed is verified with its public half
    try:
        was_put = _put(vault, line)
    except (CannotOpen, MasterUnknown):
        done.closed += 1
        return
    if was_put:
        done.put += 1
    else:
        done.there += 1


def _put(vault: Vault, line: Line) -> bool:
    wrapped = b64decode(line["wrapped"])
    match line["kind"]:
        case "subject":
            subject_id = UUID(line["id"])
            return vault.put_key(subject_id, vault.unwrap(wrapped, subject_id.bytes)) == "put"
        case "signing":
            n = int(line["n"])
            return vault.put_signing_key(n, vault.unwrap(wrapped, signing_place(n)))
        case _:
            return vault.put_index_key(vault.unwrap(wrapped, INDEX_PLACE))


def _lines(database: Database, vault: Vault, now: datetime) -> Iterator[Line]:
    yield {
        "doti_keys": FORMAT,
        "register": database.schema,
        "at": now.isoformat(),
        "master": vault.masters.current.hex(),
    }
    with database.transaction(one_snapshot=True, statement_timeout_ms=TIMEOUT_MS) as tx:
        for row in tx.execute(_SQL["erased"]):
            at = row["erased_at"].isoformat()
            yield {"kind": "erased", "id": str(row["subject_id"]), "at": at}
        for row in tx.execute(_SQL["index_key"], {"after": 0, "limit": 1}):
            yield {"kind": "index", "wrapped": _base64(row["wrapped"])}
        for row in tx.execute(_SQL["all_signing_keys"]):
            yield {"kind": "signing", "n": row["n"], "wrapped": _base64(row["wrapped"])}
        with tx.cursor(name="keys") as cursor:
            cursor.itersize = BATCH
            for row in cursor.execute(_SQL["all_subject_keys"]):
                id_, wrapped = str(row["subject_id"]), _base64(row["wrapped"])
                yield {"kind": "subject", "id": id_, "wrapped": wrapped}


def _check(file: Path, register: str) -> None:
    """Refuses a file that is not whole, or of another register."""
    digest, count, last = sha256(), 0, b""
    with file.open("rb") as lines:
        for line in lines:
            if last:
                digest.update(last)
                count += 1
            last = line
    try:
        head = next(_read(file))
        known = head["doti_keys"] == FORMAT
    except (ValueError, LookupError, TypeError, StopIteration):
        raise NotABackup(f"{file} is no backup of keys.") from None
    if last != _text({"lines": count, "sha256": digest.hexdigest()}):
        raise NotABackup(f"{file} is damaged: its checksum is not that of its lines. Take another.")
    if not known:
        raise NotABackup(f"{file} was written by a newer version: update doti.")
    if head["register"] != register:
        raise NotABackup(f"{file} is of the register {head['register']}, and this is {register}.")


def _content(file: Path) -> Iterator[Line]:
    """The lines between the first and the last."""
    return (line for line in _read(file) if "kind" in line)


def _read(file: Path) -> Iterator[Line]:
    with file.open("rb") as lines:
        for line in lines:
            yield json.loads(line)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _text(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
