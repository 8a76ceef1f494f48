"""What is decided on a dote, and the papers that are asked for to decide it."""

from fastapi import APIRouter, Depends

from api.v1 import PREFIX, schemas
from api.v1.bodies import (
    ApproveBody,
    AssessBody,
    DecideAppealBody,
    LodgeAppealBody,
    MotivateBody,
    OverrideCapBody,
    ProvideDocumentsBody,
    RatifyBody,
    RequestDocumentsBody,
)
from api.v1.commands import TheCallOnDote
from api.v1.dependencies import DoteId, json_only
from api.v1.describing import command
from workflows import appeals, approval, assessment, papers, requests
from workflows.commands import ProvideDocuments

router = APIRouter(
    prefix=f"{PREFIX}/doti/{{dote_id}}", tags=["doti"], dependencies=[Depends(json_only)]
)


@router.post("/assessment", **command(200))
def assess(dote_id: DoteId, command: AssessBody, call: TheCallOnDote) -> schemas.Dote:
    """An assessor judges need and amount."""
    return call.dote(lambda work: assessment.assess(work, dote_id, command), command)


@router.post("/document-requests", **command(200))
def request_documents(
    dote_id: DoteId, command: RequestDocumentsBody, call: TheCallOnDote
) -> schemas.Dote:
    """Papers are missing: the desk has until a day to answer."""
    return call.dote(lambda work: papers.request_documents(work, dote_id, command), command)


@router.post("/document-answers", **command(200))
def provide_documents(
    dote_id: DoteId, call: TheCallOnDote, command: ProvideDocumentsBody = None
) -> schemas.Dote:
    """The desk answers; the dote goes on where it was."""
    given = command or ProvideDocuments()
    return call.dote(lambda work: papers.provide_documents(work, dote_id, given), given)


@router.post("/cap-overrides", **command(200))
def override_cap(dote_id: DoteId, command: OverrideCapBody, call: TheCallOnDote) -> schemas.Dote:
    """The coordinator lets the dote go over what its household may be granted."""
    return call.dote(lambda work: approval.override_cap(work, dote_id, command), command)


@router.post("/approval", **command(200))
def approve(dote_id: DoteId, command: ApproveBody, call: TheCallOnDote) -> schemas.Dote:
    """An approver votes; the last vote approves and reserves the amount."""
    return call.dote(lambda work: approval.approve(work, dote_id, command), command)


@router.post("/ratification", **command(200))
def ratify(dote_id: DoteId, command: RatifyBody, call: TheCallOnDote) -> schemas.Dote:
    """Somebody else confirms, or not, what was approved in urgency."""
    return call.dote(lambda work: approval.ratify(work, dote_id, command), command)


@router.post("/rejection", **command(200))
def reject(dote_id: DoteId, command: MotivateBody, call: TheCallOnDote) -> schemas.Dote:
    """A motivated refusal."""
    return call.dote(lambda work: approval.reject(work, dote_id, command), command)


@router.post("/appeal", **command(200))
def lodge_appeal(dote_id: DoteId, command: LodgeAppealBody, call: TheCallOnDote) -> schemas.Dote:
    """The household asks for a second look at the rejection, once."""
    return call.dote(lambda work: appeals.lodge_appeal(work, dote_id, command), command)


@router.post("/appeal/decision", **command(200))
def decide_appeal(dote_id: DoteId, command: DecideAppealBody, call: TheCallOnDote) -> schemas.Dote:
    """The second look, by somebody who had no part in the rejection."""
    return call.dote(lambda work: appeals.decide_appeal(work, dote_id, command), command)


@router.post("/withdrawal", **command(200))
def withdraw(dote_id: DoteId, command: MotivateBody, call: TheCallOnDote) -> schemas.Dote:
    """The applicant gives up, before any money is out."""
    return call.dote(lambda work: requests.withdraw(work, dote_id, command), command)


@router.post("/revocation", **command(200))
def revoke(dote_id: DoteId, command: MotivateBody, call: TheCallOnDote) -> schemas.Dote:
    """The programme takes back what was not paid yet."""
    return call.dote(lambda work: approval.revoke(work, dote_id, command), command)
