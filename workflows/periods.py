"""Closing the books of a month, and opening them again: asked by one, confirmed by another.

Whatever bears a day of its own holds a lock from before it looks whether the day is open until it
is written; closing holds the same lock alone. So either of the two sees the other one done.
"""

import time

from eventsourcing.persistence import RecordConflictError

from domain import closing, periods
from domain.periods import Asking, What
from domain.programme import PROGRAMME_ID, Programme
from workflows.audit.tree import Tree
from workflows.closing_commands import ClosePeriod
from workflows.commands import Motive
from workflows.engine import PERIODS, Outcome, Work
from workflows.eventstore.log import Log
from workflows.eventstore.sequencer import Sequencer
from workflows.trial_balance import TrialBalance

SETTLED_WITHIN_S = 3.0
"""How long a closing waits for what was written before it to be numbered."""
WAIT_STEP_S = 0.01


def close(work: Work, month: str, command: ClosePeriod, sequencer: Sequencer) -> Outcome:
    """The first person asks for a month to be closed; a second one closes it by the same call."""
    before = work.programme()
    trial = TrialBalance(max(before.books.standing, key=lambda each: each.month, default=None))
    if before.books.waits_for("close", month) is not None:
        # Most of the reading before anybody has to wait.
        trial.go_on(Log(work.register.database), sequencer.status().last_index)
    known, asked = _locked(work, "close", month)
    stamp = work.stamp(periods.signature(work.actor, "close", asked))
    if asked is None:
        event = work.store.append(closing.ask_close(known, stamp, month, command.reason))
        return Outcome(PROGRAMME_ID, event.originator_version)
    known.books.check("close", month, stamp.at)
    _settle(sequencer)
    log = Log(work.register.database)
    trial.go_on(log, log.end())
    closed = work.store.append(
        closing.close(
            known,
            stamp,
            month,
            command.reason,
            asked_by=asked.by,
            trial_balance=trial.balances(),
            log_size=trial.log_size,
            root=Tree(work.register.database).root(trial.log_size),
        )
    )
    return Outcome(PROGRAMME_ID, closed.originator_version)


def reopen(work: Work, month: str, command: Motive) -> Outcome:
    """The first person asks for the last closed month to be opened; a second one opens it."""
    known, asked = _locked(work, "reopen", month)
    stamp = work.stamp(periods.signature(work.actor, "reopen", asked))
    if asked is None:
        event = work.store.append(closing.ask_reopen(known, stamp, month, command.reason))
        return Outcome(PROGRAMME_ID, event.originator_version)
    opened = work.store.append(
        closing.reopen(known, stamp, month, command.reason, asked_by=asked.by)
    )
    return Outcome(PROGRAMME_ID, opened.originator_version)


def _locked(work: Work, what: What, month: str) -> tuple[Programme, Asking | None]:
    """The programme, while nothing with a day of its own is being written."""
    work.store.begin(PERIODS, ("stream", PROGRAMME_ID))
    known = work.programme()
    work.check_version(known.version)
    return known, known.books.waits_for(what, month)


def _settle(sequencer: Sequencer) -> None:
    """Waits until all that was written so far has its number: then it stands in the balance.

    Nothing of the month is being written any more, so there is an end to it.
    """
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while sequencer.status().waiting_events:
        if sequencer.number_batch() is None:
            if time.monotonic() >= deadline:
                raise RecordConflictError("what was written before is not numbered yet")
            time.sleep(WAIT_STEP_S)
