"""One register for each test."""

from collections.abc import Iterator

import pytest

from tests.register import TestRegister, fresh_register


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
