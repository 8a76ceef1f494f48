"""Idempotency-Key, If-Match, and what a command answers."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.api.test_refusals import places, problem
from tests.api.world import World, paper


def test_the_same_key_gives_the_same_answer(world: World) -> None:
    body = world.request_body(world.household())
    key = f"request {uuid4()}".replace(" ", ":")
    first = world.post("/doti", body, key=key)
    assert "Idempotent-Replayed" not in first.headers
    world.done(f"/doti/{first.json()['id']}/assessment", {"outcome": "favourable"}, "assessor")
    again = world.post("/doti", body, key=key)
    assert again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.json() == first.json()


def test_a_household_is_told_again_as_it_was_registered(world: World) -> None:
    body = {"members": [{"given_name": "Ada", "family_name": "Inventata"}]}
    key = f"household:{uuid4()}"
    first = world.post("/households", body, key=key)
    dote = world.done("/doti", world.request_body(first.json()["id"], 1_000), "operator")
    world.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
    world.done(f"/doti/{dote['id']}/approval", {"amount_cents": 1_000}, "approver")
    again = world.post("/households", body, key=key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert world.get(f"/households/{first.json()['id']}").json()["exposure"]["total_cents"] == 1_000


def test_a_replay_that_would_be_refused_now(world: World) -> None:
    dote = world.assessed()
    path, body = f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}
    headers = {"If-Match": '"2"'}
    first = world.post(path, body, "approver", key="vote", headers=headers)
    assert first.status_code == 200
    again = world.post(path, body, "approver", key="vote", headers=headers)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_same_key_with_another_body_is_a_conflict(world: World) -> None:
    body = world.request_body(world.household())
    world.done("/doti", body, "operator", key="conflict")
    answer = world.post("/doti", body | {"amount_cents": 1}, key="conflict")
    problem(answer, 422, "idempotency_conflict")
    dote = world.requested()
    answer = world.post(f"/doti/{dote['id']}/withdrawal", {"reason": "x"}, key="conflict")
    problem(answer, 422, "idempotency_conflict")
    assert world.get(f"/doti/{dote['id']}").json()["state"] == "requested"


def test_keys_are_each_persons_own(world: World) -> None:
    first, second = world.assessed(20_000), world.assessed(20_000)
    vote = {"amount_cents": 20_000}
    world.done(f"/doti/{first['id']}/approval", vote, "approver", key="own")
    answer = world.post(f"/doti/{first['id']}/approval", vote, "approver2", key="own")
    assert "Idempotent-Replayed" not in answer.headers
    other = world.post(f"/doti/{second['id']}/approval", vote, "approver", key="own")
    problem(other, 422, "idempotency_conflict")


def test_the_same_command_at_the_same_time_is_done_once(world: World) -> None:
    body = world.request_body(world.household())
    before = world.settle()
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: world.post("/doti", body, key="at once"[:2]), range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert world.settle() == before + 1


def test_many_papers_at_the_same_time(world: World) -> None:
    dote = world.requested()

    def attach(n: int) -> int:
        return world.call(
            "POST",
            f"/doti/{dote['id']}/documents",
            data={"kind": "contract"},
            files={"file": ("a.pdf", paper(n))},
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attach, range(16)))
    assert set(answers) <= {201, 503}
    shown = world.get(f"/doti/{dote['id']}").json()
    assert len(shown["documents"]) == answers.count(201) >= 5


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "caffè", "\x7f", "a\tb"])
def test_odd_keys(world: World, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    answer = world.client.post(
        "/api/v1/doti",
        json=world.request_body(str(uuid4())),
        headers={b"Authorization": f"Bearer {world.tokens['operator']}".encode()}
        | {name.encode(): value for name, value in headers.items()},
    )
    assert places(problem(answer, 422, "validation")) == [["header", "Idempotency-Key"]]


def test_if_match(world: World) -> None:
    dote = world.requested()
    path, body = f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}
    stale = world.post(path, body, "assessor", headers={"If-Match": '"7"'})
    shown = problem(stale, 412, "stale_version")
    assert (shown["expected"], shown["actual"]) == (7, 1)
    for odd in ("1", '"x"', '"1', '"1", "2"', '"-1"', "", '"99999999999"'):
        answer = world.post(path, body, "assessor", headers={"If-Match": odd})
        assert places(problem(answer, 422, "validation")) == [["header", "If-Match"]]
    answer = world.post(path, body, "assessor", headers={"If-Match": 'W/"1"'})
    assert answer.headers["ETag"] == '"2"'
    reason = {"reason": "x"}
    answer = world.post(
        f"/doti/{dote['id']}/rejection", reason, "approver", headers={"If-Match": "*"}
    )
    assert answer.status_code == 200


def test_if_match_on_a_paper(world: World) -> None:
    dote = world.disbursed(1_000)
    stale = world.receipt(dote["id"], 1_000, headers={"If-Match": '"1"'})
    problem(stale, 412, "stale_version")
    assert world.receipt(dote["id"], 1_000, headers={"If-Match": '"4"'}).status_code == 201


def test_a_multipart_command_is_idempotent_too(world: World) -> None:
    dote = world.disbursed(1_000)
    first = world.receipt(dote["id"], 1_000, key="receipt")
    again = world.receipt(dote["id"], 1_000, key="receipt")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = world.receipt(dote["id"], 1_000, number="2", key="receipt")
    problem(other, 422, "idempotency_conflict")
    problem(world.receipt(dote["id"], 1_000), 409, "duplicate")


def test_an_allocation_is_idempotent_with_its_figures(world: World) -> None:
    body = {"partner": "SSALV", "category": "SCUOLA", "amount_cents": 500, "reason": "x"}
    first = world.done("/programme/allocations", body, "coordinator", key="allocation")
    world.done("/programme/allocations", body, "coordinator")
    assert world.done("/programme/allocations", body, "coordinator", key="allocation") == first


def test_correlation(world: World) -> None:
    body = world.request_body(world.household())
    answer = world.post(
        "/doti", body, headers={"X-Correlation-Id": "case-7", "X-Request-Id": "r.1"}
    )
    assert answer.headers["X-Correlation-Id"] == "case-7"
    assert answer.headers["X-Request-Id"] == "r.1"
    world.settle()
    items = world.get(f"/doti/{answer.json()['id']}/history").json()["items"]
    assert [item["correlation_id"] for item in items] == ["case-7"]
    for odd in ("x" * 65, "a b", "<script>", ""):
        answer = world.get("/programme", headers={"X-Correlation-Id": odd, "X-Request-Id": odd})
        assert answer.headers["X-Request-Id"] != odd
        assert answer.headers["X-Correlation-Id"] == answer.headers["X-Request-Id"]
