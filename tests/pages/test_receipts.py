"""Giustificativi and Statistiche over HTTP: who sees what, what is decided, what comes back."""

from itertools import count
from typing import Any

import pytest

from tests.api.test_same_papers import hand_in, paid
from tests.api.world import Json, World, paper
from tests.pages.looking import look, table

PATH = "/giustificativi"
_numbers = count(90_000)


def submitted(world: World, partner: str = "ROCCA", cents: int = 10_000) -> Json:
    dote = paid(world, partner, cents)
    n = next(_numbers)
    answer = hand_in(world, dote, paper(n), cents, number=f"{n}")
    assert answer.status_code == 201, answer.text
    return dote


def state(world: World, dote: Json) -> str:
    found: str = world.get(f"/doti/{dote['id']}").json()["receipts"][0]["state"]
    return found


def form(*doti: Json, **more: str) -> dict[str, list[str] | str]:
    ids = [f"{dote['id']}.1" for dote in doti]
    return {"key": "k", "row": ids, "chosen": ids, **more}


def test_finance_decides_one_in_its_place(world: World) -> None:
    dote, other = submitted(world), submitted(world)
    world.settle()
    shown = look(world, PATH, "finance")
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    assert f'src="/doti/{dote["id"]}/giustificativi/1#' in shown.text
    assert "Ferramenta Immaginaria" in shown.text
    one = {**form(dote, other), "chosen": [], "accept_one": f"{dote['id']}.1"}
    sent = look(world, PATH, "finance", method="POST", data=one)
    assert sent.status_code == 200
    assert "1 giustificativo deciso" in sent.text
    assert f"{dote['number']}</a> Giustificativo 1" in sent.text
    assert f'value="{dote["id"]}.1"' not in sent.text
    assert (state(world, dote), state(world, other)) == ("accepted", "submitted")
    # What was just decided waits no more, although lists are a moment behind.
    assert f'value="{dote["id"]}.1"' not in look(world, PATH, "finance").text


def test_many_are_decided_at_once_and_one_refusal_stops_no_other(world: World) -> None:
    doti = [submitted(world) for _ in range(3)]
    world.done(f"/doti/{doti[1]['id']}/receipts/1/acceptance", {}, "finance")
    world.settle()
    data = form(*doti, decide="disallow", reason="Non è tra le spese ammesse")
    told = look(world, PATH, "finance", method="POST", data=data)
    assert told.status_code == 200
    assert "2 giustificativi decisi, 1 non deciso" in told.text
    assert [state(world, dote) for dote in doti] == ["disallowed", "accepted", "disallowed"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"decide": "disallow", "reason": " "}, "necessario"),
        ({"decide": "accept", "chosen": ""}, "Spunta almeno un giustificativo"),
    ],
)
def test_what_is_missing_is_said(world: World, more: dict[str, str], said: str) -> None:
    dote = submitted(world)
    world.settle()
    told = look(world, PATH, "finance", method="POST", data=form(dote, **more))
    assert told.status_code == 422
    assert said in told.text
    assert state(world, dote) == "submitted"


def test_each_may_have_its_own_reason(world: World) -> None:
    dote = submitted(world)
    data = form(dote, decide="disallow", **{f"reason.{dote['id']}.1": "È di un altro anno"})
    assert look(world, PATH, "finance", method="POST", data=data).status_code == 200
    world.settle()
    history = world.get(f"/doti/{dote['id']}/history", "finance").json()["items"]
    assert history[-1]["data"]["reason"] == "È di un altro anno"


def test_a_card_of_its_own_never_takes_the_reason_of_what_is_ticked(world: World) -> None:
    dote, other = submitted(world), submitted(world)
    world.settle()
    which = f"{dote['id']}.1"
    data = form(dote, other, reason="Per quelli spuntati", disallow_one=which)
    told = look(world, PATH, "finance", method="POST", data=data)
    assert told.status_code == 422
    assert f'href="#reason-{which}"' in told.text
    assert 'aria-invalid="true" aria-describedby="reason-' + which in told.text
    assert "Per quelli spuntati" in told.text
    assert (state(world, dote), state(world, other)) == ("submitted", "submitted")


def test_what_is_no_receipt_is_refused(world: World) -> None:
    for odd in ("x", "1.1", "00000000-0000-0000-0000-000000000000.a"):
        data = {"key": "k", "row": [odd], "chosen": [odd], "decide": "accept"}
        assert look(world, PATH, "finance", method="POST", data=data).status_code >= 400
    for who in ("operator", "coordinator", "auditor"):
        assert look(world, PATH, who, method="POST", data=form()).status_code == 403


def test_a_desk_sees_its_own_and_hands_in_there(world: World) -> None:
    mine, theirs = paid(world), paid(world, "SSALV")
    world.settle()
    shown = look(world, PATH, "operator").text
    assert theirs["number"] not in shown
    assert f'href="{PATH}/{mine["id"]}"' in shown
    assert "Aspetta una decisione" not in shown
    where = f"{PATH}/{mine['id']}"
    asked = look(world, where, "operator").text
    assert 'capture="environment"' in asked
    n = next(_numbers)
    fields = {
        "key": "k",
        "kind": "invoice",
        "number": f"{n}",
        "date": "16/01/2026",
        "issuer": "Negozio Immaginario",
        "amount_cents": "mille",
    }
    files = {"file": ("scontrino.pdf", paper(n), "application/pdf")}
    again = look(world, where, "operator", method="POST", data=fields, files=files)
    assert again.status_code == 422
    assert "Negozio Immaginario" in again.text
    fields["amount_cents"] = "100,00"
    done = look(world, where, "operator", method="POST", data=fields, files=files)
    assert (done.status_code, done.headers["Location"]) == (303, PATH)
    # The same again comes back with why not, and what was typed; another dote may have it too.
    fields["key"] = "another"
    refused = look(world, where, "operator", method="POST", data=fields, files=files)
    assert refused.status_code == 409
    assert "Negozio Immaginario" in refused.text
    other = paid(world)
    address = f"{PATH}/{other['id']}"
    taken = look(world, address, "operator", method="POST", data=fields, files=files)
    assert taken.status_code == 303
    [receipt] = world.get(f"/doti/{other['id']}/receipts", "finance").json()["items"]
    assert [each["number"] for each in receipt["same_paper"]] == [mine["number"]]
    for who, status in (("operator_ssalv", 404), ("coordinator", 403)):
        assert look(world, where, who).status_code == status


def test_a_paper_that_is_too_large_is_refused_in_words_with_a_way_back(world: World) -> None:
    dote = paid(world)
    world.settle()
    where = f"{PATH}/{dote['id']}"
    form_page = look(world, where, "operator").text
    assert 'id="receipt-file-largest">Al massimo 10\u00a0MB.' in form_page
    fields = {"key": "k", "kind": "invoice", "number": "77", "date": "16/01/2026"}
    fields |= {"issuer": "Negozio Immaginario", "amount_cents": "100,00"}
    limit = world.services.settings.max_upload_bytes
    more: dict[str, Any] = {
        "method": "POST",
        "data": fields,
        "headers": {"Referer": f"{world.client.base_url}{where}"},
    }
    for beyond in (1, 200_000, 4 * limit):
        files = {"file": ("scontrino.pdf", b"%PDF-" + b"x" * (limit + beyond), "application/pdf")}
        told = look(world, where, "operator", files=files, **more)
        assert told.status_code == 413
        assert ("10" if beyond < limit else "40") + "\u00a0MB" in told.text
        assert "byte" not in told.text
        if beyond < limit:
            # Too large: the form is still there, as it was filled in.
            assert "Negozio Immaginario" in told.text
        else:
            assert f'href="{where}">Torna al modulo</a>' in told.text
            assert "Scegli un file più piccolo" in told.text


def test_the_table_of_what_is_documented(world: World) -> None:
    dote, other = paid(world), paid(world, "SSALV")
    world.settle()
    answer = look(world, f"{PATH}/copertura.csv", "operator")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert dote["number"] in answer.text
    assert other["number"] not in answer.text
    told = next(row for row in table(answer) if row["Dote"] == dote["number"])
    assert (told["Partner"], told["Codice partner"]) == ("Sportello ROCCA", "ROCCA")
    assert (told["Categoria"], told["Codice categoria"]) == ("Emergenza", "EMERGENZA")
    assert told["Erogato"] == "100,00"


def test_statistics_tell_nobody(world: World) -> None:
    for _ in range(6):
        paid(world)
    world.settle()
    shown = look(world, "/statistiche", "coordinator")
    assert shown.status_code == 200
    for words in ("Per mese", "Per quartiere", "Mirafiori", "Metà delle doti"):
        assert words in shown.text
    empty = look(world, "/statistiche?anno=2001", "coordinator").text
    assert "non è stata richiesta nessuna dote" in empty
    for year in ("marzo", "2026-03", "99", "٢٠٢٦"):
        wrong = look(world, f"/statistiche?anno={year}", "coordinator")
        assert wrong.status_code == 422
        assert "Non è un anno" in wrong.text
    taken = look(world, "/statistiche/doti.csv?dal=2020-01", "coordinator")
    assert taken.headers["Content-Type"].startswith("text/csv")
    assert "Inventata" not in taken.text
    names = ("Partner", "Categoria", "Voce", "Stato", "Urgente", "Erogato")
    said = [tuple(line[name] for name in names) for line in table(taken)]
    assert ("Sportello ROCCA", "Emergenza", "Affitto", "erogata", "no", "100,00") in said
    for who in ("finance", "assessor", "admin"):
        assert look(world, "/statistiche", who).status_code == 403
