"""Writes and reads stored events in the current transaction: no table lock, no NOTIFY."""

from collections.abc import Mapping, Sequence
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
_STREAMS = statements("workflows.eventstore.sql", "streams")
NEWEST = 2**31 - 1
"""Above any version."""


class StreamRecorder(ApplicationRecorder):
    """The library's recorder on our tables.

    Events get their number in the log from the sequencer, after the commit; `insert_events`
    therefore knows none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._select_stream = database.qualified(_STREAMS["select_stream"])
        self._append = database.qualified(_STREAMS["append"])
        self._append_and_remember = database.qualified(_STREAMS["append_and_remember"])
        self._stored_state = database.qualified(_STREAMS["stored_state"])

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        command: Mapping[str, object] | None = None,
        **_: Any,  # noqa: ANN401  the library's signature
    ) -> None:
        """Appends events; the last one together with the `command` that it answers.

        Raises RecordConflictError if one of the versions, or the command, is there already.
        """
        for event in stored_events:
            if not isinstance(event, TimedEvent):
                raise TypeError("only what our mapper made can be stored")
            answers = command if event is stored_events[-1] else None
            self._insert(event, answers)

    def _insert(self, event: TimedEvent, command: Mapping[str, object] | None) -> None:
        values = {
            "stream_id": event.originator_id,
            "version": event.originator_version,
            "topic": event.topic,
            "at": event.at,
            "state": event.state,
            **(command or {}),
        }
        statement = self._append_and_remember if command else self._append
        try:
            self._database.statement(statement, values)
        except UniqueViolation as error:
            # It may be ours: written before the connection was lost, and sent again.
            if self._database.in_transaction or not self.is_stored(event):
                raise RecordConflictError(str(error)) from error

    def is_stored(self, event: StoredEvent) -> bool:
        """Whether this very event is in the store; its state holds the id of its command."""
        values = {"stream_id": event.originator_id, "version": event.originator_version}
        rows = self._database.statement(self._stored_state, values)
        return bool(rows) and rows[0]["state"] == event.state

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        values = {"stream_id": originator_id, "gt": gt or 0, "lte": lte or NEWEST}
        rows = self._database.statement(self._select_stream, values)
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
