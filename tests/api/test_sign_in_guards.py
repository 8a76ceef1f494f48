"""What keeps others out: fixation, rotation, forged requests, guessing, replay, and time."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from structlog.testing import capture_logs

from api.security import attempts, csrf, passwords
from domain.actors import Role
from tests.api.entrance import OTHER_PASSWORD, PASSWORD, Browser, Entrance, opened_entrance


@pytest.fixture(scope="module")
def entrance(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    """A register with people, served by two applications."""
    with opened_entrance(postgres_url, tmp_path_factory.mktemp("home")) as opened:
        yield opened


def signed_in(entrance: Entrance, *, shared_computer: bool = False) -> tuple[Browser, str]:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    assert browser.sign_in(email, shared_computer=shared_computer).json()["state"] == "signed_in"
    return browser, email


def is_in(browser: Browser) -> bool:
    return browser.get("/doti").status_code == 200


# Sessions


def test_a_token_that_the_client_brought_never_becomes_a_session(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    chosen = "A" * 43
    victim, attacker = entrance.browser(), entrance.browser()
    for browser in (victim, attacker):
        browser.bring(chosen)
    assert victim.sign_in(email).status_code == 200
    assert victim.cookie not in (None, chosen)
    assert is_in(victim)
    assert not is_in(attacker)


def test_each_step_has_another_token_and_the_old_one_is_dead(entrance: Entrance) -> None:
    _, email = entrance.person(Role.COORDINATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    app, _ = entrance.with_totp(browser)
    whole = browser.cookie

    browser = entrance.browser()
    browser.sign_in(email)
    half, half_csrf = browser.cookie, browser.csrf
    browser.done("/session/second-factor", {"code": app.at(entrance.clock())})
    assert len({whole, half, browser.cookie}) == 3
    assert len({half_csrf, browser.csrf}) == 2
    assert is_in(browser)
    stale = entrance.browser()
    assert half is not None
    stale.bring(half)
    assert stale.get("/session").json()["state"] == "signed_out"


def test_signing_in_again_ends_the_session_that_was(entrance: Entrance) -> None:
    browser, email = signed_in(entrance)
    before = browser.cookie
    assert before is not None
    browser.sign_in(email)
    stale = entrance.browser()
    stale.bring(before)
    assert is_in(browser)
    assert not is_in(stale)


@pytest.mark.parametrize(
    ("shared", "idle", "longest"),
    [
        (False, timedelta(minutes=30), timedelta(hours=12)),
        (True, timedelta(minutes=10), timedelta(hours=2)),
    ],
)
def test_sessions_end_by_themselves(
    entrance: Entrance, shared: bool, idle: timedelta, longest: timedelta
) -> None:
    left, _ = signed_in(entrance, shared_computer=shared)
    used, _ = signed_in(entrance, shared_computer=shared)
    begun = entrance.clock()
    entrance.clock.now = begun + idle - timedelta(seconds=1)
    assert is_in(left)  # it was seen now, and is idle from now on
    entrance.clock.move(seconds=idle.total_seconds())
    assert not is_in(left)
    entrance.clock.now = begun
    step = idle - timedelta(minutes=1)
    while entrance.clock() < begun + longest - step:
        assert is_in(used)
        entrance.clock.move(seconds=step.total_seconds())
    assert is_in(used)
    entrance.clock.now = begun + longest - timedelta(seconds=1)
    assert is_in(used)
    entrance.clock.now = begun + longest
    assert not is_in(used)


def test_a_session_that_was_left_alone_is_over(entrance: Entrance) -> None:
    browser, _ = signed_in(entrance)
    entrance.clock.move(minutes=30)
    assert not is_in(browser)
    assert browser.get("/session").json()["state"] == "signed_out"


def test_a_first_step_waits_ten_minutes_for_the_second(entrance: Entrance) -> None:
    _, email = entrance.person(Role.ADMIN)
    browser = entrance.browser()
    browser.sign_in(email)
    entrance.clock.move(minutes=10)
    assert browser.post("/factors", {"kind": "totp"}).status_code == 401


def test_it_is_written_once_a_minute_that_a_session_was_seen(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)

    def seen() -> Any:  # noqa: ANN401  a time
        statement = "SELECT seen_at, xmin::text FROM sessions WHERE account_id = %s"
        return entrance.run(statement, account_id)[0]

    first = seen()
    entrance.clock.move(seconds=59)
    assert is_in(browser)
    assert seen() == first
    entrance.clock.move(seconds=1)
    assert is_in(browser)
    assert seen()["seen_at"] == first["seen_at"] + timedelta(minutes=1)


# Forged requests


@pytest.mark.parametrize(
    "headers",
    [
        {"X_CSRF_Token": ""},
        {"X_CSRF_Token": csrf.token_for("another secret")},
        {"X_CSRF_Token": "é"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "https://testserver"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_what_a_page_of_somebody_else_sends(entrance: Entrance, headers: dict[str, str]) -> None:
    browser, email = signed_in(entrance)
    headers = {name: value.encode("latin-1") for name, value in headers.items()}  # type: ignore[misc]  # as a client may send it
    calls: list[tuple[str, str, dict[str, object]]] = [
        ("POST", "/password", {"current": PASSWORD, "new": OTHER_PASSWORD}),
        ("POST", "/conflicts", {"reason": "x"}),
        ("DELETE", "/session", {}),
        ("POST", "/session", {"email": email, "password": PASSWORD}),
    ]
    for method, path, body in calls:
        answer = browser.call(method, path, body, **headers)
        assert answer.status_code == 403, answer.text
        assert answer.json()["code"] == "forbidden"
        assert "set-cookie" not in answer.headers
    assert is_in(browser)
    assert browser.call("DELETE", "/session").status_code == 200


def test_a_page_that_sends_no_token_at_all(entrance: Entrance) -> None:
    browser, _ = signed_in(entrance)
    browser.csrf = None
    assert browser.call("DELETE", "/session").status_code == 403


def test_nobody_is_signed_in_by_somebody_elses_page(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    link = entrance.invitation(account_id)
    bodies: list[tuple[str, dict[str, object]]] = [
        ("/session", {"email": email, "password": PASSWORD}),
        ("/invitations/accept", {"token": link, "password": OTHER_PASSWORD}),
    ]
    for path, body in bodies:
        victim = entrance.browser()
        assert victim.post(path, body).status_code == 403  # no page was open
        victim.open()
        stranger = entrance.browser().open()
        assert stranger.csrf is not None
        assert victim.call("POST", path, body, X_CSRF_Token=stranger.csrf).status_code == 403
        assert victim.call("POST", path, body, Origin="https://evil.example").status_code == 403
        assert victim.cookie is None
        assert victim.post(path, body).status_code == 200


def test_a_program_signs_in_without_a_page(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    client = entrance.client()
    body = {"email": email, "password": PASSWORD}
    shown = client.post("/api/v1/session", json=body).json()
    assert shown["state"] == "signed_in"
    assert client.get("/api/v1/doti").status_code == 200
    assert client.delete("/api/v1/session").status_code == 403
    headers = {"X-CSRF-Token": shown["csrf_token"]}
    assert client.delete("/api/v1/session", headers=headers).status_code == 200
    assert client.get("/api/v1/doti").status_code == 401


def test_a_token_needs_no_page(entrance: Entrance) -> None:
    browser, _ = signed_in(entrance)
    token = entrance.services.accounts.create_token("Altro Programma", Role.COORDINATOR)
    bearer = {"Authorization": f"Bearer {token}"}
    answer = browser.call("POST", "/conflicts", {"reason": "x"}, X_CSRF_Token="", **bearer)
    assert answer.status_code == 422  # it got as far as its own words
    wrong = browser.call("GET", "/doti", Authorization="Bearer doti_wrong")
    assert wrong.status_code == 401  # a wrong token does not fall back on the cookie


def test_a_page_without_a_referrer_has_no_origin(entrance: Entrance) -> None:
    browser, _ = signed_in(entrance)
    assert browser.call("DELETE", "/session", Origin="null").status_code == 200


# Cookies


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_flags_of_the_cookies(entrance: Entrance, scheme: str) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser(scheme=scheme)
    name = {"http": "doti", "https": "__Host-doti"}[scheme]
    before = browser.get("/session").headers.get_list("set-cookie")
    answer = browser.sign_in(email)
    cookies = before + answer.headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == [f"{name}-before", name]
    for cookie in cookies:
        flags = set(cookie.split("; ")[1:])
        wanted = {"HttpOnly", "SameSite=lax", "Path=/"}
        assert flags == wanted | ({"Secure"} if scheme == "https" else set()), cookie
    assert len(browser.cookie or "") >= 43
    out = browser.call("DELETE", "/session").headers.get_list("set-cookie")
    assert out[0].startswith(f'{name}=""; ')
    assert "Max-Age=0" in out[0]


def test_a_public_address_under_https(postgres_url: str, tmp_path: Path) -> None:
    """A proxy ends TLS: the request comes over plain http, and yet cookies are for https only."""
    with opened_entrance(postgres_url, tmp_path, 1, public_url="https://doti.example.org") as at:
        _, email = at.person(Role.OPERATOR)
        client = at.client()
        shown = client.get("/api/v1/session")
        before = shown.cookies["__Host-doti-before"]
        headers = {
            "Cookie": f"__Host-doti-before={before}",
            "X-CSRF-Token": shown.json()["csrf_token"],
        }
        body = {"email": email, "password": PASSWORD}
        answers = [
            client.post("/api/v1/session", json=body, headers=headers | {"Origin": origin})
            for origin in ("http://testserver", "https://doti.example.org")
        ]
        assert [answer.status_code for answer in answers] == [403, 200]
        answer = answers[-1]
        assert answer.headers["set-cookie"].startswith("__Host-doti=")
        assert "Secure" in answer.headers["set-cookie"]
        # What was set under the plain name is not looked at.
        plain = {"Cookie": f"doti={answer.cookies['__Host-doti']}"}
        assert client.get("/api/v1/doti", headers=plain).status_code == 401


# Guessing


def test_guessing_a_password_in_two_processes(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    owner = entrance.browser()
    owner.sign_in(email)
    for n in range(5):
        assert entrance.browser(n % 2).sign_in(email, f"tentativo {n}").status_code == 401
    wait_s = attempts.FIRST_WAIT_S
    for _ in range(8):
        for nth in (0, 1):
            # Not even the right one, from wherever it comes.
            answer = entrance.browser(nth).sign_in(email, PASSWORD)
            assert answer.status_code == 429
            assert answer.json()["code"] == "rate_limited"
            assert (
                answer.headers["Retry-After"] == str(wait_s) == str(answer.json()["retry_after_s"])
            )
        assert is_in(owner)
        entrance.clock.move(seconds=wait_s)
        assert is_in(owner)
        assert entrance.browser().sign_in(email, "ancora no").status_code == 401
        wait_s = min(2 * wait_s, attempts.LONGEST_WAIT_S)
    assert wait_s == attempts.LONGEST_WAIT_S
    entrance.clock.move(seconds=wait_s)
    assert entrance.browser(1).sign_in(email).status_code == 200
    assert entrance.browser().sign_in(email, "una svista").status_code == 401
    assert entrance.browser().sign_in(email).status_code == 200
    log = [what for what, _ in entrance.log(account_id)]
    assert log.count("sign_in_failed") == 5 + 8 + 1
    assert log.count("locked_out") == 1 + 8


def test_guessing_all_at_once(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browsers = [entrance.browser(n % 2).open() for n in range(16)]

    def guess(n: int) -> int:
        body = {"email": email, "password": f"tentativo {n}"}
        return browsers[n].post("/session", body).status_code

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(16)))
    assert sorted(answers) == [401] * 5 + [429] * 11


def test_an_unknown_email_has_to_wait_as_well(entrance: Entrance) -> None:
    answers = [entrance.browser().sign_in("nessuno.mai@example.org").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert ("locked_out", {"step": "password"}) in entrance.log(None)


def test_guessing_from_one_address(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    for n in range(20):
        guesser = entrance.browser(n % 2, address=f"2001:db8:1:2::{n:x}")
        assert guesser.sign_in(f"nome.{n}@example.org").status_code == 401
    assert entrance.browser(address="2001:db8:1:2:ffff::1").sign_in(email).status_code == 429
    assert entrance.browser(address="2001:db8:1:3::1").sign_in(email).status_code == 200
    entrance.clock.move(seconds=30)
    assert entrance.browser(address="2001:db8:1:2::1").sign_in(email).status_code == 200


def test_guessing_a_code(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    owner = entrance.browser()
    owner.sign_in(email)
    app, _ = entrance.with_totp(owner)
    now = app.at(entrance.clock())
    browsers = [entrance.browser(n % 2) for n in range(5)]
    for browser in browsers:
        # Going back to the first step gives no further tries.
        assert browser.sign_in(email).status_code == 200
        wrong = {"code": "000001" if now != "000001" else "000002"}
        assert browser.post("/session/second-factor", wrong).status_code == 401
    browser = browsers[-1]
    answer = browser.post("/session/second-factor", {"code": now})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "30"
    assert is_in(owner)
    entrance.clock.move(seconds=30)
    code = {"code": app.at(entrance.clock())}
    assert browser.post("/session/second-factor", code).status_code == 200
    assert ("locked_out", {"step": "second_factor"}) in entrance.log(account_id)


def test_guessing_the_password_of_who_is_signed_in(entrance: Entrance) -> None:
    browser, email = signed_in(entrance)
    body = {"current": "sbagliata", "new": OTHER_PASSWORD}
    assert [browser.post("/password", body).status_code for _ in range(6)] == [422] * 5 + [429]
    assert entrance.browser().sign_in(email).status_code == 200


def test_few_passwords_are_hashed_at_once(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[int] = []
    most: list[int] = []
    really = PasswordHasher.verify

    def verify(self: PasswordHasher, kept: str, given: bytes) -> bool:
        running.append(1)
        most.append(len(running))
        try:
            return bool(really(self, kept, given))
        finally:
            running.pop()

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    browsers = [entrance.browser().open() for _ in range(8)]

    def guess(n: int) -> int:
        body = {"email": f"folla.{n}@example.org", "password": PASSWORD}
        return browsers[n].post("/session", body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(guess, range(8))) == {401}
    assert len(most) == 8
    assert max(most) <= passwords.AT_ONCE


# Replay


def at_once(entrance: Entrance, email: str, code: str) -> list[int]:
    """The same code in two browsers, on two applications, at the same moment."""
    browsers = [entrance.browser(nth) for nth in (0, 1)]
    for browser in browsers:
        assert browser.sign_in(email).json()["state"] == "second_factor"

    def prove(browser: Browser) -> int:
        return browser.post("/session/second-factor", {"code": code}).status_code

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(prove, browsers))


def test_codes_are_good_once(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    first = entrance.browser()
    first.sign_in(email)
    app, codes = entrance.with_totp(first)
    for nth in range(3):
        assert at_once(entrance, email, app.at(entrance.clock())) == [200, 401]
        assert at_once(entrance, email, codes[nth]) == [200, 401]
        entrance.clock.move(seconds=60)


@pytest.mark.parametrize(("drift_s", "status"), [(-60, 401), (-30, 200), (30, 200), (60, 401)])
def test_a_clock_that_is_a_little_off(entrance: Entrance, drift_s: int, status: int) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    app, _ = entrance.with_totp(browser)
    entrance.clock.move(seconds=120)
    browser.sign_in(email)
    code = app.at(entrance.clock() + timedelta(seconds=drift_s))
    assert browser.post("/session/second-factor", {"code": code}).status_code == status


def test_a_code_older_than_the_last_one_is_not_taken(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    app, _ = entrance.with_totp(browser)
    now = entrance.clock()
    browser.sign_in(email)
    browser.done("/session/second-factor", {"code": app.at(now)})
    again = entrance.browser()
    again.sign_in(email)
    before = app.at(now - timedelta(seconds=30))
    assert again.post("/session/second-factor", {"code": before}).status_code == 401


def twice(first: Callable[[], int], second: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(2) as pool:
        return sorted(each.result() for each in (pool.submit(first), pool.submit(second)))


def test_an_invitation_is_good_once(entrance: Entrance) -> None:
    account_id, _ = entrance.person(Role.OPERATOR, password=None)
    body = {"token": entrance.invitation(account_id), "password": PASSWORD}
    one, other = entrance.browser(0).open(), entrance.browser(1).open()
    answers = twice(
        lambda: one.post("/invitations/accept", body).status_code,
        lambda: other.post("/invitations/accept", body).status_code,
    )
    assert answers == [200, 409]


def test_two_password_changes_at_once(entrance: Entrance) -> None:
    one, email = signed_in(entrance)
    other = entrance.browser(1)
    other.sign_in(email)
    body = {"current": PASSWORD, "new": OTHER_PASSWORD}
    answers = twice(
        lambda: one.post("/password", body).status_code,
        lambda: other.post("/password", body).status_code,
    )
    # Whoever comes second finds another password, or no session any more.
    assert answers[0] == 200
    assert answers[1] in (401, 422)
    assert [is_in(one), is_in(other)].count(True) == 1


# What is kept


def test_no_secret_is_kept_or_logged(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.COORDINATOR, password=None)
    link = entrance.invitation(account_id)
    address = "203.0.113.77"
    with capture_logs() as lines:
        browser = entrance.browser(address=address).open()
        body = {"token": link, "password": PASSWORD}
        browser.done("/invitations/accept", body)
        half = browser.cookie
        begun = browser.done("/factors", {"kind": "totp"})
        code = pyotp.TOTP(begun["secret"]).at(entrance.clock())
        codes = browser.done(f"/factors/{begun['id']}/confirmation", {"code": code})[
            "recovery_codes"
        ]
        whole = browser.cookie
        entrance.browser(address=address).sign_in(email, "frase sbagliata e segreta")
        browser.done("/password", {"current": PASSWORD, "new": OTHER_PASSWORD})
        browser.post("/password", {"current": 7, "new": "x" * 2000})
        entrance.browser(address=address).post("/session", {"email": email, "password": ["x"]})
    secrets = [
        *(link, PASSWORD, OTHER_PASSWORD, "frase sbagliata", begun["secret"], address),
        *(str(half), str(whole), str(browser.cookie), str(browser.csrf), codes[0]),
        codes[0].replace("-", ""),
    ]
    kept = _dump(entrance)
    assert str(account_id) in kept
    assert email in kept  # in accounts, to be found again; nowhere else
    assert _dump(entrance, but="accounts").count(email) == 0
    for secret in secrets:
        assert secret not in kept
        assert secret.encode().hex() not in kept
        assert secret not in str(lines)
    assert email not in str(lines)
    assert any(line["event"] == "request" for line in lines)


def _dump(entrance: Entrance, but: str | None = None) -> str:
    """Every row of every table, of the register and of its keys."""
    schema = entrance.services.database.schema
    tables = entrance.run(
        "SELECT table_schema AS s, table_name AS t FROM information_schema.tables"
        " WHERE table_schema = ANY (%s) AND table_type = 'BASE TABLE'",
        [schema, f"{schema}_keys"],
    )
    rows = [
        entrance.run(f'SELECT row_to_json(x)::text AS row FROM "{table["s"]}"."{table["t"]}" x')
        for table in tables
        if table["t"] != but
    ]
    found = re.sub(r"\\\\x", "", str(rows))
    assert len(tables) > 20
    return found
