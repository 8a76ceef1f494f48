"""Whose turn it is, as projected: made again when it changes, and for whom it counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.actors import Actor, Delegation, Grant, Role
from domain.events.programme import BudgetLine
from domain.lifecycle import Stage
from domain.policy import Band, Cap, Deadline, Rules, two_bands
from projections import runner
from projections.catalogue import PROJECTIONS
from projections.doti.mine import Person
from projections.doti.projection import DOTI
from projections.doti.queries import PageQuery, page
from projections.doti.worklists import (
    WorklistQuery,
    ageing,
    alarms,
    elsewhere,
    overview,
    worklist,
)
from tests.register import LINE, TestRegister
from workflows.eventstore.database import Row

DEADLINES = (Deadline(stage=Stage.ASSESSMENT, days=5), Deadline(stage=Stage.APPROVAL, days=3))


def table(register: TestRegister, name: str) -> list[Row]:
    with register.database.transaction() as tx:
        return sorted(tx.execute(f"SELECT * FROM {name}".encode()), key=repr)


def whys(register: TestRegister, dote_id: UUID) -> list[str]:
    register.settle()
    return [row["why"] for row in table(register, "turns") if row["dote_id"] == dote_id]


def mine(
    register: TestRegister,
    actor: Actor,
    now: datetime | None = None,
    **filters: Any,  # noqa: ANN401  of the query
) -> list[UUID]:
    """The doti that wait for somebody, in their order."""
    person = Person(actor, now or datetime.now(UTC))
    with register.database.transaction() as tx:
        listed = worklist(tx, WorklistQuery(person, **filters)).items
        found = [dote.id for dote in page(tx, PageQuery(None, waiting_for=person)).items]
        assert sum(count.waiting for count in overview(tx, person).by_why) == len(listed) or filters
    assert {item.dote.id for item in listed} <= set(found)
    return [item.dote.id for item in listed]


def as_role(actor: Actor, role: Role, **more: Any) -> Actor:  # noqa: ANN401  of the actor
    return Actor(actor.account_id, (Grant(role),), **more)


def test_the_turns_along_a_life(programme: TestRegister) -> None:
    programme.allocate(50_000)
    dote_id = programme.request(programme.household(), 20_000)
    assert whys(programme, dote_id) == ["to_assess"]
    programme.assess(dote_id)
    assert whys(programme, dote_id) == ["vote"]
    (row,) = (row for row in table(programme, "turns") if row["dote_id"] == dote_id)
    assert (row["given"], row["wanted"]) == (0, 2)
    programme.approve(dote_id, 20_000)
    assert whys(programme, dote_id) == ["vote"]
    (row,) = (row for row in table(programme, "turns") if row["dote_id"] == dote_id)
    assert (row["given"], row["wanted"], row["at_stake_cents"]) == (1, 2, 20_000)
    programme.approve(dote_id, 20_000, programme.people.approver2)
    assert whys(programme, dote_id) == ["to_pay"]
    programme.disburse(dote_id, 20_000)
    assert whys(programme, dote_id) == ["receipts_missing"]
    programme.receipt(dote_id, 20_000)
    assert whys(programme, dote_id) == ["receipt_to_decide"]
    programme.accept(dote_id)
    assert whys(programme, dote_id) == ["to_account"]
    programme.account_for(dote_id)
    assert whys(programme, dote_id) == []


@pytest.fixture
def capped(programme: TestRegister) -> TestRegister:
    """A household may be granted 100 € a year; two approve above 50 € in all."""
    programme.adopt(
        Rules(
            bands=(
                Band(to_cents=15_000, household_to_cents=5_000),
                Band(over_cents=15_000, approvers=2),
            ),
            caps=(Cap(cents=10_000),),
            deadlines=DEADLINES,
        )
    )
    programme.allocate(100_000)
    return programme


def two_of_a_household(register: TestRegister) -> tuple[UUID, UUID]:
    """A dote that will be approved, and another one that waits for votes."""
    household = register.household()
    first, second = register.request(household, 4_000), register.request(household, 7_000)
    register.assess(first)
    register.assess(second)
    return first, second


def test_what_others_are_granted_makes_the_turns_again(capped: TestRegister) -> None:
    first, second = two_of_a_household(capped)
    assert whys(capped, second) == ["vote"]
    capped.approve(first, 4_000)
    assert whys(capped, second) == ["cap", "vote"]
    assert whys(capped, first) == ["to_pay"]


@pytest.mark.parametrize("batch", [1, 2, 3, 5, 1_000])
def test_the_size_of_the_batches_changes_no_turn(capped: TestRegister, batch: int) -> None:
    second = None
    for _ in range(2):
        first, second = two_of_a_household(capped)
        capped.approve(first, 4_000)
        capped.assess(capped.request(capped.household(), 1_000))
    capped.settle()
    whole = {name: table(capped, name) for name in DOTI.tables}
    assert {row["why"] for row in whole["turns"]} == {"cap", "vote", "to_pay"}
    assert any(row["dote_id"] == second for row in whole["turns"])
    with capped.database.transaction() as tx:
        tx.execute(f"TRUNCATE {', '.join(DOTI.tables)}".encode())
        tx.execute("UPDATE projections SET log_index = 0 WHERE name = 'doti'")
    while capped.runner.advance(DOTI, batch=batch):
        pass
    assert {name: table(capped, name) for name in DOTI.tables} == whole


def test_alarms_are_listed_from_their_time_on(capped: TestRegister) -> None:
    dote_id = capped.request(capped.household(), 1_000)
    capped.settle()
    due = capped.register.dote(dote_id).created_at + timedelta(days=5)
    with capped.database.transaction() as tx:
        assert alarms(tx, due - timedelta(seconds=1), None, 10) == []
        (alarm,) = alarms(tx, due, None, 10)
        assert (alarm.at, alarm.dote_id) == (due, dote_id)
        assert alarms(tx, due, alarm, 10) == []


def test_for_whom_a_turn_counts(programme: TestRegister) -> None:
    programme.allocate(50_000)
    household = programme.household()
    dote_id = programme.request(household, 10_000)
    programme.assess(dote_id)
    programme.settle()
    people = programme.people
    stranger = Actor(uuid4(), (Grant(Role.APPROVER),))

    def delegated(by: Actor, **more: Any) -> Actor:  # noqa: ANN401  of the delegation
        given = Delegation(by.account_id, None, **{"max_cents": 10_000, **more})
        return Actor(uuid4(), (Grant(Role.APPROVER, delegation=given),))

    for actor in (
        stranger,
        Actor(uuid4(), (Grant(Role.APPROVER, "ROCCA"),)),
        delegated(stranger),
        Actor(uuid4(), (Grant(Role.AUDITOR), Grant(Role.APPROVER))),
    ):
        assert mine(programme, actor) == [dote_id]
    for actor in (
        as_role(people.assessor, Role.APPROVER),
        as_role(people.operator, Role.APPROVER),
        as_role(stranger, Role.APPROVER, conflicts=frozenset({household})),
        as_role(stranger, Role.APPROVER, conflicts=frozenset({dote_id})),
        Actor(uuid4(), (Grant(Role.APPROVER, "SSALV"),)),
        Actor(uuid4(), (Grant(Role.FINANCE),)),
        delegated(people.assessor),
        delegated(stranger, max_cents=9_999),
        delegated(stranger, conflicts=frozenset({household})),
    ):
        assert mine(programme, actor) == []


def test_a_partner_votes_once_where_different_ones_are_wanted(programme: TestRegister) -> None:
    programme.adopt(Rules(bands=(Band(approvers=2, different_partners=True),)))
    programme.allocate(50_000)
    dote_id = programme.assessed(10_000)
    approver = as_role(programme.people.approver, Role.APPROVER, works_for="ROCCA")
    programme.approve(dote_id, 10_000, approver)
    programme.settle()
    same = Actor(uuid4(), (Grant(Role.APPROVER),), works_for="ROCCA")
    other = Actor(uuid4(), (Grant(Role.APPROVER),), works_for="SSALV")
    of_same = Delegation(uuid4(), "ROCCA", 10_000)
    delegate = Actor(uuid4(), (Grant(Role.APPROVER, delegation=of_same),), works_for="SSALV")
    assert mine(programme, other) == [dote_id]
    assert mine(programme, same) == mine(programme, delegate) == mine(programme, approver) == []


def test_the_worklist_begins_with_what_is_due_first(capped: TestRegister) -> None:
    asked = capped.request(capped.household(), 1_000)
    assessed = capped.assessed(2_000)
    capped.adopt(two_bands(15_000))
    free = capped.assessed(3_000)
    capped.settle()
    everybody = Actor(uuid4(), (Grant(Role.ASSESSOR), Grant(Role.APPROVER)))
    assert mine(capped, everybody) == [assessed, asked, free]
    assert mine(capped, everybody, stage=Stage.ASSESSMENT) == [asked]
    assert mine(capped, everybody, category=LINE.category, partner=LINE.partner) == [
        *(assessed, asked, free)
    ]
    assert mine(capped, everybody, partner="SSALV") == []
    person = Person(everybody, datetime.now(UTC))
    seen: list[UUID] = []
    after = None
    with capped.database.transaction() as tx:
        for _ in range(3):
            found = worklist(tx, WorklistQuery(person, after=after, limit=1))
            seen += [item.dote.id for item in found.items]
            after = found.next_after
        late = Person(everybody, person.now + timedelta(days=4))
        assert [(c.why, c.waiting, c.overdue) for c in overview(tx, late).by_why] == [
            ("to_assess", 1, 0),
            ("vote", 2, 1),
        ]
    assert seen == [assessed, asked, free]
    assert after is None


def test_what_waits_for_others_on_what_was_mine(capped: TestRegister) -> None:
    dote_id = capped.assessed(2_000)
    capped.request(capped.household(capped.people.operator_ssalv), 1_000, _line("SSALV"))
    capped.settle()
    with capped.database.transaction() as tx:
        now = datetime.now(UTC)
        (found,) = elsewhere(tx, Person(capped.people.operator, now), 20)
        assert (found.dote.id, found.roles) == (dote_id, (Role.APPROVER,))
        moved = as_role(capped.people.operator, Role.OPERATOR)
        gone = Actor(moved.account_id, (Grant(Role.OPERATOR, "SSALV"),))
        assert elsewhere(tx, Person(gone, now), 20) == []
        assert elsewhere(tx, Person(capped.people.finance, now), 20) == []


def test_ageing_counts_each_dote_once_at_each_stage(capped: TestRegister) -> None:
    first, _ = two_of_a_household(capped)
    capped.approve(first, 4_000)
    capped.request(capped.household(capped.people.operator_ssalv), 1_000, _line("SSALV"))
    capped.settle()
    now = datetime.now(UTC)

    def shown(days: int, scope: frozenset[str] | None = None) -> list[tuple[Any, ...]]:
        with capped.database.transaction() as tx:
            rows = ageing(tx, scope, now + timedelta(days=days))
        return [
            (r.stage, r.partner, r.waiting, r.overdue, r.to_7, r.to_14, r.to_30, r.over_30)
            for r in rows
        ]

    assert shown(4) == [
        ("approval", "ROCCA", 1, 1, 1, 0, 0, 0),
        ("assessment", "SSALV", 1, 0, 1, 0, 0, 0),
        ("payment", "ROCCA", 1, 0, 1, 0, 0, 0),
    ]
    assert [row[4:] for row in shown(8)] == [(0, 1, 0, 0)] * 3
    assert [row[4:] for row in shown(29)] == [(0, 0, 1, 0)] * 3
    assert [row[4:] for row in shown(31)] == [(0, 0, 0, 1)] * 3
    assert [row[1] for row in shown(1, frozenset({"SSALV"}))] == ["SSALV"]


def _line(partner: str) -> BudgetLine:
    return LINE.model_copy(update={"partner": partner})


def make_old(register: TestRegister) -> None:
    """As the first version left it: other tables, and nobody wrote down which version."""
    with register.database.transaction() as tx:
        tx.execute("DROP TABLE turns, granted, policies, households")
        tx.execute("ALTER TABLE doti ADD COLUMN waiting_for text[]")
        tx.execute("ALTER TABLE projections DROP COLUMN version")


def test_an_older_version_is_made_anew(capped: TestRegister) -> None:
    first, _ = two_of_a_household(capped)
    capped.approve(first, 4_000)
    capped.settle()
    whole = {name: table(capped, name) for name in (*DOTI.tables, "ledger_entries")}
    end = capped.log.end()
    make_old(capped)
    with ThreadPoolExecutor(8) as pool:
        for one in [pool.submit(runner.install, capped.database) for _ in range(8)]:
            one.result()
    places = {place.name: place.log_index for place in runner.positions(capped.database)}
    assert places == {each.name: end * (each.version == 1) for each in PROJECTIONS.values()}
    assert places["doti"] == 0 < places["journal"]
    capped.settle()
    assert {name: table(capped, name) for name in whole} == whole
    runner.install(capped.database)
    assert {name: table(capped, name) for name in whole} == whole


def test_a_newer_version_is_left_alone(capped: TestRegister) -> None:
    end = capped.settle()
    with capped.database.transaction() as tx:
        tx.execute("UPDATE projections SET version = version + 1")
    runner.install(capped.database)
    places = {place.name: place.log_index for place in runner.positions(capped.database)}
    assert places == dict.fromkeys(PROJECTIONS, end)
