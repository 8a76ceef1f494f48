"""The month of who keeps the programme's money, from what is due to what a funder is handed, in a
real browser: the bank answers to the very file that it was given."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import FilePayload, Locator, Page, expect

from domain.actors import Role
from tests.api.test_payments import OTHER_IBAN, PAYER
from tests.api.test_statements import account, send
from tests.api.world import IBAN, Json, paper
from tests.browser.answering_bank import answer, orders
from tests.browser.conftest import Visit
from tests.browser.looking import barriers
from tests.browser.site import Site, opened_site

ORDERED, ANSWERED, CLOSED = (
    datetime(2026, *day, 9, tzinfo=UTC) for day in ((10, 5), (10, 8), (11, 4))
)
AMOUNTS = (12_000, 8_050, 30_000, 4_500, 6_000)
LANDLORD = {"name": "Immobiliare Inventata S.r.l.", "iban": IBAN}
SCHOOL = {"name": "Scuola di Fantasia", "iban": OTHER_IBAN}


@dataclass
class Clock:
    """What time it is at the site."""

    now: datetime = ORDERED

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """At the beginning of October."""
    return Clock()


@pytest.fixture
def site(postgres_url: str, tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """A programme with an account, two people who pay, and five doti that are to be paid."""
    with opened_site(postgres_url, tmp_path / "site", clock, **PAYER) as opened:
        world = opened.world
        world.tokens["finance2"] = world.services.accounts.create_token(
            "finance2", Role.FINANCE, None
        )
        account(world)
        yield opened


@pytest.fixture
def due(site: Site) -> list[Json]:
    """The doti, in the order of `AMOUNTS`."""
    world, made = site.world, []
    for n, cents in enumerate(AMOUNTS):
        dote = world.assessed(cents)
        body: Json = {"amount_cents": cents, "payee": SCHOOL if n == 3 else LANDLORD}
        for voter in ("approver", "approver2")[: 1 + (cents > 15_000)]:
            dote = world.done(f"/doti/{dote['id']}/approval", body, voter)
        made.append(dote)
    world.settle()
    return made


def looked_at(page: Page, *, script: bool) -> None:
    """Nobody is shut out of this page."""
    if script:
        assert barriers(page) == []


def downloaded(page: Page, name: str) -> bytes:
    """What a link hands out."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    return Path(download.value.path()).read_bytes()


def prepared(page: Page, due: list[Json], *, script: bool) -> str:
    """All that is due goes into a batch; its page."""
    for dote in due:
        page.get_by_label(f"Paga {dote['number']}-1").check()
    looked_at(page, script=script)
    page.get_by_label("Data di esecuzione").fill("06/10/2026")
    page.get_by_role("button", name="Prepara la distinta").click()
    expect(page.get_by_role("status")).to_contain_text("la autorizza una seconda persona")
    looked_at(page, script=script)
    return page.url


def line_of(page: Page, words: str) -> Locator:
    """The row of a line of the bank."""
    return page.get_by_role("row", name=words)


def said(site: Site, page: Page, what: str) -> None:
    """It is done; and the lists know it, however much there is to do on this machine."""
    expect(page.get_by_role("status")).to_contain_text(what)
    site.world.settle()
    page.reload()


def reconciled(site: Site, page: Page, due: list[Json], *, script: bool) -> None:
    """Every line is said what it was: the certain ones at once, the others one by one."""
    numbers = [dote["number"] for dote in due]
    page.goto("/riconciliazione")
    expect(page.get_by_role("main")).to_contain_text("apertura + righe = chiusura")
    looked_at(page, script=script)
    page.get_by_role("button", name="Conferma i 3 certi").click()
    said(site, page, "Le righe certe sono abbinate")
    line_of(page, "codice AC04: torna da pagare").get_by_role("button").click()
    said(site, page, "La riga è abbinata")
    probable = line_of(page, "Incassi srl · RETTA")
    expect(probable).to_contain_text("probabile")
    expect(probable).to_contain_text(f"{numbers[3]}-1")
    probable.get_by_role("button").click()
    said(site, page, "La riga è abbinata")

    # More than the payment: what is left stays open, and turns out to be the bank's.
    line_of(page, "BONIFICO CON SPESE").get_by_role("link").click()
    looked_at(page, script=script)
    page.get_by_label(f"Era {numbers[2]}-1").check()
    page.get_by_label("Se è più dei pagamenti").select_option("open")
    page.get_by_role("button", name="Conferma").click()
    said(site, page, "La riga è abbinata")
    expect(line_of(page, "BONIFICO CON SPESE")).to_contain_text("−4,00 €")
    for words in ("BONIFICO CON SPESE", "Commissioni bonifici"):
        line_of(page, words).get_by_role("link").click()
        page.get_by_label("Era", exact=True).select_option("fee")
        page.get_by_role("button", name="Conferma").click()
        said(site, page, "La riga è abbinata")

    line_of(page, "Offerta libera").get_by_role("link").click()
    page.get_by_label("Motivo").fill("Chiesto alla banca chi l'ha mandata.")
    page.get_by_role("button", name="Metti da parte").click()
    said(site, page, "La riga è messa da parte")
    expect(line_of(page, "Offerta libera")).to_contain_text("da parte")
    expect(page.get_by_role("main")).to_contain_text("differenza 50,00 €")
    looked_at(page, script=script)
    line_of(page, "Offerta libera").get_by_role("link").click()
    page.get_by_label("Era", exact=True).select_option("funding")
    page.get_by_role("button", name="Conferma").click()
    said(site, page, "La riga è abbinata")
    expect(page.get_by_role("main")).to_contain_text("ogni riga della banca è nota")
    expect(page.get_by_role("main")).not_to_contain_text("differenza")


def handed_in(page: Page, dote: Json, n: int, *, script: bool) -> None:
    """The desk brings a receipt of all that was paid on a dote."""
    page.goto(f"/giustificativi/{dote['id']}")
    looked_at(page, script=script)
    page.get_by_label("Fattura", exact=False).first.check()
    page.get_by_label("Numero", exact=True).fill(f"F-{n}")
    page.get_by_label("Data", exact=True).fill("07/10/2026")
    page.get_by_label("Chi lo ha emesso").fill("Immobiliare Inventata S.r.l.")
    page.get_by_label("Importo", exact=True).fill(
        f"{dote['approved_cents'] // 100},{dote['approved_cents'] % 100:02}"
    )
    file = FilePayload(name="fattura.pdf", mimeType="application/pdf", buffer=paper(n))
    page.locator("#receipt-file").set_input_files(file)
    page.get_by_role("button", name="Presenta").click()
    expect(page.get_by_role("status")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_from_what_is_due_to_what_a_funder_is_handed(
    visit: Visit, site: Site, clock: Clock, due: list[Json], script: bool
) -> None:
    page = visit("finance", "/da-pagare", script=script)
    batch = prepared(page, due, script=script)
    second = visit("finance2", batch, script=script)
    second.get_by_role("button", name="Autorizza la distinta").click()
    expect(second.get_by_role("status")).to_contain_text("autorizzata")
    page.reload()
    looked_at(page, script=script)
    for_the_bank = downloaded(page, "File per la banca")
    assert [(each.id, each.cents) for each in orders(for_the_bank)] == [
        (f"{dote['number']}-1", cents) for dote, cents in zip(due, AMOUNTS, strict=True)
    ]

    clock.now = ANSWERED
    content = answer(for_the_bank)
    page.goto("/estratti-conto")
    looked_at(page, script=script)
    for told in ("L’estratto conto è caricato", "non è cambiato nulla"):
        file = FilePayload(name="estratto.xml", mimeType="text/xml", buffer=content)
        page.get_by_label("Il file della banca").set_input_files(file)
        page.get_by_role("button", name="Carica", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text(told)
    looked_at(page, script=script)
    reconciled(site, page, due, script=script)
    site.world.settle()
    page.goto("/distinte")
    expect(page.get_by_role("main")).to_contain_text("4 su 5 pagati")
    looked_at(page, script=script)
    page.goto("/da-pagare")
    expect(page.get_by_label(f"Paga {due[4]['number']}-2")).to_be_visible()

    desk = visit("operator", "/", script=script)
    for n, dote in enumerate(due[:3], start=1):
        handed_in(desk, dote, n, script=script)
    site.world.settle()
    page.goto("/giustificativi")
    looked_at(page, script=script)
    for dote in due[:3]:
        page.get_by_label(f"Spunta {dote['number']}, giustificativo 1").check()
    page.get_by_role("button", name="Accetta ciò che è spuntato").click()
    expect(page.get_by_role("status")).to_contain_text("giustificativi decisi")
    site.world.settle()
    page.goto("/riconciliazione")
    missing = page.get_by_text("Pagati senza giustificativo").locator("..")
    expect(missing).to_contain_text("1 il più vecchio da 2 giorni")

    clock.now = CLOSED
    page.goto("/chiusure")
    looked_at(page, script=script)
    page.get_by_role("button", name="Chiedi la chiusura").click()
    expect(page.get_by_role("status")).to_contain_text("seconda persona")
    chief = visit("coordinator", "/chiusure/2026-10", script=script)
    chief.get_by_role("button", name="Chiudi il mese").click()
    expect(chief.get_by_role("status")).to_have_text("Il mese è chiuso.")
    expect(chief.get_by_role("main")).to_contain_text("la somma fa 0,00 €")
    looked_at(chief, script=script)
    accounted_for(page, script=script)


def accounted_for(page: Page, *, script: bool) -> None:
    """The month's expenses are frozen for the funder, and each file is what it says it is."""
    page.goto("/rendiconto")
    page.get_by_label("Dal", exact=True).fill("01/10/2026")
    page.get_by_label("Al", exact=True).fill("31/10/2026")
    page.get_by_label(re.compile("Finanziatore")).select_option("Ente")
    looked_at(page, script=script)
    page.get_by_role("button", name="Guarda che cosa direbbe").click()
    expect(page.get_by_role("main")).to_contain_text("500,50 €")
    looked_at(page, script=script)
    page.get_by_role("button", name="Fissa questo rendiconto").click()
    expect(page.get_by_role("status")).to_contain_text("Il rendiconto è fissato")
    expect(page.get_by_role("main")).to_contain_text("500,50 €")
    expect(page.get_by_role("main")).to_contain_text("Tutti i mesi di questo periodo erano chiusi")
    looked_at(page, script=script)

    book = load_workbook(io.BytesIO(downloaded(page, "Foglio di calcolo (XLSX)")), data_only=True)
    values = [cell for sheet in book for row in sheet.values for cell in row]
    assert values.count(300) >= 1
    assert 500.5 in values
    letter = downloaded(page, "Su carta (PDF/A)")
    assert letter.startswith(b"%PDF-")
    assert b"<pdfaid:part>2</pdfaid:part>" in letter
    with zipfile.ZipFile(io.BytesIO(downloaded(page, "Fascicolo con le prove (ZIP)"))) as dossier:
        manifest = json.loads(dossier.read("manifest.json"))
        members = {name: dossier.read(name) for name in dossier.namelist()}
    assert members["rendiconto.pdf"] == letter
    assert manifest["sha256"] == {
        name: sha256(data).hexdigest() for name, data in members.items() if name != "manifest.json"
    }
    assert sha256(members["rendiconto.json"]).hexdigest() == manifest["fingerprint"]


def test_lines_are_matched_by_keyboard_alone(
    visit: Visit, site: Site, clock: Clock, due: list[Json]
) -> None:
    world = site.world
    payments = [{"dote_id": dote["id"]} for dote in due]
    body: Json = {"execution_date": "2026-10-06", "payments": payments}
    batch = world.done("/payment-batches", body, "finance")
    world.done(f"/payment-batches/{batch['id']}/authorisation", None, "finance2")
    for_the_bank = world.get(f"/payment-batches/{batch['id']}/pain.001.xml", "finance").content
    clock.now = ANSWERED
    assert send(world, answer(for_the_bank)).json()["new_lines"] == 8
    world.settle()

    page = visit("finance", "/riconciliazione")
    reach(page, "Conferma i 3 certi")
    page.keyboard.press("Enter")
    said(site, page, "Le righe certe sono abbinate")

    go_to(page, "codice AC04")
    page.keyboard.press("Enter")
    said(site, page, "La riga è abbinata")
    page.keyboard.press("u")
    said(site, page, "L’abbinamento è annullato")
    go_to(page, "codice AC04")
    page.keyboard.press("k")
    expect(page.locator("tr:focus-within")).not_to_contain_text("codice AC04")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    said(site, page, "La riga è abbinata")

    go_to(page, "BONIFICO CON SPESE")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Riga della banca")
    reach(page, f"Era {due[2]['number']}-1")
    page.keyboard.press("Space")
    reach(page, "Se è più dei pagamenti")
    for key in ("ArrowDown", "ArrowDown", "Tab", "Enter"):  # the rest is the bank's
        page.keyboard.press(key)
    said(site, page, "La riga è abbinata")

    go_to(page, "Offerta libera")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Riga della banca")
    reach(page, "Motivo")
    page.keyboard.type("Chiesto alla banca chi l'ha mandata.")
    page.keyboard.press("Enter")
    said(site, page, "La riga è messa da parte")
    page.keyboard.press("?")
    expect(page.get_by_text("mostra e nasconde questi tasti")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_text("mostra e nasconde questi tasti")).to_be_hidden()
    left = page.get_by_role("table").get_by_role("row")
    expect(left).to_have_count(4)  # with the titles: the probable one, the fee, what was set aside


def reach(page: Page, name: str) -> None:
    """Tab by tab, to what is called so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        told = (
            "(e => e.ariaLabel ?? e.labels?.[0]?.innerText ?? e.innerText)(document.activeElement)"
        )
        if page.evaluate(told).strip() == name:
            return
    raise AssertionError(f"{name} cannot be reached")


def go_to(page: Page, words: str) -> None:
    """Line by line from the first one, to the one with these words."""
    reach(page, "Vai alla prima riga")
    page.keyboard.press("Enter")
    for _ in range(20):
        if words in page.locator("tr:focus-within").inner_text():
            return
        page.keyboard.press("j")
    raise AssertionError(f"no line says {words}")
