"""The end of finance's month in a real browser: months are closed, and accounted for."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.api.test_statements import account, camt, entry, send
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture
from tests.browser.site import Site, opened_site

NOW = datetime(2026, 11, 12, 9, tzinfo=UTC)
DAYS = ("2026-10-01", "2026-11-05")


@pytest.fixture
def site(postgres_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site of its own: its months are closed."""
    with opened_site(postgres_url, tmp_path / "site", lambda: NOW) as opened:
        world = opened.world
        for n, cents in enumerate((12_345, 8_000, 30_000), start=1):
            dote = world.disbursed(cents)
            handed_in = world.receipt(dote["id"], cents, str(n))
            assert handed_in.status_code == 201, handed_in.text
            world.done(f"/doti/{dote['id']}/receipts/1/acceptance", {}, "finance")
        # Whoever hands in a receipt may write its number as long as they like, and without a space.
        dote = world.disbursed(7_000)
        handed_in = world.receipt(dote["id"], 7_000, "0123456789" * 19)
        assert handed_in.status_code == 201, handed_in.text
        world.done(f"/doti/{dote['id']}/receipts/1/acceptance", {}, "finance")
        world.disbursed(5_000)
        account(world)
        lines = [
            entry(-45_00, "CHI SARÀ", "A1", "2026-10-05"),
            entry(-5_00, "CHI LO SA", "A2", "2026-10-31"),
            entry(-7_00, "PIÙ TARDI", "A3", "2026-11-02"),
        ]
        assert send(world, camt(*lines, total=-57_00, days=DAYS)).status_code == 201
        world.settle()
        yield opened


def looked_at(page: Page, name: str, *, script: bool) -> None:
    picture(page, name)
    if script:
        assert barriers(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_a_month_is_closed_by_two_and_opened_again(visit: Visit, site: Site, script: bool) -> None:
    page = visit("finance", "/", script=script)
    page.get_by_role("link", name=re.compile("^Finan(za|ce)$")).first.click()
    page.get_by_role("link", name="Chiusure", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chiusure")
    page.goto("/chiusure/2026-10")
    looked_at(page, "chiusura-da-chiedere", script=script)
    open_lines = "2 righe della banca fino al 31/10/2026 sono aperte: in tutto -50,00 €"
    warned = page.locator(".notice-warn")
    expect(warned).to_contain_text(open_lines)
    bank = page.get_by_role("region", name="In banca il 31/10/2026")
    expect(bank).to_contain_text("950,00 €")
    expect(warned).to_contain_text("Il mese si può chiudere lo stesso")
    page.get_by_label(re.compile("Una nota")).fill("Estratto conto riconciliato.")
    page.get_by_role("button", name="Chiedi la chiusura").click()
    expect(page.locator(".notice-good")).to_contain_text("seconda persona")
    expect(page.get_by_text("L'hai chiesto tu")).to_be_visible()
    looked_at(page, "chiusura-chiesta", script=script)

    other = visit("coordinator", "/chiusure", script=script)
    expect(other.locator(".notice-warn")).to_contain_text(open_lines)
    looked_at(other, "chiusure", script=script)
    other.get_by_role("link", name="Ottobre 2026").click()
    expect(other.get_by_text("Estratto conto riconciliato.")).to_be_visible()
    expect(other.locator(".notice-warn")).to_contain_text(open_lines)
    other.get_by_label(re.compile("Una nota")).fill("Visto con la banca.")
    other.get_by_role("button", name="Chiudi il mese").click()
    expect(other.locator(".notice-good")).to_have_text("Il mese è chiuso.")
    expect(other.get_by_role("heading", name="Bilancio di verifica")).to_be_visible()
    for who, why in (
        ("Chiusura chiesta da", "Estratto conto riconciliato."),
        ("Chiuso da", "Visto con"),
    ):
        told = other.get_by_text(who, exact=True).locator("xpath=following-sibling::dd[1]")
        expect(told).to_contain_text(why)
        expect(told).to_contain_text("12/11/2026 10:00")
    looked_at(other, "chiusura", script=script)

    auditor = visit("auditor", "/chiusure/2026-10", script=script, language="en")
    expect(auditor.get_by_role("heading", name="Trial balance")).to_be_visible()
    expect(auditor.get_by_role("button", name="Open the month again")).to_have_count(0)

    other.get_by_text("Riapri il mese…").click()
    other.get_by_role("button", name="Chiedi la riapertura").click()
    if not script:
        other.get_by_label("Perché va riaperto").fill(" ")
    other.get_by_label("Perché va riaperto").fill("Manca un bonifico.")
    other.get_by_role("button", name="Chiedi la riapertura").click()
    expect(other.locator(".notice-good")).to_contain_text("seconda persona")
    page.goto("/chiusure/2026-10")
    page.get_by_label("Perché va riaperto").fill("Confermo.")
    page.get_by_role("button", name="Riapri il mese").click()
    expect(page.locator(".notice-good")).to_have_text("Il mese è di nuovo aperto.")
    told = page.get_by_text("Riapertura chiesta da").locator("xpath=following-sibling::dd[1]")
    expect(told).to_contain_text("Manca un bonifico.")
    expect(told).to_contain_text("coordinator")
    told = page.get_by_text("Riaperto da").locator("xpath=following-sibling::dd[1]")
    expect(told).to_contain_text("Confermo.")
    looked_at(page, "chiusura-riaperta", script=script)


@pytest.mark.parametrize("script", [True, False])
def test_expenses_are_accounted_for(visit: Visit, site: Site, script: bool) -> None:
    chief = visit("coordinator", "/rendiconto/regole", script=script)
    chief.get_by_text("Cambia queste regole").click()
    form = chief.locator("#regole-1")
    form.get_by_label(re.compile("^fattura$", re.IGNORECASE)).check()
    form.get_by_label(re.compile("Pagato fino al")).fill("32/12/2026")
    form.get_by_role("button", name="Adotta queste regole").click()
    expect(chief.get_by_role("alert")).to_contain_text("Pagato fino al")
    looked_at(chief, "rendiconto-regole-errore", script=script)
    form.get_by_label(re.compile("Pagato fino al")).fill("31/12/2026")
    form.get_by_label(re.compile("CUP")).first.fill("C19J26000010001")
    for place, (column, title) in enumerate(
        {"N.": "", "Ammesso": "Imputato", "Dote": ""}.items(), 1
    ):
        form.get_by_label(f"Posto di {column}", exact=True).fill(str(place))
        form.get_by_label(f"Titolo di {column}", exact=True).fill(title)
    form.get_by_role("button", name="Mostra le colonne").click()
    expect(form.get_by_role("columnheader", name="Imputato")).to_be_visible()
    looked_at(chief, "rendiconto-colonne", script=script)
    form.get_by_role("button", name="Adotta queste regole").click()
    expect(chief.locator(".notice-good")).to_have_text("Le regole del finanziatore sono adottate.")
    looked_at(chief, "rendiconto-regole", script=script)

    page = visit("finance", "/rendiconto", script=script)
    page.get_by_label("Dal", exact=True).fill("1/1/2026")
    page.get_by_label("Al", exact=True).fill("31/10/2025")
    page.get_by_role("button", name="Guarda che cosa direbbe").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Al", exact=True).fill("12/11/2026")
    page.get_by_label(re.compile("Finanziatore")).select_option("Ente")
    page.get_by_role("button", name="Guarda che cosa direbbe").click()
    expect(page.get_by_role("main")).to_contain_text("L'ultimo giorno non è ancora passato")
    looked_at(page, "rendiconto-non-finito", script=script)
    with site.world.at(NOW + timedelta(days=1)):
        page.get_by_role("button", name="Guarda che cosa direbbe").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Che cosa direbbe il rendiconto")
        expect(page.get_by_role("main")).to_contain_text("0 di 4 documenti sono pronti")
        looked_at(page, "rendiconto-prova", script=script)
        # Somebody pays meanwhile: what was looked at is not what would be frozen.
        site.world.disbursed(1_000)
        page.get_by_role("button", name="Fissa questo rendiconto").click()
        expect(page.get_by_role("alert")).to_contain_text("è cambiato")
        looked_at(page, "rendiconto-prova-cambiata", script=script)
        page.get_by_role("button", name="Fissa questo rendiconto").click()
    expect(page.locator(".notice-good")).to_contain_text("Il rendiconto è fissato")
    expect(page.get_by_text("573,45 €").first).to_be_visible()
    looked_at(page, "rendiconto", script=script)
    # Partners and categories have longer names than those of this site.
    line = page.get_by_role("table", name=re.compile("voce di budget")).get_by_role("link").first
    line.evaluate(
        "link => link.textContent = 'Cooperativa Sociale Immaginaria di Quartiere · Emergenza "
        "abitativa e utenze domestiche'"
    )
    looked_at(page, "rendiconto-nomi-lunghi", script=script)
    for name, kind in (("XLSX", "xlsx"), ("Su carta", "pdf"), ("ZIP", "zip")):
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile(name)).click()
        assert download.value.suggested_filename == f"R-2026-0001.{kind}"
    page.get_by_role("link", name="Rifallo dal registro e confronta").click()
    expect(page.get_by_role("status")).to_contain_text("lo stesso")
    page.get_by_role("table", name="Spese documentate").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/bilancio/movimenti/[0-9]+$"))
    page.goto("/rendiconto")
    expect(page.get_by_role("link", name="R-2026-0001")).to_be_visible()
    page.get_by_label("Dal", exact=True).fill("1/1/2026")
    page.get_by_label("Al", exact=True).fill("12/11/2026")
    page.get_by_label(re.compile("Finanziatore")).select_option("Ente")
    page.get_by_role("button", name="Guarda che cosa direbbe").click()
    expect(page.get_by_role("alert")).to_contain_text("lo dice già tutto R-2026-0001")
    looked_at(page, "rendiconti", script=script)
    withdrawn(visit, page, script=script)


def withdrawn(visit: Visit, page: Page, *, script: bool) -> None:
    """The account was wrong: not who drew it up, but another person withdraws it."""
    page.get_by_role("link", name="R-2026-0001").click()
    page.get_by_text("Ritira questo rendiconto…").click()
    expect(page.get_by_text("L'hai fatto tu")).to_be_visible()
    chief = visit("coordinator", page.url, script=script)
    chief.get_by_text("Ritira questo rendiconto…").click()
    chief.get_by_label("Perché è sbagliato").fill("Mancava dicembre.")
    looked_at(chief, "rendiconto-da-ritirare", script=script)
    chief.get_by_role("button", name="Ritira questo rendiconto").click()
    expect(chief.get_by_role("status")).to_have_text("Il rendiconto è ritirato.")
    expect(chief.get_by_role("main")).to_contain_text("«Mancava dicembre.». Non va consegnato")
    looked_at(chief, "rendiconto-ritirato", script=script)
    page.goto("/rendiconto")
    expect(page.get_by_role("row", name=re.compile("R-2026-0001"))).to_contain_text("ritirato")
    page.get_by_label("Dal", exact=True).fill("1/1/2026")
    page.get_by_label("Al", exact=True).fill("12/11/2026")
    page.get_by_label(re.compile("Finanziatore")).select_option("Ente")
    page.get_by_role("button", name="Guarda che cosa direbbe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Che cosa direbbe il rendiconto")
    looked_at(page, "rendiconti-dopo-il-ritiro", script=script)
