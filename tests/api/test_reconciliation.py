"""Reconciliation over HTTP: what is proposed and why, confirmed, taken back, set aside."""

from typing import Any
from uuid import UUID

import pytest

from api.v1.reconciling import confirm
from domain.actors import Actor, Grant, Role
from domain.events.payment_batch import Method
from domain.programme import PROGRAMME_ID
from tests.api.test_refusals import problem
from tests.api.test_statements import account, balances, camt, entry, send
from tests.api.world import World
from workflows import payments
from workflows.engine import Outcome, Request
from workflows.payment_commands import ConfirmCertain, OrderPayment, PrepareBatch

Json = dict[str, Any]


def paid_soon(world: World, *cents: int) -> list[str]:
    """Doti in an authorised batch; the ids of their payments."""
    doti = [world.approved(each)["id"] for each in cents]
    finance, coordinator = (
        Actor(world.services.accounts.account_id(name), (Grant(Role(name)),))
        for name in ("finance", "coordinator")
    )
    day = world.services.engine.today()
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
    day = world.services.engine.today()
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


def shown(proposal: Json) -> Json:
    """A proposal as it is sent back to be confirmed."""
    return {key: proposal[key] for key in ("line_ids", "payment_ids", "kind")}


def test_what_is_certain_is_confirmed_together_and_as_it_was_shown(world: World) -> None:
    account(world)
    names = paid_soon(world, 11_000, 12_000, 13_000)
    bank_says(
        world, *((-c, f"DOTE {n}") for c, n in zip((110_00, 120_00, 130_00), names, strict=True))
    )
    found = [of_text(world, f"DOTE {name}") for name in names]
    assert [each["payment_ids"] for each in found] == [[name] for name in names]
    body = {"proposals": [shown(each) for each in found]}
    answer = world.post("/reconciliation/confirmations", body, "finance", key="k1")
    assert (answer.status_code, answer.json()) == (201, {"matched": 3, "refused": []})
    world.settle()
    replayed = world.post("/reconciliation/confirmations", body, "finance", key="k1")
    assert (replayed.status_code, replayed.json()) == (201, answer.json())
    assert replayed.headers["Idempotent-Replayed"] == "true"
    other = {"proposals": body["proposals"][:1]}
    again = world.post("/reconciliation/confirmations", other, "finance", key="k1")
    problem(again, 422, "idempotency_conflict")
    late = world.post("/reconciliation/confirmations", body, "finance")
    assert (late.status_code, late.json()["matched"]) == (200, 0)
    assert [each["line_ids"] for each in late.json()["refused"]] == [
        each["line_ids"] for each in found
    ]
    twice = {"proposals": [body["proposals"][0]] * 2}
    problem(world.post("/reconciliation/confirmations", twice, "finance"), 422, "validation")
    problem(world.post("/reconciliation/confirmations", {}, "finance"), 422, "validation")


def test_interrupted_the_same_confirmations_go_on_and_count_what_was_done(world: World) -> None:
    account(world)
    [name] = paid_soon(world, 1_400)
    bank_says(world, (-14_00, f"DOTE {name}"))
    proposal = shown(of_text(world, f"DOTE {name}"))
    command = ConfirmCertain.model_validate({"proposals": [proposal]})
    finance = world.services.accounts.account_id("finance")
    request = Request(
        Actor(finance, (Grant(Role.FINANCE),)), "test", idempotency_key="cut", fingerprint=b"same"
    )
    # Done, but the answer was never kept: nobody got it.
    with world.services.database.across_partners():
        [first] = confirm(world.services, request, command)
    assert isinstance(first, Outcome)
    world.settle()

    def do() -> Outcome:
        with world.services.database.across_partners():
            again = confirm(world.services, request, command)
        return Outcome(
            PROGRAMME_ID, 1, figures={"matched": [type(each) for each in again] == [Outcome]}
        )

    assert world.services.engine.once(request, do).figures == {"matched": True}
    replayed = world.services.engine.once(request, lambda: pytest.fail("it was done before"))
    assert (replayed.figures, replayed.replayed) == ({"matched": True}, True)
    assert len(all_of(world, "/reconciliation/matches", number=name)) == 1


def test_what_changed_since_it_was_shown_is_told_and_the_others_are_confirmed(
    world: World,
) -> None:
    account(world)
    paid, steady, doubtful = paid_soon(world, 2_100, 2_200, 2_300)
    bank_says(
        world, (-21_00, f"DOTE {paid}"), (-22_00, f"DOTE {steady}"), (-23_00, f"DOTE {doubtful}")
    )
    seen = [shown(of_text(world, f"DOTE {name}")) for name in (paid, steady, doubtful)]
    # A colleague takes the payment for another line; another line names the third one's too.
    bank_says(world, (-21_00, "SENZA NUMERO"), (-23_00, f"ANCORA {doubtful}"))
    other = of_text(world, "SENZA NUMERO")["line_ids"]
    world.done("/reconciliation/matches", {"line_ids": other, "payment_ids": [paid]}, "finance")
    world.settle()
    body = {"proposals": seen}
    answer = world.post("/reconciliation/confirmations", body, "finance").json()
    assert answer["matched"] == 1
    gone, doubted = answer["refused"]
    assert gone["line_ids"] == seen[0]["line_ids"]
    assert gone["payment_ids"] == [paid]
    assert gone["msg"] == (
        "Nothing is proposed for this line any more: look at it, and say what it was."
    )
    assert (doubted["payment_ids"], doubted["msg"]) == (
        [doubtful],
        "What is proposed for this line is not certain: look at it by itself.",
    )
    world.settle()
    assert of_text(world, f"DOTE {doubtful}")["grade"] == "probable"
    [match] = world.get(
        f"/reconciliation/matches?line_id={seen[1]['line_ids'][0]}", "finance"
    ).json()["items"]
    assert match["lines"][0]["payment_ids"] == [steady]


def all_of(world: World, path: str, **query: str) -> list[Json]:
    """A list, page by page."""
    items: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        more = {"cursor": cursor} if cursor else {}
        answer = world.get(path, "finance", params={**query, "limit": "2", **more})
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        assert len(answer.json()["items"]) <= 2
        cursor = answer.json()["next_cursor"]
    return items


def test_every_open_line_every_statement_and_every_match_is_reached_page_by_page(
    world: World,
) -> None:
    account(world)
    names = paid_soon(world, 3_100, 3_200, 3_300)
    for n, name in enumerate(names):
        bank_says(world, (-(310 + 10 * n) * 10, f"DOTE {name}"), (500 + n, f"IGNOTO {n}"))
    body = {"proposals": [shown(of_text(world, f"DOTE {name}")) for name in names]}
    assert world.done("/reconciliation/confirmations", body, "finance")["matched"] == 3
    world.settle()
    for path in (
        "/reconciliation/proposals",
        "/reconciliation/suspense",
        "/reconciliation/matches",
    ):
        whole = world.get(path, "finance", params={"limit": "200"}).json()
        assert whole["next_cursor"] is None
        assert len(whole["items"]) > 2
        assert all_of(world, path) == whole["items"]
        problem(world.get(path, "finance", params={"cursor": "AAAA"}), 422, "validation")
    statements = world.get("/statements", "finance", params={"limit": "200"}).json()["items"]
    assert all_of(world, "/statements") == statements
    [only] = all_of(world, "/reconciliation/matches", number=names[1])
    assert only["lines"][0]["payment_ids"] == [names[1]]
    assert all_of(world, "/reconciliation/matches", number=names[1].rsplit("-", 1)[0]) == [only]
    assert all_of(world, "/reconciliation/matches", amount_cents="3200") == [only]
    assert all_of(world, "/reconciliation/matches", amount_cents="3200", to="2020-01-01") == []
    assert all_of(world, "/reconciliation/matches", account="ALTRO") == []
    world.done(f"/reconciliation/matches/{only['id']}/undo", None, "finance")
    world.settle()
    assert all_of(world, "/reconciliation/matches", number=names[1]) == []


def test_open_lines_are_chosen_by_account_age_and_what_was_set_aside(world: World) -> None:
    account(world)
    bank_says(world, (41_00, "VERSAMENTO DA SCEGLIERE"))
    line = of_text(world, "VERSAMENTO DA SCEGLIERE")["line_ids"][0]
    reason = {"reason": "da chiedere"}
    world.done(f"/reconciliation/lines/{line}/set-aside", reason, "finance")

    def has(**query: str) -> bool:
        items = all_of(world, "/reconciliation/proposals", **query)
        return any(line in each["line_ids"] for each in items)

    world.settle()
    assert has(account="CONTO", set_aside="true", grade="suspense")
    assert not has(account="ALTRO")
    assert not has(set_aside="false")
    assert not has(days="1")
    counted = proposals(world, grade="certain", set_aside="true")
    assert counted["set_aside"] == counted["counts"]["suspense"] >= 1


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


def test_the_rest_of_a_line_is_what_else_it_names(world: World) -> None:
    account(world)
    first, second = paid_soon(world, 3_110, 3_220)
    bank_says(world, (-63_35, f"SALDO {first} E {second}"))
    line_id = of_text(world, f"SALDO {first}")["line_ids"][0]
    body = {"line_ids": [line_id], "payment_ids": [first], "rest": "open"}
    world.done("/reconciliation/matches", body, "finance")
    rest = of_text(world, f"SALDO {first}")
    assert rest["lines"][0]["open_cents"] == -32_25
    assert (rest["payment_ids"], rest["rest"]) == ([second], "fee")
    body = {"line_ids": [line_id], "payment_ids": [second], "rest": "open"}
    world.done("/reconciliation/matches", body, "finance")
    left = of_text(world, f"SALDO {first}")
    assert (left["lines"][0]["open_cents"], left["kind"], left["payment_ids"]) == (-5, "fee", [])


def test_the_rest_of_a_line_is_no_fee_where_it_is_much(world: World) -> None:
    account(world)
    [payment] = paid_soon(world, 3_330)
    bank_says(world, (-133_30, f"INSIEME {payment}"))
    line_id = of_text(world, "INSIEME")["line_ids"][0]
    body = {"line_ids": [line_id], "payment_ids": [payment], "rest": "open"}
    world.done("/reconciliation/matches", body, "finance")
    assert of_text(world, "INSIEME")["kind"] is None
