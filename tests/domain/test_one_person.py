"""No way leads one person from the request to the payment, whatever roles they hold and whoever
delegated to them."""

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actors import PEOPLE, Actor, Delegation, Grant
from domain.dote import Dote
from domain.dote_history import evolve
from domain.errors import DomainError
from domain.events.dote import DoteEvent
from domain.lifecycle import Action, State
from domain.permissions import sign
from domain.policy import Band, Policy, UrgentPath
from tests.domain.every_command import COMMANDS
from tests.domain.facts import requested
from tests.spec import HOUSEHOLD, ROCCA, SSALV, About, a_policy, ident

# The same examples in every run: a failure is of the change, not of the day.
SAME_EVERY_TIME = settings(derandomize=True, database=None, deadline=None)

ROLES = sorted(PEOPLE)
CENTS = 5_000
LAX = a_policy()
URGENT = a_policy(
    bands=(Band(to_cents=10_000), Band(over_cents=10_000, approvers=2, coordinator=True)),
    urgent=UrgentPath(to_cents=10_000, ratify_days=5, requester_may_assess=True),
)
POLICIES = st.sampled_from([LAX, URGENT])

# Steps towards the money more often than others, or most examples end at the first of them.
WAY = [Action.ASSESS, Action.APPROVE, Action.DISBURSE]
ACTIONS = st.sampled_from([*WAY * 5, *COMMANDS])

WORDS: dict[Action, dict[str, object]] = {
    Action.ASSESS: {"proposed_cents": CENTS},
    Action.OVERRIDE_CAP: {"amount_cents": CENTS},
    Action.APPROVE: {"amount_cents": CENTS},
    Action.DISBURSE: {"amount_cents": CENTS},
    Action.SUBMIT_RECEIPT: {"amount_cents": CENTS},
}


class Step(NamedTuple):
    """An action, by which of the people, with which of their grants first."""

    action: Action
    who: int
    first: int


STEPS = st.lists(
    st.builds(Step, ACTIONS, st.integers(0, 5), st.integers(0, 40)), min_size=10, max_size=40
)


def delegations(own: int) -> st.SearchStrategy[Delegation | None]:
    """From others, who do nothing themselves, or from the person to themselves."""
    by = st.sampled_from([ident(own), *(ident(0x900 + n) for n in range(4))])
    partner = st.sampled_from([None, ROCCA, SSALV])
    return st.none() | st.builds(
        Delegation, by, partner, st.sampled_from([1, CENTS, 10**9]), st.just(frozenset())
    )


def people(n: int) -> st.SearchStrategy[Actor]:
    """The account number `n` with any grants, its own or delegated, always with one of each."""
    grant = st.builds(
        Grant, st.sampled_from(ROLES), st.sampled_from([None, ROCCA, SSALV]), delegations(n)
    )
    every_role = tuple(Grant(role) for role in ROLES)
    return st.builds(
        lambda grants, works_for: Actor(ident(n), (*grants, *every_role), works_for),
        st.lists(grant, max_size=8),
        st.sampled_from([None, ROCCA, SSALV]),
    )


def ordered(who: Actor, first: int) -> Actor:
    """The same person with the same grants, another one of them in front."""
    turn = first % len(who.grants)
    grants = (*who.grants[turn:], *who.grants[:turn])
    return Actor(who.account_id, grants, who.works_for, who.conflicts)


def walk(policy: Policy, crew: list[Actor], urgent: bool, steps: list[Step]) -> list[DoteEvent]:
    """What happened: all the steps that were not refused."""
    asker = crew[0]
    by = sign(Action.REQUEST, asker, ROCCA, HOUSEHOLD, amount_cents=CENTS)
    asked = requested(CENTS, urgent=urgent).model_copy(update={"by": by})
    log: list[DoteEvent] = [asked]
    dote: Dote = evolve(None, asked)
    about = About(policy=policy)
    for step in steps:
        who = ordered(crew[step.who % len(crew)], step.first)
        command = COMMANDS[step.action](**WORDS.get(step.action, {}), by=who, **about)
        try:
            event = command(dote)
        except DomainError:
            continue
        assert isinstance(event, DoteEvent)
        dote = evolve(dote, event)
        log.append(event)
    return log


def paid(log: list[DoteEvent]) -> bool:
    return any(type(event).__name__ == "DoteDisbursed" for event in log)


def spine(log: list[DoteEvent]) -> dict[str, set[object]]:
    """Who took the four steps, by the account that did it and not by who delegated."""
    return {
        name: {event.by.account_id for event in log if type(event).__name__ == name}
        for name in ("DoteRequested", "DoteAssessed", "DoteApproved", "DoteDisbursed")
    }


@settings(SAME_EVERY_TIME, max_examples=300)
@given(POLICIES, people(1), st.booleans(), STEPS)
def test_one_person_never_gets_a_dote_paid(
    policy: Policy, somebody: Actor, urgent: bool, steps: list[Step]
) -> None:
    log = walk(policy, [somebody], urgent, steps)
    assert not paid(log)
    dote = log[0]
    assert {event.by.account_id for event in log} == {dote.by.account_id}


@settings(SAME_EVERY_TIME, max_examples=300)
@given(people(1), people(2), st.booleans(), STEPS)
def test_two_people_do_not_either_whatever_the_urgent_path_allows(
    one: Actor, other: Actor, urgent: bool, steps: list[Step]
) -> None:
    assert not paid(walk(URGENT, [one, other], urgent, steps))


@settings(SAME_EVERY_TIME, max_examples=300)
@given(people(1), people(2), people(3), st.booleans(), STEPS)
def test_three_people_do_only_where_one_requested_and_assessed_in_urgency(
    one: Actor, two: Actor, three: Actor, urgent: bool, steps: list[Step]
) -> None:
    assert not paid(walk(LAX, [one, two, three], urgent, steps))
    log = walk(URGENT, [one, two, three], urgent, steps)
    if paid(log):
        assert urgent
        steps_of = spine(log)
        assert steps_of["DoteRequested"] & steps_of["DoteAssessed"]
        assert len(set().union(*steps_of.values())) == 3


@settings(SAME_EVERY_TIME, max_examples=200)
@given(st.tuples(*(people(n) for n in range(1, 5))), st.booleans(), STEPS)
def test_without_the_urgent_path_four_people_took_the_four_steps(
    crew: tuple[Actor, ...], urgent: bool, steps: list[Step]
) -> None:
    log = walk(LAX, list(crew), urgent, steps)
    if paid(log):
        assert len(set().union(*spine(log).values())) >= 4


def test_the_properties_look_where_money_moves() -> None:
    """With enough people, and the right one at each step, the same walk does get there."""
    crew = [Actor(ident(n), tuple(Grant(role) for role in ROLES)) for n in range(1, 5)]
    three = [Step(Action.ASSESS, 0, 0), Step(Action.APPROVE, 1, 0), Step(Action.DISBURSE, 2, 0)]
    log = walk(URGENT, crew[:3], True, three)
    assert paid(log)
    assert len({event.by.account_id for event in log}) == 3
    four = [Step(Action.ASSESS, 1, 0), Step(Action.APPROVE, 2, 0), Step(Action.DISBURSE, 3, 0)]
    log = walk(LAX, crew, False, four)
    assert evolved(log).state is State.DISBURSED
    assert not paid(walk(LAX, crew[:3], True, three))


def evolved(log: list[DoteEvent]) -> Dote:
    dote = evolve(None, log[0])
    for event in log[1:]:
        dote = evolve(dote, event)
    return dote
