"""Uploaded papers: what is let in (`receive`) and where it is kept (`FileStore`).

A workflow receives first, stores second, and appends the event last: an event never names a file
that is not on disk. A file that no event names, after a refused command, is ciphertext that the
household's erasure takes along.
"""

from workflows.files.store import (
    FileMissing,
    FileStore,
    FileVault,
    FolderStore,
    StoredFileDamaged,
    StoreFull,
    StoreUnavailable,
)
from workflows.files.upload import DEFAULT_LIMIT_BYTES, Upload, receive

__all__ = [
    "DEFAULT_LIMIT_BYTES",
    "FileMissing",
    "FileStore",
    "FileVault",
    "FolderStore",
    "StoreFull",
    "StoreUnavailable",
    "StoredFileDamaged",
    "Upload",
    "receive",
]
