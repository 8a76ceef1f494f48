"""Who was not allowed something stands in the access log: once a minute, and nothing they typed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.security.refused import Refused
from domain.actors import Actor, Grant, Role
from tests.api.entrance import Entrance, opened_entrance, signed_in
from tests.api.world import World
from workflows.eventstore.access_log import Access

Json = dict[str, Any]


def lines(world: World, who: str) -> list[Json]:
    account = world.services.accounts.account_id(who)
    params = {"what": Access.REFUSED, "account": str(account)}
    found: list[Json] = world.get("/audit/accesses", "auditor", params=params).json()["items"]
    return found


def told(world: World, who: str) -> list[Json]:
    """What the newest lines say, the oldest first."""
    return [line["details"] for line in reversed(lines(world, who))]


@pytest.fixture
def fresh(world: World) -> Iterator[World]:
    """The world with a process that has written nothing down yet."""
    before = world.client
    with TestClient(create_app(world.services)) as client:
        world.client = client
        yield world
    world.client = before


def test_a_role_without_the_right(fresh: World) -> None:
    before = len(lines(fresh, "finance"))
    body = {"members": [{"given_name": "Canarino"}]}
    assert fresh.post("/households", body, "finance").status_code == 403
    assert fresh.post("/households", body, "finance").status_code == 403
    assert fresh.get("/audit/events", "finance").status_code == 403
    found = lines(fresh, "finance")
    assert len(found) - before == 2, "the same once a minute"
    assert [line["role"] for line in found[:2]] == ["finance"] * 2
    assert told(fresh, "finance")[-2:] == [
        {"method": "POST", "route": "/api/v1/households", "code": "forbidden"},
        {"method": "GET", "route": "/api/v1/audit/events", "code": "forbidden"},
    ]


def test_separation_of_duties_and_conflicts(fresh: World) -> None:
    dote = fresh.requested()
    path = f"/doti/{dote['id']}"
    conflict = {"household_id": dote["household_id"], "reason": "siamo parenti, inventato"}
    fresh.done("/conflicts", conflict, "assessor")
    body = {"outcome": "favourable"}
    assert fresh.post(f"{path}/assessment", body, "assessor").status_code == 403
    route = "/api/v1/doti/{dote_id}/assessment"
    assert told(fresh, "assessor")[-1] == {
        "method": "POST",
        "route": route,
        "code": "conflict_of_interest",
    }


def test_one_of_many(fresh: World) -> None:
    dote = fresh.requested()
    conflict = {"household_id": dote["household_id"], "reason": "siamo parenti, inventato"}
    fresh.done("/conflicts", conflict, "assessor")
    items = [{"dote_id": dote["id"], "outcome": "favourable"}]
    answer = fresh.post("/doti/bulk", {"action": "assess", "items": items}, "assessor")
    assert answer.json()["items"][0]["problem"]["status"] == 403, answer.text
    assert told(fresh, "assessor")[-1] == {
        "method": "POST",
        "route": "/api/v1/doti/bulk",
        "code": "conflict_of_interest",
    }


def test_what_is_not_there_and_what_is_wrong_is_no_refusal(fresh: World) -> None:
    before = len(lines(fresh, "operator_ssalv"))
    dote = fresh.requested()
    assert fresh.get(f"/doti/{dote['id']}", "operator_ssalv").status_code == 404
    assert fresh.get(f"/doti/{uuid4()}", "operator_ssalv").status_code == 404
    assert fresh.post("/households", {}, "operator_ssalv").status_code == 422
    assert len(lines(fresh, "operator_ssalv")) == before


def test_a_form_of_a_page(fresh: World) -> None:
    dote = fresh.requested()
    headers = {"Authorization": f"Bearer {fresh.tokens['auditor']}", "Accept-Language": "en"}
    answer = fresh.client.post(f"/doti/{dote['id']}/assess", headers=headers, data={"version": "1"})
    assert answer.status_code == 403
    assert told(fresh, "auditor")[-1] == {
        "method": "POST",
        "route": "/doti/{dote_id}/assess",
        "code": "forbidden",
    }


def test_requests_from_elsewhere(postgres_url: str, tmp_path: Path) -> None:
    with opened_entrance(postgres_url, tmp_path / "home", processes=1) as entrance:
        browser, email = signed_in(entrance)
        account = _account(entrance, email)
        elsewhere = browser.call("POST", "/doti", {}, Origin="https://elsewhere.example")
        assert elsewhere.status_code == 403
        browser.csrf = "wrong"
        assert browser.post("/password", {}).status_code == 403
        said = [details for what, details in entrance.log(account) if what == "refused"]
        assert said == [
            {"method": "POST", "route": "/api/v1/doti", "code": "forbidden"},
            {"method": "POST", "route": "/api/v1/password", "code": "forbidden"},
        ]
        stranger = entrance.browser()
        assert stranger.call("POST", "/session", {}, Origin="https://elsewhere.example").is_error
        assert ("refused", _at("/api/v1/session")) in entrance.log(None)


def test_a_token_that_only_reads(fresh: World) -> None:
    token = fresh.done(
        "/tokens", {"label": "lettura", "role": "finance", "read_only": True}, "finance"
    )["token"]
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/doti/{uuid4()}/accounting"
    assert fresh.call("POST", path, None, headers=headers, json={}).status_code == 403
    assert told(fresh, "finance")[-1] == _at("/api/v1/doti/{dote_id}/accounting")


def _account(entrance: Entrance, email: str) -> Any:  # noqa: ANN401  a UUID
    return entrance.run("SELECT id FROM accounts WHERE email = %s", email)[0]["id"]


def _at(route: str) -> Json:
    return {"method": "POST", "route": route, "code": "forbidden"}


def test_it_forgets_the_oldest_and_notes_again_after_a_minute(world: World) -> None:
    now = [1_000.0]
    refused = Refused(
        world.services.database, lambda: datetime.now(UTC), seconds=lambda: now[0], most_keys=2
    )
    actor = Actor(uuid4(), (Grant(Role.FINANCE), Grant(Role.APPROVER)))

    def ask(method: str) -> None:
        state = {"actor": actor, "correlation_id": "x"}
        world.client.portal.call(  # type: ignore[union-attr]  # the client is entered
            refused.answered, {"method": method, "path": "/api/v1/doti", "state": state}, 403
        )

    def times() -> int:
        params = {"what": Access.REFUSED, "account": str(actor.account_id)}
        answer = world.get("/audit/accesses", "auditor", params=params).json()["items"]
        assert all(line["details"]["roles"] == "approver, finance" for line in answer)
        assert all(line["role"] is None for line in answer)
        return len(answer)

    ask("GET")
    ask("GET")
    assert times() == 1
    now[0] += 60
    ask("GET")
    assert times() == 2
    for method in ("POST", "PUT", "PATCH"):
        ask(method)
    assert len(refused) == 2
    ask("GET")
    assert times() == 6
