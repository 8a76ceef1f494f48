"""What the pictures of the manual and of README show: who looks, and what they do before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Locator, Page

from api.demo.passwords import Entries

HEIGHT = 800


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pictures are taken of: the pages of the demonstration, and its API."""

    address: str
    tokens: dict[str, str]
    ways_in: Entries

    def email(self, who: str) -> str:
        """What somebody signs in with."""
        return next(each.email for each in self.ways_in.people if each.sign_in == who)

    def call(self, who: str, method: str, where: str, body: object = None) -> Any:  # noqa: ANN401  whatever JSON holds
        """What the API answers to somebody."""
        answer = httpx.request(
            method,
            f"{self.address}/api/v1{where}",
            json=body,
            headers={"Authorization": f"Bearer {self.tokens[who]}"},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()

    def waiting(self, who: str, why: str, skipped: int = 0) -> dict[str, Any]:
        """A dote that waits for somebody, for this reason."""
        items = self.call(who, "GET", "/worklist?limit=100")["items"]
        found: list[dict[str, Any]] = [each["dote"] for each in items if each["why"] == why]
        return found[skipped]


Take = Callable[[Page, Desk], Locator | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: who looks, what they do, and what is cut out (None: what the window shows)."""

    name: str
    who: str
    take: Take
    height: int = HEIGHT
    phone: bool = False


def opens(where: str) -> Take:
    """A page as it opens."""

    def take(page: Page, _: Desk) -> None:
        page.goto(where)

    return take


def on_dote(why: str, skipped: int = 0, cut: str | None = None) -> Take:
    """The page of a dote that waits for whoever looks."""

    def take(page: Page, desk: Desk) -> Locator | None:
        who = _who(page)
        page.goto(f"/doti/{desk.waiting(who, why, skipped)['id']}")
        return page.locator(cut) if cut else None

    return take


def _who(page: Page) -> str:
    who: str = page.evaluate("window.name")
    return who


def signing_in(page: Page, desk: Desk) -> Locator | None:
    """The first page of all."""
    page.goto("/accedi")
    page.get_by_label("E-mail").fill(desk.email("operator"))
    page.get_by_label("Password", exact=True).fill("una password lunga")
    return None


def refused(page: Page, desk: Desk) -> Locator | None:
    """A form that comes back."""
    on_dote("vote")(page, desk)
    page.get_by_label("Importo approvato").fill("9.000")
    page.get_by_label("un'altra persona o ditta").check()
    page.get_by_label("Intestatario del conto").fill("Immobiliare Inventata")
    page.get_by_label("IBAN").fill("IT00 X000")
    page.get_by_label("IBAN").press("Tab")
    # What the amount would come to is worked out first; the button comes anew with it.
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Approva 9.000,00").click()
    page.get_by_role("alert").first.wait_for()
    return page.locator("#decide")


def quicker(page: Page, desk: Desk) -> Locator | None:
    """Somebody else was quicker."""
    dote = desk.waiting("assessor", "to_assess", 3)
    page.goto(f"/doti/{dote['id']}")
    body = {"what": "Manca l'ultima bolletta.", "kinds": ["bill"]}
    desk.call("approver", "POST", f"/doti/{dote['id']}/document-requests", body)
    page.get_by_label("Favorevole", exact=True).check()
    page.get_by_label("Che cosa parla").fill("Il bisogno è chiaro e l'importo è giusto.")
    page.get_by_role("button", name="Registra la valutazione").click()
    page.get_by_role("alert").first.wait_for()
    return page.locator(".with-side-wide > div").first


def new_household(page: Page, _: Desk) -> Locator | None:
    """A household that nobody knows yet."""
    page.goto("/richieste/nuova")
    page.get_by_label("Numero, nome, codice fiscale o telefono").fill("Zoe Immaginata")
    page.get_by_role("button", name="Trova il nucleo").click()
    page.get_by_role("button", name="Non sono ancora registrati").click()
    page.get_by_label("Data di nascita").fill("2/4/1985")
    page.get_by_label("Identificazione").select_option("none")
    return None


def new_request(page: Page, _: Desk) -> Locator | None:
    """What a household needs."""
    page.goto("/nuclei")
    page.locator("#main table a, #households a").nth(2).click()
    page.get_by_role("link", name="Nuova richiesta per loro").or_(
        page.get_by_role("button", name="Nuova richiesta per loro")
    ).click()
    page.get_by_label("Affitto o alloggio temporaneo").check()
    page.get_by_label("Importo").fill("450,00")
    page.get_by_label("Il bisogno, e perché").fill(
        "Affitto di marzo: il contratto di lavoro è finito a gennaio."
    )
    page.get_by_label("Il bisogno, e perché").press("Tab")
    page.locator("#figures table").wait_for()
    return None


def several(page: Page, _: Desk) -> Locator | None:
    """Several at once."""
    page.goto("/approvare")
    possible = page.locator("li.one").filter(has_not_text="non possibile")
    for n in (0, 1):
        possible.nth(n).get_by_label("Spunta").check()
    possible.first.scroll_into_view_if_needed()
    return None


def opened(where: str, summary: str, cut: str | None = None) -> Take:
    """A page with one of its folded forms unfolded."""

    def take(page: Page, _: Desk) -> Locator | None:
        page.goto(where)
        page.get_by_text(summary).first.click()
        return page.locator(cut) if cut else None

    return take


def transfer(page: Page, _: Desk) -> Locator | None:
    """Money moved from line to line, before it is."""
    page.goto("/programma/budget")
    page.get_by_text("Rimodulazione").first.click()
    form = page.locator("#trasferimento")
    form.get_by_label("Dalla linea").select_option("RETE/EMERGENZA")
    form.get_by_label("Alla linea", exact=True).select_option("ROCCA/EMERGENZA")
    form.get_by_label("Importo").fill("500,00")
    form.get_by_label("Motivo").fill("Più richieste di affitto a Mirafiori.")
    form.get_by_role("button", name="Mostra prima e dopo").click()
    return page.locator(".deciding").first


def beside_the_log(page: Page, desk: Desk) -> Locator | None:
    """The log, and a dote step by step beside it."""
    number = desk.waiting("finance", "to_account")["number"]
    page.goto(f"/registro?numero={number}")
    page.locator("#log").get_by_role("link", name=number).nth(2).click()
    page.locator("#step").wait_for()
    page.locator(".with-replay").scroll_into_view_if_needed()
    return page.locator(".with-replay")


def verified(page: Page, _: Desk) -> Locator | None:
    """The register, verified."""
    page.goto("/registro")
    page.get_by_role("button", name="Verifica ora").click()
    page.get_by_role("region", name="Esito").wait_for(timeout=60_000)
    return None


def prepared(page: Page, _: Desk) -> Locator | None:
    """The batch that waits for a second person."""
    page.goto("/distinte")
    page.get_by_role("row", name="preparata").get_by_role("link").first.click()
    return None


def of_the_bank(page: Page, _: Desk) -> Locator | None:
    """A line of the bank that nobody knows yet, as it is told what it was."""
    page.goto("/riconciliazione")
    page.get_by_role("row", name="Offerta libera").get_by_role("link").click()
    page.get_by_label("Era", exact=True).select_option("funding")
    return None


def closed_month(page: Page, _: Desk) -> Locator | None:
    """The newest month that is closed."""
    page.goto("/chiusure")
    page.locator("#months tr", has_text="chiuso").first.get_by_role("link").click()
    return None


def accounted_for(page: Page, _: Desk) -> Locator | None:
    """What a funder was handed."""
    page.goto("/rendiconto")
    page.locator("#accounts").get_by_role("link").first.click()
    return None


def a_person(page: Page, desk: Desk) -> Locator | None:
    """Somebody's account."""
    page.goto("/utenti")
    name = next(each.name for each in desk.ways_in.people if each.sign_in == "approver")
    page.get_by_role("link", name=name).click()
    page.get_by_text("Assegna un ruolo").click()
    return None


ALL = (
    Picture("accedi", "", signing_in, height=620),
    Picture("scrivania-operatore", "operator", opens("/")),
    Picture("scrivania-telefono", "operator", opens("/"), phone=True),
    Picture("richiesta-nucleo", "operator", new_household, height=760),
    Picture("richiesta-bisogno", "operator", new_request, height=1180),
    Picture("dote-documenti", "operator", on_dote("papers_asked", cut="#decide")),
    Picture("dote-giustificativo", "operator", on_dote("receipts_missing", cut="#decide")),
    Picture("rifiuto", "approver", refused),
    Picture("qualcuno-prima", "assessor", quicker),
    Picture("non-puoi", "finance", on_dote("to_pay", cut=".cannot-sheet")),
    Picture("valutare", "assessor", opens("/valutare"), height=900),
    Picture("dote-valutazione", "assessor", on_dote("to_assess")),
    Picture("approvare", "approver", several, height=900),
    Picture("dote-decisione", "approver", on_dote("vote"), height=980),
    Picture("scrivania-amministrazione", "finance", opens("/")),
    Picture("dote-pagamento", "finance", on_dote("to_pay", 1), height=860),
    Picture("dote-esame", "finance", on_dote("receipt_to_decide"), height=860),
    Picture("dote-chiusura", "finance", on_dote("to_account", 1), height=760),
    Picture("giustificativi", "finance", opens("/giustificativi"), height=760),
    Picture("da-pagare", "finance", opens("/da-pagare"), height=820),
    Picture("distinta", "finance2", prepared, height=900),
    Picture("estratti-conto", "finance", opens("/estratti-conto"), height=800),
    Picture("riconciliazione", "finance", opens("/riconciliazione"), height=1000),
    Picture("riga-banca", "finance", of_the_bank, height=980),
    Picture("chiusure", "finance", opens("/chiusure"), height=800),
    Picture("chiusura", "finance", closed_month, height=900),
    Picture("rendiconto", "finance", opens("/rendiconto"), height=760),
    Picture("rendiconto-fissato", "finance", accounted_for, height=900),
    Picture("scrivania-coordinamento", "coordinator", opens("/")),
    Picture("bilancio", "coordinator", opens("/bilancio"), height=1000),
    Picture("rimodulazione", "coordinator", transfer),
    Picture("regole", "coordinator", opens("/programma/regole/1"), height=900),
    Picture("attese", "coordinator", opens("/attese"), height=860),
    Picture("registro", "auditor", beside_the_log),
    Picture("verifica", "auditor", verified, height=640),
    Picture("campione", "auditor", opens("/registro/campione?n=5&seme=2026"), height=860),
    Picture("utenti", "admin", opens("/utenti"), height=760),
    Picture("invito", "admin", opens("/utenti/nuovo"), height=840),
    Picture("utente", "admin", a_person, height=760),
)
