"""A register with accounts to sign in to, several processes' worth of applications, and a clock
that tests move."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pyotp
from fastapi.testclient import TestClient
from psycopg.rows import dict_row

from api.app import create_app
from api.security.passwords import Passwords
from api.settings import Settings
from api.wiring import Services, build
from domain.actors import Role
from tests.schemas import lent

PASSWORD = "cavallo verde in bicicletta"
OTHER_PASSWORD = "undici mele sopra il tetto"
KEPT = Passwords().hash(PASSWORD)
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Json = dict[str, Any]


class Clock:
    """The time, as the tests want it."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def __call__(self) -> datetime:
        return self.now

    def move(self, **more: float) -> None:
        """Later by so much."""
        self.now += timedelta(**more)


class Browser:
    """A browser on pages of the register: it keeps cookies, and tells where it comes from."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.csrf: str | None = None

    def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """One request under /api/v1 as a page of ours makes it; `headers` change what it sends."""
        sent = {"Accept-Language": "en", "Origin": str(self.client.base_url).rstrip("/")}
        sent |= {"Sec-Fetch-Site": "same-origin"}
        if self.csrf is not None:
            sent["X-CSRF-Token"] = self.csrf
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        more: Json = {} if method == "GET" or body is None else {"json": body}
        answer: httpx.Response = self.client.request(method, f"/api/v1{path}", headers=sent, **more)
        return answer

    def get(self, path: str) -> httpx.Response:
        """Reads."""
        return self.call("GET", path)

    def post(self, path: str, body: object = None) -> httpx.Response:
        """Changes something, and goes on with the token of the answer."""
        answer = self.call("POST", path, {} if body is None else body)
        self._learn(answer)
        return answer

    def open(self) -> "Browser":
        """Looks at the sign-in page, and learns its token."""
        self._learn(self.get("/session"))
        return self

    def sign_in(
        self, email: str, password: str = PASSWORD, *, shared_computer: bool = False
    ) -> httpx.Response:
        """The first step."""
        self.open()
        body = {"email": email, "password": password, "shared_computer": shared_computer}
        return self.post("/session", body)

    def done(self, path: str, body: object = None) -> Json:
        """Something that must succeed; what it answered."""
        answer = self.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        shown: Json = answer.json()
        return shown

    @property
    def cookie(self) -> str | None:
        """The session's token."""
        cookies = self.client.cookies
        names = ("doti", "__Host-doti")
        return next((each.value for each in cookies.jar if each.name in names), None)

    def bring(self, token: str) -> None:
        """Has this session's token instead of its own."""
        self.client.cookies.set("doti", token, domain="testserver.local", path="/")

    def _learn(self, answer: httpx.Response) -> None:
        if answer.is_success:
            shown = answer.json()
            self.csrf = shown.get("session", shown).get("csrf_token", self.csrf)


class Entrance:
    """One register, served by several applications."""

    def __init__(self, services: list[Services], clock: Clock) -> None:
        self.services = services[0]
        self.clock = clock
        self._apps = [create_app(each) for each in services]
        self._n = 0

    def client(self, nth: int = 0, scheme: str = "http", address: str | None = None) -> TestClient:
        """A client of an application, from an address of the network."""
        self._n += 1
        return TestClient(
            self._apps[nth],
            base_url=f"{scheme}://testserver",
            client=(address or f"192.0.2.{self._n % 250 + 1}", 1234),
        )

    def browser(self, nth: int = 0, scheme: str = "http", address: str | None = None) -> Browser:
        """A browser that was never here before."""
        return Browser(self.client(nth, scheme, address))

    def person(self, *roles: Role, password: str | None = KEPT) -> tuple[UUID, str]:
        """Somebody with these roles and `PASSWORD`; their account and e-mail."""
        account_id = uuid4()
        email = f"inventata.{account_id.hex[:10]}@example.org"
        self.run(
            "INSERT INTO accounts (id, name, known_as, email) VALUES (%s, %s, %s, %s)",
            account_id,
            f"Persona Inventata {account_id.hex[:6]}",
            account_id.hex,
            email,
        )
        for role in roles:
            partner = "ROCCA" if role is Role.OPERATOR else None
            self.run(
                "INSERT INTO grants (id, account_id, role, partner, since) VALUES (%s,%s,%s,%s,%s)",
                uuid4(),
                account_id,
                role,
                partner,
                BEGINNING.date(),
            )
        if password is not None:
            self.run("INSERT INTO credentials VALUES (%s, %s, %s)", account_id, password, BEGINNING)
        return account_id, email

    def invitation(self, account_id: UUID, **valid: float) -> str:
        """The token of a link that is valid for so long (a day)."""
        token = f"invito-{uuid4().hex}"
        until = self.clock() + timedelta(**(valid or {"days": 1}))
        hashed = sha256(token.encode()).digest()
        self.run("INSERT INTO invitations VALUES (%s, %s, %s)", hashed, account_id, until)
        return token

    def with_totp(self, browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
        """Sets an app up; what makes its codes, and the recovery codes (with the first)."""
        begun = browser.done("/factors", {"kind": "totp", "label": "Telefono"})
        app = pyotp.TOTP(begun["secret"])
        body = {"code": app.at(self.clock())}
        confirmed = browser.done(f"/factors/{begun['id']}/confirmation", body)
        self.clock.move(seconds=90)
        return app, confirmed["recovery_codes"] or []

    def log(self, account_id: UUID | None) -> list[tuple[str, Json]]:
        """What the access log says of somebody."""
        rows = self.run(
            "SELECT what, details FROM access_log WHERE account_id IS NOT DISTINCT FROM %s"
            " ORDER BY n",
            account_id,
        )
        return [(row["what"], row["details"]) for row in rows]

    def run(self, statement: str, *values: object) -> list[Json]:
        """SQL, as whoever owns the register."""
        keeper = self.services.keeper
        with psycopg.connect(keeper.url, row_factory=dict_row) as connection:
            connection.execute(f'SET search_path TO "{keeper.schema}"')
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def opened_entrance(
    url: str,
    home: Path,
    processes: int = 2,
    **settings: Any,  # noqa: ANN401  what Settings takes
) -> Iterator[Entrance]:
    """A register without a programme, in a schema that is nobody else's meanwhile."""
    clock = Clock()
    with lent(url) as schema, ExitStack() as stack:
        chosen = Settings(home=home, db_schema=schema, pool_size=8, **settings)
        services = [stack.enter_context(build(chosen, url, clock=clock)) for _ in range(processes)]
        yield Entrance(services, clock)


def signed_in(entrance: Entrance, *, shared_computer: bool = False) -> tuple[Browser, str]:
    """A browser in which somebody with a password alone is signed in; their e-mail."""
    _, email = entrance.person(Role.OPERATOR)
    browser = entrance.browser()
    answer = browser.sign_in(email, shared_computer=shared_computer)
    assert answer.json()["state"] == "signed_in"
    return browser, email


def is_in(browser: Browser) -> bool:
    """Whether it is let in to what is for whoever is signed in."""
    return browser.get("/doti").status_code == 200
