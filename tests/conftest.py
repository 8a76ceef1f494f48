"""One PostgreSQL for each test process."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.postgres import EmbeddedPostgres


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
        yield server.url
