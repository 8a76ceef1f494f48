"""Looks each minute whether somebody is to be reminded of something."""

import threading
from uuid import UUID

import psycopg
import structlog
from eventsourcing.persistence import RecordConflictError

from api.wiring import Services
from domain.actors import SYSTEM
from domain.errors import NothingDue, WrongState
from projections.doti.worklists import Alarm, alarms
from workflows.deadlines import remind
from workflows.engine import Request
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "events")
BATCH = 200

log = structlog.get_logger(__name__)


class Deadlines:
    """Runs in a thread of every worker; one of them at a time looks.

    Two at a time would do no harm: what was told is not due any more.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = services.keeper.lock_id("deadlines")

    def run(self, stop: threading.Event) -> None:
        """One round each `deadlines_every_s` until told to stop; survives lost connections."""
        while not stop.wait(self._services.settings.deadlines_every_s):
            try:
                self.round(stop)
            except psycopg.Error as error:
                log.warning("deadlines_failed", error=type(error).__name__)

    def round(self, stop: threading.Event | None = None) -> int:
        """Tells all that is due by now, once for each dote; how many were told of something.

        What the list of doti does not know yet, the next round tells.
        """
        told = 0
        last: Alarm | None = None
        now = self._services.engine.clock()
        while not (stop is not None and stop.is_set()):
            # The lock is held by a transaction of its own, which writes nothing.
            with self._services.keeper.transaction() as tx:
                got = tx.execute(_SQL["try_lock"], {"key": self._lock}).fetchone()
                found = alarms(tx, now, last, BATCH) if got is not None and got["got"] else []
                told += sum(self._tell(alarm.dote_id) for alarm in found)
            if len(found) < BATCH:
                break
            last = found[-1]
        return told

    def _tell(self, dote_id: UUID) -> bool:
        try:
            request = Request(SYSTEM, "deadlines")
            self._services.engine.run(request, lambda work: remind(work, dote_id))
        except (NothingDue, WrongState):
            # The dote has gone on since it was listed, or was told of already.
            return False
        except RecordConflictError:
            log.warning("deadline_later", dote_id=str(dote_id))
            return False
        return True
