"""One world for each module of tests."""

from collections.abc import Iterator

import pytest

from tests.api.world import World, opened_world


@pytest.fixture(scope="module")
def world(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An opened programme with somebody for each role."""
    with opened_world(postgres_url, tmp_path_factory.mktemp("home")) as opened:
        yield opened
