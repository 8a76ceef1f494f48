"""Whatever somebody sends in whatever role: no error of ours, no right that the table does not
give, and nothing of another partner."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from api.problems import STATUS
from api.security.right import IN_PERSON, PUBLIC, SIGNING_IN, Anybody
from api.security.rights import RIGHTS
from domain.actors import Role
from domain.days import day_here
from tests.api.asking import Asked, Asking, Operation, ids, operations
from tests.api.entrance import KEPT, Browser
from tests.api.world import SIGN_INS, World
from tests.workflows.audit import as_owner

Json = dict[str, Any]

YESTERDAY = day_here(datetime.now(UTC)) - timedelta(days=1)

NARROW: Mapping[str, tuple[Role, str | None]] = {
    "assessor_rocca": (Role.ASSESSOR, "ROCCA"),
    "approver_rocca": (Role.APPROVER, "ROCCA"),
}
"""Roles that reach no further than one partner, besides the operators."""

SESSION, ELSEWHERE = "session", "session_without_proof"
READS_ONLY = "token_that_reads"
DEAD = ("account_closed", "token_over")
OTHERWISE: Mapping[str, tuple[Role, str | None]] = {
    SESSION: (Role.OPERATOR, "ROCCA"),
    ELSEWHERE: (Role.OPERATOR, "ROCCA"),
    READS_ONLY: (Role.COORDINATOR, None),
    **dict.fromkeys(DEAD, (Role.FINANCE, None)),
}
"""Who signs in otherwise: by a cookie, with and without the proof that it is our page; with a token
that only reads; and those whose account or token is over."""

WHO: Mapping[str, tuple[Role, str | None]] = {**SIGN_INS, **NARROW, **OTHERWISE}

PERSONS = "Canarino"
CASE = "canarino malato"
MONEY = "Gabbia Verde"
"""What is private at the other partner, by its kind."""


class Town:
    """A dote at each of two partners, and what nobody else may read of the second one."""

    def __init__(self, world: World) -> None:
        self.world = world
        for name, (role, partner) in {**NARROW, **OTHERWISE}.items():
            world.tokens[name] = world.services.accounts.create_token(name, role, partner)
        self.sessions = {SESSION: self._signed_in(SESSION), ELSEWHERE: self._signed_in(ELSEWHERE)}
        del self.sessions[ELSEWHERE]["X-CSRF-Token"]
        self._end()
        self.own = world.disbursed()
        self.other = self._dote_of_the_other()
        world.settle()
        self.document: Json = world.client.get("/openapi.json").json()
        dote_ids = ids(self.own["id"], self.other["id"])
        self.asking = Asking(
            self.document,
            {
                "dote_id": dote_ids,
                "household_id": ids(self.own["household_id"], self.other["household_id"]),
                "n": ("1", "2", "0", "x"),
                "version": ("1", "9", "x"),
                "delegation_id": ids(),
                "conflict_id": ids(),
            },
        )
        self.operations = operations(self.document)

    def _signed_in(self, name: str) -> dict[str, str]:
        """The headers of a browser in which somebody is signed in."""
        account = world_account(self.world, name)
        email = f"{name}@example.org"
        _run(self.world, "UPDATE accounts SET email = %s WHERE id = %s", email, account)
        _run(self.world, "INSERT INTO credentials VALUES (%s, %s, now())", account, KEPT)
        browser = Browser(TestClient(self.world.client.app))
        assert browser.sign_in(email).json()["state"] == "signed_in"
        assert browser.cookie is not None
        assert browser.csrf is not None
        return {"Cookie": f"doti={browser.cookie}", "X-CSRF-Token": browser.csrf}

    def _end(self) -> None:
        """An account is closed, the last day of a token passes, another one only reads."""
        closed, over = (world_account(self.world, name) for name in DEAD)
        self.world.done(f"/accounts/{closed}/closing", {"reason": "prova"}, "admin")
        _run(self.world, "UPDATE tokens SET until = %s WHERE account_id = %s", YESTERDAY, over)
        reads = world_account(self.world, READS_ONLY)
        _run(self.world, "UPDATE tokens SET read_only = true WHERE account_id = %s", reads)

    def _dote_of_the_other(self) -> Json:
        done = self.world.done
        member = {"given_name": PERSONS, "family_name": PERSONS, "born": "1991-03-04"}
        body = {"members": [member], "address": f"via del {PERSONS} 9", "district": "Mirafiori"}
        household = done("/households", body, "operator_ssalv")
        asked = self.world.request_body(household["id"], partner="SSALV", need=CASE)
        dote = done("/doti", asked, "operator_ssalv")
        path = f"/doti/{dote['id']}"
        done(f"{path}/assessment", {"outcome": "favourable", "note": CASE}, "assessor")
        payee = {"name": MONEY, "iban": "IT60X0542811101000000123456"}
        done(f"{path}/approval", {"amount_cents": 10_000, "payee": payee}, "approver")
        return done(f"{path}/disbursements", self.world.payment(10_000), "finance")

    def hidden(self, who: str | None) -> tuple[str, ...]:
        """What must be in no answer to somebody."""
        role, partner = WHO[who] if who is not None else (None, None)
        elsewhere = (self.other["id"], self.other["number"], self.other["household_id"])
        match role:
            case None | Role.ADMIN:
                return (PERSONS, CASE, MONEY, *elsewhere, self.own["id"], self.own["number"])
            case Role.AUDITOR:
                return (PERSONS, CASE, MONEY)
            case Role.FINANCE:
                return (PERSONS, CASE)
        if partner == "ROCCA":
            return (PERSONS, CASE, MONEY, *elsewhere)
        return (MONEY,) if role is Role.ASSESSOR else ()


def world_account(world: World, name: str) -> UUID:
    """The account of a name."""
    return world.services.accounts.account_id(name)


def _run(world: World, statement: str, *values: object) -> None:
    with as_owner(world.services.keeper) as hand:
        hand.execute(statement.encode(), values)


@pytest.fixture(scope="module")
def town(world: World) -> Town:
    return Town(world)


def sent(town: Town, operation: Operation, asked: Asked, who: str | None) -> httpx.Response:
    path = asked.path.removeprefix("/api/v1")
    session = town.sessions.get(who or "")
    headers = {**asked.headers, **(session or {})}
    caller = None if session else who
    return town.world.call(
        operation.method, path, caller, headers=headers, params=asked.params, **asked.more
    )


def check(town: Town, operation: Operation, asked: Asked, who: str | None) -> int:
    answer = sent(town, operation, asked, who)
    where = f"{operation.name} as {who}: {asked} -> {answer.status_code} {answer.text[:300]}"
    assert answer.status_code < 500, where
    assert str(answer.status_code) in operation.described["responses"].keys() | {"404"}, where
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", where
        problem = answer.json()
        assert STATUS[problem["code"]] == problem["status"] == answer.status_code, where
        assert problem["title"], where
        assert problem["detail"], where
    if not named(operation, who):
        assert answer.status_code in (401, 403, 404), where
    expected = ends_with(operation, who)
    assert expected in (None, answer.status_code), where
    asked_for = str(asked)
    for private in town.hidden(who):
        # A refusal may name what was sent.
        assert private not in answer.text or private in asked_for, f"{private!r} in {where}"
    return answer.status_code


def ends_with(operation: Operation, who: str | None) -> int | None:
    """The one status that a caller gets who may do nothing at all, or nothing that changes."""
    if who in DEAD:
        return 401
    return 403 if who in (READS_ONLY, ELSEWHERE) and operation.method != "GET" else None


def named(operation: Operation, who: str | None) -> bool:
    """Whether the table gives somebody's role a right to the operation."""
    right = RIGHTS[operation.method, operation.path]
    if right.who is PUBLIC:
        return True
    if who is None or who in DEAD:
        return False
    if right.who in (SIGNING_IN, IN_PERSON):
        return who in (SESSION, ELSEWHERE)  # the others sign in with tokens
    role, partner = WHO[who]
    if isinstance(right.who, Anybody):
        return True
    return role in right.who and (right.by_partner or partner is None)


@pytest.mark.slow
@pytest.mark.parametrize("who", [None, *sorted(WHO.keys() - {"approver2"})])
def test_whatever_is_sent_in_whatever_role(town: Town, who: str | None) -> None:
    statuses: set[int] = set()
    for operation in town.operations:
        public = RIGHTS[operation.method, operation.path].who is PUBLIC
        if not (public and who in town.sessions):  # these begin and end sessions
            got = send(town, operation, who)
            statuses |= set() if public else got
    if who is None or who in DEAD:
        assert statuses == {401}
    else:
        # Right requests were among them, wrong ones, and such as are not theirs to send. An admin
        # reads the programme, and there is nothing in that to get wrong.
        assert {200, 403, 422} - ({422} if who == "admin" else set()) <= statuses


def send(town: Town, operation: Operation, who: str | None) -> set[int]:
    """Some requests for one operation; fewer, where all are refused alike."""
    statuses: set[int] = set()
    # Some commands number events, and what waits for the projections has no worker here.
    town.world.settle()

    few = not named(operation, who) or ends_with(operation, who) is not None

    @settings(settings.get_profile("api"), max_examples=2 if few else 5)
    @given(asked=town.asking.of(operation))
    def sends(asked: Asked) -> None:
        statuses.add(check(town, operation, asked, who))

    sends()
    return statuses


def test_the_own_desk_does_read_what_the_others_must_not(town: Town) -> None:
    """Else the canaries above would sing nowhere, and nobody would notice."""
    get = town.world.get
    path = f"/doti/{town.other['id']}"
    assert CASE in get(path, "operator_ssalv").text
    assert MONEY in get(path, "operator_ssalv").text
    household = f"/households/{town.other['household_id']}"
    assert PERSONS in get(household, "operator_ssalv").text
    assert MONEY in get(path, "finance").text
    assert get(path, "operator").status_code == get(household, "operator").status_code == 404


@settings(settings.get_profile("api"), max_examples=40)
@given(st.data())
def test_every_kind_of_request_is_made(data: st.DataObject) -> None:
    """The generator makes right values: an object of a schema has what the schema wants."""
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "integer", "minimum": 3}, "b": {"type": "null"}},
    }
    made = data.draw(Asking({"components": {"schemas": {}}}, {"id": ids()}).value(schema))
    assert isinstance(made, dict)
    assert made.keys() <= {"a", "b", "nobody_knows"}
