"""The register and the bare endpoint, served over HTTP as an installation would."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from api.settings import Settings
from api.wiring import Services, build
from domain.actors import Role
from tests.bench import crud
from tests.bench.load import Load
from tests.bench.stage import ITEM, Stage, open_programme
from tests.register import TestRegister, drop
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate

WORKERS = 2
_START_S = 60.0
_STOP_S = 20.0


@dataclass(frozen=True)
class Served:
    """What answers: its requests, and the process that was started for it."""

    url: str
    headers: dict[str, str]
    body: bytes
    pid: int

    def load(self, count: int, connections: int) -> Load:
        """So many requests."""
        return Load(self.url, self.headers, self.body, count, connections)


@dataclass(frozen=True)
class Installation:
    """A register with an open programme, one desk's token and household, and its environment."""

    environment: dict[str, str]
    token: str
    body: bytes


@contextmanager
def installation(stage: Stage) -> Iterator[Installation]:
    """A register of its own, gone at the end."""
    schema = f"bench_{uuid4().hex[:12]}"
    database = Database(stage.url, schema)
    migrate(database)
    try:
        with tempfile.TemporaryDirectory(prefix="home-", dir=stage.folder) as home:
            settings = Settings(home=Path(home), db_schema=schema)
            with build(settings, stage.url) as services:
                token, body = _prepared(services)
            environment = {
                **os.environ,
                "DATABASE_URL": stage.url,
                "DOTI_HOME": home,
                "DOTI_SCHEMA": schema,
                "DOTI_LOG": "json",
                "PORT": "0",
            }
            yield Installation(environment, token, body)
    finally:
        drop(stage.url, database)


def _prepared(services: Services) -> tuple[str, bytes]:
    desk = TestRegister.of(services.database)
    open_programme(desk, partners=1, categories=1)
    household_id = desk.household(partner="P00")
    token = services.accounts.create_token("Sportello", Role.OPERATOR, "P00")
    return token, _body(str(household_id))


def _body(household_id: str) -> bytes:
    return json.dumps(
        {
            "partner": "P00",
            "category": "C00",
            "item": f"{ITEM}C00",
            "household_id": household_id,
            "amount_cents": 10_000,
            "need": "Affitto arretrato di due mesi, sfratto vicino.",
        }
    ).encode()
