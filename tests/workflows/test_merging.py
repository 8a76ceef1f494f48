"""Merged households count as one: in caps, in exposure, whoever is quicker; and apart again."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import RecordConflictError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.errors import (
    DomainError,
    HouseholdCapExceeded,
    IntoMerged,
    MergedHousehold,
    NotFound,
    NotMerged,
    OthersMergedInto,
    OutsideOwnPartner,
    StaleVersion,
)
from domain.events.dote import DoteApproved
from domain.policy import Band, Cap, Rules
from projections.doti.projection import DOTI
from tests.register import TestRegister
from tests.workflows.merging import assessed, merge, unmerge
from tests.workflows.office import Office, open_office
from workflows import households
from workflows.audit.merges import check_merges
from workflows.commands import MergeHousehold
from workflows.engine import in_view
from workflows.eventstore.database import Row
from workflows.simulation import simulate

CENTS = 10_000
CAPPED = Rules(bands=(Band(),), caps=(Cap(days=365, cents=3 * CENTS),))


@pytest.fixture
def capped(programme: TestRegister) -> TestRegister:
    """A household may be granted three times as much as each dote asks for."""
    programme.adopt(CAPPED)
    programme.allocate(1_000_000)
    return programme


def test_a_cap_is_of_both(capped: TestRegister) -> None:
    one, other = capped.household(), capped.household()
    for household_id in (one, one, other):
        capped.approve(assessed(capped, household_id, CENTS), CENTS)
    waiting = [assessed(capped, household_id, CENTS) for household_id in (one, other)]
    merge(capped, one, other)
    for dote_id in waiting:
        with pytest.raises(HouseholdCapExceeded) as refused:
            capped.approve(dote_id, CENTS)
        assert refused.value.left_cents == 0
    unmerge(capped, one)
    for dote_id in waiting:
        capped.approve(dote_id, CENTS)
    after = [capped.register.history(dote_id)[-1] for dote_id in waiting]
    assert [event.model_dump()["household_before_cents"] for event in after] == [2 * CENTS, CENTS]


def test_what_is_shown_is_of_both(capped: TestRegister) -> None:
    one, other = capped.household(), capped.household()
    capped.approve(assessed(capped, one, CENTS), CENTS)
    dote_id = assessed(capped, other, CENTS)
    register = capped.register

    def seen() -> int:
        dote = register.dote(dote_id)
        case = Case(dote, register.policy(dote.policy_version), capped.engine.clock())
        return in_view(register, case).exposure_cents

    assert seen() == 0
    merge(capped, one, other)
    assert seen() == CENTS
    unmerge(capped, one)
    assert seen() == 0


def test_what_is_requested_is_for_the_one_that_goes_on(capped: TestRegister) -> None:
    one, other = capped.household(), capped.household()
    merge(capped, one, other)
    with pytest.raises(MergedHousehold) as refused:
        capped.request(one, CENTS)
    assert refused.value.into == str(other)
    capped.request(other, CENTS)
    unmerge(capped, one)
    capped.request(one, CENTS)


def test_it_is_one_step_deep(capped: TestRegister) -> None:
    one, other, third = (capped.household() for _ in range(3))
    merge(capped, one, other)
    for attempt, error in (
        ((one, third), MergedHousehold),
        ((third, one), IntoMerged),
        ((other, third), OthersMergedInto),
    ):
        with pytest.raises(error):
            merge(capped, *attempt)
    merge(capped, third, other)
    unmerge(capped, one)
    with pytest.raises(NotMerged):
        unmerge(capped, one)
    merge(capped, one, other)


def test_who_merges_whose(capped: TestRegister) -> None:
    people = capped.people
    one, mine = capped.household(), capped.household()
    theirs = capped.household(people.operator_ssalv)
    with pytest.raises(NotFound):
        merge(capped, one, theirs, people.operator)
    with pytest.raises(NotFound):
        merge(capped, theirs, one, people.operator)
    merge(capped, one, mine, people.operator)
    unmerge(capped, one, people.operator)
    merge(capped, one, theirs)
    with pytest.raises(OutsideOwnPartner):
        unmerge(capped, one, people.operator)
    with pytest.raises(NotFound):
        unmerge(capped, one, people.operator_ssalv)
    with pytest.raises(NotFound):
        merge(capped, mine, uuid4())


def test_a_version_that_was_decided_on(capped: TestRegister) -> None:
    one, other = capped.household(), capped.household()
    command = MergeHousehold(into=other, reason="x")
    with pytest.raises(StaleVersion):
        capped.run(
            capped.people.coordinator,
            lambda work: households.merge(work, one, command),
            expected_version=2,
        )


# Whoever is quicker


def at_once(*acts: Callable[[], object]) -> Counter[str]:
    def one(act: Callable[[], object]) -> str:
        try:
            act()
        except (DomainError, RecordConflictError) as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(one, acts))


@pytest.mark.parametrize("attempt", range(5))
def test_two_approvals_while_the_households_are_merged(capped: TestRegister, attempt: int) -> None:
    """Each alone is within the cap, both together are not: whoever is last of the three sees it."""
    one, other = capped.household(), capped.household()
    first = assessed(capped, one, 2 * CENTS)
    second = assessed(capped, other, 2 * CENTS)
    told = at_once(
        lambda: merge(capped, one, other),
        lambda: capped.approve(first, 2 * CENTS),
        lambda: capped.approve(second, 2 * CENTS),
    )
    assert told["done"] >= 2
    assert told["done"] + told[HouseholdCapExceeded.__name__] == 3
    check_caps(capped)


@pytest.mark.parametrize("attempt", range(3))
def test_many_approvals_while_households_are_merged_and_taken_apart(
    capped: TestRegister, attempt: int
) -> None:
    homes = [capped.household() for _ in range(3)]
    doti = [assessed(capped, homes[n % 3], CENTS) for n in range(9)]
    told = at_once(
        *(partial(capped.approve, dote_id, CENTS) for dote_id in doti),
        lambda: merge(capped, homes[0], homes[1]),
        lambda: merge(capped, homes[2], homes[1]),
        lambda: unmerge(capped, homes[0]),
    )
    assert set(told) <= {"done", HouseholdCapExceeded.__name__, NotMerged.__name__}
    check_caps(capped)


def test_two_merge_into_each_other(capped: TestRegister) -> None:
    for _ in range(5):
        one, other = capped.household(), capped.household()
        told = at_once(
            partial(merge, capped, one, other),
            partial(merge, capped, other, one),
        )
        assert told["done"] == 1
    assert list(check_merges(capped.database)) == []


def test_a_request_while_its_household_is_merged(capped: TestRegister) -> None:
    for _ in range(5):
        one, other = capped.household(), capped.household()
        told = at_once(
            partial(merge, capped, one, other),
            partial(capped.request, one, CENTS),
        )
        assert told["done"] + told[MergedHousehold.__name__] == 2


def check_caps(register: TestRegister) -> None:
    """Told from the log alone: no approval went over the cap of who was one household then."""
    register.settle()
    groups: dict[UUID, UUID] = {}
    granted: list[tuple[UUID, int]] = []
    for logged in register.log.follow():
        event = logged.event
        name, said = type(event).__name__, event.model_dump()
        if name == "HouseholdMerged":
            groups[event.originator_id] = said["into"]
        if name == "HouseholdUnmerged":
            del groups[event.originator_id]
        if isinstance(event, DoteApproved):
            me = groups.get(event.household_id, event.household_id)
            before = sum(cents for home, cents in granted if groups.get(home, home) == me)
            assert before == event.household_before_cents
            assert before + event.amount_cents <= 3 * CENTS
            granted.append((event.household_id, event.amount_cents))


# Whatever comes after what


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "unmerge", "approve"]), st.integers(0, 3), st.integers(0, 3)
    ),
    min_size=4,
    max_size=14,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_any_order_against_a_plain_model(
    capped: TestRegister, steps: list[tuple[str, int, int]]
) -> None:
    """The model: who was merged into whom, and what each was granted by itself."""
    capped.allocate(len(steps) * CENTS)
    homes = [capped.household() for _ in range(4)]
    into: dict[int, int] = {}
    own = dict.fromkeys(range(4), 0)

    def together(n: int) -> int:
        return sum(own[m] for m in own if into.get(m, m) == into.get(n, n))

    for what, one, other in steps:
        if what == "merge":
            may = one != other and not {one, other} & into.keys() and one not in into.values()
            assert done(partial(merge, capped, homes[one], homes[other])) == may
            if may:
                into[one] = other
        elif what == "unmerge":
            assert done(partial(unmerge, capped, homes[one])) == (one in into)
            into.pop(one, None)
        elif one not in into:
            dote_id = assessed(capped, homes[one], CENTS)
            may = together(one) + CENTS <= 3 * CENTS
            assert done(partial(capped.approve, dote_id, CENTS)) == may
            own[one] += CENTS if may else 0
        for n, home in enumerate(homes):
            assert _granted(capped, home) == together(n)
            known = capped.register.household(home).merged_into
            assert known == (homes[into[n]] if n in into else None)
    assert list(check_merges(capped.database)) == []
    check_caps(capped)
    same_when_rebuilt(capped)


def done(act: Callable[[], object]) -> bool:
    try:
        act()
    except DomainError:
        return False
    return True


def _granted(register: TestRegister, home: UUID) -> int:
    with register.database.transaction() as tx:
        (row,) = tx.execute(
            "SELECT coalesce(sum(cents), 0)::bigint AS cents FROM exposure"
            " WHERE household_id = ANY (household_group(%s))",
            (home,),
        )
    return int(row["cents"])


def table(register: TestRegister, name: str) -> list[Row]:
    with register.database.transaction() as tx:
        return sorted(tx.execute(f"SELECT * FROM {name}".encode()), key=repr)


def same_when_rebuilt(register: TestRegister) -> None:
    """Event by event, in batches of any size: the same turns and households."""
    register.settle()
    before = {name: table(register, name) for name in DOTI.tables}
    for size in (1, 3, 1_000):
        with register.database.transaction() as tx:
            for name in DOTI.tables:
                tx.execute(f"DELETE FROM {name}".encode())
        logged = list(register.log.follow())
        handled = [one for one in logged if type(one.event) in DOTI.handles]
        parts = range(0, len(handled), size)
        with register.database.transaction() as tx:
            for n in parts:
                DOTI.write(tx, handled[n : n + size])
        assert {name: table(register, name) for name in DOTI.tables} == before


# What others make of it


def turn(register: TestRegister, dote_id: UUID) -> str:
    register.settle()
    rows = [row for row in table(register, "turns") if row["dote_id"] == dote_id]
    return str(rows[0]["why"])


def test_turns_look_at_both(capped: TestRegister) -> None:
    one, other = capped.household(), capped.household()
    capped.approve(assessed(capped, one, 3 * CENTS), 3 * CENTS)
    dote_id = assessed(capped, other, CENTS)
    assert turn(capped, dote_id) == "vote"
    merge(capped, one, other)
    assert turn(capped, dote_id) == "cap"
    unmerge(capped, one)
    assert turn(capped, dote_id) == "vote"
    same_when_rebuilt(capped)


def test_other_rules_would_have_counted_both(programme: TestRegister) -> None:
    programme.adopt(Rules(bands=(Band(),)))
    programme.allocate(1_000_000)
    one, other = programme.household(), programme.household()
    programme.approve(assessed(programme, one, 2 * CENTS), 2 * CENTS)
    merge(programme, one, other)
    programme.approve(assessed(programme, other, 2 * CENTS), 2 * CENTS)
    unmerge(programme, one)
    programme.approve(assessed(programme, other, CENTS), CENTS)
    programme.settle()
    today = programme.engine.today()
    found = simulate(programme.register, programme.log, CAPPED, today=today).differences
    assert [each.number[-1] for each in found] == ["2"]


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as opened:
        yield opened


def test_a_conflict_reaches_the_others(office: Office) -> None:
    register, desk = office.register, office.actor("operator")
    one, other = register.household(desk), register.household(desk)
    office.declare("approver", household_id=one)
    assert office.actor("approver").conflicts == {one}
    merge(register, one, other)
    assert office.actor("approver").conflicts == {one, other}
    third = register.household(desk)
    merge(register, third, other)
    assert office.actor("approver").conflicts == {one, other, third}
    unmerge(register, one)
    assert office.actor("approver").conflicts == {one}
