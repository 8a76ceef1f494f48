"""A new request: the household, the need, the draft, over HTTP."""

import httpx

from tests.api.world import World, paper
from tests.pages.test_pages import look

NEW = "/richieste/nuova"


def post(world: World, path: str, as_: str = "operator", **fields: str) -> httpx.Response:
    return look(world, path, as_, method="POST", data=fields)


def begun(world: World, household_id: str, as_: str = "operator") -> str:
    """A draft for a household: its address."""
    answer = post(world, NEW, as_, household=household_id)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_request_for_a_known_household(world: World) -> None:
    household = world.household(given_name="Quirina")
    world.settle()
    found = post(world, NEW, q="Quirina", do="find")
    path = found.headers["Location"]
    page = look(world, path, "operator")
    assert "Quirina Inventata" in page.text
    files = {"file-other": ("contratto.pdf", paper(71), "application/pdf")}
    sent = look(
        world,
        path,
        "operator",
        method="POST",
        data={
            "do": "send",
            "item": "AFFITTO",
            "amount_cents": "150,00",
            "need": "Affitto di marzo",
            "urgent": "yes",
            "other_kind": "rent_contract",
        },
        files=files,
    )
    assert sent.status_code == 303, sent.text
    dote = world.get(sent.headers["Location"], "operator").json()
    assert (dote["requested_cents"], dote["need"], dote["urgent"]) == (
        15_000,
        "Affitto di marzo",
        True,
    )
    assert dote["household_id"] == household
    assert [each["kind"] for each in dote["documents"]] == ["rent_contract"]
    again = post(world, path, do="send", item="AFFITTO", amount_cents="150,00", need="x")
    assert again.headers["Location"] == sent.headers["Location"]
    assert look(world, path, "operator").headers["Location"] == sent.headers["Location"]


def test_what_an_amount_comes_to_stands_beside_it(world: World) -> None:
    path = begun(world, world.household())
    seen = look(
        world,
        path,
        "operator",
        method="POST",
        data={"do": "look", "item": "AFFITTO", "amount_cents": "20.000,00", "need": ""},
        headers={"HX-Request": "true"},
    )
    assert seen.status_code == 200, seen.text
    assert "non basta" in seen.text
    page = look(world, path, "operator")
    assert page.status_code == 200
    assert "20.000,00" in page.text
