"""A demonstration in a register of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from api.demo.fates import FATES
from api.demo.load import load
from api.settings import Settings
from api.wiring import Services, build
from api.worker import catch_up
from domain.events.base import Event
from tests.faults.doti_process import environment
from tests.schemas import drop
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate

NOW = datetime(2026, 3, 22, 21, 30, 7, tzinfo=UTC)  # a Sunday evening
DOTI = len(FATES)
"""One dote of each fate."""


def nothing(_: int, __: int) -> None:
    """A progress that nobody looks at."""


@dataclass(frozen=True)
class Place:
    """A register of its own on the tests' server."""

    url: str
    settings: Settings

    @property
    def database(self) -> Database:
        return Database(self.url, self.settings.db_schema)

    @contextmanager
    def opened(self) -> Iterator[Services]:
        migrate(self.database)
        with build(self.settings, self.url) as services:
            yield services

    def env(self) -> dict[str, str]:
        where = {"DATABASE_URL": self.url, "DOTI_SCHEMA": self.settings.db_schema}
        return environment(self.settings.home, **where)

    def drop(self) -> None:
        drop(self.url, self.database)


def load_at_now(services: Services, doti: int = DOTI, seed: int = 1) -> int:
    return load(services, nothing, seed=seed, doti=doti, now=lambda: NOW)


def log_of(services: Services) -> list[Event]:
    catch_up(services)
    return [logged.event for logged in services.log.follow()]
