"""Writes and reads stored events in the current transaction: no table lock, no NOTIFY."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    Notification,
    ProcessRecorder,
    RecordConflictError,
    StoredEvent,
    Subscription,
    TrackingRecorder,
)
from eventsourcing.utils import Environment
from psycopg.errors import UniqueViolation

from workflows.eventstore.database import Database, Row
from workflows.eventstore.mapper import TimedEvent
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "events")


class StreamRecorder(ApplicationRecorder):
    """The library's recorder on our tables.

    Events get their number in the log from the sequencer, after the commit; `insert_events`
    therefore knows none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> None:  # noqa: ANN401
        rows = [
            (e.originator_id, e.originator_version, e.topic, e.at, e.state)
            for e in stored_events
            if isinstance(e, TimedEvent)
        ]
        try:
            with self._database.transaction() as tx:
                for row in rows:
                    tx.execute(_SQL["insert_event"], row)
        except UniqueViolation as error:
            raise RecordConflictError(str(error)) from error

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        with self._database.transaction() as tx:
            rows = tx.execute(
                _SQL["select_stream"], {"stream_id": originator_id, "gt": gt, "lte": lte}
            ).fetchall()
        if desc:
            rows.reverse()
        return [stored(row) for row in rows[:limit]]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - (1 if inclusive_of_start and start else 0)
        with self._database.transaction() as tx:
            rows = tx.execute(_SQL["select_log"], {"after": after, "limit": limit}).fetchall()
        return [
            Notification(
                originator_id=row["stream_id"],
                originator_version=row["version"],
                topic=row["topic"],
                state=row["state"],
                id=row["log_index"],
            )
            for row in rows
            if (stop is None or row["log_index"] <= stop) and (not topics or row["topic"] in topics)
        ]

    def max_notification_id(self) -> int | None:
        with self._database.transaction() as tx:
            row = tx.execute(_SQL["last_index"]).fetchone()
        return row["log_index"] or None if row else None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        raise NotImplementedError("projections follow the log with projections.runner")


def stored(row: Row) -> StoredEvent:
    """A row of `events` as the library's object."""
    return StoredEvent(row["stream_id"], row["version"], row["topic"], row["state"])


class RegisterFactory(InfrastructureFactory[TrackingRecorder]):
    """Gives the library our recorder; what we do not use of it says so."""

    def __init__(self, env: Environment, database: Database) -> None:
        super().__init__(env)
        self._database = database

    def application_recorder(self) -> ApplicationRecorder:
        return StreamRecorder(self._database)

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        raise NotImplementedError(f"there is no separate recorder for {purpose}")

    def tracking_recorder(
        self, tracking_recorder_class: type[TrackingRecorder] | None = None
    ) -> TrackingRecorder:
        raise NotImplementedError("projections keep their own position")

    def process_recorder(self) -> ProcessRecorder:
        raise NotImplementedError("projections keep their own position")
