"""Erases what the time is over of, and the files of whom was erased.

Any number of workers may do so: an erasure is decided again under the household's lock, and what is
erased is not erased twice.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import psycopg
import structlog
from eventsourcing.persistence import RecordConflictError

from api.wiring import Services
from domain.actors import SYSTEM
from domain.erasure import What
from domain.errors import (
    DomainError,
    DotiOpen,
    HeldUntil,
    HouseholdIsErased,
    LineIsErased,
    LineKept,
    NotYetTime,
    ProgrammeMissing,
)
from domain.programme import Programme
from projections.reconciliation.queries import over_lines
from projections.retention.queries import Entry, PageQuery, page
from workflows import line_erasure
from workflows.engine import Outcome, Request, Work
from workflows.erasure import time_is_over
from workflows.eventstore.belongings import Belongings
from workflows.eventstore.drafts import Drafts
from workflows.eventstore.statement_uploads import StatementUploads
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "events")
BATCH = 200

log = structlog.get_logger(__name__)


@dataclass
class Round:
    """How many households, notes, folders of files and lines of the bank went, and how many are new
    in the list."""

    households: int = 0
    notes: int = 0
    files: int = 0
    lines: int = 0
    listed: int = 0


class Erasing:
    """Runs in a thread of every worker; one of them at a time looks."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._belongings = Belongings(services.database)
        self._drafts = Drafts(services.database, services.vault)
        self._uploads = StatementUploads(services.database, services.vault)
        self._lock = services.keeper.lock_id("erasing")

    def run(self, stop: threading.Event) -> None:
        """One round each `erasures_every_s` until told to stop; survives lost connections."""
        while not stop.wait(self._services.settings.erasures_every_s):
            try:
                self.round(stop)
            except psycopg.Error as error:
                log.warning("erasing_failed", error=type(error).__name__)

    def round(self, stop: threading.Event | None = None) -> Round:
        """Lists what will be erased, erases what stood in the list long enough, and removes the
        files of whom was erased before."""
        done = Round(files=self.remove_files())
        self._drafts.forget_old(self._services.engine.clock())
        self._uploads.forget_old(self._services.engine.clock())
        try:
            programme = self._services.register.programme()
        except ProgrammeMissing:
            return done
        today = self._services.engine.today()
        query = PageQuery(today, programme.retention, programme.retention_since, limit=BATCH)
        for entry in self._due(query):
            if stop is not None and stop.is_set():
                break
            done.listed += self._list(query, entry)
            if self._erase(query, entry):
                done.households += entry.what == "household"
                done.notes += entry.what == "notes"
        done.files += self.remove_files()
        done.lines = sum(map(self._erase_line, self._lines_over(programme, today)))
        return done

    def remove_files(self, *only: UUID) -> int:
        """Removes the files of erased households, of these alone if some are named; how many
        households. What fails is done by a later round: nobody can read it any more."""
        removed = 0
        for household_id in self._belongings.files_to_remove():
            if not only or household_id in only:
                removed += self._remove(household_id)
        return removed

    def _remove(self, household_id: UUID) -> bool:
        # The lock: an upload that was let in before the erasure has ended by now.
        lock = ("household", household_id)
        try:
            with self._services.database.transaction(locks=[lock]):
                self._services.files.forget(household_id)
                return self._belongings.files_removed(household_id)
        except (psycopg.Error, DomainError) as error:
            log.warning("files_later", household_id=str(household_id), error=type(error).__name__)
            return False

    def _due(self, query: PageQuery) -> Iterator[Entry]:
        """What time erases, in the list of now; while another process looks, nothing."""
        more = query
        while True:
            # The lock is held by a transaction of its own, which writes nothing.
            with self._services.keeper.transaction() as tx:
                got = tx.execute(_SQL["try_lock"], {"key": self._lock}).fetchone()
                if got is None or not got["got"]:
                    return
                found = page(tx, more)
            yield from (entry for entry in found.items if entry.asked_at is None)
            if found.next_after is None:
                return
            more = replace(more, after=found.next_after)

    def _lines_over(self, programme: Programme, today: date) -> list[UUID]:
        """Lines of the bank of which the time is over; the others of a large number follow."""
        if not programme.retention.was_told(programme.retention_since, today):
            return []
        with self._services.keeper.transaction() as tx:
            return over_lines(tx, programme.retention.papers_since(today), BATCH)

    def _erase_line(self, line_id: UUID) -> bool:
        request = Request(SYSTEM, "retention")
        try:
            self._services.engine.run(request, partial(_line_over, line_id))
        except (LineIsErased, LineKept, RecordConflictError):
            return False  # another process was quicker, or it was matched meanwhile
        log.info("erased", line_id=str(line_id), what="line")
        return True

    def _list(self, query: PageQuery, entry: Entry) -> bool:
        """Puts it into the list, if it does not stand there yet for this time."""
        if entry.listed_on is not None or entry.due_on is None:
            return False
        after = entry.due_on - timedelta(days=query.retention.notice_days)
        self._belongings.list_for(entry.household_id, entry.what, query.today, after)
        return True

    def _erase(self, query: PageQuery, entry: Entry) -> bool:
        if entry.on_day is None or entry.on_day > query.today:
            return False
        request = Request(SYSTEM, "retention")
        decide = partial(_over, entry.household_id, entry.what)
        try:
            self._services.engine.run(request, decide)
        except (HouseholdIsErased, HeldUntil, NotYetTime, DotiOpen):
            # Something happened since it was listed, or another process was quicker.
            return False
        except RecordConflictError:
            log.warning("erasure_later", household_id=str(entry.household_id))
            return False
        log.info("erased", household_id=str(entry.household_id), what=entry.what)
        return True


def _line_over(line_id: UUID, work: Work) -> Outcome:
    return line_erasure.time_is_over(work, line_id)


def _over(household_id: UUID, what: What, work: Work) -> Outcome:
    return time_is_over(work, household_id, what)
