"""Pages about accounts over HTTP: who sees them, what an admin does, and what comes back."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from fastapi.testclient import TestClient

from domain.actors import Role
from tests.api.entrance import PASSWORD, Entrance, opened_entrance
from tests.api.world import World
from tests.browser.entrance import invited
from tests.pages.looking import look
from tests.pages.test_entry import Visitor, heading, visitor, with_app


@pytest.fixture(scope="module")
def entrance(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    """A register with people to sign in to, where nobody needs a second factor."""
    home = tmp_path_factory.mktemp("people")
    with opened_entrance(postgres_url, home, 1, second_factor="optional") as opened:
        yield opened


def admin(world: World, path: str, **fields: str) -> httpx.Response:
    """A form, sent by the admin."""
    return look(world, path, "admin", method="POST", data={"key": uuid4().hex, **fields})


def opened(world: World, **more: str) -> tuple[str, httpx.Response]:
    """Somebody new: the address of their page, and the page with their link."""
    mark = uuid4().hex[:8]
    fields = {
        "name": f"Nuova {mark}",
        "email": f"nuova.{mark}@example.org",
        "role": "assessor",
        **more,
    }
    page = admin(world, "/utenti", **fields)
    found = re.search(r'action="(/utenti/[0-9a-f-]{36})/', page.text)
    assert page.status_code == 200, page.text
    assert found
    return found[1], page


def test_who_sees_people_and_what_they_see(world: World) -> None:
    path, _ = opened(world)
    for who in ("admin", "coordinator", "auditor"):
        assert look(world, "/utenti", who).status_code == 200
        assert look(world, path, who).status_code == 200
        assert ("@example.org" in look(world, "/utenti", who).text) == (who == "admin")
        assert ("<form" in look(world, path, who).text.split("<main")[1]) == (who == "admin")
    assert look(world, "/utenti", "operator").status_code == 403
    assert 'href="/utenti"' not in look(world, "/", "operator").text
    assert look(world, "/utenti/nuovo", "coordinator").status_code == 403
    assert look(world, f"/utenti/{uuid4()}", "admin").status_code == 404
    closing = look(world, f"{path}/chiudi", "coordinator", method="POST", data={"reason": "x"})
    assert closing.status_code == 403


def test_a_link_is_shown_once(world: World) -> None:
    fields = {
        "name": "Una Sola Volta",
        "email": "una.sola@example.org",
        "role": "operator",
        "partner": "ROCCA",
        "works_for": "ROCCA",
        "key": "the-same-key",
    }
    shown = [admin(world, "/utenti", **fields).text for _ in range(2)]
    assert re.search(r'value="http://testserver/invito/[\w-]{43}"', shown[0])
    assert "/invito/" not in re.sub(r'action="[^"]*"', "", shown[1])
    assert "si vede una volta sola" in shown[1]
    again = admin(world, "/utenti", **{**fields, "key": "other", "email": "altra@example.org"})
    assert again.status_code == 409
    assert 'value="altra@example.org"' in again.text
    path = re.search(r'action="(/utenti/[0-9a-f-]{36})/', shown[0])
    assert path
    fresh = admin(world, f"{path[1]}/invito")
    assert re.search(r'value="http://testserver/invito/[\w-]{43}"', fresh.text)


def test_what_cannot_be_comes_back_as_it_was_typed(world: World) -> None:
    page = admin(world, "/utenti", name="Senza <b>", email="non-un-indirizzo", role="operator")
    assert page.status_code == 422
    assert 'value="Senza &lt;b&gt;"' in page.text
    assert 'href="#nuovo-email"' in page.text
    without = admin(world, "/utenti", name="Senza", email="senza@example.org", role="operator")
    assert 'href="#nuovo-partner"' in without.text
    path, _ = opened(world)
    granting = admin(world, f"{path}/ruoli", role="finance", since="2026-12-31")
    assert granting.status_code == 422
    assert 'value="2026-12-31"' in granting.text
    assert 'href="#ruoli-since"' in granting.text


def test_roles_are_granted_and_revoked(world: World) -> None:
    path, _ = opened(world)
    fields = {"role": "approver", "partner": "SSALV", "since": "", "until": "31/12/2099"}
    granted = admin(world, f"{path}/ruoli", **fields)
    assert granted.status_code == 303
    page = look(world, path, "admin")
    assert "SSALV" in page.text
    assert "fino al 31/12/2099" in page.text
    assert admin(world, f"{path}/ruoli", **fields).status_code == 409
    revoking = re.findall(rf'action="({path}/ruoli/[0-9a-f-]+/revoca)"', page.text)
    assert len(revoking) == 2
    assert admin(world, revoking[0]).status_code == 303
    assert admin(world, revoking[0]).status_code == 409


def test_accounts_are_closed_and_opened_again(world: World) -> None:
    path, _ = opened(world)
    assert admin(world, f"{path}/chiudi", reason="").status_code == 422
    assert admin(world, f"{path}/chiudi", reason="Ha cambiato lavoro").status_code == 303
    assert "È chiuso" in look(world, path, "admin").text
    assert admin(world, f"{path}/invito").status_code == 409
    assert admin(world, f"{path}/riapri").status_code == 303
    assert admin(world, f"{path}/partner", partner="SSALV").status_code == 303
    assert admin(world, f"{path}/email", email="altro.indirizzo@example.org").status_code == 303
    page = look(world, path, "admin")
    assert "altro.indirizzo@example.org" in page.text
    assert "/chiudi" in page.text


def test_nobody_changes_themselves(world: World) -> None:
    admin_id = world.services.accounts.account_id("admin")
    page = look(world, f"/utenti/{admin_id}", "admin")
    assert "Sei tu." in page.text
    assert "/revoca" not in page.text
    assert admin(world, f"/utenti/{admin_id}/ruoli", role="finance").status_code == 403


# Lost second factors


def test_lost_factors_are_taken_away_by_an_admin_in_person(entrance: Entrance) -> None:
    lost_id, email = entrance.person(Role.AUDITOR)
    admin_id, admin_email = entrance.person(Role.ADMIN)
    lost, chief = visitor(entrance), visitor(entrance)
    lost.sign_in(email)
    with_app(entrance, lost)
    chief.sign_in(admin_email)
    path = f"/utenti/{lost_id}"
    assert f"{path}/fattori" in chief.look(path).text
    forgetting = {"why": "stolen", "sure": "yes", "password": PASSWORD}
    for wrong in ({"why": ""}, {"why": "detto da me"}, {"sure": ""}, {"password": "x"}):
        assert chief.send(f"{path}/fattori", **{**forgetting, **wrong}).status_code == 422
    done = chief.send(f"{path}/fattori", **forgetting)
    assert "azzerate" in done.text
    assert lost.look("/profilo").url.path == "/accedi"
    assert lost.sign_in(email).url.path == "/"
    noted = [details for what, details in entrance.log(lost_id) if what == "factor_removed"]
    assert noted == [{"by": "admin", "admin": str(admin_id), "why": "stolen", "all": 1}]
    own = chief.send(f"/utenti/{admin_id}/fattori", **forgetting)
    assert own.status_code == 403


def test_a_token_takes_no_factors_away(world: World) -> None:
    path, _ = opened(world)
    fields = {"why": "lost", "sure": "yes", "password": PASSWORD}
    assert admin(world, f"{path}/fattori", **fields).status_code == 403


# One's own tokens, delegations and conflicts


def test_a_token_is_made_and_revoked(world: World) -> None:
    somebody = invited(world, Role.AUDITOR)
    who = Visitor(TestClient(world.client.app))
    who.look(somebody.link)
    who.send(somebody.link, password=PASSWORD, again=PASSWORD)
    who.look("/profilo/token")
    wrong = who.send("/profilo/token", label="Foglio", grant="auditor:", until="domani")
    assert wrong.status_code == 422
    assert 'value="domani"' in wrong.text
    not_held = who.send("/profilo/token", label="Foglio", grant="admin:")
    assert not_held.status_code in (403, 422)
    made = who.send("/profilo/token", label="Foglio", grant="auditor:", read_only="yes")
    token = re.search(r'value="(doti_[\w-]{43})"', made.text)
    assert token
    actor = world.services.accounts.actor_for(token[1])
    assert actor is not None
    assert actor.read_only
    (revoking,) = re.findall(r'action="(/profilo/token/[0-9a-f-]+/revoca)"', made.text)
    for _ in range(2):
        assert "non vale più" in who.send(revoking).text
    assert world.services.accounts.actor_for(token[1]) is None
    assert heading(who.look("/profilo/token")) == "Il tuo profilo"


def send(world: World, path: str, who: str, **fields: str) -> httpx.Response:
    """A form of somebody's profile."""
    return look(world, path, who, method="POST", data={"key": uuid4().hex, **fields})


def test_a_delegation_is_given_and_ended(world: World) -> None:
    to = str(world.services.accounts.account_id("approver2"))
    fields = {
        "to": to,
        "grant": "approver:",
        "since": "01/01/2026",
        "until": "31/12/2026",
        "max_cents": "1.5",
        "reason": "Ferie di <agosto>",
    }
    wrong = send(world, "/profilo/deleghe", "approver", **fields)
    assert wrong.status_code == 422
    assert 'value="1.5"' in wrong.text
    assert "Ferie di &lt;agosto&gt;" in wrong.text
    nobody = send(world, "/profilo/deleghe", "auditor", **fields)
    assert nobody.status_code == 403
    today = world.services.engine.today()
    days = {"since": f"{today:%d/%m/%Y}", "until": f"{today:%d/%m/%Y}"}
    given = send(world, "/profilo/deleghe", "approver", **{**fields, **days, "max_cents": "150"})
    assert given.status_code == 303, given.text
    seen = look(world, "/profilo/deleghe", "approver2")
    assert "fino a 150,00" in seen.text
    (ending,) = re.findall(r'action="(/profilo/deleghe/[0-9a-f-]+/fine)"', seen.text)
    assert look(world, "/profilo/deleghe", "operator").text.count("/fine") == 0
    for _ in range(2):
        assert send(world, ending, "approver2").status_code == 303
    assert "delega conclusa" in look(world, "/profilo/deleghe", "approver").text


def test_a_conflict_is_declared_by_number_or_payee(world: World) -> None:
    household = world.household()
    world.settle()
    number = world.get(f"/households/{household}").json()["number"]
    path, why = "/profilo/conflitti", {"reason": "È mia cugina"}
    for wrong in (
        {"near": ""},
        {"near": "household"},
        {"near": "household", "number": "N-9999"},
        {"near": "payee"},
        {"near": "payee", "name": "Tizio", "iban": "IT00"},
    ):
        refused = send(world, path, "operator", **why, **wrong)
        assert refused.status_code == 422
        assert "È mia cugina" in refused.text
    other = send(world, path, "operator_ssalv", **why, near="household", number=number)
    assert "fra quelli che puoi vedere" in other.text
    done = send(world, path, "operator", **why, near="household", number=f" {number.lower()} ")
    assert done.status_code == 303
    assert send(world, path, "operator", **why, near="payee", name="Tizio").status_code == 303
    seen = look(world, "/profilo/deleghe", "operator").text
    assert f"Nucleo {number}" in seen
    assert "Tizio" in seen
    assert look(world, "/profilo/deleghe", "admin").status_code == 403
