"""Da pagare and Distinte over HTTP: who sees what, and what a form may not do."""

import html
import re
from typing import Any
from uuid import UUID

import httpx

from api.pages.routes.due import LISTED
from tests.api.test_payments import OTHER_IBAN, TOMORROW, prepared
from tests.api.world import IBAN, Json, World

ANOTHER_IBAN = "GB82WEST12345698765432"


def test_who_sees_what_is_due(world: World) -> None:
    dote = world.approved()
    world.settle()
    for who, shown in (("finance", True), ("coordinator", True), ("auditor", False)):
        text = page(world, "/da-pagare", who)
        assert dote["number"] in text
        assert ("Padrone Segreto" in text) is shown
        assert (f'value="{dote["id"]}:10000"' in text) is (who == "finance")
    assert "Padrone Segreto" not in page(world, "/da-pagare", "operator", status=403)


def test_a_batch_is_shown_with_what_can_be_done(world: World) -> None:
    batch = prepared(world, world.approved())
    world.settle()
    assert batch["number"] in page(world, "/distinte", "auditor")
    path = f"/distinte/{batch['id']}"
    assert "Autorizza la distinta" in page(world, path, "coordinator")
    own = page(world, path, "finance")
    assert "Autorizza la distinta" not in own
    assert "Chi ha preparato una distinta non può autorizzarla" in own
    # On the desk it is nothing to be paid by hand.
    desk = page(world, "/", "finance")
    row = desk[desk.index(batch["payments"][0]["id"].rsplit("-", 1)[0]) :].partition("</tr>")[0]
    assert "In una distinta: esce con quella" in row
    assert "Paga" not in row
    masked = page(world, path, "auditor")
    assert IBAN[-4:] not in masked
    assert "Annulla la distinta" not in masked
    # Two have the page open, and the second one comes late.
    hidden = dict(
        re.findall(r'name="(csrf|key)" value="([^"]*)"', page(world, path, "coordinator"))
    )
    world.done(f"/payment-batches/{batch['id']}/authorisation", None, "coordinator")
    sent = world.client.post(
        f"{path}/autorizzazione",
        data=hidden,
        headers={"Authorization": f"Bearer {world.tokens['coordinator']}", "Accept-Language": "it"},
    )
    assert sent.status_code == 409
    assert "Questa distinta è già autorizzata: coordinator, " in sent.text


def test_a_file_that_cannot_be_made_says_why_on_the_page(world: World) -> None:
    batch = prepared(world, world.approved())
    path = f"/distinte/{batch['id']}"
    early = page(world, f"{path}/pain.001.xml", "finance", status=409)
    assert "La distinta è preparata" in early
    world.done(f"/payment-batches/{batch['id']}/authorisation", None, "coordinator")
    unset = page(world, f"{path}/pain.001.xml", "finance", status=409)
    assert "DOTI_PAYER_IBAN" in unset
    assert batch["execution_date"] == TOMORROW
    page(world, f"{path}/elenco.csv", "finance")
    page(world, f"{path}/elenco.csv", "coordinator", status=403)


def test_what_is_due_is_found_by_a_filter(world: World) -> None:
    mine = world.approved(4_321)
    stranger = approved_for(world, 1_234, {"name": "Scuola di Fantasia", "iban": OTHER_IBAN})
    home = approved_for(world, 2_345, None)
    world.settle()

    def shown(**sent: str) -> str:
        answer = post(world, "/da-pagare/filtro", sent)
        assert answer.status_code == 303, answer.text
        address = answer.headers["location"]
        assert "Fantasia" not in address
        return page(world, address, "finance")

    one = shown(nome="scuola  di fantasia")
    assert stranger["number"] in one
    assert mine["number"] not in one
    assert "Insieme 12,34" in one
    assert stranger["number"] in shown(nome=OTHER_IBAN)
    by_hand = shown(metodo="altro")
    assert home["number"] in by_hand
    assert mine["number"] not in by_hand
    by_bank = shown(metodo="bonifico", partner="ROCCA", categoria="EMERGENZA")
    assert mine["number"] in by_bank
    assert home["number"] not in by_bank
    assert "Niente di questo genere" in shown(partner="SSALV")
    nobody = post(world, "/da-pagare/filtro", {"nome": "Nessuno Mai"})
    assert nobody.status_code == 422
    assert "Nessuno Mai" in nobody.text
    mistyped = page(world, "/da-pagare?entro=domani", "finance", status=422)
    assert "domani" in mistyped
    assert page(world, "/da-pagare?dopo=storto", "finance", status=422)


def test_all_of_a_filter_goes_into_a_batch_beyond_a_page(world: World, postgres_url: str) -> None:
    doti = [world.approved(100 + n) for n in range(LISTED + 3)]
    frozen = approved_for(world, 999, {"name": "Ferma Inventata", "iban": OTHER_IBAN})
    payee = world.services.register.dote(UUID(frozen["id"])).payee
    assert payee is not None
    world.done(f"/payees/{payee.subject_id}/iban", {"iban": ANOTHER_IBAN}, "finance")
    world.settle()
    first = page(world, "/da-pagare?metodo=bonifico", "finance")
    assert len(re.findall('name="pay"', first)) == LISTED
    (more,) = re.findall(r'href="(/da-pagare\?dopo=[^"]+)"', first)
    rest = page(world, html.unescape(more), "finance")
    ids = re.findall(r'value="([0-9a-f-]{36}:\d+)"', first + rest)
    assert len(ids) == len(set(ids))
    assert {dote["id"] for dote in doti} <= {each.partition(":")[0] for each in ids}
    (seen,) = re.findall(r'name="visti" value="(\d+:\d+)"', first)
    payable, _, cents = seen.partition(":")
    assert f"{int(payable)} pagamenti" in first
    assert "1 di questi aspetta" in first

    ticked = post(world, "/da-pagare?metodo=bonifico", {"pay": ids[:2], "conta": "1"})
    assert ticked.status_code == 200
    sum_of_two = sum(int(each.partition(":")[2]) for each in ids[:2])
    assert f"data-sum>{sum_of_two // 100},{sum_of_two % 100:02}" in ticked.text

    typed = "/".join(reversed(TOMORROW.split("-")))
    batch = {"method": "bank_transfer", "execution_date": typed, "quali": "tutti", "key": "k1"}
    stale = post(world, "/da-pagare?metodo=bonifico", {**batch, "visti": "1:1"})
    assert (stale.status_code, "cambiato" in stale.text) == (422, True)
    done = post(world, "/da-pagare?metodo=bonifico", {**batch, "visti": seen})
    assert done.status_code == 303, done.text
    made = world.get(f"/payment-batches/{done.headers['location'].rpartition('/')[2]}", "finance")
    assert (made.json()["payments_count"], made.json()["total_cents"]) == (int(payable), int(cents))
    assert frozen["number"] not in {row["number"] for row in made.json()["payments"]}


def approved_for(world: World, cents: int, payee: Json | None) -> Json:
    """A dote to be paid to somebody."""
    dote = world.assessed(cents)
    body: Json = {"amount_cents": cents} | ({} if payee is None else {"payee": payee})
    return world.done(f"/doti/{dote['id']}/approval", body, "approver")


def post(world: World, path: str, sent: dict[str, Any]) -> httpx.Response:
    """A form of finance's, in Italian."""
    headers = {"Authorization": f"Bearer {world.tokens['finance']}", "Accept-Language": "it"}
    answer: httpx.Response = world.client.post(
        path, headers=headers, data=sent, follow_redirects=False
    )
    return answer


def page(world: World, path: str, who: str, status: int = 200) -> str:
    """A page in Italian."""
    headers = {"Authorization": f"Bearer {world.tokens[who]}", "Accept-Language": "it"}
    answer = world.client.get(path, headers=headers)
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text
