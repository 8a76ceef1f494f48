"""The table of rights holds for every route, and nothing answers that does not stand in it."""

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints
from uuid import uuid4

import pytest
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import Mount

import projections
from api.app import create_app
from api.security.reach_of_all import ACROSS_PARTNERS, QUERIES_OF_ALL
from api.security.right import IN_PERSON, PUBLIC, SIGNING_IN, Anybody, Right
from api.security.rights import (
    RIGHTS,
    permitted,
    right_of,
)
from domain.actors import PEOPLE, Actor, Delegation, Grant, Role
from domain.lifecycle import READERS, TRANSITIONS, Action
from tests import rights as drawing
from tests.api.world import SIGN_INS, World
from workflows.eventstore.database import Tx

ROOT = Path(__file__).parent.parent.parent


def addresses(world: World) -> set[tuple[str, str]]:
    """Every method and address that the application answers; all below a mount is one."""
    found = set()
    for context in iter_route_contexts(world.client.app.routes):  # type: ignore[attr-defined]
        route = getattr(context, "starlette_route", None) or context.original_route
        if isinstance(route, Mount):
            found.add(("GET", f"{route.path}/{{path:path}}"))
            continue
        methods = getattr(context, "methods", None) or getattr(route, "methods", None) or {"GET"}
        path = getattr(context, "path", None) or getattr(route, "path", "")
        found |= {(method, str(path)) for method in methods if method != "HEAD"}
    return found


def test_every_route_stands_in_the_table_and_nothing_else_does(world: World) -> None:
    found = addresses(world)
    assert len(found) > 40
    assert found == RIGHTS.keys()


def test_every_route_is_held_to_it(world: World) -> None:
    for context in iter_route_contexts(world.client.app.routes):  # type: ignore[attr-defined]
        dependant = getattr(context, "dependant", None)
        if dependant is None:
            # Those of the framework itself: only what is for everybody may go without.
            path = getattr(context, "path", None) or getattr(context.original_route, "path", "")
            assert RIGHTS["GET", str(path)].who is PUBLIC
            continue
        assert permitted in [each.call for each in dependant.dependencies], context.path


def test_what_does_not_stand_in_it_is_refused(world: World) -> None:
    routes = APIRouter()

    @routes.get("/api/v1/forgotten")
    def forgotten() -> str:
        return "seen"

    app = create_app(world.services)
    app.include_router(routes)
    with TestClient(app) as client:
        headers = {"Authorization": f"Bearer {world.tokens['coordinator']}"}
        answer = client.get("/api/v1/forgotten", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert client.get("/api/v1/forgotten").status_code == 401


@pytest.mark.parametrize("who", [None, *SIGN_INS])
def test_only_whom_it_names_gets_through(world: World, who: str | None) -> None:
    role = None if who is None else SIGN_INS[who][0]
    for (method, path), right in RIGHTS.items():
        if not path.startswith("/api/v1"):
            continue
        named = not isinstance(right.who, Anybody)
        filled = re.sub(r"\{(n|version)\}", "1", path.removeprefix("/api/v1"))
        filled = re.sub(r"\{\w+\}", str(uuid4()), filled)
        answer = world.call(method, filled, who)
        where = f"{method} {path} as {who}: {answer.text[:200]}"
        if right.who is PUBLIC:
            # Who begins to sign in may be told that there is nothing begun.
            assert answer.status_code != 403, where
        elif role is None:
            assert answer.status_code == 401, where
        elif right.who in (SIGNING_IN, IN_PERSON) or (named and role not in right.who):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), where
        else:
            assert answer.status_code != 401, where
            assert answer.status_code != 403 or answer.json()["code"] != "forbidden", where


def test_a_role_for_one_partner_is_none_for_the_whole_programme() -> None:
    of_all = Right(frozenset({Role.APPROVER}), by_partner=False)
    of_one = Right(frozenset({Role.APPROVER}))
    narrow = Actor(uuid4(), (Grant(Role.APPROVER, "ROCCA"),))
    wide = Actor(uuid4(), (Grant(Role.APPROVER),))
    assert of_one.admits(narrow)
    assert of_one.admits(wide)
    assert of_all.admits(wide)
    assert not of_all.admits(narrow)
    assert not of_all.admits(None)


def test_a_delegated_role_counts() -> None:
    lent = Grant(Role.COORDINATOR, None, Delegation(uuid4(), None, 1))
    actor = Actor(uuid4(), (Grant(Role.OPERATOR, "ROCCA"), lent))
    assert RIGHTS["POST", "/api/v1/programme/allocations"].admits(actor)


def test_the_roles_of_steps_are_those_of_the_transition_table() -> None:
    for (method, path), right in RIGHTS.items():
        if right.what in set(Action) and not path.endswith("/bulk"):
            rule = TRANSITIONS[Action(right.what)]
            assert right.who == rule.roles & PEOPLE, (method, path)


def test_head_is_read_as_get() -> None:
    assert right_of("HEAD", "/healthz") == right_of("GET", "/healthz")
    assert right_of("DELETE", "/healthz") is None


OF_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics")
"""What the description is about: the rest are pages."""


def test_the_description_says_who(world: World) -> None:
    document = world.client.get("/openapi.json").json()
    told = {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    pages = {where for where in RIGHTS if not where[1].startswith(OF_PROGRAMS)}
    assert told.keys() == RIGHTS.keys() - pages
    for where, operation in told.items():
        assert operation["x-roles"] == RIGHTS[where].roles
        assert f"For: {', '.join(RIGHTS[where].roles)}" in operation["description"]


def test_the_page_is_drawn_from_the_table() -> None:
    assert drawing.PAGE.read_text("utf-8") == drawing.page(), "python -m tests.rights writes it"


# Queries


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(info.name)


def queries() -> Iterator[Callable[..., Any]]:
    """The functions that ask projections: they take a transaction first, and write nothing."""
    for module in modules(projections):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            writes = module.__name__.endswith((".projection", ".turns", ".runner", ".rebuild"))
            if function.__module__ != module.__name__ or name.startswith("_") or writes:
                continue
            hints = list(get_type_hints(function).values())
            if hints and hints[0] is Tx:
                yield function


SCOPED = {"scope", "person", "chosen"}
"""How it is called: the partners, whose grants are compared, or the doti of some partners."""


def is_scoped(function: Callable[..., Any]) -> bool:
    """Whether it takes a scope, or a person whose grants are compared, by itself or in a query."""
    for name, hint in get_type_hints(function).items():
        inner = {each.name for each in fields(hint)} if is_dataclass(hint) else set()
        if name in SCOPED or inner & SCOPED:
            return True
    return False


def test_every_query_takes_a_scope_or_is_listed_with_its_reason() -> None:
    found = {f"{each.__module__}.{each.__name__}": is_scoped(each) for each in queries()}
    assert len(found) >= 8
    assert {name for name, scoped in found.items() if not scoped} == QUERIES_OF_ALL.keys()


def test_who_sees_all_partners_is_listed() -> None:
    asking = re.compile(r"across_partners\(\)|reaching\(EVERYBODYS\)")
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for room in ("domain", "workflows", "projections", "api")
        for path in (ROOT / room).rglob("*.py")
        if asking.search(path.read_text("utf-8"))
    }
    assert found - {"workflows.eventstore.database"} == ACROSS_PARTNERS.keys()


def test_readers_are_everybody_but_admins() -> None:
    assert PEOPLE - {Role.ADMIN} == READERS
