"""Deadlines over months, told in an instant: reminders, a word to the coordinator, nothing else."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

import pytest

from domain.actors import SYSTEM, Role
from domain.case import Case
from domain.deadlines import MOST_REMINDERS, clocks, next_due, tell
from domain.dote import Dote
from domain.dote_history import evolve
from domain.errors import Forbidden, NothingDue
from domain.events.dote import DeadlineEscalated, DeadlineReminded, DoteEvent
from domain.lifecycle import Action, Stage
from domain.policy import Deadline, Policy, UrgentPath
from domain.turns import waiting_for
from tests.domain.commands import tell as told_by
from tests.domain.facts import (
    appeal_lodged,
    approved,
    assessed,
    disbursed,
    papers_provided,
    papers_requested,
    ratification,
    rejected,
    requested,
    revoked,
    tranche,
)
from tests.domain.facts_of_receipts import submitted
from tests.spec import (
    NOW,
    OPERATOR,
    START,
    a_case,
    a_policy,
    at,
    given,
    in_order,
    signed,
)

STAGES = (Stage.ASSESSMENT, Stage.APPROVAL, Stage.PAYMENT, Stage.ACCOUNTING, Stage.APPEAL)
RULES = a_policy(
    deadlines=tuple(
        Deadline(stage=stage, days=10, urgent_days=2, escalate_days=9) for stage in STAGES
    ),
    remind_days=7,
    urgent=UrgentPath(to_cents=30_000, ratify_days=5),
)


class Told(NamedTuple):
    """What was told, so many days after the dote was requested; `to` None: a reminder."""

    day: int
    stage: Stage
    to: str | None


def on(day: float, event: DoteEvent) -> DoteEvent:
    """The event, so many days after the request."""
    return at(START + timedelta(days=day, minutes=1), event)


def months(*life: DoteEvent, policy: Policy = RULES, days: int = 200) -> list[Told]:
    """Looks at the dote once a day, and tells what is due, until nothing more is."""
    events = cast("list[DoteEvent]", in_order([on(0, life[0]), *life[1:]]))
    dote, told, waiting = evolve(None, events[0]), [], events[1:]
    for day in range(days):
        now = START + timedelta(days=day, hours=1)
        while waiting and waiting[0].at <= now:
            dote = evolve(dote, _next(dote, waiting.pop(0)))
        for event in _all_due(a_case(dote, policy, now)):
            before, dote = dote, evolve(dote, event)
            _nothing_else_changed(before, dote)
            to = event.roles[0] if isinstance(event, DeadlineEscalated) else None
            told.append(Told(day, event.stage, to))
    assert not waiting
    return told


def _next(dote: Dote, event: DoteEvent) -> DoteEvent:
    return event.model_copy(update={"originator_version": dote.version + 1})


def _all_due(case: Case) -> Iterable[DeadlineReminded | DeadlineEscalated]:
    while True:
        try:
            event = tell(case, signed(case, Action.REMIND, SYSTEM), waiting_for(case))
        except NothingDue:
            return
        yield event
        case = Case(evolve(case.dote, event), case.policy, case.now, case.helps, case.position)


def _nothing_else_changed(before: Dote, after: Dote) -> None:
    """Whatever passes, nobody has decided anything."""
    assert after.state is before.state
    assert after.votes == before.votes
    assert after.people == before.people
    assert after.stage_since == before.stage_since
    assert (after.approved_cents, after.disbursed_cents) == (
        before.approved_cents,
        before.disbursed_cents,
    )


def reminders(stage: Stage, first: int, coordinator: int | None = None) -> list[Told]:
    """Three, a week apart, and the word to the coordinator."""
    told = [Told(first + 7 * n, stage, None) for n in range(MOST_REMINDERS)]
    last = first + 9 if coordinator is None else coordinator
    return sorted([*told, Told(last, stage, Role.COORDINATOR)], key=lambda one: one.day)


def test_a_forgotten_request_is_told_of_three_times_and_once_to_the_coordinator() -> None:
    assert months(requested()) == [
        (10, Stage.ASSESSMENT, None),
        (17, Stage.ASSESSMENT, None),
        (19, Stage.ASSESSMENT, "coordinator"),
        (24, Stage.ASSESSMENT, None),
    ]


def test_urgent_doti_have_less_time() -> None:
    assert months(requested(urgent=True)) == reminders(Stage.ASSESSMENT, 2)


def test_what_is_done_in_time_is_not_told_of() -> None:
    assert months(requested(), on(9, assessed()), on(18, rejected())) == []


def test_every_stage_has_its_own_time() -> None:
    life = (requested(), on(12, assessed()), on(23, approved()), on(34, disbursed()))
    assert months(*life) == [
        (10, Stage.ASSESSMENT, None),
        (22, Stage.APPROVAL, None),
        (33, Stage.PAYMENT, None),
        *reminders(Stage.ACCOUNTING, 44),
    ]


def test_the_clock_stands_still_while_papers_are_waited_for() -> None:
    asked = on(4, papers_requested(due=(START + timedelta(days=20)).date()))
    assert months(requested(), asked, on(16, papers_provided())) == reminders(
        Stage.ASSESSMENT, 10 + 12
    )


def test_papers_that_do_not_come_are_told_of_after_their_day() -> None:
    asked = on(4, papers_requested(due=(START + timedelta(days=20)).date()))
    # Without a rule for it, the coordinator is told a week later.
    assert months(requested(), asked) == [
        (21, Stage.DOCUMENTS, None),
        (28, Stage.DOCUMENTS, "coordinator"),
        (28, Stage.DOCUMENTS, None),
        (35, Stage.DOCUMENTS, None),
    ]


def test_papers_asked_for_a_second_time_have_a_time_of_their_own() -> None:
    first = on(1, papers_requested(due=(START + timedelta(days=5)).date()))
    again = on(9, papers_requested(due=(START + timedelta(days=15)).date()))
    told = months(requested(), first, on(8, papers_provided()), again)
    assert [day for day, stage, to in told if to is None] == [6, 16, 23, 30]


def test_a_tranche_is_late_after_its_own_day() -> None:
    days_to_now = (NOW - START).days
    plan = (tranche(10_000, days=30), tranche(20_000, days=90))
    life = (requested(), on(1, assessed()), on(2, approved(tranches=plan)))
    late = days_to_now + 30 + 10
    assert months(*life) == reminders(Stage.PAYMENT, late)
    paid = on(late + 3, disbursed(10_000, last=False))
    second = days_to_now + 90 + 10
    assert months(*life, paid) == [
        (late, Stage.PAYMENT, None),
        *reminders(Stage.PAYMENT, second),
    ]


def test_a_tranche_paid_in_time_is_not_told_of_before_the_next_one() -> None:
    plan = (tranche(10_000), tranche(20_000, days=90))
    life = (requested(), on(1, assessed()), on(2, approved(tranches=plan)))
    told = months(*life, on(3, disbursed(10_000, last=False)), days=(NOW - START).days + 99)
    assert told == []


def test_the_coordinator_hears_at_once_of_what_is_not_ratified_in_time() -> None:
    life = (requested(urgent=True), on(1, assessed()), on(1.1, approved(to_ratify=True)))
    told = months(*life, on(1.2, disbursed()))
    ratifying = [one for one in told if one.stage is Stage.RATIFICATION]
    assert ratifying == [
        (7, Stage.RATIFICATION, None),
        (7, Stage.RATIFICATION, "coordinator"),
        (14, Stage.RATIFICATION, None),
        (21, Stage.RATIFICATION, None),
    ]
    in_time = months(*life, on(1.2, disbursed()), on(4, ratification()))
    assert not [one for one in in_time if one.stage is Stage.RATIFICATION]


def test_an_appeal_has_its_time() -> None:
    told = months(requested(), on(1, rejected()), on(3, appeal_lodged()))
    assert told == reminders(Stage.APPEAL, 13)


def test_what_is_over_is_not_told_of() -> None:
    assert months(requested(), on(1, rejected())) == []
    life = (requested(), on(1, assessed()), on(2, approved()))
    assert months(*life, on(3, revoked())) == []


def test_money_out_of_a_revoked_dote_is_to_be_documented() -> None:
    life = (requested(), on(1, assessed()), on(2, approved()), on(3, disbursed(10_000, last=False)))
    assert months(*life, on(4, revoked(20_000))) == reminders(Stage.ACCOUNTING, 14)


def test_without_deadlines_nothing_is_ever_told() -> None:
    life = (requested(), on(1, assessed()), on(2, approved()))
    assert months(*life, policy=a_policy(), days=2_000) == []


def test_nobody_is_told_before_the_time_has_come() -> None:
    history = given(on(0, requested()))
    due = START + timedelta(days=10, minutes=1)
    just_before = due - timedelta(microseconds=1)
    history.when(told_by(policy=RULES, now=just_before)).then_refused(NothingDue)
    history.when(told_by(policy=RULES, now=due)).then(
        DeadlineReminded,
        stage=Stage.ASSESSMENT,
        since=START + timedelta(minutes=1),
        due=due,
        n=1,
        roles=(Role.ASSESSOR,),
    )


def test_after_a_long_silence_the_reminders_are_still_days_apart() -> None:
    """The register was off for a year: it does not say everything three times at once."""
    late = START + timedelta(days=365)
    case = a_case(given(on(0, requested())).state, RULES, late)
    events = list(_all_due(case))
    assert [type(event) for event in events] == [DeadlineReminded, DeadlineEscalated]
    told = events[-1]
    again = next_due(a_case(evolve(evolve(case.dote, events[0]), told), RULES, late))
    assert again is not None
    assert again.at == late + timedelta(days=7)


def test_a_reminder_is_to_those_whose_turn_it_is() -> None:
    life = (requested(), on(1, assessed()), on(2, approved()), on(3, disbursed()))
    late = START + timedelta(days=20)
    given(*life).when(told_by(policy=RULES, now=late)).then(
        DeadlineReminded, stage=Stage.ACCOUNTING, roles=(Role.OPERATOR,)
    )
    given(*life, on(4, submitted(10_000))).when(told_by(policy=RULES, now=late)).then(
        DeadlineReminded, stage=Stage.ACCOUNTING, roles=(Role.FINANCE, Role.OPERATOR)
    )


@pytest.mark.parametrize("action", [Action.REMIND, Action.ESCALATE])
def test_nobody_tells_but_the_register_itself(action: Action) -> None:
    everybody_else = frozenset(Role) - {Role.SYSTEM}
    history = given(on(0, requested()))
    late = START + timedelta(days=99)
    history.when(told_by(action, by=OPERATOR, policy=RULES, now=late)).then_refused(
        Forbidden, action=action, roles="system"
    )
    assert not SYSTEM.has_any(everybody_else)


def test_several_stages_may_run_at_once() -> None:
    dote = given(requested(urgent=True), assessed(), approved(to_ratify=True)).state
    running = clocks(a_case(dote, RULES))
    assert [clock.stage for clock in running] == [Stage.PAYMENT, Stage.RATIFICATION]
    first = next_due(a_case(dote, RULES))
    assert first is not None
    assert (first.clock.stage, first.to) == (Stage.PAYMENT, None)


def test_a_deadline_knows_its_zone() -> None:
    for clock in clocks(a_case(given(requested()).state, RULES)):
        assert clock.due is not None
        assert clock.due.tzinfo is UTC
        assert clock.due > datetime(2026, 3, 1, tzinfo=UTC)
