"""Signing in at a real provider of identities, which runs in a process of its own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from domain.actors import Role
from tests.api.entrance import OTHER_PASSWORD, PASSWORD, Browser, Entrance, is_in, opened_entrance
from tests.api.identity_provider import (
    back,
    consented,
    gone,
    identities,
    linked,
    mock_process,
    refused,
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with mock_process() as running:
        yield running


@pytest.fixture(scope="module")
def door(
    issuer: str, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Entrance]:
    """A register whose people may sign in there. Its clock is that of the provider."""
    with opened_entrance(
        postgres_url,
        tmp_path_factory.mktemp("door"),
        oidc_issuer=issuer,
        oidc_client_id="doti-prova",
        oidc_client_secret="segreto",
        oidc_name="Entra con Prova",
    ) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _now(door: Entrance) -> None:
    door.clock.now = datetime.now(UTC)


def over(browser: Browser, subject: str, **query: str) -> httpx.Response:
    """All of the way over the provider."""
    going = gone(browser, **query)
    assert going.status_code == 303, going.text
    return back(browser, consented(going.headers["Location"], subject))


def link(browser: Browser, subject: str, next_: str = "/") -> httpx.Response:
    """Whoever is signed in links their account."""
    going = browser.done("/identities", {"password": PASSWORD, "next": next_})
    return back(browser, consented(going["location"], subject))


def test_what_the_page_learns(door: Entrance, entrance: Entrance) -> None:
    told = {"name": "Entra con Prova", "start": "/sign-in/provider"}
    assert door.browser().get("/session/provider").json() == told
    assert entrance.browser().get("/session/provider").json() == {"name": None, "start": None}
    refused(gone(entrance.browser()), 404, "not_found")
    refused(back(entrance.browser(), "/sign-in/provider/callback?state=x"), 404, "not_found")


def test_linked_by_oneself_then_signed_in_by_it(door: Entrance) -> None:
    account_id, email = door.person(Role.OPERATOR)
    browser = door.browser()
    browser.sign_in(email)
    refused(browser.post("/identities", {"password": "no"}), 422, "validation")
    subject = f"soggetto-{uuid4().hex}"
    answer = link(browser, subject, "/profilo?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/profilo?x=1")
    shown = browser.get("/identities").json()
    assert [item["issuer"] for item in shown["items"]] == [door.services.settings.oidc_issuer]
    assert subject not in str(shown)
    refused(browser.post("/identities", {"password": PASSWORD}), 409, "wrong_state")

    other = door.browser(1)
    answer = over(other, subject, next="/doti?stato=aperta")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/doti?stato=aperta")
    shown = other.get("/session").json()
    assert (shown["state"], shown["account"]["id"]) == ("signed_in", str(account_id))
    assert is_in(other)
    assert door.log(account_id)[-2:] == [
        ("identity_linked", {"by": "oneself"}),
        ("signed_in", {"by": "provider"}),
    ]

    refused(browser.post("/identities/removal", {"password": "no"}), 422, "validation")
    assert browser.done("/identities/removal", {"password": PASSWORD})["items"] == []
    refused(browser.post("/identities/removal", {"password": PASSWORD}), 404, "not_found")
    assert "identity_unlinked" in [what for what, _ in door.log(account_id)]
    refused(over(door.browser(), subject), 403, "forbidden")


def test_an_invitation_accepted_by_it(door: Entrance) -> None:
    account_id, email = door.person(Role.OPERATOR)
    old = door.browser()
    old.sign_in(email)
    invitation, other = door.invitation(account_id), door.invitation(account_id)
    subject = f"soggetto-{uuid4().hex}"
    browser = door.browser()
    assert over(browser, subject, invitation=invitation).headers["Location"] == "/"
    assert browser.get("/session").json()["account"]["id"] == str(account_id)
    assert not is_in(old)
    refused(door.browser().sign_in(email), 401, "unauthenticated")
    for used in (invitation, other):
        refused(gone(browser, invitation=used), 409, "wrong_state")
    assert over(door.browser(), subject).status_code == 303
    assert door.log(account_id)[1:3] == [
        ("identity_linked", {"by": "invitation"}),
        ("signed_in", {"by": "provider"}),
    ]


def test_who_has_no_password_is_told_so(door: Entrance) -> None:
    account_id, _ = door.person(Role.OPERATOR, password=None)
    browser = door.browser()
    over(browser, f"soggetto-{uuid4().hex}", invitation=door.invitation(account_id))
    app, codes = door.with_totp(browser.open())
    assert len(codes) == 10
    [factor] = browser.get("/factors").json()["items"]
    for path, body in (
        ("/identities/removal", {"password": PASSWORD}),
        (f"/factors/{factor['id']}/removal", {"password": PASSWORD}),
        ("/recovery-codes", {"password": PASSWORD}),
        ("/password", {"current": PASSWORD, "new": OTHER_PASSWORD}),
    ):
        detail = refused(browser.post(path, body), 409, "wrong_state")
        assert detail.startswith("You have no password here")
    body = {"token": door.invitation(account_id), "password": PASSWORD}
    browser = door.browser().open()
    assert browser.done("/invitations/accept", body)["state"] == "second_factor"
    browser.done("/session/second-factor", {"code": app.at(door.clock())})
    assert browser.done("/identities/removal", {"password": PASSWORD})["items"] == []


def test_another_invitation_brings_another_identity(door: Entrance) -> None:
    account_id, _, before = linked(door)
    after = f"soggetto-{uuid4().hex}"
    assert over(door.browser(), after, invitation=door.invitation(account_id)).status_code == 303
    refused(over(door.browser(), before), 403, "forbidden")
    assert over(door.browser(), after).status_code == 303


def test_invitations_that_are_worth_nothing(door: Entrance) -> None:
    account_id, _ = door.person(Role.OPERATOR)
    refused(gone(door.browser(), invitation="invento"), 404, "not_found")
    invitation = door.invitation(account_id, minutes=5)
    browser = door.browser()
    going = gone(browser, invitation=invitation)
    address = consented(going.headers["Location"], f"soggetto-{uuid4().hex}")
    door.clock.move(minutes=6)
    refused(back(browser, address), 409, "wrong_state")
    refused(gone(door.browser(), invitation=invitation), 409, "wrong_state")
    assert not identities(door, account_id)
    _, _, taken = linked(door)
    other = door.invitation(account_id)
    refused(over(door.browser(), taken, invitation=other), 409, "wrong_state")
    assert over(door.browser(), f"nuovo-{uuid4().hex}", invitation=other).status_code == 303


def test_one_invitation_by_two_at_once(door: Entrance) -> None:
    account_id, _ = door.person(Role.OPERATOR)
    invitation = door.invitation(account_id)
    browsers = [door.browser(0), door.browser(1)]
    addresses = [
        consented(gone(each, invitation=invitation).headers["Location"], f"due-{uuid4().hex}")
        for each in browsers
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(back, browsers, addresses))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    rows = identities(door, account_id)
    assert len(rows) == 1


def test_never_by_e_mail(door: Entrance) -> None:
    account_id, email = door.person(Role.OPERATOR)
    browser = door.browser()
    detail = refused(over(browser, email), 403, "forbidden")
    assert detail == (
        "Nobody here is linked with this identity: use your invitation, or sign in and link it."
    )
    assert browser.cookie is None
    assert door.log(account_id) == []
    assert door.log(None)[-1] == ("sign_in_failed", {"step": "provider", "why": "NotLinked"})


def test_a_closed_account_stays_out(door: Entrance) -> None:
    account_id, _, subject = linked(door)
    browser = door.browser()
    going = gone(browser)
    door.run("UPDATE accounts SET closed_at = now() WHERE id = %s", account_id)
    refused(back(browser, consented(going.headers["Location"], subject)), 403, "forbidden")
    refused(over(door.browser(), subject), 403, "forbidden")
    assert not is_in(browser)


def test_our_second_factor_is_asked_too(door: Entrance) -> None:
    _, _, subject = linked(door, Role.ADMIN)
    browser = door.browser()
    answer = over(browser, subject, next="/doti")
    assert answer.headers["Location"] == "/accedi?next=/doti"
    assert browser.open().get("/session").json()["state"] == "factor_missing"
    app, _ = door.with_totp(browser)
    assert browser.get("/session").json()["state"] == "signed_in"
    again = door.browser()
    over(again, subject)
    assert again.open().get("/session").json()["state"] == "second_factor"
    assert not is_in(again)
    again.done("/session/second-factor", {"code": app.at(door.clock())})
    assert again.get("/session").json()["state"] == "signed_in"


def test_on_a_shared_computer(door: Entrance) -> None:
    _, _, subject = linked(door)
    browser = door.browser()
    over(browser, subject, shared_computer="true")
    assert browser.get("/session").json()["shared_computer"] is True


def test_who_was_signed_in_before_is_not_any_more(door: Entrance) -> None:
    _, email = door.person(Role.OPERATOR)
    account_id, _, subject = linked(door)
    browser = door.browser()
    browser.sign_in(email)
    token = browser.cookie
    over(browser, subject)
    assert browser.get("/session").json()["account"]["id"] == str(account_id)
    assert token is not None
    old = door.browser()
    old.bring(token)
    assert not is_in(old)


def test_whoever_says_no_there(door: Entrance) -> None:
    browser = door.browser()
    address = consented(gone(browser).headers["Location"], "nessuno", action="deny")
    state = parse_qs(urlsplit(gone(browser).headers["Location"]).query)["state"][0]
    answer = back(browser, f"{address}{'&' if '?' in address else '?'}state={state}")
    assert refused(answer, 403, "forbidden") == "The provider did not let you in."


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://example.org/", "//example.org", "/\\example.org", "\\/example.org", "doti", ""),
        *("/doti\r\nSet-Cookie: x=y", "/\t/example.org", "javascript:alert(1)", "/" + "x" * 600),
    ],
)
def test_nobody_is_sent_elsewhere(door: Entrance, elsewhere: str) -> None:
    _, _, subject = linked(door)
    assert over(door.browser(), subject, next=elsewhere).headers["Location"] == "/"
