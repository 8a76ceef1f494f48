"""Reminds of what takes too long, and tells the coordinator of what takes far too long.

Nothing else ever follows from the passing of time.
"""

from dataclasses import replace
from uuid import UUID

from domain.actors import Role
from domain.case import Case
from domain.deadlines import next_due, tell
from domain.errors import NothingDue
from domain.lifecycle import Action, Stage
from domain.turns import turns
from workflows.engine import Outcome, Work, looked_back


def remind(work: Work, dote_id: UUID) -> Outcome:
    """The register tells what is due now about a dote; refused if nothing is.

    A second one that is told the same comes too late: the dote's next version is written once, and
    then nothing is due any more.
    """
    case = work.case(dote_id)
    due = next_due(case)
    if due is None:
        raise NothingDue
    helps = work.store.helps(case.dote.household_id, work.now - looked_back(case.policy))
    roles = _roles(replace(case, helps=helps), due.clock.stage)
    event = work.store.append(tell(case, work.sign(case, Action.REMIND), roles))
    return Outcome(dote_id, event.originator_version)


def _roles(case: Case, stage: Stage) -> frozenset[Role]:
    """Whose turn it is at a stage."""
    waiting = (turn.roles for turn in turns(case) if turn.stage is stage)
    return frozenset[Role]().union(*waiting)
