"""What runs beside the requests, in threads: numbering, projections, signing, reminding,
verifying, and erasing what the time is over of."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

from api.deadlines import Deadlines
from api.erasing import Erasing
from api.wiring import Services
from projections.runner import Runner, wait_until
from workflows.eventstore.reach import EVERYBODYS, reaching

log = structlog.get_logger(__name__)

CATCH_UP_TIMEOUT_S = 120.0
_STOP_TIMEOUT_S = 20.0


class CannotCatchUp(Exception):
    """The lists and ledgers did not reach the end of the log; `doti status` tells more."""


class Background:
    """Numbers events and moves the projections on, for as long as the block lasts.

    Several processes may do so on one register: they share the work by advisory locks.
    `failed` is called from a thread that ended although nobody told it to.
    """

    def __init__(self, services: Services, failed: Callable[[], None]) -> None:
        self._stop = threading.Event()
        self._failed = failed
        jobs = (
            services.sequencer.run,
            Runner(services.keeper).run,
            services.notary.run,
            Deadlines(services).run,
            Erasing(services).run,
            services.verifier.run,
        )
        self._threads = [
            threading.Thread(target=self._keep, args=(job,), name=job.__qualname__, daemon=True)
            for job in jobs
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(_STOP_TIMEOUT_S)

    def _keep(self, job: Callable[[threading.Event], None]) -> None:
        try:
            with reaching(EVERYBODYS):
                job(self._stop)
        except Exception:
            log.exception("background_failed", job=job.__qualname__)
        if not self._stop.is_set():
            self._failed()


def work(services: Services) -> None:
    """Works in the background until Stopped, or until something fails: then CannotCatchUp."""
    failed = threading.Event()
    with Background(services, failed.set):
        log.info("worker_started")
        failed.wait()
    raise CannotCatchUp("The worker ended by itself; its log tells why.")


def catch_up(services: Services) -> None:
    """Numbers all events, brings every projection to the end, and signs what is there.

    Raises CannotCatchUp.
    """
    deadline = time.monotonic() + CATCH_UP_TIMEOUT_S
    while services.sequencer.status().waiting_events:
        if services.sequencer.number_batch() is None:
            # Another process numbers, or a transaction that still runs holds the log back.
            if time.monotonic() > deadline:
                raise CannotCatchUp("Events wait for their number; doti status tells more.")
            time.sleep(0.02)
    Runner(services.keeper).catch_up()
    left_s = max(deadline - time.monotonic(), 0)
    if not wait_until(services.database, services.log.end(), left_s):
        raise CannotCatchUp("A projection does not move on; doti status tells more.")
    services.notary.checkpoint(services.engine.clock())
