"""Numbers settled events into the gapless log, and wakes those who follow it.

Whoever holds the advisory lock for the length of a batch is the leader; any process may try, and
when one dies the next batch is simply another's. Only here is NOTIFY used: once a batch.
"""

import threading
from dataclasses import dataclass
from datetime import datetime

import psycopg
import structlog

from workflows.eventstore.database import Database, Tx
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "events")
BATCH = 2_000
BUSY_WAIT_S = 0.01
IDLE_WAIT_S = 0.1
FAILED_WAIT_S = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """The oldest transaction that writes: no event newer than it can be numbered."""

    pid: int
    application: str
    since: datetime | None
    state: str | None


@dataclass(frozen=True, slots=True)
class LogStatus:
    """How far the log is, what waits for its number since when, and what holds it back."""

    last_index: int
    waiting_events: int
    waiting_since: datetime | None
    held_by: Holder | None


class Sequencer:
    """Runs in a thread of every worker (and of the server, in the demo)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = database.lock_id("sequencer")
        self._instance_known = False
        self.channel = f"{database.schema}_log"

    def number_batch(self, limit: int = BATCH) -> int | None:
        """Numbers up to `limit` events. Returns the new end of the log, None if nothing was done.

        Nothing is done where no settled event waits, or another process numbers right now.
        """
        with self._database.transaction() as tx:
            got = tx.execute(_SQL["try_lock"], {"key": self._lock}).fetchone()
            if got is None or not got["got"]:
                return None
            if not self._instance_known:
                self._know_instance(tx)
            # A statement of its own: its snapshot must be younger than the lock.
            row = tx.execute(_SQL["number_settled"], {"limit": limit}).fetchone()
            if row is None:
                return None
            tx.execute(_SQL["notify"], {"channel": self.channel})
            return int(row["log_index"])

    def _know_instance(self, tx: Tx) -> None:
        """Once a process: has the register been restored into another PostgreSQL instance?"""
        row = tx.execute(_SQL["instance"]).fetchone()
        if row is not None and row["here"] != row["before"]:
            tx.execute(_SQL["stop_writers"])
            last = tx.execute(_SQL["number_restored"]).fetchone() or {}
            tx.execute(_SQL["begin_on_instance"], {"here": row["here"], **last})
            log.warning("log_goes_on_in_another_instance", log_index=last.get("log_index"))
        self._instance_known = True

    def status(self) -> LogStatus:
        """Where the log ends and what waits."""
        with self._database.transaction() as tx:
            last = tx.execute(_SQL["last_index"]).fetchone()
            waiting = tx.execute(_SQL["waiting_events"]).fetchone()
            holder = tx.execute(_SQL["oldest_writer"]).fetchone()
        if last is None or waiting is None:
            raise RuntimeError("the register has no sequencer row: run the migrations")
        held_by = None
        if waiting["events"] and holder is not None:
            held_by = Holder(
                holder["pid"], holder["application_name"], holder["since"], holder["state"]
            )
        return LogStatus(last["log_index"], waiting["events"], waiting["since"], held_by)

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
