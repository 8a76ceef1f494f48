"""Assessing a request."""

from uuid import UUID

from domain.lifecycle import Action
from workflows.commands import Assess
from workflows.engine import Outcome, Work


def assess(work: Work, dote_id: UUID, command: Assess) -> Outcome:
    """An assessor judges need and amount."""
    dote = work.dote(dote_id)
    stamp = work.sign(dote, Action.ASSESS)
    proposed = command.proposed_cents
    event = work.store.append(
        dote.assess(
            stamp,
            favourable=command.outcome == "favourable",
            proposed_cents=dote.requested_cents if proposed is None else proposed,
            note=command.note,
        )
    )
    return Outcome(dote_id, event.originator_version)
