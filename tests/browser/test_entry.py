"""The first day of a person, and what an admin does for them, in a real browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from domain.actors import Role
from tests.browser.conftest import Visit
from tests.browser.contexts import Contexts, watch
from tests.browser.entrance import (
    OTHER_PASSWORD,
    PASSWORD,
    choose_password,
    give_code,
    invited,
    set_up_app,
    sign_in,
)
from tests.browser.looking import barriers, picture
from tests.browser.site import Site

Stranger = Callable[..., Page]


@pytest.fixture
def stranger(contexts: Contexts, site: Site) -> Iterator[Stranger]:
    """`stranger(script=True)`: a browser that was never here. Nothing is asked for elsewhere, and
    the page's policy refuses nothing."""
    trouble: list[str] = []
    with ExitStack() as stack:

        def opened(*, script: bool = True, width: int = 1280, host: str = "127.0.0.1") -> Page:
            address = site.address.replace("127.0.0.1", host)
            context = stack.enter_context(
                contexts.lent(address, width=width, script=script, language="it")
            )
            page = context.new_page()
            page.set_default_timeout(10_000)
            watch(page, address, trouble)
            return page

        yield opened
    assert trouble == []


def heading(page: Page, text: str) -> None:
    """The page says what it is."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def looked_at(page: Page, name: str) -> None:
    """No serious barrier, and a picture."""
    assert barriers(page) == []
    picture(page, name)


@pytest.mark.parametrize("script", [True, False])
def test_a_first_day(stranger: Stranger, site: Site, script: bool) -> None:
    who = invited(site.world, Role.COORDINATOR)
    page = stranger(script=script)
    page.goto(who.link)
    heading(page, "Scegli la tua password")
    if script:
        looked_at(page, "invito")
    choose_password(page, who, "doti doti doti")
    expect(page.get_by_role("alert")).to_contain_text("password")
    choose_password(page, who)
    heading(page, "Una seconda prova della tua identità")
    # Nothing else is possible before, and nothing is an error.
    page.goto("/doti")
    heading(page, "Una seconda prova della tua identità")
    if script:
        looked_at(page, "secondo-fattore")
    app, codes = set_up_app(page)
    assert len(codes) == 10
    if script:
        looked_at(page, "codici-di-recupero")
    page.get_by_role("link", name="Ho salvato i codici").click()
    heading(page, "Doti")
    page.get_by_role("button", name="Esci").click()
    expect(page.get_by_role("status")).to_have_text("Hai terminato la sessione.")
    heading(page, "Accedi")

    sign_in(page, who)
    heading(page, "Sei proprio tu?")
    if script:
        looked_at(page, "accedi-secondo-passo")
    give_code(page, "000000" if app.now() != "000000" else "111111")
    expect(page.get_by_role("alert")).to_contain_text("Questo codice")
    give_code(page, codes[0])
    heading(page, "Aspettano te")

    elsewhere = stranger(script=script)
    sign_in(elsewhere, who)
    give_code(elsewhere, codes[1])
    heading(elsewhere, "Aspettano te")
    page.get_by_role("link", name=who.name).click()
    heading(page, "Il tuo profilo")
    page.get_by_text("Cambia la password").first.click()
    page.get_by_label("Password attuale").fill(PASSWORD)
    page.get_by_label("Nuova password").fill(OTHER_PASSWORD)
    page.get_by_label("Ripeti la password").fill(OTHER_PASSWORD)
    page.get_by_role("button", name="Cambia la password").click()
    expect(page.get_by_role("status")).to_contain_text("La password è cambiata")
    if script:
        looked_at(page, "profilo")
    elsewhere.goto("/profilo")
    heading(elsewhere, "Accedi")
    # The link was good once.
    elsewhere.goto(who.link)
    heading(elsewhere, "Questo link non funziona")
    if script:
        looked_at(elsewhere, "invito-usato")


def test_the_sign_in_page_and_what_it_refuses(stranger: Stranger, site: Site) -> None:
    who = invited(site.world, Role.OPERATOR)
    page = stranger()
    choose_password(page, who)
    heading(page, "Aspettano te")
    page.get_by_role("button", name="Esci").click()
    page.goto("/doti?stato=approved")
    heading(page, "Accedi")
    looked_at(page, "accedi")
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password", exact=True).fill("sbagliata di proposito")
    page.get_by_label("Questo computer è condiviso").check()
    page.get_by_role("button", name="Accedi").click()
    expect(page.get_by_role("alert")).to_contain_text("non corrispondono")
    expect(page.get_by_label("E-mail")).to_have_value(who.email)
    expect(page.get_by_label("Questo computer è condiviso")).to_be_checked()
    looked_at(page, "accedi-sbagliato")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url("**/doti?stato=approved")
    page.goto("/profilo")
    expect(page.get_by_text("computer condiviso")).to_be_visible()


def test_by_keyboard_alone(stranger: Stranger, site: Site) -> None:
    who = invited(site.world, Role.OPERATOR)
    page = stranger()
    choose_password(page, who)
    page.get_by_role("button", name="Esci").click()
    page.goto("/accedi")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the content
    page.keyboard.press("Tab")
    page.keyboard.type(who.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Aspettano te")


def test_a_passkey_is_made_and_used(stranger: Stranger, site: Site) -> None:
    who = invited(site.world, Role.FINANCE)
    page = stranger(host="localhost")
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    choose_password(page, who)
    page.get_by_role("link", name="Continua con una passkey").click()
    heading(page, "Imposta una passkey")
    looked_at(page, "secondo-fattore-passkey")
    page.get_by_label("Come la chiami").fill("Impronta")
    page.get_by_role("button", name="Crea la passkey").click()
    heading(page, "I tuoi codici di recupero")
    page.get_by_role("link", name="Ho salvato i codici").click()
    heading(page, "Aspettano te")
    page.get_by_role("button", name="Esci").click()

    sign_in(page, who)
    heading(page, "Sei proprio tu?")
    looked_at(page, "accedi-passkey")
    page.get_by_role("button", name="Usa la passkey").click()
    heading(page, "Aspettano te")
    page.goto("/profilo")
    expect(page.get_by_text("Impronta")).to_be_visible()


def test_without_a_script_a_code_does_the_same(stranger: Stranger, site: Site) -> None:
    who = invited(site.world, Role.FINANCE)
    page = stranger(script=False)
    choose_password(page, who)
    page.get_by_role("link", name="Continua con una passkey").click()
    expect(page.get_by_role("button", name="Crea la passkey")).to_be_hidden()
    page.get_by_role("link", name="Usa un'app").click()
    set_up_app(page)


@pytest.mark.parametrize("script", [True, False])
def test_an_admin_invites_grants_and_revokes(stranger: Stranger, site: Site, script: bool) -> None:
    admin = invited(site.world, Role.ADMIN, name="Guido Amministri")
    page = stranger(script=script)
    choose_password(page, admin)
    set_up_app(page)
    page.get_by_role("link", name="Ho salvato i codici").click()
    page.get_by_role("link", name="Utenti").first.click()
    heading(page, "Utenti")
    page.get_by_role("link", name="Invita una persona").click()
    name = f"Paola Nuovarrivata {script}"
    page.get_by_label("Nome e cognome").fill(name)
    page.get_by_label("E-mail").fill(f"paola.{script}@example.org")
    page.get_by_label("Lavora per").select_option("ROCCA")
    page.get_by_label("Ruolo").select_option("operator")
    page.get_by_role("button", name="Apri l'account").click()
    expect(page.get_by_role("alert")).to_contain_text("partner")
    expect(page.get_by_label("Nome e cognome")).to_have_value(name)
    page.get_by_label("Per quale partner").select_option("ROCCA")
    page.get_by_role("button", name="Apri l'account").click()
    heading(page, name)
    link = page.get_by_label("Link", exact=True).input_value()
    assert link.startswith(f"{site.address}/invito/")
    assert page.get_by_role("button", name="Copia").is_visible() == script
    if script:
        looked_at(page, "utente-invitato")

    newcomer = stranger(script=script)
    newcomer.goto(link)
    heading(newcomer, "Scegli la tua password")

    page.get_by_text("Assegna un ruolo").click()
    page.get_by_label("Ruolo").select_option("assessor")
    page.get_by_role("button", name="Assegna il ruolo").click()
    expect(page.get_by_role("status")).to_have_text("Il ruolo è assegnato.")
    page.get_by_role("button", name="Revoca valutatore").click()
    expect(page.get_by_role("status")).to_contain_text("Il ruolo è revocato")
    page.get_by_text("Chiudi l'account…").click()
    page.get_by_label("Motivo").fill("Ha cambiato lavoro")
    page.get_by_role("button", name="Chiudi l'account").click()
    expect(page.get_by_role("status")).to_contain_text("L'account è chiuso")
    newcomer.goto(link)
    heading(newcomer, "Questo link non funziona")
    if script:
        looked_at(page, "utente-chiuso")
    page.get_by_role("button", name="Riapri l'account").click()
    expect(page.get_by_role("status")).to_have_text("L'account è di nuovo aperto.")
    page.get_by_role("link", name="Utenti").first.click()
    if script:
        looked_at(page, "utenti")
    page.get_by_role("link", name=admin.name).last.click()
    expect(page.get_by_text("Sei tu.")).to_be_visible()


def test_an_admin_takes_lost_factors_away(stranger: Stranger, site: Site) -> None:
    who = invited(site.world, Role.COORDINATOR)
    lost = stranger()
    choose_password(lost, who)
    set_up_app(lost)
    admin = invited(site.world, Role.ADMIN, name="Guido Amministri")
    page = stranger()
    choose_password(page, admin)
    set_up_app(page)
    page.goto(f"/utenti/{who.id}")
    page.get_by_text("Ha perso la seconda prova").click()
    page.get_by_label("rubato").check()
    page.get_by_label("Mi sono assicurato").check()
    page.get_by_label("La tua password").fill("non è la mia password")
    looked_at(page, "utente")
    page.get_by_role("button", name="Azzera").click()
    expect(page.get_by_role("alert")).to_contain_text("Questa non è la tua password")
    page.get_by_label("La tua password").fill(PASSWORD)
    page.get_by_role("button", name="Azzera").click()
    expect(page.get_by_role("status")).to_contain_text("Le seconde prove sono azzerate")
    lost.goto("/")
    heading(lost, "Accedi")
    sign_in(lost, who)
    heading(lost, "Una seconda prova della tua identità")


@pytest.mark.parametrize("script", [True, False])
def test_tokens_delegations_and_conflicts(stranger: Stranger, site: Site, script: bool) -> None:
    world = site.world
    dote = world.requested(9_000)
    number = world.get(f"/households/{dote['household_id']}").json()["number"]
    world.settle()
    who = invited(world, Role.APPROVER, Role.ASSESSOR)
    page = stranger(script=script)
    choose_password(page, who)
    page.goto("/profilo/token")
    page.get_by_label("A che cosa serve").fill("Foglio di calcolo")
    page.get_by_label("approvatore").check()
    page.get_by_role("button", name="Crea il token").click()
    token = page.get_by_label("Foglio di calcolo").first.input_value()
    assert token.startswith("doti_")
    if script:
        looked_at(page, "profilo-token")
    page.get_by_role("button", name="Revoca Foglio di calcolo").click()
    expect(page.get_by_role("status")).to_have_text("Il token non vale più.")

    page.get_by_role("link", name="Deleghe e conflitti").click()
    page.get_by_label("Chi agisce per te").select_option(label="approver2")
    page.get_by_label("approvatore").check()
    page.get_by_label("Fino a quale importo").fill("300.5")
    page.locator("#delega-reason").fill("Ferie")
    page.get_by_role("button", name="Registra la delega").click()
    expect(page.get_by_role("alert")).to_contain_text("Non è un importo")
    page.get_by_label("Fino a quale importo").fill("300,50")
    page.get_by_role("button", name="Registra la delega").click()
    expect(page.get_by_role("status")).to_have_text("La delega è registrata.")
    expect(page.get_by_text("fino a 300,50 €")).to_be_visible()
    page.get_by_text("Dichiara un conflitto").click()
    page.get_by_role("radio", name="un nucleo").check()
    page.get_by_label("Numero del nucleo").fill("N-9999")
    page.locator("#conflitto-reason").fill("È mia zia")
    page.get_by_role("button", name="Registra il conflitto").click()
    expect(page.get_by_role("alert")).to_contain_text("Non c'è un nucleo")
    page.get_by_label("Numero del nucleo").fill(number)
    page.get_by_role("button", name="Registra il conflitto").click()
    expect(page.get_by_role("status")).to_contain_text("Il conflitto di interesse")
    expect(page.get_by_text(f"Nucleo {number}")).to_be_visible()
    if script:
        looked_at(page, "profilo-deleghe")
    page.get_by_role("button", name="Termina").click()
    expect(page.get_by_role("status")).to_have_text("La delega è terminata.")


def test_people_are_seen_by_who_watches_over_them(visit: Visit, site: Site) -> None:
    page = visit("auditor", "/utenti")
    expect(page.get_by_role("link", name="Invita una persona")).to_have_count(0)
    expect(page.get_by_text("spettano a chi amministra")).to_be_visible()
    page.get_by_role("link", name="operator_ssalv").click()
    expect(page.get_by_role("button", name="Revoca")).to_have_count(0)
    assert barriers(page) == []
    operator = visit("operator", "/utenti")
    expect(operator.get_by_role("heading", level=1)).to_have_text("Non consentito")
