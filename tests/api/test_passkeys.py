"""Passkeys: set up, used for the second step, and refused."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.security.passkeys import Place, place_of
from domain.actors import Role
from tests.api.authenticator import Authenticator, Json, decoded, encoded
from tests.api.entrance import PASSWORD, Browser, Entrance

WRONG = "This passkey could not be checked: try again, or use something else."


def refused(answer: httpx.Response, status: int, code: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    return str(answer.json()["detail"])


def creation(browser: Browser) -> Json:
    options: Json = browser.done("/factors/passkey/options")["public_key"]
    return options


def added(browser: Browser, passkey: Authenticator, label: str = "Chiavetta") -> Json:
    body = {"label": label, "credential": passkey.create(creation(browser))}
    return browser.done("/factors/passkey", body)


def request(browser: Browser) -> Json:
    options: Json = browser.done("/session/passkey/options")["public_key"]
    return options


def signed(browser: Browser, credential: object) -> httpx.Response:
    return browser.post("/session/passkey", {"credential": credential})


def half(entrance: Entrance, email: str) -> Browser:
    """A browser after the first step."""
    browser = entrance.browser()
    assert browser.sign_in(email).json()["state"] == "second_factor"
    return browser


def somebody(
    entrance: Entrance, passkey: Authenticator | None = None
) -> tuple[UUID, str, Authenticator]:
    """A person with a passkey."""
    account_id, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    passkey = passkey or Authenticator()
    added(browser, passkey)
    return account_id, email, passkey


def failures(entrance: Entrance, account_id: UUID) -> list[str]:
    log = entrance.log(account_id)
    assert all(details["step"] == "passkey" for what, details in log if what == "sign_in_failed")
    return [details["why"] for what, details in log if what == "sign_in_failed"]


def test_set_up_and_used(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    options = creation(browser)
    assert options["rp"] == {"name": "doti", "id": "testserver"}
    assert options["user"]["name"] == email
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    assert options["excludeCredentials"] == []
    passkey = Authenticator()
    body = {"label": "Chiavetta", "credential": passkey.create(options)}
    done = browser.done("/factors/passkey", body)
    assert passkey.account_id == account_id
    assert len(done["recovery_codes"]) == 10
    assert [(item["kind"], item["label"]) for item in done["factors"]["items"]] == [
        ("passkey", "Chiavetta")
    ]
    assert creation(browser)["excludeCredentials"] == [
        {"type": "public-key", "id": encoded(passkey.id), "transports": ["internal", "hybrid"]}
    ]

    browser = entrance.browser(1)
    shown = browser.sign_in(email).json()
    assert (shown["state"], shown["factors"]) == ("second_factor", ["passkey", "recovery_code"])
    before = browser.cookie
    options = request(browser)
    assert (options["rpId"], options["userVerification"]) == ("testserver", "preferred")
    assert [each["id"] for each in options["allowCredentials"]] == [encoded(passkey.id)]
    assert signed(browser, passkey.get(options)).json()["state"] == "signed_in"
    assert browser.cookie != before
    assert browser.get("/doti").status_code == 200
    assert browser.get("/factors").json()["items"][0]["last_used_at"] is not None
    assert entrance.log(account_id) == [
        ("signed_in", {"by": "password"}),
        ("factor_added", {"kind": "passkey"}),
        ("signed_in", {"by": "password", "factor": "passkey"}),
    ]


def test_without_a_counter(entrance: Entrance) -> None:
    _, email, passkey = somebody(entrance, Authenticator(counts=False))
    for _ in range(2):
        browser = half(entrance, email)
        assert signed(browser, passkey.get(request(browser))).status_code == 200
    assert passkey.count == 0


def test_who_needs_a_factor_is_signed_in_by_their_first_passkey(entrance: Entrance) -> None:
    _, email = entrance.person(Role.ADMIN)
    browser = entrance.browser()
    assert browser.sign_in(email).json()["state"] == "factor_missing"
    done = added(browser, Authenticator())
    assert (done["session"]["state"], len(done["recovery_codes"])) == ("signed_in", 10)


def test_beside_an_app(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    app, codes = entrance.with_totp(browser)
    first, second = Authenticator(), Authenticator()
    assert added(browser, first)["recovery_codes"] is None
    added(browser, second, "Telefono nuovo")
    for prove in (first, second):
        again = half(entrance, email)
        assert signed(again, prove.get(request(again))).status_code == 200
    again = half(entrance, email)
    again.done("/session/second-factor", {"code": app.at(entrance.clock())})
    again = half(entrance, email)
    again.done("/session/second-factor", {"code": codes[0]})
    items = {item["label"]: item["id"] for item in again.get("/factors").json()["items"]}
    left = again.done(f"/factors/{items['Chiavetta']}/removal", {"password": PASSWORD})
    assert [item["label"] for item in left["items"]] == ["Telefono", "Telefono nuovo"]
    again = half(entrance, email)
    assert refused(signed(again, first.get(request(again))), 401, "unauthenticated") == WRONG
    assert ("factor_removed", {"kind": "passkey"}) in entrance.log(account_id)


# Not set up


@pytest.mark.parametrize(
    "passkey",
    [Authenticator(origin="http://testserver.example"), Authenticator(rp_id="example.org")],
    ids=["another origin", "another address"],
)
def test_made_for_another_place(entrance: Entrance, passkey: Authenticator) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    body = {"label": "Chiavetta", "credential": passkey.create(creation(browser))}
    refused(browser.post("/factors/passkey", body), 422, "validation")
    assert browser.get("/factors").json()["items"] == []


def test_a_challenge_is_good_once_and_not_for_long(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    body = {"credential": Authenticator().create(creation(browser))}
    browser.done("/factors/passkey", body)
    options = creation(browser)
    entrance.clock.move(minutes=6)
    late = {"credential": Authenticator().create(options)}
    refused(browser.post("/factors/passkey", late), 422, "validation")
    refused(browser.post("/factors/passkey", body), 422, "validation")
    first = creation(browser)
    creation(browser)
    old = {"credential": Authenticator().create(first)}
    refused(browser.post("/factors/passkey", old), 422, "validation")


def test_one_passkey_is_of_one_account(entrance: Entrance) -> None:
    _, _, passkey = somebody(entrance)
    _, other = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(other)
    body = {"credential": passkey.create(creation(browser))}
    refused(browser.post("/factors/passkey", body), 409, "duplicate")
    assert browser.get("/factors").json()["items"] == []


def test_nobody_has_more_than_ten(entrance: Entrance) -> None:
    browser = entrance.browser()
    account_id, email = entrance.person(Role.OPERATOR)
    browser.sign_in(email)
    for _ in range(9):
        added(browser, Authenticator())
    options = creation(browser)
    entrance.run(
        "INSERT INTO factors (id, account_id, kind, label, sealed, confirmed_at, created_at)"
        " VALUES (gen_random_uuid(), %s, 'totp', 'App', '', now(), now())",
        account_id,
    )
    body = {"credential": Authenticator().create(options)}
    refused(browser.post("/factors/passkey", body), 409, "wrong_state")
    refused(browser.post("/factors/passkey/options"), 409, "wrong_state")


def test_who_has_only_a_password_adds_none(entrance: Entrance) -> None:
    _, email, _ = somebody(entrance)
    browser = half(entrance, email)
    refused(browser.post("/factors/passkey/options"), 401, "unauthenticated")
    refused(browser.post("/factors/passkey", {"credential": {}}), 401, "unauthenticated")
    refused(entrance.browser().post("/factors/passkey/options"), 401, "unauthenticated")


# Not let in


def test_signed_for_another_origin_or_address(entrance: Entrance) -> None:
    account_id, email, passkey = somebody(entrance)
    browser = half(entrance, email)
    passkey.origin = "https://testserver"
    refused(signed(browser, passkey.get(request(browser))), 401, "unauthenticated")
    passkey.origin, passkey.rp_id = "http://testserver", "evil.example"
    refused(signed(browser, passkey.get(request(browser))), 401, "unauthenticated")
    passkey.rp_id = None
    assert signed(browser, passkey.get(request(browser))).status_code == 200
    assert failures(entrance, account_id) == ["signature", "signature"]


def test_a_signed_challenge_is_good_once(entrance: Entrance) -> None:
    account_id, email, passkey = somebody(entrance)
    browser = half(entrance, email)
    credential = passkey.get(request(browser))
    assert signed(browser, credential).status_code == 200
    refused(signed(browser, credential), 401, "unauthenticated")
    other = half(entrance, email)
    refused(signed(other, credential), 401, "unauthenticated")
    request(other)
    refused(signed(other, credential), 401, "unauthenticated")
    options = request(other)
    entrance.clock.move(minutes=6)
    refused(signed(other, passkey.get(options)), 401, "unauthenticated")
    assert failures(entrance, account_id) == ["challenge", "signature", "challenge"]


def test_a_challenge_is_of_one_session(entrance: Entrance) -> None:
    _, email, passkey = somebody(entrance)
    here, there = half(entrance, email), half(entrance, email)
    credential = passkey.get(request(here))
    request(there)
    refused(signed(there, credential), 401, "unauthenticated")
    assert signed(here, credential).status_code == 200


def test_the_passkey_of_somebody_else(entrance: Entrance) -> None:
    account_id, email, own = somebody(entrance)
    _, _, others = somebody(entrance)
    browser = half(entrance, email)
    refused(signed(browser, others.get(request(browser))), 401, "unauthenticated")
    others.id = own.id  # it says to be the one that is asked for, but has another key
    refused(signed(browser, others.get(request(browser))), 401, "unauthenticated")
    own.user_handle = others.user_handle
    refused(signed(browser, own.get(request(browser))), 401, "unauthenticated")
    assert failures(entrance, account_id) == ["signature"] * 3


def test_a_signature_that_was_changed(entrance: Entrance) -> None:
    _, email, passkey = somebody(entrance)
    browser = half(entrance, email)
    for part in ("signature", "authenticatorData"):
        credential = passkey.get(request(browser))
        content = bytearray(decoded(credential["response"][part]))
        content[-1] ^= 1
        credential["response"][part] = encoded(bytes(content))
        refused(signed(browser, credential), 401, "unauthenticated")


def test_a_counter_that_goes_back_is_refused_and_written_down(entrance: Entrance) -> None:
    account_id, email, passkey = somebody(entrance)
    browser = half(entrance, email)
    passkey.count = 7
    assert signed(browser, passkey.get(request(browser))).status_code == 200
    copy = half(entrance, email)
    for count in (6, 7, 2):  # it counts one more: 7 again, 8, 3
        passkey.count = count
        answer = signed(copy, passkey.get(request(copy)))
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert failures(entrance, account_id) == ["sign_count"] * 3
    passkey.count = 8
    assert signed(copy, passkey.get(request(copy))).status_code == 200


def test_two_at_once_with_the_same_counter(entrance: Entrance) -> None:
    _, email, passkey = somebody(entrance)
    browsers = [half(entrance, email), half(entrance, email)]
    credentials = []
    for browser in browsers:
        passkey.count = 3
        credentials.append(passkey.get(request(browser)))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(signed, browsers, credentials))
    assert sorted(answer.status_code for answer in answers) == [200, 401]


def test_who_tries_too_often_has_to_wait(entrance: Entrance) -> None:
    account_id, email, passkey = somebody(entrance)
    browser = half(entrance, email)
    for _ in range(5):
        refused(signed(browser, {}), 401, "unauthenticated")
    credential = passkey.get(request(browser))
    refused(signed(browser, credential), 429, "rate_limited")
    code = browser.post("/session/second-factor", {"code": "000000"})
    refused(code, 429, "rate_limited")
    assert [what for what, _ in entrance.log(account_id)][-1] == "locked_out"
    entrance.clock.move(seconds=31)
    assert signed(browser, credential).status_code == 200


def test_only_after_the_password(entrance: Entrance) -> None:
    _, email, passkey = somebody(entrance)
    stranger = entrance.browser().open()
    refused(stranger.post("/session/passkey/options"), 401, "unauthenticated")
    refused(signed(stranger, passkey.get({"rpId": "x", "challenge": "x"})), 401, "unauthenticated")
    browser = half(entrance, email)
    assert signed(browser, passkey.get(request(browser))).status_code == 200
    refused(browser.post("/session/passkey/options"), 401, "unauthenticated")
    browser.csrf = None
    refused(browser.post("/factors/passkey/options"), 403, "forbidden")


ODD: list[Any] = [
    *({}, {"id": None}, {"id": "é", "rawId": "é", "type": "public-key", "response": {}}),
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA"}},
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_credentials_are_wrong_ones(entrance: Entrance, odd: Json) -> None:
    _, email, passkey = somebody(entrance)
    browser = half(entrance, email)
    request(browser)
    refused(signed(browser, odd), 401, "unauthenticated")
    for name, value in (("userHandle", "é"), ("signature", "****"), ("clientDataJSON", "W10")):
        credential = passkey.get(request(browser))
        credential["response"][name] = value
        refused(signed(browser, credential), 401, "unauthenticated")
    assert signed(browser, passkey.get(request(browser))).status_code == 200
    creation(browser)
    refused(browser.post("/factors/passkey", {"credential": odd}), 422, "validation")


def test_they_are_good_where_people_reach_the_register() -> None:
    scope = {"type": "http", "scheme": "http", "headers": [(b"host", b"localhost:8000")]}
    assert place_of(scope, None) == Place("localhost", "http://localhost:8000")
    told = "https://doti.example.org:8443"
    assert place_of(scope, told) == Place("doti.example.org", told)


def test_nowhere_without_an_address(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    answer = browser.call("POST", "/factors/passkey/options", {}, Host="[", Origin="http://[")
    refused(answer, 403, "forbidden")
