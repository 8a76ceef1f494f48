"""The database of this process: the one that DATABASE_URL names, or else our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from api.embedded_postgres import EmbeddedPostgres
from api.postgres_host import DatabaseUnavailable
from api.settings import Settings

__all__ = ["DatabaseUnavailable", "EmbeddedPostgres", "check_database", "database"]

OLDEST_MAJOR = 15
CONNECT_TIMEOUT_S = 5


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of a database that answers, for as long as the block runs.

    Raises DatabaseUnavailable. A process that may be ended by SIGTERM has to leave this block on
    the way out, or the embedded server runs on until the next process on that home folder stops.
    """
    if settings.database_url is not None:
        check_database(settings.database_url)
        yield settings.database_url
    else:
        with EmbeddedPostgres(settings.home / "pg") as server:
            yield server.url


def check_database(url: str) -> None:
    """Raise DatabaseUnavailable unless a usable PostgreSQL answers at this URL."""
    try:
        named = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # The library's own message repeats the URL, and with it the password.
        raise DatabaseUnavailable(
            "DATABASE_URL cannot be read: write postgresql://user:password@host:5432/database, "
            "with special characters of the password percent-encoded."
        ) from None
    where = f"database {named.get('dbname', '')!r} at {named.get('host', 'localhost')}"
    try:
        connection = psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S, autocommit=True)
    except psycopg.OperationalError as error:
        reason = _reason(error)
        raise DatabaseUnavailable(
            f"PostgreSQL does not let us into {where}: {reason}. {_advice(reason)}"
        ) from None
    with connection:
        if unfit := _unfit(connection.info):
            raise DatabaseUnavailable(f"The {where} cannot be used: {unfit}")


def _unfit(info: psycopg.ConnectionInfo) -> str | None:
    """What a server that answers lacks, and the way out."""
    major = info.server_version // 10_000
    if major < OLDEST_MAJOR:
        return f"PostgreSQL {major} is too old, it takes version {OLDEST_MAJOR} or newer."
    if info.parameter_status("server_encoding") != "UTF8":
        return "its encoding is not UTF8. CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0."
    if info.parameter_status("in_hot_standby") == "on":
        return "it is a standby, which cannot be written to. Point DATABASE_URL at the primary."
    return None


def _reason(error: psycopg.OperationalError) -> str:
    """The server's or the network's own words, from the last attempt, on one line."""
    lines = [line.strip() for line in str(error).splitlines()]
    telling = [line for line in lines if "failed" in line or "FATAL" in line] or lines
    return telling[-1].rpartition("failed: ")[2].removeprefix("FATAL:").strip().rstrip(".")


def _advice(reason: str) -> str:
    """The way out, as far as the words tell; servers may speak Italian, hence the last line."""
    for sign, advice in (
        ("password", "Check the user and the password in DATABASE_URL."),
        ("does not exist", "Create it first, or correct DATABASE_URL."),
        ("resolve", "Check the host name in DATABASE_URL."),
        ("refused", "Check that the server runs there, and the port in DATABASE_URL."),
        ("timeout", "Check the host in DATABASE_URL and the firewalls on the way."),
        ("too many", "Raise max_connections on the server, or close what is idle."),
    ):
        if sign in reason:
            return advice
    return "Check DATABASE_URL."
