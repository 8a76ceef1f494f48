"""The demonstration's ways in: tokens for programs, one password for people."""

from __future__ import annotations

import json
import stat
from datetime import timedelta

import pytest

from api.demo.passwords import entries, entries_path
from api.demo.people import SIGN_INS, sign_ins, tokens_path
from api.security.sign_in import Caller
from api.security.sign_in import State as State_
from api.wiring import Services
from domain.actors import Grant, Role
from tests.api.demonstration import Place, load_at_now, log_of
from workflows.account_commands import CloseAccount
from workflows.accounts import close
from workflows.commands import Delegate
from workflows.engine import Request
from workflows.people import delegate

# Sign-ins


def test_there_is_a_sign_in_for_each_role_for_the_owner_only(place: Place) -> None:
    home = place.settings.home
    with place.opened() as services:
        load_at_now(services, doti=1)
        tokens = sign_ins(home, services.accounts)
        assert list(tokens) == list(SIGN_INS)
        assert set(tokens) == {
            *("operator", "operator_ssalv", "assessor", "approver", "approver2"),
            *("finance", "finance2", "coordinator", "auditor", "admin"),
        }
        people = {name: services.accounts.actor_for(token) for name, token in tokens.items()}
        assert all(people.values())
        assert len({person.account_id for person in people.values() if person}) == len(tokens)
        operator = people["operator"]
        assert operator is not None
        assert operator.grants == (Grant(Role.OPERATOR, "ROCCA"),)
        partners = {name: person.works_for for name, person in people.items() if person}
        assert partners == {
            "operator": "ROCCA",
            "operator_ssalv": "SSALV",
            "assessor": "SSALV",
            "approver": "MIRAF",
            "approver2": "SSALV",
            **dict.fromkeys(("finance", "finance2", "coordinator", "auditor", "admin"), "RETE"),
        }
    path = tokens_path(home)
    assert json.loads(path.read_text()) == tokens
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["tokens.json"]


def test_sign_ins_stay_whatever_people_delegate_and_declare(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        tokens = sign_ins(place.settings.home, services.accounts)
        approver = services.accounts.actor_for(tokens["approver"])
        finance = services.accounts.actor_for(tokens["finance"])
        assert approver is not None
        assert finance is not None
        today = services.engine.today()
        command = Delegate(
            to=finance.account_id,
            role=Role.APPROVER,
            since=today,
            until=today + timedelta(days=1),
            max_cents=1,
            reason="prova",
        )
        services.engine.run(Request(approver, "test"), lambda work: delegate(work, command))
        assert services.accounts.actor_for(tokens["finance"]) != finance
        assert sign_ins(place.settings.home, services.accounts) == tokens


@pytest.mark.parametrize("damage", ["missing", "not json", "list", "foreign", "revoked"])
def test_sign_ins_that_do_not_work_are_made_anew(place: Place, damage: str) -> None:
    home = place.settings.home
    path = tokens_path(home)
    with place.opened() as services:
        load_at_now(services, doti=1)
        before = sign_ins(home, services.accounts)
        match damage:
            case "missing":
                path.unlink()
            case "not json":
                path.write_text("{")
            case "list":
                path.write_text("[1]")
            case "foreign":
                path.write_text(json.dumps(dict.fromkeys(SIGN_INS, "doti_x")))
            case _:
                services.accounts.revoke_token(before["finance"])
        after = sign_ins(home, services.accounts)
        assert after.keys() == before.keys()
        assert not set(after.values()) & set(before.values())
        assert all(services.accounts.actor_for(token) for token in after.values())
        if damage == "revoked":
            assert services.accounts.actor_for(before["operator"]) is None


# Ways in for people


def test_everybody_enters_with_one_password(place: Place) -> None:
    home = place.settings.home
    with place.opened() as services:
        load_at_now(services, doti=1)
        sign_ins(home, services.accounts)
        made = entries(services)
        kept = json.loads(entries_path(home).read_text())
        assert kept["password"] == made.password
        assert [each["email"] for each in kept["people"]] == [each.email for each in made.people]
        assert [each.sign_in for each in made.people] == list(SIGN_INS)
        assert made.people[0].email == "operatrice.rocca@demo.invalid"
        for each in made.people:
            assert _state_of(services, each.email, made.password) is not State_.SIGNED_OUT
        assert stat.S_IMODE(entries_path(home).stat().st_mode) == 0o600
        before = log_of(services)
        assert entries(services) == made
        assert log_of(services) == before


def _state_of(services: Services, email: str, password: str) -> State_:
    caller = Caller("192.0.2.1", None)
    sign_in = services.sign_in
    token = sign_in.with_password(email, password, caller, shared_computer=False, brought=None)
    standing = sign_in.standing(token)
    assert standing is not None
    return standing.state


def test_who_lost_their_way_in_gets_it_back(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        tokens = sign_ins(place.settings.home, services.accounts)
        made = entries(services)
        caller = Caller("192.0.2.1", None)
        changed, closed = made.people[2], made.people[3]
        ids = {row["email"]: row["id"] for row in services.accounts.listed()}
        link = services.accounts.invite(ids[changed.email])
        services.sign_in.accept_invitation(
            link.secret, "un altro modo di entrare", caller, brought=None
        )
        closing = CloseAccount(reason="prova")
        services.accounts.run(lambda work: close(work, ids[closed.email], closing))
        assert sign_ins(place.settings.home, services.accounts) == tokens
        assert entries(services) == made
        for each in (changed, closed):
            assert _state_of(services, each.email, made.password) is State_.SIGNED_IN


@pytest.mark.parametrize("damage", ["missing", "not json", "easy", "number"])
def test_a_file_of_ways_in_that_is_none_is_written_anew(place: Place, damage: str) -> None:
    path = entries_path(place.settings.home)
    contents = {"not json": "{", "easy": '{"password": "x"}', "number": '{"password": 1}'}
    with place.opened() as services:
        load_at_now(services, doti=1)
        before = entries(services)
        path.unlink() if damage == "missing" else path.write_text(contents[damage])
        after = entries(services)
        assert after.people == before.people
        assert after.password != before.password
        assert _state_of(services, after.people[0].email, after.password) is State_.SIGNED_IN
