"""Several doti decided from one page: what is done, what is refused, and what is written down."""

import pytest

from tests.api.world import IBAN, Json, World
from tests.pages.looking import look, send


def sheet(*doti: Json, **more: str) -> dict[str, list[str] | str]:
    """The fields of the page, with all rows ticked and everybody paid themselves."""
    ids = [dote["id"] for dote in doti]
    fields: dict[str, list[str] | str] = {"key": "k", "row": ids, "chosen": ids}
    for dote in doti:
        fields |= {f"version.{dote['id']}": str(dote["version"]), f"to.{dote['id']}": "household"}
        fields[f"amount_cents.{dote['id']}"] = "100,00"
    return fields | more


def state(world: World, dote: Json) -> str:
    """Where it stands now."""
    found: str = world.get(f"/doti/{dote['id']}").json()["state"]
    return found


def test_one_refusal_stops_no_other(world: World) -> None:
    doti = [world.assessed(12_000) for _ in range(3)]
    world.done(f"/doti/{doti[1]['id']}/rejection", {"reason": "no"}, "approver2")
    data = sheet(*doti, decide="approve", reason="Va bene")
    page = look(world, "/approvare", "approver", method="POST", data=data)
    assert page.status_code == 200
    assert "2 decise, 1 rifiutata" in page.text
    assert [state(world, dote) for dote in doti] == ["approved", "rejected", "approved"]
    # Sent again after an interruption it tells the same, and does nothing twice.
    again = look(world, "/approvare", "approver", method="POST", data=data)
    assert "2 decise, 1 rifiutata" in again.text
    assert f'name="row" value="{doti[1]["id"]}"' in again.text
    assert "Respinta" in again.text


def test_all_done_leads_on(world: World) -> None:
    doti = [world.assessed(12_000) for _ in range(2)]
    data = sheet(*doti, decide="reject", reason="Fuori ambito")
    sent = look(world, "/approvare", "approver", method="POST", data=data)
    assert sent.status_code == 303
    assert sent.headers["Location"].count("fatta=") == 2
    shown = look(world, sent.headers["Location"], "approver")
    assert "2 decise" in shown.text
    assert doti[0]["number"] in shown.text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"decide": "reject", "reason": " "}, "necessario"),
        ({"decide": "approve", "chosen": []}, "Spunta almeno una dote"),
    ],
)
def test_what_is_missing_is_said(world: World, more: dict[str, str], said: str) -> None:
    dote = world.assessed(12_000)
    data = sheet(dote, **more)
    page = look(world, "/approvare", "approver", method="POST", data=data)
    assert page.status_code == 422
    assert said in page.text
    assert state(world, dote) == "assessed"


def test_lines_are_reckoned_one_after_the_other(world: World) -> None:
    doti = [world.assessed(12_000) for _ in range(2)]
    data = sheet(*doti, preview="1")
    page = look(world, "/approvare", "approver", method="POST", data=data).text
    assert "2 doti spuntate" in page
    assert page.count("−\xa0200,00") + page.count("− 200,00") >= 1
    assert {state(world, dote) for dote in doti} == {"assessed"}


def test_who_is_paid_stands_in_the_row(world: World) -> None:
    dote = world.assessed(12_000)
    payee = {f"to.{dote['id']}": "somebody", f"payee_name.{dote['id']}": "Padrone"}
    wrong = sheet(dote, decide="approve", **payee, **{f"payee_iban.{dote['id']}": "IT00"})
    page = look(world, "/approvare", "approver", method="POST", data=wrong)
    assert page.status_code == 422
    assert "IBAN valido" in page.text
    right = sheet(dote, decide="approve", **payee, **{f"payee_iban.{dote['id']}": IBAN})
    assert look(world, "/approvare", "approver", method="POST", data=right).status_code == 303
    assert world.get(f"/doti/{dote['id']}").json()["payee"]["name"] == "Padrone"


def test_assessing(world: World) -> None:
    doti = [world.requested(12_000) for _ in range(2)]
    data = sheet(*doti, decide="favourable", reason="Tutto in regola")
    data |= {f"proposed_cents.{dote['id']}": "90" for dote in doti}
    assert look(world, "/valutare", "assessor", method="POST", data=data).status_code == 303
    assert world.get(f"/doti/{doti[0]['id']}").json()["proposed_cents"] == 9_000


def test_pages_are_for_who_decides(world: World) -> None:
    for path, may in (("/approvare", {"approver", "coordinator"}), ("/valutare", {"assessor"})):
        for who in ("operator", "assessor", "approver", "coordinator", "finance", "auditor"):
            assert (look(world, path, who).status_code == 200) == (who in may)
    assert look(world, "/aiuto", None).status_code == 200


def test_what_is_seen_is_written_down(world: World) -> None:
    dote = world.assessed(12_000)
    world.settle()
    query = f"/audit/accesses?household={dote['household_id']}"
    before = len(world.get(query).json()["items"])
    look(world, "/approvare", "approver")
    assert len(world.get(query).json()["items"]) == before + 1
    send(world, dote, "approve", "approver", amount_cents="90", to="household", preview="1")
    assert len(world.get(query).json()["items"]) == before + 2
