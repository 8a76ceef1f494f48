"""One world for each module of tests; each test makes its own doti in it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.api.entrance import Entrance, opened_entrance
from tests.api.identity_provider import WilfulProvider, opened_door, wilful_provider
from tests.api.world import World, opened_world


@pytest.fixture(scope="module")
def world(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An opened programme with somebody for each role."""
    with opened_world(postgres_url, tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def entrance(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    """A register with people who sign in, served by two applications."""
    with opened_entrance(postgres_url, tmp_path_factory.mktemp("entrance")) as opened:
        yield opened


@pytest.fixture(scope="module")
def running() -> Iterator[WilfulProvider]:
    """A provider of identities that does wrong where a test wants it to."""
    with wilful_provider() as opened:
        yield opened


@pytest.fixture(scope="module")
def door(
    running: WilfulProvider, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Entrance]:
    """A register whose people may sign in there."""
    with opened_door(running, postgres_url, tmp_path_factory.mktemp("door"), "ours") as opened:
        yield opened


@pytest.fixture
def provider(running: WilfulProvider, door: Entrance) -> WilfulProvider:
    """The provider, which keeps to the rules so far; the register's clock is its own."""
    running.reset()
    door.clock.now = datetime.now(UTC)
    return running
