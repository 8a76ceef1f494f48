"""Providers of identities: a real one in a process of its own, and one that does wrong at will."""

import html
import json
import re
import subprocess
import sys
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit
from uuid import UUID, uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from domain.actors import Role
from tests.api.entrance import Browser, Entrance, opened_entrance

Json = dict[str, Any]

CLIENT_ID = "doti di prova"
CLIENT_SECRET = "segreto:del client %&/"

AWAY = "The provider does not answer: try again in a moment, or sign in with your password."
UNBELIEVED = "What the provider answered does not prove who you are: nobody was signed in."


@contextmanager
def mock_process() -> Iterator[str]:
    """`oidc-provider-mock` on a free port of its own; its issuer."""
    words = [sys.executable, "-m", "oidc_provider_mock", "--port", "0", "--require-nonce", "true"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if running := re.search(r"http://127\.0\.0\.1:\d+", line):
                break
        else:
            raise AssertionError("the provider has not started")
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield running[0]
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def consented(address: str, subject: str, **form: str) -> str:
    """Somebody signs in at the real provider: where it sends the browser back to."""
    answer = httpx.post(address, data={"sub": subject, **form})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


class WilfulProvider:
    """A provider that keeps to the rules, but for what a test wants otherwise.

    `lets_go`: it answers only while this is set. `claims`: changes what its ID tokens say (None
    takes a claim away). `sign`: makes them.
    `status`: of its token endpoint. It refuses a code that is not its own, was used, or comes
    without the PKCE verifier, the secret or the redirect address that it was made for.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.published = [self.key]
        self.reset()

    def reset(self) -> None:
        """Keeps to the rules again."""
        self.claims: Json = {}
        self.described: Json = {}
        self.sign: Callable[[Json], str] = self.signed
        self.status = 200
        self.lets_go = threading.Event()
        self.lets_go.set()
        self.answer: Json | None = None
        self.asked: list[tuple[str, Json]] = []
        self._codes: dict[str, Json] = {}

    def signed(self, claims: Json, key: RSAKey | None = None, alg: str = "RS256") -> str:
        """An ID token."""
        key = key or self.key
        return jwt.encode({"alg": alg, "kid": key.kid}, claims, key)

    def consent(self, address: str, subject: str) -> str:
        """Somebody signs in: where the browser is sent back to."""
        split = urlsplit(address)
        assert f"{split.scheme}://{split.netloc}{split.path}" == f"{self.issuer}/authorize"
        asked = {name: values[0] for name, values in parse_qs(split.query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert (asked["response_type"], asked["scope"]) == ("code", "openid")
        assert asked["code_challenge_method"] == "S256"
        code = uuid4().hex
        self._codes[code] = {**asked, "sub": subject}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def respond(self, path: str, form: Json, authorization: str) -> tuple[int, Json]:
        """What it answers to one request."""
        self.asked.append((path, form))
        self.lets_go.wait(30)
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.described,
            }
        if path == "/keys":
            return 200, {"keys": [key.as_dict(private=False) for key in self.published]}
        if self.status != 200:
            return self.status, {"error": "server_error"}
        if self.answer is not None:
            return 200, self.answer
        return self._token(form, authorization)

    def _token(self, form: Json, authorization: str) -> tuple[int, Json]:
        known = self._codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        digest = urlsafe_b64encode(sha256(verifier).digest()).rstrip(b"=").decode()
        client = b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        if [unquote_plus(part) for part in client] != [CLIENT_ID, CLIENT_SECRET]:
            return 401, {"error": "invalid_client"}
        if known is None or digest != known["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != known["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": known["sub"],
            "aud": CLIENT_ID,
            "nonce": known["nonce"],
            "iat": now,
            "exp": now + 300,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.sign(claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}


@contextmanager
def wilful_provider() -> Iterator[WilfulProvider]:
    """One that answers on a free port."""
    providers: list[WilfulProvider] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(content).items()})

        def _answer(self, form: Json) -> None:
            authorization = self.headers.get("Authorization", "")
            status, told = providers[0].respond(self.path, form, authorization)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        providers.append(WilfulProvider(f"http://127.0.0.1:{server.server_port}"))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield providers[0]
        finally:
            server.shutdown()
            thread.join()


def gone(browser: Browser, **query: str) -> httpx.Response:
    """The browser goes to the provider."""
    answer: httpx.Response = browser.client.get(
        "/sign-in/provider",
        params=query,
        headers={"Accept-Language": "en", "Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
    )
    return answer


def back(browser: Browser, address: str) -> httpx.Response:
    """The browser comes back."""
    headers = {"Accept-Language": "en", "Sec-Fetch-Site": "cross-site"}
    answer: httpx.Response = browser.client.get(address, headers=headers, follow_redirects=False)
    return answer


def over(browser: Browser, provider: WilfulProvider, subject: str, **query: str) -> httpx.Response:
    """All of the way over it."""
    going = gone(browser, **query)
    assert going.status_code == 303, going.text
    return back(browser, provider.consent(going.headers["Location"], subject))


def opened_door(
    provider: WilfulProvider, url: str, home: Path, second_factor: str
) -> AbstractContextManager[Entrance]:
    """A register whose people may sign in there."""
    return opened_entrance(
        url,
        home,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_second_factor=second_factor,
    )


def linked(door: Entrance, *roles: Role) -> tuple[UUID, str, str]:
    """Somebody who is linked: their account, e-mail, and who they are at the provider."""
    account_id, email = door.person(*(roles or (Role.OPERATOR,)))
    subject = f"soggetto-{uuid4().hex}"
    door.run(
        "INSERT INTO identities_elsewhere VALUES (%s, %s, %s, %s)",
        door.services.settings.oidc_issuer,
        subject,
        account_id,
        door.clock(),
    )
    return account_id, email, subject


def identities(door: Entrance, account_id: UUID) -> list[Json]:
    """With whom an account is linked."""
    asked = "SELECT subject FROM identities_elsewhere WHERE account_id = %s"
    return door.run(asked, account_id)


def why(door: Entrance) -> str:
    """Why the last one was not let in, as the access log has it."""
    what, details = door.log(None)[-1]
    assert (what, details["step"]) == ("sign_in_failed", "provider")
    return str(details["why"])


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """The sentence of a refusal, which must be this one: of the API, or a page for people."""
    assert answer.status_code == status, answer.text
    if answer.headers["content-type"].startswith("text/html"):
        said = re.search(r'<p class="lead" data-code="(\w+)">([^<]+)</p>', answer.text)
        assert said is not None, answer.text
        assert said[1] == code
        return html.unescape(said[2])
    assert answer.json()["code"] == code
    return str(answer.json()["detail"])
