"""Bilancio in a real browser: what a line looked like then, and what became of each cent."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import SCREENS, barriers, picture, tab_to
from tests.browser.site import Site, opened_site
from tests.pages.books import Clock, keep_books, small_lines


@pytest.fixture(scope="module")
def site(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A year's books, served."""
    clock, home = Clock(), Path(tmp_path_factory.mktemp("site"))
    with small_lines(), opened_site(postgres_url, home, clock) as opened:
        keep_books(opened.world, clock)
        yield opened


@pytest.mark.parametrize(
    ("name", "who", "path"),
    [
        ("bilancio", "coordinator", "/bilancio"),
        ("bilancio-allora", "auditor", "/bilancio?il=31/05/2026"),
        ("bilancio-confronto", "coordinator", "/bilancio?il=30/09/2026&con=31/05/2026"),
        ("bilancio-cifre", "finance", "/bilancio?vista=cifre"),
        ("bilancio-sportello", "operator", "/bilancio"),
        ("bilancio-errore", "coordinator", "/bilancio?il=31/13/2026"),
        ("bilancio-voce", "coordinator", "/bilancio/voci/ROCCA/EMERGENZA"),
        ("bilancio-movimenti", "auditor", "/bilancio/movimenti?partner=ROCCA"),
        ("bilancio-movimenti-errore", "auditor", "/bilancio/movimenti?numero=X&dal=1"),
        ("bilancio-rimodulazione", "auditor", "/bilancio/movimenti?tipo=BudgetTransferred"),
    ],
)
def test_nobody_is_shut_out(visit: Visit, name: str, who: str, path: str) -> None:
    page = visit(who, path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    picture(page, name)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert barriers(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_a_line_as_it_was_and_the_event_behind_a_cent(visit: Visit, script: bool) -> None:
    page = visit("coordinator", script=script)
    page.get_by_role("link", name="Bilancio").click()
    page.get_by_text("Scrivi una data, o confronta con…").click()
    page.get_by_label("Com'era il").last.fill("31/05/2026")
    page.get_by_role("button", name="Mostra", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("com'era il 31/05/2026, alla posizione")
    cell = page.get_by_role("row", name="Sportello ROCCA").get_by_role("link").nth(1)
    left = re.search(r"[\d.]+,\d\d", cell.inner_text())
    assert left
    cell.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Emergenza · Sportello ROCCA")
    expect(page.locator(".figure")).to_contain_text(left[0])
    page.locator("#moves").get_by_role("link", name="Impegno").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Impegno, ")
    expect(page.get_by_role("main")).to_contain_text("approver2, approvatore")
    page.get_by_role("main").get_by_role("link", name=re.compile("^CI-2026-")).click()
    expect(page.get_by_role("heading", name="Storia")).to_be_visible()


def test_the_slider_tells_its_day_and_goes_there(visit: Visit) -> None:
    page = visit("auditor", "/bilancio")
    slider = page.locator("input.slider")
    box = slider.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**giorno=*")
    shown = page.locator("#giorno-out").inner_text()
    assert re.fullmatch(r"\d\d/0[56]/2026", shown)
    expect(page.get_by_role("main")).to_contain_text(f"com'era il {shown}")


@pytest.mark.parametrize("script", [True, False])
def test_by_keyboard_alone(visit: Visit, script: bool) -> None:
    page = visit("coordinator", "/bilancio", script=script)
    tab_to(page, "Com'era il")
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    if script:
        expect(page.locator("#giorno-out")).to_have_text("12/11/2026")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Mostra questo giorno")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("com'era il 12/11/2026")
    cell = page.locator(".cell").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if cell.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("heading", name="Movimenti di questa voce fino ad allora")
    ).to_be_visible()


def test_more_movements_join_those_above(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.routes.movimenti.LISTED", 5)
    page = visit("finance", "/bilancio/movimenti")
    rows = page.locator("#moves > tr")
    expect(rows).to_have_count(5)
    page.get_by_role("link", name="Mostra altri").click()
    expect(rows).to_have_count(10)


def test_a_file_is_kept(visit: Visit) -> None:
    page = visit("finance", "/bilancio")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Scarica per il foglio di calcolo (CSV)").click()
    assert re.fullmatch(r"bilancio-\d+\.csv", waiting.value.suggested_filename)
    assert Path(waiting.value.path()).read_bytes().startswith("\ufeffPartner;".encode())


def test_the_movement(visit: Visit) -> None:
    page = visit("auditor", "/bilancio/movimenti?tipo=BudgetTransferred")
    page.locator("#moves").get_by_role("link", name="Rimodulazione").click()
    expect(page.get_by_role("main")).to_contain_text("Più richieste che altrove")
    assert barriers(page) == []
    picture(page, "bilancio-movimento")


def test_on_paper(visit: Visit) -> None:
    page = visit("auditor", "/bilancio")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1123, "height": 794})
    expect(page.locator(".as-of")).to_be_hidden()
    expect(page.locator(".matrix")).to_be_visible()
    page.screenshot(path=SCREENS / "bilancio-stampa.png", full_page=True)
