"""A running application on a real register: a small programme, and somebody for each role."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.wiring import Services, build
from domain.actors import Actor, Grant, Role
from domain.events.base import Event, Stamp
from domain.policy import Rules, two_bands
from domain.programme import Programme
from projections.runner import Runner, wait_until
from tests.schemas import lent
from workflows import programme
from workflows.engine import Request

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
IBAN = "IT60X0542811101000000123456"
SINGLE_APPROVER_CENTS = 15_000
FUNDS_CENTS = 10_000_000
LINE_CENTS = 1_000_000
SETTLING_S = 30

SIGN_INS: Mapping[str, tuple[Role, str | None]] = {
    "operator": (Role.OPERATOR, "ROCCA"),
    "operator_ssalv": (Role.OPERATOR, "SSALV"),
    "assessor": (Role.ASSESSOR, None),
    "approver": (Role.APPROVER, None),
    "approver2": (Role.APPROVER, None),
    "finance": (Role.FINANCE, None),
    "coordinator": (Role.COORDINATOR, None),
    "auditor": (Role.AUDITOR, None),
    "admin": (Role.ADMIN, None),
}

Json = dict[str, Any]


def paper(n: int = 1) -> bytes:
    """A PDF that is like no other number's."""
    return PDF.replace(b"startxref", b"%% paper %d\nstartxref" % n)


class World:
    """The application, its services, and short ways to call it."""

    def __init__(self, services: Services, client: TestClient) -> None:
        self.services = services
        self.client = client
        self.tokens: dict[str, str] = {}
        self._runner = Runner(services.keeper)

    # Calling

    def call(
        self,
        method: str,
        path: str,
        who: str | None = "operator",
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401  what httpx takes
    ) -> httpx.Response:
        """One request under /api/v1, in English, as somebody (None: not signed in)."""
        sent = {"Accept-Language": "en"}
        if who is not None:
            sent["Authorization"] = f"Bearer {self.tokens[who]}"
        if key is not None:
            sent["Idempotency-Key"] = key
        sent |= headers or {}
        answer: httpx.Response = self.client.request(method, f"/api/v1{path}", headers=sent, **more)
        return answer

    def get(self, path: str, who: str | None = "coordinator", **more: Any) -> httpx.Response:  # noqa: ANN401
        """Reads."""
        return self.call("GET", path, who, **more)

    def post(
        self,
        path: str,
        body: object = None,
        who: str | None = "operator",
        **more: Any,  # noqa: ANN401
    ) -> httpx.Response:
        """Commands."""
        return self.call("POST", path, who, json=body, **more)

    def done(self, path: str, body: object, who: str, **more: Any) -> Json:  # noqa: ANN401
        """A command that must succeed; what it answered."""
        answer = self.post(path, body, who, **more)
        assert answer.status_code in (200, 201), answer.text
        shown: Json = answer.json()
        return shown

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Whoever writes meanwhile does so at this moment."""
        engine = self.services.engine
        before, engine.clock = engine.clock, lambda: moment
        try:
            yield
        finally:
            engine.clock = before

    # A dote's life

    def household(self, who: str = "operator", given_name: str = "Ada") -> str:
        """A household of one invented person; its id."""
        members = [{"given_name": given_name, "family_name": "Inventata", "born": "1990-01-02"}]
        body = {"members": members, "address": "via Prova 1", "district": "Mirafiori"}
        return str(self.done("/households", body, who)["id"])

    def request_body(self, household_id: str, cents: int = 10_000, **other: object) -> Json:
        """What an operator sends."""
        return {
            "partner": "ROCCA",
            "category": "EMERGENZA",
            "item": "AFFITTO",
            "household_id": household_id,
            "amount_cents": cents,
            "need": "bisogno segreto",
            **other,
        }

    def requested(self, cents: int = 10_000, **other: object) -> Json:
        """A dote that waits for its assessor."""
        body = self.request_body(self.household(), cents, **other)
        return self.done("/doti", body, "operator")

    def assessed(self, cents: int = 10_000, **other: object) -> Json:
        """A dote that waits for its approver."""
        dote = self.requested(cents, **other)
        body = {"outcome": "favourable", "note": "nota segreta"}
        return self.done(f"/doti/{dote['id']}/assessment", body, "assessor")

    def approved(self, cents: int = 10_000, **other: object) -> Json:
        """A dote that waits for its payment."""
        dote = self.assessed(cents, **other)
        body = {"amount_cents": cents, "payee": {"name": "Padrone Segreto", "iban": IBAN}}
        voters = ["approver"] if cents <= SINGLE_APPROVER_CENTS else ["approver", "approver2"]
        for voter in voters:
            dote = self.done(f"/doti/{dote['id']}/approval", body, voter)
        return dote

    def disbursed(self, cents: int = 10_000, **other: object) -> Json:
        """A dote that waits for its receipts."""
        dote = self.approved(cents, **other)
        return self.done(f"/doti/{dote['id']}/disbursements", self.payment(cents), "finance")

    def payment(self, cents: int) -> Json:
        """What finance sends."""
        return {"amount_cents": cents, "value_date": "2026-01-15", "method": "bank_transfer"}

    def receipt(
        self,
        dote_id: str,
        cents: int,
        number: str = "1",
        who: str = "operator",
        **more: Any,  # noqa: ANN401
    ) -> httpx.Response:
        """A receipt, with its file."""
        form = {
            "kind": "invoice",
            "number": number,
            "date": "2026-01-16",
            "issuer": f"Emittente Segreto {dote_id}",
            "amount_cents": str(cents),
        }
        content = paper(int(UUID(dote_id)) % 10_000 + int(number))
        files = {"file": ("fattura segreta.pdf", content, "application/pdf")}
        return self.call("POST", f"/doti/{dote_id}/receipts", who, data=form, files=files, **more)

    def accounted_for(self, cents: int = 10_000) -> Json:
        """A dote at its end."""
        dote = self.disbursed(cents)
        assert self.receipt(dote["id"], cents).status_code == 201
        self.done(f"/doti/{dote['id']}/receipts/1/acceptance", {}, "finance")
        return self.done(f"/doti/{dote['id']}/accounting", {}, "finance")

    # Around it

    def settle(self) -> int:
        """Numbers all events and brings the projections up to them; the end of the log."""
        sequencer = self.services.sequencer
        # Where the pages are served a worker numbers too: what it has in hand is waited for.
        while sequencer.number_batch() or sequencer.status().waiting_events:
            pass
        self._runner.catch_up()
        end = self.services.log.end()
        # The runner leaves out a projection that the worker moves on at this moment.
        assert wait_until(self.services.database, end, SETTLING_S), "a projection stands still"
        return end

    def _run(self, decide: Callable[[Any], Any]) -> None:
        chief = Actor(self.services.accounts.account_id("coordinator"), (Grant(Role.COORDINATOR),))
        self.services.engine.run(Request(chief, "setup"), decide)

    def change(self, decide: Callable[[Programme, Stamp], Event]) -> None:
        """One change of the programme."""
        self._run(lambda work: programme.change(work, "change", decide))

    def adopt(self, rules: Rules) -> None:
        """Other rules, for what is requested from now on."""
        self.change(lambda known, stamp: known.adopt(stamp, rules))

    def open_programme(self) -> None:
        """Two desks, a partner without one, three categories, one policy, and funds."""
        run, change = self._run, self.change
        run(
            lambda work: programme.open_register(
                work, "CI", "Prova", subtitle=None, city="Torino", currency="EUR"
            )
        )
        self.adopt(two_bands(SINGLE_APPROVER_CENTS))
        change(lambda known, stamp: known.grant_funding(stamp, "Ente", FUNDS_CENTS))
        for code, role in (("ROCCA", "desk"), ("SSALV", "desk"), ("ASILI", "health")):
            change(partial(_join, code, role))
            if role == "desk":
                change(partial(_open_desk, code))
        for code, items in (
            ("EMERGENZA", ("AFFITTO", "UTENZE")),
            ("SCUOLA", ("LIBRI",)),
            ("OCULISTICA", ("OCCHIALI",)),
        ):
            change(partial(_define_category, code))
            for item in items:
                change(partial(_define_item, code, item))
        for name, (role, partner) in SIGN_INS.items():
            self.tokens[name] = self.services.accounts.create_token(name, role, partner)
        for partner in ("ROCCA", "SSALV"):
            for category in ("EMERGENZA", "OCULISTICA"):
                line = {"partner": partner, "category": category}
                body = {**line, "amount_cents": LINE_CENTS, "reason": "avvio"}
                self.done("/programme/allocations", body, "coordinator")


@contextmanager
def opened_world(
    url: str,
    home: Path,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    **settings: Any,  # noqa: ANN401
) -> Iterator[World]:
    """A world in a schema that is nobody else's meanwhile."""
    unhurried = {"rate_per_minute": 1_000_000, "rate_per_minute_address": 1_000_000}
    with lent(url) as schema:
        chosen = Settings(home=home, db_schema=schema, **(unhurried | settings))
        with (
            build(chosen, url, clock=clock) as services,
            TestClient(create_app(services)) as client,
        ):
            world = World(services, client)
            world.open_programme()
            yield world


def _join(code: str, role: str, known: Programme, stamp: Stamp) -> Event:
    return known.join(stamp, code, f"Casa {code}", role, None)


def _open_desk(code: str, known: Programme, stamp: Stamp) -> Event:
    return known.open_desk(stamp, code, f"Sportello {code}")


def _define_category(code: str, known: Programme, stamp: Stamp) -> Event:
    health = code == "OCULISTICA"
    provider = "ASILI" if health else None
    return known.define_category(stamp, code, code.title(), provider=provider, health_data=health)


def _define_item(category: str, code: str, known: Programme, stamp: Stamp) -> Event:
    return known.define_item(stamp, category, code, code.title())
