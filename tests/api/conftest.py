"""One world for each module of tests; each test makes its own doti in it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from api.settings import Settings
from tests.api.demonstration import Place
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


@pytest.fixture
def new_place(postgres_url: str, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Makes registers, which are gone at the end."""
    places: list[Place] = []

    def make() -> Place:
        name = f"demo_{uuid4().hex[:12]}"
        places.append(Place(postgres_url, Settings(home=tmp_path / name, db_schema=name)))
        return places[-1]

    yield make
    for place in places:
        place.drop()


@pytest.fixture
def place(new_place: Callable[[], Place]) -> Place:
    """One register."""
    return new_place()
