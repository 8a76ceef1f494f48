"""Assessing a request."""

from uuid import UUID

from domain import deciding
from domain.lifecycle import Action
from workflows.commands import Assess
from workflows.engine import Outcome, Work


def assess(work: Work, dote_id: UUID, command: Assess) -> Outcome:
    """An assessor judges need and amount."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.ASSESS, command.proposed_cents)
    event = work.store.append(
        deciding.assess(
            case,
            stamp,
            favourable=command.outcome == "favourable",
            proposed_cents=command.proposed_cents,
            note=command.note,
        )
    )
    return Outcome(dote_id, event.originator_version)
