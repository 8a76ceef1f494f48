"""What the pages of payments show: what is due by payee, and what can be done to a batch."""

from dataclasses import dataclass

from api.languages import Language, word
from api.pages.forms import DATA, Field
from api.pages.ledger_moves import line_name
from api.pages.plain_forms import PlainForm
from api.pages.say import N_
from api.v1 import payment_schemas as schemas
from domain.events.payment_batch import Method
from domain.payment_states import PaymentState
from domain.programme import Programme

WARNINGS = {
    "frozen": N_("Another IBAN waits to be confirmed: nothing is paid until then"),
    "no_iban": N_("No IBAN is known"),
    "iban_of_another": N_("The same IBAN stands under another name too"),
    "another_iban": N_("The same name was paid to another IBAN too"),
}
"""What to look at before paying."""

STATES = {
    PaymentState.DUE: N_("due"),
    PaymentState.ORDERED: N_("in a batch"),
    PaymentState.AUTHORISED: N_("authorised"),
    PaymentState.CANCELLED: N_("cancelled"),
    PaymentState.EXECUTED: N_("paid"),
    PaymentState.RETURNED: N_("sent back"),
}

PREPARE = PlainForm(
    "distinta",
    N_("Prepare the batch"),
    (
        Field("method", N_("Method"), "select", context=DATA),
        Field("execution_date", N_("Execution date"), "day", hint=N_("Like 31/12/2026.")),
    ),
)
AUTHORISE = PlainForm("autorizzazione", N_("Authorise the batch"))
CANCEL = PlainForm(
    "annullamento",
    N_("Cancel the batch"),
    (Field("reason", N_("Reason"), "text"),),
    opens=N_("Cancel the batch"),
    danger=True,
)
EXECUTE = PlainForm(
    "esecuzione",
    N_("Record as paid"),
    (
        Field("payment", N_("Which payment"), "select", context=DATA),
        Field("value_date", N_("Value date"), "day", hint=N_("Like 31/12/2026.")),
        Field(
            "reference",
            N_("Proof"),
            "line",
            hint=N_("The number of the transfer, the voucher, the card or the receipt."),
        ),
    ),
    opens=N_("Record a payment by hand"),
)


@dataclass(frozen=True, slots=True)
class Described:
    """What a payment is for, in words: its item, and its line of the budget."""

    item: str
    line: str


def described(known: Programme, payment: schemas.Payment) -> Described:
    """What a payment is for."""
    item = known.categories[payment.category].items[payment.item]
    return Described(item, line_name(known, payment.partner, payment.category))


def methods(language: Language) -> list[tuple[str, str]]:
    """How a batch can be paid."""
    return [(each.value, word(language, each.value, "method")) for each in Method]
