"""lag: from a command's commit until its money stands in the ledger, at 200 commands a second."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg

from projections.runner import Runner
from tests.bench.crew import Crew, Job, in_threads
from tests.bench.figures import Figure, percentile
from tests.bench.office import APPROVED_CENTS
from tests.bench.stage import Stage
from tests.bench.supply import ASSESSED, Supply
from tests.register import TestRegister
from workflows.eventstore.database import Database
from workflows.eventstore.sequencer import Sequencer

RATE = 200
THREADS = 8
LOOK_S = 0.002
_WARM_UP_S = 1.0
_SETTLE_S = 10.0


@contextmanager
def worker(url: str, schema: str) -> Iterator[Job]:
    """A process that numbers and projects, as `doti worker` does."""
    stop = threading.Event()
    with Database(url, schema) as database:
        jobs = (Sequencer(database).run, Runner(database).run)
        threads = [threading.Thread(target=job, args=(stop,)) for job in jobs]
        for thread in threads:
            thread.start()
        try:
            yield lambda _: None
        finally:
            stop.set()
            for thread in threads:
                thread.join()


class Watch:
    """Looks into the ledger every two milliseconds and notes when each dote appears."""

    def __init__(self, register: TestRegister) -> None:
        self.seen: dict[UUID, float] = {}
        self._stop = threading.Event()
        self._after = register.log.end()
        self._url = register.database.url
        self._look = (
            f'SELECT log_index, dote_id FROM "{register.database.schema}".ledger_entries'
            " WHERE log_index > %s AND dote_id IS NOT NULL ORDER BY log_index"
        ).encode()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._stop.wait(LOOK_S):
                rows = connection.execute(self._look, (self._after,)).fetchall()
                now = time.perf_counter()
                for log_index, dote_id in rows:
                    self.seen.setdefault(dote_id, now)
                    self._after = log_index


def lag(stage: Stage) -> list[Figure]:
    """Approvals at an even pace; the worker is a process of its own."""
    count = RATE * stage.size(10, 3)
    with stage.register() as register:
        supply = Supply(register, count + RATE, ASSESSED)
        register.settle()
        database = register.database
        with Crew(1, worker, database.url, database.schema), Watch(register) as watch:
            _paced(register, supply.take(int(RATE * _WARM_UP_S)))
            began = time.perf_counter()
            committed = _paced(register, supply.take(count))
            reached = count / (time.perf_counter() - began)
            deadline = time.monotonic() + _SETTLE_S
            while not committed.keys() <= watch.seen.keys() and time.monotonic() < deadline:
                time.sleep(0.05)
    lags_ms = [(watch.seen[one] - at) * 1000 for one, at in committed.items() if one in watch.seen]
    p50_ms, p99_ms = percentile(lags_ms, 50), percentile(lags_ms, 99)
    more = {
        "goal": "p50 50 ms, p99 250 ms",
        "p50": p50_ms,
        "p99": p99_ms,
        "commands_per_s": reached,
        "unseen": count - len(lags_ms),
    }
    return [Figure("lag", p50_ms, "ms", more=more)]


def _paced(register: TestRegister, dote_ids: list[UUID]) -> dict[UUID, float]:
    """Approves at RATE; when each commit was answered."""
    began = time.perf_counter()
    committed: dict[UUID, float] = {}

    def approve(place: tuple[int, UUID]) -> None:
        nth, dote_id = place
        time.sleep(max(0.0, began + nth / RATE - time.perf_counter()))
        register.approve(dote_id, APPROVED_CENTS)
        committed[dote_id] = time.perf_counter()

    in_threads(THREADS, approve, list(enumerate(dote_ids)))
    return committed
