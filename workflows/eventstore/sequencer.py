"""Numbers settled events into the gapless log, and wakes those who follow it.

Whoever holds the advisory lock for the length of a batch is the leader; any process may try, and
when one dies the next batch is simply another's. Only here is NOTIFY used: once a batch.
"""

import threading
from dataclasses import dataclass
from datetime import datetime

import psycopg
import structlog

from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "events")
BATCH = 2_000
BUSY_WAIT_S = 0.01
IDLE_WAIT_S = 0.1
FAILED_WAIT_S = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LogStatus:
    """How far the log is, and what waits for its number since when."""

    last_index: int
    waiting_events: int
    waiting_since: datetime | None


class Sequencer:
    """Runs in a thread of every worker (and of the server, in the demo)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = database.lock_id("sequencer")
        self.channel = f"{database.schema}_log"

    def number_batch(self, limit: int = BATCH) -> int | None:
        """Numbers up to `limit` events. Returns the new end of the log, None if nothing was done.

        Nothing is done where no settled event waits, or another process numbers right now.
        """
        with self._database.transaction() as tx:
            got = tx.execute(_SQL["try_lock"], {"key": self._lock}).fetchone()
            if got is None or not got["got"]:
                return None
            # A statement of its own: its snapshot must be younger than the lock.
            row = tx.execute(_SQL["number_settled"], {"limit": limit}).fetchone()
            if row is None:
                return None
            tx.execute(_SQL["notify"], {"channel": self.channel})
            return int(row["log_index"])

    def status(self) -> LogStatus:
        """Where the log ends and what waits."""
        with self._database.transaction() as tx:
            last = tx.execute(_SQL["last_index"]).fetchone()
            waiting = tx.execute(_SQL["waiting_events"]).fetchone()
        if last is None or waiting is None:
            raise RuntimeError("the register has no sequencer row: run the migrations")
        return LogStatus(last["log_index"], waiting["events"], waiting["since"])

    def run(self, stop: threading.Event) -> None:
        """Numbers until told to stop; survives lost connections."""
        wait_s = BUSY_WAIT_S
        while not stop.wait(wait_s):
            try:
                advanced = self.number_batch() is not None
                wait_s = BUSY_WAIT_S if advanced else min(wait_s * 1.5, IDLE_WAIT_S)
            except psycopg.Error as error:
                log.warning("sequencer_failed", error=type(error).__name__)
                wait_s = FAILED_WAIT_S
