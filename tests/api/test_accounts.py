"""Administering accounts, and tokens of one's own, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from api.security.accounts import hash_of
from domain.actors import Grant, Role
from domain.days import day_here
from tests.api.world import SIGN_INS, Json, World, opened_world

TODAY = day_here(datetime.now(UTC))
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(scope="module")
def world(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that people reach from outside."""
    home = tmp_path_factory.mktemp("home")
    with opened_world(postgres_url, home, public_url="https://doti.esempi.invalid") as opened:
        opened.tokens["admin2"] = opened.services.accounts.create_token("admin2", Role.ADMIN)
        yield opened


def body(**other: object) -> Json:
    """A person whom nobody knows yet."""
    name = f"Anna {uuid4().hex[:8]}"
    return {"name": name, "email": f"{name[5:]}@esempi.invalid", **other}


def opened(world: World, **other: object) -> Json:
    """Their account."""
    account: Json = world.done("/accounts", body(**other), "admin")["account"]
    return account


def act(world: World, account: Json, step: str, given: object = None, who: str = "admin") -> Json:
    """A step of an admin on somebody's account."""
    return world.done(f"/accounts/{account['id']}/{step}", given, who)


def listed(world: World, account: Json, who: str = "admin") -> Json:
    """An account as it stands in somebody's list."""
    items = world.get("/accounts", who).json()["items"]
    (found,) = (one for one in items if one["id"] == account["id"])
    return dict(found)


def lets_in(world: World, token: str) -> bool:
    """Whether a token is good."""
    answer = world.get("/tokens", None, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


# Opening


def test_an_account_is_opened_with_its_roles_and_a_link(world: World) -> None:
    grants = [{"role": "operator", "partner": "ROCCA", "until": f"{TOMORROW}"}]
    sent = body(works_for="ROCCA", grants=grants)
    answer = world.post("/accounts", sent, "admin")
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"3"')
    account, invitation = answer.json()["account"], answer.json()["invitation"]
    (granted,) = account.pop("grants")
    assert account == {
        "id": account["id"],
        "name": sent["name"],
        "email": sent["email"],
        "works_for": "ROCCA",
        "state": "open",
        "last_used_on": None,
        "second_factor": False,
        "invited_until": invitation["until"],
    }
    assert granted == {
        "id": granted["id"],
        "role": "operator",
        "partner": "ROCCA",
        "since": f"{TODAY}",
        "until": f"{TOMORROW}",
    }
    assert invitation["link"] == f"https://doti.esempi.invalid/invito/{invitation['token']}"
    with world.services.database.transaction() as tx:
        where = {"hash": hash_of(invitation["token"])}
        row = tx.execute("SELECT * FROM invitations WHERE hash = %(hash)s", where).fetchone()
    assert row is not None
    assert str(row["account_id"]) == account["id"]
    assert listed(world, account) == account | {"grants": [granted]}


def test_a_secret_is_told_once_and_not_again_under_its_key(world: World) -> None:
    sent = body()
    first = world.post("/accounts", sent, "admin", key="open-1")
    again = world.post("/accounts", sent, "admin", key="open-1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["invitation"]["token"]
    secret = {"token": None, "link": None}
    told = first.json()
    assert again.json() == told | {"invitation": told["invitation"] | secret}
    path = f"/accounts/{told['account']['id']}/invitation"
    first = world.post(path, {}, "admin", key="invite-1")
    again = world.post(path, {}, "admin", key="invite-1")
    assert first.json()["token"]
    assert (first.status_code, again.json()) == (201, first.json() | secret)
    issue = {"role": "operator", "partner": "ROCCA"}
    first = world.post("/tokens", issue, "operator", key="token-1")
    again = world.post("/tokens", issue, "operator", key="token-1")
    assert first.json()["token"].startswith("doti_")
    assert again.json() == first.json() | {"token": None}


def test_an_account_that_cannot_be_is_refused_with_its_place(world: World) -> None:
    known = opened(world)
    for place, other in (
        (["name"], {"name": " "}),
        (["email"], {"email": "nobody"}),
        (["email"], {"email": None}),
        (["works_for"], {"works_for": "NOBODY"}),
        (["grants", 0, "partner"], {"grants": [{"role": "operator", "partner": "NOBODY"}]}),
        (["grants", 0, "partner"], {"grants": [{"role": "operator"}]}),
        (["grants", 0, "role"], {"grants": [{"role": "system"}]}),
        (["grants", 0, "until"], {"grants": [{"role": "finance", "until": "2020-01-01"}]}),
        (["grants", 0, "partner"], {"grants": [{"role": "finance", "partner": "ROCCA"}]}),
    ):
        refused = world.post("/accounts", body(**other), "admin")
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["loc"] == ["body", *place]
    for other in ({"name": known["name"].upper()}, {"email": known["email"].upper()}):
        refused = world.post("/accounts", body(**other), "admin")
        assert (refused.status_code, refused.json()["code"]) == (409, "duplicate")
    both = body(grants=[{"role": "admin"}, {"role": "finance"}])
    refused = world.post("/accounts", both, "admin")
    assert (refused.status_code, refused.json()["code"]) == (403, "segregation_of_duties")


@pytest.mark.parametrize("who", sorted(SIGN_INS.keys() - {"admin"}))
def test_only_admins_administer(world: World, who: str) -> None:
    account = opened(world)
    path = f"/accounts/{account['id']}"
    for address, given in (
        ("/accounts", body()),
        (f"{path}/grants", {"role": "finance"}),
        (f"{path}/grants/{uuid4()}/revocation", {}),
        (f"{path}/closing", {"reason": "prova"}),
        (f"{path}/reopening", {}),
        (f"{path}/invitation", {}),
        (f"{path}/email", {"email": "altra@esempi.invalid"}),
        (f"{path}/works-for", {"partner": "ROCCA"}),
    ):
        refused = world.post(address, given, who)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), address
    if who in ("coordinator", "auditor"):
        assert listed(world, account, who) == account | {"email": None}
    else:
        assert world.get("/accounts", who).json()["code"] == "forbidden"


# Changing


def test_roles_are_granted_and_revoked(world: World) -> None:
    account = opened(world)
    answer = world.post(f"/accounts/{account['id']}/grants", {"role": "finance"}, "admin", key="g1")
    assert answer.status_code == 201
    (granted,) = answer.json()["grants"]
    assert (granted["role"], granted["partner"], granted["until"]) == ("finance", None, None)
    twice = world.post(f"/accounts/{account['id']}/grants", {"role": "finance"}, "admin")
    assert (twice.status_code, twice.json()["code"]) == (409, "duplicate")
    path = f"grants/{granted['id']}/revocation"
    assert act(world, account, path, {})["grants"] == []
    over = world.post(f"/accounts/{account['id']}/{path}", {}, "admin")
    assert (over.status_code, over.json()["code"]) == (409, "wrong_state")
    # What a command answered, it answers again.
    again = world.post(f"/accounts/{account['id']}/grants", {"role": "finance"}, "admin", key="g1")
    assert again.json() == answer.json()
    for where in (f"/accounts/{uuid4()}/grants", f"/accounts/{account['id']}/{path[:-14]}x"):
        assert world.post(where, {"role": "finance"}, "admin").status_code in (404, 422)
    missing = f"/accounts/{account['id']}/grants/{uuid4()}/revocation"
    assert world.post(missing, {}, "admin").json()["code"] == "not_found"


def test_a_closed_account_is_out_at_the_next_request_and_comes_back(world: World) -> None:
    account = opened(world, grants=[{"role": "assessor"}])
    token = world.services.accounts.create_token(account["name"], Role.ASSESSOR)
    assert lets_in(world, token)
    closed = act(world, account, "closing", {"reason": "in pensione"})
    assert (closed["state"], closed["invited_until"]) == ("closed", None)
    assert not lets_in(world, token)
    for step, given in (("invitation", {}), ("grants", {"role": "finance"})):
        refused = world.post(f"/accounts/{account['id']}/{step}", given, "admin")
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert act(world, account, "reopening")["state"] == "open"
    assert lets_in(world, token)
    assert listed(world, account)["last_used_on"] == f"{TODAY}"


def test_an_address_and_a_partner(world: World) -> None:
    account = opened(world)
    shown = act(world, account, "email", {"email": "Nuova@Esempi.invalid"})
    assert (shown["email"], shown["invited_until"]) == ("nuova@esempi.invalid", None)
    assert act(world, account, "works-for", {"partner": "SSALV"})["works_for"] == "SSALV"
    path = f"/accounts/{account['id']}/works-for"
    assert world.post(path, {"partner": "NOBODY"}, "admin").status_code == 422


def test_nobody_changes_their_own_account(world: World) -> None:
    actor = world.services.accounts.actor_for(world.tokens["admin"])
    assert actor is not None
    (own,) = (
        one
        for one in world.get("/accounts", "admin").json()["items"]
        if one["id"] == str(actor.account_id)
    )
    for step, given in (
        ("grants", {"role": "admin"}),
        (f"grants/{own['grants'][0]['id']}/revocation", {}),
        ("closing", {"reason": "prova"}),
        ("invitation", {}),
        ("email", {"email": "mia@esempi.invalid"}),
        ("works-for", {"partner": "ROCCA"}),
    ):
        refused = world.post(f"/accounts/{own['id']}/{step}", given, "admin")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_by_oneself"), step
    italian = world.post(
        f"/accounts/{own['id']}/closing",
        {"reason": "prova"},
        "admin",
        headers={"Accept-Language": "it"},
    )
    assert italian.json()["title"] == "Non da sé"


def test_a_factor_shows_and_its_secret_does_not(world: World) -> None:
    account = opened(world)
    with world.services.database.transaction() as tx:
        tx.execute(
            "INSERT INTO factors (id, account_id, kind, label, sealed, created_at, confirmed_at)"
            " VALUES (gen_random_uuid(), %s, 'totp', 'telefono', 'segretissimo', now(), now())",
            (account["id"],),
        )
    assert listed(world, account)["second_factor"] is True
    assert "segretissimo" not in world.get("/accounts", "admin").text


# Tokens of one's own


def test_a_token_of_ones_own_acts_in_ones_role(world: World) -> None:
    asked = {
        "role": "assessor",
        "partner": "SSALV",
        "label": "Statistiche",
        "until": f"{TOMORROW}",
    }
    answer = world.post("/tokens", asked, "assessor")
    assert answer.status_code == 201
    made = answer.json()
    token = made.pop("token")
    assert made | asked == made
    assert (made["read_only"], made["last_used_on"], made["revoked_at"]) == (False, None, None)
    actor = world.services.accounts.actor_for(token)
    assert actor is not None
    assert actor.grants == (Grant(Role.ASSESSOR, "SSALV"),)
    (found,) = (
        one for one in world.get("/tokens", "assessor").json()["items"] if one["id"] == made["id"]
    )
    assert found == made | {"last_used_on": f"{TODAY}"}
    assert token not in world.get("/tokens", "assessor").text
    assert made["id"] not in world.get("/tokens", "approver").text


def test_a_token_is_no_more_than_its_maker(world: World) -> None:
    for asked, status, code in (
        ({"role": "assessor"}, 403, "forbidden"),
        ({"role": "operator", "partner": "SSALV"}, 403, "forbidden"),
        ({"role": "operator"}, 403, "forbidden"),
        ({"role": "operator", "partner": "ROCCA", "until": "2020-01-01"}, 422, "validation"),
        ({"role": "boss"}, 422, "validation"),
    ):
        refused = world.post("/tokens", asked, "operator")
        assert (refused.status_code, refused.json()["code"]) == (status, code), asked
    asked = {"role": "operator", "partner": "ROCCA"}
    world.tokens["short"] = world.done("/tokens", asked | {"until": f"{TODAY}"}, "operator")[
        "token"
    ]
    refused = world.post("/tokens", asked | {"until": f"{TOMORROW}"}, "short")
    assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["body", "until"])
    assert world.done("/tokens", asked, "short")["until"] == f"{TODAY}"


def test_what_only_reads_commands_nothing(world: World) -> None:
    asked = {"role": "operator", "partner": "ROCCA", "read_only": True}
    world.tokens["reads"] = world.done("/tokens", asked, "operator")["token"]
    assert world.get("/doti", "reads").status_code == 200
    dote = world.requested()
    for method, path in (
        ("POST", f"/doti/{dote['id']}/withdrawal"),
        ("POST", "/tokens"),
        ("POST", "/nothing"),
        ("PUT", "/doti"),
        ("DELETE", "/doti"),
        ("PATCH", "/doti"),
    ):
        refused = world.call(method, path, "reads", json={"reason": "prova"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), path
        assert refused.json()["detail"].startswith("This token reads only")
    for method in ("HEAD", "OPTIONS"):
        assert world.call(method, "/doti", "reads").status_code == 405


def test_a_token_is_ended_by_its_person_and_by_admins(world: World) -> None:
    asked = {"role": "approver"}
    for by in ("approver", "admin"):
        made = world.done("/tokens", asked, "approver")
        path = f"/tokens/{made['id']}/revocation"
        for other in ("approver2", "coordinator"):
            assert world.post(path, {}, other).json()["code"] == "not_found"
        assert lets_in(world, made["token"])
        assert world.done(path, {}, by)["revoked_at"] is not None
        assert not lets_in(world, made["token"])
        again = world.post(path, {}, by)
        assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert world.post(f"/tokens/{uuid4()}/revocation", {}, "admin").status_code == 404


def test_admins_have_tokens_too(world: World) -> None:
    made = world.done("/tokens", {"role": "admin", "label": "Inviti"}, "admin")
    assert lets_in(world, made["token"])
    assert world.post("/tokens", {"role": "auditor"}, "admin").json()["code"] == "forbidden"


def test_links_begin_with_a_path_where_no_address_is_set(postgres_url: str, tmp_path: Path) -> None:
    with opened_world(postgres_url, tmp_path) as plain:
        made = plain.done("/accounts", body(), "admin")["invitation"]
    assert made["link"] == f"/invito/{made['token']}"
