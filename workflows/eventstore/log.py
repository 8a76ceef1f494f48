"""Reads the log: events in their one order."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from eventsourcing.utils import TopicError

from domain.events.base import Event
from workflows.eventstore.database import Database, Row, Tx
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import stored
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "events")


@dataclass(frozen=True, slots=True)
class Logged:
    """An event at its place in the log. `known_at` never decreases along the log."""

    log_index: int
    known_at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the log with what is left there: `event` None where it is gone, or cannot be read
    any more, so that hands have been at it."""

    log_index: int
    known_at: datetime
    stream_id: UUID
    version: int
    event: Event | None


class Log:
    """The log of a register, to be read within the current transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mapper = EventMapper()

    def read(self, after: int, limit: int) -> list[Logged]:
        """Up to `limit` events after an index."""
        with self._database.transaction() as tx:
            return self._logged(tx, "select_log", {"after": after, "limit": limit})

    def part(self, after: int, upto: int, topics: list[str]) -> list[Logged]:
        """The events of these kinds after one index and up to another."""
        with self._database.transaction() as tx:
            values = {"after": after, "upto": upto, "topics": topics}
            return self._logged(tx, "select_topics", values)

    def follow(self, batch: int = 1_000) -> Iterator[Logged]:
        """The whole log up to its present end, batch by batch."""
        after = 0
        while events := self.read(after, batch):
            yield from events
            after = events[-1].log_index

    def stream(self, stream_id: UUID, after: int = 0, limit: int = 1_000) -> list[Logged]:
        """A stream after a version, as far as it is numbered."""
        with self._database.transaction() as tx:
            values = {"stream_id": stream_id, "after": after, "limit": limit}
            return self._logged(tx, "select_stream_log", values)

    def places(self, indexes: Iterable[int]) -> dict[int, Place]:
        """What stands at some places. Never raises for what hands did to the tables."""
        with self._database.transaction() as tx:
            rows = tx.execute(_SQL["select_places"], {"indexes": list(indexes)}).fetchall()
        return {row["log_index"]: self._place(row) for row in rows}

    def places_of(self, stream_id: UUID) -> list[Place]:
        """The same for all of a stream that is numbered."""
        with self._database.transaction() as tx:
            rows = tx.execute(_SQL["select_places_of_stream"], {"stream_id": stream_id}).fetchall()
        return [self._place(row) for row in rows]

    def begun(self, stream_ids: Iterable[UUID]) -> set[UUID]:
        """Which of some streams there are, as far as the log is numbered."""
        with self._database.transaction() as tx:
            rows = tx.execute(_SQL["select_begun"], {"stream_ids": list(stream_ids)}).fetchall()
        return {row["stream_id"] for row in rows}

    def end(self) -> int:
        """The last index."""
        with self._database.transaction() as tx:
            row = tx.execute(_SQL["last_index"]).fetchone()
        return int(row["log_index"]) if row else 0

    def index_of(self, stream_id: UUID, version: int) -> int | None:
        """Where an event stands, None while it has no number yet."""
        with self._database.transaction() as tx:
            values = {"stream_id": stream_id, "version": version}
            row = tx.execute(_SQL["index_of"], values).fetchone()
        return int(row["log_index"]) if row else None

    def _logged(self, tx: Tx, statement: str, values: dict[str, object]) -> list[Logged]:
        rows = tx.execute(_SQL[statement], values).fetchall()
        return [self._read(row) for row in rows]

    def _place(self, row: Row) -> Place:
        event = None
        if row["state"] is not None:
            with suppress(ValueError, TypeError, LookupError, TopicError):
                event = self._read(row).event
        return Place(row["log_index"], row["known_at"], row["stream_id"], row["version"], event)

    def _read(self, row: Row) -> Logged:
        event = cast("Event", self._mapper.to_domain_event(stored(row)))
        return Logged(row["log_index"], row["known_at"], event)
