"""Statements and reconciliation in a real browser: by mouse, by keyboard, and without a script."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api.pages import open_lines
from tests.api.test_columns import TABLE
from tests.api.test_reconciliation import bank_says, paid_soon
from tests.api.test_statements import account, camt, entry
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture
from tests.browser.site import Site

RECONCILIATION = "/riconciliazione"


def lines(site: Site, *cents: int) -> list[str]:
    """Payments, and a line of the bank for each; their ids."""
    account(site.world)
    names = paid_soon(site.world, *cents)
    bank_says(site.world, *((-c, f"BONIFICO DOTE {n}") for c, n in zip(cents, names, strict=True)))
    return names


def test_a_file_is_looked_at_brought_in_and_nobody_is_shut_out(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    account(site.world)
    file = tmp_path / "estratto.xml"
    file.write_bytes(camt(entry(-12_34, "PAGAMENTO", "B1"), opening=50_00, total=-12_34))
    page = visit("finance", "/estratti-conto")
    page.get_by_label("Il file della banca").set_input_files(file)
    page.get_by_role("button", name="Controlla soltanto").click()
    expect(page.get_by_role("heading", name="Che cosa c’è nel file")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Carica", exact=True).click()
    expect(page.get_by_role("table")).to_contain_text("37,66")
    picture(page, "estratti-conto")
    assert barriers(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_columns_of_a_table_are_chosen_and_saved(
    visit: Visit, site: Site, tmp_path: Path, script: bool
) -> None:
    account(site.world)
    name = f"Estratto {script}"
    file = tmp_path / "movimenti.csv"
    file.write_bytes(TABLE.replace(b"Cifra", f"Cifra {script}".encode()))
    page = visit("finance", "/estratti-conto", script=script)
    page.get_by_label("Il file della banca").set_input_files(file)
    page.get_by_role("button", name="Carica", exact=True).click()
    page.get_by_label("Riga dei titoli").select_option("2")
    for letter, meaning in (("A", "giorno contabile"), ("D", "descrizione")):
        field = page.locator("label", has_text=re.compile(rf"^{letter}\b"))
        page.locator(f"#{field.get_attribute('for')}").select_option(label=meaning)
    page.locator("#c-col_2").select_option(label="importo, con il segno")
    page.get_by_role("button", name="Aggiorna").click()
    expect(page.get_by_role("main")).to_contain_text("2 righe")
    if script:
        assert barriers(page) == []
    page.get_by_label("Nome, per leggere così").fill(name)
    page.get_by_role("button", name="Salva le colonne").click()
    expect(page.get_by_role("main")).to_contain_text(f"«{name}»")
    picture(page, "estratto-file")
    page.get_by_role("button", name="Elimina il file").click()
    expect(
        page.get_by_role("heading", name="Come si leggono le tabelle di Conto doti")
    ).to_be_visible()
    if script:
        assert barriers(page) == []
    picture(page, "estratti-conto-colonne")


@pytest.mark.parametrize("script", [True, False])
def test_a_line_is_confirmed_and_taken_back(visit: Visit, site: Site, script: bool) -> None:
    cents = 4_000 + script
    [name] = lines(site, cents)
    page = visit("finance", RECONCILIATION, script=script)
    row = page.get_by_role("row", name=f"BONIFICO DOTE {name}")
    expect(row).to_contain_text("certo")
    expect(row).to_contain_text("numero nella causale, importo")
    row.get_by_role("button").click()
    expect(page.get_by_role("main")).to_contain_text("La riga è abbinata.")
    expect(page.get_by_role("row", name=f"BONIFICO DOTE {name}")).to_have_count(0)
    page.get_by_role("button", name="Annulla l").first.click()
    expect(page.get_by_role("row", name=f"BONIFICO DOTE {name}")).to_be_visible()


def test_by_keyboard_alone(visit: Visit, site: Site) -> None:
    first, second = lines(site, 5_100, 5_200)
    page = visit("finance", RECONCILIATION)
    picture(page, "riconciliazione")
    assert barriers(page) == []
    # Where no line has the focus, the keys are nothing.
    help_ = page.get_by_text("va alla riga successiva")
    page.keyboard.press("?")
    expect(help_).to_be_hidden()
    page.get_by_role("link", name="Vai alla prima riga").press("Enter")
    expect(page.locator("tr:focus-within")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.get_by_text("Qui non c'è niente da annullare")).to_be_visible()
    page.keyboard.press("?")
    expect(help_).to_be_visible()
    page.get_by_role("link", name="Vai alla prima riga").press("Enter")
    for _ in range(60):
        page.keyboard.press("j")
        focused = page.locator("tr:focus-within")
        if first in focused.inner_text():
            break
    page.keyboard.press("j")
    expect(page.locator("tr:focus-within")).to_contain_text(second)
    page.keyboard.press("k")
    expect(page.locator("tr:focus-within")).to_contain_text(first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("La riga è abbinata.")
    expect(page.get_by_role("row", name=first)).to_have_count(0)
    expect(page.get_by_role("status").first).to_contain_text(first)
    # The line after it has the focus: one goes on from there, or takes this one back.
    expect(page.locator("tr:focus-within")).to_contain_text(second)
    picture(page, "riconciliazione-abbinata")
    assert barriers(page) == []
    page.keyboard.press("u")
    expect(page.get_by_role("main")).to_contain_text("L’abbinamento è annullato")
    expect(page.locator("tr:focus-within")).to_contain_text(first)
    page.keyboard.press("u")
    expect(page.get_by_text("Qui non c'è niente da annullare")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Riga della banca")
    expect(page.get_by_role("checkbox", name=first)).to_be_checked()
    picture(page, "riga-della-banca")
    assert barriers(page) == []
    page.go_back()
    expect(page.locator("tr:focus-within")).to_contain_text(first)


def test_what_is_confirmed_was_shown_and_any_match_is_found_and_taken_back(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_lines, "MOST_ROWS", 3)
    names = lines(site, 71_00, 72_00, 73_00, 74_00)
    page = visit("finance", f"{RECONCILIATION}?stato=certain")
    while page.get_by_role("row", name=names[0]).count() == 0:
        page.get_by_role("link", name="Righe successive").click()
    shown = page.get_by_role("button", name="di questa pagina")
    expect(shown).to_be_visible()
    picture(page, "riconciliazione-filtro")
    assert barriers(page) == []
    bank_says(site.world, (-71_00, "PAGATA DA UN COLLEGA"))
    found = site.world.get("/reconciliation/suspense?limit=200", "finance").json()["items"]
    [other] = [each["id"] for each in found if each["remittance"] == "PAGATA DA UN COLLEGA"]
    body = {"line_ids": [other], "payment_ids": [names[0]]}
    site.world.done("/reconciliation/matches", body, "finance")
    site.world.settle()
    shown.click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("1 riga non è stata confermata")
    expect(told).to_contain_text(f"BONIFICO DOTE {names[0]}")
    picture(page, "riconciliazione-non-confermata")
    assert barriers(page) == []
    page.get_by_role("link", name="Righe già abbinate").click()
    page.get_by_role("main").get_by_label("Numero").fill(names[0])
    page.get_by_role("button", name="Mostra").click()
    row = page.get_by_role("row", name="PAGATA DA UN COLLEGA")
    expect(page.get_by_role("row")).to_have_count(2)
    picture(page, "righe-abbinate")
    assert barriers(page) == []
    row.get_by_role("link").click()
    picture(page, "riga-abbinata")
    assert barriers(page) == []
    page.get_by_role("button", name="Annulla l’abbinamento").click()
    expect(page.get_by_role("main")).to_contain_text("L’abbinamento è annullato")
    expect(page.get_by_role("heading", name="Che cosa era")).to_be_visible()
