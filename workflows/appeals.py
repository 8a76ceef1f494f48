"""The second look at a rejection."""

from uuid import UUID

from domain.erasure import check_there
from domain.lifecycle import Action
from workflows.commands import DecideAppeal, LodgeAppeal
from workflows.engine import Outcome, Work


def lodge_appeal(work: Work, dote_id: UUID, command: LodgeAppeal) -> Outcome:
    """The household asks for it, once."""
    # A rejected dote is at an end: its household may be erased meanwhile.
    check_there(work.locked_household(work.case(dote_id).dote.household_id))
    case = work.case(dote_id)
    stamp = work.sign(case, Action.LODGE_APPEAL)
    event = work.store.append(case.dote.lodge_appeal(stamp, command.reason))
    return Outcome(dote_id, event.originator_version)


def decide_appeal(work: Work, dote_id: UUID, command: DecideAppeal) -> Outcome:
    """The coordinator decides, if they had no part in the rejection."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.DECIDE_APPEAL)
    event = work.store.append(
        case.dote.decide_appeal(stamp, accepted=command.accepted, reason=command.reason)
    )
    return Outcome(dote_id, event.originator_version)
