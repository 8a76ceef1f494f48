"""Blacking out a paper in a real browser: drawn with the mouse, or typed where no script runs."""

import re
from datetime import timedelta

import pypdfium2
import pytest
from playwright.sync_api import expect

from domain.days import beginning_of
from tests.api.test_redactions import NAME, documented
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture
from tests.browser.site import Site
from tests.papers import pdf

TEXTS = [(60, 100, NAME), (60, 200, "Fattura 12/A"), (60, 600, "Totale 50,00")]


def darkest(data: bytes) -> tuple[int, int]:
    """How dark it is where the name stood, and how light."""
    page = pypdfium2.PdfDocument(data)[0].render(scale=1).to_pil().convert("L")
    low, high = page.crop((70, 80, 180, 108)).getextrema()
    return int(low), int(high)


@pytest.mark.parametrize("script", [True, False])
def test_a_name_is_blacked_out_and_the_paper_kept(visit: Visit, site: Site, script: bool) -> None:
    paper = pdf(TEXTS, [(60, 100, f"Seconda pagina {script}")])
    path = documented(site.world, paper, f"A{script}")
    dote_id = path.split("/")[2]
    page = visit("finance", f"/giustificativi/{dote_id}/1/oscura", script=script)
    areas = page.get_by_label("Che cosa si oscura")
    if script:
        image = page.get_by_role("img").first
        expect(image).to_be_visible()
        box = image.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.06, box["y"] + box["height"] * 0.085)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.135)
        page.mouse.up()
        first, *_ = areas.input_value().split()
        assert (first, len(areas.input_value().split())) == ("1", 5)
    else:
        areas.fill("1 5 8 oltre 14")
        page.get_by_label("Ho guardato ogni pagina").check()
        page.get_by_role("button", name="Tieni così").click()
        expect(page.get_by_role("alert")).to_contain_text("servono cinque numeri interi")
        areas.fill("1 5 8 60 14")
    page.get_by_role("button", name="Mostra sulle pagine").click()
    address = f"/giustificativi/{dote_id}/1/oscura/1.png?aree="
    drawn = ".".join(areas.input_value().split())
    expect(page.get_by_role("img").first).to_have_attribute("src", address + drawn)
    page.wait_for_load_state("load")
    picture(page, f"oscura-{'con' if script else 'senza'}-script")
    page.get_by_label("Ho guardato ogni pagina").check()
    page.get_by_role("button", name="Tieni così").click()
    expect(page.get_by_role("status")).to_contain_text("pronto da consegnare")
    expect(page.get_by_role("main")).to_contain_text("1 area nera")
    made = site.world.get(f"{path}/redaction/file", "finance").content
    low, high = darkest(made)
    assert high <= 12, (low, high)
    assert darkest(paper)[0] < 60 < darkest(paper)[1]
    kept = areas.input_value()
    assert kept.split() == drawn.split(".")
    expect(page.get_by_role("img").first).to_have_attribute("src", address + drawn)
    expect(page.get_by_text("1 area è nera sulle pagine")).to_be_visible()
    # What was kept is not lost by a second press, nor without saying so.
    areas.fill("")
    page.get_by_label("Ho guardato ogni pagina").check()
    page.get_by_role("button", name="Tieni così").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("dichiara che sul documento non c'è nulla di personale")
    assert site.world.get(f"{path}/redaction", "finance").json()["areas"] == 1
    areas.fill(kept)
    page.get_by_label("Non si oscura niente").check()
    page.get_by_role("button", name="Tieni così").click()
    expect(alert).to_contain_text("solo una delle due cose")
    assert areas.input_value() == kept
    page.get_by_label("Non si oscura niente").uncheck()
    areas.fill(f"{kept}\n2 1 1 9 9")
    page.get_by_role("button", name="Tieni così").click()
    expect(page.get_by_role("main")).to_contain_text("2 aree nere")
    areas.fill(kept)
    page.get_by_label("Ho guardato ogni pagina").check()
    page.get_by_role("button", name="Tieni così").click()
    expect(alert).to_contain_text("Le aree nere erano 2, ora sarebbero 1")
    picture(page, f"oscura-meno-{'con' if script else 'senza'}-script")
    page.get_by_label("Meno aree").check()
    page.get_by_role("button", name="Tieni così").click()
    expect(page.get_by_role("main")).to_contain_text("1 area nera")


def test_what_is_drawn_and_what_is_typed_always_agree(visit: Visit, site: Site) -> None:
    paper = pdf(TEXTS, [(60, 100, "Seconda")])
    dote_id = documented(site.world, paper, "uguale").split("/")[2]
    page = visit("finance", f"/giustificativi/{dote_id}/1/oscura")
    areas = page.get_by_label("Che cosa si oscura")
    boxes = page.locator(".redact-area")
    told = page.locator("[data-redact-told]")
    image = page.get_by_role("img").first
    expect(image).to_be_visible()
    box = image.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
    page.mouse.up()
    expect(boxes).to_have_count(1)
    expect(told).to_have_text("1 area è nera sulle pagine.")
    page.get_by_role("button", name="Mostra sulle pagine").click()
    expect(image).to_have_attribute("src", re.compile("aree=1"))
    areas.fill("")
    expect(boxes).to_have_count(0)
    expect(image).to_have_attribute("src", re.compile("png$"))
    expect(told).to_have_text("0 aree sono nere sulle pagine.")
    areas.fill("1 5 8 60 14\n2 1 1 9 9\n1 5 8 60")
    expect(boxes).to_have_count(2)
    expect(told).to_contain_text("La riga 3 non si può leggere")
    expect(page.locator("[data-page='2'] .redact-area")).to_have_count(1)
    areas.fill("1 5 8 60 14\n3 1 1 9 9")
    expect(boxes).to_have_count(1)
    expect(told).to_contain_text("La riga 2 non si può leggere")


@pytest.mark.parametrize("script", [True, False])
def test_the_mouse_is_named_only_where_it_draws(visit: Visit, site: Site, script: bool) -> None:
    dote_id = documented(site.world, pdf(TEXTS), f"M{script}").split("/")[2]
    page = visit("finance", f"/giustificativi/{dote_id}/1/oscura", script=script)
    expect(page.get_by_text("con il mouse")).to_be_visible(visible=script)


def test_nobody_is_shut_out(visit: Visit, site: Site) -> None:
    path = documented(site.world, pdf(TEXTS), "9")
    dote_id = path.split("/")[2]
    page = visit("finance", f"/giustificativi/{dote_id}/1/oscura")
    assert barriers(page) == []
    today = site.world.services.engine.today()
    days = {"from": "2026-01-01", "to": today.isoformat()}
    with site.world.at(beginning_of(today + timedelta(days=1))):
        made = site.world.done("/rendiconti", days, "finance")
    for who in ("finance", "auditor"):
        page = visit(who, f"/rendiconto/{made['id']}")
        page.get_by_role("link", name="Documenti allegati").click()
        expect(page.get_by_role("main")).to_contain_text("da oscurare")
        links = page.get_by_role("link", name="Apri")
        assert (links.count() > 0) is (who == "finance")
        picture(page, f"rendiconto-documenti-{who}")
        assert barriers(page) == []
