"""A dote from its request to its rendiconto, over HTTP."""

from tests.api.world import IBAN, World

EVENTS = [
    "DoteRequested",
    "DoteAssessed",
    "DoteApproved",
    "DoteDisbursed",
    "ReceiptSubmitted",
    "ReceiptAccepted",
    "DoteAccountedFor",
]


def test_the_spine(world: World) -> None:
    asked = world.post("/doti", world.request_body(world.household(), 12_000), "operator")
    assert asked.status_code == 201
    assert asked.headers["ETag"] == '"1"'
    dote = asked.json()
    assert dote["state"] == "requested"
    assert dote["waiting_for"] == ["assessor"]
    assert dote["need"] == "bisogno segreto"
    path = f"/doti/{dote['id']}"

    dote = world.done(f"{path}/assessment", {"outcome": "favourable"}, "assessor")
    assert (dote["state"], dote["proposed_cents"]) == ("assessed", 12_000)
    payee = {"name": "Padrone", "iban": "it60 x054 2811 1010 0000 0123 456"}
    vote = {"amount_cents": 12_000, "payee": payee}
    dote = world.done(f"{path}/approval", vote, "approver")
    assert (dote["state"], dote["approved_cents"]) == ("approved", 12_000)
    assert dote["payee"] == {"household": False, "name": "Padrone", "iban": IBAN}
    paid = world.post(f"{path}/disbursements", world.payment(12_000), "finance")
    assert paid.status_code == 201
    assert paid.json()["state"] == "disbursed"
    assert paid.json()["disbursements"] == [
        {
            "n": 1,
            "amount_cents": 12_000,
            "value_date": "2026-01-15",
            "method": "bank_transfer",
            "state": "executed",
            "reference": None,
        }
    ]
    receipt = world.receipt(dote["id"], 12_000)
    assert receipt.status_code == 201
    assert receipt.headers["ETag"] == '"5"'
    assert receipt.json()["state"] == "submitted"
    assert receipt.json()["issuer"] == f"Emittente Segreto {dote['id']}"
    accepted = world.done(f"{path}/receipts/1/acceptance", {}, "finance")
    assert accepted["documented_cents"] == 12_000
    ended = world.done(f"{path}/accounting", {"note": "a posto"}, "finance")
    assert ended["state"] == "accounted_for"
    assert ended["waiting_for"] == []
    assert not any(action["allowed"] for action in ended["available_actions"])

    end = world.settle()
    history = world.get(f"{path}/history?wait_for={end}", "operator").json()
    assert [item["type"] for item in history["items"]] == EVENTS
    assert [item["version"] for item in history["items"]] == [1, 2, 3, 4, 5, 6, 7]
    assert history["next_cursor"] is None
    requested, approved = history["items"][0], history["items"][2]
    assert requested["actor"]["name"] == "operator"
    assert requested["actor"]["role"] == "operator"
    assert requested["data"]["need"] == "bisogno segreto"
    assert requested["policy_version"] == 1
    before, after = approved["data"]["before"], approved["data"]["after"]
    assert before["available_cents"] - after["available_cents"] == 12_000


def test_two_approvers_above_the_band(world: World) -> None:
    dote = world.assessed(20_000)
    path = f"/doti/{dote['id']}/approval"
    first = world.done(path, {"amount_cents": 20_000}, "approver")
    assert first["state"] == "assessed"
    assert len(first["votes"]) == 1
    again = world.post(path, {"amount_cents": 20_000}, "approver")
    assert (again.status_code, again.json()["code"]) == (403, "segregation_of_duties")
    second = world.done(path, {"amount_cents": 20_000}, "approver2")
    assert second["state"] == "approved"
    assert second["payee"] == {"household": True, "name": None, "iban": None}


def test_rejection_withdrawal_revocation(world: World) -> None:
    reason = {"reason": "non serve più", "note": "una nota"}
    for dote, action, who, state in (
        (world.requested(), "rejection", "approver", "rejected"),
        (world.requested(), "withdrawal", "operator", "withdrawn"),
        (world.approved(), "revocation", "coordinator", "revoked"),
    ):
        ended = world.done(f"/doti/{dote['id']}/{action}", reason, who)
        assert ended["state"] == state
        shown = world.get(f"/doti/{dote['id']}", "operator").json()
        assert shown["decision_reason"] == "non serve più"


def test_money_that_comes_back(world: World) -> None:
    dote = world.disbursed(9_000)
    path = f"/doti/{dote['id']}"
    back = {"reason": "conto chiuso", "value_date": "2026-01-20"}
    returned = world.post(f"{path}/disbursements/1/return", back, "finance")
    assert returned.status_code == 200
    assert returned.json()["state"] == "approved"
    assert returned.json()["disbursements"][0]["state"] == "returned"
    world.done(f"{path}/disbursements", world.payment(9_000), "finance")
    refund = {"amount_cents": 1_000, "value_date": "2026-01-25", "source": "il negozio"}
    refunded = world.post(f"{path}/refunds", refund, "finance")
    assert refunded.status_code == 201
    assert refunded.json()["refunded_cents"] == 1_000
    assert world.receipt(dote["id"], 8_000).status_code == 201
    body = {"reason": "spesa non ammessa"}
    refused = world.done(f"{path}/receipts/1/disallowance", body, "finance")
    assert refused["disallowed_cents"] == 8_000
    assert world.done(f"{path}/accounting", {}, "finance")["state"] == "accounted_for"


def test_budget_moves(world: World) -> None:
    body = {"partner": "ROCCA", "category": "SCUOLA", "amount_cents": 5_000, "reason": "avvio"}
    line = world.post("/programme/allocations", body, "coordinator")
    assert line.status_code == 201
    assert line.json()["available_cents"] == 5_000
    moved = world.done(
        "/programme/transfers",
        {
            "from": {"partner": "ROCCA", "category": "SCUOLA"},
            "to": {"partner": "SSALV", "category": "SCUOLA"},
            "amount_cents": 2_000,
            "reason": "rimodulazione",
        },
        "coordinator",
    )
    assert moved["from"]["available_cents"] == 3_000
    assert moved["to"] | {"partner": "SSALV", "available_cents": 2_000} == moved["to"]
    again = world.post("/programme/transfers", {**body, "from": 1}, "coordinator")
    assert again.status_code == 422


def test_an_acceptance_and_an_accounting_need_no_body(world: World) -> None:
    dote = world.disbursed(5_000)
    world.receipt(dote["id"], 5_000)
    path = f"/doti/{dote['id']}"
    assert world.call("POST", f"{path}/receipts/1/acceptance", "finance").status_code == 200
    assert world.call("POST", f"{path}/accounting", "finance").status_code == 200
