"""Money that goes out and comes back, and the closing of the file."""

from fastapi import APIRouter, Depends

from api.v1 import PREFIX, schemas
from api.v1.bodies import (
    AcceptBody,
    AccountForBody,
    DisallowBody,
    DisburseBody,
    RefundBody,
    ReturnBody,
)
from api.v1.commands import TheCallOnDote
from api.v1.dependencies import DoteId, Nth, json_only
from api.v1.describing import command
from workflows import accounting, disbursement
from workflows.commands import AcceptReceipt, AccountFor

router = APIRouter(
    prefix=f"{PREFIX}/doti/{{dote_id}}", tags=["money"], dependencies=[Depends(json_only)]
)


@router.post("/disbursements", **command(201))
def disburse(dote_id: DoteId, command: DisburseBody, call: TheCallOnDote) -> schemas.Dote:
    """Money went out: all that is left of what was approved, or a part."""
    return call.dote(lambda work: disbursement.disburse(work, dote_id, command), command)


@router.post("/disbursements/{n}/return", **command(200))
def return_disbursement(
    dote_id: DoteId, n: Nth, command: ReturnBody, call: TheCallOnDote
) -> schemas.Dote:
    """The bank sent a disbursement back."""
    return call.dote(
        lambda work: disbursement.return_disbursement(work, dote_id, n, command), command
    )


@router.post("/refunds", **command(201))
def refund(dote_id: DoteId, command: RefundBody, call: TheCallOnDote) -> schemas.Dote:
    """The payee gave money back."""
    return call.dote(lambda work: disbursement.record_refund(work, dote_id, command), command)


@router.post("/receipts/{n}/acceptance", **command(200))
def accept_receipt(
    dote_id: DoteId, n: Nth, call: TheCallOnDote, command: AcceptBody = None
) -> schemas.Dote:
    """The receipt documents its amount."""
    given = command or AcceptReceipt()
    return call.dote(lambda work: accounting.accept_receipt(work, dote_id, n, given), given)


@router.post("/receipts/{n}/disallowance", **command(200))
def disallow_receipt(
    dote_id: DoteId, n: Nth, command: DisallowBody, call: TheCallOnDote
) -> schemas.Dote:
    """The expense is not admitted; final."""
    return call.dote(lambda work: accounting.disallow_receipt(work, dote_id, n, command), command)


@router.post("/accounting", **command(200))
def account_for(
    dote_id: DoteId, call: TheCallOnDote, command: AccountForBody = None
) -> schemas.Dote:
    """Every cent is documented, refunded or disallowed: the file is closed."""
    given = command or AccountFor()
    return call.dote(lambda work: accounting.account_for(work, dote_id, given), given)
