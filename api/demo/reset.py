"""Throws a demonstration away, and nothing else."""

import shutil
import time
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from api.demo.load import made_before
from projections.catalogue import PROJECTIONS
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate
from workflows.eventstore.register import Register
from workflows.eventstore.statements import statements

_SQL = statements("api.demo", "statements")
_GONE_WITHIN_S = 2.0


class StillInUse(Exception):
    """Another process works with the demonstration."""


def reset(database: Database, home: Path) -> list[UUID]:
    """Removes the demonstration in this register; one that is empty is left as it is.

    Returns the households whose files are to be forgotten. Raises NotADemo and StillInUse.
    """
    # What an older version left is brought up to date first: only then can it be read.
    migrate(database)
    database.open()
    try:
        if made_before(Register(database)) is None:
            return []
        with database.transaction() as tx:
            subjects = [row["subject_id"] for row in tx.execute(_SQL["subjects"])]
    finally:
        database.close()
    _drop(database)
    shutil.rmtree(home / "demo", ignore_errors=True)
    return subjects


def _drop(database: Database) -> None:
    building = [f"{database.schema}_building_{name}" for name in PROJECTIONS]
    with psycopg.connect(database.url) as connection:
        _wait_until_unused(connection, database)
        for schema in (*building, database.keys_schema, database.schema):
            connection.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))
            )


def _wait_until_unused(connection: psycopg.Connection, database: Database) -> None:
    """Our own connections, and those of a process that was killed, take a moment to go."""
    deadline = time.monotonic() + _GONE_WITHIN_S
    while _users(connection, database):
        if time.monotonic() > deadline:
            raise StillInUse(
                "Another process works with this demo: stop it (doti demo, serve or worker), "
                "then reset."
            )
        time.sleep(0.05)  # a process that has just been stopped takes a moment to leave


def _users(connection: psycopg.Connection, database: Database) -> int:
    row = connection.execute(_SQL["users"], {"name": f"doti {database.schema}"}).fetchone()
    connection.commit()  # the view of who is there stands still within a transaction
    return int(row[0]) if row else 0
