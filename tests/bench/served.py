"""The register and the bare endpoint, served over HTTP as an installation would."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg

from api.settings import Settings
from api.wiring import Services, build
from domain.actors import Actor, Grant, Role
from domain.household import Member
from tests.bench import crud
from tests.bench.load import Load
from tests.bench.stage import ITEM, Stage, open_programme
from tests.schemas import drop
from workflows.commands import RegisterHousehold
from workflows.engine import Decide, Outcome, Request
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate
from workflows.households import register_household

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
                "DOTI_RATE_PER_MINUTE": "10000000",
                "PORT": "0",
            }
            yield Installation(environment, token, body)
    finally:
        drop(stage.url, database)


def _prepared(services: Services) -> tuple[str, bytes]:
    def run(actor: Actor, decide: Decide) -> Outcome:
        return services.engine.run(Request(actor, "bench"), decide)

    chief = Actor(uuid4(), (Grant(Role.COORDINATOR),))
    desk = Actor(uuid4(), (Grant(Role.OPERATOR, "P00"),))
    open_programme(partial(run, chief), partners=1, categories=1)
    ada = Member(given_name="Ada", family_name="Inventata")
    household = RegisterHousehold(members=(ada,), district="Mirafiori")
    household_id = run(desk, lambda work: register_household(work, household)).stream_id
    body = {
        "partner": "P00",
        "category": "C00",
        "item": f"{ITEM}C00",
        "household_id": str(household_id),
        "amount_cents": 10_000,
        "need": "Affitto arretrato di due mesi, sfratto vicino.",
    }
    token = services.accounts.create_token("Sportello", Role.OPERATOR, "P00")
    return token, json.dumps(body).encode()


@contextmanager
def register_served(place: Installation) -> Iterator[Served]:
    """`doti serve` with two processes and no worker."""
    arguments = ["serve", "--workers", str(WORKERS), "--no-projections"]
    with started(_doti(*arguments), place.environment) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        if found is None:
            raise RuntimeError("doti serve does not say where it serves")
        headers = {"Authorization": f"Bearer {place.token}"}
        yield Served(f"{found[0]}/api/v1/doti", headers, place.body, process.pid)


@contextmanager
def worker_started(place: Installation) -> Iterator[int]:
    """`doti worker`; its process id."""
    with started(_doti("worker"), place.environment) as process:
        yield process.pid


@contextmanager
def endpoint_served(stage: Stage, body: bytes) -> Iterator[Served]:
    """The bare endpoint, under uvicorn with as many processes."""
    database = stage.peer_database("peer_crud")
    with psycopg.connect(database) as connection:
        connection.execute(crud.TABLE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "uvicorn", "tests.bench.crud:app", "--workers", str(WORKERS)),
        *("--port", str(port), "--no-access-log", "--log-level", "warning"),
    ]
    with started(command, {**os.environ, "CRUD_DATABASE": database}) as process:
        _wait_for(port)
        yield Served(f"http://127.0.0.1:{port}/doti", {}, body, process.pid)


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A program, told to stop at the end."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _doti(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from api.loading import main; main()", *arguments]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
