"""A real server on a real register, and the people who look at its pages."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from api.app import create_app
from api.wiring import Services
from api.worker import Background
from tests.api.world import World, opened_world

_START_TIMEOUT_S = 20.0


class Site:
    """The pages of a world, at an address of this machine."""

    def __init__(self, world: World, address: str) -> None:
        self.world = world
        self.address = address


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()


@contextmanager
def served(services: Services) -> Iterator[str]:
    """Serves them at an address of this machine, for as long as the block lasts."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            create_app(services), log_config=None, access_log=False, lifespan="off"
        )
        server = _Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        assert server.answers.wait(_START_TIMEOUT_S)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_START_TIMEOUT_S)


@contextmanager
def opened_site(
    url: str,
    home: Path,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    **settings: Any,  # noqa: ANN401  any setting
) -> Iterator[Site]:
    """A site with a programme; events are numbered and lists kept as in earnest."""
    with (
        opened_world(url, home, clock, **settings) as world,
        Background(world.services, lambda: None),
        served(world.services) as address,
    ):
        yield Site(world, address)
