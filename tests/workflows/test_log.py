"""No event is lost for who follows the log, and each comes after what it was decided on."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate

from domain.actors import Role, Signature
from domain.events.base import Event, Stamp
from domain.privacy import notes_of
from domain.request import request
from tests.register import TestRegister, fresh_register
from workflows.eventstore.sequencer import Sequencer

WRITERS = 8
EVENTS_A_WRITER = 60
SEED = 20260301


@contextmanager
def following(register: TestRegister) -> Iterator[Callable[[], list[UUID]]]:
    """A reader that follows the log by its index while others write; gives what it saw."""
    seen: list[UUID] = []
    stop = threading.Event()

    def follow() -> None:
        after = 0
        while True:
            last_round = stop.is_set()
            try:
                places = register.log.read(after, 50)
            except psycopg.OperationalError:
                continue
            for place in places:
                assert place.log_index == after + 1, "the log has a gap"
                after = place.log_index
                seen.append(place.event.causation_id)
            if last_round and not places:
                return

    numbering = [
        threading.Thread(target=Sequencer(register.database).run, args=(stop,)) for _ in range(2)
    ]
    reader = threading.Thread(target=follow)
    for thread in (*numbering, reader):
        thread.start()
    try:
        yield lambda: seen
    finally:
        deadline = time.monotonic() + 30
        while register.sequencer.status().waiting_events and time.monotonic() < deadline:
            stop.wait(0.01)
        stop.set()
        for thread in (*numbering, reader):
            thread.join()


def write(register: TestRegister, dote_id: UUID, version: int) -> UUID:
    """One event of a stream, appended as commands do; returns its id."""
    by = Signature(account_id=uuid4(), role=Role.OPERATOR)
    stamp = Stamp(register.engine.clock(), by, "test", uuid4())
    event = request(
        stamp,
        dote_id=dote_id,
        number=f"T-{version}",
        partner="ROCCA",
        desk="Sportello",
        category="EMERGENZA",
        item="AFFITTO",
        household_id=HOUSEHOLD,
        amount_cents=1,
        need="x",
        urgent=False,
        policy_version=1,
    ).model_copy(update={"originator_version": version})
    sealed: Event = register.vault.seal_event(event)
    register.register.save(sealed)
    return sealed.causation_id


HOUSEHOLD = UUID(int=7)


def write_stream(register: TestRegister, count: int) -> list[UUID]:
    stream = uuid4()
    return [write(register, stream, version) for version in range(1, count + 1)]


@pytest.fixture
def store(register: TestRegister) -> TestRegister:
    with register.database.transaction():
        register.vault.begin(HOUSEHOLD)
        register.vault.begin(notes_of(HOUSEHOLD))
    return register


def assert_same(seen: list[UUID], written: list[list[UUID]]) -> None:
    """Everything was seen once, and each stream in its order."""
    assert sorted(seen) == sorted(one for stream in written for one in stream)
    place = {causation_id: n for n, causation_id in enumerate(seen)}
    for stream in written:
        places = [place[causation_id] for causation_id in stream]
        assert places == sorted(places)


def test_writers_at_full_speed(store: TestRegister) -> None:
    with following(store) as seen, ThreadPoolExecutor(WRITERS) as pool:
        written = list(pool.map(lambda _: write_stream(store, EVENTS_A_WRITER), range(WRITERS)))
    assert_same(seen(), written)


def test_connections_killed_at_random(store: TestRegister, postgres_url: str) -> None:
    """Writers, sequencers and the reader all lose connections; nothing is lost or doubled."""
    chance = Random(SEED)
    done = threading.Event()
    kills = []

    def kill() -> None:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            while not done.wait(0.02 + chance.random() / 50):
                pids = connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = %s",
                    (f"doti {store.database.schema}",),
                ).fetchall()
                if pids:
                    (pid,) = chance.choice(pids)
                    connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
                    kills.append(pid)

    killer = threading.Thread(target=kill)
    with following(store) as seen, ThreadPoolExecutor(WRITERS) as pool:
        killer.start()
        written = list(pool.map(lambda _: write_stream(store, EVENTS_A_WRITER), range(WRITERS)))
        done.set()
        killer.join()
    print(f"seed {SEED}: {len(kills)} connections killed")
    assert kills
    assert_same(seen(), written)


def test_a_transaction_held_back_holds_the_log_back_and_loses_nothing(
    store: TestRegister,
) -> None:
    held, release = threading.Event(), threading.Event()

    def slow() -> list[UUID]:
        stream = uuid4()
        with store.database.transaction():
            first = write(store, stream, 1)
            held.set()
            assert release.wait(20)
            return [first, write(store, stream, 2)]

    with following(store) as seen, ThreadPoolExecutor(2) as pool:
        slowly = pool.submit(slow)
        assert held.wait(20)
        quick = write_stream(store, 5)
        assert store.sequencer.number_batch() is None
        status = store.sequencer.status()
        assert status.waiting_events == len(quick)
        assert status.held_by is not None
        assert status.held_by.state == "idle in transaction"
        assert seen() == []
        release.set()
        written = [slowly.result(), quick]
    assert_same(seen(), written)


def naive_reader(connection: psycopg.Connection, table: str, after: int) -> list[int]:
    """What a reader sees that trusts the sequence alone: all above the last one it saw."""
    rows = connection.execute(
        f"SELECT notification_id FROM {table} WHERE notification_id > %s ORDER BY 1".encode(),
        (after,),
    )
    return [n for (n,) in rows.fetchall()]


class Counted(Aggregate):
    """Something to store by the library itself."""


def test_this_scenario_catches_the_quick_path_of_the_library(postgres_url: str) -> None:
    """The same held-back writer, with the library's unlocked database functions: an event is lost.

    This is the check on the checks above: if they could not fail, this could not either.
    """
    schema = f"library_{uuid4().hex[:8]}"
    parts = psycopg.conninfo.conninfo_to_dict(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {schema}".encode())
    application = Application[UUID](
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(parts["dbname"]),
            "POSTGRES_HOST": str(parts["host"]),
            "POSTGRES_PORT": str(parts["port"]),
            "POSTGRES_USER": str(parts["user"]),
            "POSTGRES_PASSWORD": "not asked for",
            "POSTGRES_SCHEMA": schema,
            "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
        }
    )
    table = f"{schema}.application_events"
    with (
        application,
        psycopg.connect(postgres_url) as slow,
        psycopg.connect(postgres_url, autocommit=True) as reader,
    ):
        # A writer that has its number and has not committed yet.
        slow.execute(
            f"INSERT INTO {table} (originator_id, originator_version, topic, state)"
            " VALUES (%s, 1, 'slow', 'x')".encode(),
            (uuid4(),),
        )
        application.save(Counted())
        seen = naive_reader(reader, table, 0)
        slow.commit()
        seen += naive_reader(reader, table, seen[-1])
        stored = naive_reader(reader, table, 0)
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"DROP SCHEMA {schema} CASCADE".encode())
    assert len(stored) == 2
    assert seen != stored, "the library's quick path lost nothing here"


def test_numbers_have_no_gaps_and_time_never_goes_back(programme: TestRegister) -> None:
    programme.allocate(100_000)
    programme.walk_spine()
    end = programme.settle()
    places = list(programme.log.follow())
    assert [place.log_index for place in places] == list(range(1, end + 1))
    times = [place.known_at for place in places]
    assert times == sorted(times)


def test_another_process_takes_over_at_once(store: TestRegister) -> None:
    """There is no leader to be missed: who gets the lock numbers the next batch."""
    first, second = Sequencer(store.database), Sequencer(store.database)
    write_stream(store, 3)
    assert first.number_batch(limit=2) == 2
    assert second.number_batch() == 3
    assert first.number_batch() is None


def test_a_register_restored_into_another_instance_goes_on(store: TestRegister) -> None:
    """There the clock of transaction ids stands elsewhere, behind or ahead."""
    numbered = write_stream(store, 3)
    assert store.sequencer.number_batch() == 3
    waiting = write_stream(store, 4)
    ahead = "(txid::text::bigint + 1000000)::text::xid8"
    with store.database.transaction() as tx:
        # As a dump brings it: ids of another instance's clock, far ahead of this one's.
        tx.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        tx.execute(f"UPDATE events SET txid = {ahead}")
        tx.execute("ALTER TABLE events ENABLE TRIGGER events_append_only")
        tx.execute(
            "UPDATE sequencer SET instance = 1, txid = (txid::text::bigint + 1000000)::text::xid8"
        )
    after = write_stream(store, 5)
    restarted = Sequencer(store.database)
    while restarted.number_batch():
        pass
    seen = [place.event.causation_id for place in store.log.follow()]
    assert_same(seen, [numbered, waiting, after])
    assert seen[:3] == numbered
    later = write_stream(store, 2)
    assert restarted.number_batch() == len(seen) + 2
    assert [place.event.causation_id for place in store.log.read(len(seen), 9)] == later


def test_two_registers_in_one_database_do_not_see_each_other(postgres_url: str) -> None:
    with fresh_register(postgres_url) as one, fresh_register(postgres_url) as other:
        one.open_programme()
        other.open_programme()
        one.allocate(50_000)
        one.walk_spine()
        ends = one.settle(), other.settle()
        assert ends[0] > ends[1]
        assert one.ledger().total.documented_cents == 10_000
        assert other.ledger().rows == ()


def test_events_cannot_be_changed_or_removed(programme: TestRegister) -> None:
    programme.settle()
    for table in ("events", "log"):
        for change in (
            f"UPDATE {table} SET version = 99",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with (
                pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append only"),
                programme.database.transaction() as tx,
            ):
                tx.execute(change.encode())
