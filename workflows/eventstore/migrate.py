"""Brings a register's schemas up to date: appended .sql files, each applied once, in order."""

from importlib.resources import files

import psycopg
from psycopg import sql

from workflows.eventstore.database import Database

LOCK_TIMEOUT = "5s"


class SchemaTooNew(Exception):
    """The register was migrated by a newer version of this software: update the software."""


def migrate(database: Database) -> list[str]:
    """Applies what is missing and returns the names of what was applied.

    Safe in several processes at once: they queue on an advisory lock.
    """
    applied: list[str] = []
    with psycopg.connect(database.url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (database.lock_id("migrate"),))
        connection.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))
        for kind, schema in (("register", database.schema), ("keys", database.keys_schema)):
            applied += _apply(connection, kind, schema)
    return applied


def pending(database: Database) -> list[str]:
    """What `migrate` would apply."""
    with psycopg.connect(database.url) as connection:
        names = []
        for kind, schema in (("register", database.schema), ("keys", database.keys_schema)):
            names += [name for name, _ in _missing(connection, kind, schema)]
    return names


def _apply(connection: psycopg.Connection, kind: str, schema: str) -> list[str]:
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    connection.execute("SELECT set_config('search_path', %s, true)", (f'"{schema}"',))
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations"
        " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    names = []
    for name, text in _missing(connection, kind, schema):
        connection.execute(text.encode())
        connection.execute("INSERT INTO migrations (name) VALUES (%s)", (name,))
        names.append(name)
    return names


def _missing(connection: psycopg.Connection, kind: str, schema: str) -> list[tuple[str, str]]:
    folder = files("workflows.eventstore").joinpath("migrations", kind)
    ours = {
        f"{kind}/{file.name}": file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }
    done = _done(connection, schema)
    if not done <= ours.keys():
        raise SchemaTooNew(", ".join(sorted(done - ours.keys())))
    return sorted((name, text) for name, text in ours.items() if name not in done)


def _done(connection: psycopg.Connection, schema: str) -> set[str]:
    table = connection.execute("SELECT to_regclass(%s)", (f'"{schema}".migrations',)).fetchone()
    if table is None or table[0] is None:
        return set()
    rows = connection.execute(
        sql.SQL("SELECT name FROM {}.migrations").format(sql.Identifier(schema))
    )
    return {name for (name,) in rows}
