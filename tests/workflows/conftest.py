"""One PostgreSQL for each test process, one register for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.embedded_postgres import EmbeddedPostgres
from tests.register import TestRegister, fresh_register


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of this test process alone: a transaction held back in it holds back no other."""
    folder: Path = tmp_path_factory.mktemp("postgres") / "pg"
    with EmbeddedPostgres(folder) as server:
        yield server.url


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
