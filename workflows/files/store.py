"""Where uploaded files are kept: sealed, under the household they belong to, outside the database.

`FileStore` is all that the rest of the software knows, and no more than an S3-compatible store
can do with keys `<subject>/<sha256>`. Every file has one owner: the same bytes uploaded for two
households are two objects, sealed with two keys, and forgetting one leaves the other alone.
"""

import errno
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from domain.errors import DomainError


class FileVault(Protocol):
    """Authenticated encryption with the key of a subject.

    `context` is authenticated, not stored: bytes sealed in one context open in no other one.
    What `open_bytes` raises, such as for a key that was erased, reaches the caller as it is.
    """

    def seal_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes: ...

    def open_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes: ...


class FileStore(Protocol):
    """Files by subject (a household) and SHA-256 of their plain content, 64 lower-case digits.

    Any method may raise `StoreUnavailable`.
    """

    def put(self, subject_id: UUID, sha256: str, data: bytes) -> None:
        """Keep `data`; once this returns it outlives a power cut. Again is no change.

        Raises `StoreFull`; `ValueError` if `sha256` is not that of `data`.
        """

    def open(self, subject_id: UUID, sha256: str) -> bytes:
        """The plain content, whole: not one byte is given out before all are verified.

        Raises `FileMissing`, `StoredFileDamaged`, and what the vault raises.
        """

    def exists(self, subject_id: UUID, sha256: str) -> bool:
        """Whether it is there; says nothing about its being intact."""

    def delete(self, subject_id: UUID, sha256: str) -> None:
        """Remove one file. One that is not there is no error."""

    def forget(self, subject_id: UUID) -> None:
        """Remove every file of the subject. To be called after its key is erased.

        Whoever calls this keeps others from storing for the same subject meanwhile.
        """


class StoreFull(DomainError):
    """There is no room left for files: nothing was stored. Try again later."""

    code = "unavailable"


class StoreUnavailable(DomainError):
    """The store of files cannot be reached at the moment. Try again later."""

    code = "unavailable"


@dataclass(eq=False)
class FileMissing(DomainError):
    """This file is not in the store."""

    code = "not_found"
    sha256: str


@dataclass(eq=False)
class StoredFileDamaged(DomainError):
    """This file was damaged in the store and is not shown: it must be restored from a backup."""

    code = "unavailable"
    sha256: str


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORMAT = b"doti-file-1\n"
_DIGEST_BYTES = 32
_TRIES = 20
_STALE_AFTER_S = 3600


class FolderStore:
    """A `FileStore` in a folder: `root/<subject>/<first two digits>/<sha256>`.

    Several processes may share the folder. A file on disk is a format line, the SHA-256 of what
    the vault sealed, and that; so damage is told from a missing key, and can be found without
    any key. `root/.tmp` holds what is on its way in or out. `root` belongs to the store alone.
    """

    def __init__(self, root: Path, vault: FileVault) -> None:
        self._root = root
        self._tmp = root / ".tmp"
        self._vault = vault
        with _disk():
            self._tmp.mkdir(mode=0o700, parents=True, exist_ok=True)
            root.chmod(0o700)
        self.sweep()

    def put(self, subject_id: UUID, sha256: str, data: bytes) -> None:
        path = self._path(subject_id, sha256)
        if sha256_of(data).hexdigest() != sha256:
            raise ValueError("the content has another SHA-256")
        try:
            self.open(subject_id, sha256)
        except (FileMissing, StoredFileDamaged):
            sealed = self._vault.seal_bytes(subject_id, data, _context(sha256))
            with _disk():
                self._write(path, _FORMAT + sha256_of(sealed).digest() + sealed)
        # Also where the file was there: who put it may not have come this far yet.
        with _disk():
            for folder in (path.parent, path.parent.parent, self._root):
                _sync_folder(folder)

    def open(self, subject_id: UUID, sha256: str) -> bytes:
        path = self._path(subject_id, sha256)
        with _disk():
            try:
                stored = path.read_bytes()
            except FileNotFoundError:
                raise FileMissing(sha256) from None
        start = len(_FORMAT) + _DIGEST_BYTES
        sealed = stored[start:]
        if stored[:start] != _FORMAT + sha256_of(sealed).digest():
            raise StoredFileDamaged(sha256)
        data = self._vault.open_bytes(subject_id, sealed, _context(sha256))
        if sha256_of(data).hexdigest() != sha256:
            raise StoredFileDamaged(sha256)
        return data

    def exists(self, subject_id: UUID, sha256: str) -> bool:
        with _disk():
            return self._path(subject_id, sha256).is_file()

    def delete(self, subject_id: UUID, sha256: str) -> None:
        path = self._path(subject_id, sha256)
        with _disk():
            path.unlink(missing_ok=True)
            _sync_folder(path.parent)
            # That a household once had files is nobody's business either.
            with suppress(OSError):
                path.parent.rmdir()
                path.parent.parent.rmdir()

    def forget(self, subject_id: UUID) -> None:
        trash = self._tmp / f"forgotten-{uuid4()}"
        with _disk():
            # One rename takes all files away at once; a crash after it leaves the rest to `sweep`.
            try:
                (self._root / str(subject_id)).rename(trash)
            except FileNotFoundError:
                return
            _sync_folder(self._tmp)
            _sync_folder(self._root)
            _remove_tree(trash)

    def sweep(self) -> None:
        """Remove what crashes left behind: forgotten files, and half-written ones of an hour ago.

        Every start does so; a half-written file is sealed, has no name that `open` looks for,
        and is in nobody's way until then.
        """
        with _disk():
            for path in self._tmp.iterdir():
                with suppress(FileNotFoundError):
                    if path.is_dir():
                        _remove_tree(path)
                    elif path.stat().st_mtime < time.time() - _STALE_AFTER_S:
                        path.unlink()

    def _path(self, subject_id: UUID, sha256: str) -> Path:
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise ValueError("a SHA-256 is 64 lower-case hexadecimal digits")
        return self._root / str(subject_id) / sha256[:2] / sha256

    def _write(self, path: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._tmp)  # with mode 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self._rename(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    def _rename(self, temporary: Path, path: Path) -> None:
        # `delete` may take the empty folder away between the two steps: make it again.
        for tries_left in reversed(range(_TRIES)):
            try:
                for folder in (path.parent.parent, path.parent):
                    folder.mkdir(mode=0o700, exist_ok=True)
                temporary.replace(path)
            except (FileNotFoundError, FileExistsError):
                if not tries_left:
                    raise
            else:
                return


def _context(sha256: str) -> bytes:
    return b"file:" + sha256.encode()


@contextmanager
def _disk() -> Iterator[None]:
    """Failures of the disk as errors that a user can be shown; the cause stays attached."""
    try:
        yield
    except OSError as error:
        raise StoreFull if error.errno in _FULL else StoreUnavailable from error


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. One that was removed meanwhile has none to keep."""
    if sys.platform == "win32":  # has no such call: the file system's journal does it
        return
    with suppress(FileNotFoundError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_tree(folder: Path) -> None:
    # Another process may be sweeping the same folder: only what is left over at the end counts.
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise StoreUnavailable
