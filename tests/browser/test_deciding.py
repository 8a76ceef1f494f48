"""Approvare, Valutare, and a dote's page for those who decide, pay and read, in a real browser."""

import re
from datetime import datetime
from struct import pack
from zlib import compress, crc32

import pytest
from playwright.sync_api import FilePayload, expect

from domain.days import HERE
from tests.api.world import IBAN, Json
from tests.browser.conftest import Visit
from tests.browser.looking import SCREENS, barriers, picture, tab_to
from tests.browser.site import Site


def _photo() -> bytes:
    """A PNG of one colour, as a phone might send it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))

    rows = (b"\0" + b"\xc8\xb4\x78" * 400) * 300
    head = pack(">IIBBBBB", 400, 300, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture(scope="module")
def waiting(site: Site) -> list[Json]:
    """Doti that wait for votes: two of one household, one with a vote, one urgent."""
    world = site.world
    family = world.household(given_name="Zelinda")
    made = []
    for cents, item in ((42_000, "AFFITTO"), (12_000, "UTENZE")):
        body = world.request_body(family, cents, item=item)
        dote = world.done("/doti", body, "operator")
        note = {"outcome": "favourable", "note": "Reddito interrotto da settembre."}
        made.append(world.done(f"/doti/{dote['id']}/assessment", note, "assessor"))
    voted = world.assessed(30_000)
    payee = {"name": "Immobiliare Prova", "iban": IBAN}
    vote = {"amount_cents": 30_000, "payee": payee}
    made.append(world.done(f"/doti/{voted['id']}/approval", vote, "approver2"))
    made.append(world.assessed(9_000, urgent=True))
    bad = world.requested(25_000)
    no = {"outcome": "unfavourable", "note": "Non rientra."}
    made.append(world.done(f"/doti/{bad['id']}/assessment", no, "assessor"))
    for cents in (15_000, 22_000):
        world.requested(cents)
    world.settle()
    return made


@pytest.mark.parametrize(("who", "path"), [("approver", "/approvare"), ("assessor", "/valutare")])
def test_the_pages(visit: Visit, waiting: list[Json], who: str, path: str) -> None:
    page = visit(who, path)
    picture(page, f"{path[1:]}-{who}")
    for summary in page.locator("main details > summary").all():
        summary.click()
    assert barriers(page) == []
    picture(page, f"{path[1:]}-{who}-tutto")


@pytest.mark.parametrize("script", [True, False])
def test_an_approver_decides_several(visit: Visit, site: Site, script: bool) -> None:
    world = site.world
    first, second, third = (world.assessed(cents) for cents in (11_000, 13_000, 14_000))
    world.settle()
    page = visit("approver", "/approvare", script=script)
    for dote in (first, second, third):
        page.get_by_label(f"Spunta {dote['number']}").check()
    card = page.locator(f"#d-{second['id']}")
    card.get_by_label("Importo approvato").fill("100,50")
    card.get_by_label("Importo approvato").press("Tab")
    if not script:
        page.get_by_role("button", name="Ricalcola").click()
    expect(page.locator("#totals")).to_contain_text("3 doti spuntate, 350,50 €")
    before = "10.000,00" if script else ""
    expect(page.locator("#totals")).to_contain_text(before)
    page.locator(f"#d-{third['id']}").get_by_label("Importo approvato").fill("mille")
    page.get_by_role("button", name="Approva", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Non è stato deciso ancora nulla")
    expect(page.get_by_role("alert")).to_contain_text(f"{third['number']}: Non è un importo")
    expect(card.get_by_label("Importo approvato")).to_have_value("100,50")
    page.locator(f"#d-{third['id']}").get_by_label("Importo approvato").fill("999,00")
    page.get_by_label("Motivo").fill("Visti i contratti.")
    page.get_by_role("button", name="Approva", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("2 decise, 1 rifiutata")
    left = page.locator(f"#d-{third['id']}")
    expect(left.get_by_label("Importo approvato")).to_have_value("999,00")
    expect(left.locator(".wrong").first).to_be_visible()
    expect(page.get_by_label("Motivo")).to_have_value("Visti i contratti.")
    expect(page.locator(f"#d-{first['id']}")).to_have_count(0)
    if script:
        assert barriers(page) == []
        picture(page, "approvare-risultati")
    left.get_by_label("Importo approvato").fill("140")
    page.get_by_role("button", name="Approva", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("1 decisa")
    assert "fatta=" in page.url
    assert world.get(f"/doti/{second['id']}").json()["approved_cents"] == 10_050
    assert world.get(f"/doti/{third['id']}").json()["state"] == "approved"


def test_two_approvers_at_once(visit: Visit, site: Site) -> None:
    world = site.world
    dote = world.assessed(40_000)
    world.settle()
    page = visit("approver", "/approvare")
    vote = {"amount_cents": 40_000, "note": "Sono d'accordo."}
    world.done(f"/doti/{dote['id']}/approval", vote, "approver2")
    page.get_by_label(f"Spunta {dote['number']}").check()
    page.get_by_role("button", name="Approva", exact=True).click()
    card = page.locator(f"#d-{dote['id']}")
    expect(card.get_by_role("alert")).to_contain_text("Qualcuno è arrivato prima")
    expect(card.locator(".changed")).to_contain_text("Voto favorevole, 400,00")
    expect(page.get_by_label(f"Spunta {dote['number']}")).to_be_checked()
    assert barriers(page) == []
    picture(page, "approvare-qualcuno-prima")
    page.get_by_role("button", name="Approva", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("1 decisa")
    assert world.get(f"/doti/{dote['id']}").json()["state"] == "approved"


def test_an_assessor_by_keyboard_alone(visit: Visit, site: Site) -> None:
    world = site.world
    dote = world.requested(17_000)
    world.settle()
    page = visit("assessor", "/valutare")
    tab_to(page, dote["number"])
    page.keyboard.press("Space")
    expect(page.locator("#totals")).to_contain_text("1 dote spuntata")
    tab_to(page, "Che cosa parla")
    page.keyboard.type("Reddito interrotto.")
    tab_to(page, "Favorevole")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("1 decisa")
    assert world.get(f"/doti/{dote['id']}").json()["favourable"] is True


@pytest.mark.parametrize("script", [True, False])
def test_finance_pays_and_closes(visit: Visit, site: Site, script: bool) -> None:
    world = site.world
    dote = world.approved(30_000)
    page = visit("finance", f"/doti/{dote['id']}", script=script)
    expect(page.locator(".iban").first).to_contain_text("IT60 X054")
    if script:
        assert barriers(page) == []
        picture(page, "dote-erogare-finance")
    page.get_by_label("Riferimento").fill("CRO 4711")
    page.get_by_role("button", name="Registra l'erogazione").click()
    expect(page.get_by_role("status")).to_have_text("L'erogazione è registrata.")
    page.get_by_text("Registra un recupero…").click()
    form = page.locator("#record_refund")
    form.get_by_label("Importo").fill("50")
    form.get_by_label("Chi ha restituito").fill("Il proprietario, bolletta più bassa.")
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text("Il recupero è registrato.")
    for number, cents in (("1", 20_000), ("2", 5_000)):
        assert world.receipt(dote["id"], cents, number).status_code == 201
    page.reload()
    expect(page.get_by_role("heading", name="Tocca a te")).to_be_visible()
    if script:
        picture(page, "dote-giustificativi-finance")
    page.get_by_role("button", name="Accetta il giustificativo").first.click()
    expect(page.get_by_role("status")).to_have_text("Il giustificativo è accettato.")
    page.get_by_text("Non ammettere il giustificativo 2…").click()
    form = page.locator("#disallow_receipt-2")
    form.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("Motivo")
    form.get_by_label("Motivo").fill("Non è una spesa d'affitto.")
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text("Il giustificativo non è ammesso.")
    page.get_by_role("button", name="Chiudi").click()
    expect(page.get_by_role("status")).to_have_text("Il fascicolo è chiuso.")
    assert world.get(f"/doti/{dote['id']}").json()["state"] == "accounted_for"


def test_a_payment_comes_back(visit: Visit, site: Site) -> None:
    dote = site.world.disbursed(10_000)
    page = visit("finance", f"/doti/{dote['id']}")
    page.get_by_text("L'erogazione 1 è tornata indietro…").click()
    form = page.locator("#return_disbursement-1")
    form.get_by_label("Motivo indicato").fill("Conto chiuso")
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Lo storno è registrato")
    assert site.world.get(f"/doti/{dote['id']}").json()["state"] == "approved"


@pytest.mark.parametrize("script", [True, False])
def test_a_receipt_by_photograph(visit: Visit, site: Site, script: bool) -> None:
    dote = site.world.disbursed(10_000)
    page = visit("operator", f"/doti/{dote['id']}", width=360, script=script)
    photo = page.locator("input[capture]").first
    expect(photo).to_have_attribute("accept", "image/*")
    form = page.locator("form.main-form")
    form.get_by_label("fattura", exact=True).check()
    form.get_by_label("Numero").fill("7/A")
    form.get_by_label("Data").fill("16/01/2026")
    form.get_by_label("Chi lo ha").fill("Ferramenta Prova")
    form.get_by_role("textbox", name="Importo", exact=True).fill("100")
    sent: FilePayload = {"name": "foto.png", "mimeType": "image/png", "buffer": _photo()}
    photo.set_input_files(sent)
    form.get_by_role("button", name="Presenta").click()
    expect(page.get_by_role("status")).to_have_text("Il giustificativo è presentato.")
    if script:
        page.get_by_text("Anteprima").click()
        picture_of = page.locator(".thumb img")
        expect(picture_of).to_be_visible()
        expect(picture_of).to_have_js_property("naturalWidth", 400)
        assert barriers(page) == []
        picture(page, "dote-anteprima")


def test_looking_back(visit: Visit, site: Site) -> None:
    dote = site.world.approved(12_000)
    site.world.settle()
    page = visit("auditor", f"/doti/{dote['id']}")
    page.locator(".timeline a").last.click()
    expect(page.get_by_role("status")).to_contain_text("Com'era dopo quanto accaduto")
    expect(page.locator("main form")).to_have_count(0)
    expect(page.locator(".timeline li")).to_have_count(1)
    assert barriers(page) == []
    picture(page, "dote-com-era")
    page.get_by_role("link", name="Torna a oggi").click()
    page.get_by_label("Com'era il").fill("1/1/2020")
    page.get_by_label("Com'era il").press("Enter")
    expect(page.locator("#al-wrong")).to_contain_text("non c'era ancora")
    page.get_by_label("Com'era il").fill(datetime.now(HERE).strftime("%d/%m/%Y"))
    page.get_by_label("Com'era il").press("Enter")
    expect(page.locator(".timeline li").first).to_contain_text("Approvata, 120,00")


@pytest.mark.parametrize(("who", "item"), [("auditor", "AFFITTO"), ("coordinator", "OCCHIALI")])
def test_what_is_hidden_is_shown_with_a_reason(
    visit: Visit, site: Site, who: str, item: str
) -> None:
    category = "EMERGENZA" if item == "AFFITTO" else "OCULISTICA"
    dote = site.world.requested(10_000, category=category, item=item)
    page = visit(who, f"/doti/{dote['id']}")
    expect(page.get_by_role("main")).not_to_contain_text("bisogno segreto")
    page.get_by_label("Perché hai bisogno").fill("poco")
    page.get_by_role("button", name="Mostra", exact=True).last.click()
    expect(page.locator("#reveal .wrong")).to_be_visible()
    page.get_by_label("Perché hai bisogno").fill("Verifica a campione del fascicolo")
    page.locator("#reveal").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("In chiaro, solo questa volta")
    expect(page.get_by_role("main")).to_contain_text("bisogno segreto")
    assert barriers(page) == []
    picture(page, f"dote-in-chiaro-{who}")
    page.goto(f"/doti/{dote['id']}")
    expect(page.get_by_role("main")).not_to_contain_text("bisogno segreto")
    reveals = site.world.get("/audit/reveals").json()["items"]
    assert reveals[0]["reason"] == "Verifica a campione del fascicolo"


def test_an_erased_household_says_so(visit: Visit, site: Site) -> None:
    world = site.world
    dote = world.requested(10_000)
    world.done(f"/doti/{dote['id']}/withdrawal", {"reason": "Non serve"}, "operator")
    reason = {"reason": "Lo chiede il nucleo"}
    path = f"/households/{dote['household_id']}/erasure"
    world.done(path, reason, "operator")
    world.done(path, reason, "coordinator")
    page = visit("operator", f"/doti/{dote['id']}")
    expect(page.get_by_role("main")).to_contain_text("I dati personali di questo nucleo sono stati")
    picture(page, "dote-cancellata")


def test_the_list_is_filtered(visit: Visit, site: Site, waiting: list[Json]) -> None:
    page = visit("coordinator", "/doti")
    assert barriers(page) == []
    picture(page, "doti-filtri")
    page.get_by_label("Voce").select_option("UTENZE")
    page.get_by_label("Colonne").select_option("importi")
    page.get_by_role("button", name="Mostra").click()
    assert "voce=UTENZE" in page.url
    expect(page.locator("tbody")).not_to_contain_text("Affitto")
    picture(page, "doti-importi")
    page.get_by_label("Parole").fill("zelinda")
    page.get_by_role("button", name="Mostra").click()
    assert "zelinda" not in page.url
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Scarica").click(trial=True)
    other = visit("assessor", "/doti?mie=1")
    expect(other.locator("tbody")).to_contain_text("valutatore")
    expect(other.get_by_role("link", name="Scarica")).to_have_count(0)


def test_words_are_explained(visit: Visit, waiting: list[Json]) -> None:
    page = visit("approver", "/approvare", width=360)
    page.locator("summary", has_text="Che cosa significa: Fascia").first.click()
    expect(page.locator(".hint-text", has_text="Quanti voti servono")).to_be_visible()
    page.get_by_role("contentinfo").get_by_role("link", name="Aiuto").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aiuto")
    expect(page.locator("#role-approver")).to_contain_text("tu")
    assert barriers(page) == []
    picture(page, "aiuto")


def test_the_file_on_paper(visit: Visit, site: Site) -> None:
    dote = site.world.accounted_for(12_000)
    page = visit("coordinator", f"/doti/{dote['id']}")
    paper = page.pdf(path=SCREENS / "fascicolo.pdf", format="A4")
    assert paper.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 1 <= pages <= 3
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1047})  # A4 within its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    page.screenshot(path=SCREENS / "fascicolo.png", full_page=True)
    expect(page.get_by_role("heading", name="Rendicontazione")).to_have_count(0)
    for heading in ("Storia", "Importi", "Documenti"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()


def test_the_desk_leads_to_all_of_them(visit: Visit, waiting: list[Json]) -> None:
    page = visit("approver")
    picture(page, "scrivania-approvatore")
    page.get_by_role("link", name="Decidile insieme").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aspettano il tuo voto")
