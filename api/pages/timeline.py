"""What happened to a dote, as people tell it: what, when, who, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api import languages
from api.pages.say import N_
from api.security.visibility import MASK
from api.v1.views import View
from domain.dote import Dote
from domain.events import dote as events
from domain.events.base import Event
from domain.lifecycle import Stage

TOLD: Mapping[type[Event], str] = {
    events.DoteRequested: N_("Requested, {amount}"),
    events.DocumentAttached: N_("Paper attached: {kind}"),
    events.DocumentsRequested: N_("Papers asked for, until {due}"),
    events.DocumentsProvided: N_("Papers provided"),
    events.CapOverridden: N_("Household's limit lifted, up to {amount}"),
    events.ApprovalGiven: N_("Vote in favour, {amount}"),
    events.DoteApproved: N_("Approved, {amount}"),
    events.DoteRejected: N_("Rejected"),
    events.AppealLodged: N_("Appeal lodged"),
    events.DoteWithdrawn: N_("Withdrawn"),
    events.DoteRevoked: N_("Revoked"),
    events.DoteDisbursed: N_("Paid, {amount}"),
    events.DisbursementReturned: N_("Payment returned, {amount}"),
    events.RefundReceived: N_("Money given back, {amount}"),
    events.ReceiptSubmitted: N_("Receipt handed in, {amount}"),
    events.ReceiptAccepted: N_("Receipt accepted, {amount}"),
    events.ReceiptDisallowed: N_("Receipt not admitted, {amount}"),
    events.DoteAccountedFor: N_("Accounted for, the file is closed"),
    events.DeadlineReminded: N_("Reminder: {stage}"),
    events.DeadlineEscalated: N_("The coordinator was told of the delay: {stage}"),
}
"""What is said of each event; those that say yes or no are beside."""

EITHER: Mapping[tuple[type[Event], bool], str] = {
    (events.DoteAssessed, True): N_("Assessed favourably, {amount}"),
    (events.DoteAssessed, False): N_("Assessed unfavourably"),
    (events.RatificationRecorded, True): N_("Ratified"),
    (events.RatificationRecorded, False): N_("Not ratified"),
    (events.AppealDecided, True): N_("Appeal accepted"),
    (events.AppealDecided, False): N_("Appeal not accepted"),
}
STAGES: Mapping[Stage, str] = {
    Stage.ASSESSMENT: N_("assessment"),
    Stage.DOCUMENTS: N_("papers"),
    Stage.APPROVAL: N_("approval"),
    Stage.RATIFICATION: N_("ratification"),
    Stage.PAYMENT: N_("payment"),
    Stage.ACCOUNTING: N_("accounting"),
    Stage.APPEAL: N_("appeal"),
}

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
            what=_what(event),
            facts=dict(_facts(event, view.language)),
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


def _what(event: Event) -> str:
    match event:
        case events.DoteAssessed():
            return EITHER[events.DoteAssessed, event.favourable]
        case events.RatificationRecorded():
            return EITHER[events.RatificationRecorded, event.ratified]
        case events.AppealDecided():
            return EITHER[events.AppealDecided, event.accepted]
    return TOLD[type(event)]


def _facts(event: Event, language: languages.Language) -> Iterator[tuple[str, object]]:
    for name in ("amount_cents", "proposed_cents"):
        cents = getattr(event, name, None)
        if cents is not None:
            yield "amount", languages.money(language, cents)
    match event:
        case events.DocumentAttached():
            yield "kind", languages.word(language, event.kind, "paper")
        case events.DocumentsRequested():
            yield "due", languages.day(language, event.due)
        case events.DeadlineReminded() | events.DeadlineEscalated():
            yield "stage", languages.translate(language, STAGES[event.stage])


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
