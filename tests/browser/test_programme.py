"""The coordinator's main job in a real browser: moving budget, and changing the rules."""

import pytest
from playwright.sync_api import expect

from domain.lifecycle import Stage
from domain.policy import Band, Cap, Deadline, ItemRule, PaperRule, Rules, UrgentPath
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture, tab_to
from tests.browser.site import Site

RULES = Rules(
    title="Regole di primavera",
    items=(
        ItemRule(
            item="AFFITTO",
            ceiling_cents=150_000,
            papers=(PaperRule(kind="rent_contract", over_cents=60_000),),
        ),
        ItemRule(item="UTENZE", ceiling_cents=100_000),
        ItemRule(item="LIBRI"),
    ),
    bands=(
        Band(to_cents=15_000, household_to_cents=75_000),
        Band(over_cents=15_000, approvers=2),
    ),
    caps=(Cap(days=365, cents=150_000), Cap(category="EMERGENZA", days=365, cents=150_000)),
    deadlines=(
        Deadline(stage=Stage.ASSESSMENT, days=7, urgent_days=2),
        Deadline(stage=Stage.PAYMENT, days=10, urgent_days=3),
    ),
    urgent=UrgentPath(to_cents=15_000, ratify_days=5, requester_may_assess=True),
)


@pytest.fixture(scope="module")
def past(site: Site) -> Site:
    """Some doti under rules that say something about everything."""
    world = site.world
    world.adopt(RULES)
    for cents in (9_000, 12_000):
        world.approved(cents)
    world.approved(42_000, item="UTENZE")
    world.requested(18_000)
    world.disbursed(30_000)
    world.settle()
    return site


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/programma", "programma"),
        ("/programma/budget", "programma-budget"),
        ("/programma/regole", "programma-regole"),
        ("/programma/regole/2", "programma-versione"),
        ("/programma/regole/confronto", "programma-confronto"),
        ("/programma/conservazione", "programma-conservazione"),
        ("/attese", "attese"),
    ],
)
def test_each_page(visit: Visit, past: Site, path: str, name: str) -> None:
    page = visit("coordinator", path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    picture(page, name)
    for summary in page.locator("main details > summary").all():
        summary.click()
    assert barriers(page) == []
    if page.locator("main details").count():
        picture(page, f"{name}-tutto")
    english = visit("auditor", path, language="en")
    expect(english.locator("html")).to_have_attribute("lang", "en")
    assert barriers(english) == []
    expect(english.locator("main .deciding")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_budget_is_moved(visit: Visit, past: Site, script: bool) -> None:
    page = visit("coordinator", "/programma", script=script)
    page.get_by_role("link", name="Budget", exact=True).click()
    page.get_by_text("Rimodulazione").click()
    form = page.locator("#trasferimento")
    form.get_by_label("Dalla linea").select_option("ROCCA/EMERGENZA")
    form.get_by_label("Alla linea", exact=True).select_option("SSALV/EMERGENZA")
    form.get_by_label("Importo").fill("99.999,00")
    form.get_by_label("Motivo").fill("Rimodulazione di primavera.")
    form.get_by_role("button", name="Mostra prima e dopo").click()
    expect(form.get_by_text("non basta")).to_be_visible()
    form.get_by_role("button", name="Trasferisci").click()
    expect(page.get_by_role("alert")).to_contain_text("disponibili")
    expect(form.get_by_label("Motivo")).to_have_value("Rimodulazione di primavera.")
    picture(page, "programma-trasferimento-rifiutato")
    form.get_by_label("Importo").fill("100,00")
    form.get_by_role("button", name="Trasferisci").click()
    expect(page.get_by_role("status")).to_have_text("I fondi sono sulla nuova linea.")


@pytest.mark.parametrize("script", [True, False])
def test_rules_are_changed_compared_tried_and_adopted(
    visit: Visit, past: Site, script: bool
) -> None:
    page = visit("coordinator", "/programma/regole", script=script)
    page.get_by_role("button", name="Inizia una bozza").click()
    picture(page, "programma-bozza")
    page.get_by_role("textbox", name="Titolo").fill("Regole più strette")
    page.get_by_label("Tetto di Affitto").fill("1.5")
    page.get_by_role("button", name="Aggiungi una fascia").click()
    expect(page.get_by_role("status")).to_have_text("La bozza è salvata.")
    expect(page.get_by_role("alert")).to_contain_text("Affitto: tetto")
    expect(page.get_by_label("Tetto di Affitto")).to_have_value("1.5")
    if script:
        assert barriers(page) == []
        picture(page, "programma-bozza-errori")
    page.get_by_role("button", name="Togli fascia 2").click()
    page.get_by_label("Tetto di Affitto").fill("100,00")
    page.get_by_role("button", name="Salva, poi confronta").first.click()
    expect(page.locator(".differences")).to_contain_text("Affitto: tetto")
    expect(page.locator(".differences")).to_contain_text("100,00 €")
    page.get_by_role("button", name="Prova sul passato").click()
    if not script:
        page.goto(page.url.split("#")[0])
    expect(page.locator("#simulation .figure")).to_contain_text("decisioni sarebbero state diverse")
    expect(page.locator("#simulation")).to_contain_text("non sarebbe passata")
    if script:
        assert barriers(page) == []
        picture(page, "programma-prova")
    page.get_by_role("button", name="Adotta queste regole").click()
    expect(page.get_by_role("status")).to_have_text("Le regole sono adottate.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Regole più strette")
    past.world.adopt(RULES)


def test_by_keyboard_alone(visit: Visit, past: Site) -> None:
    page = visit("coordinator", "/programma")
    tab_to(page, "Entra un partner")
    page.keyboard.press("Enter")
    tab_to(page, "Codice")
    page.keyboard.type("terra")
    tab_to(page, "Nome")
    page.keyboard.type("Terra e Pace aps")
    tab_to(page, "Che cosa fa")
    page.keyboard.type("comu")
    tab_to(page, "Aggiungi il partner")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Il partner fa parte della rete.")
    expect(page.locator("main")).to_contain_text("TERRA")


def test_what_other_times_mean(visit: Visit, past: Site) -> None:
    page = visit("coordinator", "/programma/conservazione")
    page.get_by_label("Note sociali, mesi").fill("0")
    page.get_by_label("Preavviso, giorni").fill("0")
    page.get_by_role("button", name="Mostra che cosa comporta").click()
    expect(page.get_by_role("alert")).to_contain_text("almeno 7")
    page.get_by_label("Preavviso, giorni").fill("7")
    page.get_by_role("button", name="Mostra che cosa comporta").click()
    expect(page.locator("main")).to_contain_text("Niente si cancella subito")
    assert barriers(page) == []
    picture(page, "programma-conservazione-cosa-comporta")
