"""Da pagare and the batches in a real browser: prepared by one person, let go by another, with and
without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from domain.actors import Role
from tests.api.test_payments import OTHER_IBAN, PAYER, TOMORROW
from tests.api.world import IBAN, Json
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture
from tests.browser.site import Site, opened_site

TYPED = "/".join(reversed(TOMORROW.split("-")))


@pytest.fixture(scope="module")
def site(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A programme with an account that pays, a second officer, and payees of several kinds."""
    home = Path(tmp_path_factory.mktemp("site"))
    with opened_site(postgres_url, home, **PAYER) as opened:
        world = opened.world
        world.tokens["finance2"] = world.services.accounts.create_token(
            "finance2", Role.FINANCE, None
        )
        yield opened


def approved(site: Site, cents: int, payee: Json | None) -> Json:
    """A dote to be paid to somebody."""
    dote = site.world.assessed(cents)
    body: Json = {"amount_cents": cents}
    if payee is not None:
        body["payee"] = payee
    return site.world.done(f"/doti/{dote['id']}/approval", body, "approver")


@pytest.fixture
def due(site: Site) -> list[Json]:
    """Two doti of one landlord, one of a school, one of a household."""
    landlord = {"name": "Immobiliare Inventata S.r.l.", "iban": IBAN}
    school = {"name": "Scuola di Fantasia", "iban": OTHER_IBAN}
    made = [
        approved(site, 12_000, landlord),
        approved(site, 8_050, landlord),
        approved(site, 3_000, school),
        approved(site, 2_000, None),
    ]
    site.world.settle()
    return made


@pytest.mark.parametrize("script", [True, False])
def test_a_batch_from_what_is_due_to_the_file_for_the_bank(
    visit: Visit, site: Site, due: list[Json], script: bool
) -> None:
    page = visit("finance", "/da-pagare", script=script)
    page.get_by_role("button", name="Prepara la distinta").click()
    expect(page.get_by_role("alert")).to_contain_text("necessario")
    page.get_by_label("Data di esecuzione").fill(TYPED)
    page.get_by_role("button", name="Prepara la distinta").click()
    expect(page.get_by_role("alert")).to_contain_text("Spunta almeno un pagamento")
    for dote in due[:3]:
        page.get_by_label(f"Paga {dote['number']}-1").check()
    page.get_by_role("button", name="Prepara la distinta").click()
    expect(page.get_by_role("status")).to_contain_text("la autorizza una seconda persona")
    expect(page.get_by_role("main")).to_contain_text("230,50")
    expect(page.get_by_role("main")).to_contain_text("Chi ha preparato una distinta")
    address = page.url

    second = visit("finance2", address, script=script)
    second.get_by_role("button", name="Autorizza la distinta").click()
    expect(second.get_by_role("status")).to_contain_text("autorizzata")
    with second.expect_download() as download:
        second.get_by_role("link", name="File per la banca").click()
    content = Path(download.value.path()).read_bytes()
    assert content.count(b"<EndToEndId>") == 3
    second.reload()
    expect(second.get_by_role("main")).to_contain_text("File creati")

    second.get_by_text("Registra un pagamento a mano").click()
    second.get_by_label("Quale pagamento").select_option(f"{due[0]['number']}-1")
    second.get_by_label("Data valuta").fill("15/01/2026")
    second.get_by_label("Prova").fill("TRN 77")
    second.get_by_role("button", name="Registra come pagato").click()
    expect(second.get_by_role("status")).to_contain_text("registrato come eseguito")

    page.reload()
    page.get_by_text("Annulla la distinta").first.click()
    page.get_by_label("Motivo").fill("La banca ha rifiutato il file.")
    page.get_by_role("button", name="Annulla la distinta").click()
    expect(page.get_by_role("status")).to_contain_text("annullata")
    expect(page.get_by_role("main")).to_contain_text("La banca ha rifiutato il file.")
    site.world.settle()
    page.goto(f"{site.address}/da-pagare")
    expect(page.get_by_label(f"Paga {due[1]['number']}-2")).to_be_visible()
    expect(page.get_by_label(f"Paga {due[0]['number']}-1")).to_have_count(0)


def test_what_cannot_go_by_bank_says_so_and_keeps_what_was_ticked(
    visit: Visit, due: list[Json]
) -> None:
    page = visit("finance", "/da-pagare")
    page.get_by_label("Data di esecuzione").fill(TYPED)
    page.get_by_label(f"Paga {due[3]['number']}-1").check()
    page.get_by_role("button", name="Prepara la distinta").click()
    expect(page.get_by_role("alert")).to_contain_text("non si conosce l'IBAN")
    expect(page.get_by_label(f"Paga {due[3]['number']}-1")).to_be_checked()
    page.get_by_label("Modalità").select_option("cash_desk")
    page.get_by_role("button", name="Prepara la distinta").click()
    expect(page.get_by_role("main")).to_contain_text("cassa")


@pytest.mark.parametrize("script", [True, False])
def test_what_is_ticked_is_counted(visit: Visit, site: Site, due: list[Json], script: bool) -> None:
    page = visit("finance", "/da-pagare", script=script)
    page.get_by_label("Percettore").fill("immobiliare inventata s.r.l.")
    page.get_by_role("button", name="Mostra").click()
    assert "Inventata" not in page.url
    for dote in due[:2]:
        page.get_by_label(f"Paga {dote['number']}-1").check()
    count = page.get_by_role("button", name="Conta ciò che è spuntato")
    if script:
        expect(count).to_be_hidden()
    else:
        count.click()
    expect(page.locator(".chosen")).to_contain_text("200,50")
    expect(page.get_by_label(f"Paga {due[0]['number']}-1")).to_be_checked()
    expect(page.get_by_label(f"Paga {due[2]['number']}-1")).to_have_count(0)
    page.get_by_label("Tutto ciò che ha questo elenco").check()
    page.get_by_label("Data di esecuzione").fill(TYPED)
    page.get_by_role("button", name="Prepara la distinta").click()
    expect(page.get_by_role("status")).to_contain_text("la autorizza una seconda persona")
    expect(page.get_by_role("main")).not_to_contain_text("Scuola di Fantasia")
    for dote in due[:2]:
        expect(page.get_by_role("main")).to_contain_text(f"{dote['number']}-1")


def test_nobody_is_shut_out(visit: Visit, site: Site, due: list[Json]) -> None:
    page = visit("finance", "/da-pagare")
    picture(page, "da-pagare")
    assert barriers(page) == []
    body = {
        "execution_date": TOMORROW,
        "payments": [{"dote_id": dote["id"]} for dote in due[:3]],
    }
    batch = site.world.done("/payment-batches", body, "finance")
    site.world.settle()
    for who, path, name in (
        ("finance", f"/distinte/{batch['id']}", "distinta-preparata"),
        ("finance2", "/distinte", "distinte"),
        ("auditor", f"/distinte/{batch['id']}", "distinta-revisore"),
    ):
        page = visit(who, path)
        picture(page, name)
        assert barriers(page) == []
    expect(page.get_by_role("main")).not_to_contain_text("Immobiliare")
    site.world.done(f"/payment-batches/{batch['id']}/authorisation", None, "finance2")
    page = visit("finance", f"/distinte/{batch['id']}")
    picture(page, "distinta-autorizzata")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert barriers(page) == []


def test_auditors_look_and_operators_do_not(visit: Visit, due: list[Json]) -> None:
    page = visit("auditor", "/da-pagare")
    expect(page.get_by_role("main")).to_contain_text(due[0]["number"])
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("Immobiliare")
    page = visit("operator", "/da-pagare")
    expect(page.get_by_role("main")).not_to_contain_text(due[0]["number"])
