"""What can be done to a dote from its page: the fields of each form, and the command they make."""

from collections.abc import Mapping
from typing import Any

from api.pages import money_forms
from api.pages.dote_form import NOTE, DoteForm, reason
from api.pages.forms import Field
from api.pages.say import N_
from domain.lifecycle import Action
from workflows import accounting, appeals, approval, assessment, commands, papers, requests

HOUSEHOLD, SOMEBODY = "household", "somebody"
KINDS = (
    "rent_contract",
    "landlord_statement",
    "utility_bill",
    "income_statement",
    "payment_notice",
    "estimate",
    "prescription",
    "school_letter",
    "book_list",
)
"""The kinds of papers that the network knows; others may stand in a file as well."""
RECEIPTS = ("invoice", "till_receipt", "payment_receipt", "declaration")
"""The kinds of receipts."""


_FILE = Field("file", N_("File"), "file", hint=N_("PDF, JPEG, PNG, HEIC, WEBP or TIFF."))


def _vote(values: dict[str, Any]) -> dict[str, Any]:
    """Where the household itself is paid, no payee is named."""
    if values.pop("to", HOUSEHOLD) == HOUSEHOLD:
        values.pop("payee", None)
    return values


_FORMS = (
    DoteForm(
        Action.ASSESS,
        N_("Assess"),
        N_("Record the assessment"),
        commands.Assess,
        assessment.assess,
        (
            Field(
                "outcome",
                N_("Outcome"),
                "choice",
                choices=(
                    ("favourable", N_("Favourable")),
                    ("unfavourable", N_("Unfavourable")),
                ),
            ),
            Field(
                "proposed_cents",
                N_("Proposed amount"),
                "cents",
                hint=N_("Empty: as much as is possible."),
                required=False,
            ),
            Field("note", N_("What speaks for it or against it"), "text", required=False),
        ),
    ),
    DoteForm(
        Action.APPROVE,
        N_("Approve"),
        N_("Approve {amount}"),
        commands.Approve,
        approval.approve,
        (
            Field("amount_cents", N_("Approved amount"), "cents"),
            Field(
                "to",
                N_("Who is paid"),
                "choice",
                choices=((HOUSEHOLD, N_("the household")), (SOMEBODY, N_("somebody else"))),
            ),
            Field(
                "payee_name",
                N_("Account holder"),
                "line",
                loc=("payee", "name"),
                hint=N_("If somebody else is paid."),
                required=False,
            ),
            Field(
                "payee_iban",
                "IBAN",
                "line",
                loc=("payee", "iban"),
                hint=N_("If somebody else is paid."),
                required=False,
            ),
            NOTE,
        ),
        shape=_vote,
    ),
    DoteForm(
        Action.RATIFY,
        N_("Ratify"),
        N_("Record"),
        commands.Ratify,
        approval.ratify,
        (
            Field(
                "ratified",
                N_("The urgency"),
                "yesno",
                choices=(("yes", N_("is confirmed")), ("no", N_("is not confirmed"))),
            ),
            NOTE,
        ),
    ),
    DoteForm(
        Action.DECIDE_APPEAL,
        N_("Decide the appeal"),
        N_("Record the decision"),
        commands.DecideAppeal,
        appeals.decide_appeal,
        (
            Field(
                "accepted",
                N_("The appeal"),
                "yesno",
                choices=(("yes", N_("is accepted")), ("no", N_("is not accepted"))),
            ),
            reason(N_("Why")),
        ),
    ),
    DoteForm(
        Action.PROVIDE_DOCUMENTS,
        N_("Answer about the papers"),
        N_("The papers are there: go on"),
        commands.ProvideDocuments,
        papers.provide_documents,
        (NOTE,),
    ),
    money_forms.DISBURSE,
    money_forms.ACCEPT_RECEIPT,
    money_forms.DISALLOW_RECEIPT,
    DoteForm(
        Action.OVERRIDE_CAP,
        N_("Lift the household's limit"),
        N_("Lift the limit"),
        commands.OverrideCap,
        approval.override_cap,
        (Field("amount_cents", N_("Up to which amount"), "cents"), reason(N_("Why"))),
    ),
    DoteForm(
        Action.LODGE_APPEAL,
        N_("Lodge an appeal"),
        N_("Lodge the appeal"),
        commands.LodgeAppeal,
        appeals.lodge_appeal,
        (Field("reason", N_("What the household says"), "text"),),
    ),
    DoteForm(
        Action.ACCOUNT_FOR,
        N_("Close the file"),
        N_("Close the file"),
        commands.AccountFor,
        accounting.account_for,
        (NOTE,),
    ),
    DoteForm(
        Action.SUBMIT_RECEIPT,
        N_("Hand in a receipt"),
        N_("Hand in the receipt"),
        commands.SubmitReceipt,
        fields=(
            Field(
                "kind",
                N_("Kind"),
                "choice",
                choices=tuple((kind, kind) for kind in RECEIPTS),
                context="receipt",
            ),
            Field("number", N_("Number"), "line"),
            Field("date", N_("Date"), "day", hint=N_("Like 31/12/2026.")),
            Field("issuer", N_("Who issued it"), "line"),
            Field("amount_cents", N_("Amount"), "cents", hint=N_("What this dote paid of it.")),
            Field(
                "paper_cents",
                N_("What the whole paper comes to"),
                "cents",
                hint=N_("Only if several doti paid it together."),
                required=False,
            ),
            _FILE,
        ),
        decide_on_file=accounting.submit_receipt,
    ),
    money_forms.RECORD_REFUND,
    money_forms.RETURN_DISBURSEMENT,
    DoteForm(
        Action.ATTACH_DOCUMENT,
        N_("Attach a paper"),
        N_("Attach the paper"),
        commands.AttachDocument,
        fields=(
            Field(
                "kind",
                N_("Kind"),
                "choice",
                choices=tuple((kind, kind) for kind in KINDS),
                context="paper",
            ),
            Field(
                "valid_until",
                N_("Its last good day"),
                "day",
                hint=N_("Like 31/12/2026. Empty: it is good for ever."),
                required=False,
            ),
            _FILE,
        ),
        decide_on_file=papers.attach_document,
    ),
    DoteForm(
        Action.REQUEST_DOCUMENTS,
        N_("Ask for papers"),
        N_("Ask for the papers"),
        commands.RequestDocuments,
        papers.request_documents,
        (
            Field(
                "kinds",
                N_("Which"),
                "many",
                required=False,
                choices=tuple((kind, kind) for kind in KINDS),
                context="paper",
            ),
            Field("what", N_("In words, for the desk"), "text"),
            Field(
                "due_date",
                N_("Until"),
                "day",
                hint=N_("Like 31/12/2026. Empty: the time that the rules give."),
                required=False,
            ),
        ),
    ),
    DoteForm(
        Action.REJECT,
        N_("Reject"),
        N_("Reject the dote"),
        commands.Motivate,
        approval.reject,
        (reason(N_("Why")), NOTE),
        danger=True,
    ),
    DoteForm(
        Action.WITHDRAW,
        N_("Withdraw"),
        N_("Withdraw the dote"),
        commands.Motivate,
        requests.withdraw,
        (reason(N_("Why the household gives up")), NOTE),
        danger=True,
    ),
    DoteForm(
        Action.REVOKE,
        N_("Revoke"),
        N_("Revoke the dote"),
        commands.Motivate,
        approval.revoke,
        (reason(N_("Why")), NOTE),
        danger=True,
    ),
)

FORMS: Mapping[Action, DoteForm] = {form.action: form for form in _FORMS}
"""The forms by what they do, those that move a dote on first."""

REVEAL = (
    Field(
        "reason",
        N_("Why you need to see it"),
        "text",
        hint=N_("It is written down together with your name, and the coordinators read it."),
    ),
)
"""What is asked of who looks at what is masked for them."""

MAIN = frozenset(
    {
        Action.ASSESS,
        Action.APPROVE,
        Action.RATIFY,
        Action.DECIDE_APPEAL,
        Action.PROVIDE_DOCUMENTS,
        Action.DISBURSE,
        Action.ACCEPT_RECEIPT,
        Action.ACCOUNT_FOR,
        Action.SUBMIT_RECEIPT,
    }
)
"""What stands open on the page for whoever may do it: their turn has come."""
