"""The rules over HTTP: read by readers, adopted by the coordinator, tried out without a trace."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.days import day_here
from tests.api.world import SINGLE_APPROVER_CENTS, Json, World, opened_world

BANDS: list[Json] = [
    {"to_cents": SINGLE_APPROVER_CENTS},
    {"over_cents": SINGLE_APPROVER_CENTS, "approvers": 2},
]
DOCUMENT: Json = {"title": "Prova", "bands": BANDS}


@pytest.fixture
def own_world(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of one test."""
    with opened_world(postgres_url, tmp_path_factory.mktemp("home")) as opened:
        yield opened


def versions(world: World, who: str = "coordinator") -> list[Json]:
    page = world.get("/policies", who).json()
    assert page["next_cursor"] is None
    items: list[Json] = page["items"]
    return items


def in_force(world: World) -> int:
    (version,) = [item["version"] for item in versions(world) if item["in_force"]]
    return int(version)


def refused(world: World, path: str, document: object, who: str = "coordinator") -> Json:
    answer = world.post(path, document, who)
    assert answer.status_code == 422, answer.text
    shown: Json = answer.json()
    return shown


# Reading and adopting


def test_a_version_is_adopted_and_can_be_read(own_world: World) -> None:
    world = own_world
    assert [item["version"] for item in versions(world)] == [1]
    answer = world.post("/policies", DOCUMENT, "coordinator", key="adopt-1")
    assert answer.status_code == 201, answer.text
    adopted = answer.json()
    today = day_here(datetime.now(UTC))
    assert (adopted["version"], adopted["in_force"]) == (2, True)
    assert adopted["effective_from"] == adopted["document"]["effective_from"] == f"{today}"
    assert adopted["adopted_by"]["name"] == "coordinator"
    assert adopted["document"]["bands"][1]["approvers"] == 2
    assert day_here(datetime.fromisoformat(adopted["adopted_at"])) == today
    assert answer.headers["ETag"]
    assert [(item["version"], item["in_force"]) for item in versions(world)] == [
        (2, True),
        (1, False),
    ]
    assert world.get("/policies/2", "operator").json() == adopted
    assert world.get("/policies/3").status_code == 404
    again = world.post("/policies", DOCUMENT, "coordinator", key="adopt-1")
    assert again.json() == adopted
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(versions(world)) == 2

    # Doti keep the rules of their request.
    dote = world.requested()
    world.done("/policies", DOCUMENT, "coordinator")
    assert world.get(f"/doti/{dote['id']}").json()["policy_version"] == 2
    assert world.requested()["policy_version"] == 3


def test_rules_from_a_later_day_on_are_not_in_force_yet(own_world: World) -> None:
    later = day_here(datetime.now(UTC)) + timedelta(days=30)
    document = DOCUMENT | {"effective_from": f"{later}"}
    adopted = own_world.done("/policies", document, "coordinator")
    assert (adopted["version"], adopted["in_force"]) == (2, False)
    assert in_force(own_world) == 1
    assert own_world.get("/programme").json()["policy"]["version"] == 1


def test_what_a_version_says_can_be_adopted_again(own_world: World) -> None:
    document = versions(own_world)[0]["document"]
    assert own_world.done("/policies", document, "coordinator")["version"] == 2


def test_the_programme_shows_the_rules_in_force(own_world: World) -> None:
    document = DOCUMENT | {
        "bands": [
            {"to_cents": 15_000, "household_to_cents": 60_000},
            {
                "over_cents": 15_000,
                "approvers": 2,
                "different_partners": True,
                "coordinator": True,
                "in_order": True,
            },
        ],
        "items": [
            {
                "item": "AFFITTO",
                "ceiling_cents": 150_000,
                "papers": [{"kind": "rent_contract", "over_cents": 60_000}],
            },
            {"item": "LIBRI"},
        ],
    }
    own_world.done("/policies", document, "coordinator")
    programme = own_world.get("/programme", "operator").json()
    assert programme["policy"] == {
        "version": 2,
        "title": "Prova",
        "effective_from": f"{day_here(datetime.now(UTC))}",
        "bands": [
            {
                "over_cents": 0,
                "to_cents": 15_000,
                "household_to_cents": 60_000,
                "approvers": 1,
                "votes": 1,
                "different_partners": False,
                "coordinator": False,
                "in_order": False,
            },
            {
                "over_cents": 15_000,
                "to_cents": None,
                "household_to_cents": None,
                "approvers": 2,
                "votes": 3,
                "different_partners": True,
                "coordinator": True,
                "in_order": True,
            },
        ],
    }
    items = {item["code"]: item for c in programme["categories"] for item in c["items"]}
    assert items["AFFITTO"] == {
        "code": "AFFITTO",
        "name": "Affitto",
        "can_be_requested": True,
        "ceiling_cents": 150_000,
        "papers": [{"kind": "rent_contract", "over_cents": 60_000}],
    }
    assert (items["LIBRI"]["can_be_requested"], items["LIBRI"]["ceiling_cents"]) == (True, None)
    assert items["UTENZE"]["can_be_requested"] is False


# Documents that are refused

PAST = f"{date(2020, 1, 1)}"
FAULTS: list[tuple[Json, list[Any]]] = [
    ({"bands": [{"to_cents": 100}, {"over_cents": 50}]}, ["bands", 1, "over_cents"]),
    ({"bands": [{"to_cents": 100}, {"over_cents": 200}]}, ["bands", 1, "over_cents"]),
    ({"bands": [{"to_cents": 100}]}, ["bands", 0, "to_cents"]),
    ({"bands": [{"approvers": 0}]}, ["bands", 0, "approvers"]),
    ({"bands": [{"aprovers": 2}]}, ["bands", 0, "aprovers"]),
    ({"bands": []}, ["bands"]),
    ({"bands": BANDS, "items": [{"item": "NIENTE"}]}, ["items", 0, "item"]),
    (
        {
            "bands": BANDS,
            "items": [{"item": "UTENZE"}, {"item": "AFFITTO", "ceiling_cents": 20_000}],
            "caps": [{"category": "EMERGENZA", "cents": 10_000}],
        },
        ["caps", 0, "cents"],
    ),
    ({"bands": BANDS, "separation_of_duties": False}, ["separation_of_duties"]),
    ({"bands": BANDS, "deadlines": [{"stage": "lunch", "days": 1}]}, ["deadlines", 0, "stage"]),
    (
        {
            "bands": BANDS,
            "urgent": {"to_cents": 99_999, "ratify_days": 1, "requester_may_assess": True},
        },
        ["urgent", "requester_may_assess"],
    ),
]


@pytest.mark.parametrize(("document", "place"), FAULTS)
@pytest.mark.parametrize("path", ["/policies", "/policies/simulation"])
def test_a_fault_is_told_with_its_place_and_the_rules_stay(
    world: World, path: str, document: Json, place: list[Any]
) -> None:
    before = versions(world)
    problem = refused(world, path, document)
    assert problem["code"] == "validation"
    assert [error["loc"] for error in problem["errors"]] == [["body", *place]]
    assert problem["errors"][0]["msg"]
    assert versions(world) == before


def test_rules_of_the_past_are_not_adopted_and_may_be_tried(world: World) -> None:
    document = DOCUMENT | {"effective_from": PAST}
    problem = refused(world, "/policies", document)
    assert problem["errors"][0]["loc"] == ["body", "effective_from"]
    assert world.post("/policies/simulation", document, "coordinator").status_code == 200


def test_reasons_are_in_the_language_that_is_asked_for(world: World) -> None:
    document = {"bands": [{"to_cents": 10_000}, {"over_cents": 20_000}]}
    italian = world.post(
        "/policies", document, "coordinator", headers={"Accept-Language": "it"}
    ).json()
    assert italian["errors"][0]["msg"] == "Tra 100,00\xa0€ e 200,00\xa0€ non decide nessuno."


@pytest.mark.parametrize("who", ["operator", "assessor", "approver", "finance", "auditor", "admin"])
def test_nobody_but_the_coordinator_adopts(world: World, who: str) -> None:
    before = versions(world)
    assert world.post("/policies", DOCUMENT, who).status_code == 403
    assert versions(world) == before


def test_who_may_read_and_who_may_try_out(world: World) -> None:
    everybody = {*world.tokens}
    reading = {who for who in everybody if world.get("/policies", who).status_code == 200}
    assert reading == everybody - {"admin"}
    trying = {
        who
        for who in everybody
        if world.post("/policies/simulation", DOCUMENT, who).status_code == 200
    }
    assert trying == {"coordinator", "auditor"}
    assert world.get("/policies", None).status_code == 401


# Trying out


def test_a_simulation_tells_what_would_have_differed_and_writes_nothing(own_world: World) -> None:
    world = own_world
    small, large = world.approved(10_000), world.approved(40_000)
    end = world.settle()
    known = world.get("/programme").headers["ETag"]
    document = DOCUMENT | {
        "bands": [{"to_cents": 5_000}, {"over_cents": 5_000, "approvers": 2}],
        "items": [{"item": "AFFITTO", "ceiling_cents": 30_000}],
    }
    found = world.done("/policies/simulation", document, "auditor")
    assert (found["looked_at"], found["left_out"], found["log_index"]) == (6, 0, end)
    told = {(each["number"], each["decision"], each["kind"]): each for each in found["differences"]}
    assert set(told) == {
        (small["number"], "approve", "more_votes"),
        (large["number"], "assess", "refused"),
        (large["number"], "approve", "refused"),
    }
    refusal = told[large["number"], "approve", "refused"]
    assert refusal["dote_id"] == large["id"]
    assert (refusal["partner"], refusal["category"], refusal["item"]) == (
        "ROCCA",
        "EMERGENZA",
        "AFFITTO",
    )
    assert refusal["by"]["name"] == "approver2"
    assert refusal["amount_cents"] == 40_000
    assert refusal["reasons"] == ["For AFFITTO at most €300.00 can be granted."]
    totals = found["totals"]
    assert (totals["count"], totals["refused_cents"], totals["allowed_cents"]) == (3, 40_000, 0)
    assert totals["by_partner"] == [{"partner": "ROCCA", "count": 3, "cents": 40_000}]
    assert totals["by_category"] == [{"category": "EMERGENZA", "count": 3, "cents": 40_000}]
    people = {each["name"]: (each["count"], each["cents"]) for each in totals["by_person"]}
    assert people == {"approver": (1, 0), "assessor": (1, 0), "approver2": (1, 40_000)}
    kinds = {each["kind"]: (each["count"], each["cents"]) for each in totals["by_kind"]}
    assert kinds == {"more_votes": (1, 0), "refused": (2, 40_000)}

    assert world.settle() == end
    assert world.get("/programme").headers["ETag"] == known
    assert len(versions(world)) == 1

    cut = world.post("/policies/simulation?limit=1", document, "auditor").json()
    assert (len(cut["differences"]), cut["left_out"], cut["totals"]) == (1, 2, totals)
    past = world.post("/policies/simulation?until=2020-01-01T00:00:00Z", document, "auditor")
    assert past.json()["looked_at"] == 0
    future = world.post("/policies/simulation?since=2100-01-01T00:00:00Z", document, "auditor")
    assert future.json()["differences"] == []
    wrong = world.post("/policies/simulation?since=yesterday", document, "auditor")
    assert wrong.json()["errors"][0]["loc"] == ["query", "since"]


def test_the_rules_in_force_would_have_changed_nothing(world: World) -> None:
    world.approved(10_000)
    world.approved(40_000)
    world.settle()
    document = world.get("/policies/1").json()["document"]
    found = world.done("/policies/simulation", document, "coordinator")
    assert found["looked_at"] == 6
    assert found["differences"] == []
