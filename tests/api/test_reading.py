"""What reading shows: lists, the past, the ledger, the log; to whom, and of what."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.api.test_refusals import places, problem
from tests.api.world import FUNDS_CENTS, World

MASK = "•••"


def test_a_dote_as_it_was(world: World) -> None:
    dote = world.requested()
    before = world.settle()
    at_request = datetime.now(UTC)
    world.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
    end = world.settle()
    path = f"/doti/{dote['id']}"
    then = world.get(path, params={"at": before})
    assert (then.json()["state"], then.headers["ETag"]) == ("requested", '"1"')
    assert world.get(path, params={"at": end}).json() == world.get(path).json()
    assert world.get(path, params={"at": end + 1_000}).json()["state"] == "assessed"
    problem(world.get(path, params={"at": before - 1}), 404, "not_found")
    for time, state in ((at_request, "requested"), (datetime.now(UTC), "assessed")):
        assert world.get(path, params={"as_of": time.isoformat()}).json()["state"] == state
    east = at_request.astimezone().isoformat()
    assert world.get(f"{path}?as_of={east}").json()["state"] == "requested"
    past = (at_request - timedelta(days=1)).isoformat()
    problem(world.get(path, params={"as_of": past}), 404, "not_found")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("at=-1", "at"),
        ("at=x", "at"),
        ("at=9223372036854775808", "at"),
        ("as_of=2026-01-01", "as_of"),
        ("as_of=2026-01-01T00:00:00", "as_of"),
        ("as_of=1700000000", "as_of"),
        ("as_of=9999-99-99T00:00:00Z", "as_of"),
        ("as_of=0001-01-01T00:00:00%2B14:00", "as_of"),
        ("as_of=", "as_of"),
        ("as_of=2026-01-01T00:00:00Z&at=1", "at"),
        ("wait_for=x", "wait_for"),
        ("wait_for=1@2", "wait_for"),
        ("wait_for=%00", "wait_for"),
        ("wait_for=" + "-" * 36 + "@1", "wait_for"),
    ],
)
def test_odd_questions(world: World, query: str, place: str) -> None:
    for path in (f"/doti/{world.requested()['id']}", "/ledger"):
        assert places(problem(world.get(f"{path}?{query}"), 422, "validation"))[0][1] == place


def test_waiting_for_what_was_written(world: World) -> None:
    dote = world.requested()
    end = world.settle()
    for target in (f"{dote['id']}@1", str(end), "0"):
        listed = world.get("/doti", params={"wait_for": target, "limit": 1})
        assert listed.json()["items"][0]["id"] == dote["id"]


def test_waiting_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.v1.waiting.PATIENCE_S", 0.05)
    later = f"{world.requested()['id']}@9"
    for target in (str(2**62), "9" * 19, later):
        answer = world.get("/ledger", params={"wait_for": target})
        problem(answer, 503, "unavailable")
        assert answer.headers["Retry-After"]


def test_what_is_not_ones_own_is_not_there_to_be_waited_for(world: World) -> None:
    mine = world.requested()["id"]
    world.settle()
    for target, who in ((mine, "operator_ssalv"), (mine, "admin"), (str(uuid4()), "operator")):
        answer = world.get("/programme", who, params={"wait_for": f"{target}@1"})
        problem(answer, 404, "not_found")
    assert world.get("/programme", params={"wait_for": f"{mine}@1"}).status_code == 200


def test_who_waits_keeps_nobody_else_from_being_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.v1.waiting.PATIENCE_S", 3.0)
    with ThreadPoolExecutor(60) as pool:
        waiting = [
            pool.submit(world.get, "/programme", params={"wait_for": str(2**60)}) for _ in range(60)
        ]
        begun = monotonic()
        assert world.get("/programme").status_code == 200
        took_s = monotonic() - begun
        assert {one.result().status_code for one in waiting} == {503}
    assert took_s < 2.0


def test_the_list(world: World) -> None:
    mine = [world.requested()["id"] for _ in range(3)]
    theirs_home = world.household("operator_ssalv")
    theirs = world.done(
        "/doti", world.request_body(theirs_home, partner="SSALV"), "operator_ssalv"
    )["id"]
    world.settle()
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = world.get("/doti", "operator", params=params).json()
        seen += [dote["id"] for dote in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert set(mine) <= set(seen)
    assert theirs not in seen
    everyone = world.get("/doti", "auditor", params={"partner": "SSALV"}).json()["items"]
    assert theirs in [dote["id"] for dote in everyone]
    assert world.get("/doti", "operator", params={"partner": "SSALV"}).json()["items"] == []
    first = world.get(f"/doti/{mine[0]}").json()
    found = world.get("/doti", params={"q": first["number"][-5:].lower()}).json()["items"]
    assert mine[0] in [dote["id"] for dote in found]
    wild = {"q": f"%{first['number'][-5:]}"}
    assert world.get("/doti", params=wild).json()["items"] == []
    for filters, expected in (
        ({"state": "requested", "category": "EMERGENZA", "item": "AFFITTO"}, True),
        ({"state": "approved"}, False),
        ({"item": "LIBRI"}, False),
    ):
        items = world.get("/doti", params=filters).json()["items"]
        assert (mine[0] in [dote["id"] for dote in items]) is expected
    assert "need" not in page["items"][0]


def test_what_waits_for_me(world: World) -> None:
    requested, assessed = world.requested(), world.assessed(20_000)
    vote = {"amount_cents": 20_000}
    world.done(f"/doti/{assessed['id']}/approval", vote, "approver")
    world.settle()

    def waiting(who: str) -> set[str]:
        items = world.get("/doti", who, params={"waiting_for": "me", "limit": 200}).json()["items"]
        return {dote["id"] for dote in items}

    assert requested["id"] in waiting("assessor")
    assert assessed["id"] not in waiting("assessor")
    assert assessed["id"] in waiting("approver2")
    assert assessed["id"] not in waiting("approver")
    assert waiting("auditor") == set()


@pytest.mark.parametrize(
    "query",
    [
        "state=nothing",
        "partner=a%00b",
        "category=x",
        "item=%FF",
        "q=%00",
        "q=" + "x" * 61,
        "q=%E2%80%AE",
        "waiting_for=you",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=%00",
        "cursor=" + quote("é"),
        "cursor=AAAAAAAAAAAAAAAA",
        "cursor=" + "A" * 600,
    ],
)
def test_odd_filters(world: World, query: str) -> None:
    problem(world.get(f"/doti?{query}"), 422, "validation")


def test_cursors_are_for_their_list(world: World) -> None:
    for _ in range(2):
        world.requested()
    world.settle()
    cursor = world.get("/doti?limit=1").json()["next_cursor"]
    assert world.get(f"/doti?cursor={cursor}").status_code == 200
    for path in ("/ledger/entries", "/audit/events", f"/doti/{world.requested()['id']}/history"):
        problem(world.get(f"{path}?cursor={cursor}"), 422, "validation")
    for n in range(0, len(cursor), 5):
        changed = cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :]
        problem(world.get(f"/doti?cursor={changed}"), 422, "validation")


def test_the_history_in_pages(world: World) -> None:
    dote = world.accounted_for()
    world.settle()
    path, seen, cursor = f"/doti/{dote['id']}/history", [], None
    while True:
        page = world.get(path, params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += [item["version"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == list(range(1, dote["version"] + 1))


def test_the_ledger(world: World) -> None:
    start = world.settle()
    before = world.get("/ledger?group=line").json()
    dote = world.approved(7_000)
    end = world.settle()
    after = world.get(f"/ledger?group=line&wait_for={dote['id']}@{dote['version']}").json()
    assert (before["log_index"], after["log_index"]) == (start, end)

    def line(shown: dict[str, list[dict[str, int]]]) -> dict[str, int]:
        return next(
            row
            for row in shown["rows"]
            if (row["partner"], row["category"]) == ("ROCCA", "EMERGENZA")  # type: ignore[comparison-overlap]
        )

    assert line(before)["available_cents"] - line(after)["available_cents"] == 7_000
    assert line(after)["committed_cents"] - line(before)["committed_cents"] == 7_000
    assert line(after)["allocated_cents"] == line(before)["allocated_cents"]
    assert world.get(f"/ledger?group=line&at={start}").json()["rows"] == before["rows"]
    now = datetime.now(UTC).isoformat()
    timed = world.get("/ledger", params={"group": "line", "as_of": now}).json()
    assert timed["rows"] == after["rows"]
    assert timed["as_of"] is not None
    by_partner = world.get("/ledger?group=partner").json()
    assert by_partner["total"] == after["total"]
    assert all(row["category"] is None for row in by_partner["rows"])
    by_category = world.get("/ledger?group=category").json()
    assert all(row["partner"] is None for row in by_category["rows"])
    own = world.get("/ledger?group=partner", "operator").json()
    assert [row["partner"] for row in own["rows"]] == ["ROCCA"]
    assert own["total"]["allocated_cents"] == own["rows"][0]["allocated_cents"]
    problem(world.get("/ledger?group=x"), 422, "validation")


def test_ledger_entries(world: World) -> None:
    dote = world.accounted_for(3_000)
    world.settle()
    items = world.get(f"/ledger/entries?dote={dote['id']}").json()["items"]
    assert [(entry["account"], entry["cents"]) for entry in items] == [
        ("available", -3_000),
        ("committed", 3_000),
        ("committed", -3_000),
        ("disbursed", 3_000),
        ("disbursed", -3_000),
        ("documented", 3_000),
    ]
    assert items[0]["event_type"] == "DoteApproved"
    page = world.get("/ledger/entries?limit=2").json()
    rest = world.get(f"/ledger/entries?limit=2&cursor={page['next_cursor']}").json()
    assert page["items"][-1] != rest["items"][0]
    theirs = world.get("/ledger/entries", "operator_ssalv").json()["items"]
    assert {entry["partner"] for entry in theirs} == {"SSALV"}
    assert world.get("/ledger/entries?from=2999-01-01T00:00:00Z").json()["items"] == []
    problem(world.get("/ledger/entries?to=tomorrow"), 422, "validation")
    problem(world.get("/ledger/entries?dote=7"), 422, "validation")


def test_the_log(world: World) -> None:
    world.approved()
    end = world.settle()
    page = world.get("/audit/events?limit=5", "auditor").json()
    assert [item["log_index"] for item in page["items"]] == [1, 2, 3, 4, 5]
    rest = world.get(f"/audit/events?cursor={page['next_cursor']}&limit=1", "auditor").json()
    assert rest["items"][0]["log_index"] == 6
    assert world.get(f"/audit/events?after={end}", "auditor").json() == {
        "items": [],
        "next_cursor": None,
    }
    accept = {"Accept": "application/x-ndjson"}
    stream = world.get("/audit/events", "auditor", headers=accept)
    assert stream.headers["Content-Type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in stream.text.splitlines()]
    assert [line["log_index"] for line in lines] == list(range(1, end + 1))
    assert lines[:5] == page["items"]
    part = world.get("/audit/events?after=3&limit=2", "auditor", headers=accept)
    assert [json.loads(line)["log_index"] for line in part.text.splitlines()] == [4, 5]
    assert "segret" not in stream.text.lower()
    assert MASK in stream.text
    problem(world.get("/audit/events?after=1&cursor=x", "auditor"), 422, "validation")


def test_the_programme(world: World) -> None:
    world.settle()
    shown = world.get("/programme", "operator").json()
    assert [partner["code"] for partner in shown["partners"]] == ["ROCCA", "SSALV", "ASILI"]
    assert [desk["partner"] for desk in shown["desks"]] == ["ROCCA", "SSALV"]
    item = shown["categories"][0]["items"][0]
    assert (item["code"], item["name"]) == ("AFFITTO", "Affitto")
    bands = shown["policy"]["bands"]
    assert [(band["to_cents"], band["approvers"]) for band in bands] == [(15_000, 1), (None, 2)]
    totals = shown["totals"]
    assert totals["funded_cents"] == FUNDS_CENTS
    assert totals["unallocated_cents"] + totals["allocated_cents"] == FUNDS_CENTS


def test_a_household(world: World) -> None:
    body = {
        "members": [
            {"given_name": "Ada", "family_name": "Segreta", "born": "1990-01-02"},
            {"given_name": "Bea", "family_name": "Segreta", "born": "2020-01-02"},
            {
                "given_name": "Ciro",
                "family_name": "Segreto",
                "id_type": "CF",
                "id_value": "RSSMRA80A01H501X",
            },
        ],
        "address": "via Segreta 1",
        "district": "Mirafiori",
        "hardships": ["lavoro"],
    }
    made = world.post("/households", body, "operator")
    assert made.status_code == 201
    shown = made.json()
    assert (shown["partner"], shown["adults"], shown["minors"]) == ("ROCCA", 2, 1)
    assert [(w["member"], w["code"]) for w in shown["warnings"]] == [
        (2, "tax_code_checksum"),
        (2, "tax_code_names"),
    ]
    assert shown["members"][0]["family_name"] == "Segreta"
    dote = world.done("/doti", world.request_body(shown["id"]), "operator")
    path = f"/doti/{dote['id']}"
    world.done(f"{path}/assessment", {"outcome": "favourable"}, "assessor")
    world.done(f"{path}/approval", {"amount_cents": 10_000}, "approver")
    for who in ("operator", "assessor", "approver", "coordinator", "finance", "auditor"):
        answer = world.get(f"/households/{shown['id']}", who)
        exposure = answer.json()["exposure"]
        assert exposure["total_cents"] == 10_000
        assert exposure["by_category"] == [{"category": "EMERGENZA", "cents": 10_000}]
        assert ("Segret" in answer.text) is (who not in ("finance", "auditor"))
        assert len(answer.json()["members"]) == 3


def may_see(world: World, path: str, word: str) -> set[str]:
    people = ("operator", "assessor", "approver", "finance", "coordinator", "auditor")
    return {who for who in people if word in world.get(path, who).text}


def test_who_reads_what_is_private(world: World) -> None:
    dote = world.disbursed()
    world.receipt(dote["id"], 10_000)
    world.settle()
    case = {"operator", "assessor", "approver", "coordinator"}
    money = {"operator", "approver", "finance", "coordinator"}
    for path in (f"/doti/{dote['id']}", f"/doti/{dote['id']}/history"):
        assert may_see(world, path, "bisogno segreto") == case
        assert may_see(world, path, "nota segreta") == case
        assert may_see(world, path, "Padrone Segreto") == money
        assert may_see(world, path, "Emittente Segreto") == money - {"approver"}
        assert may_see(world, path, MASK) == {"assessor", "approver", "finance", "auditor"}


def test_who_reads_about_health(world: World) -> None:
    dote = world.disbursed(category="OCULISTICA", item="OCCHIALI")
    world.receipt(dote["id"], 10_000)
    world.settle()
    path = f"/doti/{dote['id']}/history"
    assert may_see(world, path, "bisogno segreto") == {"operator", "assessor", "approver"}
    assert may_see(world, path, "nota segreta") == {"operator", "assessor", "approver"}
    assert may_see(world, path, "Emittente Segreto") == {"operator", "finance"}


def test_available_actions(world: World) -> None:
    dote = world.assessed()

    def actions(who: str) -> dict[str, str | None]:
        shown = world.get(f"/doti/{dote['id']}", who).json()["available_actions"]
        assert all(action["allowed"] == (action["reason"] is None) for action in shown)
        return {action["action"]: action["reason"] for action in shown}

    assert "request" not in actions("operator")
    assert [name for name, why in actions("approver").items() if why is None] == [
        "request_documents",
        "approve",
        "reject",
    ]
    assert all(actions("auditor").values())
    assert actions("finance")["disburse"] == (
        "The dote is assessed: disburse is possible only when it is approved."
    )
    italian = world.get(f"/doti/{dote['id']}", "finance", headers={"Accept-Language": "it"})
    reasons = {a["action"]: a["reason"] for a in italian.json()["available_actions"]}
    assert reasons["disburse"] == (
        "La dote è valutata: erogare è possibile solo quando è approvata."
    )
