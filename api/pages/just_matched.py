"""What somebody has just matched, or just taken back: named, and taken back by one press."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from api.wiring import Services
from domain.actors import Actor
from domain.errors import NotFound
from domain.events.bank import LineMatched, LineUnmatched
from workflows.reconciliation import lines_of

LASTS = timedelta(minutes=10)
"""So long the page offers to take back what was just matched: a slip is seen at once."""


@dataclass(frozen=True, slots=True)
class JustMatched:
    """A match that whoever looks made a moment ago, as its notice names it."""

    id: UUID
    day: date
    cents: int
    payments: tuple[str, ...]
    is_undone: bool


def just_matched(services: Services, actor: Actor, match_id: UUID) -> JustMatched | None:
    """A match by its id; None where there is none, or it was made by somebody else or long ago."""
    try:
        lines = lines_of(services.register, match_id)
    except NotFound:
        return None
    history = [event for line in lines for event in services.register.history(line.id)]
    said = [each for each in history if isinstance(each, LineMatched) and each.match_id == match_id]
    is_undone = any(
        isinstance(each, LineUnmatched) and each.match_id == match_id for each in history
    )
    is_theirs = said[0].by.account_id == actor.account_id
    if not is_theirs or services.engine.clock() - said[0].at > LASTS:
        return None
    payments = dict.fromkeys(paid.payment for each in said for paid in each.payments)
    return JustMatched(
        id=match_id,
        day=lines[0].booked_on,
        cents=sum(each.amount_cents for each in said),
        payments=tuple(payments),
        is_undone=is_undone,
    )
