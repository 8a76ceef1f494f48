"""Pages of the sign-in over HTTP: which step is next, and what is refused and how."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pyotp
import pytest
from fastapi.testclient import TestClient

from domain.actors import Role
from tests.api.authenticator import Authenticator
from tests.api.entrance import OTHER_PASSWORD, PASSWORD, Entrance, opened_entrance


@pytest.fixture(scope="module")
def entrance(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    """A register with people to sign in to."""
    home = tmp_path_factory.mktemp("home")
    with opened_entrance(postgres_url, home, 1) as opened:
        yield opened


class Visitor:
    """A browser that fills in the forms of pages."""

    def __init__(self, client: TestClient, language: str = "it") -> None:
        self.client = client
        self._language = language
        self.page: httpx.Response | None = None

    def look(self, path: str) -> httpx.Response:
        """A page, after all redirects."""
        self.page = self._call("GET", path)
        return self.page

    def send(self, path: str, **fields: str) -> httpx.Response:
        """A form of the page that was looked at last, with its hidden fields; what comes of it,
        after all redirects."""
        assert self.page is not None
        data = {**hidden(self.page.text), **fields}
        self.page = self._call("POST", path, data=data)
        return self.page

    def _call(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        headers = {"Accept-Language": self._language}
        if method == "POST":
            headers |= {"Origin": str(self.client.base_url), "Sec-Fetch-Site": "same-origin"}
        answer: httpx.Response = self.client.request(
            method, path, headers=headers, follow_redirects=True, **more
        )
        return answer

    def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        """The first step."""
        self.look("/accedi")
        return self.send("/accedi", email=email, password=password, **more)


def hidden(page: str) -> dict[str, str]:
    """The proof of a page's forms, and where one goes on afterwards."""
    found = re.findall(r'<input type="hidden" name="(csrf|next|key)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def heading(answer: httpx.Response) -> str:
    """The first heading."""
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
    assert found, answer.text
    return unescape(re.sub(r"\s*<[^>]*>.*", "", found[1], flags=re.DOTALL)).strip()


def visitor(entrance: Entrance, language: str = "it") -> Visitor:
    """Somebody who was never here."""
    return Visitor(entrance.client(), language)


def with_app(entrance: Entrance, who: Visitor) -> tuple[pyotp.TOTP, list[str]]:
    """Sets an app up by the pages."""
    who.look("/secondo-fattore")
    shown = who.send("/secondo-fattore/app", label="Telefono")
    path = shown.url.path
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', shown.text)
    assert secret
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    codes = who.send(path, code=app.at(entrance.clock()))
    assert heading(codes) == "I tuoi codici di recupero"
    entrance.clock.move(seconds=90)
    return app, re.findall(r"<li>([0-9A-Z-]{19})</li>", codes.text)


# The first step


def test_a_wrong_password_and_nobodys_e_mail_have_the_same_answer(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    answers = []
    for typed in (email, "nessuno@example.org"):
        answer = visitor(entrance).sign_in(typed, "tutt'altra cosa davvero")
        assert answer.status_code == 401
        assert f'value="{typed}"' in answer.text
        assert "tutt" not in re.sub(r"<title>.*?</title>", "", answer.text).split("<main")[1]
        text = re.sub(r'name="csrf" value="[^"]*"', "", answer.text.replace(typed, "E"))
        answers.append(text)
    assert answers[0] == answers[1]
    english = visitor(entrance, "en").sign_in(email, "tutt'altra cosa davvero")
    assert "This e-mail and this password do not go together." in english.text


def test_where_one_wanted_to_go_is_kept_and_never_elsewhere(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    who = visitor(entrance)
    who.look("/profilo/token")
    assert who.page is not None
    assert who.page.url.path == "/accedi"
    wrong = who.send("/accedi", email=email, password="sbagliata")
    assert hidden(wrong.text)["next"] == "/profilo/token"
    assert who.send("/accedi", email=email, password=PASSWORD).url.path == "/profilo/token"
    assert who.look("/accedi?next=/profilo").url.path == "/profilo"
    away = visitor(entrance)
    away.look("/accedi?next=//elsewhere.example/x")
    away.page = away.client.post(
        "/accedi",
        data={**hidden(away.page.text if away.page else ""), "email": email, "password": PASSWORD},
        headers={"Origin": "http://testserver"},
        follow_redirects=False,
    )
    assert away.page.headers["Location"] == "/"


def test_who_tries_too_often_is_told_how_long_to_wait(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    who = visitor(entrance)
    for _ in range(5):
        assert who.sign_in(email, "sbagliata di nuovo").status_code == 401
    waiting = who.sign_in(email)
    assert waiting.status_code == 429
    assert waiting.headers["Retry-After"] == "30"
    assert "riprova tra 30 secondi" in waiting.text
    assert f'value="{email}"' in waiting.text
    for _ in range(4):
        entrance.clock.move(minutes=16)
        who.sign_in(email, "sbagliata di nuovo")
    later = who.sign_in(email)
    assert "minuti" in later.text
    assert "Too many attempts" in visitor(entrance, "en").sign_in(email).text
    entrance.clock.move(minutes=16)
    assert who.sign_in(email).url.path == "/"


def test_a_form_of_nobody_is_refused_and_comes_back(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    who = visitor(entrance)
    fields = {"email": email, "password": PASSWORD}
    for data in (fields, {**fields, "csrf": "x"}):
        answer = who.client.post("/accedi", data=data)
        assert answer.status_code == 403
        assert f'value="{email}"' in answer.text
    who.look("/accedi")
    assert who.page is not None
    right = {**fields, **hidden(who.page.text)}
    foreign = who.client.post("/accedi", data=right, headers={"Origin": "http://e.example"})
    assert foreign.status_code == 403
    assert who.send("/accedi", **fields).url.path == "/"
    out = who.client.post("/esci", data={"csrf": "x"}, headers={"Origin": "http://testserver"})
    assert out.status_code == 403
    who.look("/")
    assert heading(who.send("/esci")) == "Accedi"
    assert who.look("/").url.path == "/accedi"
    assert visitor(entrance).client.post("/esci").url.path == "/accedi"


# The second step


def test_half_way_sessions_are_sent_to_their_step(entrance: Entrance) -> None:
    _, email = entrance.person(Role.FINANCE)
    who = visitor(entrance)
    missing = who.sign_in(email)
    assert heading(missing) == "Una seconda prova della tua identità"
    for path in ("/", "/accedi", "/profilo", "/utenti"):
        assert who.look(path).url.path == "/secondo-fattore"
    app, codes = with_app(entrance, who)
    assert len(codes) == 10
    assert who.look("/secondo-fattore/app/" + str(UUID(int=0))).status_code == 404
    who.look("/")
    who.send("/esci")

    half = who.sign_in(email)
    assert heading(half) == "Sei proprio tu?"
    for path in ("/", "/secondo-fattore", "/profilo"):
        assert heading(who.look(path)) == "Sei proprio tu?"
    wrong = who.send("/accedi/codice", code="123456")
    assert wrong.status_code == 401
    assert who.send("/accedi/codice", code=app.at(entrance.clock())).url.path == "/profilo"
    who.send("/esci")
    who.sign_in(email)
    assert who.send("/accedi/codice", code=codes[0].lower()).url.path == "/"
    again = visitor(entrance)
    again.sign_in(email)
    assert again.send("/accedi/codice", code=codes[0]).status_code == 401


def test_the_second_step_of_nobody_leads_to_the_first(entrance: Entrance) -> None:
    who = visitor(entrance)
    who.look("/accedi")
    assert heading(who.send("/accedi/codice", code="123456")) == "Accedi"
    who.look("/accedi")
    assert heading(who.send("/accedi/passkey", credential="{}")) == "Accedi"
    assert who.look("/secondo-fattore").url.path == "/accedi"


def options_of(page: httpx.Response) -> dict[str, Any]:
    """What the script of a page would give to the browser."""
    found = re.search(r'data-options="([^"]*)"', page.text)
    assert found
    made: dict[str, Any] = json.loads(unescape(found[1]))
    return made


def test_passkeys_by_forms(entrance: Entrance) -> None:
    _, email = entrance.person(Role.ADMIN)
    who, key = visitor(entrance), Authenticator()
    who.sign_in(email)
    page = who.look("/secondo-fattore/passkey?next=/utenti")
    for nonsense in ("", "[]", "{", "{}"):
        page = who.send("/secondo-fattore/passkey", label="Chiave", credential=nonsense)
        assert page.status_code == 422
    made = json.dumps(key.create(options_of(page)))
    codes = who.send("/secondo-fattore/passkey", label="Chiave", credential=made)
    assert heading(codes) == "I tuoi codici di recupero"
    assert 'href="/utenti"' in codes.text
    who.look("/profilo")
    who.send("/esci")
    page = who.sign_in(email)
    stranger = json.dumps(Authenticator().get(options_of(page)))
    page = who.send("/accedi/passkey", credential=stranger)
    assert page.status_code == 401
    assert heading(page) == "Sei proprio tu?"
    signed = json.dumps(key.get(options_of(page)))
    assert who.send("/accedi/passkey", credential=signed).url.path == "/"


# Invitations


def test_a_link_is_used_once_and_says_what_to_do_then(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR, password=None)
    link = f"/invito/{entrance.invitation(account_id)}"
    who = visitor(entrance)
    assert email in who.look(link).text
    for fields, said in (
        ({"password": "corta", "again": "corta"}, "almeno 12 caratteri"),
        ({"password": PASSWORD, "again": OTHER_PASSWORD}, "non coincidono"),
        ({"password": "", "again": ""}, "necessari"),
    ):
        refused = who.send(link, **fields)
        assert refused.status_code == 422
        assert said in unescape(refused.text), refused.text
        assert fields["password"] not in refused.text.split("<main")[1] or not fields["password"]
    done = who.send(link, password=PASSWORD, again=PASSWORD)
    assert done.url.path == "/"
    assert "La password è scelta" in done.text
    used = visitor(entrance).look(link)
    assert (used.status_code, heading(used)) == (409, "Questo link non funziona")
    assert "accedi con quella" in used.text
    over = f"/invito/{entrance.invitation(account_id, seconds=-1)}"
    assert "sette giorni" in visitor(entrance).look(over).text
    unknown = visitor(entrance, "en").look("/invito/nothing")
    assert unknown.status_code == 404
    assert "Only the newest link is good" in unknown.text


# The profile


def test_the_password_is_changed_and_other_sessions_end(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    here, there = visitor(entrance), visitor(entrance)
    here.sign_in(email)
    there.sign_in(email)
    here.look("/profilo")
    for fields, status in (
        ({"current": "sbagliata", "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}, 422),
        ({"current": PASSWORD, "new": "corta", "again": "corta"}, 422),
        ({"current": PASSWORD, "new": OTHER_PASSWORD, "again": PASSWORD}, 422),
    ):
        refused = here.send("/profilo/password", **fields)
        assert refused.status_code == status
        assert 'class="problems"' in refused.text
        assert PASSWORD not in refused.text
    done = here.send(
        "/profilo/password", current=PASSWORD, new=OTHER_PASSWORD, again=OTHER_PASSWORD
    )
    assert "La password è cambiata" in done.text
    assert here.look("/profilo").url.path == "/profilo"
    assert there.look("/profilo").url.path == "/accedi"
    assert visitor(entrance).sign_in(email, OTHER_PASSWORD).url.path == "/"


def test_sessions_are_ended_from_elsewhere(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    here, there, third = (visitor(entrance) for _ in range(3))
    for each in (here, there, third):
        each.sign_in(email, shared_computer="yes" if each is there else "")
    page = here.look("/profilo")
    assert "computer condiviso" in page.text
    (one, _) = re.findall(r'action="(/profilo/sessioni/[0-9a-f-]+/fine)"', page.text)
    for _ in range(2):  # who is quicker does no harm
        assert "La sessione è terminata" in here.send(one).text
    here.send("/profilo/altre-sessioni/fine")
    assert there.look("/profilo").url.path == "/accedi"
    assert third.look("/profilo").url.path == "/accedi"
    assert here.look("/profilo").url.path == "/profilo"


def test_factors_and_codes_are_changed_with_the_password(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    who = visitor(entrance)
    who.sign_in(email)
    with_app(entrance, who)
    page = who.look("/profilo")
    assert "Restano 10 codici di recupero" in page.text
    (remove,) = re.findall(r'action="(/profilo/fattori/[0-9a-f-]+/rimuovi)"', page.text)
    assert "Questa non è la tua password" in who.send("/profilo/codici", password="x").text
    fresh = who.send("/profilo/codici", password=PASSWORD)
    assert len(re.findall(r"<li>[0-9A-Z-]{19}</li>", fresh.text)) == 10
    who.look("/profilo")
    assert "Questa non è la tua password" in who.send(remove, password="x").text
    assert "è stata tolta" in who.send(remove, password=PASSWORD).text
    assert who.send("/profilo/codici", password=PASSWORD).status_code == 409


def test_a_needed_factor_stays(entrance: Entrance) -> None:
    _, email = entrance.person(Role.FINANCE)
    who = visitor(entrance)
    who.sign_in(email)
    with_app(entrance, who)
    page = who.look("/profilo")
    assert "Il tuo ruolo ne richiede una" in page.text
    assert "/rimuovi" not in page.text


def test_a_token_does_nothing_in_person(entrance: Entrance) -> None:
    token = entrance.services.accounts.create_token("Programma Inventato", Role.AUDITOR)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "it"}
    client = entrance.client()
    assert client.get("/profilo", headers=headers).status_code == 403
    assert client.get("/profilo/token", headers=headers).status_code == 200
