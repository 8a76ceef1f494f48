"""Signing in, step by step, and out again."""

from typing import Any

import pytest
from argon2 import PasswordHasher

from domain.actors import Role
from tests.api.entrance import KEPT, OTHER_PASSWORD, PASSWORD, Browser, Entrance


def refused(answer: Any, status: int, code: str) -> str:  # noqa: ANN401  an answer
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    return str(answer.json()["detail"])


def test_with_a_password_alone_where_no_second_factor_is_needed(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR, Role.APPROVER)
    browser = entrance.browser()
    assert browser.open().get("/session").json()["state"] == "signed_out"
    refused(browser.get("/doti"), 401, "unauthenticated")
    shown = browser.sign_in(f"  {email.upper()} ").json()
    assert (shown["state"], shown["factors"]) == ("signed_in", [])
    account = shown["account"]
    assert (account["id"], account["email"]) == (str(account_id), email)
    assert {(role["role"], role["partner"]) for role in account["roles"]} == {
        ("operator", "ROCCA"),
        ("approver", None),
    }
    assert browser.get("/session").json() == shown
    assert browser.get("/doti").status_code == 200
    assert browser.call("DELETE", "/session").json()["state"] == "signed_out"
    refused(browser.get("/doti"), 401, "unauthenticated")
    assert entrance.log(account_id) == [("signed_in", {"by": "password"}), ("signed_out", {})]


def test_with_an_app(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    app, codes = entrance.with_totp(browser)
    assert len(set(codes)) == 10

    browser = entrance.browser()
    shown = browser.sign_in(email).json()
    assert shown["state"] == "second_factor"
    assert shown["factors"] == ["totp", "recovery_code"]
    assert shown["account"] is None
    for path in ("/doti", "/factors", "/sessions"):
        refused(browser.get(path), 401, "unauthenticated")
    refused(browser.post("/factors", {"kind": "totp"}), 401, "unauthenticated")
    wrong = browser.post("/session/second-factor", {"code": "000000"})
    refused(wrong, 401, "unauthenticated")
    code = app.at(entrance.clock())
    spaced = f"{code[:3]} {code[3:]}"
    assert browser.done("/session/second-factor", {"code": spaced})["state"] == "signed_in"
    assert browser.get("/doti").status_code == 200
    refused(browser.post("/session/second-factor", {"code": code}), 401, "unauthenticated")
    log = [what for what, _ in entrance.log(account_id)]
    assert log == ["signed_in", "factor_added", "sign_in_failed", "signed_in"]


def test_with_a_recovery_code(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    first = entrance.browser()
    first.sign_in(email)
    _, codes = entrance.with_totp(first)
    browser = entrance.browser()
    browser.sign_in(email)
    typed = codes[3].lower().replace("-", " ")
    assert browser.done("/session/second-factor", {"code": typed})["state"] == "signed_in"
    assert browser.get("/factors").json()["recovery_codes_left"] == 9
    assert ("recovery_used", {}) in entrance.log(account_id)
    again = entrance.browser()
    again.sign_in(email)
    refused(again.post("/session/second-factor", {"code": codes[3]}), 401, "unauthenticated")
    refused(browser.post("/recovery-codes", {"password": "x"}), 422, "validation")
    fresh = browser.done("/recovery-codes", {"password": PASSWORD})["recovery_codes"]
    assert not set(fresh) & set(codes)
    refused(again.post("/session/second-factor", {"code": codes[4]}), 401, "unauthenticated")
    assert again.done("/session/second-factor", {"code": fresh[4]})["state"] == "signed_in"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR, Role.FINANCE])
def test_who_needs_a_second_factor_adds_one_first(entrance: Entrance, role: Role) -> None:
    account_id, email = entrance.person(role)
    browser = entrance.browser()
    assert browser.sign_in(email).json()["state"] == "factor_missing"
    before = browser.cookie
    assert refused(browser.get("/doti"), 403, "forbidden").startswith("Your role needs")
    refused(browser.post("/password", {"current": "x", "new": "y"}), 403, "forbidden")
    begun = browser.done("/factors", {"kind": "totp", "label": "Telefono"})
    assert begun["otpauth_uri"].startswith("otpauth://totp/doti:")
    assert begun["qr_svg"].startswith("<svg")
    wrong = browser.post(f"/factors/{begun['id']}/confirmation", {"code": "000000"})
    refused(wrong, 422, "validation")
    refused(browser.get("/colleagues"), 403, "forbidden")
    entrance.with_totp(browser)
    assert browser.get("/session").json()["state"] == "signed_in"
    assert browser.cookie != before
    factor = browser.get("/factors").json()["items"][0]
    assert (factor["kind"], factor["label"]) == ("totp", "Telefono")
    removal = f"/factors/{factor['id']}/removal"
    refused(browser.post(removal, {"password": PASSWORD}), 409, "wrong_state")
    log = [what for what, _ in entrance.log(account_id)]
    assert log == ["refused"] * 3 + ["factor_added", "signed_in"]


def test_a_role_that_needs_one_is_granted_meanwhile(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    assert browser.get("/doti").status_code == 200
    entrance.run(
        "UPDATE grants SET role = 'admin', partner = NULL WHERE account_id = %s", account_id
    )
    refused(browser.get("/doti"), 403, "forbidden")
    assert browser.get("/session").json()["state"] == "factor_missing"
    entrance.with_totp(browser)
    assert browser.get("/session").json()["state"] == "signed_in"


def test_factors_come_and_go(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    refused(browser.post("/recovery-codes", {"password": PASSWORD}), 409, "wrong_state")
    entrance.with_totp(browser)
    _, codes = entrance.with_totp(browser)
    assert not codes
    first, second = (item["id"] for item in browser.get("/factors").json()["items"])
    refused(browser.post(f"/factors/{first}/removal", {"password": "no"}), 422, "validation")
    left = browser.done(f"/factors/{first}/removal", {"password": PASSWORD})
    assert [item["id"] for item in left["items"]] == [second]
    refused(browser.post(f"/factors/{first}/removal", {"password": PASSWORD}), 404, "not_found")
    refused(browser.post(f"/factors/{first}/confirmation", {"code": "123456"}), 404, "not_found")
    left = browser.done(f"/factors/{second}/removal", {"password": PASSWORD})
    assert left == {"items": [], "recovery_codes_left": 0}
    assert ("factor_removed", {"kind": "totp"}) in entrance.log(account_id)
    assert entrance.browser().sign_in(email).json()["state"] == "signed_in"


def test_nobody_has_very_many_factors(entrance: Entrance) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    browser.sign_in(email)
    for _ in range(10):
        entrance.with_totp(browser)
    refused(browser.post("/factors", {"kind": "totp"}), 409, "wrong_state")


def test_the_same_answer_whatever_is_wrong(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, known = entrance.person(Role.OPERATOR)
    closed_id, closed = entrance.person(Role.OPERATOR)
    entrance.run("UPDATE accounts SET closed_at = now() WHERE id = %s", closed_id)
    _, without = entrance.person(Role.OPERATOR, password=None)
    compared: list[str] = []
    really = PasswordHasher.verify

    def verify(self: PasswordHasher, kept: str, given: bytes) -> bool:
        compared.append(kept)
        return bool(really(self, kept, given))

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    answers = []
    for email, password in (
        (known, "sbagliata"),
        (closed, PASSWORD),
        (without, PASSWORD),
        ("nessuno@example.org", PASSWORD),
    ):
        answer = entrance.browser().sign_in(email, password)
        refused(answer, 401, "unauthenticated")
        answers.append((answer.json(), answer.headers.keys()))
    assert all(answer == answers[0] for answer in answers)
    # For each there was one comparison, with hashes of the same parameters.
    nobodys = compared[1]
    assert compared == [KEPT, nobodys, nobodys, nobodys]
    assert nobodys != KEPT
    assert nobodys.split("$")[:4] == KEPT.split("$")[:4]


def test_a_hash_of_other_parameters_is_made_anew(entrance: Entrance) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    account_id, email = entrance.person(Role.OPERATOR, password=old)
    assert entrance.browser().sign_in(email).status_code == 200
    kept = "SELECT password_hash FROM credentials WHERE account_id = %s"
    fresh = entrance.run(kept, account_id)[0]["password_hash"]
    assert fresh.split("$")[:4] == KEPT.split("$")[:4]
    assert entrance.browser().sign_in(email).status_code == 200
    assert entrance.run(kept, account_id)[0]["password_hash"] == fresh


def test_an_invitation(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR, password=None)
    link, other = entrance.invitation(account_id), entrance.invitation(account_id)
    browser = entrance.browser().open()
    easy = browser.post("/invitations/accept", {"token": link, "password": "123456789012"})
    refused(easy, 422, "validation")
    shown = browser.done("/invitations/accept", {"token": link, "password": PASSWORD})
    assert (shown["state"], shown["account"]["email"]) == ("signed_in", email)
    assert browser.get("/doti").status_code == 200
    for used in (link, other):
        again = entrance.browser().open()
        answer = again.post("/invitations/accept", {"token": used, "password": OTHER_PASSWORD})
        assert "used already" in refused(answer, 409, "wrong_state")
        assert email not in answer.text
    assert entrance.browser().sign_in(email).json()["state"] == "signed_in"
    assert entrance.log(account_id)[:2] == [
        ("password_changed", {"by": "invitation"}),
        ("signed_in", {"by": "invitation"}),
    ]


def test_an_invitation_that_is_worth_nothing(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR, password=None)
    link = entrance.invitation(account_id, minutes=5)
    entrance.clock.move(minutes=5)
    browser = entrance.browser().open()
    answer = browser.post("/invitations/accept", {"token": link, "password": PASSWORD})
    assert "expired" in refused(answer, 409, "wrong_state")
    assert email not in answer.text
    body = {"token": "never made", "password": PASSWORD}
    refused(browser.post("/invitations/accept", body), 404, "not_found")
    link = entrance.invitation(account_id)
    entrance.run("UPDATE accounts SET closed_at = now() WHERE id = %s", account_id)
    body = {"token": link, "password": PASSWORD}
    refused(browser.post("/invitations/accept", body), 404, "not_found")


def test_a_forgotten_password(entrance: Entrance) -> None:
    """A new link: the old sessions end, the wait is over, the second factor is still asked."""
    account_id, email = entrance.person(Role.COORDINATOR)
    old = entrance.browser()
    old.sign_in(email)
    app, _ = entrance.with_totp(old)
    for _ in range(5):
        entrance.browser().sign_in(email, "non la so")
    browser = entrance.browser().open()
    body = {"token": entrance.invitation(account_id), "password": OTHER_PASSWORD}
    assert browser.done("/invitations/accept", body)["state"] == "second_factor"
    refused(old.get("/doti"), 401, "unauthenticated")
    refused(entrance.browser().sign_in(email), 401, "unauthenticated")
    code = {"code": app.at(entrance.clock())}
    assert browser.done("/session/second-factor", code)["state"] == "signed_in"


def test_a_password_change_ends_the_other_sessions(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    here, there = entrance.browser(), entrance.browser()
    for browser in (here, there):
        browser.sign_in(email)
    before = here.cookie
    for current, new in (("no", OTHER_PASSWORD), (PASSWORD, "troppo corta"[:11])):
        refused(here.post("/password", {"current": current, "new": new}), 422, "validation")
    here.done("/password", {"current": PASSWORD, "new": OTHER_PASSWORD})
    assert here.get("/doti").status_code == 200
    assert here.cookie != before
    refused(there.get("/doti"), 401, "unauthenticated")
    assert before is not None
    there.bring(before)
    refused(there.get("/doti"), 401, "unauthenticated")
    refused(entrance.browser().sign_in(email), 401, "unauthenticated")
    assert entrance.browser().sign_in(email, OTHER_PASSWORD).status_code == 200
    assert ("password_changed", {"by": "oneself", "ended": 1}) in entrance.log(account_id)


def test_own_sessions(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    here, there = entrance.browser(), entrance.browser()
    here.sign_in(email)
    there.sign_in(email, shared_computer=True)
    items = here.get("/sessions").json()["items"]
    assert {(item["current"], item["shared_computer"]) for item in items} == {
        (True, False),
        (False, True),
    }
    elsewhere = next(item["id"] for item in items if not item["current"])
    stranger = entrance.browser()
    stranger.sign_in(entrance.person(Role.OPERATOR)[1])
    refused(stranger.post(f"/sessions/{elsewhere}/end"), 404, "not_found")
    assert len(here.done(f"/sessions/{elsewhere}/end")["items"]) == 1
    refused(there.get("/doti"), 401, "unauthenticated")
    refused(here.post(f"/sessions/{elsewhere}/end"), 404, "not_found")
    assert ("session_ended", {"sessions": 1}) in entrance.log(account_id)


def test_a_closed_account_has_no_sessions(entrance: Entrance) -> None:
    account_id, email = entrance.person(Role.OPERATOR)
    browser: Browser = entrance.browser()
    browser.sign_in(email)
    entrance.run("UPDATE accounts SET closed_at = %s WHERE id = %s", entrance.clock(), account_id)
    refused(browser.get("/doti"), 401, "unauthenticated")
    entrance.run("UPDATE accounts SET closed_at = NULL WHERE id = %s", account_id)
    refused(browser.get("/doti"), 401, "unauthenticated")
    assert entrance.browser().sign_in(email).status_code == 200


@pytest.mark.parametrize("odd", ["\0", "é", "１２３４５６", "\u202e", "🐎" * 900, " ", "12345"])
def test_odd_values_are_wrong_ones(entrance: Entrance, odd: str) -> None:
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    assert browser.sign_in(odd).status_code in (401, 422)
    assert browser.sign_in(email, odd).status_code == 401
    assert browser.post("/invitations/accept", {"token": odd, "password": odd}).status_code == 404
    assert browser.sign_in(email).status_code == 200
    begun = browser.done("/factors", {"kind": "totp"})
    confirmation = f"/factors/{begun['id']}/confirmation"
    refused(browser.post(confirmation, {"code": odd}), 422, "validation")
    entrance.with_totp(browser)
    browser.sign_in(email)
    refused(browser.post("/session/second-factor", {"code": odd}), 401, "unauthenticated")


def test_a_token_is_not_the_person(entrance: Entrance) -> None:
    token = entrance.services.accounts.create_token("Programma Inventato", Role.AUDITOR)
    client = entrance.client()
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    shown = client.get("/api/v1/session", headers=headers).json()
    assert (shown["state"], shown["csrf_token"]) == ("signed_in", None)
    assert shown["account"]["name"] == "Programma Inventato"
    for method, path in (("GET", "sessions"), ("GET", "factors"), ("POST", "recovery-codes")):
        body = {"json": {"password": "x"}} if method == "POST" else {}
        answer = client.request(method, f"/api/v1/{path}", headers=headers, **body)
        refused(answer, 403, "forbidden")
