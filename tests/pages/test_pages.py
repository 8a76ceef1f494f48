"""Pages over HTTP: who sees what, what forms do, and what they do where they cannot."""

import re
from typing import Any

import httpx
import psycopg
import pytest

from api.pages.failing import safe_next
from api.security.csrf import token_for
from api.security.sessions import Proved, Sessions
from tests.api.world import IBAN, Json, World, paper


def look(world: World, path: str, as_: str | None = "coordinator", **more: Any) -> httpx.Response:  # noqa: ANN401
    """One request for a page, in Italian, as somebody (None: not signed in)."""
    headers = {"Accept-Language": "it"} | more.pop("headers", {})
    if as_ is not None:
        headers["Authorization"] = f"Bearer {world.tokens[as_]}"
    method = more.pop("method", "GET")
    answer: httpx.Response = world.client.request(
        method, path, headers=headers, follow_redirects=False, **more
    )
    return answer


def send(world: World, dote: Json, action: str, as_: str, **fields: str) -> httpx.Response:
    """A form of a dote's page, as it was when `dote` was seen."""
    data = {"version": str(dote["version"]), "key": "k1"} | fields
    return look(world, f"/doti/{dote['id']}/{action}", as_, method="POST", data=data)


def title(page: httpx.Response) -> str:
    """The first heading."""
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found, page.text
    return found[1].strip()


# Around every page


def test_who_is_not_signed_in_is_sent_there_and_comes_back(world: World) -> None:
    page = look(world, "/doti?stato=approved", None)
    assert page.status_code == 303
    assert page.headers["Location"] == "/accedi?next=/doti%3Fstato%3Dapproved"
    sent = look(
        world,
        "/doti/x/approve",
        None,
        method="POST",
        headers={"Referer": f"{world.client.base_url}/doti/x"},
    )
    assert sent.headers["Location"] == "/accedi?next=/doti/x"
    foreign = look(
        world, "/cerca", None, method="POST", headers={"Referer": "https://elsewhere.test/x"}
    )
    assert foreign.headers["Location"] == "/accedi?next=/"
    piece = look(world, "/", None, headers={"HX-Request": "true"})
    assert piece.headers["HX-Redirect"] == "/accedi?next=/"


@pytest.mark.parametrize(
    "path",
    ["//elsewhere.test", "/\\elsewhere.test", "https://elsewhere.test", "", "x", "/a\nb", "/è"],
)
def test_nobody_is_sent_elsewhere_after_signing_in(path: str) -> None:
    assert safe_next(path) == "/"


def test_the_policy_of_every_page(world: World) -> None:
    for answer in (look(world, "/"), look(world, "/nowhere")):
        policy = answer.headers["Content-Security-Policy"]
        for part in ("default-src 'none'", "script-src 'self'", "form-action 'self'"):
            assert part in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"


def test_languages(world: World) -> None:
    assert title(look(world, "/")) == "Aspettano te"
    english = look(world, "/?lang=en")
    assert title(english) == "Waiting for you"
    assert english.headers["Content-Language"] == "en"
    assert "lang=en" in english.headers["Set-Cookie"]
    assert "HttpOnly" in english.headers["Set-Cookie"]
    world.client.cookies.clear()
    assert title(look(world, "/", headers={"Cookie": "lang=en"})) == "Waiting for you"
    assert title(look(world, "/", headers={"Cookie": "lang=xx"})) == "Aspettano te"
    assert "Set-Cookie" not in look(world, "/?lang=xx").headers


def test_what_is_found_from_everywhere_is_by_role(world: World) -> None:
    assert 'href="/doti"' in look(world, "/", "auditor").text
    admin = look(world, "/", "admin").text
    assert 'href="/doti"' not in admin
    assert 'role="search"' not in admin
    assert look(world, "/doti", "admin").status_code == 403


def test_static_files_are_kept_for_ever_and_come_compressed(world: World) -> None:
    page = look(world, "/").text
    for path in re.findall(r'(?:src|href)="(/static/[^"#]+)', page):
        answer = world.client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        plain = world.client.get(path, headers={"Accept-Encoding": "identity"})
        assert plain.content == answer.content
        assert "Content-Encoding" not in plain.headers
    assert world.client.get("/static/nothing.css").status_code == 404
    assert world.client.get("/static/../app.py").status_code == 404


# Refusals


def test_refusals_are_pages_for_people_and_documents_for_programs(world: World) -> None:
    page = look(world, "/nowhere")
    assert page.headers["Content-Type"].startswith("text/html")
    assert (page.status_code, title(page)) == (404, "Non trovato")
    assert "Controlla l&#39;indirizzo" in page.text
    document = look(world, "/api/v1/nowhere")
    assert document.headers["Content-Type"] == "application/problem+json"
    dote = world.requested()
    assert look(world, f"/doti/{dote['id']}", "operator_ssalv").status_code == 404
    assert look(world, "/doti/not-an-id").status_code == 422
    assert look(world, "/doti", method="DELETE").status_code == 405
    large = look(world, "/cerca", method="POST", data={"q": "x" * 2_000_000})
    assert (large.status_code, title(large)) == (413, "Troppo grande")


def test_when_nothing_works_the_page_asks_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("secret")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    for failure, status in ((gone, 503), (broken, 500)):
        with monkeypatch.context() as patched:
            patched.setattr("workflows.eventstore.register.Register.programme", failure)
            page = look(world, "/")
        assert page.status_code == status
        assert page.headers["Content-Type"].startswith("text/html")
        assert "secret" not in page.text
        assert page.headers["X-Request-Id"] in page.text
        assert (status == 503) == ("Retry-After" in page.headers)


# Forms


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


# What is seen


def test_every_action_is_there_with_its_form_or_with_why_not(world: World) -> None:
    dote = world.assessed()
    for as_ in ("operator", "assessor", "approver", "finance", "coordinator", "auditor"):
        shown = world.get(f"/doti/{dote['id']}", as_).json()["available_actions"]
        page = look(world, f"/doti/{dote['id']}", as_).text
        for each in shown:
            if each["allowed"]:
                assert f'action="/doti/{dote["id"]}/{each["action"]}"' in page
        assert page.count('class="what"') >= sum(not each["allowed"] for each in shown)


def test_private_words_are_for_those_who_may_read_them(world: World) -> None:
    dote = world.assessed()
    assert "nota segreta" in look(world, f"/doti/{dote['id']}", "approver").text
    for as_ in ("auditor", "finance"):
        page = look(world, f"/doti/{dote['id']}", as_).text
        assert "segret" not in page


def test_papers_are_opened_by_those_who_may(world: World) -> None:
    dote = world.requested()
    files = {"file": ("contratto.pdf", paper(7), "application/pdf")}
    form = {"kind": "rent_contract", "valid_until": "2999-12-31"}
    world.call("POST", f"/doti/{dote['id']}/documents", data=form, files=files)
    page = look(world, f"/doti/{dote['id']}", "operator").text
    assert f'href="/doti/{dote["id"]}/documenti/1"' in page
    assert "scade il 31/12/2999" in page
    opened = look(world, f"/doti/{dote['id']}/documenti/1", "operator")
    assert (opened.status_code, opened.content) == (200, paper(7))
    assert opened.headers["Content-Disposition"].startswith("inline")
    assert look(world, f"/doti/{dote['id']}/documenti/1", "auditor").status_code == 403
    assert look(world, f"/doti/{dote['id']}/documenti/2", "operator").status_code == 404


def test_the_desk_lists_what_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.routes.desk.ELSEWHERE", 100)
    monkeypatch.setattr("api.pages.routes.desk.LISTED", 100)
    dote = world.assessed(31_000)
    world.settle()
    mine = look(world, "/", "approver").text
    assert dote["number"] in mine
    assert "Manca il tuo voto (0 di 2)" in mine
    others = look(world, "/", "operator").text
    assert dote["number"] in others
    assert "un voto: approvatore (0 di 2)" in others
    assert dote["number"] not in look(world, "/", "operator_ssalv").text


def test_what_waits_comes_in_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        world.requested()
    world.settle()
    monkeypatch.setattr("api.pages.routes.desk.LISTED", 2)
    monkeypatch.setattr("api.pages.routes.doti.LISTED", 2)
    for path in ("/", "/doti"):
        first = look(world, path, "assessor").text
        found = re.search(r'href="(/[^"]*after=[^"]+)"', first)
        assert found
        second = look(world, found[1].replace("&amp;", "&"), "assessor").text
        numbers = [set(re.findall(r"CI-\d{4}-\d{5}", text)) for text in (first, second)]
        assert numbers[1]
        assert path == "/" or not numbers[0] & numbers[1]


def test_searching(world: World) -> None:
    dote = world.requested()
    world.settle()
    one = look(world, "/cerca", method="POST", data={"q": dote["number"]})
    assert one.headers["Location"] == f"/doti/{dote['id']}"
    many = look(world, "/cerca", method="POST", data={"q": "affitto"})
    assert dote["number"] in many.text
    none = look(world, "/cerca", method="POST", data={"q": "<script>zz"})
    assert "&lt;script&gt;zz" in none.text
    for wrong in ("", "x" * 61, "\x00"):
        page = look(world, "/cerca", method="POST", data={"q": wrong})
        assert "Scrivi un numero" in page.text
    other = look(world, "/cerca", "operator_ssalv", method="POST", data={"q": dote["number"]})
    assert dote["id"] not in other.text
