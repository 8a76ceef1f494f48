"""Once per key, decided on what is there, whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from domain import deciding
from domain.actors import Role
from domain.errors import (
    BudgetExceeded,
    IdempotencyConflict,
    NotFound,
    StaleVersion,
    UnallocatedExceeded,
    WrongState,
)
from domain.events.base import Event
from domain.lifecycle import Action, State
from domain.privacy import Private
from tests.register import LAST_DAY, LINE, TestRegister, person
from workflows import approval, assessment, disbursement, requests
from workflows import programme as moves
from workflows.commands import Allocate, Approve, Assess, Disburse, Line, RequestDote, Transfer
from workflows.engine import Outcome, Work
from workflows.eventstore.database import Values
from workflows.eventstore.recorder import StreamRecorder

KEY = "a key of the caller"


def assess(work: Work, dote_id: UUID) -> Outcome:
    return assessment.assess(work, dote_id, Assess(outcome="favourable"))


def events_of(programme: TestRegister, dote_id: UUID) -> list[str]:
    return [type(event).__name__ for event in programme.register.history(dote_id)]


def test_the_spine_walks_and_balances(programme: TestRegister) -> None:
    programme.allocate(50_000)
    dote = programme.walk_spine(10_000)
    assert dote.state is State.ACCOUNTED_FOR
    programme.settle()
    total = programme.ledger().total
    assert (total.available_cents, total.documented_cents) == (40_000, 10_000)


def test_the_same_key_again_tells_what_was_done(programme: TestRegister) -> None:
    dote_id = programme.request(programme.household(), 10_000)
    first = programme.run(
        programme.people.assessor, lambda w: assess(w, dote_id), key=KEY, fingerprint=b"x"
    )
    again = programme.run(
        programme.people.assessor, lambda w: assess(w, dote_id), key=KEY, fingerprint=b"x"
    )
    assert not first.replayed
    assert again.replayed
    assert (again.stream_id, again.version) == (first.stream_id, first.version)
    assert events_of(programme, dote_id) == ["DoteRequested", "DoteAssessed"]


def test_the_same_key_with_another_command_is_a_conflict(programme: TestRegister) -> None:
    dote_id = programme.request(programme.household(), 10_000)
    who = programme.people.assessor
    programme.run(who, lambda w: assess(w, dote_id), key=KEY, fingerprint=b"x")
    with pytest.raises(IdempotencyConflict):
        programme.run(who, lambda w: assess(w, dote_id), key=KEY, fingerprint=b"y")


def test_a_key_belongs_to_its_account(programme: TestRegister) -> None:
    doti = [programme.request(programme.household(), 10_000) for _ in range(2)]
    for dote_id, who in zip(doti, (programme.people.assessor, person(Role.ASSESSOR)), strict=True):
        programme.run(who, partial(assess, dote_id=dote_id), key=KEY, fingerprint=b"x")
        assert events_of(programme, dote_id) == ["DoteRequested", "DoteAssessed"]


def test_a_refusal_does_not_use_up_the_key(programme: TestRegister) -> None:
    dote_id = programme.request(programme.household(), 10_000)
    who = programme.people.approver
    with pytest.raises(WrongState):
        programme.run(who, lambda w: approval.approve(w, dote_id, Approve(amount_cents=1)), key=KEY)
    programme.allocate(10_000)
    programme.assess(dote_id)
    done = programme.run(
        who, lambda w: approval.approve(w, dote_id, Approve(amount_cents=1)), key=KEY
    )
    assert not done.replayed


@pytest.mark.parametrize("workers", [16])
def test_the_same_key_at_the_same_time_is_done_once(programme: TestRegister, workers: int) -> None:
    household_id = programme.household()
    command = RequestDote(
        partner="ROCCA",
        category="EMERGENZA",
        item="AFFITTO",
        household_id=household_id,
        amount_cents=10_000,
        need="x",
    )

    def ask(_: int) -> Outcome:
        return programme.run(
            programme.people.operator,
            lambda work: requests.request_dote(work, command),
            key=KEY,
            fingerprint=b"same",
        )

    with ThreadPoolExecutor(workers) as pool:
        outcomes = list(pool.map(ask, range(workers)))
    assert len({outcome.stream_id for outcome in outcomes}) == 1
    assert [outcome.replayed for outcome in outcomes].count(False) == 1
    programme.settle()
    stored = [e for e in programme.log.follow() if type(e.event).__name__ == "DoteRequested"]
    assert len(stored) == 1


def test_a_money_command_under_one_key_at_the_same_time_is_done_once(
    programme: TestRegister,
) -> None:
    programme.allocate(1_000_000)
    dote_id = programme.assessed(10_000)

    def approve(_: int) -> Outcome:
        return programme.run(
            programme.people.approver,
            lambda work: approval.approve(work, dote_id, Approve(amount_cents=10_000)),
            key=KEY,
            fingerprint=b"same",
        )

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(approve, range(16)))
    assert {outcome.version for outcome in outcomes} == {3}
    assert [outcome.replayed for outcome in outcomes].count(False) == 1
    programme.settle()
    assert programme.ledger().total.committed_cents == 10_000


def test_connections_on_which_commands_collided_are_as_good_as_new(
    programme: TestRegister,
) -> None:
    """A pipeline that failed leaves statements that one side takes for prepared, and not both."""
    programme.allocate(10_000_000)
    command = Disburse(amount_cents=100, value_date=LAST_DAY, method="cash")

    def pay(dote_id: UUID, key: str) -> Outcome:
        return programme.run(
            programme.people.finance,
            lambda work: disbursement.disburse(work, dote_id, command),
            key=key,
            fingerprint=b"same",
        )

    def approved() -> UUID:
        dote_id = programme.assessed(1_000)
        programme.approve(dote_id, 1_000)
        return dote_id

    for n in range(6):
        collided = approved()
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _, d=collided, n=n: pay(d, f"collide {n}"), range(16)))
        for one in range(8):
            pay(approved(), f"ordinary {n} {one}")
    programme.settle()
    assert programme.ledger().total.disbursed_cents == 6 * 9 * 100


def test_of_many_assessors_at_once_one_decides(programme: TestRegister) -> None:
    dote_id = programme.request(programme.household(), 10_000)

    def judge(_: int) -> str:
        try:
            programme.run(person(Role.ASSESSOR), lambda work: assess(work, dote_id))
        except WrongState:
            return "too late"
        return "decided"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(judge, range(12)))
    assert answers.count("decided") == 1
    assert events_of(programme, dote_id) == ["DoteRequested", "DoteAssessed"]


def test_who_decided_on_an_old_version_is_told(programme: TestRegister) -> None:
    dote_id = programme.request(programme.household(), 10_000)
    programme.assess(dote_id)
    with pytest.raises(StaleVersion) as refused:
        programme.run(
            programme.people.assessor, lambda work: assess(work, dote_id), expected_version=1
        )
    assert refused.value.facts == {"expected": 1, "actual": 2}


def test_what_belongs_to_another_partner_is_not_there(programme: TestRegister) -> None:
    household_id = programme.household()
    dote_id = programme.request(household_id, 10_000)
    stranger = programme.people.operator_ssalv
    command = RequestDote(
        partner="SSALV",
        category="EMERGENZA",
        item="AFFITTO",
        household_id=household_id,
        amount_cents=1,
        need="x",
    )
    with pytest.raises(NotFound):
        programme.run(stranger, lambda work: requests.request_dote(work, command))
    with pytest.raises(NotFound):
        programme.run(stranger, lambda work: work_on(work, dote_id))


def work_on(work: Work, dote_id: UUID) -> Outcome:
    dote = work.case(dote_id).dote
    return Outcome(dote.id, dote.version)


def test_money_that_is_not_there_cannot_be_allocated_or_moved(programme: TestRegister) -> None:
    with pytest.raises(UnallocatedExceeded):
        programme.allocate(1_000_000_000)
    programme.allocate(100)
    command = Transfer(
        source=Line(**LINE.model_dump()),
        target=Line(partner="SSALV", category="EMERGENZA"),
        amount_cents=101,
        reason="troppo",
    )
    with pytest.raises(BudgetExceeded) as refused:
        programme.run(programme.people.coordinator, lambda work: moves.transfer(work, command))
    assert refused.value.available_cents == 100


def test_the_database_itself_refuses_a_line_below_zero(programme: TestRegister) -> None:
    """The last wall: even a decision that forgot to look cannot overspend."""
    programme.allocate(100)
    dote_id = programme.assessed(10_000)

    def careless(work: Work) -> Outcome:
        case = work.locked_case(dote_id)
        assert case.position is not None
        rich = case.position.model_copy(update={"available_cents": 10_000})
        event = work.store.append(
            deciding.approve(
                replace(case, position=rich),
                work.sign(case, Action.APPROVE, 10_000),
                10_000,
                Private(case.dote.household_id, "{}"),
                same_payee=True,
                tranches=(),
                note=None,
            )
        )
        return Outcome(dote_id, event.originator_version)

    with pytest.raises(BudgetExceeded):
        programme.run(programme.people.approver, careless)
    assert programme.register.dote(dote_id).state is State.ASSESSED
    assert programme.settle()
    assert programme.ledger().total.committed_cents == 0


def kill_others(url: str, schema: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            (f"doti {schema}",),
        )


def test_dead_connections_in_the_pool_are_replaced(
    programme: TestRegister, postgres_url: str
) -> None:
    programme.allocate(1_000_000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: programme.assessed(1_000), range(8)))
    kill_others(postgres_url, programme.database.schema)
    dote = programme.walk_spine()
    assert dote.state is State.ACCOUNTED_FOR


def test_a_lost_acknowledgement_of_an_append_is_harmless(
    programme: TestRegister, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dote_id = programme.request(programme.household(), 10_000)
    statement = programme.database.statement
    lost: list[str] = []

    def lossy(text: str, values: object) -> object:
        answer = statement(text, values)  # type: ignore[arg-type]
        if "INSERT INTO" in text and not lost:
            lost.append(text)
            raise psycopg.OperationalError("the connection is lost after the commit")
        return answer

    monkeypatch.setattr(programme.database, "statement", lossy)
    outcome = programme.run(programme.people.assessor, lambda work: assess(work, dote_id))
    assert lost
    assert outcome.version == 2
    assert events_of(programme, dote_id) == ["DoteRequested", "DoteAssessed"]


def test_a_lost_acknowledgement_of_a_commit_is_harmless(
    programme: TestRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme.allocate(50_000)
    dote_id = programme.assessed(10_000)
    execute = psycopg.Connection.execute
    lost: list[str] = []

    def lossy(self: psycopg.Connection, query: str | bytes, values: Values | None = None) -> object:
        answer = execute(self, query if isinstance(query, bytes) else query.encode(), values)
        if query == "COMMIT" and not lost:
            lost.append(query)
            raise psycopg.OperationalError("the connection is lost after the commit")
        return answer

    monkeypatch.setattr(psycopg.Connection, "execute", lossy)
    outcome = programme.approve(dote_id, 10_000)
    assert lost
    assert outcome.version == 3
    monkeypatch.undo()
    programme.settle()
    assert programme.ledger().total.committed_cents == 10_000


def test_a_repeated_append_of_the_very_same_event_is_recognised(programme: TestRegister) -> None:
    dote_id = programme.request(programme.household(), 10_000)
    event: Event = programme.register.history(dote_id)[0]
    recorder = programme.register.recorder
    assert isinstance(recorder, StreamRecorder)
    stored = programme.register.mapper.to_stored_event(event)
    recorder.insert_events([stored])
    assert len(programme.register.history(dote_id)) == 1


def test_being_stopped_in_the_middle_of_a_statement_is_not_taken_for_a_lost_connection(
    programme: TestRegister, postgres_url: str
) -> None:
    """As by a signal: it must come out as what it is, and nothing may be tried again."""
    programme.allocate(50_000)
    dote_id = programme.assessed(10_000)
    attempts = []

    def stopped(work: Work) -> Outcome:
        attempts.append(1)
        work.locked_case(dote_id)
        with programme.database.transaction() as tx:
            tx.pgconn.send_query(b"SELECT pg_sleep(0.2)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        programme.run(programme.people.approver, stopped)
    assert len(attempts) == 1
    assert programme.approve(dote_id, 10_000).version == 3


def test_being_stopped_while_a_pipeline_ends_is_not_hidden_by_its_clean_up(
    programme: TestRegister,
) -> None:
    def stop_it() -> None:
        with programme.database.transaction() as tx, programme.database.pipeline():
            tx.execute("SELECT pg_sleep(0.2)")
            tx.wait = _interrupted  # type: ignore[method-assign]

    with pytest.raises(KeyboardInterrupt):
        stop_it()
    assert programme.settle()


def _interrupted(*_: object, **__: object) -> Any:  # noqa: ANN401  never returns
    raise KeyboardInterrupt


def test_nothing_of_a_failed_command_stays(programme: TestRegister) -> None:
    before = programme.settle()

    def fails(work: Work) -> Outcome:
        moves.allocate(
            work, Allocate(partner="ROCCA", category="EMERGENZA", amount_cents=100, reason="x")
        )
        raise RuntimeError("after the decision")

    with pytest.raises(RuntimeError):
        programme.run(programme.people.coordinator, fails, key=KEY)
    assert programme.settle() == before
    assert programme.ledger().total.allocated_cents == 0
    with pytest.raises(NotFound):
        programme.register.dote(uuid4())
