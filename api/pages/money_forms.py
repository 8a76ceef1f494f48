"""Finance's steps on one dote: money that goes out and comes back, and looks at receipts."""

from api.pages.dote_form import VALUE_DATE, DoteForm
from api.pages.forms import Field
from api.pages.say import N_
from api.v1 import schemas
from domain.lifecycle import Action
from workflows import accounting, commands, disbursement

METHODS = ("bank_transfer", "voucher", "prepaid_card", "direct_purchase", "cash")
"""How money goes out."""


def _executed(dote: schemas.Dote) -> list[int]:
    return [each.n for each in dote.disbursements if each.state == "executed"]


def _submitted(dote: schemas.Dote) -> list[int]:
    return [each.n for each in dote.receipts if each.state == "submitted"]


DISBURSE = DoteForm(
    Action.DISBURSE,
    N_("Pay"),
    N_("Record the payment"),
    commands.Disburse,
    disbursement.disburse,
    (
        Field("amount_cents", N_("Amount paid"), "cents"),
        VALUE_DATE,
        Field(
            "method",
            N_("How"),
            "choice",
            choices=tuple((method, method) for method in METHODS),
            context="method",
        ),
        Field(
            "reference",
            N_("Reference"),
            "line",
            hint=N_("The number of the transfer or of the voucher."),
            required=False,
        ),
    ),
)
ACCEPT_RECEIPT = DoteForm(
    Action.ACCEPT_RECEIPT,
    N_("Accept receipt {n}"),
    N_("Accept the receipt"),
    commands.AcceptReceipt,
    fields=(Field("reason", N_("Note"), "text", required=False),),
    decide_on_part=accounting.accept_receipt,
    parts=_submitted,
)
DISALLOW_RECEIPT = DoteForm(
    Action.DISALLOW_RECEIPT,
    N_("Do not admit receipt {n}"),
    N_("Do not admit the receipt"),
    commands.DisallowReceipt,
    fields=(
        Field("reason", N_("Why"), "text", hint=N_("The expense is not admitted; this is final.")),
    ),
    danger=True,
    decide_on_part=accounting.disallow_receipt,
    parts=_submitted,
)
RECORD_REFUND = DoteForm(
    Action.RECORD_REFUND,
    N_("Record money that was given back"),
    N_("Record the refund"),
    commands.RecordRefund,
    disbursement.record_refund,
    (
        Field("amount_cents", N_("Amount"), "cents"),
        VALUE_DATE,
        Field("source", N_("Who gave it back, and why"), "text"),
    ),
)
RETURN_DISBURSEMENT = DoteForm(
    Action.RETURN_DISBURSEMENT,
    N_("Payment {n} came back"),
    N_("Record the return"),
    commands.ReturnDisbursement,
    fields=(
        VALUE_DATE,
        Field("reason", N_("The bank's reason"), "text"),
    ),
    danger=True,
    decide_on_part=disbursement.return_disbursement,
    parts=_executed,
)
