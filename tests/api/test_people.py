"""Acting for somebody else, and not deciding on people whom one is too near to; over HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain.actors import Role
from domain.days import day_here
from tests.api.world import IBAN, SIGN_INS, Json, World

TODAY = day_here(datetime.now(UTC))
PAYEE = {"name": "Padrone Segreto", "iban": IBAN}


@pytest.fixture
def world(world: World) -> World:
    """The same world with other people for each test: what they declare and delegate stays."""
    for name, (role, partner) in SIGN_INS.items():
        sign_in(world, name, role, partner)
    sign_in(world, "assessor2", Role.ASSESSOR, None)
    return world


def sign_in(world: World, name: str, role: Role, partner: str | None) -> None:
    """Somebody new, who is called by this name."""
    full_name = f"{name} {uuid4().hex[:8]}"
    world.tokens[name] = world.services.accounts.create_token(full_name, role, partner)


def person(world: World, who: str) -> Json:
    """Somebody's account, as it is shown."""
    actor = world.services.accounts.actor_for(world.tokens[who])
    assert actor is not None
    (name,) = world.services.accounts.names([actor.account_id]).values()
    return {"id": str(actor.account_id), "name": name}


def account(world: World, who: str) -> str:
    """Somebody's account."""
    return str(person(world, who)["id"])


def delegate(world: World, to: str = "assessor", by: str = "approver", **other: object) -> Json:
    """A delegation for today, with some of it otherwise."""
    return world.done("/delegations", delegation(world, to, **other), by)


def delegation(world: World, to: str = "assessor", **other: object) -> Json:
    """What an approver sends who delegates for today."""
    return {
        "to": account(world, to),
        "role": "approver",
        "since": f"{TODAY}",
        "until": f"{TODAY + timedelta(days=1)}",
        "max_cents": 12_000,
        "reason": "ferie segrete",
        **other,
    }


def declare(world: World, who: str, **what: object) -> Json:
    """A conflict of interest."""
    return world.done("/conflicts", {"reason": "parenti segreti", **what}, who)


def requested(world: World, cents: int = 10_000, given_name: str = "Ada") -> Json:
    """A dote that somebody else assessed than the approver's stand-in."""
    body = world.request_body(world.household(given_name=given_name), cents)
    dote = world.done("/doti", body, "operator")
    return world.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor2")


def available(world: World, dote: Json, who: str, action: str) -> Json:
    """Whether somebody may do something to a dote, and why not."""
    shown = world.get(f"/doti/{dote['id']}", who).json()
    (found,) = (one for one in shown["available_actions"] if one["action"] == action)
    return dict(found)


def listed(world: World, path: str, who: str, part: Json) -> Json:
    """A delegation or a conflict as it stands in somebody's list."""
    items = world.get(path, who).json()["items"]
    (found,) = (one for one in items if one["id"] == part["id"])
    return dict(found)


# Colleagues


def test_colleagues_are_those_who_take_steps(world: World) -> None:
    approver = person(world, "approver")
    world.services.accounts.set_works_for(approver["name"], "SSALV")
    items = world.get("/colleagues", "operator").json()["items"]
    names = [one["name"] for one in items]
    assert names == sorted(names)
    by_id = {one["id"]: one for one in items}
    assert by_id[approver["id"]] == {**approver, "roles": ["approver"], "works_for": "SSALV"}
    assert by_id[account(world, "operator")]["works_for"] == "ROCCA"
    assert not {account(world, "auditor"), account(world, "admin")} & by_id.keys()
    assert world.get("/colleagues", "admin").json()["code"] == "forbidden"


# Delegations


def test_a_delegate_approves_on_behalf_up_to_an_amount(world: World) -> None:
    dote, more = requested(world), requested(world, 12_001)
    refused = world.post(f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}, "assessor")
    assert refused.json()["code"] == "forbidden"
    given = delegate(world)
    assert (given["by"], given["to"]) == (person(world, "approver"), person(world, "assessor"))
    assert (given["reason"], given["ended_at"]) == ("ferie segrete", None)
    approved = world.done(f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}, "assessor")
    assert approved["state"] == "approved"
    too_much = available(world, more, "assessor", "approve")
    assert not too_much["allowed"]
    assert "12001" not in too_much["reason"]
    assert "€120.00" in too_much["reason"]
    refused = world.post(f"/doti/{more['id']}/approval", {"amount_cents": 12_001}, "assessor")
    assert refused.status_code == 403
    assert refused.json()["detail"] == too_much["reason"]


def test_who_delegated_has_taken_part(world: World) -> None:
    delegate(world, "finance")
    dote = requested(world)
    world.done(f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}, "finance")
    paid = world.post(f"/doti/{dote['id']}/disbursements", world.payment(10_000), "finance")
    assert paid.json()["code"] == "segregation_of_duties"


@pytest.mark.parametrize("end", ["approver", "assessor", "coordinator", "role"])
def test_an_end_acts_at_once(world: World, end: str) -> None:
    dote, given = requested(world), delegate(world)
    assert available(world, dote, "assessor", "approve")["allowed"]
    if end == "role":
        giver = person(world, "approver")["name"]
        assert world.services.accounts.revoke_role(giver, Role.APPROVER)
    else:
        path = f"/delegations/{given['id']}/end"
        ended = world.done(path, None, end)
        assert ended["ended_at"] is not None
        assert world.post(path, {}, end).json()["code"] == "wrong_state"
    assert not available(world, dote, "assessor", "approve")["allowed"]
    refused = world.post(f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}, "assessor")
    assert refused.json()["code"] == "forbidden"


def test_whose_delegations_are_whose_to_see_and_end(world: World) -> None:
    given = delegate(world)
    for who in ("approver", "assessor", "coordinator"):
        assert listed(world, "/delegations", who, given) == given
    assert listed(world, "/delegations", "auditor", given) == given | {"reason": "•••"}
    assert world.get("/delegations", "finance").json() == {"items": []}
    assert world.get("/delegations", "admin").status_code == 403
    path = f"/delegations/{given['id']}/end"
    assert world.post(path, {}, "finance").status_code == 404
    assert world.post(path, {}, "auditor").json()["code"] == "forbidden"
    assert world.post(f"/delegations/{uuid4()}/end", {}, "coordinator").status_code == 404


def test_what_is_delegated_is_not_delegated_on(world: World) -> None:
    delegate(world)
    body = delegation(world, "finance")
    refused = world.post("/delegations", body, "assessor")
    assert refused.json()["code"] == "forbidden"
    assert "by delegation" in refused.json()["detail"]
    assert world.post("/delegations", body, "finance").json()["code"] == "forbidden"


def test_a_delegation_that_cannot_be_is_refused_with_its_place(world: World) -> None:
    for place, other in (
        ("to", {"to": account(world, "approver")}),
        ("to", {"to": str(uuid4())}),
        ("to", {"to": account(world, "admin")}),
        ("role", {"role": "admin"}),
        ("partner", {"partner": "NOBODY"}),
        ("until", {"until": "2020-01-01"}),
        ("until", {"until": "2099-01-01"}),
        ("max_cents", {"max_cents": 0}),
    ):
        refused = world.post("/delegations", delegation(world) | other, "approver")
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["loc"] == ["body", place]
    assert world.get("/delegations", "approver").json()["items"] == []


def test_a_delegation_is_given_once_under_its_key(world: World) -> None:
    body = delegation(world)
    first = world.post("/delegations", body, "approver", key="k1")
    assert (first.status_code, first.headers["ETag"]) == (
        201,
        '"4"',
    )  # after they were opened, granted and given a token
    world.done(f"/delegations/{first.json()['id']}/end", {}, "approver")
    again = world.post("/delegations", body, "approver", key="k1")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(world.get("/delegations", "approver").json()["items"]) == 1


# Conflicts of interest


def test_a_conflict_blocks_every_step(world: World) -> None:
    dote = world.requested()
    other = requested(world, given_name="Zoe")
    for who in ("operator", "assessor", "approver", "approver2", "finance"):
        declare(world, who, household_id=dote["household_id"])
    refused = world.post(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
    assert (refused.status_code, refused.json()["code"]) == (403, "conflict_of_interest")
    shown = available(world, dote, "assessor", "assess")
    assert (shown["allowed"], shown["reason"]) == (False, refused.json()["detail"])
    for action, body, who in (
        ("rejection", {"reason": "no"}, "approver"),
        ("withdrawal", {"reason": "no"}, "operator"),
    ):
        refused = world.post(f"/doti/{dote['id']}/{action}", body, who)
        assert refused.json()["code"] == "conflict_of_interest", action
    world.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor2")
    refused = world.post(f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}, "approver")
    assert refused.json()["code"] == "conflict_of_interest"
    # Others are not concerned.
    world.done(f"/doti/{other['id']}/approval", {"amount_cents": 10_000}, "approver")


def test_a_payee_is_recognised_in_the_vote_itself(world: World) -> None:
    dote = requested(world)
    declare(world, "approver", payee=PAYEE)
    body = {"amount_cents": 10_000, "payee": {"name": "Altro nome", "iban": IBAN}}
    refused = world.post(f"/doti/{dote['id']}/approval", body, "approver")
    assert refused.json()["code"] == "conflict_of_interest"
    # Who asks beforehand is told the same.
    preview = world.done(f"/doti/{dote['id']}/approval/preview", body, "approver")
    assert (preview["allowed"], preview["reason"]) == (False, refused.json()["detail"])
    assert world.done(f"/doti/{dote['id']}/approval/preview", body, "approver2")["allowed"]
    world.done(f"/doti/{dote['id']}/approval", body, "approver2")


def test_a_person_is_found_again_at_another_desk(world: World) -> None:
    # Every household of this world is of the same invented person.
    there = world.household("operator_ssalv")
    dote = requested(world)
    # Of the other desk's household nothing is told, whether it is there or not.
    told = declare(world, "approver", household_id=there, member=0)
    unknown = declare(world, "operator", household_id=str(uuid4()), member=0)
    assert told.keys() == unknown.keys()
    assert told["household_id"] == there
    refused = world.post(f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}, "approver")
    assert refused.json()["code"] == "conflict_of_interest"


def test_whose_conflicts_are_whose_to_see(world: World) -> None:
    declared = declare(world, "approver", payee=PAYEE)
    assert declared["payee"] == {"household": False, **PAYEE}
    assert declared["reason"] == "parenti segreti"
    assert world.get("/conflicts", "approver").json() == {"items": [declared]}
    seen = listed(world, "/conflicts", "coordinator", declared)
    masked = {"household": None, "name": "•••", "iban": "•••"}
    assert seen == declared | {"payee": masked}
    audited = listed(world, "/conflicts", "auditor", declared)
    assert audited == declared | {"payee": masked, "reason": "•••"}
    assert world.get("/conflicts", "finance").json() == {"items": []}


def test_a_conflict_is_lifted_by_another_coordinator(world: World) -> None:
    dote = requested(world)
    declared = declare(world, "approver", household_id=dote["household_id"])
    path = f"/conflicts/{declared['id']}/lifting"
    body = {"reason": "non abita più lì"}
    assert world.post(path, body, "approver").json()["code"] == "forbidden"
    assert world.post(path, body, "finance").status_code == 403
    lifted = world.done(path, body, "coordinator")
    assert lifted["lifted_at"] is not None
    assert lifted["lifting_reason"] == "non abita più lì"
    assert world.post(path, body, "coordinator").json()["code"] == "wrong_state"
    world.done(f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}, "approver")
    own = declare(world, "coordinator", household_id=dote["household_id"])
    refused = world.post(f"/conflicts/{own['id']}/lifting", body, "coordinator")
    assert refused.json()["code"] == "conflict_of_interest"


def test_a_conflict_is_with_exactly_one(world: World) -> None:
    for body in ({}, {"household_id": str(uuid4()), "payee": PAYEE}, {"payee": PAYEE, "member": 1}):
        refused = world.post("/conflicts", {"reason": "x", **body}, "approver")
        assert refused.status_code == 422
    assert world.get("/conflicts", "approver").json() == {"items": []}
