"""Every refusal is a problem document with the right code, and nothing is half done."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.actors import Role
from domain.programme import PROGRAMME_ID
from tests.api.world import LINE_CENTS, World

BIGGEST = 2**63


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document, after a look at its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    shown: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= shown.keys()
    assert (shown["status"], shown["code"]) == (status, code)
    assert ("errors" in shown) == (status == 422)
    for error in shown.get("errors", []):
        assert error["loc"]
        assert error["msg"]
    return shown


def places(shown: dict[str, Any]) -> list[list[Any]]:
    return [error["loc"] for error in shown["errors"]]


@pytest.mark.parametrize(
    "amount",
    [0, -1, BIGGEST, 10**30, 1.5, 100.0, "100", True, None, [], {}, 1e400, float("nan")],
    ids=str,
)
def test_amounts(world: World, amount: object) -> None:
    body = world.request_body(str(uuid4())) | {"amount_cents": amount}
    answer = world.call(
        "POST",
        "/doti",
        content=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    assert places(problem(answer, 422, "validation")) == [["body", "amount_cents"]]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"partner": "NOBODY"}, "partner"),
        ({"category": "NOTHING"}, "category"),
        ({"item": "NOTHING"}, "item"),
        ({"item": "LIBRI"}, "item"),
        ({"item": "a b"}, "item"),
        ({"urgent": "maybe"}, "urgent"),
        ({"need": ""}, "need"),
        ({"need": " \u200e "}, "need"),
        ({"need": "a\0b"}, "need"),
        ({"need": "a\u202eb"}, "need"),
        ({"need": "x" * 10_000}, "need"),
        ({"need": 7}, "need"),
        ({"household_id": "7"}, "household_id"),
        ({"extra": 1}, "extra"),
    ],
    ids=str,
)
def test_what_an_operator_may_get_wrong(
    world: World, change: dict[str, object], place: str | None
) -> None:
    answer = world.post("/doti", world.request_body(world.household()) | change, "operator")
    if place is None:
        problem(answer, 403, "forbidden")
    else:
        assert places(problem(answer, 422, "validation")) == [["body", place]]


def test_unusual_but_fine_text(world: World) -> None:
    need = "  علي وفاطمة — «aiuto» 🙂\nseconda riga \u200f "
    dote = world.requested(need=need)
    assert dote["need"] == need.strip()


def test_missing_fields_are_all_named(world: World) -> None:
    shown = problem(world.post("/doti", {}, "operator"), 422, "validation")
    names = {"partner", "category", "item", "household_id", "amount_cents", "need"}
    assert {loc[1] for loc in places(shown)} == names


def test_households_of_others(world: World) -> None:
    theirs = world.household("operator_ssalv")
    for household_id in (theirs, str(uuid4())):
        answer = world.post("/doti", world.request_body(household_id), "operator")
        problem(answer, 404, "not_found")
        problem(world.get(f"/households/{household_id}", "operator"), 404, "not_found")


def test_wrong_order(world: World) -> None:
    requested, approved = world.requested(), world.approved()
    steps: list[tuple[Any, str, object, str]] = [
        (requested, "approval", {"amount_cents": 1}, "approver"),
        (requested, "disbursements", world.payment(1), "finance"),
        (requested, "revocation", {"reason": "x"}, "coordinator"),
        (requested, "accounting", {}, "finance"),
        (approved, "assessment", {"outcome": "favourable"}, "assessor"),
        (approved, "rejection", {"reason": "x"}, "approver"),
    ]
    for dote, step, body, who in steps:
        shown = problem(world.post(f"/doti/{dote['id']}/{step}", body, who), 409, "wrong_state")
        if step != "accounting":
            assert shown["state"] == dote["state"]
    unchanged = world.get(f"/doti/{requested['id']}").json()
    assert (unchanged["state"], unchanged["version"]) == ("requested", 1)


def test_an_unfavourable_assessment_is_not_approved(world: World) -> None:
    dote = world.requested()
    world.done(f"/doti/{dote['id']}/assessment", {"outcome": "unfavourable"}, "assessor")
    vote = world.post(f"/doti/{dote['id']}/approval", {"amount_cents": 1}, "approver")
    problem(vote, 409, "wrong_state")


def test_too_much(world: World) -> None:
    dote = world.requested(10_000)
    path = f"/doti/{dote['id']}"
    body = {"outcome": "favourable", "proposed_cents": 10_001}
    shown = problem(world.post(f"{path}/assessment", body, "assessor"), 422, "validation")
    assert shown["left_cents"] == 10_000
    assert places(shown) == [["body", "proposed_cents"]]
    dote = world.approved(10_000)
    answer = world.post(f"/doti/{dote['id']}/disbursements", world.payment(10_001), "finance")
    assert problem(answer, 422, "validation")["left_cents"] == 10_000


def test_the_budget_is_never_exceeded(world: World) -> None:
    amount = LINE_CENTS + 1
    dote = world.assessed(amount)
    path = f"/doti/{dote['id']}/approval"
    shown = problem(world.post(path, {"amount_cents": amount}, "approver"), 409, "budget_exceeded")
    assert 0 <= shown["available_cents"] <= LINE_CENTS
    move = {
        "from": {"partner": "SSALV", "category": "SCUOLA"},
        "to": {"partner": "ROCCA", "category": "SCUOLA"},
        "amount_cents": 1,
        "reason": "prova",
    }
    shown = problem(world.post("/programme/transfers", move, "coordinator"), 409, "budget_exceeded")
    assert shown["available_cents"] == 0
    more = {"partner": "ROCCA", "category": "SCUOLA", "amount_cents": 10**11, "reason": "prova"}
    answer = world.post("/programme/allocations", more, "coordinator")
    assert problem(answer, 409, "budget_exceeded")["available_cents"] > 0


def test_a_transfer_names_the_field(world: World) -> None:
    line = {"partner": "ROCCA", "category": "EMERGENZA"}
    body = {"from": line, "to": line, "amount_cents": 1, "reason": "x"}
    answer = world.post("/programme/transfers", body, "coordinator")
    assert places(problem(answer, 422, "validation")) == [["body", "to"]]
    body = body | {"from": {"partner": "NOBODY", "category": "SCUOLA"}}
    answer = world.post("/programme/transfers", body, "coordinator")
    assert places(problem(answer, 422, "validation")) == [["body", "from", "partner"]]


def test_separation_of_duties(world: World) -> None:
    accounts = world.services.accounts
    for role in (Role.ASSESSOR, Role.APPROVER):
        world.tokens[f"both_{role}"] = accounts.create_token("both", role)
    dote = world.requested()
    path = f"/doti/{dote['id']}"
    world.done(f"{path}/assessment", {"outcome": "favourable"}, "both_assessor")
    vote = world.post(f"{path}/approval", {"amount_cents": 1}, "both_approver")
    assert problem(vote, 403, "segregation_of_duties")["done"] == "assess"


def test_payee(world: World) -> None:
    dote = world.assessed()
    body = {"amount_cents": 1, "payee": {"name": "X", "iban": "IT60X0542811101000000123457"}}
    answer = world.post(f"/doti/{dote['id']}/approval", body, "approver")
    shown = problem(answer, 422, "validation")
    assert places(shown) == [["body", "payee", "iban"]]
    assert "IT60" not in answer.text


def test_a_date_that_has_not_come(world: World) -> None:
    dote = world.approved()
    body = world.payment(1) | {"value_date": "2999-01-01"}
    answer = world.post(f"/doti/{dote['id']}/disbursements", body, "finance")
    assert places(problem(answer, 422, "validation")) == [["body", "value_date"]]


def everything(dote_id: str, household_id: str) -> list[tuple[str, str, object, str]]:
    """Every route that names a dote or a household: method, path, body, who may."""
    dote = f"/doti/{dote_id}"
    reason = {"reason": "x"}
    paid = {"amount_cents": 1, "value_date": "2026-01-01"}
    back = {"reason": "x", "value_date": "2026-01-01"}
    return [
        ("GET", dote, None, "operator"),
        ("GET", f"{dote}?at=1", None, "operator"),
        ("GET", f"{dote}/history", None, "operator"),
        ("GET", f"{dote}/documents/1/file", None, "operator"),
        ("GET", f"{dote}/receipts/1/file", None, "operator"),
        ("GET", f"/households/{household_id}", None, "operator"),
        ("POST", f"{dote}/assessment", {"outcome": "favourable"}, "assessor"),
        ("POST", f"{dote}/approval", {"amount_cents": 1}, "approver"),
        ("POST", f"{dote}/rejection", reason, "approver"),
        ("POST", f"{dote}/withdrawal", reason, "operator"),
        ("POST", f"{dote}/revocation", reason, "coordinator"),
        ("POST", f"{dote}/disbursements", {**paid, "method": "cash"}, "finance"),
        ("POST", f"{dote}/disbursements/1/return", back, "finance"),
        ("POST", f"{dote}/refunds", {**paid, "source": "x"}, "finance"),
        ("POST", f"{dote}/receipts/1/acceptance", {}, "finance"),
        ("POST", f"{dote}/receipts/1/disallowance", reason, "finance"),
        ("POST", f"{dote}/accounting", {}, "finance"),
    ]


def _call(world: World, method: str, path: str, body: object, who: str) -> httpx.Response:
    return world.call(method, path, who, json=body) if body is not None else world.get(path, who)


@pytest.mark.parametrize("found", ["nothing", "household", "programme"])
def test_ids_of_nothing_and_of_something_else(world: World, found: str) -> None:
    make: dict[str, Callable[[], str]] = {
        "nothing": lambda: str(uuid4()),
        "household": world.household,
        "programme": lambda: str(PROGRAMME_ID),
    }
    dote_id = make[found]()
    household_id = world.requested()["id"] if found == "household" else dote_id
    for method, path, body, who in everything(dote_id, household_id):
        problem(_call(world, method, path, body, who), 404, "not_found")
    problem(world.receipt(dote_id, 1), 404, "not_found")


def test_doti_of_another_partner(world: World) -> None:
    dote = world.approved()
    for method, path, _, _ in everything(dote["id"], dote["household_id"]):
        body = None if method == "GET" else {"reason": "x"}
        if method == "GET" or path.endswith("withdrawal"):
            problem(_call(world, method, path, body, "operator_ssalv"), 404, "not_found")
    problem(world.receipt(dote["id"], 1, who="operator_ssalv"), 404, "not_found")


def test_nth_of_nothing(world: World) -> None:
    dote = world.disbursed()
    back = {"reason": "x", "value_date": "2026-01-01"}
    path = f"/doti/{dote['id']}"
    problem(world.post(f"{path}/disbursements/2/return", back, "finance"), 404, "not_found")
    problem(world.post(f"{path}/receipts/1/acceptance", {}, "finance"), 404, "not_found")
    for odd in ("0", "-1", "x", "1.5", "99999999999999999999"):
        answer = world.post(f"{path}/receipts/{odd}/acceptance", {}, "finance")
        assert places(problem(answer, 422, "validation")) == [["path", "n"]]


def test_who_may_do_what(world: World) -> None:
    dote = world.approved()
    for method, path, body, _ in everything(dote["id"], dote["household_id"]):
        # An admin has no business here; an auditor reads.
        problem(_call(world, method, path, body, "admin"), 403, "forbidden")
        if method == "POST":
            problem(_call(world, method, path, body, "auditor"), 403, "forbidden")
    for path in ("/doti", "/ledger", "/ledger/entries", "/audit/events"):
        problem(world.get(path, "admin"), 403, "forbidden")
    for who in ("operator", "finance", "assessor", "approver"):
        problem(world.get("/audit/events", who), 403, "forbidden")
    for path in ("allocations", "transfers"):
        body = {"partner": "ROCCA", "category": "SCUOLA", "amount_cents": 1, "reason": "x"}
        if path == "transfers":
            line = {"partner": "ROCCA", "category": "SCUOLA"}
            other = {"partner": "SSALV", "category": "SCUOLA"}
            body = {"from": line, "to": other, "amount_cents": 1, "reason": "x"}
        problem(world.post(f"/programme/{path}", body, "finance"), 403, "forbidden")
    members = {"members": [{"given_name": "A", "family_name": "B"}]}
    problem(world.post("/households", members, "assessor"), 403, "forbidden")
    assert world.get("/programme", "admin").status_code == 200


def test_not_signed_in(world: World) -> None:
    for sent in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic eA=="}):
        for content in (b"{", b'{"a": 1}', b"\xff"):
            answer = world.call("POST", "/doti", None, content=content, headers=sent)
            problem(answer, 401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    problem(world.call("GET", "/nothing", None), 401, "unauthenticated")


def test_revoked_tokens_end(world: World) -> None:
    token = world.services.accounts.create_token("leaving", Role.AUDITOR)
    world.tokens["leaving"] = token
    assert world.get("/doti", "leaving").status_code == 200
    assert world.services.accounts.revoke_token(token)
    assert not world.services.accounts.revoke_token(token)
    problem(world.get("/doti", "leaving"), 401, "unauthenticated")


def test_routing(world: World) -> None:
    problem(world.get("/nothing"), 404, "not_found")
    problem(world.get("/doti/"), 404, "not_found")
    answer = world.call("DELETE", "/doti")
    problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"] or "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "day", [0, True, 1.5, "2026-03-01T00:00:00", "0001-01-01", "1 marzo", None]
)
def test_a_day_is_written_out_and_of_our_time(world: World, day: object) -> None:
    dote = world.approved()
    body = {"amount_cents": 1, "value_date": day, "method": "cash"}
    answer = world.post(f"/doti/{dote['id']}/disbursements", body, "finance")
    assert places(problem(answer, 422, "validation")) == [["body", "value_date"]]


@pytest.mark.parametrize("urgent", ["yes", 1, "true", None])
def test_yes_is_a_boolean(world: World, urgent: object) -> None:
    body = world.request_body(world.household(), urgent=urgent)
    answer = world.post("/doti", body, "operator")
    assert places(problem(answer, 422, "validation")) == [["body", "urgent"]]
