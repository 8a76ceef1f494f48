"""A new request: the household, the need, the draft, over HTTP."""

import re

import httpx

from api.erasing import Erasing
from api.languages import money
from tests.api.world import World, paper
from tests.pages.looking import look

NEW = "/richieste/nuova"


def post(world: World, path: str, as_: str = "operator", **fields: str) -> httpx.Response:
    return look(world, path, as_, method="POST", data=fields)


def begun(world: World, household_id: str, as_: str = "operator") -> str:
    """A draft for a household: its address."""
    answer = post(world, NEW, as_, household=household_id)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def step_of(world: World, path: str) -> str:
    """The step at which a draft's page is."""
    found = re.search(r'name="step" value="(\d+)"', look(world, path, "operator").text)
    assert found
    return found[1]


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


def test_what_is_left_of_the_line_is_what_the_ledger_says(world: World) -> None:
    world.settle()
    rows = world.get("/ledger?group=line", "operator").json()["rows"]
    line = next(row for row in rows if (row["partner"], row["category"]) == ("ROCCA", "EMERGENZA"))
    assert line["available_cents"] > 100
    path = begun(world, world.household())
    typed = {"do": "look", "item": "AFFITTO", "amount_cents": "1,00", "need": ""}
    seen = look(world, path, "operator", method="POST", data=typed, headers={"HX-Request": "true"})
    row = seen.text[seen.text.index("Linea") :]
    assert money("it", line["available_cents"]) in row
    assert "non basta" not in row


def test_what_a_page_keeps_by_itself_undoes_no_button(world: World) -> None:
    """It may arrive after the button that was pressed on the same page."""
    path = post(world, "/richieste/nuova", do="make").headers["Location"]
    step = step_of(world, path)
    typed = {"m0_given_name": "Ada", "rows": "1", "step": step}
    assert post(world, path, do="row", **typed).headers["Location"] == path
    late = {**typed, "m0_given_name": "A", "do": "look"}
    by_itself = {"HX-Request": "true"}
    answer = look(world, path, "operator", method="POST", data=late, headers=by_itself)
    assert answer.status_code == 409
    page = look(world, path, "operator").text
    assert 'id="person-1"' in page
    assert 'value="Ada"' in page
    fresh = {**late, "step": step_of(world, path), "m0_given_name": "Adele", "rows": "2"}
    answer = look(world, path, "operator", method="POST", data=fresh, headers=by_itself)
    assert answer.status_code == 200
    assert 'value="Adele"' in look(world, path, "operator").text


def test_a_draft_is_its_writers_alone_and_sealed(world: World) -> None:
    path = begun(world, world.household())
    kept = post(world, path, do="leave", item="UTENZE", need="parole segrete", amount_cents="abc")
    assert kept.headers["Location"] == "/"
    assert path in look(world, "/", "operator").text
    page = look(world, path, "operator")
    assert "parole segrete" in page.text
    assert 'value="abc"' in page.text
    for other in ("operator_ssalv",):
        assert look(world, path, other).status_code == 404
        assert post(world, path, other, do="send", need="x").status_code == 404
        assert path not in look(world, "/", other).text
    with world.services.keeper.transaction() as tx:
        rows = tx.execute("SELECT d::text AS row FROM drafts d").fetchall()
    assert rows
    assert not any("segrete" in row["row"] for row in rows)
    assert b"segrete" not in b"".join(
        bytes(row["sealed"] or b"") for row in _drafts(world, "sealed")
    )
    assert post(world, path, do="throw_away").headers["Location"] == "/"
    assert look(world, path, "operator").status_code == 404


def _drafts(world: World, column: str) -> list[dict[str, bytes]]:
    with world.services.keeper.transaction() as tx:
        return tx.execute(f"SELECT {column} FROM drafts".encode()).fetchall()


def test_old_drafts_go_by_themselves(world: World) -> None:
    path = begun(world, world.household())
    with world.services.keeper.transaction() as tx:
        tx.execute("UPDATE drafts SET expires_at = now() - interval '1 second'")
    assert look(world, path, "operator").status_code == 404
    Erasing(world.services).round()
    assert _drafts(world, "id") == []


def test_with_a_household_its_drafts_are_erased(world: World) -> None:
    household = world.household()
    path = begun(world, household)
    for who in ("operator", "coordinator"):
        world.done(f"/households/{household}/erasure", {"reason": "Lo chiede"}, who)
    assert look(world, path, "operator").status_code == 404


def test_who_is_known_is_told_before_somebody_is_registered_twice(world: World) -> None:
    there = {"given_name": "Nota", "family_name": "Altrove", "born": "1980-05-06"}
    world.done("/households", {"members": [there]}, "operator_ssalv")
    path = post(world, NEW, do="make").headers["Location"]
    typed = {
        "rows": "1",
        "m0_given_name": "Nota",
        "m0_family_name": "Altrove",
        "m0_born": "6/5/1980",
        "m0_id_type": "none",
    }
    told = post(world, path, do="register", **typed)
    assert told.status_code == 409
    assert "Un altro sportello" in told.text
    assert 'value="Nota"' in told.text
    done = post(world, path, do="register_anyway", **typed)
    assert done.status_code == 303
    page = look(world, path, "operator")
    assert "Nota Altrove" in page.text


def test_only_who_requests_gets_there(world: World) -> None:
    for who in ("assessor", "finance", "auditor", "admin"):
        assert look(world, NEW, who).status_code == 403
        assert NEW not in look(world, "/", who).text
    assert 'href="/richieste/nuova"' in look(world, "/", "operator").text


def test_a_household_of_another_desk_cannot_be_chosen(world: World) -> None:
    household = world.household("operator_ssalv")
    assert post(world, NEW, household=household).status_code == 404


def test_in_english(world: World) -> None:
    page = look(world, NEW + "?lang=en", "operator")
    world.client.cookies.clear()
    assert "<h1>New request</h1>" in page.text
