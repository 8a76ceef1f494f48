"""The way of a dote as steps: what is behind it, where it is, what is ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.case import Case
from domain.events import dote as events
from domain.events.base import Event
from domain.lifecycle import State


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `look`: done, now, ended or ahead."""

    state: State
    look: str
    at: datetime | None = None
    votes: tuple[int, int] | None = None


_WAY: tuple[tuple[State, type[Event]], ...] = (
    (State.REQUESTED, events.DoteRequested),
    (State.ASSESSED, events.DoteAssessed),
    (State.APPROVED, events.DoteApproved),
    (State.DISBURSED, events.DoteDisbursed),
    (State.ACCOUNTED_FOR, events.DoteAccountedFor),
)
_REACHED = {
    State.REQUESTED: 1,
    State.DOCUMENT_REQUESTED: 1,
    State.ASSESSED: 2,
    State.APPROVED: 3,
    State.DISBURSED: 4,
    State.ACCOUNTED_FOR: 5,
}
_ENDS: Mapping[State, type[Event]] = {
    State.REJECTED: events.DoteRejected,
    State.WITHDRAWN: events.DoteWithdrawn,
    State.REVOKED: events.DoteRevoked,
}


def steps(case: Case, history: Sequence[Event]) -> list[Step]:
    """The steps of a dote as it is now."""
    dote = case.dote
    if dote.state in _ENDS:
        behind = [
            Step(state, "done", at) for state, of in _WAY if (at := _last(history, of)) is not None
        ]
        return [*behind, Step(dote.state, "ended", _last(history, _ENDS[dote.state]))]
    reached = _reached(case)
    return [
        Step(state, "done", _last(history, kind))
        if nth < reached
        else Step(state, "now" if nth == reached else "ahead", votes=_votes(case, nth, reached))
        for nth, (state, kind) in enumerate(_WAY)
    ]


def _reached(case: Case) -> int:
    """How many steps are behind it. Papers may be asked for before or after the assessment."""
    dote = case.dote
    if dote.state is State.DOCUMENT_REQUESTED and dote.papers_asked is not None:
        return _REACHED[dote.papers_asked.resumes]
    return _REACHED[dote.state]


def _votes(case: Case, nth: int, reached: int) -> tuple[int, int] | None:
    """How many votes of how many are there, at the step that is about votes."""
    if nth != reached or case.dote.state is not State.ASSESSED or not case.dote.favourable:
        return None
    given = len(case.dote.votes)
    return given, given + case.seats(case.amount_cents).count


def _last(history: Sequence[Event], kind: type[Event]) -> datetime | None:
    return next((event.at for event in reversed(history) if isinstance(event, kind)), None)
