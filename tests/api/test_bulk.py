"""Deciding several doti at once: one result for each, and nothing twice."""

from uuid import UUID, uuid4

import psycopg
import pytest

from tests.api.world import World
from workflows import assessment
from workflows.assessment import assess
from workflows.commands import Assess
from workflows.engine import Outcome, Work

BULK = "/doti/bulk"


def test_some_are_done_and_some_are_refused(world: World) -> None:
    ready, rejected, large = world.assessed(), world.assessed(), world.assessed(20_000)
    world.done(f"/doti/{rejected['id']}/rejection", {"reason": "no"}, "approver")
    unknown = str(uuid4())
    items = [
        {"dote_id": ready["id"], "amount_cents": 10_000, "version": ready["version"]},
        {"dote_id": rejected["id"], "amount_cents": 10_000},
        {"dote_id": unknown, "amount_cents": 10_000},
        {"dote_id": large["id"], "amount_cents": 20_000},
        {"dote_id": world.assessed()["id"], "amount_cents": 1_000, "version": 1},
    ]
    answer = world.post(BULK, {"action": "approve", "items": items}, "approver")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["done"], told["refused"]) == (2, 3)
    assert [item["dote_id"] for item in told["items"]] == [item["dote_id"] for item in items]
    assert [item["done"] for item in told["items"]] == [True, False, False, True, False]
    assert told["items"][0]["dote"]["state"] == "approved"
    assert told["items"][3]["dote"]["state"] == "assessed"
    codes = [item["problem"]["code"] for item in told["items"] if not item["done"]]
    assert codes == ["wrong_state", "not_found", "stale_version"]


def test_what_was_interrupted_goes_on_and_does_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.requested(), world.requested()
    items = [{"dote_id": dote["id"], "outcome": "favourable"} for dote in (first, second)]
    body = {"action": "assess", "items": items}

    def cut_off(work: Work, dote_id: UUID, command: Assess) -> Outcome:
        if str(dote_id) == second["id"]:
            raise psycopg.errors.QueryCanceled("the database goes away")
        return assess(work, dote_id, command)

    with monkeypatch.context() as patched:
        patched.setattr(assessment, "assess", cut_off)
        assert world.post(BULK, body, "assessor", key="whole").status_code == 503
    whole = world.post(BULK, body, "assessor", key="whole").json()
    assert [item["done"] for item in whole["items"]] == [True, True]
    assert [item["replayed"] for item in whole["items"]] == [True, False]
    again = world.post(BULK, body, "assessor", key="whole").json()
    assert [item["replayed"] for item in again["items"]] == [True, True]
    versions = [
        world.get(f"/doti/{dote['id']}", "operator").json()["version"] for dote in (first, second)
    ]
    assert versions == [2, 2]


def test_a_key_is_of_one_body(world: World) -> None:
    items = [{"dote_id": world.requested()["id"], "reason": "no"}]
    assert world.post(BULK, {"action": "reject", "items": items}, "approver", key="k").json()[
        "done"
    ]
    other = [{"dote_id": world.requested()["id"], "reason": "no"}]
    refused = world.post(BULK, {"action": "reject", "items": other}, "approver", key="k")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_conflict")
    assert world.get(f"/doti/{other[0]['dote_id']}", "operator").json()["state"] == "requested"


def test_what_is_not_a_list_of_decisions_is_refused(world: World) -> None:
    dote_id = world.requested()["id"]
    twice = [{"dote_id": dote_id, "reason": "no"}] * 2
    for body, loc in (
        ({"action": "reject", "items": twice}, "items"),
        ({"action": "reject", "items": []}, "items"),
        ({"action": "pay", "items": twice}, "body"),
        ({"items": twice}, "body"),
        ({"action": "approve", "items": [{"dote_id": dote_id, "amount_cents": 1.5}]}, "items"),
    ):
        refused = world.post(BULK, body, "approver")
        assert refused.status_code == 422, refused.text
        assert loc in str(refused.json()["errors"][0]["loc"])
    assert world.get(f"/doti/{dote_id}", "operator").json()["state"] == "requested"
