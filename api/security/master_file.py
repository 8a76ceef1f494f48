"""The file that the master key is in, and the one before it while it takes its place."""

import base64
import binascii
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workflows.eventstore.masters import KEY_BYTES, Masters, MasterUnusable


class MasterKeyMissing(MasterUnusable):
    """The key is lost that opens what this register keeps of persons."""


class MasterKeyWrong(MasterUnusable):
    """The key is there, but it is damaged, or not the one that is needed."""


class RotationRuns(Exception):
    """Another process rotates the master key: wait until it is done."""


class MasterFile:
    """`master.key` in a folder; `master.previous.key` beside it while keys change over."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "master.key"
        self.previous = folder / "master.previous.key"

    def read(self) -> Masters:
        """What is there. Raises `MasterKeyMissing` and `MasterKeyWrong`."""
        previous = None
        with suppress(FileNotFoundError):
            previous = _read(self.previous)
        try:
            return Masters(_read(self.path), previous)
        except FileNotFoundError:
            raise MasterKeyMissing(
                f"This register keeps data of persons, and its master key {self.path} is missing. "
                "Put it back, or set DOTI_MASTER_KEY: without it they cannot be read."
            ) from None

    def make(self) -> None:
        """A new key where there is none; another process that makes one at the same time wins."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _fresh(self.path) as fresh, suppress(FileExistsError):
            os.link(fresh, self.path)
        _keep(self.path.parent)

    @property
    def is_changing(self) -> bool:
        """Whether a rotation was begun and not ended."""
        if not self.previous.exists():
            return False
        masters = self.read()
        return masters.previous != masters.current

    def change(self) -> None:
        """Puts a new key in the place of the present one, which is kept beside.

        At every moment each key that is needed stands in one of the two files.
        """
        with suppress(FileExistsError):  # killed between the two steps: they are the same file
            os.link(self.path, self.previous)
        _keep(self.path.parent)
        with _fresh(self.path) as fresh:
            fresh.rename(self.path)
        _keep(self.path.parent)

    def forget_previous(self) -> None:
        """Removes the key before: nothing is wrapped by it any more."""
        self.previous.unlink(missing_ok=True)
        _keep(self.path.parent)

    @contextmanager
    def held(self) -> Iterator[None]:
        """For one process at a time, until it ends, however it ends. Raises `RotationRuns`."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            _lock(folder)
            yield
        finally:
            os.close(folder)


def _lock(folder: int) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RotationRuns(
            "Another process rotates the master key: wait until it is done."
        ) from None


@contextmanager
def _fresh(path: Path) -> Iterator[Path]:
    """A file with a new key, written to the disk; gone at the end unless it was moved."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _keep(folder: Path) -> None:
    """Names in a folder are on the disk only when the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except (binascii.Error, UnicodeDecodeError):
        key = b""
    if len(key) != KEY_BYTES:
        raise MasterKeyWrong(
            f"{path} is damaged: it does not hold {KEY_BYTES} bytes in base64. Put back the copy "
            "that you keep apart."
        )
    return key
