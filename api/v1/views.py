"""Shows a dote, a household and the programme to one reader: what is theirs to see, no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import structlog

from api.languages import Language, refusal_text, translate
from api.security.visibility import FIELDS, MASK, Kind, reading_role
from api.v1 import insight, schemas, turns
from api.v1.double_help import DoubleHelpView
from api.wiring import Services
from domain import dote_history
from domain.actors import PEOPLE, Actor, Role
from domain.case import Case
from domain.dote import Dote
from domain.errors import NotFound
from domain.events import dote as events
from domain.events.base import Event
from domain.lifecycle import TRANSITIONS, Action
from domain.permissions import offer
from domain.privacy import read_record
from domain.turns import waiting_for
from workflows.engine import can_see, in_view
from workflows.eventstore.vault import CannotOpen, Keys

log = structlog.get_logger(__name__)

UNREADABLE = "[not readable]"
"""Stands where a private value does not open: it was altered, as doti audit tells."""

_DECISIONS = (events.DoteRejected, events.DoteWithdrawn, events.DoteRevoked)
_ACTIONS = [
    action
    for action in Action
    if action is not Action.REQUEST and TRANSITIONS[action].roles & PEOPLE
]


@dataclass(slots=True)
class Seen:
    """What a view has shown: kinds of private values in clear, and in which role; and whether
    there was something that it masked."""

    kinds: set[Kind] = field(default_factory=set)
    role: Role | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A dote in view: its events, with the rules and the money, and what its reader sees."""

    history: list[Event]
    case: Case
    shown: schemas.Dote


@dataclass(frozen=True, slots=True)
class View:
    """What one person sees of the register, in one language.

    `revealed`: in which role they see it all, as they said why.
    """

    services: Services
    actor: Actor
    language: Language
    revealed: Role | None = None
    keys: Keys = field(default_factory=dict, repr=False)
    seen: Seen = field(default_factory=Seen)

    def dote(self, dote_id: UUID, version: int | None = None) -> schemas.Dote:
        """A dote, now or at a version. Raises NotFound also for what is not theirs to see.

        Only now there is more to tell than its own events do: what the money says, whom it waits
        for, and what was given elsewhere. A version is the same whenever it is asked for.
        """
        found = self.looked_at(dote_id) if version is None else self.as_it_was(dote_id, version)
        return found.shown

    def as_it_was(self, dote_id: UUID, version: int) -> "LookedAt":
        """A dote at a version, from its own events alone."""
        history, dote = self.visible(dote_id, version)
        case = self.case(dote)
        return LookedAt(history, case, self.told(case, history))

    def looked_at(self, dote_id: UUID) -> "LookedAt":
        """A dote as it is now, with all that it was shown from."""
        with self.services.database.transaction():
            history, dote = self.visible(dote_id)
            case = self.case(dote, full=True)
            shown = self.told(
                case,
                history,
                waiting=turns.waiting(self.services, self.language, case),
                double_help=DoubleHelpView(self.services, self.actor, self.language).of_dote(case),
            )
            return LookedAt(history, case, shown)

    def visible(self, dote_id: UUID, version: int | None = None) -> tuple[list[Event], Dote]:
        """The events of a dote, up to a version, and the dote that they make."""
        history = self.services.register.history(dote_id, version)
        if not history or not isinstance(history[0], events.DoteRequested):
            raise NotFound
        dote = dote_history.project(None, cast("list[events.DoteEvent]", history))
        if dote is None or not can_see(self.actor, dote.partner):
            raise NotFound
        return history, dote

    def summary(self, dote: Dote) -> schemas.DoteSummary:
        """A dote as lists show it."""
        return schemas.DoteSummary(**self._plain(self.case(dote)))

    def case(self, dote: Dote, *, full: bool = False) -> Case:
        """The dote with its rules, as of now. `full`: with what the money says, too."""
        policy = self.services.register.policy(dote.policy_version)
        case = Case(dote, policy, self.services.engine.clock())
        return in_view(self.services.register, case) if full else case

    def actions(self, case: Case) -> list[schemas.AvailableAction]:
        """What the reader may do to the dote, and why not the rest."""
        return [self._action(case, action) for action in _ACTIONS]

    def opened(self, event: Event, name: str, partner: str, *, health_data: bool) -> Any:  # noqa: ANN401  text or a record
        """A private value: its text or record, None if there is none (any more), or a text that
        stands in its place (`MASK`, or that it cannot be read)."""
        private = FIELDS[type(event), name]
        value = getattr(event, name)
        # What was erased is told apart from what is masked.
        if value is None or self.services.vault.is_gone(value, self.keys):
            return None
        role = self.reading_role(private.kind, partner, health_data=health_data)
        if role is None:
            self.seen.masked = True
            return MASK
        self.seen.kinds.add(private.kind)
        self.seen.role = self.seen.role or role
        return self.text(event, name, is_record=private.is_record)

    def text(self, event: Event, name: str, *, is_record: bool = False) -> Any:  # noqa: ANN401  text or a record
        """A private value that is the reader's to see, or in its place that it cannot be read:
        what was altered keeps nobody from the rest."""
        try:
            text = self.services.vault.open_field(event, name, self.keys)
        except CannotOpen:
            log.error(
                "value_does_not_open",
                stream=str(event.originator_id),
                version=event.originator_version,
                field=name,
            )
            return translate(self.language, UNREADABLE)
        return read_record(text) if text is not None and is_record else text

    def reading_role(self, kind: Kind, partner: str, *, health_data: bool) -> Role | None:
        """The role in which the reader sees private values of a kind; None: they do not."""
        if self.revealed is not None:
            return self.revealed
        return reading_role(self.actor, kind, partner, health_data=health_data)

    def is_health(self, category: str) -> bool:
        """Whether doti of a category tell about health."""
        return self.services.register.category(category).health_data

    def _action(self, case: Case, action: Action) -> schemas.AvailableAction:
        refused = offer(case, action, self.actor)
        return schemas.AvailableAction(
            action=action,
            allowed=refused is None,
            reason=None if refused is None else refusal_text(refused, self.language),
        )

    def _plain(self, case: Case) -> dict[str, Any]:
        dote = case.dote
        return {
            "id": dote.id,
            "number": dote.number,
            "state": dote.state,
            "version": dote.version,
            "partner": dote.partner,
            "desk": dote.desk,
            "category": dote.category,
            "item": dote.item,
            "household_id": dote.household_id,
            "requested_cents": dote.requested_cents,
            "proposed_cents": dote.proposed_cents,
            "approved_cents": dote.approved_cents,
            "disbursed_cents": dote.disbursed_cents,
            "documented_cents": dote.documented_cents,
            "refunded_cents": dote.refunded_cents,
            "disallowed_cents": dote.disallowed_cents,
            "policy_version": dote.policy_version,
            "urgent": dote.urgent,
            "favourable": dote.favourable,
            "waiting_for": sorted(waiting_for(case)),
            "created_at": dote.created_at,
            "changed_at": dote.changed_at,
            "votes": [
                schemas.Vote(account_id=vote.by.account_id, amount_cents=vote.amount_cents)
                for vote in dote.votes
            ],
            "documents": [
                schemas.Document(
                    n=paper.n,
                    kind=paper.kind,
                    sha256=paper.sha256,
                    media_type=paper.media_type,
                    size_bytes=paper.size_bytes,
                    valid_until=paper.valid_until,
                )
                for paper in dote.documents
            ],
            "disbursements": [
                schemas.Disbursement(
                    n=tranche.n,
                    amount_cents=tranche.amount_cents,
                    value_date=tranche.value_date,
                    method=tranche.method,
                    state=tranche.state,
                )
                for tranche in dote.disbursements
            ],
            "receipts": [
                schemas.Receipt(
                    n=receipt.n,
                    kind=receipt.kind,
                    number=receipt.number,
                    date=receipt.date,
                    amount_cents=receipt.amount_cents,
                    paper_cents=receipt.paper_cents,
                    sha256=receipt.sha256,
                    media_type=receipt.media_type,
                    state=receipt.state,
                )
                for receipt in dote.receipts
            ],
            "available_actions": self.actions(case),
        }

    def told(
        self,
        case: Case,
        history: Sequence[Event],
        *,
        waiting: list[insight.Waiting] | None = None,
        double_help: list[insight.DoubleHelp] | None = None,
    ) -> schemas.Dote:
        """What its events tell of a dote, with what is the reader's to see."""
        dote = case.dote
        health_data = self.is_health(dote.category)
        plain = {**self._plain(case), **_beside(case)}
        found: dict[str, Any] = dict.fromkeys(
            ("need", "assessment_note", "decision_reason", "payee", "papers_asked")
        )

        def opened(event: Event, name: str) -> Any:  # noqa: ANN401  text or a record
            return self.opened(event, name, dote.partner, health_data=health_data)

        for event in history:
            match event:
                case events.DoteRequested():
                    found["need"] = opened(event, "need")
                case events.DocumentsRequested() if dote.papers_asked is not None:
                    found["papers_asked"] = insight.PapersAsked(
                        kinds=list(event.kinds), what=opened(event, "what"), due=event.due
                    )
                case events.DoteAssessed():
                    found["assessment_note"] = opened(event, "note")
                case events.ApprovalGiven() | events.DoteApproved():
                    found["payee"] = _payee(opened(event, "payee"))
                case events.DoteDisbursed():
                    _add(plain["disbursements"], event.n, reference=opened(event, "reference"))
                case events.DocumentAttached():
                    name = _part(opened(event, "file"), "name")
                    _add(plain["documents"], event.n, file_name=name)
                case events.ReceiptSubmitted():
                    details = opened(event, "details")
                    issuer, name = _part(details, "issuer"), _part(details, "name")
                    _add(plain["receipts"], event.n, issuer=issuer, file_name=name)
                case _ if isinstance(event, _DECISIONS):
                    found["decision_reason"] = opened(event, "reason")
        return schemas.Dote(**plain, **found, waiting=waiting, double_help=double_help)


def _beside(case: Case) -> dict[str, Any]:
    """What one dote shows and a list of them does not."""
    dote = case.dote
    appeal = dote.appeal
    return {
        "tranches": list(_tranches(dote)),
        "missing_papers": list(case.missing_papers(case.amount_cents)),
        "ceiling_cents": case.policy.ceiling_cents(dote.item),
        "over_cap_cents": dote.over_cap_cents,
        "to_ratify": dote.to_ratify,
        "ratified": dote.ratified,
        "appeal": None
        if appeal is None
        else insight.Appeal(lodged_at=appeal.lodged_at, accepted=appeal.accepted),
    }


def _tranches(dote: Dote) -> Iterator[insight.PlannedTranche]:
    """The planned tranches; what is paid fills them in their order."""
    left = dote.disbursed_cents
    for n, tranche in enumerate(dote.tranches, 1):
        paid = min(left, tranche.amount_cents)
        left -= paid
        yield insight.PlannedTranche(
            n=n, amount_cents=tranche.amount_cents, due=tranche.due, paid_cents=paid
        )


def _add(parts: list[Any], n: int, **private: str | None) -> None:
    # Parts are numbered from 1 on, in their order.
    parts[n - 1] = parts[n - 1].model_copy(update=private)


def _part(record: Any, name: str) -> str | None:  # noqa: ANN401  a record, the mask or None
    return record.get(name) if isinstance(record, dict) else record


def _payee(record: Any) -> schemas.Payee | None:  # noqa: ANN401  a record, the mask or None
    if record is None:
        return None
    if isinstance(record, str):
        return schemas.Payee(household=None, name=record, iban=record)
    return schemas.Payee(
        household=bool(record.get("household")), name=record.get("name"), iban=record.get("iban")
    )
