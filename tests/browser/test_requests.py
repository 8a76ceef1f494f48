"""A request is made in a real browser: quickly, without a script, by keyboard; and never lost."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from api.security.sign_in import Caller
from domain.policy import Band, Cap, ItemRule, PaperRule, Rules
from tests.api.world import paper
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture
from tests.browser.site import Site

MOST_INTERACTIONS = 25
NEED = "Affitto di novembre: il contratto di lavoro è finito a settembre."


@pytest.fixture(scope="module")
def households(site: Site) -> dict[str, str]:
    """Households to find: one that was helped before, and one of another desk."""
    world = site.world
    world.adopt(
        Rules(
            items=(
                ItemRule(
                    item="AFFITTO",
                    ceiling_cents=60_000,
                    papers=(
                        PaperRule(kind="rent_contract"),
                        PaperRule(kind="income_statement", over_cents=30_000),
                    ),
                ),
                ItemRule(item="UTENZE", ceiling_cents=30_000),
                ItemRule(item="LIBRI"),
                ItemRule(item="OCCHIALI", papers=(PaperRule(kind="prescription"),)),
            ),
            bands=(Band(),),
            caps=(Cap(cents=150_000),),
        )
    )
    amina = {
        "given_name": "Amina",
        "family_name": "Karimi",
        "born": "1988-04-02",
        "id_type": "none",
    }
    samir = {
        "given_name": "Samir",
        "family_name": "Karimi",
        "born": "2019-11-23",
        "id_type": "none",
    }
    body = {"members": [amina, samir], "address": "via Prova 4", "district": "Mirafiori"}
    made = world.done("/households", body, "operator")
    for cents, item in ((18_000, "UTENZE"), (20_000, "UTENZE")):
        dote = world.done("/doti", world.request_body(made["id"], cents, item=item), "operator")
        world.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
        world.done(f"/doti/{dote['id']}/approval", {"amount_cents": cents}, "approver")
    there = {"given_name": "Luca", "family_name": "Altrove", "id_type": "CF"}
    code = {"id_value": "LTRLCU80A01L219X"}
    world.done("/households", {"members": [there | code]}, "operator_ssalv")
    world.settle()
    return {"id": made["id"], "number": made["number"]}


class Counted:
    """Counts what somebody does with keys and mouse on a page."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        self.page = page

    def keys(self, text: str) -> None:
        self.count += len(text)
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        self.count += len(keys)
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, role: str, name: str) -> None:
        self.count += 1
        self.page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]  # roles


def test_a_request_for_a_known_household_takes_few_keys(
    visit: Visit, site: Site, households: dict[str, str]
) -> None:
    page = visit("operator")
    does = Counted(page)
    does.click("link", "Nuova richiesta")
    expect(page.get_by_label("Numero, nome, codice fiscale o telefono")).to_be_focused()
    does.keys("Amina")
    does.press("Enter")
    expect(page.get_by_role("heading", name="Ricevuto negli ultimi 12 mesi")).to_be_visible()
    does.click("radio", "Affitto")
    does.click("textbox", "Importo")
    does.keys("450")
    does.click("textbox", "Il bisogno, e perché")
    page.keyboard.type(NEED)
    does.click("button", "Invia la richiesta")
    expect(page.get_by_role("status")).to_have_text("La richiesta è inviata.")
    assert does.count <= MOST_INTERACTIONS
    dote = site.world.get(page.url.removeprefix(site.address), "operator").json()
    assert (dote["requested_cents"], dote["need"]) == (45_000, NEED)
    assert dote["household_id"] == households["id"]


@pytest.mark.parametrize("script", [True, False])
def test_a_household_made_on_the_way(
    visit: Visit, site: Site, households: dict[str, str], script: bool
) -> None:
    page = visit("operator", "/richieste/nuova", script=script)
    if script:
        assert barriers(page) == []
    name, code = ("Zoe", "NVSZOE85D42L219X") if script else ("Ivo", "NVSVIO85D02L219X")
    page.get_by_label("Numero, nome, codice fiscale o telefono").fill(f"{name} Nuovissima")
    page.get_by_role("button", name="Trova il nucleo").click()
    expect(page.get_by_text("Nessun risultato")).to_be_visible()
    page.get_by_role("button", name="Non sono ancora registrati").click()
    expect(page.get_by_label("Nome", exact=True)).to_have_value(name)
    page.get_by_label("Data di nascita").fill("2/4/1985")
    page.get_by_label("Identificazione").select_option("CF")
    page.get_by_label("Numero o codice").fill(code)
    page.get_by_role("button", name="Aggiungi una persona").click()
    page.get_by_role("group", name="Persona 2").get_by_label("Nome", exact=True).fill("Pia")
    if script:
        picture(page, "richiesta-nucleo-nuovo")
        assert barriers(page) == []
    page.get_by_role("button", name="Registra e continua").click()
    expect(page.get_by_role("alert")).to_contain_text("È necessario e manca.")
    second = page.get_by_role("group", name="Persona 2")
    expect(second.get_by_label("Nome", exact=True)).to_have_value("Pia")
    second.get_by_label("Cognome").fill("Nuovissima")
    page.get_by_role("button", name="Registra e continua").click()
    expect(page.get_by_role("status").first).to_have_text("Il nucleo è registrato.")
    expect(page.get_by_text("da ricontrollare")).to_be_visible()
    page.get_by_label("Utenze").check()
    page.get_by_label("Importo").fill("1.5")
    page.get_by_label("Il bisogno").fill(NEED)
    page.get_by_role("button", name="Invia la richiesta").click()
    expect(page.get_by_role("alert")).to_contain_text("Non è un importo. Scrivilo come 1.234,50.")
    expect(page.get_by_label("Il bisogno")).to_have_value(NEED)
    page.get_by_label("Importo").fill("99,50")
    page.get_by_label("Un altro documento").select_option("utility_bill")
    page.get_by_label("File dell'altro documento").set_input_files(
        {"name": "bolletta.pdf", "mimeType": "application/pdf", "buffer": paper(900 + script)}
    )
    page.get_by_role("button", name="Invia la richiesta").click()
    expect(page.get_by_role("status").first).to_have_text("La richiesta è inviata.")
    dote = site.world.get(page.url.removeprefix(site.address), "operator").json()
    assert dote["requested_cents"] == 9_950
    assert [each["kind"] for each in dote["documents"]] == ["utility_bill"]


def test_what_is_known_stands_beside_and_follows(
    visit: Visit, site: Site, households: dict[str, str]
) -> None:
    page = visit("operator", "/richieste/nuova")
    page.get_by_label("Numero, nome, codice fiscale o telefono").fill("Karimi")
    page.keyboard.press("Enter")
    page.get_by_label("Affitto").check()
    expect(page.get_by_label("Contratto di affitto")).to_be_visible()
    page.get_by_label("Importo").fill("700")
    page.get_by_label("Importo").press("Tab")
    expect(page.locator("#figures")).to_contain_text("oltre")
    expect(page.locator("#saved")).to_contain_text("Bozza salvata")
    picture(page, "richiesta-bisogno")
    assert barriers(page) == []
    page.get_by_role("button", name="Elimina la bozza").click()
    expect(page.get_by_role("status")).to_have_text("La bozza è stata eliminata.")


def test_somebody_of_another_desk_is_told_without_opening(
    visit: Visit, households: dict[str, str]
) -> None:
    page = visit("operator", "/richieste/nuova")
    page.get_by_label("Numero, nome, codice fiscale o telefono").fill("LTRLCU80A01L219X")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Un altro sportello ha registrato")).to_be_visible()
    expect(page.get_by_text("Altrove")).to_have_count(0)
    picture(page, "richiesta-altro-sportello")
    assert barriers(page) == []


def test_by_keyboard_alone(visit: Visit, site: Site, households: dict[str, str]) -> None:
    page = visit("operator", "/richieste/nuova")
    page.keyboard.type(households["number"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Invia la richiesta")).to_be_visible()
    page.locator("#main").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("80")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Bolletta")
    page.get_by_role("button", name="Invia la richiesta").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("La richiesta è inviata.")


@pytest.mark.parametrize("script", [True, False])
def test_a_draft_outlives_the_browser_and_the_session(
    browser: Browser, site: Site, households: dict[str, str], script: bool
) -> None:
    services = site.world.services
    account_id = services.accounts.account_id("operator")

    def signed_in() -> Page:
        token = services.sign_in.enter(
            account_id, Caller("127.0.0.1", None), "password", shared_computer=False, brought=None
        )
        context = browser.new_context(
            base_url=site.address, locale="it", java_script_enabled=script
        )
        context.add_cookies([{"name": "doti", "value": token, "url": site.address}])
        return context.new_page()

    page = signed_in()
    page.goto("/richieste/nuova")
    page.get_by_label("Numero, nome, codice fiscale o telefono").fill("Karimi")
    page.get_by_role("button", name="Trova il nucleo").click()
    page.get_by_label("Affitto").check()
    page.get_by_label("Importo").fill("123")
    page.get_by_label("Il bisogno").fill("Prima parte")
    if script:
        with page.expect_response(lambda answer: "/richieste/bozze/" in answer.url):
            page.get_by_label("Il bisogno").blur()
    else:
        page.get_by_role("button", name="Ricalcola").click()
    draft = page.url
    page.context.close()  # the browser is gone

    page = signed_in()
    page.goto("/")
    page.locator(f"a[href='{draft.removeprefix(site.address)}']").click()
    expect(page.get_by_label("Il bisogno")).to_have_value("Prima parte")
    expect(page.get_by_label("Importo")).to_have_value("123")
    page.get_by_label("Il bisogno").fill("Prima parte e seconda")
    with services.keeper.transaction() as tx:
        tx.execute(
            "UPDATE sessions SET seen_at = seen_at - %s, ends_at = now()", (timedelta(hours=12),)
        )
    page.get_by_role("button", name="Invia la richiesta").click()
    page.wait_for_url("**/accedi**")
    assert page.url.removeprefix(site.address).startswith("/accedi?next=/richieste/bozze/")
    page.context.close()

    page = signed_in()
    page.goto(draft)
    expect(page.get_by_label("Il bisogno")).to_have_value("Prima parte e seconda")
    page.get_by_role("button", name="Invia la richiesta").click()
    expect(page.get_by_role("status")).to_have_text("La richiesta è inviata.")
    page.goto(draft)
    expect(page).to_have_url(page.url)
    assert "/doti/" in page.url
    page.context.close()
