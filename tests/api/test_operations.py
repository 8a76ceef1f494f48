"""Health, readiness, figures, the front page, the description, and the log lines."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import structlog
from psycopg import errors as pg
from psycopg_pool import PoolTimeout

from api.operations import readiness
from projections.runner import Position
from tests.api.test_refusals import problem
from tests.api.world import World


def test_alive_and_ready(world: World) -> None:
    assert world.client.get("/healthz").json() == {"status": "ok"}
    world.requested()
    end = world.settle()
    ready = world.client.get("/readyz").json()
    assert (ready["status"], ready["log_index"], ready["waiting_events"]) == ("ok", end, 0)
    assert {p["log_index"] for p in ready["projections"]} == {end}


def test_not_ready(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: object) -> None:
        raise psycopg.OperationalError("no connection to secret host")

    monkeypatch.setattr("projections.runner.positions", gone)
    answer = world.client.get("/readyz", headers={"Accept-Language": "en"})
    assert problem(answer, 503, "unavailable")["failing"] == "database"
    assert "secret" not in answer.text
    assert b"doti_database_up 0.0" in world.client.get("/metrics").content


def test_a_projection_that_an_event_stopped_is_named_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = world.settle()
    stopped = Position("doti", end - 1, f"event {end}: ValueError: secret words", end)
    monkeypatch.setattr("projections.runner.positions", lambda _: [stopped])
    answer = world.client.get("/readyz", headers={"Accept-Language": "en"})
    shown = problem(answer, 503, "unavailable")
    assert shown["detail"] == f"Not ready: doti (event {end}, ValueError)."


def test_not_ready_when_nobody_numbers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.operations.LATE", timedelta(hours=-1))
    world.requested()
    answer = world.client.get("/readyz")
    assert problem(answer, 503, "unavailable")["failing"] == "log"
    world.settle()
    assert readiness(world.services).waiting_events == 0


def test_figures(world: World) -> None:
    world.get("/programme")
    world.get(f"/doti/{world.requested()['id']}")
    world.settle()
    text = world.client.get("/metrics").text
    route = 'doti_http_requests_total{method="GET",route="/api/v1/programme",status="200"}'
    assert route in text
    assert "doti_log_index " in text
    assert 'doti_projection_log_index{projection="ledger"}' in text
    assert "/api/v1/doti/{dote_id}" in text
    # Nothing that anybody typed becomes a label.
    world.get("/some secret")
    assert "secret" not in world.client.get("/metrics").text


def test_the_front_page(world: World) -> None:
    page = world.client.get("/", follow_redirects=False)
    assert (page.status_code, page.headers["Location"]) == (303, "/accedi?next=/")
    for off in ("/docs", "/redoc"):
        assert world.client.get(off).status_code == 404


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("secret"),
        pg.LockNotAvailable("secret"),
        pg.QueryCanceled("secret"),
        pg.SerializationFailure("secret"),
        pg.DeadlockDetected("secret"),
        pg.AdminShutdown("secret"),
        pg.ReadOnlySqlTransaction("secret"),
        psycopg.InterfaceError("secret"),
        PoolTimeout("secret"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_does_not_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise error

    dote = world.requested()
    for place in ("api.security.accounts.Accounts._actors", "workflows.engine.Engine.run"):
        with monkeypatch.context() as patched:
            patched.setattr(place, gone)
            body = {"outcome": "favourable"}
            answer = world.post(f"/doti/{dote['id']}/assessment", body, "assessor")
            problem(answer, 503, "unavailable")
            assert answer.headers["Retry-After"]
            assert "secret" not in answer.text


def test_what_nobody_foresaw(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("workflows.eventstore.register.Register.programme", broken)
    with structlog.testing.capture_logs() as logs:
        answer = world.get("/programme")
    problem(answer, 500, "internal")
    assert "secret" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    failed = next(line for line in logs if line["event"] == "request_failed")
    assert failed["log_level"] == "error"
    assert isinstance(failed["exc_info"], RuntimeError)


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    """The lines of the requests that a test makes."""
    with structlog.testing.capture_logs() as captured:
        yield captured


def test_log_lines_hold_nothing_personal(world: World, logs: list[Any]) -> None:
    dote = world.approved()
    world.get("/doti?q=segreto", "operator")
    world.get("/segreto")
    requests = [line for line in logs if line["event"] == "request"]
    assert requests[-2]["route"] == "/api/v1/doti"
    assert requests[-1]["route"] == "none"
    assert all(line["account_id"] for line in requests)
    assert {"method", "route", "status", "duration_ms"} <= requests[0].keys()
    everything = str(logs).lower()
    for word in ("segret", dote["number"].lower(), "via prova", "bearer", "doti_"):
        assert word not in everything
