"""A payee's page over HTTP: what is masked, who may do what, and what is written down."""

import re
from typing import Any

import pytest

from domain.actors import Role
from tests.api.test_payments import OTHER_IBAN
from tests.api.world import IBAN, Json, World

WRONG_DIGITS = "IT61X0542811101000000123456"
WRONG_CIN = "IT65A0542811101000000123456"
SPELT = "IT60 X054 2811 1010 0000 0123 456"
MASKED = "IT60 ••• 3456"


@pytest.fixture
def payee(world: World) -> str:
    """The page of somebody who is paid at the IBAN of all tests."""
    world.tokens.setdefault(
        "finance2", world.services.accounts.create_token("finance2", Role.FINANCE, None)
    )
    dote = world.approved()
    world.settle()
    rows = world.get("/payments", "finance", params={"limit": 200}).json()["items"]
    row = next(row for row in rows if row["dote_id"] == dote["id"])
    assert f'href="/percettori/{row["payee"]["id"]}"' in got(world, "/da-pagare")
    assert f'href="/percettori/{row["payee"]["id"]}"' in got(world, f"/doti/{dote['id']}")
    assert "/percettori/" not in got(world, f"/doti/{dote['id']}", "operator")
    return f"/percettori/{row['payee']['id']}"


def headers(world: World, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[who]}", "Accept-Language": "it"}


def got(world: World, path: str, who: str = "finance", status: int = 200) -> str:
    answer = world.client.get(path, headers=headers(world, who))
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text


def sent(world: World, path: str, form: Json, who: str = "finance", status: int = 303) -> str:
    """What the form leads to; filled in with what its page hides in it."""
    page = world.client.get(path.rpartition("/")[0], headers=headers(world, who))
    hidden = dict(re.findall(r'name="(csrf|version|key)" value="([^"]*)"', page.text))
    answer = world.client.post(
        path, data=hidden | form, headers=headers(world, who), follow_redirects=False
    )
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text


def accesses(world: World, what: str) -> list[Any]:
    found: list[Any] = world.get("/audit/accesses", "auditor", params={"what": what}).json()[
        "items"
    ]
    return found


def test_an_iban_is_masked_until_somebody_asks_and_that_is_written_down(
    world: World, payee: str
) -> None:
    before = len(accesses(world, "payee_read"))
    shown = got(world, payee)
    assert MASKED in shown
    assert IBAN not in shown.replace(" ", "")
    assert SPELT in sent(world, f"{payee}/mostra", {}, status=200)
    after = accesses(world, "payee_read")
    assert len(after) == before + 1
    assert after[0]["details"]["payee"] == payee.rpartition("/")[2]
    assert MASKED in got(world, payee)


def test_who_does_not_read_payees_sees_nothing_of_them(world: World, payee: str) -> None:
    shown = got(world, payee, "auditor")
    assert "Padrone Segreto" not in shown
    assert "3456" not in shown
    assert "Mostra l'IBAN intero" not in shown
    sent(world, f"{payee}/mostra", {}, "auditor", status=403)
    for who in ("operator", "approver", "assessor"):
        got(world, payee, who, status=403)
    got(world, "/percettori/7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11", status=404)


@pytest.mark.parametrize(
    ("form", "field", "why"),
    [
        ({"iban": ""}, "iban", "necessario"),
        ({"iban": "non è"}, "iban", "Questo non è un IBAN valido"),
        ({"iban": WRONG_DIGITS}, "iban", "Questo non è un IBAN valido"),
        ({"iban": WRONG_CIN}, "iban", "La lettera di controllo (CIN"),
        ({"iban": OTHER_IBAN, "bic": "BANCA"}, "bic", "Questo BIC non è valido"),
        ({"iban": IBAN}, "", "Questo IBAN è già noto"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    world: World, payee: str, form: Json, field: str, why: str
) -> None:
    status = 422 if field else 409
    told = sent(world, f"{payee}/iban", form, status=status)
    place = f'id="iban-{field}-wrong">' if field else 'role="alert"'
    assert why in told[told.index(place) :][:600]
    assert "Un altro IBAN aspetta conferma" not in got(world, payee)
    if form["iban"]:
        assert f'value="{form["iban"]}"' in told


def test_another_iban_freezes_until_a_second_person_confirms_what_they_saw(
    world: World, payee: str
) -> None:
    sent(world, f"{payee}/iban", {"iban": OTHER_IBAN, "name": "Padrone Segreto e Figli"})
    own = got(world, payee)
    assert "Un altro IBAN aspetta conferma" in own
    assert "DE89 ••• 3000" in own
    assert "Chi ha cambiato un IBAN non può confermarlo" in own
    assert "Conferma il nuovo IBAN" not in own
    assert "Padrone Segreto e Figli" in own
    second = got(world, payee, "finance2")
    seen = dict(re.findall(r'name="(csrf|version|key)" value="([^"]*)"', second))
    sent(world, f"{payee}/iban", {"iban": "GB29NWBK60161331926819"})
    late = world.client.post(f"{payee}/conferma", data=seen, headers=headers(world, "finance2"))
    assert late.status_code == 412
    assert "GB29 ••• 6819" in late.text
    sent(world, f"{payee}/conferma", {}, "finance", status=403)
    sent(world, f"{payee}/conferma", {}, "coordinator")
    now = got(world, payee)
    assert "Un altro IBAN aspetta conferma" not in now
    assert "GB29 ••• 6819" in now
    late_again = sent(world, f"{payee}/conferma", {"version": "9"}, "finance2", status=412)
    assert re.search(r"Il nuovo IBAN è già confermato: coordinator, \d\d/\d\d/\d{4}", late_again)


def test_what_was_wrong_is_thrown_away(world: World, payee: str) -> None:
    sent(world, f"{payee}/iban", {"iban": "FR1420041010050500013M02606"})
    sent(world, f"{payee}/scarto", {}, "finance")
    now = got(world, payee)
    assert "Un altro IBAN aspetta conferma" not in now
    assert "FR14" not in now


def test_who_else_has_the_same_iban_is_told_before_it_is_confirmed(
    world: World, payee: str
) -> None:
    other = {"name": "Altra Inventata", "iban": "NL91ABNA0417164300"}
    dote = world.assessed(2_000)
    body = {"amount_cents": 2_000, "payee": other}
    world.done(f"/doti/{dote['id']}/approval", body, "approver")
    sent(world, f"{payee}/iban", {"iban": other["iban"]})
    waits = got(world, payee, "coordinator")
    assert "Un altro percettore ha lo stesso IBAN" in waits
    assert "Altra Inventata" in waits
    shown = world.get(f"/payees/{payee.rpartition('/')[2]}", "auditor").json()
    assert [each["name"] for each in shown["waiting_same_iban"]] == ["•••"]
    assert [each["allowed"] for each in shown["available_actions"]] == [False] * 3
    sent(world, f"{payee}/scarto", {}, "coordinator")
