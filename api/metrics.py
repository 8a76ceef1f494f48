"""Figures for Prometheus: requests, the log, the projections and the pool."""

import psycopg
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from projections import runner
from workflows.eventstore.database import Database
from workflows.eventstore.sequencer import Sequencer

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of one application; a registry of its own, so that two do not mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "doti_http_requests",
            "Requests answered",
            (*labels, "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "doti_http_request_seconds",
            "Time to the last byte of the answer",
            labels,
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._log_index = self._gauge("doti_log_index", "Last index of the log")
        self._waiting = self._gauge("doti_log_waiting_events", "Events without a number yet")
        self._projection = self._gauge(
            "doti_projection_log_index", "How far a projection is", ("projection",)
        )
        self._stopped = self._gauge(
            "doti_projection_stopped", "1: stopped by an event", ("projection",)
        )
        self._up = self._gauge("doti_database_up", "1: the database answers")

    def _gauge(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(name, text, labels, registry=self._registry)

    def observe(self, method: str, route: str, status: int, duration_s: float) -> None:
        """Counts a request. A method that nobody knows counts as OTHER."""
        known = method if method in {"GET", "POST", "HEAD", "PUT", "PATCH", "DELETE"} else "OTHER"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(duration_s)

    def text(self, database: Database, sequencer: Sequencer) -> bytes:
        """All figures in Prometheus' text form; those of the database as they are now."""
        try:
            status = sequencer.status()
            positions = runner.positions(database)
        except psycopg.Error:
            self._up.set(0)
        else:
            self._up.set(1)
            self._log_index.set(status.last_index)
            self._waiting.set(status.waiting_events)
            for position in positions:
                self._projection.labels(position.name).set(position.log_index)
                self._stopped.labels(position.name).set(position.error is not None)
        return generate_latest(self._registry)
