"""Signs the log as it grows: a checkpoint promises that its events will stay what they are."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import structlog

from workflows.audit import merkle
from workflows.audit.keys import SigningKeyMissing, SigningKeys
from workflows.audit.notes import Checkpoint, PublicKey
from workflows.audit.proofs import latest_checkpoint
from workflows.audit.tree import LogIncomplete, Tree
from workflows.eventstore.database import Database
from workflows.eventstore.log import Log
from workflows.eventstore.masters import MasterUnusable
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import CannotOpen, Vault

_SQL = statements("workflows.audit", "statements")
POLL_S = 1.0
INTERVAL_S = 60.0
FAILED_WAIT_S = 10.0

log = structlog.get_logger(__name__)


class LogRewritten(Exception):
    """The log is not the one that the last checkpoint signed: nothing is signed any more. Run an
    audit."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the first {size} events have changed")


NOT_SIGNED = (LogRewritten, LogIncomplete, SigningKeyMissing, MasterUnusable, CannotOpen)
"""Why the log is not signed: each needs somebody to look at it."""


class Notary:
    """Makes checkpoints, and changes the key that signs them."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._clock = clock
        self._keys = SigningKeys(database, vault)
        self._tree = Tree(database)

    def checkpoint(self, now: datetime) -> Checkpoint | None:
        """Signs what the log has grown to; None if it has not grown.

        Raises LogRewritten where the log no longer begins with what was signed last, LogIncomplete,
        SigningKeyMissing.
        """
        while self._tree.extend():
            pass
        with self._database.transaction() as tx:
            self._keys.lock()
            size = Log(self._database).end()
            last = latest_checkpoint(self._database)
            if size == 0 or (last is not None and size == last.size):
                return None
            root = self._tree.root(size)
            if last is not None and not self._goes_on(last, size, root):
                raise LogRewritten(last.size)
            checkpoint = self._keys.sign(size, root, now)
            values = {"size": size, "root": root, "at": now, "note": str(checkpoint)}
            tx.execute(_SQL["insert_checkpoint"], values)
            return checkpoint

    def rotate_key(self, now: datetime) -> PublicKey | None:
        """A new key signs from here on; None if nothing was ever signed.

        Signs what is there with the old key first. Raises as `checkpoint` does.
        """
        self.checkpoint(now)
        with self._database.transaction():
            self._keys.lock()
            last = latest_checkpoint(self._database)
            return None if last is None else self._keys.rotate(last, now)

    def run(self, stop: threading.Event, interval_s: float = INTERVAL_S) -> None:
        """Extends the tree and signs now and then, until told to stop; in a thread of a worker."""
        due_s = time.monotonic()
        while not stop.wait(POLL_S):
            try:
                self._tree.extend()
                if time.monotonic() >= due_s:
                    self.checkpoint(self._clock())
                    due_s = time.monotonic() + interval_s
            except psycopg.Error as error:
                log.warning("notary_failed", error=type(error).__name__)
                stop.wait(FAILED_WAIT_S)
            except NOT_SIGNED as error:
                log.error("notary_refuses", error=type(error).__name__, reason=str(error))
                stop.wait(FAILED_WAIT_S)

    def _goes_on(self, last: Checkpoint, size: int, root: bytes) -> bool:
        if size < last.size:
            return False
        path = self._tree.consistency_proof(last.size, size)
        return merkle.verify_consistency(last.size, size, last.root, root, path)
