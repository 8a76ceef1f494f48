"""What a dote waits for: whose turn it is, since when and until when. Pure; the moment comes in.

Nothing is ever decided by the passing of time: what follows from a deadline is a reminder, and
then a word to the coordinator.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.actors import Role
from domain.case import Case
from domain.days import beginning_of
from domain.dote import Dote
from domain.dote_parts import Alarm
from domain.errors import NothingDue
from domain.events.base import Stamp
from domain.events.dote import DeadlineEscalated, DeadlineReminded
from domain.lifecycle import Stage, State

MOST_REMINDERS = 3
"""More than that nobody reads."""

_STAGES = {
    State.REQUESTED: Stage.ASSESSMENT,
    State.DOCUMENT_REQUESTED: Stage.DOCUMENTS,
    State.ASSESSED: Stage.APPROVAL,
    State.APPROVED: Stage.PAYMENT,
    State.DISBURSED: Stage.ACCOUNTING,
}


@dataclass(frozen=True, slots=True)
class Clock:
    """A stage that runs: since when, and until when (None: without a deadline)."""

    stage: Stage
    since: datetime
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be told next about a stage, and when. `to` None: a reminder."""

    clock: Clock
    due: datetime
    at: datetime
    to: Role | None


def stages(dote: Dote) -> Iterator[tuple[Stage, datetime]]:
    """The stages that run, and since when. A payment planned for a later day begins with it."""
    stage, planned = _STAGES.get(dote.state), dote.next_tranche_due
    if stage is Stage.PAYMENT and planned is not None:
        yield stage, max(dote.stage_since, beginning_of(planned))
    elif stage is not None:
        yield stage, dote.stage_since
    elif dote.state is State.REVOKED and dote.disbursed_cents:
        yield Stage.ACCOUNTING, dote.stage_since
    elif dote.appeal is not None and dote.appeal.accepted is None:
        yield Stage.APPEAL, dote.appeal.lodged_at
    if dote.needs_ratification and dote.approved_at is not None:
        yield Stage.RATIFICATION, dote.approved_at


def clocks(case: Case) -> tuple[Clock, ...]:
    """The stages that run, with their deadlines under the rules of the dote."""
    return tuple(
        Clock(stage, since, _due(case, stage, since)) for stage, since in stages(case.dote)
    )


def _due(case: Case, stage: Stage, since: datetime) -> datetime | None:
    dote = case.dote
    if stage is Stage.DOCUMENTS and dote.papers_asked is not None:
        return beginning_of(dote.papers_asked.due + timedelta(days=1))
    rule = case.policy.deadline(stage)
    if rule is None:
        return None
    days = rule.urgent_days if dote.urgent and rule.urgent_days is not None else rule.days
    # While papers were waited for, the clock stood still.
    return since + timedelta(days=days) + dote.paused


def next_due(case: Case) -> Due | None:
    """What is to be told next, whether its time has come or not; the earliest of several."""
    found = [due for clock in clocks(case) for due in _of(case, clock)]
    return min(found, key=lambda due: (due.at, due.clock.stage), default=None)


def _told(dote: Dote, clock: Clock) -> list[Alarm]:
    return [a for a in dote.alarms if (a.stage, a.since) == (clock.stage, clock.since)]


def _of(case: Case, clock: Clock) -> Iterator[Due]:
    if clock.due is None:
        return
    told = _told(case.dote, clock)
    reminders = [alarm for alarm in told if alarm.to is None]
    if len(reminders) < MOST_REMINDERS:
        again = timedelta(days=case.policy.remind_days)
        at = max(clock.due, reminders[-1].at + again) if reminders else clock.due
        yield Due(clock, clock.due, at, None)
    if len(reminders) == len(told):
        rule = case.policy.deadline(clock.stage)
        later = timedelta(days=rule.escalate_days if rule else case.policy.remind_days)
        yield Due(clock, clock.due, clock.due + later, Role.COORDINATOR)


def tell(case: Case, stamp: Stamp, roles: frozenset[Role]) -> DeadlineReminded | DeadlineEscalated:
    """What is due now, as an event; refused if nothing is. `roles`: whose turn it is."""
    due = next_due(case)
    if due is None or due.at > case.now:
        raise NothingDue
    clock = due.clock
    facts = {"stage": clock.stage, "since": clock.since, "due": due.due}
    if due.to is not None:
        return case.dote.then(DeadlineEscalated, stamp, roles=(due.to,), **facts)
    n = 1 + sum(alarm.to is None for alarm in _told(case.dote, clock))
    return case.dote.then(DeadlineReminded, stamp, n=n, roles=tuple(sorted(roles)), **facts)
