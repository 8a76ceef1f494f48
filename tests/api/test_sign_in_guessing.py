"""Guessing and replaying: who tries too often has to wait, what was used is used up, and nothing
that is kept or logged helps."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from structlog.testing import capture_logs

from api.security import attempts, passwords
from api.security.passwords import Passwords
from domain.actors import Role
from tests.api.entrance import OTHER_PASSWORD, PASSWORD, Browser, Entrance, is_in, signed_in

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


def test_the_password_changes_while_somebody_signs_in_with_the_old_one(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    really = Passwords.is_right

    def is_right(self: Passwords, kept: str | None, password: str) -> bool:
        found = really(self, kept, password)
        changed = "UPDATE credentials SET changed_at = changed_at + interval '1 s'"
        entrance.run(f"{changed} WHERE account_id = %s", account_id)
        return found

    browser = entrance.browser()
    with monkeypatch.context() as patched:
        patched.setattr(Passwords, "is_right", is_right)
        assert browser.sign_in(email).status_code == 401
    assert browser.cookie is None
    assert browser.sign_in(email).status_code == 200


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
