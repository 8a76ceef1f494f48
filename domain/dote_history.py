"""How events build a dote. `evolve` assigns and never checks: old events must load for ever."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, assert_never
from uuid import UUID

from domain.dote import Dote
from domain.dote_parts import Disbursement, Document, Receipt, Vote
from domain.errors import WrongStream
from domain.events.dote import (
    ApprovalGiven,
    DisbursementReturned,
    DocumentAttached,
    DoteAccountedFor,
    DoteApproved,
    DoteAssessed,
    DoteDisbursed,
    DoteEvent,
    DoteRejected,
    DoteRequested,
    DoteRevoked,
    DoteWithdrawn,
    ReceiptAccepted,
    ReceiptDisallowed,
    ReceiptSubmitted,
    RefundReceived,
)
from domain.lifecycle import Duty, State


def evolve(dote: Dote | None, event: DoteEvent) -> Dote:
    """The dote after the event."""
    if dote is None:
        if not isinstance(event, DoteRequested):
            raise WrongStream(f"a dote does not begin with {type(event).__name__}")
        return Dote(
            id=event.originator_id,
            version=event.originator_version,
            number=event.number,
            state=State.REQUESTED,
            partner=event.partner,
            desk=event.desk,
            category=event.category,
            item=event.item,
            household_id=event.household_id,
            urgent=event.urgent,
            policy_version=event.policy_version,
            created_at=event.at,
            changed_at=event.at,
            need=event.need,
            people={Duty.REQUEST: frozenset({event.by.account_id})},
            requested_cents=event.amount_cents,
        )
    changes = _changes(dote, event)
    return replace(dote, version=event.originator_version, changed_at=event.at, **changes)


def _changes(dote: Dote, event: DoteEvent) -> dict[str, Any]:
    match event:
        case DoteRequested():
            raise ValueError("a dote is requested once")
        case DocumentAttached():
            paper = Document(
                event.n, event.kind, event.sha256, event.media_type, event.size_bytes, event.file
            )
            return {"documents": (*dote.documents, paper)}
        case DoteAssessed():
            return {
                "state": State.ASSESSED,
                "favourable": event.favourable,
                "proposed_cents": event.proposed_cents,
                "people": _with(dote, Duty.ASSESS, event.by.account_id),
            }
        case ApprovalGiven() | DoteApproved():
            vote = Vote(event.by.account_id, event.amount_cents)
            approved = isinstance(event, DoteApproved)
            return {
                "state": State.APPROVED if approved else dote.state,
                "approved_cents": event.amount_cents if approved else 0,
                "payee": event.payee,
                "votes": (*dote.votes, vote),
                "people": _with(dote, Duty.APPROVE, event.by.account_id),
            }
        case DoteRejected():
            people = _with(dote, Duty.APPROVE, event.by.account_id)
            return {"state": State.REJECTED, "people": people}
        case DoteWithdrawn():
            return {"state": State.WITHDRAWN}
        case DoteRevoked():
            return {"state": State.REVOKED}
        case DoteDisbursed():
            tranche = Disbursement(
                event.n, event.amount_cents, event.value_date, event.method, "executed"
            )
            return {
                "state": State.DISBURSED if event.last else dote.state,
                "disbursed_cents": dote.disbursed_cents + event.amount_cents,
                "disbursements": (*dote.disbursements, tranche),
                "people": _with(dote, Duty.PAY, event.by.account_id),
            }
        case DisbursementReturned():
            back = event.restores == "committed"
            return {
                "state": State.APPROVED if back else dote.state,
                "disbursed_cents": dote.disbursed_cents - event.amount_cents,
                "disbursements": tuple(
                    replace(known, state="returned") if known.n == event.n else known
                    for known in dote.disbursements
                ),
                "people": _with(dote, Duty.PAY, event.by.account_id),
            }
        case RefundReceived():
            return {
                "refunded_cents": dote.refunded_cents + event.amount_cents,
                "people": _with(dote, Duty.PAY, event.by.account_id),
            }
        case ReceiptSubmitted():
            receipt = Receipt(
                event.n,
                event.kind,
                event.number,
                event.date,
                event.amount_cents,
                event.sha256,
                event.media_type,
                "submitted",
            )
            return {"receipts": (*dote.receipts, receipt)}
        case ReceiptAccepted():
            documented = dote.documented_cents + event.amount_cents
            return {"documented_cents": documented, **_decided(dote, event, "accepted")}
        case ReceiptDisallowed():
            disallowed = dote.disallowed_cents + event.amount_cents
            return {"disallowed_cents": disallowed, **_decided(dote, event, "disallowed")}
        case DoteAccountedFor():
            people = _with(dote, Duty.PAY, event.by.account_id)
            return {"state": State.ACCOUNTED_FOR, "people": people}
        case _:
            assert_never(event)


def _with(dote: Dote, duty: Duty, account_id: UUID) -> dict[Duty, frozenset[UUID]]:
    return {**dote.people, duty: dote.people.get(duty, frozenset()) | {account_id}}


def _decided(dote: Dote, event: ReceiptAccepted | ReceiptDisallowed, state: str) -> dict[str, Any]:
    return {
        "receipts": tuple(
            replace(known, state=state) if known.n == event.n else known for known in dote.receipts
        ),
        "people": _with(dote, Duty.PAY, event.by.account_id),
    }


def project(dote: Dote | None, events: Iterable[DoteEvent]) -> Dote | None:
    """The dote after all the events."""
    for event in events:
        dote = evolve(dote, event)
    return dote
