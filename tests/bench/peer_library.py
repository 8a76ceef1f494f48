"""The eventsourcing library as it comes: its aggregates, its default way into PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict

from tests.bench.crew import Job, in_threads

_BATCH = 500


class Dote(Aggregate):
    """Carries what our own two events carry."""

    def __init__(
        self,
        number: str,
        partner: str,
        desk: str,
        category: str,
        item: str,
        household_id: str,
        amount_cents: int,
        need: str,
        urgent: bool,
        policy_version: int,
        by: str,
        role: str,
        correlation_id: str,
        causation_id: str,
    ) -> None:
        self.amount_cents = amount_cents
        self.requested_by = by
        self.state = "requested"

    @event("Assessed")
    def assess(
        self,
        favourable: bool,
        proposed_cents: int,
        note: str | None,
        policy_version: int,
        by: str,
        role: str,
        correlation_id: str,
        causation_id: str,
    ) -> None:
        """An assessor judged the need."""
        self.state = "assessed"
        self.favourable = favourable
        self.proposed_cents = proposed_cents


class Doti(Application[UUID]):
    """Load, trigger, save."""

    def request(self, count: int) -> list[UUID]:
        """New doti, saved in large batches: this is not what is measured."""
        ids: list[UUID] = []
        for first in range(0, count, _BATCH):
            doti = [_requested() for _ in range(min(_BATCH, count - first))]
            self.save(*doti)
            ids += [dote.id for dote in doti]
        return ids

    def assess(self, dote_id: UUID) -> None:
        """What is measured."""
        dote: Dote = self.repository.get(dote_id)
        dote.assess(
            favourable=True,
            proposed_cents=5_000,
            note=None,
            policy_version=1,
            by=str(_ASSESSOR),
            role="assessor",
            correlation_id="bench",
            causation_id=str(uuid4()),
        )
        self.save(dote)


_ASSESSOR = uuid4()
_NEED = "x" * 260
"""As long as our own need is when it is sealed."""


def _requested() -> Dote:
    return Dote(
        number="CI-2025-00001",
        partner="P01",
        desk="Sportello P01",
        category="C01",
        item="AIUTO_C01",
        household_id=str(uuid4()),
        amount_cents=5_000,
        need=_NEED,
        urgent=False,
        policy_version=1,
        by=str(uuid4()),
        role="operator",
        correlation_id="bench",
        causation_id=str(uuid4()),
    )


def environment(database: str, pool_size: int) -> dict[str, str]:
    """The library's settings for a database given in libpq's words: nothing but where it is."""
    words = conninfo_to_dict(database)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(words["dbname"]),
        "POSTGRES_HOST": str(words["host"]),
        "POSTGRES_PORT": str(words["port"]),
        "POSTGRES_USER": str(words["user"]),
        "POSTGRES_PASSWORD": "none",
        "POSTGRES_POOL_SIZE": str(pool_size),
        "POSTGRES_MAX_OVERFLOW": "0",
    }


@contextmanager
def library_office(database: str, threads: int, count: int) -> Iterator[Job]:
    """A process that assesses so many of its `count` doti when asked to."""
    with Doti(environment(database, threads)) as app:
        left = iter(app.request(count))

        def job(wanted: int) -> None:
            in_threads(threads, app.assess, [next(left) for _ in range(wanted)])

        yield job


def event_bytes(database: str, table: str, topic: str) -> float:
    """How large the stored events of a type are, on average."""
    with psycopg.connect(database) as connection:
        row = connection.execute(
            f"SELECT avg(octet_length(state)) FROM {table} WHERE topic LIKE %s".encode(), [topic]
        ).fetchone()
    return float(row[0]) if row else float("nan")
