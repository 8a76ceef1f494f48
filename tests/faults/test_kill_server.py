"""The server is killed while people work: what was asked for is there exactly once."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.days import day_here
from tests.faults.doti_process import (
    Doti,
    demo_tokens,
    environment,
    home_folder,
    kill_servers_of,
    run,
    servers_in,
    until,
)

pytestmark = [pytest.mark.fault, pytest.mark.slow]

TODAY = day_here(datetime.now(UTC)).isoformat()
CENTS = 1_000
LIFE = ("DoteRequested", "DoteAssessed", "DoteApproved", "DoteDisbursed")
PATIENCE_S = 30.0
RETRY_S = 0.05

Json = dict[str, Any]


@pytest.fixture(scope="session")
def small_demo() -> Iterator[Path]:
    """A home folder with a small demo in it, and nothing that runs."""
    with home_folder() as folder:
        done = run("demo", "--no-serve", "--doti", "1", env=environment(folder))
        assert done.returncode == 0, done.stderr
        assert servers_in(folder) == []
        yield folder


@pytest.fixture
def home(small_demo: Path) -> Iterator[Path]:
    """The same once more, for one test; everything in it is still whose it was."""
    with home_folder() as folder:
        subprocess.run(["cp", "-a", small_demo, folder], check=True)
        yield folder


class Office:
    """A server that is started again each time that it is killed, and people who keep asking."""

    def __init__(self, home: Path, server: Doti) -> None:
        self.home = home
        self.tokens = demo_tokens(home)
        self.retries = 0
        self._client = httpx.Client(timeout=10)
        self.use(server)

    def use(self, server: Doti) -> None:
        """From now on asks this server."""
        self.server = server
        self.address = server.address()

    def kill_and_restart(self, *, with_database: bool = False) -> None:
        """Kills the server, and PostgreSQL with it if wanted, and starts it again."""
        self.server.__exit__()
        if with_database:
            kill_servers_of(self.home / "pg")
        self.use(Doti("serve", env=environment(self.home)))

    def post(self, path: str, body: Json, who: str, key: str) -> Json:
        """A command, until it is answered; asked again with the same key."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self.ask("POST", path, who, json=body, key=key)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code != 503:
                assert answer.status_code in (200, 201), answer.text
                done: Json = answer.json()
                return done
            assert time.monotonic() < deadline, self.server.output()
            self.retries += 1
            time.sleep(RETRY_S)

    def ask(
        self, method: str, path: str, who: str, *, key: str = "", json: Json | None = None
    ) -> httpx.Response:
        """One request."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        if key:
            headers["Idempotency-Key"] = key
        url = f"{self.address}/api/v1{path}"
        return self._client.request(method, url, headers=headers, json=json)

    def get(self, path: str, who: str = "coordinator") -> Json:
        """Reads."""
        answer = self.ask("GET", path, who)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    """Open from the first command to the last check."""
    opened = Office(home, Doti("serve", env=environment(home)))
    try:
        yield opened
    finally:
        opened.server.__exit__()


@dataclass
class Work:
    """What was asked for, and what was answered: by key."""

    household_id: str
    answers: dict[str, Json] = field(default_factory=dict)


def household(office: Office) -> str:
    """A household to ask for."""
    body: Json = {"members": [{"given_name": "Ada", "family_name": "Inventata"}]}
    return str(office.post("/households", body, "operator", "household")["id"])


def commands(work: Work, n: int) -> Iterator[tuple[str, str, Json, str]]:
    """The four commands of one dote: key, path, body, who."""
    request = {
        "partner": "ROCCA",
        "category": "EMERGENZA",
        "item": "UTENZE",
        "household_id": work.household_id,
        "amount_cents": CENTS,
        "need": f"Bolletta numero {n}",
    }
    yield f"{n}-request", "/doti", request, "operator"
    path = f"/doti/{work.answers[f'{n}-request']['id']}"
    yield f"{n}-assess", f"{path}/assessment", {"outcome": "favourable"}, "assessor"
    approval = {"amount_cents": CENTS, "payee": {"name": "Energia di prova"}}
    yield f"{n}-approve", f"{path}/approval", approval, "approver"
    payment = {"amount_cents": CENTS, "value_date": TODAY, "method": "bank_transfer"}
    yield f"{n}-pay", f"{path}/disbursements", payment, "finance"


def one_dote(office: Office, work: Work, n: int) -> None:
    """The life of one dote, whatever happens to the server."""
    for key, path, body, who in commands(work, n):
        work.answers[key] = office.post(path, body, who, key)


def check(office: Office, work: Work, doti: int, before: Json) -> None:
    """Everything is there exactly once, and the money adds up."""
    assert len(work.answers) == doti * len(LIFE)
    ids = {work.answers[f"{n}-request"]["id"] for n in range(doti)}
    numbers = {work.answers[f"{n}-request"]["number"] for n in range(doti)}
    assert len(ids) == len(numbers) == doti
    for dote_id in ids:
        history = office.get(f"/doti/{dote_id}/history?wait_for={dote_id}@{len(LIFE)}")
        assert [event["type"] for event in history["items"]] == list(LIFE)
    # Asked once more with the same keys: the same again, and nothing new.
    for n in range(doti):
        for key, path, body, who in commands(work, n):
            again = office.ask("POST", path, who, key=key, json=body)
            assert again.headers["Idempotent-Replayed"] == "true", again.text
            assert again.json()["id"] == work.answers[key]["id"]
    assert len(requested_for(office, work)) == doti
    after = ledger(office)
    spent = doti * CENTS
    assert after["available_cents"] == before["available_cents"] - spent
    assert after["disbursed_cents"] == before["disbursed_cents"] + spent
    assert after["committed_cents"] == before["committed_cents"]
    assert after["allocated_cents"] == before["allocated_cents"]
    for row in office.get("/ledger?group=line")["rows"]:
        assert row["allocated_cents"] == sum(
            row[f"{account}_cents"]
            for account in ("available", "committed", "disbursed", "documented", "disallowed")
        )


def requested_for(office: Office, work: Work) -> list[Json]:
    """The doti of the household, from the log itself."""
    found: list[Json] = []
    after = 0
    while events := office.get(f"/audit/events?after={after}&limit=500", "auditor")["items"]:
        found += events
        after = events[-1]["log_index"]
    return [
        event
        for event in found
        if event["type"] == "DoteRequested" and event["data"]["household_id"] == work.household_id
    ]


def ledger(office: Office) -> Json:
    """The budget line that is drawn on, once all that happened is in it."""
    end = {"wait": 0}

    def settled() -> bool:
        ready = httpx.get(f"{office.address}/readyz", timeout=5)
        if ready.status_code != 200:
            return False
        status = ready.json()
        end["wait"] = status["log_index"]
        return status["waiting_events"] == 0 and all(
            each["log_index"] == status["log_index"] for each in status["projections"]
        )

    until(settled)
    rows = office.get("/ledger?group=line")["rows"]
    found: Json = next(
        row for row in rows if (row["partner"], row["category"]) == ("ROCCA", "EMERGENZA")
    )
    return found


def test_a_hundred_commands_survive_a_server_that_is_killed_under_them(office: Office) -> None:
    before = ledger(office)
    work = Work(household(office))
    kill_at = {f"{n}-{command}" for n, command in ((3, "pay"), (11, "request"), (18, "approve"))}
    killers = []
    for n in range(25):
        for key, path, body, who in commands(work, n):
            if key in kill_at:
                # While this command is on its way: sometimes before it is done, sometimes after.
                killers.append(threading.Thread(target=office.kill_and_restart))
                killers[-1].start()
            work.answers[key] = office.post(path, body, who, key)
    for killer in killers:
        killer.join()
    assert office.retries > 0
    check(office, work, 25, before)


def test_people_who_work_at_once_survive_it_and_so_does_the_database(
    office: Office, home: Path
) -> None:
    before = ledger(office)
    work = Work(household(office))
    doti = 25
    with ThreadPoolExecutor(8) as people:
        jobs = [people.submit(one_dote, office, work, n) for n in range(doti)]
        for done, with_database in ((20, False), (60, True)):
            until(lambda done=done: len(work.answers) >= done)  # type: ignore[misc]
            office.kill_and_restart(with_database=with_database)
        for job in jobs:
            job.result()
    assert office.retries > 0
    check(office, work, doti, before)
    assert office.server.stop() == 0
    assert servers_in(home) == []


def test_server_processes_and_workers_share_a_home_and_the_last_one_turns_off_the_light(
    home: Path,
) -> None:
    env = environment(home)
    with ExitStack() as stack:
        first = stack.enter_context(Doti("serve", "--no-projections", env=env))
        second = stack.enter_context(Doti("serve", "--workers", "2", env=env))
        workers = [stack.enter_context(Doti("worker", env=env)) for _ in range(2)]
        office = Office(home, first)
        work = Work(household(office))
        one_dote(office, work, 0)
        # Written here, read there, as soon as one of the workers has seen it.
        office.use(second)
        dote = work.answers["0-pay"]
        shown = office.get(f"/doti?q={dote['number']}&wait_for={dote['id']}@{dote['version']}")
        assert [row["state"] for row in shown["items"]] == ["disbursed"]
        workers[0].wait_for("worker_started")
        workers[0].kill()
        assert first.stop() == 0
        one_dote(office, work, 1)
        dote = work.answers["1-pay"]
        office.get(f"/ledger?group=line&wait_for={dote['id']}@{dote['version']}")
        assert workers[1].stop() == 0
        assert servers_in(home) != []
        assert second.stop() == 0
    assert servers_in(home) == []


def test_a_killed_parent_takes_its_server_processes_along(home: Path) -> None:
    with Doti("serve", "--workers", "2", env=environment(home)) as server:
        address = server.address()
        assert httpx.get(f"{address}/healthz", timeout=5).status_code == 200
        server.kill()
        until(lambda: servers_in(home) == [])
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{address}/healthz", timeout=5)
