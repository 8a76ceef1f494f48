"""The auditor's main job in a real browser: find, replay, verify, draw."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.world import Json
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture, settled, tab_to
from tests.browser.site import Site
from tests.workflows.audit import as_owner


@pytest.fixture(scope="module")
def doti(site: Site) -> dict[str, Json]:
    """A register in which something has happened."""
    world = site.world
    made = {"accounted": world.accounted_for(), "approved": world.approved(30_000)}
    for cents in (8_000, 12_500, 46_000):
        world.requested(cents, item="UTENZE")
        world.assessed(cents)
    rejected = world.assessed(5_000)
    world.done(f"/doti/{rejected['id']}/rejection", {"reason": "Non ammissibile"}, "approver")
    world.done(f"/doti/{rejected['id']}/appeal", {"reason": "Ci sono nuovi documenti"}, "operator")
    body = {"what": "Manca il contratto d'affitto."}
    asked = world.requested(21_000)
    world.done(f"/doti/{asked['id']}/document-requests", body, "assessor")
    reveal = {"reason": "campione 7 di 30"}
    world.done(f"/doti/{made['approved']['id']}/reveal", reveal, "auditor")
    world.get("/audit/export", "auditor")
    world.settle()
    return made


@pytest.fixture
def altered(site: Site, doti: dict[str, Json]) -> Iterator[int]:
    """An assessment that somebody edited in the tables; its place in the log."""
    world, dote_id = site.world, doti["approved"]["id"]
    place = next(
        item["log_index"]
        for item in world.get(f"/doti/{dote_id}/history").json()["items"]
        if item["type"] == "DoteAssessed"
    )
    swap = (
        "UPDATE events SET state = convert_to(replace(convert_from(state, 'UTF8'), %s, %s),"
        " 'UTF8') WHERE stream_id = %s AND version = 2"
    )
    was, now = '"proposed_cents":30000', '"proposed_cents":39000'
    with as_owner(world.services.keeper) as tx:
        tx.execute(swap, (was, now, dote_id))
    yield place
    with as_owner(world.services.keeper) as tx:
        tx.execute(swap, (now, was, dote_id))


def ended(page: Page) -> None:
    """Waits for the result, as one does without a script: by looking again."""
    result = page.get_by_role("region", name="Esito")
    for _ in range(60):
        if result.count():
            return
        again = page.get_by_role("link", name="Aggiorna")
        if again.count():
            again.click()
        page.wait_for_timeout(300)
    pytest.fail("the verification does not end")


@pytest.mark.parametrize("script", [True, False])
def test_an_event_is_found_and_its_dote_replayed(
    visit: Visit, doti: dict[str, Json], script: bool
) -> None:
    number = doti["approved"]["number"]
    page = visit("auditor", "/", script=script)
    page.get_by_role("link", name="Registro", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Registro degli eventi")
    page.get_by_label("Che cosa è successo").select_option(label="Valutata")
    page.get_by_label("Dote o nucleo").fill(number)
    page.get_by_role("button", name="Cerca", exact=True).last.click()
    expect(page.locator("#log tr")).to_have_count(1)
    page.locator("#log").get_by_role("link", name=number).click()
    step = page.locator("#step")
    expect(step).to_contain_text("passo 2 di 4")
    expect(step.get_by_role("row", name="Stato")).to_contain_text("richiestavalutata")
    expect(step).to_contain_text("vale")
    if script:
        expect(page.locator("#log .sought")).to_contain_text(number)
        assert page.url.endswith(f"numero={number}&dal=&al=&posizione=")
    page.get_by_role("link", name="Avanti").click()
    expect(step).to_contain_text("passo 3 di 4")
    page.get_by_role("link", name="Indietro").click()
    expect(step).to_contain_text("passo 2 di 4")
    settled(page)
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    if not script:
        page.get_by_role("button", name="Vai").click()
    expect(step).to_contain_text("passo 4 di 4")
    expect(step).to_contain_text("Approvata")


def test_a_dote_beside_the_log(visit: Visit, doti: dict[str, Json]) -> None:
    number = doti["approved"]["number"]
    page = visit("auditor", "/registro")
    page.locator("#log").get_by_role("link", name=number).last.click()
    expect(page.locator("#replay")).to_contain_text("passo 1 di")
    assert barriers(page) == []
    picture(page, "registro-accanto")


@pytest.mark.parametrize("script", [True, False])
def test_the_register_is_verified(visit: Visit, doti: dict[str, Json], script: bool) -> None:
    page = visit("auditor", "/registro", script=script)
    page.get_by_role("button", name="Verifica ora").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Verifica ")
    if script:
        expect(page.get_by_role("region", name="Esito")).to_be_visible(timeout=20_000)
    else:
        ended(page)
    expect(page.get_by_role("region", name="Esito")).to_contain_text("Integro.")
    page.goto("/")
    expect(page.locator(".side")).to_contain_text("integro")
    if script:
        picture(page, "registro-scrivania")


def test_what_was_altered_is_named(visit: Visit, doti: dict[str, Json], altered: int) -> None:
    page = visit("auditor", "/registro")
    page.get_by_role("button", name="Verifica ora").click()
    result = page.get_by_role("region", name="Esito")
    expect(result).to_be_visible(timeout=20_000)
    expect(result).to_contain_text(f"L'evento {altered} è stato modificato")
    assert barriers(page) == []
    picture(page, "registro-verifica-alterato")
    result.get_by_role("link", name=f"Vedi la posizione {altered}").first.click()
    expect(page.locator("#log .sought")).to_contain_text("Valutata")
    picture(page, "registro-alterato")
    page.set_viewport_size({"width": 360, "height": 900})
    page.locator("#log .sought").get_by_role("link").click()
    page.wait_for_url("**/registro/doti/**")
    expect(page.locator("#step")).to_contain_text("non vale: l'evento è stato modificato")
    picture(page, "registro-passo-alterato")


def test_a_verification_under_way_can_be_left(
    visit: Visit, site: Site, doti: dict[str, Json]
) -> None:
    keeper = site.world.services.keeper
    lock = keeper.lock_id("verification")
    page = visit("auditor", "/registro")
    with as_owner(keeper) as tx:  # as if another one were at it
        tx.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
        page.get_by_role("button", name="Verifica ora").click()
        expect(page.get_by_text("Puoi lasciare questa pagina")).to_be_visible()
        assert barriers(page) == []
        picture(page, "registro-verifica-in-corso")
        address = page.url
        page.goto("/")
    page.goto(address)
    expect(page.get_by_role("region", name="Esito")).to_be_visible(timeout=20_000)


def test_the_same_sample_twice(visit: Visit, doti: dict[str, Json]) -> None:
    drawn = []
    for who, script in (("auditor", True), ("coordinator", False)):
        page = visit(who, "/registro/campione", script=script)
        page.get_by_label("Quante").fill("4")
        page.get_by_label("Seme").fill("2026")
        page.get_by_role("button", name="Estrai").click()
        expect(page.get_by_role("heading", name="4 doti estratte")).to_be_visible()
        drawn.append(page.locator("tbody th a").all_inner_texts())
        if script:
            assert barriers(page) == []
            picture(page, "registro-campione")
            with page.expect_download() as download:
                page.get_by_role("link", name="I numeri in CSV").click()
            assert download.value.suggested_filename == "campione-2026.csv"
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize(
    ("name", "path", "heading"),
    [
        ("registro", "/registro", "Registro degli eventi"),
        ("registro-errori", "/registro?numero=X&dal=ieri", "Registro degli eventi"),
        ("registro-verifiche", "/registro/verifiche", "Verifiche"),
        ("registro-cosa-prova", "/registro/cosa-prova", "Cosa prova e cosa non può provare"),
        ("registro-rivelazioni", "/registro/rivelazioni", "Dati personali mostrati"),
        ("registro-consultazioni", "/registro/consultazioni", "Chi ha guardato"),
    ],
)
def test_pages(visit: Visit, doti: dict[str, Json], name: str, path: str, heading: str) -> None:
    page = visit("auditor", path)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert barriers(page) == []
    picture(page, name)


def test_a_step(visit: Visit, doti: dict[str, Json]) -> None:
    page = visit("auditor", f"/registro/doti/{doti['approved']['id']}?passo=2")
    assert barriers(page) == []
    picture(page, "registro-passo")
    page.locator("details summary").click()
    assert barriers(page) == []
    page.goto(f"/registro/doti/{doti['accounted']['id']}?il=1/1/2020")
    expect(page.get_by_role("alert")).to_contain_text("non c'era ancora")
    picture(page, "registro-passo-tutto")


def test_in_english(visit: Visit, doti: dict[str, Json]) -> None:
    page = visit("auditor", "/registro", language="en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Register of events")
    expect(page.locator("#log")).to_contain_text("Personal data shown")
    picture(page, "registro-english")


def test_by_keyboard_alone(visit: Visit, doti: dict[str, Json]) -> None:
    number = doti["accounted"]["number"]
    page = visit("auditor", "/registro")
    tab_to(page, "Dote o nucleo")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    expect(page.locator("#log tr").first).to_contain_text(number)
    tab_to(page, number)
    page.keyboard.press("Enter")
    expect(page.locator("#step")).to_contain_text(number)
    tab_to(page, "Passo")
    page.keyboard.press("Home")
    expect(page.locator("#step")).to_contain_text("passo 1 di")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#step")).to_contain_text("passo 2 di")
