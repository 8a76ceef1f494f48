"""Builds a projection anew beside the live one, and switches when it has caught up."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from projections.base import Projection
from projections.catalogue import PROJECTIONS
from projections.runner import Runner, enlist, schema_file
from workflows.eventstore.database import Database, Tx
from workflows.eventstore.log import Log
from workflows.eventstore.statements import statements

_SQL = statements("projections", "statements")
BATCH = 10_000
"""Larger than for the live ones: nobody waits for a batch, and a dote is saved once in each. What
is read and computed holds nothing back; only the writing at its end does."""


def rebuild(database: Database, name: str, progress: Callable[[int, int], None]) -> None:
    """Builds a projection anew beside the live one and switches when it has caught up.

    `progress` is told how many events are done, and how many there are.
    """
    projection = PROJECTIONS[name]
    building = f"{database.schema}_building_{name}"
    runner = Runner(database, [projection])
    _prepare(database, projection, building)
    end = Log(database).end()
    done = 0
    while True:
        with _no_collection():
            count = runner.advance(projection, building, batch=BATCH)
        if not count:
            break
        done += count
        progress(done, max(end, done))
    with database.transaction() as tx:
        # Nobody moves the live one from here on, so the last few events are ours to add.
        tx.execute("SELECT pg_advisory_xact_lock(%s)", (database.lock_id("projection", name),))
        tx.execute("SELECT set_config('search_path', %s, true)", (_path(database, building),))
        while runner.write_batch(tx, projection, BATCH):
            pass
        _switch(tx, database, projection, building)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the collector of circles: a batch makes ten thousands of objects and no circle, and
    looking through them again and again would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _prepare(database: Database, projection: Projection, building: str) -> None:
    with database.transaction(building) as tx:
        tx.execute(f'DROP SCHEMA IF EXISTS "{building}" CASCADE'.encode())
        tx.execute(f'CREATE SCHEMA "{building}"'.encode())
        if tx.execute(_SQL["role"], {"name": database.app_role}).fetchone():
            # Kept when the tables move: who could read the old ones can read these.
            tx.execute(
                f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{building}"'
                f' GRANT SELECT ON TABLES TO "{database.app_role}"'.encode()
            )
        tx.execute(schema_file("projections", "tables.sql"))
        tx.execute(schema_file(projection.package, "tables.sql"))
        enlist(tx, projection)


def _switch(tx: Tx, database: Database, projection: Projection, building: str) -> None:
    row = tx.execute(_SQL["position"], {"name": projection.name}).fetchone()
    tx.execute("SELECT set_config('search_path', %s, true)", (f'"{database.schema}"',))
    for table in projection.tables:
        tx.execute(f'DROP TABLE "{database.schema}"."{table}"'.encode())
        tx.execute(f'ALTER TABLE "{building}"."{table}" SET SCHEMA "{database.schema}"'.encode())
    if row is not None:
        tx.execute(_SQL["advance"], {"name": projection.name, "log_index": row["log_index"]})
    tx.execute(f'DROP SCHEMA "{building}" CASCADE'.encode())


def _path(database: Database, building: str) -> str:
    return f'"{building}", "{database.schema}", "{database.keys_schema}"'
