"""What holds after any sequence of commands: the money, and the replay of what happened."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import errors
from domain.dote import Dote
from domain.dote_history import evolve, project
from domain.events import dote as d
from domain.ledger import postings
from domain.lifecycle import State
from domain.privacy import Private, Sealed
from tests.domain.examples import seal, sealed
from tests.domain.simulation import Simulation, Step

# The same examples in every run: a failure is of the change, not of the day.
SAME_EVERY_TIME = settings(derandomize=True, database=None, deadline=None)

NUMBER = st.integers(min_value=0, max_value=2**20)
# Long runs on purpose: a dote takes some ten steps from its request to its accounting.
STEPS = st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER), min_size=30, max_size=120)


def run(steps: list[Step]) -> Simulation:
    simulation = Simulation()
    for step in steps:
        simulation.step(step)
    return simulation


@settings(SAME_EVERY_TIME, max_examples=150)
@given(STEPS)
def test_the_money_is_right_after_every_command(steps: list[Step]) -> None:
    run(steps)


@settings(SAME_EVERY_TIME, max_examples=40)
@given(STEPS)
def test_a_replay_knows_what_was_known(steps: list[Step]) -> None:
    for history in run(steps).states.values():
        events = [event for event, _ in history]
        for n, (event, state) in enumerate(history, start=1):
            assert state.version == event.originator_version == n
            assert state.changed_at == event.at
            assert project(None, events[:n]) == state
            assert project(state, events[n:]) == history[-1][1]


@settings(SAME_EVERY_TIME, max_examples=40)
@given(STEPS)
def test_a_replay_of_what_is_stored_knows_the_same(steps: list[Step]) -> None:
    for history in run(steps).states.values():
        state: Dote | None = None
        for event, known in history:
            stored = type(event).model_validate_json(sealed(event).model_dump_json())
            assert postings(stored) == postings(event)
            state = evolve(state, stored)
            assert state == as_stored(known)


def as_stored(dote: Dote) -> Dote:
    return replace(
        dote,
        need=stored(dote.need),
        payee=None if dote.payee is None else stored(dote.payee),
        documents=tuple(replace(paper, file=stored(paper.file)) for paper in dote.documents),
    )


def stored(value: Private | Sealed) -> Sealed:
    return seal(value) if isinstance(value, Private) else value


def test_a_long_run_sees_everything() -> None:
    """The properties above look where something happens: every event, state and refusal."""
    numbers = random.Random(20260302)
    seen: set[type] = set()
    refused: set[type] = set()
    states: set[State] = set()
    for _ in range(60):
        simulation = Simulation()
        for _ in range(120):
            step = [numbers.randrange(2**20) for _ in range(4)]
            simulation.step((step[0], step[1], step[2], step[3]))
        seen |= {type(event) for event in simulation.log}
        states |= {dote.state for dote in simulation.doti}
        refused |= set(simulation.refused)
    # Nothing falls due while the clock stands still.
    of_doti = set(d.DoteEvent.__args__) - {d.DeadlineReminded, d.DeadlineEscalated}
    assert of_doti <= seen
    assert states == set(State)
    assert {kind.__name__ for kind in COMES_UP - refused} == set()


COMES_UP: set[type[errors.DomainError]] = {
    errors.AboveCeiling,
    errors.AmountTooHigh,
    errors.AppealedBefore,
    errors.BudgetExceeded,
    errors.CapNotReached,
    errors.ConflictOfInterest,
    errors.CoordinatorNotAsked,
    errors.DelegationTooSmall,
    errors.DisbursementAlreadyReturned,
    errors.Duplicate,
    errors.Forbidden,
    errors.HouseholdCapExceeded,
    errors.MoneyIsOut,
    errors.NoAppeal,
    errors.NotFound,
    errors.NotFullyDocumented,
    errors.NothingPaid,
    errors.NothingToRatify,
    errors.NotRatified,
    errors.OutsideOwnPartner,
    errors.PapersMissing,
    errors.PartnerUnknown,
    errors.RatificationRefused,
    errors.ReceiptAlreadyDecided,
    errors.SameLine,
    errors.SegregationOfDuties,
    errors.TrancheNotDue,
    errors.UnallocatedExceeded,
    errors.UnfavourableAssessment,
    errors.VoteDiffers,
    errors.VotesComplete,
    errors.WrongState,
}
"""What is refused in a long run."""
