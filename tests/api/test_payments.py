"""Payments over HTTP: what is due, batches, their files, and who is paid."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.actors import Role
from domain.days import day_here
from tests.api.test_refusals import problem
from tests.api.world import IBAN, Json, World, opened_world
from tests.workflows.cbi_shape import troubles

OTHER_IBAN = "DE89370400440532013000"
TODAY = day_here(datetime.now(UTC))
TOMORROW = (TODAY + timedelta(days=1)).isoformat()
PAYER: dict[str, Any] = {
    "payer_name": "Comunità di Prova",
    "payer_iban": "IT60X0542811101000000123456",
    "payer_bic": "BCITITMM",
}


@pytest.fixture(scope="module")
def paying(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with an account that pays, and a second officer."""
    with opened_world(postgres_url, tmp_path_factory.mktemp("paying"), **PAYER) as made:
        made.tokens["finance2"] = made.services.accounts.create_token(
            "finance2", Role.FINANCE, None
        )
        yield made


def prepared(world: World, *doti: Json, method: str = "bank_transfer") -> Json:
    body = {
        "method": method,
        "execution_date": TOMORROW,
        "payments": [{"dote_id": dote["id"]} for dote in doti],
    }
    return world.done("/payment-batches", body, "finance")


def authorised(world: World, *doti: Json, method: str = "bank_transfer") -> Json:
    batch = prepared(world, *doti, method=method)
    return world.done(f"/payment-batches/{batch['id']}/authorisation", None, "finance2")


def allowed(batch: Json) -> set[str]:
    return {each["action"] for each in batch["available_actions"] if each["allowed"]}


def test_a_batch_with_a_dote_that_was_paid_in_part_by_hand(paying: World) -> None:
    dote, other = paying.approved(12_000), paying.approved(1_000)
    paying.done(f"/doti/{dote['id']}/disbursements", paying.payment(6_000), "finance")
    batch = prepared(paying, dote, other)
    assert [(each["id"], each["amount_cents"]) for each in batch["payments"]] == [
        (f"{dote['number']}-2", 6_000),
        (f"{other['number']}-1", 1_000),
    ]
    paying.settle()
    again = paying.get(f"/payment-batches/{batch['id']}", "finance2").json()
    assert again["payments"] == batch["payments"]
    paying.done(f"/payment-batches/{batch['id']}/cancellation", {"reason": "x"}, "finance")
    paying.settle()
    due = paying.get("/payments", "finance", params={"limit": 200}).json()["items"]
    assert [row["id"] for row in due if row["dote_id"] == dote["id"]] == [f"{dote['number']}-3"]


def test_the_way_of_a_batch(paying: World) -> None:
    doti = [paying.approved(cents) for cents in (1_000, 2_000)]
    paying.settle()
    due = paying.get("/payments", "finance", params={"limit": 200}).json()["items"]
    mine = [row for row in due if row["dote_id"] in {dote["id"] for dote in doti}]
    assert [(row["id"], row["state"], row["amount_cents"]) for row in mine] == [
        (f"{doti[0]['number']}-1", "due", 1_000),
        (f"{doti[1]['number']}-1", "due", 2_000),
    ]
    assert mine[0]["payee"]["name"] == "Padrone Segreto"
    assert mine[0]["payee"]["iban"] == IBAN

    batch = prepared(paying, *doti)
    assert (batch["state"], batch["total_cents"], batch["payments_count"]) == ("prepared", 3_000, 2)
    assert allowed(batch) == {"cancel"}
    seen = paying.get(f"/payment-batches/{batch['id']}", "finance2")
    assert allowed(seen.json()) == {"authorise", "cancel"}
    assert seen.headers["etag"] == '"1"'
    xml = f"/payment-batches/{batch['id']}/pain.001.xml"
    assert paying.get(xml, "finance").json()["code"] == "wrong_state"

    batch = paying.done(f"/payment-batches/{batch['id']}/authorisation", None, "finance2")
    assert (batch["state"], batch["version"]) == ("authorised", 2)
    assert {row["state"] for row in batch["payments"]} == {"authorised"}
    file = paying.get(xml, "finance")
    assert file.status_code == 200
    assert file.headers["content-type"] == "application/xml"
    assert file.headers["content-disposition"] == f'attachment; filename="{batch["number"]}.xml"'
    assert b"pain.001.001.09" in file.content
    for row in mine:
        assert f"<EndToEndId>{row['id']}</EndToEndId>".encode() in file.content
    old = paying.get(xml, "finance", params={"version": "03"})
    assert b"pain.001.001.03" in old.content
    shown = paying.get(f"/payment-batches/{batch['id']}", "finance").json()
    assert [(made["format"], made["sha256"]) for made in shown["exports"]] == [
        ("pain.001.001.09", sha256(file.content).hexdigest()),
        ("pain.001.001.03", sha256(old.content).hexdigest()),
    ]
    assert paying.get(xml, "finance", params={"version": "08"}).status_code == 422

    paid = {"value_date": TODAY.isoformat(), "reference": "TRN 1"}
    path = f"/payment-batches/{batch['id']}/payments/{mine[0]['id']}/execution"
    answered = paying.done(path, paid, "finance")
    assert [row["state"] for row in answered["payments"]] == ["executed", "authorised"]
    assert paying.get(f"/doti/{doti[0]['id']}").json()["state"] == "disbursed"

    gone = paying.done(
        f"/payment-batches/{batch['id']}/cancellation", {"reason": "rifiutata"}, "finance"
    )
    assert (gone["state"], gone["cancelled_reason"]) == ("cancelled", "rifiutata")
    assert [row["state"] for row in gone["payments"]] == ["executed", "cancelled"]
    paying.settle()
    listed = paying.get("/payment-batches", "auditor", params={"state": "cancelled"}).json()
    assert [row["executed"] for row in listed["items"] if row["id"] == batch["id"]] == [1]
    again = paying.get("/payments", "finance", params={"limit": 200}).json()["items"]
    assert f"{doti[1]['number']}-2" in {row["id"] for row in again}


def test_the_form_of_cbi_is_for_who_has_a_code(
    paying: World, postgres_url: str, tmp_path: Path
) -> None:
    batch = authorised(paying, paying.approved())
    path = f"/payment-batches/{batch['id']}/pain.001.xml"
    refused = paying.get(path, "finance", params={"version": "cbi"}).json()
    assert (refused["code"], "DOTI_PAYER_CUC" in refused["detail"]) == ("wrong_state", True)
    with opened_world(postgres_url, tmp_path / "cbi", **PAYER, payer_cuc="0a1b2c3d") as world:
        world.tokens["finance2"] = world.services.accounts.create_token(
            "finance2", Role.FINANCE, None
        )
        batch = authorised(world, world.approved())
        page = f"/distinte/{batch['id']}"
        headers = {"Authorization": f"Bearer {world.tokens['finance']}"}
        assert "versione=cbi" in world.client.get(page, headers=headers).text
        path = f"/payment-batches/{batch['id']}/pain.001.xml"
        file = world.get(path, "finance", params={"version": "cbi"})
        assert troubles(file.content) == []
        assert b"<Id>0A1B2C3D</Id>" in file.content
        made = world.get(f"/payment-batches/{batch['id']}", "finance").json()["exports"]
        assert [(each["format"], each["sha256"]) for each in made] == [
            ("cbipaymentrequest.00.04.01", sha256(file.content).hexdigest())
        ]


def test_who_prepared_it_does_not_authorise_it(paying: World) -> None:
    batch = prepared(paying, paying.approved())
    path = f"/payment-batches/{batch['id']}/authorisation"
    answer = paying.post(path, None, "finance")
    assert (answer.status_code, answer.json()["code"]) == (403, "segregation_of_duties")
    stale = paying.post(path, None, "finance2", headers={"If-Match": '"7"'})
    assert stale.json()["code"] == "stale_version"
    paying.done(path, None, "coordinator", headers={"If-Match": '"1"'})


def test_money_in_a_batch_is_neither_paid_by_hand_nor_revoked(paying: World) -> None:
    dote = paying.approved()
    batch = prepared(paying, dote)
    for path, body, who in (
        ("disbursements", paying.payment(10_000), "finance"),
        ("revocation", {"reason": "altro aiuto"}, "coordinator"),
    ):
        answer = paying.post(f"/doti/{dote['id']}/{path}", body, who)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
        assert answer.json()["ordered_cents"] == 10_000
    shown = paying.get(f"/doti/{dote['id']}", "finance").json()["available_actions"]
    assert not next(each["allowed"] for each in shown if each["action"] == "disburse")
    again = {"execution_date": TOMORROW, "payments": [{"dote_id": dote["id"]}]}
    assert paying.post("/payment-batches", again, "finance2").json()["code"] == "wrong_state"
    paying.done(f"/payment-batches/{batch['id']}/cancellation", {"reason": "prova"}, "coordinator")
    paying.done(f"/doti/{dote['id']}/revocation", {"reason": "altro aiuto"}, "coordinator")


def test_a_day_years_ahead_is_a_slip_and_no_number_is_used_up(paying: World) -> None:
    dote, other = paying.approved(), paying.approved()
    first = prepared(paying, dote)
    body = {"payments": [{"dote_id": other["id"]}]}
    today = paying.services.engine.today()
    for day in (today - timedelta(days=1), today + timedelta(days=91)):
        answer = paying.post(
            "/payment-batches", body | {"execution_date": day.isoformat()}, "finance"
        )
        assert (answer.status_code, answer.json()["errors"][0]["loc"][-1]) == (
            422,
            "execution_date",
        )
    frozen = body | {"execution_date": TOMORROW}
    frozen["payments"] = [{"dote_id": dote["id"]}]
    assert paying.post("/payment-batches", frozen, "finance").status_code == 409
    last = (today + timedelta(days=90)).isoformat()
    second = paying.done("/payment-batches", body | {"execution_date": last}, "finance")
    assert int(second["number"][-3:]) == int(first["number"][-3:]) + 1


def test_a_batch_that_no_bank_pays_is_a_table(paying: World) -> None:
    dote = paying.assessed()
    formula = {"name": "=HYPERLINK(1)"}
    dote = paying.done(
        f"/doti/{dote['id']}/approval", {"amount_cents": 10_000, "payee": formula}, "approver"
    )
    household = paying.assessed(2_000)
    household = paying.done(
        f"/doti/{household['id']}/approval", {"amount_cents": 2_000}, "approver"
    )
    batch = authorised(paying, dote, household, method="cash_desk")
    path = f"/payment-batches/{batch['id']}"
    assert paying.get(f"{path}/pain.001.xml", "finance").json()["code"] == "wrong_state"
    answer = paying.get(f"{path}.csv", "finance")
    assert answer.status_code == 200, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0]["Account holder"] == "'=HYPERLINK(1)"
    assert rows[1]["Account holder"].startswith("Household ")
    assert [row["Amount"] for row in rows] == ["100.00", "20.00"]
    italian = paying.get(f"{path}.csv", "finance", headers={"Accept-Language": "it"})
    assert "Intestatario" in italian.content.decode("utf-8-sig").splitlines()[0]
    shown = paying.get(path, "finance").json()
    assert [made["format"] for made in shown["exports"]] == ["csv", "csv"]
    assert [row["payee"]["household"] for row in shown["payments"]] == [False, True]


def test_another_iban_is_confirmed_by_a_second_person(paying: World) -> None:
    _, dote = (
        paying.done(
            f"/doti/{paying.assessed()['id']}/approval",
            {"amount_cents": 10_000, "payee": {"name": name, "iban": IBAN}},
            "approver",
        )
        for name in ("Mensa Inventata", "Scuola Inventata")
    )
    paying.settle()
    rows = paying.get("/payments", "finance", params={"limit": 200}).json()["items"]
    row = next(row for row in rows if row["dote_id"] == dote["id"])
    assert row["payee"]["warnings"] == ["iban_of_another"]
    path = f"/payees/{row['payee']['id']}"
    for wrong in ("IT60A0542811101000000123456", "nothing"):
        answer = paying.post(f"{path}/iban", {"iban": wrong}, "finance")
        assert (answer.status_code, answer.json()["code"]) == (422, "validation")
    wrong_bic = paying.post(f"{path}/iban", {"iban": OTHER_IBAN, "bic": "X"}, "finance")
    assert wrong_bic.json()["errors"][0]["msg"] == "This is not a valid BIC."
    changed = paying.done(f"{path}/iban", {"iban": OTHER_IBAN}, "finance")
    assert (changed["frozen"], changed["iban"], changed["waiting_iban"]) == (
        True,
        IBAN,
        OTHER_IBAN,
    )
    refused = {"execution_date": TOMORROW, "payments": [{"dote_id": dote["id"]}]}
    assert paying.post("/payment-batches", refused, "finance").status_code == 409
    assert paying.post(f"{path}/iban/confirmation", None, "finance").status_code == 403
    masked = paying.get(path, "auditor").json()
    assert (masked["iban"], masked["waiting_iban"], masked["name"]) == ("•••", "•••", "•••")
    confirmed = paying.done(f"{path}/iban/confirmation", None, "coordinator")
    assert (confirmed["frozen"], confirmed["iban"]) == (False, OTHER_IBAN)
    assert paying.post(f"{path}/iban/dismissal", None, "finance").status_code == 409
    prepared(paying, dote)


def test_where_no_transfer_goes_is_said_at_the_payee(paying: World) -> None:
    dote = paying.assessed()
    italian = {"Accept-Language": "it"}
    for payee, place, said in (
        (
            {"name": "Ditta Estera", "iban": "TR330006100519786457841326"},
            "iban",
            (
                "TR è fuori dalla SEPA, dove un bonifico non arriva: indica un IBAN dell'area "
                "SEPA, oppure nessuno."
            ),
        ),
        (
            {"name": "😀", "iban": IBAN},
            "name",
            (
                "Questo nome non ha lettere che le banche accettano: scrivilo come lo conosce la "
                "banca."
            ),
        ),
    ):
        body = {"amount_cents": 10_000, "payee": payee}
        answer = paying.post(f"/doti/{dote['id']}/approval", body, "approver", headers=italian)
        (error,) = problem(answer, 422, "validation")["errors"]
        assert (error["loc"], error["msg"]) == (["body", "payee", place], said)
    changed = {"iban": "BR1800360305000010009795493C1", "name": "…"}
    answer = paying.post(f"/payees/{UUID(int=1)}/iban", changed, "finance")
    found = problem(answer, 422, "validation")["errors"]
    assert {tuple(error["loc"]) for error in found} == {("body", "iban"), ("body", "name")}


def test_auditors_see_no_names_and_no_ibans(paying: World) -> None:
    dote = paying.approved()
    batch = prepared(paying, dote)
    paying.settle()
    for path in ("/payments?state=ordered", f"/payment-batches/{batch['id']}"):
        text = paying.get(path, "auditor").text
        assert batch["number"] in text
        assert "Segreto" not in text
        assert IBAN not in text
    assert paying.get("/payments", "operator").status_code == 403


def test_lists_go_on_where_they_stopped(paying: World) -> None:
    for _ in range(3):
        prepared(paying, paying.approved(100))
    paying.settle()
    for path in ("/payments", "/payment-batches"):
        chosen: Json = {"state": "ordered"} if path == "/payments" else {}
        params: Json = {**chosen, "limit": 2}
        seen: list[str] = []
        while True:
            page = paying.get(path, "finance", params=params).json()
            seen += [row["id"] for row in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        whole = paying.get(path, "finance", params={**chosen, "limit": 200})
        assert seen == [row["id"] for row in whole.json()["items"]]
        assert len(seen) > 2


def test_without_the_account_that_pays_there_is_no_file_for_the_bank(world: World) -> None:
    batch = prepared(world, world.approved())
    world.done(f"/payment-batches/{batch['id']}/authorisation", None, "coordinator")
    answer = world.get(f"/payment-batches/{batch['id']}/pain.001.xml", "finance")
    assert answer.status_code == 409
    assert "DOTI_PAYER_IBAN" in answer.json()["detail"]
    shown = world.get(f"/payment-batches/{batch['id']}", "finance").json()
    assert shown["exports"] == []
