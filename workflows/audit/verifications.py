"""Verifications of the live register that people ask for, and what came of them.

Whoever asks adds a row; whichever process is free runs it, one at a time: it holds an advisory lock
for as long as it is at it. A process that dies lets go of the lock, and the next one to look finds
a run that began and has nobody: so it is told as broken off.
"""

import contextvars
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg.types.json import Jsonb

from workflows.audit.keys import public_keys
from workflows.audit.live import WHOLE_LOG_TIMEOUT_MS, audit
from workflows.audit.notary import NOT_SIGNED, Notary
from workflows.audit.result import Result
from workflows.eventstore.database import Database, Row
from workflows.eventstore.reach import EVERYBODYS, reaching
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Vault

_SQL = statements("workflows.audit", "verifications")
_TRY_LOCK = statements("workflows.eventstore.sql", "events")["try_lock"]
POLL_S = 1.0
FAILED_WAIT_S = 10.0
TOLD_EVERY_S = 0.5

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """How a verification ended."""

    INTACT = "intact"
    ALTERED = "altered"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, slots=True)
class Verification:
    """A verification as it stands. `outcome` None: it waits or is under way. `result`: see
    `_kept`."""

    n: int
    asked_at: datetime
    account_id: UUID
    begun_at: datetime | None
    ended_at: datetime | None
    took_ms: int | None
    done_events: int
    all_events: int
    outcome: Outcome | None
    result: dict[str, Any] | None


def ask(database: Database, account_id: UUID, now: datetime) -> int:
    """Asks for a verification; its number, or that of the one that is open."""
    while True:
        with database.transaction() as tx:
            tx.execute(_SQL["ask"], {"at": now, "account_id": account_id})
            row = tx.execute(_SQL["open"]).fetchone()
        if row is not None:  # else the one that was open has just ended
            return int(row["n"])


def verification(database: Database, n: int) -> Verification | None:
    """One of them."""
    return _first(database, "one", {"n": n})


def newest_result(database: Database) -> Verification | None:
    """The last one that came to its end."""
    return _first(database, "newest_result", {})


def verifications(database: Database, before: int | None, limit: int) -> list[Verification]:
    """What was asked for, the newest first, before a number."""
    with database.transaction() as tx:
        rows = tx.execute(_SQL["page"], {"before": before, "limit": limit}).fetchall()
    return [_read(row) for row in rows]


def _first(database: Database, name: str, values: dict[str, object]) -> Verification | None:
    with database.transaction() as tx:
        row = tx.execute(_SQL[name], values).fetchone()
    return None if row is None else _read(row)


def _read(row: Row) -> Verification:
    outcome = row["outcome"]
    return Verification(**{**row, "outcome": None if outcome is None else Outcome(outcome)})


class Verifier:
    """Runs what is asked for; in a thread of every worker."""

    def __init__(
        self, keeper: Database, vault: Vault, notary: Notary, clock: Callable[[], datetime]
    ) -> None:
        self._keeper = keeper
        self._vault = vault
        self._notary = notary
        self._clock = clock
        self._lock = keeper.lock_id("verification")

    def run(self, stop: threading.Event) -> None:
        """Looks now and then until told to stop; survives lost connections."""
        while not stop.wait(POLL_S):
            try:
                self.once()
            except psycopg.Error as error:
                log.warning("verification_failed", error=type(error).__name__)
                stop.wait(FAILED_WAIT_S)

    def once(self) -> bool:
        """Runs what is asked for, unless another process is at it; whether there was something."""
        if self._open() is None:
            return False
        # The lock is held by a transaction of its own, which writes nothing and may last long.
        with self._keeper.transaction(statement_timeout_ms=WHOLE_LOG_TIMEOUT_MS) as tx:
            got = tx.execute(_TRY_LOCK, {"key": self._lock}).fetchone()
            return got is not None and got["got"] and _apart(self._run_open)

    def _run_open(self) -> bool:
        row = self._open()
        if row is None:
            return False
        n = row["n"]
        if row["begun_at"] is not None:
            self._write("end", n, at=self._clock(), outcome=Outcome.BROKEN_OFF)
            return True
        self._write("begin", n, at=self._clock())
        began_s = time.monotonic()
        self._sign()
        result = audit(self._keeper, None, self._told(n), self._vault)
        self._write(
            "end",
            n,
            at=self._clock(),
            outcome=Outcome.INTACT if result.ok else Outcome.ALTERED,
            took_ms=round((time.monotonic() - began_s) * 1000),
            result=Jsonb(self._kept(result), dumps=_dumps),
        )
        return True

    def _open(self) -> Row | None:
        with self._keeper.transaction() as tx:
            return tx.execute(_SQL["open"]).fetchone()

    def _write(self, name: str, n: int, **values: object) -> None:
        given = {"n": n, "took_ms": None, "result": None, **values}
        with self._keeper.transaction() as tx:
            tx.execute(_SQL[name], given)

    def _sign(self) -> None:
        """So that what has just happened is proved as well. A log that was altered is not signed;
        what is wrong with it, the verification tells."""
        try:
            self._notary.checkpoint(self._clock())
        except NOT_SIGNED as error:
            log.error("checkpoint_refused", error=type(error).__name__)

    def _told(self, n: int) -> Callable[[int, int], None]:
        told_s = 0.0

        def told(done: int, all_: int) -> None:
            nonlocal told_s
            if done >= all_ or time.monotonic() - told_s >= TOLD_EVERY_S:
                told_s = time.monotonic()
                self._write("go_on", n, done=done, all=all_)

        return told

    def _kept(self, result: Result) -> dict[str, Any]:
        """What is kept of a result: all but sentences, which each reader has in their language."""
        names = [entry.key for entry in public_keys(self._keeper)]
        return {
            "events": result.events,
            "size": result.size,
            "checkpoints": result.checkpoints,
            "signed_at": result.signed_at,
            "root": result.root,
            "key_n": names.index(result.key) + 1 if result.key in names else None,
            "findings": [
                {"code": each.code, "log_index": each.log_index, "facts": each.facts}
                for each in result.findings
            ],
        }


def _dumps(value: object) -> str:
    return json.dumps(value, default=str)


def _apart(job: Callable[[], bool]) -> bool:
    """Runs something in transactions of its own, whatever transaction the caller is in."""

    def seeing_all() -> bool:
        with reaching(EVERYBODYS):
            return job()

    return contextvars.Context().run(seeing_all)
