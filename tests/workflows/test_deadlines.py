"""Time passes: reminders come once, the coordinator is told once, and nothing is ever decided."""

import base64
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from api.deadlines import Deadlines
from api.settings import Settings
from api.wiring import Services, build
from api.worker import Background
from domain.actors import SYSTEM, SYSTEM_ID, Role
from domain.errors import NothingDue
from domain.events.base import Event
from domain.events.dote import DeadlineEscalated, DeadlineReminded
from domain.lifecycle import Stage
from domain.policy import Band, Deadline, Rules
from tests.register import MASTER_KEY, TestRegister, fresh_register
from workflows.deadlines import remind

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = Rules(
    bands=(Band(to_cents=5_000), Band(over_cents=5_000, approvers=1, coordinator=True)),
    deadlines=(
        Deadline(stage=Stage.ASSESSMENT, days=5),
        Deadline(stage=Stage.APPROVAL, days=3, escalate_days=20),
        Deadline(stage=Stage.PAYMENT, days=10),
        Deadline(stage=Stage.ACCOUNTING, days=60),
    ),
)
ALARMS = {"DeadlineReminded", "DeadlineEscalated"}


@dataclass
class Time:
    """A clock that is set by hand."""

    now: datetime = BEGAN

    def __call__(self) -> datetime:
        return self.now


class Office:
    """A register in a time of its own, and schedulers on it."""

    def __init__(self, register: TestRegister, services: Services, time: Time) -> None:
        self.register = register
        self.services = services
        self.time = time
        self.deadlines = Deadlines(services)

    def round(self) -> int:
        """One look, with the projections at the end of the log before and after."""
        self.register.settle()
        told = self.deadlines.round()
        self.register.settle()
        return told

    def told(self, dote_id: UUID) -> list[Event]:
        """The reminders about a dote."""
        history = self.register.register.history(dote_id)
        return [event for event in history if type(event).__name__ in ALARMS]


@pytest.fixture
def office(postgres_url: str, tmp_path: Path) -> Iterator[Office]:
    time = Time()
    with fresh_register(postgres_url, clock=time) as register:
        register.open_programme()
        register.adopt(RULES)
        register.allocate(100_000)
        key = SecretStr(base64.b64encode(MASTER_KEY).decode())
        settings = Settings(home=tmp_path, db_schema=register.database.schema, master_key=key)
        with build(settings, postgres_url, clock=time) as services:
            yield Office(register, services, time)


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_six_months_in_a_moment(office: Office) -> None:
    """Looked at each half day: each stage has its three reminders and one word, and no more."""
    register = office.register
    asked = register.request(register.household(), 4_000)
    assessed = register.assessed(8_000)
    paid = register.assessed(4_000)
    register.approve(paid, 4_000)
    register.disburse(paid, 4_000)
    done = register.walk_spine(3_000).id
    before = register.settle()
    rounds = 0
    for _ in range(2 * 182):
        office.time.now += DAY / 2
        rounds += office.round()
    added = [logged.event for logged in register.log.read(before, 1_000)]
    assert Counter(kinds(added)) == {"DeadlineReminded": 9, "DeadlineEscalated": 3}
    assert rounds == len(added)
    assert office.told(done) == []
    for dote_id, stage, days in (
        (asked, Stage.ASSESSMENT, (5, 12, 12, 19)),
        (assessed, Stage.APPROVAL, (3, 10, 17, 23)),
        (paid, Stage.ACCOUNTING, (60, 67, 67, 74)),
    ):
        told = office.told(dote_id)
        assert {event.stage for event in told} == {stage}  # type: ignore[attr-defined]  # alarms
        assert [(event.at - BEGAN).days for event in told] == list(days)
    for event in added:
        assert (event.by.account_id, event.by.role) == (SYSTEM_ID, Role.SYSTEM)
        assert event.correlation_id == "deadlines"
    states = {register.register.dote(d).state for d in (asked, assessed, paid, done)}
    assert states == {"requested", "assessed", "disbursed", "accounted_for"}


def test_who_is_told(office: Office) -> None:
    register = office.register
    asked, voted = register.request(register.household(), 4_000), register.assessed(8_000)
    office.time.now += 6 * DAY
    assert office.round() == 2
    (reminded,) = office.told(asked)
    assert isinstance(reminded, DeadlineReminded)
    assert (reminded.roles, reminded.n) == ((Role.ASSESSOR,), 1)
    assert reminded.due == BEGAN + 5 * DAY
    (reminded,) = office.told(voted)
    assert isinstance(reminded, DeadlineReminded)
    assert reminded.roles == (Role.APPROVER, Role.COORDINATOR)
    office.time.now += 30 * DAY
    office.round()
    office.round()
    escalated = [e for e in office.told(asked) if isinstance(e, DeadlineEscalated)]
    assert [event.roles for event in escalated] == [(Role.COORDINATOR,)]


def test_after_months_of_standing_still_comes_no_burst(office: Office) -> None:
    dote_id = office.register.request(office.register.household(), 4_000)
    office.time.now += 150 * DAY
    rounds = [office.round() for _ in range(10)]
    assert sum(rounds) == 2
    assert sorted(kinds(office.told(dote_id))) == ["DeadlineEscalated", "DeadlineReminded"]
    office.time.now += 7 * DAY
    assert [office.round(), office.round()] == [1, 0]


def test_two_schedulers_at_the_same_time(office: Office) -> None:
    """Also where neither sees the other's lock: what was told is not due any more."""
    register, tenfold = office.register, range(10)
    doti = [register.request(register.household(), 1_000) for _ in tenfold]
    office.time.now += 6 * DAY
    register.settle()
    unlocked = [Deadlines(office.services) for _ in range(3)]
    for n, one in enumerate(unlocked):
        one._lock += n
    with ThreadPoolExecutor(6) as pool:
        both = [*unlocked, *(Deadlines(office.services) for _ in range(3))]
        told = sum(pool.map(lambda one: one.round(), both))
    assert told == len(doti)
    assert all(kinds(office.told(dote_id)) == ["DeadlineReminded"] for dote_id in doti)
    assert office.round() == 0


def test_who_holds_the_lock_looks_alone(office: Office) -> None:
    office.register.request(office.register.household(), 1_000)
    office.time.now += 6 * DAY
    office.register.settle()
    key = office.services.keeper.lock_id("deadlines")
    with office.register.database.transaction() as tx:
        tx.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
        assert office.deadlines.round() == 0
    assert office.deadlines.round() == 1


def test_more_than_a_page_is_told_in_one_round(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.deadlines.BATCH", 2)
    household = office.register.household()
    for cents in range(100, 107):
        office.register.request(household, cents)
    office.time.now += 6 * DAY
    office.register.settle()
    assert office.deadlines.round() == 7
    assert office.deadlines.round() == 0


def test_who_was_quicker_is_not_reminded(office: Office) -> None:
    """The list still says that something is due; the dote has gone on."""
    register = office.register
    ended, assessed = register.walk_spine(1_000).id, register.assessed(1_000)
    office.time.now += 6 * DAY
    register.settle()
    with register.database.transaction() as tx:
        tx.execute("UPDATE doti SET next_alarm_at = %s", (BEGAN,))
    register.approve(assessed, 1_000)
    assert office.deadlines.round() == 0
    assert office.told(ended) == office.told(assessed) == []


def test_a_reminder_comes_in_its_time_and_once(office: Office) -> None:
    dote_id = office.register.request(office.register.household(), 1_000)

    def told() -> bool:
        try:
            office.register.run(SYSTEM, lambda work: remind(work, dote_id))
        except NothingDue:
            return False
        return True

    seen = []
    for days in (4, 1, 0, 6, 1, 0, 0):
        office.time.now += days * DAY
        seen.append(told())
    assert seen == [False, True, False, False, True, True, False]


def test_a_worker_reminds_by_itself(office: Office, postgres_url: str) -> None:
    dote_id = office.register.request(office.register.household(), 1_000)
    office.time.now += 6 * DAY
    often = office.services.settings.model_copy(update={"deadlines_every_s": 1})
    failed, waited = threading.Event(), threading.Event()
    with (
        build(often, postgres_url, clock=office.time) as services,
        Background(services, failed.set),
    ):
        for _ in range(500):
            if office.told(dote_id):
                break
            waited.wait(0.02)
    assert kinds(office.told(dote_id)) == ["DeadlineReminded"]
    assert not failed.is_set()


def test_the_register_itself_has_a_name(office: Office) -> None:
    somebody = uuid4()
    names = office.services.accounts.names
    assert names([SYSTEM_ID, somebody]) == names([SYSTEM_ID]) == {SYSTEM_ID: "doti"}
