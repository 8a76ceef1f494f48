"""Blacking out a paper in a real browser: drawn with the mouse, or typed where no script runs."""

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
