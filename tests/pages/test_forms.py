"""Forms over HTTP: what they do, and what they do where they cannot."""

import re

import pytest

from api.security.csrf import token_for
from api.security.sessions import Proved, Sessions
from tests.api.world import IBAN, World, paper
from tests.pages.looking import look, send


def test_a_form_counts_only_from_our_pages(world: World) -> None:
    dote = world.requested()
    path = f"/doti/{dote['id']}/withdraw"
    fields = {"version": str(dote["version"]), "key": "k", "reason": "Non serve più"}
    services = world.services
    sessions = Sessions(services.database, services.settings, services.engine.clock)
    account_id = services.accounts.account_id("operator")
    token = sessions.begin(
        account_id,
        Proved.WHOLE,
        began_by="password",
        factor_elsewhere=False,
        shared_computer=False,
    )
    signed_in = {"Cookie": f"doti={token}"}
    ours = {**signed_in, "Origin": "http://testserver"}
    right = token_for(token)

    def send_as(headers: dict[str, str], **given: str) -> int:
        return look(
            world, path, None, method="POST", data=fields | given, headers=headers
        ).status_code

    assert send_as({}, csrf=right) == 303  # to the sign-in
    for given in ({}, {"csrf": "wrong"}, {"csrf": ""}, {"csrf": "è"}):
        assert send_as(ours, **given) == 403
    assert send_as({**signed_in, "Origin": "http://elsewhere.example"}, csrf=right) == 403
    assert world.get(f"/doti/{dote['id']}").json()["state"] == "requested"
    assert send_as(ours, csrf=right) == 303
    assert world.get(f"/doti/{dote['id']}").json()["state"] == "withdrawn"


def test_a_form_without_its_version_is_refused(world: World) -> None:
    dote = world.requested()
    for version in ("", "x", "-1", "9" * 12):
        sent = send(world, dote, "withdraw", "operator", version=version, reason="x")
        assert sent.status_code == 403
    assert world.get(f"/doti/{dote['id']}").json()["state"] == "requested"


def test_pressed_twice_it_is_done_once(world: World) -> None:
    dote = world.assessed(30_000)
    fields = {"amount_cents": "300,00", "to": "household"}
    first = send(world, dote, "approve", "approver", **fields)
    again = send(world, dote, "approve", "approver", **fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == f"/doti/{dote['id']}"
    assert len(world.get(f"/doti/{dote['id']}").json()["votes"]) == 1


def test_what_cannot_be_read_comes_back_as_it_was_typed(world: World) -> None:
    dote = world.assessed(20_000)
    page = send(
        world,
        dote,
        "approve",
        "approver",
        amount_cents="1.5",
        to="somebody",
        payee_name="Padrone <b>",
        payee_iban="IT00",
        note="una nota",
    )
    assert page.status_code == 422
    assert 'value="1.5"' in page.text
    assert "Padrone &lt;b&gt;" in page.text
    assert 'value="IT00"' in page.text
    assert "una nota</textarea>" in page.text
    assert 'href="#approve-amount_cents"' in page.text
    second = send(
        world,
        dote,
        "approve",
        "approver",
        amount_cents="150,00",
        to="somebody",
        payee_name="Padrone",
        payee_iban="IT00",
    )
    assert "IBAN valido" in second.text
    assert 'href="#approve-payee_iban"' in second.text


def test_what_the_rules_refuse_comes_back_with_why(world: World) -> None:
    dote = world.assessed(20_000)
    page = send(world, dote, "approve", "approver", amount_cents="99.000,00", to="household")
    assert page.status_code in (409, 422)
    assert 'value="99.000,00"' in page.text
    assert "problems" in page.text
    by = send(world, dote, "assess", "operator", outcome="favourable")
    assert by.status_code == 403
    assert "Il tuo ruolo non lo consente" in by.text


def test_somebody_was_quicker(world: World) -> None:
    dote = world.assessed(30_000)
    body = {"amount_cents": 30_000, "note": "nota del voto"}
    now = world.done(f"/doti/{dote['id']}/approval", body, "approver2")
    page = send(world, dote, "reject", "approver", reason="Non serve")
    assert page.status_code == 412
    assert "Qualcuno è arrivato prima" in page.text
    assert "Voto favorevole, 300,00" in page.text
    assert "Non serve</textarea>" in page.text
    assert f'name="version" value="{now["version"]}"' in page.text
    done = send(world, now, "reject", "approver", reason="Non serve", key="k2")
    assert done.status_code == 303


def test_a_vote_is_shown_before_it_is_given(world: World) -> None:
    dote = world.assessed(12_000)
    page = send(
        world,
        dote,
        "approve",
        "approver",
        amount_cents="80,00",
        to="somebody",
        payee_name="Padrone",
        payee_iban=IBAN,
        preview="1",
    )
    assert page.status_code == 200
    assert re.search(r"Approva 80,00\s€", page.text)
    assert world.get(f"/doti/{dote['id']}").json()["state"] == "assessed"


@pytest.mark.parametrize(
    ("action", "as_", "fields", "state"),
    [
        ("assess", "assessor", {"outcome": "favourable", "proposed_cents": "90"}, "assessed"),
        ("assess", "assessor", {"outcome": "unfavourable", "note": "no"}, "assessed"),
        (
            "request_documents",
            "assessor",
            {"kinds": "estimate", "what": "Manca", "due_date": "31/12/2999"},
            "document_requested",
        ),
        ("reject", "approver", {"reason": "Fuori ambito"}, "rejected"),
        ("withdraw", "operator", {"reason": "Non serve più"}, "withdrawn"),
    ],
)
def test_what_is_done_to_a_request(
    world: World, action: str, as_: str, fields: dict[str, str], state: str
) -> None:
    dote = world.requested()
    sent = send(world, dote, action, as_, **fields)
    assert sent.status_code == 303, sent.text
    assert f"done={action}" in sent.headers["Set-Cookie"]
    world.client.cookies.clear()
    assert world.get(f"/doti/{dote['id']}").json()["state"] == state
    page = look(world, f"/doti/{dote['id']}", as_, headers={"Cookie": f"done={action}"})
    assert 'role="status"' in page.text
    assert 'done=""' in page.headers["Set-Cookie"]


def test_later_steps(world: World) -> None:
    dote = world.requested()
    body = {"what": "Manca il contratto"}
    asked = world.done(f"/doti/{dote['id']}/document-requests", body, "assessor")
    assert send(world, asked, "provide_documents", "operator", note="ecco").status_code == 303
    approved = world.approved(20_000)
    assert send(world, approved, "revoke", "approver", reason="Errore").status_code == 303
    refused = world.assessed()
    gone = world.done(f"/doti/{refused['id']}/rejection", {"reason": "no"}, "approver")
    assert send(world, gone, "lodge_appeal", "operator", reason="sì").status_code == 303
    again = world.get(f"/doti/{refused['id']}").json()
    decided = send(world, again, "decide_appeal", "coordinator", accepted="yes", reason="ok")
    assert decided.status_code == 303
    assert world.get(f"/doti/{refused['id']}").json()["state"] == "assessed"


def test_papers_and_receipts_are_handed_in(world: World) -> None:
    dote = world.requested()
    where = f"/doti/{dote['id']}/attach_document"
    fields = {"version": str(dote["version"]), "key": "k", "kind": "estimate", "valid_until": ""}
    none = look(world, where, "operator", method="POST", data=fields)
    assert none.status_code == 422
    assert "Scegli un file." in none.text
    odd = {"file": ("x.exe", b"MZ\0\0 nothing", "application/pdf")}
    refused = look(world, where, "operator", method="POST", data=fields, files=odd)
    assert refused.status_code == 415
    assert 'value="estimate"' in refused.text
    files = {"file": ("preventivo.pdf", paper(31), "application/pdf")}
    sent = look(world, where, "operator", method="POST", data=fields, files=files)
    assert sent.status_code == 303
    assert world.get(f"/doti/{dote['id']}").json()["documents"][0]["kind"] == "estimate"
    paid = world.disbursed(10_000)
    receipt = {
        "version": str(paid["version"]),
        "key": "k",
        "kind": "invoice",
        "number": "7/A",
        "date": "16/01/2026",
        "issuer": "Emittente Segreto",
        "amount_cents": "100,00",
    }
    files = {"file": ("fattura.pdf", paper(32), "application/pdf")}
    path = f"/doti/{paid['id']}/submit_receipt"
    done = look(world, path, "operator", method="POST", data=receipt, files=files)
    assert done.status_code == 303, done.text
    assert world.get(f"/doti/{paid['id']}").json()["receipts"][0]["amount_cents"] == 10_000
    world.done(f"/doti/{paid['id']}/receipts/1/acceptance", {}, "finance")
    whole = world.get(f"/doti/{paid['id']}").json()
    assert send(world, whole, "account_for", "finance").status_code == 303
