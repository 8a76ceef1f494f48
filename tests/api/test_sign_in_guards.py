"""What keeps others out: tokens of sessions, their time, forged requests, and cookies."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.security import csrf
from domain.actors import Role
from tests.api.entrance import (
    OTHER_PASSWORD,
    PASSWORD,
    Entrance,
    is_in,
    opened_entrance,
    signed_in,
)

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
