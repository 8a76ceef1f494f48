"""A provider that does wrong, is away, or is played with: nobody gets in, nothing is half done."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from domain.actors import Role
from tests.api.entrance import PASSWORD, Entrance, is_in
from tests.api.identity_provider import (
    AWAY,
    CLIENT_SECRET,
    Json,
    WilfulProvider,
    back,
    gone,
    identities,
    linked,
    opened_door,
    over,
    refused,
    why,
    wilful_provider,
)


def test_one_that_keeps_to_the_rules(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door)
    browser = door.browser()
    assert over(browser, provider, subject).status_code == 303
    assert is_in(browser)
    [form] = [form for path, form in provider.asked if path == "/token"]
    assert 43 <= len(form["code_verifier"]) <= 128
    assert form["redirect_uri"] == "http://testserver/sign-in/provider/callback"
    assert "client_secret" not in form


def test_each_way_has_its_own_secrets(door: Entrance, provider: WilfulProvider) -> None:
    addresses = [gone(door.browser()).headers["Location"] for _ in range(3)]
    asked = [parse_qs(urlsplit(address).query) for address in addresses]
    for name in ("state", "nonce", "code_challenge"):
        assert len({each[name][0] for each in asked}) == 3
        assert all(len(each[name][0]) >= 43 for each in asked)


# The way


def test_a_state_that_is_not_of_this_browser(door: Entrance, provider: WilfulProvider) -> None:
    account_id, _, subject = linked(door)
    browser, stranger = door.browser(), door.browser()
    gone(stranger)
    address = provider.consent(gone(browser).headers["Location"], subject)
    refused(back(stranger, address), 409, "wrong_state")
    refused(back(door.browser(), address), 409, "wrong_state")
    code = parse_qs(urlsplit(address).query)["code"][0]
    for state in ("", "x", "\0", "é"):
        invented = f"/sign-in/provider/callback?{urlencode({'code': code, 'state': state})}"
        refused(back(browser, invented), 409, "wrong_state")
    refused(back(browser, f"/sign-in/provider/callback?code={code}"), 409, "wrong_state")
    assert why(door) == "FlowOver"
    assert not [path for path, _ in provider.asked if path == "/token"]
    assert back(browser, address).status_code == 303
    assert door.log(account_id) == [("signed_in", {"by": "provider"})]


def test_a_way_is_gone_once(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door)
    browser = door.browser()
    address = provider.consent(gone(browser).headers["Location"], subject)
    assert back(browser, address).status_code == 303
    refused(back(browser, address), 409, "wrong_state")
    other = provider.consent(gone(browser).headers["Location"], subject)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: back(browser, other), range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]


def test_a_way_ends_after_ten_minutes(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door)
    browser = door.browser()
    address = provider.consent(gone(browser).headers["Location"], subject)
    door.clock.move(minutes=10)
    refused(back(browser, address), 409, "wrong_state")
    door.clock.now = datetime.now(UTC)
    refused(back(browser, address), 409, "wrong_state")
    gone(browser)
    door.clock.move(minutes=11)
    gone(browser)
    assert len(door.run("SELECT expires_at FROM flows_elsewhere")) == 1


def test_a_code_with_another_verifier(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door)
    browser = door.browser()
    address = provider.consent(gone(browser).headers["Location"], subject)
    door.run("UPDATE flows_elsewhere SET verifier = 'another'")
    detail = refused(back(browser, address), 403, "forbidden")
    assert detail == "The provider did not let you in."
    assert browser.cookie is None


def test_the_code_of_somebody_else(door: Entrance, provider: WilfulProvider) -> None:
    """Whoever slips their own code to somebody does not sign them in to their account."""
    _, _, attacker = linked(door)
    stolen = provider.consent(gone(door.browser()).headers["Location"], attacker)
    browser = door.browser()
    state = parse_qs(urlsplit(gone(browser).headers["Location"]).query)["state"][0]
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    injected = f"/sign-in/provider/callback?{urlencode({'code': code, 'state': state})}"
    refused(back(browser, injected), 403, "forbidden")
    assert browser.cookie is None


def test_the_answer_of_another_provider(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door)
    for issuer, status in (("http://evil.example", 403), (provider.issuer, 303)):
        browser = door.browser()
        address = provider.consent(gone(browser).headers["Location"], subject)
        assert back(browser, f"{address}&{urlencode({'iss': issuer})}").status_code == status


def test_begun_from_a_page_of_somebody_else(door: Entrance, provider: WilfulProvider) -> None:
    browser = door.browser()
    sent = {"Sec-Fetch-Site": "cross-site", "Accept-Language": "en"}
    answer = browser.client.get("/sign-in/provider", headers=sent, follow_redirects=False)
    refused(answer, 403, "forbidden")


def test_who_only_goes_and_never_comes_back(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door)
    address = "198.51.100.7"
    browser = door.browser(address=address)
    for _ in range(99):
        assert gone(browser).status_code == 303
    assert over(browser, provider, subject).status_code == 303
    codes = [gone(browser).status_code for _ in range(52)]
    assert (codes[0], codes[-1]) == (303, 429)
    assert gone(door.browser()).status_code == 303


# A link


def test_a_link_is_made_only_by_who_began_it(door: Entrance, provider: WilfulProvider) -> None:
    account_id, email = door.person(Role.OPERATOR)
    browser = door.browser()
    browser.sign_in(email)

    def begun() -> str:
        location = browser.done("/identities", {"password": PASSWORD})["location"]
        return provider.consent(location, f"soggetto-{uuid4().hex}")

    address = begun()
    browser.call("DELETE", "/session")
    refused(back(browser, address), 409, "wrong_state")
    assert door.log(account_id)[-1] == (
        "sign_in_failed",
        {"step": "provider", "why": "FlowOver"},
    )
    browser.sign_in(email)
    address = begun()
    _, other = door.person(Role.OPERATOR)
    browser.sign_in(other)
    refused(back(browser, address), 409, "wrong_state")
    assert not identities(door, account_id)
    refused(door.browser().post("/identities", {"password": PASSWORD}), 401, "unauthenticated")
    browser.csrf = None
    refused(browser.post("/identities", {"password": PASSWORD}), 403, "forbidden")


def test_an_identity_is_of_one_account(door: Entrance, provider: WilfulProvider) -> None:
    owner, _, subject = linked(door)
    _, email = door.person(Role.OPERATOR)
    browser = door.browser()
    browser.sign_in(email)
    location = browser.done("/identities", {"password": PASSWORD})["location"]
    refused(back(browser, provider.consent(location, subject)), 409, "wrong_state")
    rows = door.run("SELECT account_id FROM identities_elsewhere WHERE subject = %s", subject)
    assert [row["account_id"] for row in rows] == [owner]


def test_two_links_begun_at_once_make_one(door: Entrance, provider: WilfulProvider) -> None:
    _, email = door.person(Role.OPERATOR)
    browser = door.browser()
    browser.sign_in(email)
    addresses = [
        provider.consent(
            browser.done("/identities", {"password": PASSWORD})["location"], uuid4().hex
        )
        for _ in range(2)
    ]
    assert back(browser, addresses[0]).status_code == 303
    assert "already" in refused(back(browser, addresses[1]), 409, "wrong_state")


# The second factor, and roles


@pytest.fixture(scope="module")
def trusting_door(
    running: WilfulProvider, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Entrance]:
    """A register that takes the provider's second factor."""
    home = tmp_path_factory.mktemp("trusting")
    with opened_door(running, postgres_url, home, "theirs") as opened:
        opened.clock.now = datetime.now(UTC)
        yield opened


@pytest.mark.parametrize(
    ("methods", "counts"),
    [
        (["mfa"], True),
        (["pwd", "otp"], True),
        (["face", "hwk"], True),
        (["pwd"], False),
        (["pwd", "pin"], False),
        (["otp", "sms"], False),
        (None, False),
        ([], False),
    ],
)
def test_whose_second_factor_counts(
    door: Entrance,
    trusting_door: Entrance,
    provider: WilfulProvider,
    methods: list[str] | None,
    counts: bool,
) -> None:
    provider.claims = {"amr": methods}
    for entrance, trusts in ((door, False), (trusting_door, True)):
        account_id, _, subject = linked(entrance, Role.ADMIN)
        browser = entrance.browser()
        answer = over(browser, provider, subject)
        enough = trusts and counts
        assert answer.headers["Location"] == ("/" if enough else "/accedi?next=/")
        state = browser.get("/session").json()["state"]
        assert state == ("signed_in" if enough else "factor_missing")
        log = [("signed_in", {"by": "provider"})] if enough else []
        assert entrance.log(account_id) == log


def test_roles_are_ours(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door, Role.OPERATOR)
    provider.claims = {"roles": ["admin"], "groups": ["coordinator"], "email": "x@example.org"}
    browser = door.browser()
    over(browser, provider, subject)
    roles = browser.get("/session").json()["account"]["roles"]
    assert [role["role"] for role in roles] == ["operator"]


# Away


def test_a_provider_that_fails(door: Entrance, provider: WilfulProvider) -> None:
    account_id, _ = door.person(Role.OPERATOR)
    invitation = door.invitation(account_id)
    failing: list[dict[str, Any]] = [
        *({"status": 500}, {"status": 401}, {"status": 302}),
        *({"answer": {}}, {"answer": {"id_token": 7}}, {"answer": {"error": "x"}}),
    ]
    for wrong in failing:
        for name, value in wrong.items():
            setattr(provider, name, value)
        browser = door.browser()
        answer = over(browser, provider, f"nuovo-{uuid4().hex}", invitation=invitation)
        assert refused(answer, 503, "unavailable") == AWAY
        assert "Retry-After" in answer.headers
        assert browser.cookie is None
        assert why(door) == "ProviderAway"
        provider.reset()
    assert not identities(door, account_id)
    assert over(door.browser(), provider, uuid4().hex, invitation=invitation).status_code == 303


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"jwks_uri": None},
        {"token_endpoint": 7},
        {"jwks_uri": "http://127.0.0.1:1/keys"},
        {"jwks_uri": "not an address"},
    ],
    ids=str,
)
def test_a_provider_that_describes_itself_wrongly(
    door: Entrance, provider: WilfulProvider, described: Json
) -> None:
    _, _, subject = linked(door)
    door.clock.move(hours=2)  # what was known is too old
    provider.described = described
    provider.claims = {"exp": int(time.time()) + 20_000}
    browser = door.browser()
    going = gone(browser)
    if going.status_code == 303:
        going = back(browser, provider.consent(going.headers["Location"], subject))
    assert refused(going, 503, "unavailable") == AWAY
    door.clock.move(hours=2)
    provider.described = {}
    assert over(door.browser(), provider, subject).status_code == 303


def test_a_provider_that_hangs(
    door: Entrance, provider: WilfulProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, subject = linked(door)
    browser = door.browser()
    address = provider.consent(gone(browser).headers["Location"], subject)
    monkeypatch.setattr(door.services.http, "timeout", httpx.Timeout(0.2))
    provider.lets_go.clear()
    try:
        assert refused(back(browser, address), 503, "unavailable") == AWAY
    finally:
        provider.lets_go.set()
    refused(back(browser, address), 409, "wrong_state")
    assert browser.cookie is None


def test_a_provider_that_is_down(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with ExitStack() as stack:
        while_it_runs = stack.enter_context(ExitStack())
        provider = while_it_runs.enter_context(wilful_provider())
        door = stack.enter_context(
            opened_door(provider, postgres_url, tmp_path_factory.mktemp("down"), "ours")
        )
        door.clock.now = datetime.now(UTC)
        _, email, subject = linked(door)
        browser = door.browser()
        address = provider.consent(gone(browser).headers["Location"], subject)
        while_it_runs.close()
        refused(back(browser, address), 503, "unavailable")
        refused(back(browser, address), 409, "wrong_state")
        door.clock.move(hours=2)
        assert refused(gone(browser), 503, "unavailable") == AWAY
        assert not door.run("SELECT state_hash FROM flows_elsewhere")
        assert browser.sign_in(email).status_code == 200


def test_logs_hold_no_secret(
    door: Entrance, provider: WilfulProvider, caplog: pytest.LogCaptureFixture
) -> None:
    _, _, subject = linked(door)
    caplog.set_level("DEBUG")
    states = []
    with capture_logs() as lines:
        for claims in ({}, {"nonce": "x"}):
            provider.claims = claims
            browser = door.browser()
            address = provider.consent(gone(browser).headers["Location"], subject)
            states += parse_qs(urlsplit(address).query)["state"]
            back(browser, address)
        provider.status = 500
        over(door.browser(), provider, subject)
    # What the tests' own browser logs is not the register's.
    ours = [r.getMessage() for r in caplog.records if "testserver" not in r.getMessage()]
    said = f"{lines} {ours} {[door.log(None)]}"
    assert "provider_away" in said
    codes = [form["code"] for path, form in provider.asked if path == "/token"]
    verifiers = [form["code_verifier"] for path, form in provider.asked if path == "/token"]
    for secret in (*codes, *verifiers, *states, subject, CLIENT_SECRET):
        assert secret not in said
