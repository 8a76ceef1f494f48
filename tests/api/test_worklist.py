"""What waits for whom, in which order and in which words; how long doti have been waiting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from domain.actors import Actor, Grant, Role
from domain.events.base import Stamp
from domain.events.programme import PolicyAdopted
from domain.lifecycle import Stage
from domain.policy import Deadline, Rules, two_bands
from domain.programme import Programme
from tests.api.test_refusals import problem
from tests.api.world import Json, World, opened_world
from tests.pages.books import Clock
from workflows import programme
from workflows.engine import Request

DEADLINES = (
    Deadline(stage=Stage.ASSESSMENT, days=5),
    Deadline(stage=Stage.APPROVAL, days=3),
    Deadline(stage=Stage.ACCOUNTING, days=30),
)


@pytest.fixture(scope="module")
def world(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A programme with deadlines."""
    with opened_world(postgres_url, tmp_path_factory.mktemp("home")) as opened:
        chief = Actor(
            opened.services.accounts.account_id("coordinator"), (Grant(Role.COORDINATOR),)
        )
        rules = two_bands(15_000).model_copy(update={"deadlines": DEADLINES})
        opened.services.engine.run(
            Request(chief, "setup"),
            lambda work: programme.change(work, "change", partial(_adopt, rules)),
        )
        yield opened


def _adopt(rules: Rules, known: Programme, stamp: Stamp) -> PolicyAdopted:
    return known.adopt(stamp, rules)


def worklist(world: World, who: str, **params: object) -> list[Json]:
    answer = world.get("/worklist", who, params={"limit": 200, **params})
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def dote_ids(items: list[Json]) -> list[str]:
    return [item["dote"]["id"] for item in items]


def test_each_finds_what_they_can_do(world: World) -> None:
    requested, assessed, approved = world.requested(), world.assessed(20_000), world.approved()
    world.settle()
    (item,) = (i for i in worklist(world, "assessor") if i["dote"]["id"] == requested["id"])
    assert (item["stage"], item["why"], item["action"]) == ("assessment", "to_assess", "assess")
    assert item["sentence"] == "The request waits to be assessed."
    assert (item["overdue"], item["days_late"]) == (False, 0)
    assert item["since"] == requested["created_at"]
    assert item["dote"]["number"] == requested["number"]
    (item,) = (i for i in worklist(world, "approver") if i["dote"]["id"] == assessed["id"])
    assert item["sentence"] == "A vote is awaited: 0 of 2 are there."
    assert (item["given"], item["wanted"]) == (0, 2)
    assert approved["id"] in dote_ids(worklist(world, "finance"))
    assert worklist(world, "auditor") == []
    problem(world.get("/worklist", "admin"), 403, "forbidden")


def test_a_vote_given_takes_it_off_the_list(world: World) -> None:
    dote = world.assessed(20_000)
    world.done(f"/doti/{dote['id']}/approval", {"amount_cents": 20_000}, "approver")
    world.settle()
    assert dote["id"] not in dote_ids(worklist(world, "approver"))
    (item,) = (i for i in worklist(world, "approver2") if i["dote"]["id"] == dote["id"])
    assert item["given"] == 1
    italian = world.get("/worklist", "approver2", headers={"Accept-Language": "it"}).json()
    assert "Si attende un voto (dati finora: 1 su 2)." in [i["sentence"] for i in italian["items"]]


def test_filters_and_pages(world: World) -> None:
    for _ in range(3):
        world.requested()
    world.settle()
    everything = dote_ids(worklist(world, "assessor"))
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = world.get("/worklist", "assessor", params=params).json()
        seen += dote_ids(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == everything
    assert len(seen) == len(set(seen)) >= 3
    assert dote_ids(worklist(world, "assessor", stage="assessment", partner="ROCCA")) == everything
    assert worklist(world, "assessor", stage="approval") == []
    assert worklist(world, "assessor", partner="SSALV") == []
    assert worklist(world, "assessor", category="SCUOLA") == []


@pytest.mark.parametrize(
    "query", ["stage=nothing", "partner=x", "category=%00", "limit=0", "cursor=x", "cursor=%FF"]
)
def test_odd_questions(world: World, query: str) -> None:
    problem(world.get(f"/worklist?{query}"), 422, "validation")


def test_the_summary(world: World) -> None:
    dote = world.assessed(20_000)
    world.settle()
    mine = world.get("/worklist/summary", "approver").json()
    assert mine["mine"] == len(worklist(world, "approver"))
    assert mine["overdue"] == 0
    (votes,) = (row for row in mine["by_why"] if row["why"] == "vote")
    assert votes["sentence"] == "Votes are missing."
    assert votes["waiting"] == len(worklist(world, "approver", stage="approval"))
    shown = world.get("/worklist/summary", "operator").json()["elsewhere"]
    assert len(shown) <= 20
    (other,) = (row for row in shown if row["dote_id"] == dote["id"])
    assert (other["number"], other["roles"], other["why"]) == (dote["number"], ["approver"], "vote")
    theirs = world.get("/worklist/summary", "operator_ssalv").json()
    assert theirs == {"mine": 0, "overdue": 0, "by_why": [], "elsewhere": []}


def test_ageing(world: World) -> None:
    world.requested()
    world.settle()
    shown = world.get("/ageing", "auditor").json()
    (row,) = (r for r in shown["rows"] if (r["stage"], r["partner"]) == ("assessment", "ROCCA"))
    assert row["waiting"] == len(worklist(world, "assessor"))
    assert row["overdue"] == 0
    assert row["buckets"] == {"to_7": row["waiting"], "to_14": 0, "to_30": 0, "over_30": 0}
    assert world.get("/ageing", "operator_ssalv").json()["rows"] == []
    problem(world.get("/ageing", "admin"), 403, "forbidden")


def test_what_the_list_shows_is_what_can_be_done(world: World) -> None:
    """Each item's action is among those that the dote offers to its reader."""
    world.requested()
    world.assessed()
    world.approved()
    disbursed = world.disbursed()
    world.receipt(disbursed["id"], 10_000)
    world.settle()
    for who in ("operator", "assessor", "approver", "approver2", "finance", "coordinator"):
        for item in worklist(world, who):
            offered = {a["action"]: a["allowed"] for a in item["dote"]["available_actions"]}
            assert offered[item["action"]], (who, item["why"])


def test_late_receipts_wait_at_the_desk_that_has_to_hand_them_in(
    postgres_url: str, tmp_path: Path
) -> None:
    clock = Clock()
    clock.now = datetime(2026, 1, 20, 9, tzinfo=UTC)
    with opened_world(postgres_url, tmp_path, clock) as world:
        world.adopt(two_bands(15_000).model_copy(update={"deadlines": DEADLINES}))
        dote = world.disbursed()
        clock.now += timedelta(days=33)
        world.settle()
        (item,) = worklist(world, "operator")
        assert (item["dote"]["id"], item["why"]) == (dote["id"], "receipts_missing")
        assert (item["overdue"], item["days_late"]) == (True, 3)
        assert worklist(world, "operator_ssalv") == []
        assert world.receipt(dote["id"], 10_000).status_code == 201
        world.settle()
        assert worklist(world, "operator") == []
        assert worklist(world, "finance")[0]["why"] == "receipt_to_decide"
