"""Reconciliation over HTTP: what is proposed and why, confirmed, taken back, set aside."""

from typing import Any
from uuid import UUID

import pytest

from domain.actors import Actor, Grant, Role
from domain.events.payment_batch import Method
from tests.api.test_refusals import problem
from tests.api.test_statements import account, balances, camt, entry, send
from tests.api.world import World
from workflows import payments
from workflows.engine import Request
from workflows.payment_commands import OrderPayment, PrepareBatch

Json = dict[str, Any]


def paid_soon(world: World, *cents: int) -> list[str]:
    """Doti in an authorised batch; the ids of their payments."""
    doti = [world.approved(each)["id"] for each in cents]
    finance, coordinator = (
        Actor(world.services.accounts.account_id(name), (Grant(Role(name)),))
        for name in ("finance", "coordinator")
    )
    day = world.services.engine.clock().date()
    command = PrepareBatch(
        method=Method.CASH_DESK,
        execution_date=day,
        payments=tuple(OrderPayment(dote_id=UUID(each)) for each in doti),
    )
    engine = world.services.engine
    batch = engine.run(Request(finance, "test"), lambda work: payments.prepare(work, command))
    engine.run(
        Request(coordinator, "test"),
        lambda work: payments.authorise(work, batch.stream_id),
    )
    world.settle()
    return [f"{world.get(f'/doti/{each}').json()['number']}-1" for each in doti]


def bank_says(world: World, *entries: tuple[int, str]) -> None:
    """Lines of today come in."""
    day = world.services.engine.clock().date()
    known = len(world.get("/statements", "finance").json()["items"])
    made = [
        entry(cents, text, f"S{known}N{n}", day.isoformat())
        for n, (cents, text) in enumerate(entries)
    ]
    total = sum(cents for cents, _ in entries)
    answer = send(world, camt(*made, opening=known * 7, total=total))
    assert answer.json()["new_lines"] == len(entries), answer.text
    world.settle()


def proposals(world: World, who: str = "finance", **query: str) -> Json:
    world.settle()
    answer = world.get("/reconciliation/proposals", who, params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def of_text(world: World, text: str) -> Json:
    """The proposal of the line with these words."""
    found = [
        each for each in proposals(world)["items"] if text in (each["lines"][0]["remittance"] or "")
    ]
    assert len(found) == 1, found
    only: Json = found[0]
    return only


def test_from_proposal_to_match_and_back(world: World) -> None:
    account(world)
    [payment] = paid_soon(world, 10_000)
    bank_says(world, (-100_00, f"BONIFICO {payment} GRAZIE"), (-1_20, "COMMISSIONI MARZO"))
    proposal = of_text(world, payment)
    assert (proposal["grade"], proposal["kind"]) == ("certain", "payment")
    assert proposal["payment_ids"] == [payment]
    assert proposal["reason"] == "number in the text, amount"
    body = {key: proposal[key] for key in ("line_ids", "payment_ids", "kind", "rest")}
    match = world.done("/reconciliation/matches", body, "finance")
    assert match["lines"][0]["amount_cents"] == -100_00
    world.settle()
    dote = world.get(f"/doti?q={payment.rsplit('-', 1)[0]}").json()["items"][0]
    assert dote["state"] == "disbursed"
    problem(world.post("/reconciliation/matches", body, "finance"), 409, "wrong_state")
    fee = of_text(world, "COMMISSIONI MARZO")
    assert (fee["grade"], fee["kind"], fee["payment_ids"]) == ("suspense", "fee", [])
    assert fee["reason"] == "no payment; record it as a bank fee"
    assert balances(world)["cash"]["outlays"] == 100_00
    undone = world.post(f"/reconciliation/matches/{match['id']}/undo", None, "finance")
    assert (undone.status_code, undone.json()["undone"]) == (200, True)
    assert world.get(f"/reconciliation/matches/{match['id']}", "auditor").json()["lines"] == []
    assert balances(world)["cash"]["outlays"] == 0
    assert of_text(world, payment)["grade"] == "certain"
    again = world.post(f"/reconciliation/matches/{match['id']}/undo", None, "finance")
    problem(again, 409, "wrong_state")


def test_all_the_certain_ones_at_once(world: World) -> None:
    account(world)
    names = paid_soon(world, 11_000, 12_000, 13_000)
    bank_says(
        world, *((-c, f"DOTE {n}") for c, n in zip((110_00, 120_00, 130_00), names, strict=True))
    )
    found = proposals(world, grade="certain")["items"]
    wanted = [each["line_ids"][0] for each in found if set(each["payment_ids"]) & set(names)]
    assert len(wanted) == 3
    answer = world.post("/reconciliation/confirmations", {"line_ids": wanted}, "finance", key="k1")
    assert (answer.status_code, answer.json()) == (201, {"matched": 3, "refused": []})
    world.settle()
    again = world.post("/reconciliation/confirmations", {"line_ids": wanted}, "finance")
    assert again.json() == {"matched": 0, "refused": []}
    [payment] = paid_soon(world, 9_000)
    bank_says(world, (-90_00, f"DOTE {payment}"), (90_00, f"STORNO {payment}"))
    rest = world.post("/reconciliation/confirmations", {}, "finance").json()
    assert rest["matched"] >= 1
    back = of_text(world, f"STORNO {payment}")
    assert (back["grade"], back["kind"], back["payment_ids"]) == ("return", "return", [payment])


def test_what_is_open_grows_old_and_is_set_aside(world: World) -> None:
    account(world)
    bank_says(world, (77_00, "VERSAMENTO IGNOTO"))
    found = world.get("/reconciliation/suspense", "coordinator").json()
    line = next(each for each in found["items"] if each["remittance"] == "VERSAMENTO IGNOTO")
    assert (line["days"], line["set_aside"]) == (0, False)
    path = f"/reconciliation/lines/{line['id']}/set-aside"
    world.done(path, {"reason": "da chiedere alla banca"}, "finance")
    world.settle()
    found = world.get("/reconciliation/suspense", "auditor").json()
    line = next(each for each in found["items"] if each["id"] == line["id"])
    assert line["set_aside"]
    assert line["remittance"] is None  # an auditor is not told who
    funding = {"line_ids": [line["id"]], "kind": "funding"}
    world.done("/reconciliation/matches", funding, "finance")


@pytest.mark.parametrize("who", ["operator", "coordinator", "auditor", "approver"])
def test_who_does_not_keep_the_money_matches_nothing(world: World, who: str) -> None:
    body = {"line_ids": ["00000000-0000-0000-0000-000000000000"], "kind": "fee"}
    problem(world.post("/reconciliation/matches", body, who), 403, "forbidden")


def test_what_is_not_known_is_named(world: World) -> None:
    body = {
        "line_ids": ["00000000-0000-0000-0000-000000000000"],
        "payment_ids": ["CI-2026-99999-1"],
    }
    answer = world.post("/reconciliation/matches", body, "finance")
    problem(answer, 422, "validation")
    assert answer.json()["errors"][0]["loc"] == ["body", "payment_ids", 0]
    fee = {"line_ids": body["line_ids"], "kind": "fee"}
    problem(world.post("/reconciliation/matches", fee, "finance"), 404, "not_found")
