"""What is decided on a dote: assessment, approval, rejection, withdrawal, revocation."""

from fastapi import APIRouter, Depends

from api.v1 import PREFIX, schemas
from api.v1.bodies import ApproveBody, AssessBody, MotivateBody
from api.v1.commands import TheCallOnDote
from api.v1.dependencies import DoteId, json_only
from api.v1.describing import command
from workflows import approval, assessment, requests

router = APIRouter(
    prefix=f"{PREFIX}/doti/{{dote_id}}", tags=["doti"], dependencies=[Depends(json_only)]
)


@router.post("/assessment", **command(200))
def assess(dote_id: DoteId, command: AssessBody, call: TheCallOnDote) -> schemas.Dote:
    """An assessor judges need and amount."""
    return call.dote(lambda work: assessment.assess(work, dote_id, command), command)


@router.post("/approval", **command(200))
def approve(dote_id: DoteId, command: ApproveBody, call: TheCallOnDote) -> schemas.Dote:
    """An approver votes; the last vote approves and reserves the amount."""
    return call.dote(lambda work: approval.approve(work, dote_id, command), command)


@router.post("/rejection", **command(200))
def reject(dote_id: DoteId, command: MotivateBody, call: TheCallOnDote) -> schemas.Dote:
    """A motivated refusal."""
    return call.dote(lambda work: approval.reject(work, dote_id, command), command)


@router.post("/withdrawal", **command(200))
def withdraw(dote_id: DoteId, command: MotivateBody, call: TheCallOnDote) -> schemas.Dote:
    """The applicant gives up, before any money is out."""
    return call.dote(lambda work: requests.withdraw(work, dote_id, command), command)


@router.post("/revocation", **command(200))
def revoke(dote_id: DoteId, command: MotivateBody, call: TheCallOnDote) -> schemas.Dote:
    """The programme takes back what was not paid yet."""
    return call.dote(lambda work: approval.revoke(work, dote_id, command), command)
