"""A provider of identities, by OpenID Connect: discovery, code flow with PKCE, signed ID token.

Of all that a provider may tell, it is believed who it is (`sub`) and by what that was proved
(`amr`): no e-mail, no name, no role.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from api.security.refusals import NotBelieved, ProviderAway, ProviderRefuses

log = structlog.get_logger("api.oidc")

LEEWAY_S = 60
"""So much the provider's clock may differ from ours."""

KEPT_S = 3600
"""So long is kept what the provider says of itself; its keys are also asked for when one of them
is not known."""

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
_SIGNED_BY = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519", "EdDSA"),
]
"""Keys that only the provider has; never a shared secret, never none."""

_LONGEST_SUBJECT = 255

_KINDS_OF_PROOF = (
    frozenset({"pwd", "pin", "kba"}),
    frozenset({"otp", "hwk", "swk", "sc", "sms", "tel", "pop"}),
    frozenset({"face", "fpt", "iris", "retina", "vbm"}),
)
"""What somebody knows, has and is (RFC 8176)."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to the provider. `secret`: None for a client that is public."""

    issuer: str
    id: str
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one way over the provider is bound to: all of it random."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in there. `two_factors`: whether it says that two kinds of proof were given."""

    issuer: str
    subject: str
    two_factors: bool


class _Described(BaseModel):
    """What is used of the discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class _Answered(BaseModel):
    """What is used of the answer of the token endpoint."""

    id_token: str


class _Told(BaseModel):
    """What is used of the ID token, besides what `_check` looks at."""

    sub: str
    aud: str | tuple[str, ...]
    azp: str | None = None
    amr: tuple[str, ...] = ()


class _Keys(BaseModel):
    """The provider's keys."""

    keys: list[dict[str, Any]]


class Provider:
    """Asks it. Every failure of it is `ProviderAway`, which is written down; nothing is retried,
    for a code is good once."""

    def __init__(self, client: Client, clock: Callable[[], datetime], http: httpx.Client) -> None:
        self._client = client
        self._clock = clock
        self._http = http
        self._described: tuple[datetime, _Described] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    @property
    def issuer(self) -> str:
        """Its name among providers."""
        return self._client.issuer

    def address(self, secrets: Secrets, redirect_uri: str) -> str:
        """Where to send a browser so that it signs in there."""
        query = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": redirect_uri,
            "scope": "openid",
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": challenge_of(secrets.verifier),
            "code_challenge_method": "S256",
        }
        endpoint = self._description().authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def check_sender(self, issuer: str | None) -> None:
        """Refuses an answer of another provider (RFC 9207). `issuer`: as the answer says."""
        said = self._description().authorization_response_iss_parameter_supported
        if issuer != self._client.issuer and (said or issuer is not None):
            raise NotBelieved

    def identity(self, code: str, secrets: Secrets, redirect_uri: str) -> Identity:
        """Who signed in there. Raises `ProviderAway`, `ProviderRefuses` (of the code) and
        `NotBelieved`."""
        token = self._exchange(code, secrets.verifier, redirect_uri)
        claims = self._claims(token)
        try:
            return self._checked(claims, secrets.nonce)
        except (JoseError, ValidationError) as error:
            log.warning("id_token_refused", why=type(error).__name__)
            raise NotBelieved from None

    # The code, for a token

    def _exchange(self, code: str, verifier: str, redirect_uri: str) -> str:
        described = self._description()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self._client.id,
            "code_verifier": verifier,
        }
        auth, secret = httpx.Auth(), self._client.secret  # this one sends nothing
        if secret is not None:
            if "client_secret_basic" in described.token_endpoint_auth_methods_supported:
                auth = httpx.BasicAuth(quote_plus(self._client.id), quote_plus(secret))
            else:
                form["client_secret"] = secret
        try:
            answer = self._http.post(described.token_endpoint, data=form, auth=auth)
        except httpx.HTTPError as error:
            raise _away("token", error) from None
        if answer.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN):
            log.warning("code_refused", status=answer.status_code)
            raise ProviderRefuses
        if answer.status_code != HTTPStatus.OK:
            raise _away("token", status=answer.status_code)
        try:
            return _Answered.model_validate_json(answer.content).id_token
        except ValidationError as error:
            raise _away("token", error) from None

    # The token

    def _claims(self, token: str) -> dict[str, Any]:
        """What the token says, if a key of the provider has signed it."""
        try:
            return jwt.decode(token, self._key_set(), algorithms=_SIGNED_BY).claims
        except (JoseError, ValueError):
            # It may be signed by a key that the provider has not had for long.
            self._keys = None
        try:
            return jwt.decode(token, self._key_set(), algorithms=_SIGNED_BY).claims
        except (JoseError, ValueError) as error:
            log.warning("id_token_refused", why=type(error).__name__)
            raise NotBelieved from None

    def _checked(self, claims: dict[str, Any], nonce: str) -> Identity:
        client = self._client
        jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": client.issuer},
            aud={"essential": True, "value": client.id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(claims)
        told = _Told.model_validate(claims)
        several = not isinstance(told.aud, str) and len(told.aud) > 1
        if (told.azp is not None or several) and told.azp != client.id:
            raise JoseError("azp")
        if not isinstance(claims["nonce"], str) or len(told.sub) > _LONGEST_SUBJECT:
            raise JoseError("shape")
        if not told.sub.isprintable():
            raise JoseError("sub")
        return Identity(client.issuer, told.sub, two_factors=_is_twofold(told.amr))

    # What the provider says of itself

    def _description(self) -> _Described:
        kept = self._described
        if kept is not None and self._is_fresh(kept[0]):
            return kept[1]
        content = self._get(f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            found = _Described.model_validate_json(content)
        except ValidationError as error:
            raise _away("discovery", error) from None
        if found.issuer != self._client.issuer:
            raise _away("discovery", why="another_issuer")
        plain = self._client.issuer.startswith("http://")
        for endpoint in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            if not endpoint.startswith("https://") and not plain:
                raise _away("discovery", why="not_https")
        self._described = (self._clock(), found)
        return found

    def _key_set(self) -> KeySet:
        kept = self._keys
        if kept is not None and self._is_fresh(kept[0]):
            return kept[1]
        content = self._get(self._description().jwks_uri)
        try:
            known = _Keys.model_validate_json(content).keys
            signing = [key for key in known if key.get("use", "sig") == "sig"]
            found = KeySet.import_key_set({"keys": signing})
        except (JoseError, ValueError, TypeError, LookupError) as error:
            raise _away("keys", error) from None
        self._keys = (self._clock(), found)
        return found

    def _is_fresh(self, since: datetime) -> bool:
        return 0 <= (self._clock() - since).total_seconds() < KEPT_S

    def _get(self, address: str) -> bytes:
        try:
            answer = self._http.get(address, headers={"Accept": "application/json"})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _away("asking", error) from None
        if answer.status_code != HTTPStatus.OK:
            raise _away("asking", status=answer.status_code)
        return answer.content


def challenge_of(verifier: str) -> str:
    """What is told beforehand of a PKCE verifier (S256)."""
    digest = sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _is_twofold(methods: tuple[str, ...]) -> bool:
    """Whether these words for methods mean that two kinds of proof were given."""
    given = frozenset(methods)
    return "mfa" in given or sum(bool(given & kind) for kind in _KINDS_OF_PROOF) > 1


def _away(step: str, error: Exception | None = None, **facts: str | int) -> ProviderAway:
    """Written down without any word of the provider's, which may be a secret."""
    why: Mapping[str, str] = {"error": type(error).__name__} if error else {}
    log.error("provider_away", step=step, **why, **facts)
    return ProviderAway()
