"""The forms about a payee's IBAN, and how one is shown that is not shown whole."""

from api.pages.forms import Field
from api.pages.plain_forms import PlainForm
from api.pages.say import N_
from api.security.visibility import MASK

CHANGE = PlainForm(
    "iban",
    N_("Record it and freeze the payments"),
    (
        Field("iban", N_("New IBAN"), "line"),
        Field(
            "name",
            N_("Account holder"),
            "line",
            required=False,
            hint=N_("Exactly as the bank knows them; leave it empty if it is the same as now."),
        ),
        Field(
            "bic",
            N_("BIC"),
            "line",
            required=False,
            hint=N_("Only for banks outside of the European Economic Area."),
        ),
    ),
    opens=N_("Record another IBAN or account holder"),
)
CONFIRM = PlainForm("conferma", N_("Confirm the new IBAN"))
DISMISS = PlainForm(
    "scarto",
    N_("Throw the new IBAN away"),
    opens=N_("It is wrong: throw it away"),
    danger=True,
)

_SHOWN = 4


def masked(iban: str | None) -> str | None:
    """An IBAN by which it is known again, but cannot be paid to: its first and last signs."""
    if iban is None or iban == MASK:
        return iban
    return f"{iban[:_SHOWN]} {MASK} {iban[-_SHOWN:]}"
