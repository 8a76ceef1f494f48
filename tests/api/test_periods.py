"""Closing and opening months over HTTP, and what a closed one refuses."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.api.test_statements import account, camt, entry, send
from tests.api.world import Json, World, opened_world

MONTH = "2026-01"
PATH = f"/periods/{MONTH}"
WHY = {"reason": "un bonifico dimenticato"}


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: its months are closed."""
    with opened_world(postgres_url, tmp_path / "home") as opened:
        yield opened


def close(world: World, month: str = MONTH) -> Json:
    world.done(f"/periods/{month}/close", {}, "finance")
    return world.done(f"/periods/{month}/close", {}, "coordinator")


def test_finance_asks_and_a_coordinator_closes(world: World) -> None:
    world.disbursed()
    asked = world.done(f"{PATH}/close", {"reason": "riconciliato"}, "finance")
    assert (asked["state"], asked["reason"], asked["trial_balance"]) == (
        "close_asked",
        "riconciliato",
        None,
    )
    again = world.post(f"{PATH}/close", {}, "finance")
    assert (again.status_code, again.json()["code"]) == (403, "segregation_of_duties")

    closed = world.done(f"{PATH}/close", None, "coordinator")
    end = world.settle()
    assert (closed["state"], closed["sum_cents"]) == ("closed", 0)
    assert {
        "partner": "ROCCA",
        "category": "EMERGENZA",
        "account": "disbursed",
        "cents": 10_000,
    } in (closed["trial_balance"])
    (closing,) = closed["closings"]
    assert closing["log_size"] == end - 1
    assert closing["asked_by"] != closing["closed_by"]
    assert (closing["asked_reason"], closing["asked_at"]) == ("riconciliato", asked["asked_at"])
    # Months go on from the first one that was closed; the newest comes first.
    shown = world.get("/periods", "auditor").json()
    assert shown["closed_upto"] == MONTH
    assert [one["period"] for one in shown["items"]][-1] == MONTH
    assert [one["period"] for one in shown["items"] if one["can_close"]] == ["2026-02"]
    assert world.get(PATH, "finance").json() == closed


def test_the_bank_at_the_end_of_a_month(world: World) -> None:
    assert world.get(f"{PATH}/bank", "auditor").json() == {
        "on": "2026-01-31",
        "accounts": [],
        "open_lines": 0,
        "open_cents": 0,
    }
    account(world)
    lines = [
        entry(-45_00, "CHI SARÀ", "A1", "2026-01-15"),
        entry(-5_00, "ALTRO", "A2", "2026-02-02"),
    ]
    content = camt(*lines, total=-50_00, days=("2026-01-01", "2026-02-15"))
    assert send(world, content).status_code == 201
    world.settle()
    told = world.get(f"{PATH}/bank", "finance").json()
    assert told["accounts"] == [
        {
            "account": "CONTO",
            "statements_upto": "2026-02-15",
            "bank_cents": 955_00,
            "register_cents": 955_00,
            "difference_cents": 0,
        }
    ]
    assert (told["open_lines"], told["open_cents"]) == (1, -45_00)
    assert world.get(f"{PATH}/bank", "operator").status_code == 403
    assert world.get("/periods/2026-13/bank", "finance").status_code == 422


def test_nothing_is_dated_into_a_closed_month(world: World) -> None:
    unpaid, paid = world.approved(), world.disbursed()
    close(world)
    attempts = [
        (f"/doti/{unpaid['id']}/disbursements", world.payment(10_000)),
        (
            f"/doti/{paid['id']}/disbursements/1/return",
            {"reason": "conto chiuso", "value_date": "2026-01-31"},
        ),
        (
            f"/doti/{paid['id']}/refunds",
            {"amount_cents": 100, "value_date": "2025-12-31", "source": "negozio"},
        ),
    ]
    for path, body in attempts:
        answer = world.post(path, body, "finance")
        assert (answer.status_code, answer.json()["code"]) == (409, "period_closed")
    body = {"reason": "conto chiuso", "value_date": "2026-02-02"}
    back = world.done(f"/doti/{paid['id']}/disbursements/1/return", body, "finance")
    assert back["disbursements"][0]["state"] == "returned"


def test_a_payment_is_not_carried_out_in_a_closed_month(world: World) -> None:
    dote = world.approved()
    today = world.services.engine.today().isoformat()
    body = {"execution_date": today, "payments": [{"dote_id": dote["id"]}]}
    batch = world.done("/payment-batches", body, "finance")
    world.done(f"/payment-batches/{batch['id']}/authorisation", None, "coordinator")
    close(world)
    path = f"/payment-batches/{batch['id']}/payments/{dote['number']}-1/execution"

    refused = world.post(path, {"value_date": "2026-01-31", "reference": "TRN 1"}, "finance")
    assert (refused.status_code, refused.json()["code"]) == (409, "period_closed")
    shown = world.get(f"/payment-batches/{batch['id']}", "finance").json()
    assert [row["state"] for row in shown["payments"]] == ["authorised"]

    paid = world.done(path, {"value_date": "2026-02-01", "reference": "TRN 1"}, "finance")
    assert [row["executed_on"] for row in paid["payments"]] == ["2026-02-01"]


def test_a_receipt_of_a_closed_month_is_documented_in_an_open_one(world: World) -> None:
    paid = world.disbursed()
    close(world)
    # Its paper bears a day of the closed month; it is accepted, and posted, today.
    assert world.receipt(paid["id"], 10_000).status_code == 201
    done = world.done(f"/doti/{paid['id']}/receipts/1/acceptance", {}, "finance")
    assert done["documented_cents"] == 10_000


def test_a_month_is_opened_again_by_two_with_a_reason(world: World) -> None:
    dote = world.approved()
    close(world)
    assert world.post(f"{PATH}/reopen", {}, "finance").status_code == 422
    asked = world.done(f"{PATH}/reopen", WHY, "finance")
    assert asked["state"] == "reopen_asked"
    opened = world.done(f"{PATH}/reopen", {"reason": "confermo"}, "coordinator")
    [closing] = opened["closings"]
    assert (opened["state"], closing["reopen_reason"]) == ("open", "confermo")
    assert closing["reopen_asked_reason"] == WHY["reason"]
    assert closing["reopen_asked_by"] != closing["reopened_by"]
    assert closing["reopen_asked_at"] == asked["asked_at"]
    world.done(f"/doti/{dote['id']}/disbursements", world.payment(10_000), "finance")


def test_the_same_key_tells_the_same_again(world: World) -> None:
    first = world.post(f"{PATH}/close", {}, "finance", key="close-1")
    close_again = world.post(f"{PATH}/close", {}, "coordinator", key="close-2")
    assert close_again.json()["state"] == "closed"
    replayed = world.post(f"{PATH}/close", {}, "finance", key="close-1")
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert replayed.json() == first.json()


def test_months_have_their_order_and_an_end(world: World) -> None:
    close(world)
    now: datetime = world.services.engine.clock()
    this = f"{now:%Y-%m}"
    for month, code in (("2026-03", 409), (this, 409), ("2026-13", 422), (MONTH, 409)):
        assert world.post(f"/periods/{month}/close", {}, "finance").status_code == code
    later = now + timedelta(days=400)
    world.services.engine.clock = lambda: later
    close(world, "2026-02")


@pytest.mark.parametrize("who", ["operator", "assessor", "approver", "auditor", "admin"])
def test_only_finance_and_the_coordinator_close(world: World, who: str) -> None:
    assert world.post(f"{PATH}/close", {}, who).status_code == 403
