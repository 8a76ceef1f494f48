"""Households in a real browser: found, kept up to date, merged, erased by two, revealed."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture
from tests.browser.site import Site


@pytest.fixture(scope="module")
def households(site: Site) -> dict[str, dict[str, str]]:
    """Three households: one that was helped often, the same once more, and one of nobody's doti."""
    world = site.world
    amina = {
        "given_name": "Amina",
        "family_name": "Karimi",
        "born": "1988-04-02",
        "id_type": "CF",
        "id_value": "KRMMNA88D42Z236X",
        "phone": "333 1234567",
    }
    samir = {"given_name": "Samir", "family_name": "Karimi", "born": "2019-11-23"}
    body = {
        "members": [amina, samir],
        "address": "via Prova 4, Torino",
        "district": "Mirafiori",
        "hardships": ["lavoro", "casa"],
    }
    helped = world.done("/households", body, "operator")
    for cents, item, category in (
        (18_000, "UTENZE", "EMERGENZA"),
        (9_000, "AFFITTO", "EMERGENZA"),
        (12_000, "OCCHIALI", "OCULISTICA"),
    ):
        wanted = world.request_body(helped["id"], cents, item=item, category=category)
        dote = world.done("/doti", wanted, "operator")
        world.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
        for voter in ("approver", "approver2")[: 1 + (cents > 15_000)]:
            world.done(f"/doti/{dote['id']}/approval", {"amount_cents": cents}, voter)
    twin = {"given_name": "Amina", "family_name": "Karimi", "born": "1988-04-02"}
    twice = world.done("/households", {"members": [twin]}, "operator")
    leaving = {"given_name": "Olga", "family_name": "Partente", "born": "1970-01-01"}
    going = world.done("/households", {"members": [leaving]}, "operator")
    world.settle()
    return {"helped": helped, "twice": twice, "going": going}


@pytest.mark.parametrize("who", ["operator", "coordinator", "auditor", "finance"])
def test_a_household(visit: Visit, households: dict[str, dict[str, str]], who: str) -> None:
    page = visit(who, "/nuclei")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nuclei")
    assert barriers(page) == []
    picture(page, f"nuclei-{who}")
    page.get_by_role("link", name=households["helped"]["number"]).click()
    expect(page.get_by_role("heading", name="Concesso mese per mese")).to_be_visible()
    assert barriers(page) == []
    picture(page, f"nucleo-{who}")
    for summary in page.locator("details > summary").all():
        summary.click()
    assert barriers(page) == []
    picture(page, f"nucleo-{who}-tutto")


@pytest.mark.parametrize("script", [True, False])
def test_the_data_are_kept_up_to_date(
    visit: Visit, households: dict[str, dict[str, str]], script: bool
) -> None:
    page = visit("operator", f"/nuclei/{households['helped']['id']}", script=script)
    page.get_by_role("link", name="Modifica i dati").click()
    if script:
        assert barriers(page) == []
        picture(page, "nucleo-dati")
    page.get_by_label("Quartiere").fill("Lingotto" if script else "Mirafiori Sud")
    page.get_by_label("Data di nascita").first.fill("31/2/1988")
    page.get_by_role("button", name="Salva i dati").click()
    expect(page.get_by_role("alert")).to_contain_text("31/12/2026")
    page.get_by_label("Data di nascita").first.fill("02/04/1988")
    page.get_by_role("button", name="Salva i dati").click()
    expect(page.get_by_role("status").first).to_have_text("I dati sono salvati.")
    expect(page.locator("h1 + p")).to_contain_text("Lingotto" if script else "Mirafiori Sud")


def test_a_coordinator_merges_and_takes_apart(
    visit: Visit, households: dict[str, dict[str, str]]
) -> None:
    page = visit("coordinator", f"/nuclei/{households['twice']['id']}")
    page.get_by_text("È lo stesso nucleo di un'altra scheda…").click()
    page.get_by_label("Numero dell'altra scheda").fill("N-99999")
    page.get_by_label("Come sai che sono lo stesso nucleo").fill("Stessa persona e indirizzo.")
    page.get_by_role("button", name="Unisci le due schede").click()
    expect(page.get_by_role("alert")).to_contain_text("Non c'è una scheda con questo numero")
    page.get_by_label("Numero dell'altra scheda").fill(households["helped"]["number"])
    page.get_by_role("button", name="Unisci le due schede").click()
    expect(page.get_by_role("status").first).to_have_text(
        "Le due schede ora contano come un solo nucleo."
    )
    picture(page, "nucleo-unito")
    assert barriers(page) == []
    page.get_by_text("Non erano lo stesso nucleo…").click()
    page.locator("#separazione-reason").fill("Due sorelle.")
    page.get_by_role("button", name="Separa le due schede").click()
    expect(page.get_by_role("status").first).to_have_text(
        "Le due schede contano di nuovo ognuna per sé."
    )


def test_two_people_erase(visit: Visit, site: Site, households: dict[str, dict[str, str]]) -> None:
    path = f"/nuclei/{households['going']['id']}"
    page = visit("operator", path)
    page.get_by_text("Chiedi la cancellazione dei loro dati…").click()
    page.locator("#cancellazione-reason").fill("La persona lo chiede per iscritto.")
    page.get_by_role("button", name="Chiedi la cancellazione").click()
    expect(page.get_by_text("cancellazione richiesta").first).to_be_visible()
    site.world.settle()
    page = visit("coordinator", "/cancellazioni")
    assert barriers(page) == []
    picture(page, "cancellazioni")
    page.get_by_role("link", name=f"Esamina {households['going']['number']}").click()
    page.get_by_text("Conferma la cancellazione…").click()
    page.locator("#cancellazione-reason").fill("Confermo.")
    page.get_by_role("button", name="Conferma la cancellazione").click()
    expect(page.get_by_text("I dati delle persone sono stati cancellati")).to_be_visible()
    picture(page, "nucleo-cancellato")
    assert barriers(page) == []


def test_an_auditor_reveals_once(visit: Visit, households: dict[str, dict[str, str]]) -> None:
    page = visit("auditor", f"/nuclei/{households['helped']['id']}")
    expect(page.get_by_text("Karimi")).to_have_count(0)
    page.get_by_text("Vedi chi sono…").click()
    page.locator("#svelare-reason").fill("breve")
    page.get_by_role("button", name="Mostrameli una volta").click()
    expect(page.get_by_role("alert")).to_contain_text("10")
    page.locator("#svelare-reason").fill("Controllo a campione del primo trimestre.")
    page.get_by_role("button", name="Mostrameli una volta").click()
    expect(page.get_by_role("rowheader", name="Amina Karimi")).to_be_visible()
    picture(page, "nucleo-svelato")
    page.get_by_role("link", name="Vedi tutto").click()
    expect(page.get_by_text("Dati svelati").first).to_be_visible()
    assert barriers(page) == []
    picture(page, "nucleo-accessi")


def test_found_from_everywhere(visit: Visit, households: dict[str, dict[str, str]]) -> None:
    page = visit("operator", "/")
    page.keyboard.press("/")
    page.keyboard.type("KRMMNA88D42Z236X")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(households["helped"]["number"])
