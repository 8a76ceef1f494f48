"""A payee in a real browser: another IBAN is told by one person and confirmed by another, with and
without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from domain.actors import Role
from tests.api.test_payments import OTHER_IBAN
from tests.browser.conftest import Visit
from tests.browser.looking import barriers, picture
from tests.browser.site import Site, opened_site


@pytest.fixture(scope="module")
def site(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A programme with a second officer."""
    with opened_site(postgres_url, tmp_path_factory.mktemp("site")) as opened:
        world = opened.world
        world.tokens["finance2"] = world.services.accounts.create_token(
            "finance2", Role.FINANCE, None
        )
        yield opened


@pytest.mark.parametrize("script", [True, False])
def test_from_what_is_due_to_a_new_iban_that_holds(visit: Visit, site: Site, script: bool) -> None:
    name = f"Immobiliare Inventata {'con' if script else 'senza'} script"
    dote = site.world.assessed(12_000)
    body = {"amount_cents": 12_000, "payee": {"name": name, "iban": "NL91ABNA0417164300"}}
    site.world.done(f"/doti/{dote['id']}/approval", body, "approver")
    site.world.settle()
    page = visit("finance", "/da-pagare", script=script)
    page.get_by_role("link", name=name).click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("NL91 ••• 4300")
    page.get_by_role("button", name="Mostra l'IBAN intero").click()
    expect(main).to_contain_text("NL91 ABNA 0417 1643 00")
    page.get_by_text("Registra un altro IBAN").click()
    page.get_by_label("Nuovo IBAN").fill("IT65A0542811101000000123456")
    page.get_by_role("button", name="Registra e congela").click()
    expect(page.get_by_role("alert")).to_contain_text("CIN")
    page.get_by_label("Nuovo IBAN").fill(OTHER_IBAN)
    page.get_by_role("button", name="Registra e congela").click()
    expect(page.get_by_role("status")).to_contain_text("lo deve confermare una seconda persona")
    expect(main).to_contain_text("Chi ha cambiato un IBAN non può confermarlo")
    address = page.url.partition("#")[0]
    page.goto(f"{site.address}/da-pagare")
    expect(page.get_by_label(f"Paga {dote['number']}-1")).to_be_disabled()

    second = visit("finance2", address, script=script)
    expect(second.get_by_role("main")).to_contain_text("DE89 ••• 3000")
    second.get_by_role("button", name="Conferma il nuovo IBAN").click()
    expect(second.get_by_role("status")).to_contain_text("Da ora vale il nuovo IBAN")
    page.reload()
    expect(page.get_by_label(f"Paga {dote['number']}-1")).to_be_enabled()


def test_nobody_is_shut_out(visit: Visit, site: Site) -> None:
    dote = site.world.assessed(9_000)
    payee = {"name": "Scuola di Fantasia", "iban": OTHER_IBAN}
    site.world.done(
        f"/doti/{dote['id']}/approval", {"amount_cents": 9_000, "payee": payee}, "approver"
    )
    page = visit("finance", f"/doti/{dote['id']}")
    page.get_by_role("link", name="Scuola di Fantasia").click()
    address = page.url
    site.world.done(
        f"/payees/{address.rpartition('/')[2]}/iban",
        {"iban": "FR1420041010050500013M02606", "name": "Scuola di Fantasia ETS"},
        "finance",
    )
    for who in ("finance", "coordinator", "auditor"):
        page = visit(who, address)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        picture(page, f"percettore-{who}")
        assert barriers(page) == []
