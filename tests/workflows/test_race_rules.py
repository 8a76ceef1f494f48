"""Many people at once on one household's cap, on one last vote, and on one set of rules."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from domain.actors import Role
from domain.errors import DomainError, HouseholdCapExceeded, VotesComplete, WrongState
from domain.events.dote import DoteApproved
from domain.lifecycle import State
from domain.policy import Band, Cap, Rules
from tests.register import TestRegister, person
from workflows import approval
from workflows.commands import OverrideCap

WORKERS = 24
CENTS = 10_000
ROOM = 5
Case = TypeVar("Case")

CAPPED = Rules(
    bands=(Band(),),
    caps=(
        Cap(category="EMERGENZA", days=365, cents=ROOM * CENTS + CENTS // 2),
        Cap(days=30, cents=100 * CENTS),
    ),
)
TWO = Rules(bands=(Band(approvers=2),))


def at_once(do: Callable[[Case], object], cases: list[Case]) -> Counter[str]:
    """What became of each, all at the same time."""

    def one(case: Case) -> str:
        try:
            do(case)
        except DomainError as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(WORKERS) as pool:
        return Counter(pool.map(one, cases))


def test_a_household_is_never_granted_more_than_its_cap(programme: TestRegister) -> None:
    programme.adopt(CAPPED)
    programme.allocate(WORKERS * CENTS)
    household = programme.household()
    doti = [programme.request(household, CENTS) for _ in range(WORKERS)]
    for dote_id in doti:
        programme.assess(dote_id)

    told = at_once(lambda dote_id: programme.approve(dote_id, CENTS), doti)

    assert told == {"done": ROOM, HouseholdCapExceeded.__name__: WORKERS - ROOM}
    states = Counter(programme.register.dote(dote_id).state for dote_id in doti)
    assert states == {State.APPROVED: ROOM, State.ASSESSED: WORKERS - ROOM}
    programme.settle()
    totals = [
        logged.event.household_after_cents
        for logged in programme.log.follow()
        if isinstance(logged.event, DoteApproved)
    ]
    # Each decision stands on the one before it.
    assert totals == [CENTS * n for n in range(1, ROOM + 1)]


def test_an_override_lets_one_dote_over_and_no_other(programme: TestRegister) -> None:
    programme.adopt(CAPPED)
    programme.allocate(WORKERS * CENTS)
    household = programme.household()
    doti = [programme.request(household, CENTS) for _ in range(ROOM + 3)]
    for dote_id in doti:
        programme.assess(dote_id)
    for dote_id in doti[:ROOM]:
        programme.approve(dote_id, CENTS)
    command = OverrideCap(amount_cents=CENTS, reason="prova")
    programme.run(
        programme.people.coordinator, lambda w: approval.override_cap(w, doti[-1], command)
    )

    told = at_once(lambda dote_id: programme.approve(dote_id, CENTS), doti[ROOM:])

    assert told == {"done": 1, HouseholdCapExceeded.__name__: 2}
    assert programme.register.dote(doti[-1]).state is State.APPROVED


def test_two_last_votes_approve_once(programme: TestRegister) -> None:
    programme.adopt(TWO)
    programme.allocate(WORKERS * CENTS)
    dote_id = programme.assessed(CENTS)
    programme.approve(dote_id, CENTS)
    voters = [person(Role.APPROVER) for _ in range(WORKERS)]

    told = at_once(lambda voter: programme.approve(dote_id, CENTS, by=voter), voters)

    assert told["done"] == 1
    assert set(told) <= {"done", WrongState.__name__, VotesComplete.__name__}
    history = programme.register.history(dote_id)
    assert sum(isinstance(event, DoteApproved) for event in history) == 1
    programme.settle()
    assert programme.ledger().total.committed_cents == CENTS


def test_votes_at_the_same_time_are_all_counted(programme: TestRegister) -> None:
    """First votes race on the same version: each is decided again on what is there now."""
    programme.adopt(Rules(bands=(Band(approvers=5),)))
    programme.allocate(CENTS)
    dote_id = programme.assessed(CENTS)
    voters = [person(Role.APPROVER) for _ in range(5)]

    assert at_once(lambda voter: programme.approve(dote_id, CENTS, by=voter), voters) == {"done": 5}

    dote = programme.register.dote(dote_id)
    assert dote.state is State.APPROVED
    assert {vote.by.account_id for vote in dote.votes} == {voter.account_id for voter in voters}


def test_the_same_person_votes_once_however_often_at_once(programme: TestRegister) -> None:
    programme.adopt(TWO)
    programme.allocate(CENTS)
    dote_id = programme.assessed(CENTS)
    voter = programme.people.approver

    told = at_once(lambda _: programme.approve(dote_id, CENTS, by=voter), list(range(WORKERS)))

    assert told == {"done": 1, "SegregationOfDuties": WORKERS - 1}
    assert programme.register.dote(dote_id).state is State.ASSESSED


def test_rules_adopted_at_the_same_time_are_numbered_one_by_one(programme: TestRegister) -> None:
    begun = len(programme.register.programme().policies)
    at_once(lambda _: programme.adopt(TWO), list(range(4)))
    versions = sorted(programme.register.programme().policies)
    assert versions == list(range(1, begun + 5))
