"""The library's ProjectionRunner with as simple a projection as can be: one row an event."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic
from psycopg.sql import SQL

from tests.bench.crew import Job
from tests.bench.peer_library import Doti, environment

_TIMEOUT_S = 60


class Seen(PostgresTrackingRecorder):
    """A table of what was seen, written together with its tracking."""

    def __init__(self, datastore: PostgresDatastore, tracking_table_name: str) -> None:
        super().__init__(datastore, tracking_table_name=tracking_table_name)
        table = SQL(
            "CREATE TABLE IF NOT EXISTS seen (id bigint PRIMARY KEY, dote uuid, topic text)"
        )
        self.sql_create_statements.append(table.format())

    def note(self, tracking: Tracking, dote_id: object, topic: str) -> None:
        """One event: its row and its tracking in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO seen VALUES (%s, %s, %s)",
                (tracking.notification_id, dote_id, topic),
                prepare=True,
            )


class SeeAll(Projection[Seen]):
    """Handles every event alike."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:  # noqa: ANN401
        """One event."""
        self.view.note(tracking, domain_event.originator_id, get_topic(type(domain_event)))


@contextmanager
def library_projector(database: str, count: int) -> Iterator[Job]:
    """A process that builds the projection anew over `count` events when asked to."""
    settings = environment(database, pool_size=5)
    with Doti(settings) as app:
        app.request(count)

    def job(_: None) -> float:
        """Events a second."""
        began = time.perf_counter()
        runner = ProjectionRunner(
            application_class=Doti, projection_class=SeeAll, view_class=Seen, env=settings
        )
        with runner:
            runner.wait(count, timeout=_TIMEOUT_S)
            seconds = time.perf_counter() - began
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"DROP TABLE seen, {runner.view.tracking_table_name}".encode())
        return count / seconds

    yield job
