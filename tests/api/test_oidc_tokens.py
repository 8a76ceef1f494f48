"""What a provider says is believed only if it is signed, for us, of now, and of this very way."""

import base64
import hmac
import json
import time
from hashlib import sha256

import pytest
from joserfc.jwk import RSAKey

from tests.api.entrance import Entrance
from tests.api.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    UNBELIEVED,
    Json,
    WilfulProvider,
    linked,
    over,
    refused,
    why,
)

WRONG_CLAIMS: list[Json] = [
    *({"nonce": "another"}, {"nonce": None}, {"nonce": ["x"]}),
    *({"iss": "http://127.0.0.1:1"}, {"iss": None}),
    *({"aud": "somebody else"}, {"aud": None}, {"aud": []}, {"aud": [CLIENT_ID, "another"]}),
    *({"azp": "another"}, {"aud": [CLIENT_ID, "another"], "azp": "another"}),
    *({"exp": 1}, {"exp": None}, {"exp": "later"}, {"iat": 4_000_000_000}, {"iat": None}),
    *({"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}, {"sub": "a\0b"}),
    {"amr": "mfa"},
]


@pytest.mark.parametrize("claims", WRONG_CLAIMS, ids=str)
def test_an_id_token_that_says_something_wrong(
    door: Entrance, provider: WilfulProvider, claims: Json
) -> None:
    _, _, subject = linked(door)
    provider.claims = claims
    browser = door.browser()
    assert refused(over(browser, provider, subject), 403, "forbidden") == UNBELIEVED
    assert browser.cookie is None
    assert why(door) == "NotBelieved"


@pytest.mark.parametrize(
    "claims", [{"aud": [CLIENT_ID]}, {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}], ids=str
)
def test_several_may_be_meant(door: Entrance, provider: WilfulProvider, claims: Json) -> None:
    _, _, subject = linked(door)
    provider.claims = claims
    assert over(door.browser(), provider, subject).status_code == 303


def test_clocks_may_differ_a_little(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door)
    provider.claims = {"exp": int(time.time()) - 30}
    assert over(door.browser(), provider, subject).status_code == 303
    provider.claims = {"exp": int(time.time()) - 90}
    refused(over(door.browser(), provider, subject), 403, "forbidden")


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _tampered(token: str, **claims: object) -> str:
    head, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{_part(json.dumps({**said, **claims}).encode())}.{signature}"


def _headed(alg: str, claims: Json) -> str:
    head = {"alg": alg, "kid": "first"}
    return f"{_part(json.dumps(head).encode())}.{_part(json.dumps(claims).encode())}"


def _hs256(claims: Json, key: bytes) -> str:
    signed = _headed("HS256", claims)
    return f"{signed}.{_part(hmac.digest(key, signed.encode(), sha256))}"


def test_an_id_token_that_was_not_signed_by_the_provider(
    door: Entrance, provider: WilfulProvider
) -> None:
    _, _, subject = linked(door)
    stranger = RSAKey.generate_key(2048, {"kid": "first"})
    public, shared = provider.key.as_pem(private=False), CLIENT_SECRET.encode()
    ways = [
        lambda claims: _tampered(provider.signed({**claims, "sub": "another"}), sub=subject),
        lambda claims: provider.signed(claims, stranger),
        lambda claims: provider.signed(claims, RSAKey.generate_key(2048, {"kid": "other"})),
        lambda claims: f"{_headed('none', claims)}.",
        lambda claims: _hs256(claims, public),
        lambda claims: _hs256(claims, shared),
        lambda claims: "a.b",
        lambda claims: "",
        lambda claims: "é.é.é",
    ]
    for sign in ways:
        provider.sign = sign
        browser = door.browser()
        assert refused(over(browser, provider, subject), 403, "forbidden") == UNBELIEVED
        assert browser.cookie is None
    provider.sign = provider.signed
    assert over(door.browser(), provider, subject).status_code == 303


def test_the_provider_changes_its_keys(door: Entrance, provider: WilfulProvider) -> None:
    _, _, subject = linked(door)
    assert over(door.browser(), provider, subject).status_code == 303
    first, second = provider.key, RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    try:
        provider.key, provider.published = second, [first, second]
        assert over(door.browser(), provider, subject).status_code == 303
        asked = len(_asked_for_keys(provider))
        assert over(door.browser(), provider, subject).status_code == 303
        assert len(_asked_for_keys(provider)) == asked
        provider.published = [second]
        provider.sign = lambda claims: provider.signed(claims, first)
        provider.claims = {"exp": int(time.time()) + 20_000}
        door.clock.move(hours=2)  # what was known is too old
        refused(over(door.browser(), provider, subject), 403, "forbidden")
    finally:
        provider.key, provider.published = first, [first]


def _asked_for_keys(provider: WilfulProvider) -> list[str]:
    return [path for path, _ in provider.asked if path == "/keys"]
