"""The frame and the first pages in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import SCREENS, barriers, picture, tab_to
from tests.browser.site import Site


@pytest.fixture(scope="module")
def doti(site: Site) -> dict[str, str]:
    """One dote in each place where somebody has to do something; the ids."""
    world = site.world
    made = {
        "requested": world.requested(18_000, item="UTENZE"),
        "urgent": world.requested(9_000, urgent=True),
        "assessed": world.assessed(42_000),
        "small": world.assessed(12_000, item="UTENZE"),
        "approved": world.approved(30_000),
        "disbursed": world.disbursed(15_000),
        "accounted": world.accounted_for(),
    }
    rejected = world.assessed(5_000)
    world.done(f"/doti/{rejected['id']}/rejection", {"reason": "Non ammissibile"}, "approver")
    world.settle()
    return {name: dote["id"] for name, dote in made.items()} | {"rejected": rejected["id"]}


@pytest.mark.parametrize("who", ["operator", "assessor", "approver", "finance", "auditor", "admin"])
def test_the_desk_of_each(visit: Visit, doti: dict[str, str], who: str) -> None:
    page = visit(who)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aspettano te")
    assert barriers(page) == []
    picture(page, f"scrivania-{who}")


@pytest.mark.parametrize(
    ("who", "which"),
    [
        ("assessor", "requested"),
        ("approver", "assessed"),
        ("approver", "approved"),
        ("operator", "disbursed"),
        ("auditor", "accounted"),
        ("operator", "rejected"),
    ],
)
def test_a_dote(visit: Visit, doti: dict[str, str], who: str, which: str) -> None:
    page = visit(who, f"/doti/{doti[which]}")
    expect(page.get_by_role("heading", name="Storia")).to_be_visible()
    picture(page, f"dote-{which}-{who}")
    for summary in page.locator("details > summary").all():
        summary.click()
    assert barriers(page) == []
    picture(page, f"dote-{which}-{who}-tutto")


def test_the_list_in_english(visit: Visit, doti: dict[str, str]) -> None:
    page = visit("coordinator", "/doti", language="en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert barriers(page) == []
    picture(page, "doti-english")
    page.get_by_role("link", name="IT", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "it")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "it")


def test_what_is_not_there_says_what_to_do(visit: Visit, doti: dict[str, str]) -> None:
    page = visit("operator", "/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Non trovato")
    expect(page.get_by_role("link", name="Vai alla scrivania")).to_be_visible()
    assert barriers(page) == []
    picture(page, "errore-404")


@pytest.mark.parametrize("script", [True, False])
def test_an_approver_decides(visit: Visit, site: Site, script: bool) -> None:
    dote = site.world.assessed(11_000)
    site.world.settle()
    page = visit("approver", "/", script=script)
    page.get_by_role("link", name=f"Decidi {dote['number']}").click()
    page.get_by_label("Importo approvato").fill("1.5")
    page.get_by_role("button", name="Approva").click()
    expect(page.get_by_role("alert")).to_contain_text("Non è un importo. Scrivilo come 1.234,50.")
    page.get_by_label("Importo approvato").fill("99,50")
    page.locator("#approve-note").fill("Visto il contratto.")
    page.get_by_role("button", name="Ricalcola").click()
    expect(page.get_by_role("button", name="Approva 99,50 €")).to_be_visible()
    expect(page.locator("#approve-note")).to_have_value("Visto il contratto.")
    page.get_by_role("button", name="Approva 99,50 €").click()
    expect(page.get_by_role("status")).to_have_text("Il tuo voto è registrato.")
    expect(page.locator(".timeline li").first).to_contain_text("Approvata, 99,50 €")
    page.reload()
    expect(page.get_by_role("status")).to_have_count(0)
    assert site.world.get(f"/doti/{dote['id']}").json()["approved_cents"] == 9_950


def test_the_effect_follows_the_amount(visit: Visit, site: Site) -> None:
    dote = site.world.assessed(12_000)
    page = visit("approver", f"/doti/{dote['id']}")
    page.get_by_label("Importo approvato").fill("70")
    page.get_by_label("Importo approvato").press("Tab")
    expect(page.get_by_role("button", name="Approva 70,00 €")).to_be_visible()
    expect(page.locator("#before-after")).to_contain_text("− 70,00 €")


def test_somebody_was_quicker(visit: Visit, site: Site) -> None:
    dote = site.world.requested(10_000)
    page = visit("assessor", f"/doti/{dote['id']}")
    body = {"what": "Manca il sollecito."}
    site.world.done(f"/doti/{dote['id']}/document-requests", body, "approver")
    page.get_by_label("Favorevole", exact=True).check()
    page.get_by_label("Che cosa parla").fill("Tutto in regola.")
    page.get_by_role("button", name="Registra la valutazione").click()
    expect(page.get_by_role("alert").first).to_contain_text("Qualcuno è arrivato prima")
    expect(page.locator(".changed .timeline")).to_contain_text("Documenti richiesti")
    expect(page.get_by_label("Che cosa parla")).to_have_value("Tutto in regola.")
    expect(page.get_by_label("Favorevole", exact=True)).to_be_checked()
    assert barriers(page) == []
    picture(page, "dote-qualcuno-prima")


@pytest.mark.parametrize("script", [True, False])
def test_more_of_a_list(
    visit: Visit, doti: dict[str, str], monkeypatch: pytest.MonkeyPatch, script: bool
) -> None:
    monkeypatch.setattr("api.pages.routes.doti.LISTED", 3)
    page = visit("coordinator", "/doti", script=script)
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    first = rows.first.inner_text()
    page.get_by_role("link", name="Mostra altri").click()
    # Without a script the next page takes the place of this one.
    expect(rows).to_have_count(6 if script else 3)
    assert (rows.first.inner_text() == first) == script
    seen = page.locator("tbody tr th a").all_inner_texts()
    assert len(seen) == len(set(seen))
    expect(page.locator(".more")).to_have_count(1)


def test_by_keyboard_alone(visit: Visit, site: Site) -> None:
    dote = site.world.assessed(10_500)
    site.world.settle()
    page = visit("approver")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Vai al contenuto")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.type(dote["number"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="La tua decisione")).to_be_visible()
    tab_to(page, "Respingi")
    page.keyboard.press("Enter")
    tab_to(page, "Motivo")
    page.keyboard.type("Il nucleo ha già avuto questo aiuto.")
    tab_to(page, "Respingi la dote")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("La dote è respinta.")


def test_on_paper(visit: Visit, doti: dict[str, str]) -> None:
    page = visit("auditor", f"/doti/{doti['accounted']}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    expect(page.get_by_role("navigation", name="Principale")).to_be_hidden()
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.get_by_role("heading", name="Storia")).to_be_visible()
    paper = page.pdf(path=SCREENS / "dote-stampa.pdf", format="A4")
    assert paper.startswith(b"%PDF")
    page.screenshot(path=SCREENS / "dote-stampa.png", full_page=True)


def test_a_person_is_found_and_leaves_no_trace_in_the_address(visit: Visit, site: Site) -> None:
    household = site.world.household(given_name="Zaccaria")
    site.world.done("/doti", site.world.request_body(household), "operator")
    site.world.settle()
    page = visit("operator")
    page.get_by_role("searchbox").fill("zaccaria")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url(f"**/nuclei/{household}")
    other = visit("finance")
    other.get_by_role("searchbox").fill("zaccaria")
    other.get_by_role("searchbox").press("Enter")
    expect(other.get_by_role("main")).to_contain_text("Nessun risultato")
    assert "zaccaria" not in other.url
    picture(other, "cerca-niente")
