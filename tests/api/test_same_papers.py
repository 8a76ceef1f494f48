"""One paper handed in for several doti: told to whom it concerns, or shared."""

from itertools import count
from typing import Any

import httpx

from tests.api.test_refusals import problem
from tests.api.world import Json, World, paper

_numbers = count(70_000)


def paid(world: World, partner: str = "ROCCA", cents: int = 10_000) -> Json:
    """A dote whose money is out."""
    who = "operator" if partner == "ROCCA" else "operator_ssalv"
    body = world.request_body(world.household(who), cents, partner=partner)
    dote = world.done("/doti", body, who)
    path = f"/doti/{dote['id']}"
    world.done(f"{path}/assessment", {"outcome": "favourable"}, "assessor")
    world.done(f"{path}/approval", {"amount_cents": cents}, "approver")
    return world.done(f"{path}/disbursements", world.payment(cents), "finance")


def hand_in(
    world: World,
    dote: Json,
    content: bytes,
    cents: int = 10_000,
    **form: Any,  # noqa: ANN401  what is sent
) -> httpx.Response:
    who = "operator" if dote["partner"] == "ROCCA" else "operator_ssalv"
    fields = {
        "kind": "invoice",
        "number": "12/A",
        "date": "2026-01-16",
        "issuer": "Ferramenta Immaginaria",
        "amount_cents": str(cents),
        **form,
    }
    files = {"file": ("scontrino.pdf", content, "application/pdf")}
    return world.call("POST", f"/doti/{dote['id']}/receipts", who, data=fields, files=files)


def same(world: World, dote: Json, who: str) -> list[Json]:
    answer = world.get(f"/doti/{dote['id']}/receipts", who)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"][0]["same_paper"]
    return found


def test_the_same_file_for_another_dote_is_told(world: World) -> None:
    first, second = paid(world), paid(world, "SSALV")
    content = paper(next(_numbers))
    alone = hand_in(world, first, content, issuer="Uno")
    assert (alone.status_code, alone.json()["same_paper"]) == (201, [])
    answer = hand_in(world, second, content, issuer="Due")
    assert answer.status_code == 201
    (for_desk,) = answer.json()["same_paper"]
    assert (for_desk["by"], for_desk["own"], for_desk["number"]) == ("file", False, None)
    assert first["id"] not in answer.text
    assert first["number"] not in answer.text
    (for_finance,) = same(world, second, "finance")
    assert for_finance["number"] == first["number"]
    problem(hand_in(world, second, content, issuer="Due"), 409, "duplicate")


def test_the_same_issuer_number_and_amount_is_told_however_it_is_spelt(world: World) -> None:
    first, second = paid(world), paid(world)
    one, two = paper(next(_numbers)), paper(next(_numbers))
    assert hand_in(world, first, one, issuer="Caffè Sogno", number="7 B").status_code == 201
    spelt: dict[str, Any] = {"issuer": "CAFFE' SOGNO", "number": "7b"}
    # Another amount is another paper.
    assert hand_in(world, second, two, 9_000, **spelt).json()["same_paper"] == []
    third = paid(world)
    (told,) = hand_in(world, third, paper(next(_numbers)), **spelt).json()["same_paper"]
    assert (told["by"], told["own"], told["number"]) == ("paper", True, first["number"])


def test_in_the_same_dote_spelling_hides_nothing_either(world: World) -> None:
    dote = paid(world)
    first: dict[str, Any] = {"issuer": "Gas Inventato SpA", "number": "FT 12/2026"}
    spelt: dict[str, Any] = {"issuer": "GAS INVENTATO S.P.A.", "number": "FT-12/2026"}
    assert hand_in(world, dote, paper(next(_numbers)), 4_000, **first).json()["same_paper"] == []
    problem(hand_in(world, dote, paper(next(_numbers)), 4_000, **spelt), 409, "duplicate")
    # Of another day it may be the same paper or the next month's: it is taken, and told.
    answer = hand_in(world, dote, paper(next(_numbers)), 4_000, date="2026-01-15", **spelt)
    assert answer.status_code == 201
    (told,) = answer.json()["same_paper"]
    assert (told["by"], told["own"], told["dote_id"], told["n"]) == ("paper", True, dote["id"], 1)
    assert told["sentence"].startswith("This dote has the same paper as receipt 1, handed in on ")
    (for_finance,) = same(world, dote, "finance")
    assert for_finance["n"] == 2
    # Another amount is another paper.
    other = hand_in(world, dote, paper(next(_numbers)), 3_000, date="2026-01-15", **spelt)
    assert other.json()["same_paper"] == []


def test_shares_within_one_dote_never_exceed_the_paper(world: World) -> None:
    dote = paid(world)
    whole: dict[str, Any] = {"paper_cents": "10000", "issuer": "Bottega del Vuoto", "number": "9"}
    assert hand_in(world, dote, paper(next(_numbers)), 6_000, **whole).status_code == 201
    problem(hand_in(world, dote, paper(next(_numbers)), 4_001, **whole), 422, "validation")
    assert hand_in(world, dote, paper(next(_numbers)), 4_000, **whole).status_code == 201


def test_a_paper_that_several_doti_paid(world: World) -> None:
    first, second, third = paid(world), paid(world, "SSALV"), paid(world)
    content = paper(next(_numbers))
    whole: dict[str, Any] = {"paper_cents": "15000", "issuer": "Bottega del Nulla"}
    shared = hand_in(world, first, content, 8_000, **whole)
    assert shared.json()["paper_cents"] == 15_000
    too_much = hand_in(world, second, content, 7_001, **whole)
    assert "70.00" in str(problem(too_much, 422, "validation")["errors"])
    assert hand_in(world, second, content, 7_000, **whole).status_code == 201
    problem(hand_in(world, third, content, 1, **whole), 422, "validation")
    # Finance sees both; the other desk's file stays closed to who may not open it.
    (for_finance,) = same(world, second, "finance")
    assert (for_finance["dote_id"], for_finance["number"]) == (first["id"], first["number"])
    assert (for_finance["by"], for_finance["amount_cents"]) == ("file", 8_000)
    (for_desk,) = same(world, second, "operator_ssalv")
    assert (for_desk["own"], for_desk["dote_id"], for_desk["number"]) == (False, None, None)
    assert for_desk["sentence"].startswith("Another desk handed in the same file on ")
    assert first["id"] not in str(for_desk)
    problem(world.get(f"/doti/{first['id']}/receipts", "operator_ssalv"), 404, "not_found")
    problem(world.get(f"/doti/{first['id']}/receipts", "assessor"), 403, "forbidden")


def test_a_share_is_at_most_the_whole(world: World) -> None:
    refused = hand_in(world, paid(world), paper(next(_numbers)), 10_000, paper_cents="9999")
    problem(refused, 422, "validation")


def test_what_was_not_admitted_may_come_again(world: World) -> None:
    first, second = paid(world), paid(world)
    content = paper(next(_numbers))
    assert hand_in(world, first, content, issuer="Chiosco Finto").status_code == 201
    world.done(f"/doti/{first['id']}/receipts/1/disallowance", {"reason": "altra dote"}, "finance")
    assert hand_in(world, second, content, issuer="Chiosco Finto").status_code == 201
    assert same(world, second, "finance") == []


def test_nobody_reads_an_issuer_from_the_index(world: World) -> None:
    assert hand_in(world, paid(world), paper(next(_numbers)), issuer="Leggibile").status_code == 201
    with world.services.keeper.transaction() as tx:
        rows = tx.execute("SELECT receipt_papers::text AS row FROM receipt_papers").fetchall()
    assert rows
    assert not any("leggibile" in row["row"].lower() for row in rows)
