"""One PostgreSQL for each test process, one register for each test."""

import gc
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import settings
from psycopg import sql

from api.postgres import EmbeddedPostgres
from tests.quiet import quiet
from tests.register import TestRegister, fresh_register

# Requests to a whole application: the same ones at each run, however long one takes.
settings.register_profile("api", derandomize=True, deadline=None, database=None)


gc.disable()  # while all modules are loaded, of which nearly everything stays


def pytest_collection_finish() -> None:
    """What was collected stays to the end: garbage is looked for among what the tests make."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: at the end no process is left alone with it."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    """Nobody reads the log lines of tests that pass."""
    quiet()


@pytest.fixture(autouse=True)
def _logging_of_the_tests() -> Iterator[None]:
    """A command sets up the logging of its process, which is ours here."""
    root = logging.getLogger()
    handlers, level, structured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**structured)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server of this test process alone: a transaction held back in it holds back no other.

    Not below pytest's own folder: each run of pytest closes that to all but its user, and a
    server started by root runs as another one.
    """
    with (
        tempfile.TemporaryDirectory(prefix="doti-test-") as folder,
        EmbeddedPostgres(Path(folder) / "pg") as server,
    ):
        _forgetful(server.url)
        yield server.url


def _forgetful(url: str) -> None:
    """Nothing of these registers has to outlive the machine: no write waits for the disk. What has
    to outlive a killed server is tested with servers of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture
def register(postgres_url: str) -> Iterator[TestRegister]:
    """An empty register."""
    with fresh_register(postgres_url) as made:
        yield made


@pytest.fixture
def programme(register: TestRegister) -> TestRegister:
    """A register with an open programme and no money on its lines."""
    register.open_programme()
    return register
