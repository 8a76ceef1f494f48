"""Follows the log with every projection: rows and position in one transaction, exactly once.

Several workers share the projections: whoever holds a projection's advisory lock for the length
of a batch moves it on. An event that cannot be processed stops that projection, loudly, and no
other one.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice

import psycopg
import structlog

from projections.base import Projection
from projections.catalogue import PROJECTIONS
from workflows.eventstore.database import Database, Tx
from workflows.eventstore.log import Log, Logged
from workflows.eventstore.statements import statements

_SQL = statements("projections", "statements")
_EVENTSTORE = statements("workflows.eventstore.sql", "events")
BATCH = 1_000
POLL_S = 0.5
FAILED_WAIT_S = 1.0
WAIT_STEP_S = 0.02

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """How far a projection is. `error` tells why it stands still at event `failed_index`."""

    name: str
    log_index: int
    error: str | None
    failed_index: int | None


class CannotProject(Exception):
    """An event could not be processed by a projection."""

    def __init__(self, log_index: int, reason: str) -> None:
        super().__init__(f"event {log_index}: {reason}")
        self.log_index = log_index


def install(database: Database) -> None:
    """Makes the tables of the projections that have none yet, or those of an older version.

    What is made anew is empty, and whoever follows the log fills it from the beginning. A newer
    version is left alone. Safe in several processes.
    """
    if not _outdated(database):
        return
    with database.transaction() as tx:
        tx.execute("SELECT pg_advisory_xact_lock(%s)", (database.lock_id("install"),))
        outdated = _outdated(database)
        for projection in outdated:
            # Whoever moves the older one on ends their batch first.
            key = database.lock_id("projection", projection.name)
            tx.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
        tx.execute(schema_file("projections", "tables.sql"))
        for projection in outdated:
            for table in projection.tables:
                tx.execute(f'DROP TABLE IF EXISTS "{database.schema}"."{table}"'.encode())
            tx.execute(schema_file(projection.package, "tables.sql"))
            enlist(tx, projection)


def enlist(tx: Tx, projection: Projection) -> None:
    """Notes that the tables of a projection are there, and empty."""
    values = {"name": projection.name, "version": projection.version}
    tx.execute(_SQL["enlist"], values)


def _outdated(database: Database) -> list[Projection]:
    """The projections that have no tables, or older ones."""
    with database.transaction() as tx:
        there = tx.execute("SELECT to_regclass('projections') AS found").fetchone()
        if there is None or there["found"] is None:
            return list(PROJECTIONS.values())
        versions = {row["name"]: row["version"] for row in tx.execute(_SQL["versions"])}
    return [each for each in PROJECTIONS.values() if versions.get(each.name, 0) < each.version]


def positions(database: Database) -> list[Position]:
    """Where each projection stands."""
    with database.transaction() as tx:
        return [Position(**row) for row in tx.execute(_SQL["positions"])]


def reached(database: Database, log_index: int) -> bool:
    """Whether every projection has reached an index of the log."""
    return all(position.log_index >= log_index for position in positions(database))


def wait_until(database: Database, log_index: int, timeout_s: float) -> bool:
    """Waits until every projection has reached an index of the log; False if it did not."""
    deadline = time.monotonic() + timeout_s
    while not reached(database, log_index):
        if time.monotonic() >= deadline:
            return False
        # Workers may be other processes: there is nobody here to be told by.
        time.sleep(WAIT_STEP_S)
    return True


class Runner:
    """Moves the projections on; runs in a thread of every worker."""

    def __init__(
        self, database: Database, projections: Iterable[Projection] = PROJECTIONS.values()
    ) -> None:
        self._database = database
        self._log = Log(database)
        self._projections = list(projections)

    def advance(self, projection: Projection, *search_path: str, batch: int = BATCH) -> int:
        """Processes one batch and returns how many events it had.

        0 where there is nothing to do, or another worker is at it. Raises CannotProject after
        having written down why. `search_path`: where the tables are, if not in the register's.
        """
        try:
            with self._database.transaction(*search_path) as tx:
                key = self._database.lock_id("projection", projection.name, *search_path)
                got = tx.execute(_EVENTSTORE["try_lock"], {"key": key}).fetchone()
                if got is None or not got["got"]:
                    return 0
                return self.write_batch(tx, projection, batch)
        except CannotProject as error:
            if batch > 1:
                # Again one by one: what comes before the bad event is still wanted, and the
                # event must be named.
                return self._up_to_the_bad_one(projection, *search_path)
            self._note_failure(projection, error, *search_path)
            raise

    def write_batch(self, tx: Tx, projection: Projection, batch: int) -> int:
        """Writes the next events into the tables that `tx` finds, and moves their position on.

        Returns by how many places of the log.
        """
        row = tx.execute(_SQL["position"], {"name": projection.name}).fetchone()
        if row is None:
            raise RuntimeError(f"projection {projection.name} is not installed")
        after = row["log_index"]
        upto = min(after + batch, self._log.end())
        if upto <= after:
            return 0
        events = self._read(projection, after, upto)
        if events:
            self._handle(tx, projection, events)
        tx.execute(_SQL["advance"], {"name": projection.name, "log_index": upto})
        return int(upto - after)

    def _handle(self, tx: Tx, projection: Projection, events: list[Logged]) -> None:
        try:
            with tx.transaction():
                projection.write(tx, events)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # whatever it is, it must stop this projection and be told
            raise CannotProject(events[0].log_index, f"{type(error).__name__}: {error}") from error

    def _read(self, projection: Projection, after: int, upto: int) -> list[Logged]:
        try:
            return self._log.part(after, upto, projection.topics)
        except psycopg.Error:
            raise
        except Exception as error:  # an event that cannot be decoded
            raise CannotProject(after + 1, f"{type(error).__name__}: {error}") from error

    def _up_to_the_bad_one(self, projection: Projection, *search_path: str) -> int:
        done = 0
        while self.advance(projection, *search_path, batch=1):
            done += 1
        return done

    def _note_failure(
        self, projection: Projection, error: CannotProject, *search_path: str
    ) -> None:
        log.error("projection_stopped", projection=projection.name, log_index=error.log_index)
        values = {
            "name": projection.name,
            "error": str(error)[:500],
            "failed_index": error.log_index,
        }
        with self._database.transaction(*search_path) as tx:
            tx.execute(_SQL["fail"], values)

    def catch_up(self) -> None:
        """Processes all that is numbered; for tests, tools and the start of a server."""
        for projection in self._projections:
            while self.advance(projection):
                pass

    def run(self, stop: threading.Event) -> None:
        """Follows the log until told to stop: wakes on the sequencer's word, or each half second.

        A projection that cannot go on is tried again at each round, so that a mended program
        goes on by itself.
        """
        while not stop.is_set():
            try:
                with psycopg.connect(self._database.url, autocommit=True) as listener:
                    listener.execute(f'LISTEN "{self._database.schema}_log"'.encode())
                    self._follow(listener, stop)
            except psycopg.Error as error:
                log.warning("projections_failed", error=type(error).__name__)
                stop.wait(FAILED_WAIT_S)

    def _follow(self, listener: psycopg.Connection, stop: threading.Event) -> None:
        while not stop.is_set():
            for projection in self._projections:
                self._try(projection, stop)
            for _ in islice(listener.notifies(timeout=POLL_S, stop_after=1), 1):
                break

    def _try(self, projection: Projection, stop: threading.Event) -> None:
        try:
            while self.advance(projection) and not stop.is_set():
                pass
        except CannotProject as error:
            log.debug("projection_stands_still", projection=projection.name, reason=str(error))


def schema_file(package: str, name: str) -> bytes:
    """The text of a .sql file that makes tables."""
    return files(package).joinpath(name).read_bytes()
