"""Exactly once, shared by workers, rebuilt beside the live tables, stopped by a bad event."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.actors import Actor, Grant, Role, Signature
from domain.dote import Dote
from domain.dote_history import evolve
from domain.events.base import EVENT_TYPES, Stamp
from domain.events.dote import DoteAssessed, DoteEvent, DoteRequested
from projections import runner
from projections.base import Projection
from projections.catalogue import PROJECTIONS
from projections.doti.mine import Person
from projections.doti.queries import PageQuery, page
from projections.ledger.projection import LEDGER
from projections.ledger.queries import Group, Ledger
from projections.rebuild import rebuild
from projections.runner import CannotProject, Runner
from tests.domain import facts
from tests.domain.examples import sealed
from tests.register import TestRegister
from workflows.eventstore.sequencer import Sequencer


def rows(register: TestRegister, table: str) -> list[dict[str, object]]:
    with register.database.transaction() as tx:
        return sorted(tx.execute(f"SELECT * FROM {table}".encode()), key=repr)


def everything(register: TestRegister) -> dict[str, list[dict[str, object]]]:
    return {
        table: rows(register, table)
        for projection in PROJECTIONS.values()
        for table in projection.tables
    }


@pytest.fixture
def busy(programme: TestRegister) -> TestRegister:
    """A register with some life in it."""
    programme.allocate(1_000_000)
    for _ in range(3):
        programme.walk_spine()
    programme.approve(programme.assessed(5_000), 5_000)
    programme.assessed(20_000)
    return programme


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_every_event_is_handled_or_ignored(name: str) -> None:
    projection = PROJECTIONS[name]
    assert projection.handles | projection.ignores == set(EVENT_TYPES.values())


def test_what_is_both_handled_and_ignored_is_refused() -> None:
    everything = frozenset(EVENT_TYPES.values())
    with pytest.raises(ValueError, match="both handles and ignores"):
        Projection("x", "x", (), everything, everything, LEDGER.write)


@pytest.mark.parametrize("batch", [1, 2, 7, 1000])
def test_the_size_of_the_batches_changes_nothing(busy: TestRegister, batch: int) -> None:
    end = busy.settle()
    whole = everything(busy)
    for projection in PROJECTIONS.values():
        with busy.database.transaction() as tx:
            for table in projection.tables:
                tx.execute(f"TRUNCATE {table}".encode())
            tx.execute("UPDATE projections SET log_index = 0")
    for projection in PROJECTIONS.values():
        while busy.runner.advance(projection, batch=batch):
            pass
    assert everything(busy) == whole
    assert {position.log_index for position in runner.positions(busy.database)} == {end}


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_rebuilt_is_the_same_as_live(busy: TestRegister, name: str) -> None:
    end = busy.settle()
    live = everything(busy)
    told: list[tuple[int, int]] = []
    rebuild(busy.database, name, lambda done, total: told.append((done, total)))
    assert everything(busy) == live
    assert told[-1] == (end, end)
    busy.walk_spine()
    busy.settle()
    assert busy.ledger().total.documented_cents == 40_000


def test_a_rebuild_beside_a_register_at_work_misses_nothing(busy: TestRegister) -> None:
    busy.settle()
    stop = threading.Event()
    threads = [
        threading.Thread(target=Sequencer(busy.database).run, args=(stop,)),
        threading.Thread(target=Runner(busy.database).run, args=(stop,)),
    ]
    for thread in threads:
        thread.start()
    with ThreadPoolExecutor(2) as pool:
        work = [pool.submit(busy.walk_spine, 100) for _ in range(10)]
        for _ in range(3):
            for name in PROJECTIONS:
                rebuild(busy.database, name, lambda _done, _all: None)
        for one in work:
            one.result()
    stop.set()
    for thread in threads:
        thread.join()
    busy.settle()
    live = everything(busy)
    for name in PROJECTIONS:
        rebuild(busy.database, name, lambda _done, _all: None)
    assert everything(busy) == live
    assert busy.ledger().total.documented_cents == 31_000


def test_workers_share_the_projections_and_each_event_counts_once(busy: TestRegister) -> None:
    while busy.sequencer.number_batch():
        pass
    workers = [Runner(busy.database) for _ in range(4)]

    def work(one: Runner) -> None:
        for _ in range(60):
            for projection in PROJECTIONS.values():
                one.advance(projection, batch=2)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, workers))
    busy.settle()
    shared = everything(busy)
    for name in PROJECTIONS:
        rebuild(busy.database, name, lambda _done, _all: None)
    assert everything(busy) == shared


def poison(register: TestRegister) -> int:
    """An event that decodes and cannot be projected: a judgement on a dote that is not there."""
    by = Signature(account_id=uuid4(), role=Role.ASSESSOR)
    stamp = Stamp(register.engine.clock(), by, "test", uuid4())
    register.register.save(
        DoteAssessed.stamped(
            stamp, uuid4(), 1, favourable=True, proposed_cents=1, note=None, policy_version=1
        )
    )
    while register.sequencer.number_batch():
        pass
    return register.log.end()


def test_a_bad_event_stops_its_projection_loudly_and_no_other(busy: TestRegister) -> None:
    before = busy.settle()
    bad = poison(busy)
    busy.walk_spine()
    while busy.sequencer.number_batch():
        pass
    with pytest.raises(CannotProject, match=f"event {bad}"):
        busy.runner.catch_up()

    places = {position.name: position for position in runner.positions(busy.database)}
    assert places["ledger"].log_index == busy.log.end()
    assert places["ledger"].error is None
    assert places["doti"].log_index == bad - 1 == before
    assert places["doti"].failed_index == bad
    assert "does not begin with DoteAssessed" in (places["doti"].error or "")


def test_a_worker_goes_on_with_the_others_and_tries_again(
    busy: TestRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a mended program is started: the projection goes on by itself."""
    busy.settle()
    bad = poison(busy)
    stop = threading.Event()
    thread = threading.Thread(target=busy.runner.run, args=(stop,))
    thread.start()
    try:
        assert wait_for_position(busy, "ledger", bad)
        monkeypatch.setattr("projections.doti.projection.evolve", _forgiving)
        assert wait_for_position(busy, "doti", bad)
    finally:
        stop.set()
        thread.join()
    assert all(position.error is None for position in runner.positions(busy.database))


def _forgiving(dote: Dote | None, event: DoteEvent) -> Dote:
    """A program that knows what to do with the bad event."""
    if dote is None and not isinstance(event, DoteRequested):
        begun = sealed(facts.requested()).model_copy(update={"originator_id": event.originator_id})
        return evolve(None, begun)
    return evolve(dote, event)


def wait_for_position(register: TestRegister, name: str, log_index: int) -> bool:
    stop = threading.Event()
    for _ in range(500):
        places = runner.positions(register.database)
        if any(place.name == name and place.log_index >= log_index for place in places):
            return True
        stop.wait(0.02)
    return False


def test_a_worker_survives_its_lost_connections(busy: TestRegister, postgres_url: str) -> None:
    busy.settle()
    stop = threading.Event()
    thread = threading.Thread(target=busy.runner.run, args=(stop,))
    thread.start()
    try:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        busy.walk_spine()
        while busy.sequencer.number_batch():
            pass
        assert wait_for_position(busy, "doti", busy.log.end())
    finally:
        stop.set()
        thread.join()


def test_the_past_of_the_ledger_is_what_it_was(programme: TestRegister) -> None:
    programme.allocate(50_000)
    seen: dict[int, Ledger] = {}
    dote_id = programme.assessed(10_000)
    steps: list[Callable[[], object]] = [
        lambda: programme.approve(dote_id, 10_000),
        lambda: programme.disburse(dote_id, 4_000),
        lambda: programme.disburse(dote_id, 6_000),
        lambda: programme.receipt(dote_id, 10_000),
        lambda: programme.accept(dote_id),
    ]
    for step in steps:
        step()
        end = programme.settle()
        seen[end] = programme.ledger()
    for log_index, then in seen.items():
        assert programme.ledger(Group.LINE, log_index) == then


def test_lists_find_what_waits_and_leave_out_what_is_barred(programme: TestRegister) -> None:
    programme.allocate(50_000)
    assessed = programme.assessed(10_000)
    programme.request(programme.household(), 5_000)
    programme.settle()
    people = programme.people

    def waiting(account: Actor, role: Role) -> list[UUID]:
        with programme.database.transaction() as tx:
            who = Person(Actor(account.account_id, (Grant(role),)), programme.engine.clock())
            return [dote.id for dote in page(tx, PageQuery(None, waiting_for=who)).items]

    assert waiting(people.approver, Role.APPROVER) == [assessed]
    assert waiting(people.assessor, Role.APPROVER) == []
    assert len(waiting(people.assessor, Role.ASSESSOR)) == 1


def test_pages_follow_each_other_without_gap_or_double(programme: TestRegister) -> None:
    household = programme.household()
    made = [programme.request(household, 100 + n) for n in range(11)]
    programme.settle()
    seen: list[UUID] = []
    after = None
    with programme.database.transaction() as tx:
        while True:
            found = page(tx, PageQuery(None, after=after, limit=4))
            seen += [dote.id for dote in found.items]
            after = found.next_after
            if after is None:
                break
    assert seen == made[::-1]
