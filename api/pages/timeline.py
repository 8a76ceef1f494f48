"""What happened to a dote, as people tell it: what, when, who, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.pages.told import facts, sentence_of
from api.security.visibility import MASK
from api.v1.views import View
from domain.dote import Dote
from domain.events import dote as events
from domain.events.base import Event

_WORDS = ("need", "what", "reason", "note")
_BY_ITSELF = (events.DeadlineReminded, events.DeadlineEscalated)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `what`: an English sentence with the places of `facts`; `words`: what was written
    with it, where it is the reader's to see."""

    version: int
    what: str
    facts: Mapping[str, object]
    at: datetime
    role: str
    partner: str | None
    name: str | None
    policy_version: int | None
    words: tuple[str, ...]
    by_itself: bool


def timeline(view: View, history: Sequence[Event], dote: Dote, after: int = 0) -> list[Entry]:
    """The events of a dote after a version, the newest first."""
    shown = [event for event in history if event.originator_version > after]
    names = view.services.accounts.names(event.by.account_id for event in shown)
    health_data = view.is_health(dote.category)
    return [
        Entry(
            version=event.originator_version,
            what=sentence_of(event),
            facts=dict(facts(event, view.language)),
            at=event.at,
            role=event.by.role,
            partner=event.by.partner or event.by.works_for,
            name=names.get(event.by.account_id),
            policy_version=getattr(event, "policy_version", None),
            words=tuple(_words(view, event, dote.partner, health_data=health_data)),
            by_itself=isinstance(event, _BY_ITSELF),
        )
        for event in reversed(shown)
    ]


def _words(view: View, event: Event, partner: str, *, health_data: bool) -> Iterator[str]:
    for name in _WORDS:
        if name in event.secret_fields:
            text = view.opened(event, name, partner, health_data=health_data)
            if isinstance(text, str) and text != MASK:
                yield text


def expires(valid_until: date | None, today: date) -> str:
    """Whether a paper counts: present, expiring, or expired."""
    if valid_until is None:
        return "present"
    return "expiring" if today <= valid_until else "expired"
