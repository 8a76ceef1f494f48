"""A decision with everything in view: what a vote would come to, and whose turn it is."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.v1.turns import SENTENCES
from domain.actors import Role
from domain.lifecycle import Stage
from domain.policy import Band, Cap, Deadline, ItemRule, PaperRule, Rules, UrgentPath, two_bands
from domain.turns import Why
from tests.api.test_refusals import problem
from tests.api.world import IBAN, LINE_CENTS, SINGLE_APPROVER_CENTS, Json, World, paper

PAYEE = {"name": "Padrone Segreto", "iban": IBAN}
RULES = Rules(
    items=(
        ItemRule(
            item="AFFITTO",
            ceiling_cents=50_000,
            papers=(PaperRule(kind="rent_contract", over_cents=40_000),),
        ),
        ItemRule(item="UTENZE"),
    ),
    bands=(
        Band(to_cents=15_000),
        Band(over_cents=15_000, to_cents=40_000, approvers=2),
        Band(over_cents=40_000, approvers=2, coordinator=True, in_order=True),
    ),
    caps=(Cap(category="EMERGENZA", days=365, cents=60_000),),
    deadlines=(
        Deadline(stage=Stage.ASSESSMENT, days=5),
        Deadline(stage=Stage.APPROVAL, days=10),
    ),
    urgent=UrgentPath(to_cents=20_000, ratify_days=5),
)


@pytest.fixture
def ruled(world: World) -> Iterator[World]:
    """The world under these rules, and under its own again afterwards."""
    world.adopt(RULES)
    yield world
    world.adopt(two_bands(SINGLE_APPROVER_CENTS))


def preview(world: World, dote: Json, cents: int, who: str = "approver", **other: object) -> Json:
    answer = world.post(
        f"/doti/{dote['id']}/approval/preview", {"amount_cents": cents, **other}, who
    )
    assert answer.status_code == 200, answer.text
    shown: Json = answer.json()
    return shown


def waiting(world: World, dote: Json, who: str = "coordinator") -> list[Json]:
    shown = world.get(f"/doti/{dote['id']}", who)
    assert shown.status_code == 200, shown.text
    found: list[Json] = shown.json()["waiting"]
    return found


def everything(world: World) -> dict[str, Any]:
    """How many rows there are in every table, and what the counters say."""
    with world.services.database.transaction() as tx:
        names = tx.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema = ANY (%s)",
            ([world.services.database.schema, world.services.database.keys_schema],),
        ).fetchall()
        return {
            row["table_name"]: tx.execute(
                f'SELECT count(*) FROM "{row["table_schema"]}"."{row["table_name"]}"'.encode()
            ).fetchone()
            for row in names
        }


def test_a_vote_that_would_approve(ruled: World) -> None:
    dote = ruled.assessed(10_000)
    ruled.settle()
    before = everything(ruled)
    shown = preview(ruled, dote, 9_000, payee=PAYEE)
    assert everything(ruled) == before
    assert (shown["allowed"], shown["reason"]) == (True, None)
    assert (shown["given"], shown["wanted"], shown["would_approve"]) == (0, 1, True)
    assert shown["to_ratify"] is False
    assert shown["band"] == {
        "approvers": 1,
        "different_partners": False,
        "coordinator": False,
        "in_order": False,
    }
    now, then = shown["line"]["before"], shown["line"]["after"]
    assert then == {
        **now,
        "available_cents": now["available_cents"] - 9_000,
        "committed_cents": now["committed_cents"] + 9_000,
    }
    assert shown["household"] == {"before_cents": 0, "after_cents": 9_000}
    assert shown["caps"] == [
        {
            "category": "EMERGENZA",
            "days": 365,
            "cap_cents": 60_000,
            "granted_cents": 0,
            "left_cents": 60_000,
        }
    ]
    assert (shown["ceiling_cents"], shown["missing_papers"]) == (50_000, [])
    approved = ruled.done(
        f"/doti/{dote['id']}/approval", {"amount_cents": 9_000, "payee": PAYEE}, "approver"
    )
    assert approved["state"] == "approved"
    ruled.settle()
    event = ruled.get(f"/doti/{dote['id']}/history").json()["items"][-1]["data"]
    assert (event["before"], event["after"]) == (now, then)


def test_the_first_of_two_votes(ruled: World) -> None:
    dote = ruled.assessed(30_000)
    shown = preview(ruled, dote, 30_000, payee=PAYEE)
    assert (shown["allowed"], shown["given"], shown["wanted"]) == (True, 0, 2)
    assert shown["would_approve"] is False
    path = f"/doti/{dote['id']}/approval"
    ruled.done(path, {"amount_cents": 30_000, "payee": PAYEE}, "approver")
    again = preview(ruled, dote, 30_000, payee=PAYEE)
    assert not again["allowed"]
    assert "already took part" in again["reason"]
    last = preview(ruled, dote, 30_000, "approver2", payee=PAYEE)
    assert (last["allowed"], last["given"], last["would_approve"]) == (True, 1, True)
    other = preview(ruled, dote, 30_000, "approver2", payee={"name": "Un altro"})
    assert "one payee" in other["reason"]
    less = preview(ruled, dote, 29_000, "approver2", payee=PAYEE)
    assert not less["allowed"]


def test_what_the_money_says(ruled: World) -> None:
    dote = ruled.assessed(60_000, item="UTENZE")
    shown = preview(ruled, dote, 60_000)
    assert shown["band"]["coordinator"] is True
    assert (shown["wanted"], shown["ceiling_cents"]) == (3, None)
    too_much = preview(ruled, dote, LINE_CENTS + 1)
    assert not too_much["allowed"]
    assert too_much["line"]["after"] is None


def test_papers_ceiling_and_cap(ruled: World) -> None:
    home = ruled.household()
    first = ruled.done("/doti", ruled.request_body(home, 15_000), "operator")
    ruled.done(f"/doti/{first['id']}/assessment", {"outcome": "favourable"}, "assessor")
    ruled.done(f"/doti/{first['id']}/approval", {"amount_cents": 15_000}, "approver")
    body = ruled.request_body(home, 50_000)
    dote = ruled.done("/doti", body, "operator")
    ruled.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
    missing = preview(ruled, dote, 50_000)
    assert missing["missing_papers"] == ["rent_contract"]
    assert not missing["allowed"]
    shown = ruled.get(f"/doti/{dote['id']}", "approver").json()
    assert shown["missing_papers"] == ["rent_contract"]
    assert shown["ceiling_cents"] == 50_000
    assert {turn["why"] for turn in shown["waiting"]} == {"papers_missing", "cap", "vote"}
    attached = ruled.call(
        "POST",
        f"/doti/{dote['id']}/documents",
        data={"kind": "rent_contract", "valid_until": "2099-12-31"},
        files={"file": ("contratto.pdf", paper(901))},
    )
    assert attached.status_code == 201, attached.text
    capped = preview(ruled, dote, 50_000)
    assert capped["missing_papers"] == []
    assert capped["caps"][0]["left_cents"] == 45_000
    assert capped["household"] == {"before_cents": 15_000, "after_cents": 65_000}
    assert capped["reason"].startswith("The household can be granted")
    shown = ruled.get(f"/doti/{dote['id']}", "approver").json()
    reasons = {each["action"]: each["reason"] for each in shown["available_actions"]}
    assert reasons["approve"].startswith("The household can be granted")
    assert shown["documents"][0]["valid_until"] == "2099-12-31"
    (cap,) = [turn for turn in shown["waiting"] if turn["why"] == "cap"]
    assert (cap["roles"], cap["people"]) == (["coordinator"], ["coordinator"])
    over = {"amount_cents": 50_000, "reason": "sfratto imminente"}
    ruled.done(f"/doti/{dote['id']}/cap-overrides", over, "coordinator")
    assert preview(ruled, dote, 50_000)["allowed"] is True
    shown = ruled.get(f"/doti/{dote['id']}", "approver").json()
    assert shown["over_cap_cents"] == 50_000


def test_the_urgent_path(ruled: World) -> None:
    dote = ruled.assessed(20_000, urgent=True)
    shown = preview(ruled, dote, 20_000)
    assert (shown["wanted"], shown["would_approve"], shown["to_ratify"]) == (1, True, True)
    ruled.done(f"/doti/{dote['id']}/approval", {"amount_cents": 20_000}, "approver")
    shown = ruled.get(f"/doti/{dote['id']}", "approver").json()
    assert (shown["to_ratify"], shown["ratified"]) == (True, None)
    (turn,) = [each for each in shown["waiting"] if each["why"] == "to_ratify"]
    assert "approver" not in turn["people"]
    assert "approver2" in turn["people"]


def test_whoever_may_not_is_told_why(ruled: World) -> None:
    dote = ruled.assessed()
    for who in ("operator", "assessor", "finance", "auditor"):
        shown = preview(ruled, dote, 10_000, who)
        assert (shown["allowed"], shown["would_approve"]) == (False, False), who
        assert shown["reason"].startswith("Your role does not allow this"), who
    problem(
        ruled.post(f"/doti/{dote['id']}/approval/preview", {"amount_cents": 1}, "operator_ssalv"),
        404,
        "not_found",
    )
    problem(
        ruled.post(f"/doti/{dote['id']}/approval/preview", {"amount_cents": 0}, "approver"),
        422,
        "validation",
    )
    too_early = preview(ruled, ruled.requested(), 10_000)
    assert "requested" in too_early["reason"]


def test_tranches(ruled: World) -> None:
    dote = ruled.assessed(10_000)
    planned = [{"amount_cents": 4_000}, {"amount_cents": 6_000, "due": "2099-01-31"}]
    assert preview(ruled, dote, 10_000, tranches=planned)["allowed"]
    assert not preview(ruled, dote, 10_000, tranches=planned[:1])["allowed"]
    body = {"amount_cents": 10_000, "tranches": planned}
    ruled.done(f"/doti/{dote['id']}/approval", body, "approver")
    ruled.done(f"/doti/{dote['id']}/disbursements", ruled.payment(3_000), "finance")
    shown = ruled.get(f"/doti/{dote['id']}").json()
    assert shown["tranches"] == [
        {"n": 1, "amount_cents": 4_000, "due": None, "paid_cents": 3_000},
        {"n": 2, "amount_cents": 6_000, "due": "2099-01-31", "paid_cents": 0},
    ]


def test_papers_that_were_asked_for(ruled: World) -> None:
    dote = ruled.requested()
    ask = {"what": "il contratto segreto", "kinds": ["rent_contract"], "due_date": "2099-01-31"}
    ruled.done(f"/doti/{dote['id']}/document-requests", ask, "assessor")
    asked = ruled.get(f"/doti/{dote['id']}", "operator").json()["papers_asked"]
    assert asked == {"kinds": ["rent_contract"], "what": ask["what"], "due": "2099-01-31"}
    masked = ruled.get(f"/doti/{dote['id']}", "auditor").json()["papers_asked"]
    assert masked == {**asked, "what": "•••"}
    (turn,) = waiting(ruled, dote)
    assert (turn["why"], turn["people"]) == ("papers_asked", ["operator"])
    ruled.done(f"/doti/{dote['id']}/document-answers", {"note": "eccolo"}, "operator")
    assert ruled.get(f"/doti/{dote['id']}").json()["papers_asked"] is None


def test_an_appeal(ruled: World) -> None:
    dote = ruled.assessed()
    ruled.done(f"/doti/{dote['id']}/rejection", {"reason": "prova"}, "approver")
    lodged = ruled.done(f"/doti/{dote['id']}/appeal", {"reason": "prova"}, "operator")
    assert lodged["appeal"]["accepted"] is None
    (turn,) = waiting(ruled, dote)
    assert (turn["why"], turn["people"]) == ("appeal", ["coordinator"])
    decided = {"accepted": True, "reason": "prova"}
    shown = ruled.done(f"/doti/{dote['id']}/appeal/decision", decided, "coordinator")
    assert shown["appeal"]["accepted"] is True


def test_for_whom_it_waits(ruled: World) -> None:
    dote = ruled.requested(30_000)
    (turn,) = waiting(ruled, dote)
    assert turn == {
        "why": "to_assess",
        "sentence": SENTENCES[Why.TO_ASSESS],
        "roles": ["assessor"],
        "people": ["assessor"],
        "since": dote["created_at"],
        "due": turn["due"],
        "overdue": False,
        "given": 0,
        "wanted": 0,
    }
    assert turn["due"] > turn["since"]
    ruled.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
    vote = {"amount_cents": 30_000, "payee": PAYEE}
    ruled.done(f"/doti/{dote['id']}/approval", vote, "approver")
    (turn,) = waiting(ruled, dote)
    assert (turn["why"], turn["given"], turn["wanted"]) == ("vote", 1, 2)
    assert turn["people"] == ["approver2"]
    assert turn["sentence"] == "A vote is awaited: 1 of 2 are there."
    italian = ruled.get(f"/doti/{dote['id']}", headers={"Accept-Language": "it"}).json()
    assert italian["waiting"][0]["sentence"] == "Si attende un voto (dati finora: 1 su 2)."


def test_who_lost_the_role_cannot_act(ruled: World) -> None:
    dote = ruled.requested()
    token = ruled.services.accounts.create_token("Passante", Role.ASSESSOR)
    ruled.services.accounts.create_token("Altrove", Role.OPERATOR, "SSALV")
    assert waiting(ruled, dote)[0]["people"] == ["Passante", "assessor"]
    ruled.services.accounts.revoke_token(token)  # they sign in by a session
    assert waiting(ruled, dote)[0]["people"] == ["Passante", "assessor"]
    ruled.services.accounts.revoke_role("Passante", Role.ASSESSOR)
    assert waiting(ruled, dote)[0]["people"] == ["assessor"]


def test_every_reason_to_wait_has_its_sentence() -> None:
    assert SENTENCES.keys() == set(Why)
