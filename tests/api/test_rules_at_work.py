"""Papers, tranches, caps, urgency and appeals over HTTP, under rules that ask for them."""

from collections.abc import Iterator

import pytest

from domain.actors import Role
from domain.policy import Band, Cap, ItemRule, PaperRule, Rules, UrgentPath, two_bands
from tests.api.world import PDF, SINGLE_APPROVER_CENTS, Json, World

RULES = Rules(
    title="Regole di prova",
    items=(
        ItemRule(
            item="AFFITTO",
            ceiling_cents=50_000,
            papers=(PaperRule(kind="rent_contract", over_cents=40_000),),
        ),
        ItemRule(item="UTENZE"),
    ),
    bands=(
        Band(to_cents=SINGLE_APPROVER_CENTS),
        Band(over_cents=SINGLE_APPROVER_CENTS, to_cents=40_000, approvers=2),
        Band(over_cents=40_000, approvers=2, coordinator=True, in_order=True),
    ),
    caps=(Cap(category="EMERGENZA", days=365, cents=60_000),),
    urgent=UrgentPath(to_cents=SINGLE_APPROVER_CENTS, ratify_days=5, requester_may_assess=True),
)


@pytest.fixture
def ruled(world: World) -> Iterator[World]:
    """The world under these rules, and under its own again afterwards."""
    world.adopt(RULES)
    yield world
    world.adopt(two_bands(SINGLE_APPROVER_CENTS))


def action(dote: Json, name: str) -> Json:
    """What the dote says of an action."""
    found: Json = next(each for each in dote["available_actions"] if each["action"] == name)
    return found


def test_papers_are_asked_for_and_answered(ruled: World) -> None:
    dote = ruled.requested(12_000)
    path = f"/doti/{dote['id']}"
    ask = {"what": "manca il contratto", "kinds": ["rent_contract"], "due_date": "2099-01-31"}
    asked = ruled.done(f"{path}/document-requests", ask, "assessor")
    assert (asked["state"], asked["waiting_for"]) == ("document_requested", ["operator"])
    early = ruled.post(f"{path}/assessment", {"outcome": "favourable"}, "assessor")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    answered = ruled.done(f"{path}/document-answers", {"note": "eccolo"}, "operator")
    assert (answered["state"], answered["waiting_for"]) == ("requested", ["assessor"])
    again = ruled.post(f"{path}/document-answers", None, "operator")
    assert again.status_code == 409


def test_a_day_that_is_over_is_no_day_to_answer(ruled: World) -> None:
    path = f"/doti/{ruled.requested()['id']}/document-requests"
    late = ruled.post(path, {"what": "manca tutto", "due_date": "2026-01-01"}, "assessor")
    assert late.status_code == 422
    assert late.json()["errors"][0]["loc"] == ["body", "due_date"]


def test_a_large_dote_needs_its_papers_and_the_coordinator_last(ruled: World) -> None:
    dote = ruled.assessed(45_000)
    path = f"/doti/{dote['id']}"
    vote = {"amount_cents": 45_000}
    missing = ruled.post(f"{path}/approval", vote, "approver").json()
    assert (missing["code"], missing["kinds"]) == ("wrong_state", "rent_contract")
    shown = ruled.get(path, "approver").json()
    assert action(shown, "approve") == {
        "action": "approve",
        "allowed": False,
        "reason": "Papers are missing or out of date: rent contract.",
    }
    files = {"file": ("contratto.pdf", PDF, "application/pdf")}
    form = {"kind": "rent_contract", "valid_until": "2099-12-31"}
    attached = ruled.call("POST", f"{path}/documents", "operator", data=form, files=files)
    assert attached.status_code == 201, attached.text

    early = ruled.post(f"{path}/approval", vote, "coordinator").json()
    assert (early["code"], early["missing"]) == ("wrong_state", 2)
    first = ruled.done(f"{path}/approval", vote, "approver")
    assert first["waiting_for"] == ["approver"]
    second = ruled.done(f"{path}/approval", vote, "approver2")
    assert (second["state"], second["waiting_for"]) == ("assessed", ["coordinator"])
    last = ruled.done(f"{path}/approval", vote, "coordinator")
    assert last["state"] == "approved"


def test_the_coordinator_votes_only_where_the_rules_ask(ruled: World) -> None:
    dote = ruled.assessed(10_000)
    refused = ruled.post(f"/doti/{dote['id']}/approval", {"amount_cents": 10_000}, "coordinator")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_what_is_above_the_ceiling_is_proposed_up_to_it(ruled: World) -> None:
    dote = ruled.requested(70_000)
    path = f"/doti/{dote['id']}/assessment"
    above = ruled.post(path, {"outcome": "favourable", "proposed_cents": 60_000}, "assessor")
    assert above.status_code == 422
    assert above.json()["ceiling_cents"] == 50_000
    assert above.json()["errors"][0]["loc"] == ["body", "proposed_cents"]
    assert ruled.done(path, {"outcome": "favourable"}, "assessor")["proposed_cents"] == 50_000


def test_an_item_that_the_rules_do_not_name_is_not_requested(ruled: World) -> None:
    body = ruled.request_body(ruled.household()) | {"category": "SCUOLA", "item": "LIBRI"}
    refused = ruled.post("/doti", body, "operator")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["loc"] == ["body", "item"]


def test_a_cap_holds_until_the_coordinator_overrides_it(ruled: World) -> None:
    household = ruled.household()

    def assessed(cents: int) -> str:
        dote = ruled.done("/doti", ruled.request_body(household, cents), "operator")
        ruled.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
        return f"/doti/{dote['id']}"

    for _ in range(2):
        path = assessed(30_000)
        for voter in ("approver", "approver2"):
            ruled.done(f"{path}/approval", {"amount_cents": 30_000}, voter)
    path = assessed(10_000)
    refused = ruled.post(f"{path}/approval", {"amount_cents": 10_000}, "approver")
    assert (refused.status_code, refused.json()["code"]) == (409, "household_cap_exceeded")
    assert refused.json()["left_cents"] == 0
    more = {"amount_cents": 10_000, "reason": "sfratto domani"}
    assert ruled.post(f"{path}/cap-overrides", more, "approver").status_code == 403
    ruled.done(f"{path}/cap-overrides", more, "coordinator")
    assert ruled.done(f"{path}/approval", {"amount_cents": 10_000}, "approver")["state"] == (
        "approved"
    )


def test_an_override_that_is_not_needed_is_refused(ruled: World) -> None:
    path = f"/doti/{ruled.assessed(10_000)['id']}/cap-overrides"
    refused = ruled.post(path, {"amount_cents": 10_000, "reason": "per sicurezza"}, "coordinator")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_planned_tranches_are_paid_when_they_are_due(ruled: World) -> None:
    dote = ruled.assessed(12_000)
    path = f"/doti/{dote['id']}"
    later = {"amount_cents": 4_000, "due": "2098-05-01"}
    off = {"amount_cents": 12_000, "tranches": [{"amount_cents": 7_000}, later]}
    refused = ruled.post(f"{path}/approval", off, "approver")
    assert refused.json()["errors"][0]["loc"] == ["body", "tranches"]
    plan = {"amount_cents": 12_000, "tranches": [{"amount_cents": 8_000}, later]}
    ruled.done(f"{path}/approval", plan, "approver")
    early = ruled.post(f"{path}/disbursements", ruled.payment(12_000), "finance")
    assert early.status_code == 422
    assert (early.json()["payable_cents"], early.json()["due"]) == (8_000, "2098-05-01")
    paid = ruled.done(f"{path}/disbursements", ruled.payment(8_000), "finance")
    assert paid["state"] == "approved"
    revoked = ruled.done(f"{path}/revocation", {"reason": "non serve più"}, "coordinator")
    assert (revoked["state"], revoked["disbursed_cents"]) == ("revoked", 8_000)


def test_an_appeal_is_decided_once_by_somebody_else(ruled: World) -> None:
    dote = ruled.assessed(10_000)
    path = f"/doti/{dote['id']}"
    assert ruled.post(f"{path}/appeal", {"reason": "x"}, "operator").status_code == 409
    ruled.done(f"{path}/rejection", {"reason": "non urgente"}, "approver")
    lodged = ruled.done(f"{path}/appeal", {"reason": "è arrivato lo sfratto"}, "operator")
    assert (lodged["state"], lodged["waiting_for"]) == ("rejected", ["coordinator"])
    accept = {"accepted": True, "reason": "la situazione è cambiata"}
    reopened = ruled.done(f"{path}/appeal/decision", accept, "coordinator")
    assert (reopened["state"], reopened["waiting_for"]) == ("assessed", ["approver"])
    ruled.done(f"{path}/rejection", {"reason": "no"}, "approver2")
    second = ruled.post(f"{path}/appeal", {"reason": "ancora"}, "operator")
    assert (second.status_code, second.json()["code"]) == (409, "wrong_state")


def test_what_went_the_urgent_path_is_ratified_by_somebody_else(ruled: World) -> None:
    accounts = ruled.services.accounts
    ruled.tokens["requester"] = accounts.create_token("operator", Role.ASSESSOR)
    slow = ruled.requested(10_000)
    own = ruled.post(f"/doti/{slow['id']}/assessment", {"outcome": "favourable"}, "requester")
    assert own.json()["code"] == "segregation_of_duties"

    dote = ruled.requested(10_000, urgent=True)
    path = f"/doti/{dote['id']}"
    ruled.done(f"{path}/assessment", {"outcome": "favourable"}, "requester")
    approved = ruled.done(f"{path}/approval", {"amount_cents": 10_000}, "approver")
    assert approved["state"] == "approved"
    assert approved["waiting_for"] == ["approver", "coordinator", "finance"]
    ruled.done(f"{path}/disbursements", ruled.payment(10_000), "finance")
    self = ruled.post(f"{path}/ratification", {"ratified": True}, "approver")
    assert self.json()["code"] == "segregation_of_duties"
    ruled.receipt(dote["id"], 10_000)
    ruled.done(f"{path}/receipts/1/acceptance", {}, "finance")
    assert ruled.post(f"{path}/accounting", {}, "finance").status_code == 409
    ruled.done(f"{path}/ratification", {"ratified": True}, "approver2")
    assert ruled.done(f"{path}/accounting", {}, "finance")["state"] == "accounted_for"
