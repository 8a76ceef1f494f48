"""The programme's pages over HTTP: who may what, what is refused and how, and drafts of rules."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from tests.api.world import World, opened_world
from tests.pages.looking import look, title

DRAFTS = "/programma/regole/bozze"


@pytest.fixture
def own_world(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of one test."""
    with opened_world(postgres_url, tmp_path_factory.mktemp("home")) as opened:
        yield opened


def hidden(page: httpx.Response, name: str) -> str:
    """What a hidden field of the page says."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


def send(world: World, path: str, as_: str = "coordinator", **fields: str) -> httpx.Response:
    """A form, as it was when its page was just opened."""
    version = str(world.services.register.programme().version)
    data = {"version": version, "key": "k1", **fields}
    return look(world, path, as_, method="POST", data=data)


def test_who_sees_what(world: World) -> None:
    world.settle()
    for path in ("", "/budget", "/regole", "/regole/1", "/regole/confronto", "/conservazione"):
        for who in ("coordinator", "auditor", "operator", "finance"):
            page = look(world, f"/programma{path}", who)
            assert page.status_code == 200, path
            changes = 'method="post" action="/programma' in page.text
            assert changes == (who == "coordinator" and path != "/regole/confronto"), path
            english = look(world, f"/programma{path}?lang=en", who)
            assert english.status_code == 200
            world.client.cookies.clear()
        assert look(world, f"/programma{path}", "admin").status_code == 403
    assert look(world, "/attese", "auditor").status_code == 200
    assert look(world, "/attese", "operator").status_code == 403
    assert look(world, "/programma/regole/99").status_code == 404


def test_only_the_coordinator_changes_it(world: World) -> None:
    for name in ("partner", "sportello", "categoria", "voce", "finanziamento", "trasferimento"):
        assert send(world, f"/programma/{name}", "auditor").status_code == 403
    for path in (DRAFTS, f"{DRAFTS}/{'0' * 32}", "/programma/conservazione"):
        assert send(world, path, "operator").status_code == 403


def test_lines_of_others_are_not_shown(world: World) -> None:
    world.settle()
    page = look(world, "/programma/budget", "operator_ssalv").text
    assert "Sportello SSALV" in page
    assert "Sportello ROCCA" not in page


def test_the_programme_grows(own_world: World) -> None:
    steps = {
        "partner": {"code": "terra", "name": "Terra {x} aps", "role": "community"},
        "sportello": {"partner": "TERRA", "name": "Sportello Terra"},
        "categoria": {"code": "LAVORO", "name": "Lavoro", "provider": "ASILI"},
        "voce": {"category": "LAVORO", "code": "TIROCINIO", "name": "Tirocinio"},
        "finanziamento": {"funder": "Altro ente", "amount_cents": "1.000,00"},
        "assegnazione": {"line": "TERRA/LAVORO", "amount_cents": "1.000,00", "reason": "avvio"},
    }
    for name, fields in steps.items():
        sent = send(own_world, f"/programma/{name}", **fields)
        assert sent.status_code == 303, (name, sent.text)
    own_world.settle()
    page = look(own_world, "/programma").text
    for text in ("Terra {x} aps", "Sportello Terra", "Tirocinio", "Altro ente", "Casa ASILI"):
        assert text in page
    twice = send(own_world, "/programma/partner", **steps["partner"] | {"name": "Altro"})
    assert twice.status_code == 409
    assert "Altro" in twice.text
    unreadable = send(own_world, "/programma/voce", category="LAVORO", code="è?", name="")
    assert unreadable.status_code == 422
    assert "lettere maiuscole" in unreadable.text
    assert 'href="#voce-name"' in unreadable.text


def test_a_transfer_is_shown_refused_and_done(own_world: World) -> None:
    own_world.settle()
    fields = {"from": "ROCCA/EMERGENZA", "to": "SSALV/EMERGENZA", "reason": "Rimodulazione"}
    shown = send(
        own_world, "/programma/trasferimento", **fields, amount_cents="1.000,00", preview="1"
    )
    assert shown.status_code == 200
    assert "9.000,00" in shown.text
    assert "11.000,00" in shown.text
    refused = shown
    for amount, status in (("1.5", 422), ("99.999,00", 409)):
        refused = send(own_world, "/programma/trasferimento", **fields, amount_cents=amount)
        assert refused.status_code == status
        assert f'value="{amount}"' in refused.text
        assert 'href="#trasferimento-amount_cents"' in refused.text
    assert "10.000,00" in refused.text
    same = send(
        own_world,
        "/programma/trasferimento",
        **fields | {"to": "ROCCA/EMERGENZA"},
        amount_cents="1,00",
    )
    assert 'href="#trasferimento-to"' in same.text
    done = send(own_world, "/programma/trasferimento", **fields, amount_cents="1.000,00")
    assert done.status_code == 303
    stale = send(own_world, "/programma/trasferimento", **fields, amount_cents="2,00", version="3")
    assert stale.status_code == 412
    assert "1.000,00" in stale.text
    assert "Qualcuno è arrivato prima" in stale.text
    assert send(own_world, "/programma/partner", version="x").status_code == 403


def begun(world: World) -> tuple[str, dict[str, str]]:
    """The address of a new draft, and its fields."""
    page = look(world, "/programma/regole")
    data = {"key": hidden(page, "key"), "version": "1"}
    sent = look(world, DRAFTS, method="POST", data=data)
    again = look(world, DRAFTS, method="POST", data=data)
    assert sent.headers["Location"] == again.headers["Location"]
    fields = {
        "version": "1",
        "title": "Prova <b>",
        "all": "yes",
        "bands.0.to_cents": "150,00",
        "bands.0.approvers": "1",
        "bands.1.approvers": "2",
        "remind_days": "7",
        "appeal_days": "30",
    }
    return sent.headers["Location"], fields


def kept(world: World, path: str, fields: dict[str, str]) -> httpx.Response:
    """Keeps a draft, whatever its version; the page that comes back."""
    version = hidden(look(world, path), "version")
    sent = look(world, path, method="POST", data={**fields, "version": version})
    assert sent.status_code == 303, sent.text
    return look(world, path)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"bands.0.to_cents": "1.5"}, "bands-0-to_cents"),
        ({"bands.0.to_cents": ""}, "bands-0-to_cents"),
        ({"bands.1.to_cents": "200,00"}, "bands-1-to_cents"),
        ({"bands.0.approvers": "3"}, "bands-1-approvers"),
        ({"all": ""}, "all"),
        ({"caps.0.days": "365"}, "caps-0-cents"),
        ({"caps.0.days": "x", "caps.0.cents": "1,00"}, "caps-0-days"),
        ({"deadlines.payment.urgent_days": "3"}, "deadlines-payment-days"),
        ({"deadlines.payment.days": "99999"}, "deadlines-payment-days"),
        ({"urgent.on": "yes"}, "urgent-to_cents"),
        ({"remind_days": ""}, "remind_days"),
        (
            {
                "all": "",
                "items.UTENZE.asked": "yes",
                "items.AFFITTO.asked": "yes",
                "items.AFFITTO.papers.0.kind": "estimate",
                "items.AFFITTO.papers.2.kind": "estimate",
            },
            "items-AFFITTO-papers-2-kind",
        ),
    ],
)
def test_every_fault_stands_at_its_field(world: World, wrong: dict[str, str], place: str) -> None:
    path, fields = begun(world)
    page = kept(world, path, fields | wrong)
    assert f'href="#{place}"' in page.text
    assert f'id="{place}-wrong"' in page.text
    for text in wrong.values():
        assert not text or f'"{text}"' in page.text
    refused = send(world, f"{path}/adozione")
    assert refused.status_code == 422


def test_rows_come_and_go_and_nothing_typed_is_lost(world: World) -> None:
    path, fields = begun(world)
    page = kept(world, path, {**fields, "do": "add bands"})
    assert 'name="bands.2.approvers"' in page.text
    page = kept(world, path, {**fields, "do": "remove bands 0"})
    assert 'name="bands.1.approvers"' not in page.text
    page = kept(world, path, {**fields, "do": "add caps"})
    assert 'name="caps.0.days"' in page.text
    english = look(world, f"{path}?lang=en")
    world.client.cookies.clear()
    assert 'value="150.00"' in english.text
    stale = look(world, path, method="POST", data={**fields, "version": "1", "title": "Mia"})
    assert stale.status_code == 412
    assert 'value="Mia"' in stale.text


def test_a_document_is_pasted(world: World) -> None:
    path, _ = begun(world)
    faulty = {"bands": [{"to_cents": 100}, {"over_cents": 200}], "nonsense": 1}
    page = look(world, path)
    for document in ("{", json.dumps(faulty), json.dumps({"bands": faulty["bands"]})):
        data = {"version": "1", "document": document}
        page = look(world, f"{path}/documento", method="POST", data=data)
        assert page.status_code == 422
        assert "#document" in page.text
    assert "bands.1.over_cents" in page.text
    good = {"title": "Incollata", "bands": [{"approvers": 2}], "caps": [{"cents": 5_000}]}
    data = {"version": "1", "document": json.dumps(good)}
    assert look(world, f"{path}/documento", method="POST", data=data).status_code == 303
    assert 'value="Incollata"' in look(world, path).text


def test_a_draft_is_tried_and_adopted(own_world: World) -> None:
    world = own_world
    dote = world.approved(12_000)
    world.settle()
    path, fields = begun(world)
    kept(world, path, fields | {"all": "", "items.UTENZE.asked": "yes"})
    trial = look(world, f"{path}/prova")
    assert "Utenze: si può chiedere" in trial.text
    sent = send(world, f"{path}/simulazione", since="")
    assert sent.status_code == 303
    outcome = look(world, f"{path}/prova")
    assert dote["number"] in outcome.text
    assert "120,00" in outcome.text
    nobody = send(world, f"{path}/simulazione", since="31/12/2099")
    assert nobody.status_code == 303
    assert dote["number"] not in look(world, f"{path}/prova").text
    assert send(world, f"{path}/simulazione", since="32/12").status_code == 422
    assert send(world, f"{path}/adozione", effective_from="01/01/2020").status_code == 422
    stale = send(world, f"{path}/adozione", version="2")
    assert stale.status_code == 412
    adopted = send(world, f"{path}/adozione")
    assert adopted.headers["Location"] == "/programma/regole/2"
    assert look(world, path).status_code == 404
    assert title(look(world, "/programma/regole/2")).startswith("Prova &lt;b&gt;")
    assert "Utenze" in look(world, "/programma/regole/confronto").text


def test_a_draft_is_thrown_away(world: World) -> None:
    path, _ = begun(world)
    assert send(world, f"{path}/eliminazione").status_code == 303
    assert look(world, path).status_code == 404


def test_times_are_shown_and_adopted(own_world: World) -> None:
    own_world.household()
    own_world.settle()
    path = "/programma/conservazione"
    times = {"notes_months": "0", "accounting_years": "10", "notice_days": "7", "small_cell": "5"}
    shown = send(own_world, path, **times, preview="1")
    assert shown.status_code == 200
    assert "Niente si cancella subito" in shown.text
    short = send(own_world, path, **times | {"notice_days": "6"})
    assert short.status_code == 422
    assert 'href="#times-notice_days"' in short.text
    assert own_world.services.register.programme().retention.notice_days == 30
    assert send(own_world, path, **times).status_code == 303
    assert own_world.services.register.programme().retention.notice_days == 7
    assert send(own_world, path, **times, version="2").status_code == 412


def test_money_goes_to_partners_without_a_desk_too(world: World) -> None:
    page = look(world, "/programma/budget").text
    known = world.services.register.programme()
    assert any(partner.desk is None for partner in known.partners.values())
    for partner in known.partners:
        for category in known.categories:
            assert page.count(f'<option value="{partner}/{category}"') == 3
