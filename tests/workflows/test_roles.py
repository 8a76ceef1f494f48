"""The role that the API works under can add and read events, and nothing more."""

from collections.abc import Iterator

import psycopg
import pytest

from domain.lifecycle import State
from projections.rebuild import rebuild
from tests.register import TestRegister
from workflows.eventstore.reach import EVERYBODYS, reaching


@pytest.fixture
def as_app(programme: TestRegister, postgres_url: str) -> Iterator[TestRegister]:
    """The same register through the API's role."""
    database = programme.database
    app = TestRegister(postgres_url, database.schema, role=database.app_role)
    app.people = programme.people
    with app.database, reaching(EVERYBODYS):
        yield app


def test_every_command_works_under_it(as_app: TestRegister, programme: TestRegister) -> None:
    as_app.allocate(50_000)
    assert as_app.walk_spine().state is State.ACCOUNTED_FOR
    programme.settle()
    assert as_app.ledger().total.documented_cents == 10_000


@pytest.mark.parametrize("table", ["events", "log"])
@pytest.mark.parametrize(
    "change",
    ["UPDATE {} SET version = version", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"],
)
def test_it_cannot_change_or_remove_an_event(as_app: TestRegister, table: str, change: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        as_app.database.transaction() as tx,
    ):
        tx.execute(change.format(table).encode())


def test_it_cannot_say_itself_which_transaction_wrote_an_event(as_app: TestRegister) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        as_app.database.transaction() as tx,
    ):
        tx.execute(
            "INSERT INTO events (stream_id, version, topic, at, state, txid)"
            " VALUES (gen_random_uuid(), 1, 'X', now(), '', '3')"
        )


def test_it_cannot_number_events(as_app: TestRegister) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_app.sequencer.number_batch()


def test_it_still_reads_what_was_rebuilt(as_app: TestRegister, programme: TestRegister) -> None:
    programme.allocate(50_000)
    programme.settle()
    rebuild(programme.database, "ledger", lambda _done, _all: None)
    assert as_app.ledger().total.available_cents == 50_000
