"""The demonstration: always the same, in every state, loaded once however often it is loaded."""

from __future__ import annotations

import json
import signal
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from stdnum import iban
from stdnum.it import codicefiscale

from api.demo.data import programme_data, stories
from api.demo.fates import FATES, shares
from api.demo.load import AnotherDemo, NotADemo, load, made_before
from api.demo.papers import paper
from api.demo.people import SIGN_INS, sign_ins, tokens_path
from api.demo.persons import Persons, bank_account, tax_code
from api.demo.plan import Wanted, make_plan
from api.demo.reset import StillInUse, reset
from api.demo.working_time import WorkingTime, is_working_day
from api.settings import Settings
from api.wiring import Services, build
from api.worker import catch_up
from domain.actors import Actor, Grant, Role
from domain.events.base import Event
from domain.events.household import HouseholdRegistered
from domain.household import Personal
from domain.ledger import postings
from domain.lifecycle import State
from projections.ledger.queries import Group, ledger
from tests.faults.doti_process import Doti, environment
from workflows.engine import Request
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate
from workflows.programme import open_register

NOW = datetime(2026, 3, 22, 21, 30, 7, tzinfo=UTC)  # a Sunday evening
DOTI = len(FATES)
"""One dote of each fate."""


def nothing(_: int, __: int) -> None:
    """A progress that nobody looks at."""


@dataclass(frozen=True)
class Place:
    """A register of its own on the tests' server."""

    url: str
    settings: Settings

    @property
    def database(self) -> Database:
        return Database(self.url, self.settings.db_schema)

    @contextmanager
    def opened(self) -> Iterator[Services]:
        migrate(self.database)
        with build(self.settings, self.url) as services:
            yield services

    def env(self) -> dict[str, str]:
        where = {"DATABASE_URL": self.url, "DOTI_SCHEMA": self.settings.db_schema}
        return environment(self.settings.home, **where)

    def drop(self) -> None:
        with psycopg.connect(self.url) as connection:
            for schema in (self.database.schema, self.database.keys_schema):
                name = sql.Identifier(schema)
                connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))


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


def load_at_now(services: Services, doti: int = DOTI, seed: int = 1) -> int:
    return load(services, nothing, seed=seed, doti=doti, now=lambda: NOW)


def log_of(services: Services) -> list[Event]:
    catch_up(services)
    return [logged.event for logged in services.log.follow()]


# The plan


def test_the_same_seed_and_end_give_the_same_plan_and_another_seed_another() -> None:
    def outline(seed: int) -> list[tuple[str, datetime, str]]:
        return [(step.key, step.at, step.by) for step in make_plan(Wanted(seed, 40, NOW))]

    assert outline(1) == outline(1)
    assert outline(1) != outline(2)


@pytest.mark.parametrize("doti", [1, 8, DOTI, 300])
def test_every_step_is_later_than_the_one_before_and_in_working_hours(doti: int) -> None:
    steps = make_plan(Wanted(3, doti, NOW))
    assert all(one.at < other.at for one, other in pairwise(steps))
    assert len({step.key for step in steps}) == len(steps)
    assert steps[-1].at < NOW
    assert (NOW - steps[0].at).days in range(360, 366)
    for step in steps:
        # Between 9 and 18 in Italy, in winter or in summer.
        assert 7 <= step.at.hour < 17
        assert is_working_day(step.at.date())


@pytest.mark.parametrize("doti", [8, DOTI, 100, 300])
def test_as_many_doti_as_wanted_in_every_state(doti: int) -> None:
    states = Counter(fate.state for fate in shares(doti))
    assert states.total() == doti
    assert states.keys() == set(State) - {State.DOCUMENT_REQUESTED}


def test_most_of_three_hundred_doti_are_at_their_end() -> None:
    states = Counter(fate.state for fate in shares(300))
    assert 150 <= states[State.ACCOUNTED_FOR] <= 180
    assert all(count >= 10 for count in states.values())


def test_working_time_is_the_desks() -> None:
    axis = WorkingTime(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 8, tzinfo=UTC))
    # Wednesday to Tuesday, without the weekend and Easter Monday: four days of eight hours.
    assert axis.length_s == 4 * 8 * 3600
    assert axis.moment(0) == datetime(2026, 4, 1, 7, 0, tzinfo=UTC)
    assert axis.moment(4 * 3600) == datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
    assert axis.moment(8 * 3600) == datetime(2026, 4, 2, 7, 0, tzinfo=UTC)
    assert not is_working_day(date(2027, 3, 29))
    winter = WorkingTime(datetime(2026, 1, 8, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC))
    assert winter.moment(0) == datetime(2026, 1, 8, 8, 0, tzinfo=UTC)


# The invented people


def test_tax_codes_are_made_by_the_rules() -> None:
    born = date(1980, 1, 1)
    assert tax_code("Rossi", "Mario", born, "H501", female=False) == "RSSMRA80A01H501U"
    # Four consonants skip the second; women's days begin at 41; short names end in X.
    assert tax_code("Fo", "Caterina", born, "L219", female=True)[:11] == "FOXCRN80A41"


def test_people_and_their_accounts_are_valid_in_form() -> None:
    persons = Persons(Random(5), programme_data(), stories())
    members = [
        member
        for _ in range(50)
        for member in persons.household(NOW.date(), "Aurora", (0, 1), minors=True).members
    ]
    assert all(member.warnings() == [] for member in members)
    assert any(member.is_minor(NOW.date()) for member in members)
    codes = [member.id_value or "" for member in members if member.id_type == "CF"]
    assert codes
    assert all(codicefiscale.is_valid(code) for code in codes)
    names = {name for item in stories().items.values() for name in item.payees if name}
    accounts = {bank_account(name) for name in names}
    assert len(accounts) == len(names)
    assert all(iban.is_valid(account) and account[5:10] == "99999" for account in accounts)
    assert bank_account("Bottega") == bank_account("Bottega")


def test_papers_are_accepted_as_what_they_are() -> None:
    upload = paper("invoice", "12/1", "Bottega (di prova) \\ città", date(2026, 1, 2), 12_345)
    assert upload.media_type == "application/pdf"
    assert upload.name == "invoice-12-1.pdf"
    assert b"Importo: 123,45 EUR" in upload.data
    table = int(upload.data.rsplit(b"startxref\n", 1)[1].split()[0])
    assert upload.data[table:].startswith(b"xref\n0 6\n")
    assert upload.data[int(upload.data[table:].split(b"\n")[3][:10]) :].startswith(b"1 0 obj")


# Loading


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
        with services.database.transaction() as tx:
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
    for kind in ("DisbursementReturned", "RefundReceived", "ReceiptDisallowed", "DoteRevoked"):
        assert kinds[kind] > 0, kind

    assert kinds["PartnerJoined"] == len(programme.partners) == 13
    assert kinds["DeskOpened"] == 7
    assert kinds["BudgetAllocated"] == 39
    assert sum(len(category.items) for category in programme.categories.values()) == 14
    assert programme.policy.single_approver_cents == 15_000
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
        events = log_of(services)
        assert len(events) == len(make_plan(wanted))
        doti = [e.originator_id for e in events if type(e).__name__ == "DoteRequested"]
        states = Counter(services.register.dote(dote).state for dote in doti)
        assert states == Counter(fate.state for fate in shares(DOTI))
        assert all(one.at < other.at for one, other in pairwise(events))


def test_another_demo_than_the_one_that_is_there_is_refused(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        with pytest.raises(AnotherDemo, match="made with --seed 1 --doti 1"):
            load(services, nothing, seed=0)
        with pytest.raises(AnotherDemo, match="--reset"):
            load(services, nothing, doti=2)


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
        assert log_of(services) == []


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
    path = tokens_path(home)
    assert json.loads(path.read_text()) == tokens
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["tokens.json"]


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
