"""The demonstration: always the same, in every state, loaded once however often it is loaded."""

from __future__ import annotations

import json
import signal
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.demo.fates import shares
from api.demo.load import AnotherDemo, NotADemo, load, made_before
from api.demo.passwords import entries, entries_path
from api.demo.people import SIGN_INS, grants, sign_ins, tokens_path
from api.demo.plan import PLAN, Wanted, make_plan
from api.demo.reset import StillInUse, reset
from api.security.sign_in import Caller
from api.security.sign_in import State as State_
from api.settings import Settings
from api.wiring import Services
from domain.actors import Actor, Grant, Role
from domain.events.account import AccountOpened
from domain.events.base import Event
from domain.events.household import HouseholdRegistered
from domain.events.payee import PayeeRegistered
from domain.household import Personal
from domain.ledger import postings
from domain.lifecycle import State
from projections.ledger.queries import Group, ledger
from tests.api.demonstration import DOTI, NOW, Place, load_at_now, log_of, nothing
from tests.faults.doti_process import Doti
from workflows.account_commands import CloseAccount
from workflows.accounts import close
from workflows.commands import Delegate
from workflows.engine import Request
from workflows.people import delegate
from workflows.programme import open_register

TWO_ROLES = {Role.APPROVER, Role.COORDINATOR}


@pytest.fixture
def new_place(postgres_url: str, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Makes registers, which are gone at the end."""
    places: list[Place] = []

    def make() -> Place:
        name = f"demo_{uuid4().hex[:12]}"
        places.append(Place(postgres_url, Settings(home=tmp_path / name, db_schema=name)))
        return places[-1]

    yield make
    for place in places:
        place.drop()


@pytest.fixture
def place(new_place: Callable[[], Place]) -> Place:
    """One register."""
    return new_place()


# Loading


def partition(events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """Those that made people known, and all others."""
    opened: list[Event] = []
    others: list[Event] = []
    for event in events:
        (opened if isinstance(event, AccountOpened) else others).append(event)
    return opened, others


def payload(services: Services, event: Event, ids: dict[UUID, int]) -> dict[str, Any]:
    """An event with its private texts open, and its ids by the order of their first showing."""

    def plain(value: Any) -> Any:  # noqa: ANN401  any JSON
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items() if key != "causation_id"}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        try:
            return ids.setdefault(UUID(value), len(ids))
        except (ValueError, TypeError, AttributeError):
            return value

    state = event.model_dump(mode="json")
    for name in event.secret_fields:
        state[name] = services.vault.open_field(event, name)
    return {"type": type(event).__name__, **plain(state)}


def test_the_same_seed_and_clock_make_the_same_events(new_place: Callable[[], Place]) -> None:
    logs = []
    for _ in range(2):
        with new_place().opened() as services:
            assert load_at_now(services) == DOTI
            ids: dict[UUID, int] = {}
            logs.append([payload(services, event, ids) for event in log_of(services)])
    assert logs[0] == logs[1]


def test_a_demo_shows_every_kind_of_life_and_its_ledger_adds_up(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services)
        events = log_of(services)
        kinds = Counter(type(event).__name__ for event in events)
        doti = [
            services.register.dote(event.originator_id)
            for event in events
            if type(event).__name__ == "DoteRequested"
        ]
        with services.database.across_partners(), services.database.transaction() as tx:
            shown = ledger(tx, Group.LINE, services.log.end())
        programme = services.register.programme()
        personal = [
            Personal.model_validate_json(services.vault.open_field(event, "personal") or "")
            for event in events
            if isinstance(event, HouseholdRegistered)
        ]
        for event in events:
            if type(event).__name__ == "ReceiptSubmitted":
                dote = services.register.dote(event.originator_id)
                receipt = dote.receipts[0]
                data = services.files.open(dote.household_id, receipt.sha256)
                assert data.startswith(b"%PDF-")

    assert Counter(dote.state for dote in doti) == Counter(fate.state for fate in shares(DOTI))
    assert [dote.number for dote in doti] == sorted(dote.number for dote in doti)
    assert any(dote.state is State.ASSESSED and len(dote.votes) == 1 for dote in doti)
    assert any(dote.state is State.ASSESSED and dote.favourable is False for dote in doti)
    approved = [dote for dote in doti if dote.state is State.APPROVED]
    assert any(0 < dote.disbursed_cents < dote.approved_cents for dote in approved)
    assert any(dote.disbursements and dote.disbursed_cents == 0 for dote in approved)
    paid = [dote for dote in doti if dote.state is State.DISBURSED]
    assert {receipt.state for dote in paid for receipt in dote.receipts} == {
        "submitted",
        "accepted",
        "disallowed",
    }
    assert any(not dote.receipts for dote in paid)
    assert any(dote.refunded_cents for dote in doti)
    for kind in (
        *("DisbursementReturned", "RefundReceived", "ReceiptDisallowed", "DoteRevoked"),
        *("DocumentsRequested", "DocumentsProvided", "AppealLodged", "CapOverridden"),
    ):
        assert kinds[kind] > 0, kind
    appeals = [dote.appeal.accepted for dote in doti if dote.appeal is not None]
    assert set(appeals) == {None, True, False}
    assert any(dote.needs_ratification for dote in doti)
    assert any(dote.to_ratify and dote.ratified for dote in doti)
    assert any(dote.tranches and dote.next_tranche_due for dote in approved)
    assert any(dote.over_cap_cents and dote.disbursed_cents for dote in doti)
    assert any({vote.by.role for vote in dote.votes} == TWO_ROLES for dote in doti)

    assert kinds["PartnerJoined"] == len(programme.partners) == 13
    assert kinds["DeskOpened"] == 7
    assert kinds["BudgetAllocated"] == 39
    assert sum(len(category.items) for category in programme.categories.values()) == 14
    assert programme.policies[1].rules.title == "Regole di partenza"
    assert programme.policies[1].bands[0].to_cents == 15_000
    assert programme.unallocated_cents >= 3_000_000
    assert len(shown.rows) == 39
    assert sum(posting.cents for event in events for posting in postings(event)) == 0
    assert shown.funded_cents == shown.unallocated_cents + shown.total.allocated_cents
    assert all(one.at <= other.at for one, other in pairwise(events))
    assert all(who.members and who.address for who in personal)


def test_a_second_load_changes_nothing(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=8)
        tokens = sign_ins(place.settings.home, services.accounts)
        events = log_of(services)
        calls: list[int] = []
        # Later, by another clock, and without saying of what it was made.
        assert load(services, lambda done, _: calls.append(done)) == 8
        assert sign_ins(place.settings.home, services.accounts) == tokens
        assert log_of(services) == events
        assert calls == []


def test_one_that_was_killed_is_continued(place: Place) -> None:
    with place.opened() as services:
        words = ("demo", "--no-serve", "--doti", str(DOTI), "--seed", "4")
        planned = len(make_plan(Wanted(4, DOTI, NOW)))
        with Doti(*words, env=place.env()) as killed:
            killed.until(lambda: services.sequencer.status().waiting_events > planned // 2)
            killed.kill()
        begun = services.sequencer.status().waiting_events
        assert planned // 2 < begun < planned
        assert not tokens_path(place.settings.home).exists()

        assert load(services, nothing) == DOTI
        wanted = made_before(services.register)
        assert wanted is not None
        assert (wanted.seed, wanted.doti) == (4, DOTI)
        opened, events = partition(log_of(services))
        assert len(opened) == len(grants())
        assert max(event.at for event in opened) < events[0].at
        # Who is paid for the first time is an event of its own.
        steps = [event for event in events if not isinstance(event, PayeeRegistered)]
        assert len(steps) == len(make_plan(wanted))
        doti = [e.originator_id for e in events if type(e).__name__ == "DoteRequested"]
        states = Counter(services.register.dote(dote).state for dote in doti)
        assert states == Counter(fate.state for fate in shares(DOTI))
        assert all(one.at < other.at for one, other in pairwise(steps))


def test_another_demo_than_the_one_that_is_there_is_refused(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        with pytest.raises(AnotherDemo, match="made with --seed 1 --doti 1"):
            load(services, nothing, seed=0)
        with pytest.raises(AnotherDemo, match="--reset"):
            load(services, nothing, doti=2)


def test_one_of_another_version_is_not_gone_on_with(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        before = len(log_of(services))
        monkeypatch.setattr("api.demo.load.PLAN", PLAN + 1)
        with pytest.raises(AnotherDemo, match="another version"):
            load(services, nothing)
        assert len(log_of(services)) == before


def test_a_register_of_somebody_is_not_touched(new_place: Callable[[], Place]) -> None:
    place = new_place()
    chief = Actor(uuid4(), (Grant(Role.COORDINATOR),))
    with place.opened() as services:
        services.engine.run(
            Request(chief, "a real one"),
            lambda work: open_register(
                work, "VERO", "Vero", subtitle=None, city="Torino", currency="EUR"
            ),
        )
        with pytest.raises(NotADemo, match="nothing was touched"):
            load(services, nothing)
        assert len(log_of(services)) == 1
    with pytest.raises(NotADemo):
        reset(place.database, place.settings.home)
    with place.opened() as services:
        assert services.register.programme().code == "VERO"

    invited = new_place()
    with invited.opened() as services:
        services.accounts.create_token("Somebody Real", Role.COORDINATOR)
        with pytest.raises(NotADemo, match="People were invited"):
            load(services, nothing)
        # Nothing but what inviting them wrote.
        kinds = [type(event).__name__ for event in log_of(services)]
        assert kinds == ["AccountOpened", "RoleGranted", "TokenIssued"]


# Sign-ins


def test_there_is_a_sign_in_for_each_role_for_the_owner_only(place: Place) -> None:
    home = place.settings.home
    with place.opened() as services:
        load_at_now(services, doti=1)
        tokens = sign_ins(home, services.accounts)
        assert list(tokens) == list(SIGN_INS)
        assert set(tokens) == {
            *("operator", "operator_ssalv", "assessor", "approver", "approver2"),
            *("finance", "coordinator", "auditor", "admin"),
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
            **dict.fromkeys(("finance", "coordinator", "auditor", "admin"), "RETE"),
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
        today = services.engine.clock().date()
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


# Starting over


def test_reset_takes_the_demo_away_and_nothing_else(new_place: Callable[[], Place]) -> None:
    place, neighbour = new_place(), new_place()
    home = place.settings.home
    for each in (place, neighbour):
        with each.opened() as services:
            load_at_now(services, doti=5)
            sign_ins(each.settings.home, services.accounts)
    forgotten = reset(place.database, home)
    assert forgotten
    assert not tokens_path(home).exists()
    with place.opened() as services:
        assert made_before(services.register) is None
        assert services.log.end() == services.sequencer.status().waiting_events == 0
        for household in forgotten:
            services.files.forget(household)
        assert [path.name for path in (home / "files").iterdir()] == [".tmp"]
        load_at_now(services, doti=5, seed=2)
    assert reset(neighbour.database, home / "elsewhere")
    assert tokens_path(neighbour.settings.home).exists()


def test_reset_of_an_empty_register_is_no_change(place: Place) -> None:
    assert reset(place.database, place.settings.home) == []
    with place.opened() as services:
        assert log_of(services) == []


def test_reset_waits_for_those_who_work_with_it(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        with pytest.raises(StillInUse, match="stop it"):
            reset(place.database, place.settings.home)
        assert made_before(services.register) is not None


def test_being_told_to_stop_ends_it_cleanly_and_it_goes_on_later(place: Place) -> None:
    with place.opened() as services:
        with Doti("demo", "--no-serve", "--doti", "40", env=place.env()) as stopped:
            stopped.until(lambda: services.sequencer.status().waiting_events > 100)
            assert stopped.stop(signal.SIGINT) == 130, stopped.output()
            assert "Stopped." in stopped.output()
            assert "Traceback" not in stopped.output()
        assert load(services, nothing) == 40
