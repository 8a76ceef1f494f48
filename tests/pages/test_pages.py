"""Pages over HTTP: what stands around every page, refusals, and who sees what."""

import re

import psycopg
import pytest

from api.pages.failing import safe_next
from tests.api.world import World, paper
from tests.pages.looking import look, title

# Around every page


def test_where_lists_stand_still_every_page_says_so(world: World) -> None:
    stopped = "UPDATE projections SET error = %s WHERE name = 'payments'"

    def error(text: str | None) -> None:
        with world.services.keeper.transaction() as tx:
            tx.execute(stopped, (text,))

    told = "Alcuni elenchi sono fermi"
    for who, path in (("finance", "/da-pagare"), ("operator", "/")):
        assert told not in look(world, path, who).text
        error("UniqueViolation")
        try:
            assert told in look(world, path, who).text
            assert told not in look(world, "/accedi", None).text
        finally:
            error(None)


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


def test_who_takes_no_step_is_told_where_to_begin(world: World) -> None:
    for as_, place in (("admin", "/utenti"), ("auditor", "/registro")):
        page = look(world, "/", as_).text
        assert "Puoi cominciare da:" in page
        assert f'<li><a href="{place}">' in page[page.index("Puoi cominciare da:") :]
    assert "Puoi cominciare da:" not in look(world, "/", "finance").text


def test_who_is_asked_for_papers_reads_which_where_they_answer(world: World) -> None:
    dote = world.requested()
    body = {"what": "Manca il contratto", "kinds": ["rent_contract"], "due_date": "2999-12-31"}
    world.done(f"/doti/{dote['id']}/document-requests", body, "assessor")
    page = look(world, f"/doti/{dote['id']}", "operator").text
    deciding = page[page.index('id="decide"') : page.index('id="cannot"')]
    assert "Richiesti, entro il 31/12/2999:" in deciding
    assert "contratto di affitto" in deciding
    assert "Manca il contratto" in deciding
