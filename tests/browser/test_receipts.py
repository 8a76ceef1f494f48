"""Giustificativi and Statistiche in a real browser: decided with the paper beside, handed in by
photograph, with and without scripts."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from tests.api.test_same_papers import hand_in, paid
from tests.api.world import Json, paper
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture
from tests.browser.site import Site
from tests.browser.test_deciding import _photo

PATH = "/giustificativi"
_numbers = count(50_000)


def submitted(site: Site, content: bytes | None = None) -> Json:
    dote, n = paid(site.world), next(_numbers)
    sent = hand_in(site.world, dote, content or paper(n), number=f"{n}")
    assert sent.status_code == 201, sent.text
    return dote


def pdf(content: bytes) -> FilePayload:
    return FilePayload(name="fattura.pdf", mimeType="application/pdf", buffer=content)


@pytest.fixture(scope="module")
def receipts(site: Site) -> list[Json]:
    """One as a PDF, one as a photograph, a share of each of two doti, and some that are missing."""
    made = [submitted(site), submitted(site, _photo())]
    whole: dict[str, Any] = {
        "paper_cents": "15000",
        "number": "88",
        "issuer": "Cartoleria di Fantasia",
    }
    shared = paper(next(_numbers))
    for cents in (8_000, 7_000):
        dote = paid(site.world, "ROCCA" if cents == 8_000 else "SSALV")
        assert hand_in(site.world, dote, shared, cents, **whole).status_code == 201
        made.append(dote)
    for partner in ("ROCCA", "ROCCA", "SSALV"):
        paid(site.world, partner)
    site.world.settle()
    return made


def test_the_page_of_receipts(visit: Visit, receipts: list[Json]) -> None:
    page = visit("finance", PATH)
    expect(page.locator(f"#r-{receipts[1]['id']}\\.1 img")).to_be_visible()
    picture(page, "giustificativi-finanza")
    assert barriers(page) == []
    card = page.locator(f"#r-{receipts[3]['id']}\\.1")
    card.get_by_text("Anteprima").click()
    expect(card.locator("iframe")).to_be_visible()
    expect(card).to_contain_text("lo stesso file")
    expect(card.get_by_role("link", name=receipts[2]["number"])).to_be_visible()


def test_the_pages_of_a_desk(visit: Visit, site: Site, receipts: list[Json]) -> None:
    page = visit("operator", PATH)
    picture(page, "giustificativi-sportello")
    assert barriers(page) == []
    dote = paid(site.world)
    page.goto(f"{site.address}{PATH}/{dote['id']}")
    picture(page, "giustificativi-presenta")
    assert barriers(page) == []
    assert receipts


def test_a_file_that_is_too_large_is_told_before_it_is_sent(visit: Visit, site: Site) -> None:
    dote = paid(site.world)
    page = visit("operator", f"{PATH}/{dote['id']}")
    page.get_by_label("Numero", exact=True).fill("F-1")
    limit = site.world.services.settings.max_upload_bytes
    file = page.locator("#receipt-file")
    file.set_input_files(pdf(b"x" * limit))
    expect(page.get_by_role("alert")).to_have_count(0)
    file.set_input_files(pdf(b"x" * (limit + 1)))
    expect(page.get_by_role("alert")).to_contain_text("Questo file supera 10\u00a0MB")
    expect(file).to_have_value("")
    expect(page.get_by_label("Numero", exact=True)).to_have_value("F-1")
    picture(page, "giustificativi-troppo-grande")
    assert barriers(page) == []
    file.set_input_files(pdf(paper(next(_numbers))))
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_finance_decides_on_several(visit: Visit, site: Site, script: bool) -> None:
    first, second, third = (submitted(site) for _ in range(3))
    site.world.settle()
    page = visit("finance", PATH, script=script)
    while page.locator(f"#r-{third['id']}\\.1").count() == 0:
        page.get_by_role("link", name="Le prossime").click()
    for dote in (first, second):
        page.get_by_label(f"Spunta {dote['number']}, giustificativo 1").check()
    page.get_by_role("button", name="Non ammettere ciò che è spuntato").click()
    expect(page.get_by_role("alert")).to_contain_text("Non è stato deciso ancora nulla")
    expect(page.get_by_label("Motivo, per tutti")).to_have_attribute("aria-invalid", "true")
    card = page.locator(f"#r-{third['id']}\\.1")
    card.get_by_label("Motivo, per questo").fill("Manca la data.")
    page.get_by_role("button", name="Accetta ciò che è spuntato").click()
    told = page.get_by_role("status")
    expect(told).to_contain_text("2 giustificativi decisi")
    for dote in (first, second):
        expect(told).to_contain_text(f"{dote['number']} Giustificativo 1 accettato")
    expect(card.get_by_label("Motivo, per questo")).to_have_value("Manca la data.")
    card.get_by_role("button", name="Non ammettere").click()
    expect(told).to_contain_text(f"{third['number']} Giustificativo 1 non ammesso")
    states = [
        site.world.get(f"/doti/{dote['id']}").json()["receipts"][0]["state"]
        for dote in (first, second, third)
    ]
    assert states == ["accepted", "accepted", "disallowed"]


@pytest.mark.parametrize("script", [True, False])
def test_deciding_one_leaves_the_others_as_they_were(
    visit: Visit, site: Site, script: bool
) -> None:
    one, other = submitted(site), submitted(site)
    site.world.settle()
    page = visit("finance", PATH, script=script)
    cards = {dote["id"]: page.locator(f"#r-{dote['id']}\\.1") for dote in (one, other)}
    while cards[one["id"]].count() == 0 or cards[other["id"]].count() == 0:
        page.get_by_role("link", name="Le prossime").click()
    pick = page.get_by_label(f"Spunta {other['number']}, giustificativo 1")
    pick.check()
    cards[other["id"]].get_by_label("Motivo, per questo").fill("Solo per questo.")
    page.get_by_label("Motivo, per tutti").fill("Comune.")
    # The reason of all that are ticked is not the one of a card with a button of its own.
    cards[one["id"]].get_by_role("button", name="Non ammettere").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Non è stato deciso ancora nulla")
    reason = cards[one["id"]].get_by_label("Motivo, per questo")
    expect(reason).to_have_attribute("aria-invalid", "true")
    alert.get_by_role("link").click()
    if script:
        expect(reason).to_be_focused()
    picture(page, f"giustificativi-motivo-{'con' if script else 'senza'}-script")
    if script:
        assert barriers(page) == []
    reason.fill("Non è leggibile.")
    cards[one["id"]].get_by_role("button", name="Non ammettere").click()
    expect(page.get_by_role("status")).to_contain_text(f"{one['number']} Giustificativo 1")
    expect(pick).to_be_checked()
    own = cards[other["id"]].get_by_label("Motivo, per questo")
    expect(own).to_have_value("Solo per questo.")
    expect(page.get_by_label("Motivo, per tutti")).to_have_value("Comune.")
    expect(page.get_by_role("main")).to_contain_text("sui giustificativi spuntati")
    told = site.world.get(f"/doti/{one['id']}").json()["receipts"][0]
    assert told["state"] == "disallowed"
    assert site.world.get(f"/doti/{other['id']}").json()["receipts"][0]["state"] == "submitted"


@pytest.mark.parametrize("script", [True, False])
def test_a_desk_hands_in_a_photograph(visit: Visit, site: Site, script: bool) -> None:
    dote = paid(site.world)
    site.world.settle()
    page = visit("operator", f"{PATH}/{dote['id']}", script=script)
    page.set_viewport_size({"width": 360, "height": 740})
    number = f"{next(_numbers)}"
    photo = _photo() + number.encode()
    page.get_by_label("Scontrino", exact=False).first.check()
    page.get_by_label("Numero", exact=True).fill(number)
    page.get_by_label("Data", exact=True).fill("16/01/2026")
    page.get_by_label("Chi lo ha emesso").fill("Bar Immaginato")
    page.get_by_label("Importo", exact=True).fill("100,00")
    file = FilePayload(name="foto.png", mimeType="image/png", buffer=photo)
    page.locator("#receipt-file").set_input_files(file)
    page.get_by_role("button", name="Presenta").click()
    expect(page.get_by_role("status")).to_be_visible()
    (receipt,) = site.world.get(f"/doti/{dote['id']}").json()["receipts"]
    assert (receipt["media_type"], receipt["state"]) == ("image/png", "submitted")


@pytest.mark.parametrize("script", [True, False])
def test_the_page_of_statistics(visit: Visit, site: Site, script: bool) -> None:
    for _ in range(6):
        paid(site.world)
    site.world.settle()
    page = visit("coordinator", "/statistiche", script=script)
    expect(page.get_by_role("heading", name="Per quartiere")).to_be_visible()
    page.get_by_text("Come tabella").click()
    if script:
        picture(page, "statistiche")
        assert barriers(page) == []
    page.get_by_role("button", name="Mostra").click()
    year = page.get_by_label("Anno", exact=True)
    expect(year).to_have_value(str(site.world.services.engine.today().year))
    expect(page.locator("main")).to_contain_text("Per quartiere")
    page.goto(f"{page.url.partition('?')[0]}?anno=2001")
    expect(page.get_by_label("Anno", exact=True)).to_have_value("2001")
    expect(page.locator("main")).to_contain_text("non è stata richiesta nessuna dote")
