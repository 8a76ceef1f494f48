"""Schemas of registers, lent to one test after the other.

To migrate one takes longer than most tests. So a schema that comes back as it was lent, but for its
rows, is emptied and lent again; one whose tables, triggers, functions, policies or rights were
changed, or that has grown large, is thrown away.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
from psycopg import sql

from projections import runner
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate
from workflows.eventstore.statements import statements

_SQL = statements("tests", "schemas")
MOST_BYTES = 4_000_000
"""A schema with more in its tables is not emptied: to make one anew is quicker."""

Table = tuple[str, str]
"""Its schema and its name."""


@dataclass(frozen=True)
class _Kept:
    """A schema that waits for its next test: how it was made, and the rows it was made with."""

    database: Database
    shape: str
    rows: dict[Table, str] = field(repr=False)


_waiting: dict[str, list[_Kept]] = defaultdict(list)
"""By server: each test process has its own."""


@contextmanager
def lent(url: str) -> Iterator[str]:
    """The name of a migrated register with nothing in it but the empty tables of projections."""
    kept = _waiting[url].pop() if _waiting[url] else _made(url)
    try:
        yield kept.database.schema
    finally:
        if _emptied(url, kept):
            _waiting[url].append(kept)
        else:
            drop(url, kept.database)


def drop(url: str, database: Database) -> None:
    """Takes a register's schemas away."""
    with psycopg.connect(url, autocommit=True) as connection:
        for schema in (database.schema, database.keys_schema):
            connection.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))
            )
        roles = (database.all_partners_role, database.app_role, f"{database.schema}_keyring")
        for role in roles:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _made(url: str) -> _Kept:
    database = Database(url, f"test_{uuid4().hex[:12]}")
    migrate(database)
    with database:
        runner.install(database)
    with psycopg.connect(url, autocommit=True) as connection:
        rows = {table: _rows(connection, table) for table in _filled(connection, database)}
        return _Kept(database, _shape(connection, database), rows)


def _emptied(url: str, kept: _Kept) -> bool:
    """Whether a schema is again as it was made."""
    with psycopg.connect(url, autocommit=True) as connection:
        if _shape(connection, kept.database) != kept.shape:
            return False
        connection.execute("SET session_replication_role = replica")
        for table in _filled(connection, kept.database):
            before = kept.rows.get(table)
            if before is None:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
            elif before != _rows(connection, table):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
                _fill(connection, table, before)
        missing = kept.rows.keys() - set(_filled(connection, kept.database))
        for table in missing:
            _fill(connection, table, kept.rows[table])
        connection.execute(_SQL["restart_sequences"], _names(kept.database))
    return True


def _filled(connection: psycopg.Connection, database: Database) -> list[Table]:
    """The tables with rows."""
    tables: list[Table] = connection.execute(_SQL["tables"], _names(database)).fetchall()
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(n, sql.Identifier(*table))
        for n, table in enumerate(tables)
    )
    return [tables[n] for (n,) in connection.execute(asked)]


def _rows(connection: psycopg.Connection, table: Table) -> str:
    asked = sql.SQL("SELECT jsonb_agg(to_jsonb(t) ORDER BY t)::text FROM {} t").format(
        sql.Identifier(*table)
    )
    (told,) = connection.execute(asked).fetchall()
    return str(told[0])


def _fill(connection: psycopg.Connection, table: Table, rows: str) -> None:
    statement = sql.SQL(
        "INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    )
    connection.execute(statement.format(table=sql.Identifier(*table)), (rows,))


def _shape(connection: psycopg.Connection, database: Database) -> str:
    """All that makes up a register beside its rows, as one fingerprint; another one where the
    tables are too large to be emptied."""
    (told,) = connection.execute(
        _SQL["shape"], {**_names(database), "most_bytes": MOST_BYTES}
    ).fetchall()
    return str(told[0])


def _names(database: Database) -> dict[str, object]:
    return {
        "schemas": [database.schema, database.keys_schema],
        "roles": f"{database.schema}%",
    }
