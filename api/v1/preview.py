"""What a vote would come to: all that is to be seen before it is given. Nothing is written."""

from typing import Any

from fastapi import APIRouter, Depends

from api.languages import refusal_text
from api.v1 import PREFIX, insight
from api.v1.bodies import VoteBody
from api.v1.commands import TheView
from api.v1.dependencies import DoteId, json_only
from api.v1.describing import READING, refusals
from api.v1.double_help import DoubleHelpView
from api.v1.views import View
from domain.case import CapLeft, Case
from domain.errors import DomainError
from domain.events.base import Event
from domain.events.dote import ApprovalGiven, DoteApproved
from domain.events.dote_values import LinePosition
from workflows.approval import InView, payee_record, would_be
from workflows.commands import Vote
from workflows.eventstore.people import People

router = APIRouter(prefix=f"{PREFIX}/doti/{{dote_id}}", tags=["doti"])


@router.post(
    "/approval/preview",
    dependencies=[Depends(json_only)],
    responses=refusals(*READING, 413, 415),
)
def preview(
    dote_id: DoteId,
    command: VoteBody,
    view: TheView,
) -> insight.ApprovalPreview:
    """What the caller's vote would come to, and what an approver looks at. Writes nothing."""
    with view.services.database.transaction():
        history, dote = view.visible(dote_id)
        return previewed(view, view.case(dote, full=True), history, command)


def previewed(
    view: View, case: Case, history: list[Event], command: Vote
) -> insight.ApprovalPreview:
    """What the reader's vote would come to on what is in view."""
    services, language = view.services, view.language
    found_by = services.engine.index.of_payee(payee_record(command.payee))
    with services.database.transaction():
        seen = InView(case, history, People(services.database), found_by)
        decided = _decided(seen, view, command)
        helped = DoubleHelpView(services, view.actor, language).of_dote(case, found_by)
    refused = decided if isinstance(decided, DomainError) else None
    return insight.ApprovalPreview(
        allowed=refused is None,
        reason=None if refused is None else refusal_text(refused, language),
        would_approve=isinstance(decided, DoteApproved),
        to_ratify=isinstance(decided, DoteApproved) and decided.to_ratify,
        double_help=helped,
        **_figures(case, command.amount_cents),
    )


def _decided(seen: InView, view: View, command: Vote) -> ApprovalGiven | DoteApproved | DomainError:
    try:
        return would_be(seen, view.actor, command, view.services.vault)
    except DomainError as refused:
        return refused


def _figures(case: Case, amount_cents: int) -> dict[str, Any]:
    """What does not depend on who asks."""
    band, granted_cents = case.band(amount_cents), case.exposure_cents
    return {
        "amount_cents": amount_cents,
        "band": insight.BandAsked(
            approvers=band.approvers,
            different_partners=band.different_partners,
            coordinator=band.coordinator,
            in_order=band.in_order,
        ),
        "given": len(case.dote.votes),
        "wanted": len(case.dote.votes) + case.seats(amount_cents).count,
        "line": _line(case.position, amount_cents),
        "household": insight.HouseholdMoved(
            before_cents=granted_cents, after_cents=granted_cents + amount_cents
        ),
        "caps": [_cap(left) for left in case.caps()],
        "ceiling_cents": case.policy.ceiling_cents(case.dote.item),
        "missing_papers": list(case.missing_papers(amount_cents)),
    }


def _line(before: LinePosition | None, amount_cents: int) -> insight.LineMoved:
    if before is None:
        raise ValueError("a preview looks at what stands")
    now = insight.Position(**before.model_dump())
    if amount_cents > now.available_cents:
        return insight.LineMoved(before=now, after=None)
    moved = {
        "available_cents": now.available_cents - amount_cents,
        "committed_cents": now.committed_cents + amount_cents,
    }
    return insight.LineMoved(before=now, after=now.model_copy(update=moved))


def _cap(left: CapLeft) -> insight.CapLeft:
    return insight.CapLeft(
        category=left.cap.category,
        days=left.cap.days,
        cap_cents=left.cap.cents,
        granted_cents=left.granted_cents,
        left_cents=left.left_cents,
    )
