"""A draft of the rules over the real log: what would have differed, and nothing is written."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.actors import Actor, Grant, Role
from domain.days import day_here
from domain.errors import BandsGap, DateInThePast, Forbidden, HouseholdCapExceeded, UnknownCode
from domain.lifecycle import Action
from domain.policy import Band, Cap, ItemRule, Rules, two_bands
from domain.policy_simulation import Kind
from tests.register import TestRegister, fresh_register, person
from tests.workflows.tables import contents
from workflows.engine import Outcome, Work
from workflows.policies import adopt
from workflows.simulation import Simulated, simulate

CAPPED = Rules(bands=(Band(),), caps=(Cap(cents=50_000),))
GAP = Rules(bands=(Band(to_cents=100), Band(over_cents=200)))


@pytest.fixture
def three(programme: TestRegister) -> TestRegister:
    """Three approvals for one household: 30,000, 30,000 and 20,000 cents."""
    programme.adopt(two_bands(100_000))
    programme.allocate(1_000_000)
    household = programme.household()
    for cents in (30_000, 30_000, 20_000):
        dote_id = programme.request(household, cents)
        programme.assess(dote_id)
        programme.approve(dote_id, cents)
    programme.settle()
    return programme


def run(register: TestRegister, draft: Rules, **more: object) -> Simulated:
    return simulate(
        register.register,
        register.log,
        draft,
        today=day_here(datetime.now(UTC)),
        **more,  # type: ignore[arg-type]  # `since`, `until` and `most`
    )


def test_a_capped_second_approval_leaves_room_for_the_third(three: TestRegister) -> None:
    found = run(three, CAPPED)
    (difference,) = found.differences
    assert (difference.decision, difference.kind) == (Action.APPROVE, Kind.REFUSED)
    assert (difference.amount_cents, difference.by) == (
        30_000,
        three.people.approver.account_id,
    )
    assert difference.number.endswith("-00002")
    (reason,) = difference.reasons
    assert isinstance(reason, HouseholdCapExceeded)
    assert reason.left_cents == 20_000
    assert (found.looked_at, found.left_out) == (9, 0)
    assert found.log_index == three.log.end()
    assert found.totals.refused_cents == 30_000


def test_the_rules_in_force_change_nothing(three: TestRegister) -> None:
    in_force = three.register.programme().policies[2]
    found = run(three, in_force.rules)
    assert found.differences == ()
    assert found.looked_at == 9


def test_nothing_is_written(three: TestRegister) -> None:
    before, end = contents(three), three.log.end()
    assert sum(len(rows) for rows in before.values()) > 20
    assert run(three, CAPPED).differences
    with pytest.raises(BandsGap):
        run(three, GAP)
    assert contents(three) == before
    assert three.log.end() == end
    assert not three.sequencer.number_batch()


def test_from_a_time_on_and_as_known_at_a_time(programme: TestRegister, postgres_url: str) -> None:
    clock = Clock()
    with fresh_register(postgres_url, clock) as register:
        register.open_programme(100_000)
        register.allocate(1_000_000)
        household = register.household()
        moments = []
        for cents in (30_000, 30_000, 30_000):
            clock.now += timedelta(days=1)
            moments.append(clock.now)
            dote_id = register.request(household, cents)
            register.assess(dote_id)
            register.approve(dote_id, cents)
            register.settle()
        assert len(run(register, CAPPED).differences) == 2
        # Both that came before stand: so the third is one too many.
        assert len(run(register, CAPPED, since=moments[2]).differences) == 1
        early = run(register, CAPPED, until=moments[0])
        assert (early.looked_at, early.differences) == (3, ())
        assert run(register, CAPPED, since=moments[1], until=moments[1]).looked_at == 3


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 7, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_long_list_is_cut_and_counted(three: TestRegister) -> None:
    draft = Rules(bands=(Band(),), items=(ItemRule(item="LIBRI"),))
    found = run(three, draft, most=4)
    assert (len(found.differences), found.left_out) == (4, 2)
    assert found.totals.refused_cents == 80_000
    assert sum(tally.count for tally in found.totals.by_person.values()) == 6


def test_a_draft_is_checked_as_an_adoption_but_for_its_day(three: TestRegister) -> None:
    yesterday = day_here(datetime.now(UTC)) - timedelta(days=1)
    assert run(three, CAPPED.model_copy(update={"effective_from": yesterday})).differences
    with pytest.raises(UnknownCode):
        run(three, Rules(bands=(Band(),), caps=(Cap(category="ALTRO", cents=1),)))


# Adopting


def adopting(register: TestRegister, rules: Rules, by: Actor | None = None) -> int:
    outcome = register.run(by or register.people.coordinator, lambda work: adopt(work, rules))
    return int(outcome.figures["version"])


def test_the_coordinator_adopts_the_next_version(programme: TestRegister) -> None:
    today = day_here(datetime.now(UTC))
    assert adopting(programme, CAPPED) == 2
    known = programme.register.programme()
    assert known.policy_on(today).rules == CAPPED.model_copy(update={"effective_from": today})
    assert known.adoptions[2].by == programme.people.coordinator.account_id
    tomorrow = today + timedelta(days=1)
    later = two_bands(1).model_copy(update={"effective_from": tomorrow})
    assert adopting(programme, later) == 3
    known = programme.register.programme()
    assert known.policy_on(today).version == 2
    assert known.policy_on(tomorrow).version == 3


@pytest.mark.parametrize(
    ("rules", "by", "refused"),
    [
        (GAP, None, BandsGap),
        (
            CAPPED.model_copy(update={"effective_from": datetime(2020, 1, 1, tzinfo=UTC).date()}),
            None,
            DateInThePast,
        ),
        (CAPPED, person(Role.APPROVER), Forbidden),
        (CAPPED, Actor(person(Role.ADMIN).account_id, (Grant(Role.ADMIN),)), Forbidden),
    ],
)
def test_what_is_refused_leaves_the_rules_in_force(
    programme: TestRegister, rules: Rules, by: Actor | None, refused: type[Exception]
) -> None:
    before = programme.register.programme()
    with pytest.raises(refused):
        adopting(programme, rules, by)
    assert programme.register.programme() == before


def test_of_two_adoptions_at_once_one_is_decided_again(programme: TestRegister) -> None:
    """The other one is written between the reading and the writing of the first."""
    others = iter([two_bands(1)])

    def late(work: Work) -> Outcome:
        outcome = adopt(work, CAPPED)
        for rules in others:
            assert adopting(programme, rules) == 2
        return outcome

    outcome = programme.run(programme.people.coordinator, late)
    assert outcome.figures == {"version": 3}
    policies = programme.register.programme().policies
    assert policies[2].bands == two_bands(1).bands
    assert policies[3].caps == CAPPED.caps
