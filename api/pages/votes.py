"""A vote as a form has it: the amount and who is paid."""

from pydantic import ValidationError

from api.languages import Language
from api.pages import typed
from api.pages.dote_forms import FORMS, HOUSEHOLD, SOMEBODY
from api.pages.forms import Filled, understood
from api.security.visibility import MASK
from api.v1 import schemas
from domain.case import Case
from domain.lifecycle import Action
from workflows.commands import Vote


def typed_vote(filled: Filled, case: Case, language: Language) -> Vote:
    """The vote that stands in a form; what cannot be read of it is as usual."""
    form = FORMS[Action.APPROVE]
    values, _ = understood(filled, form.fields, language)
    values.pop("note", None)
    try:
        return Vote.model_validate(form.shape(values))
    except ValidationError:
        return Vote(amount_cents=values.get("amount_cents", case.amount_cents))


def begun_vote(shown: schemas.Dote, case: Case, language: Language) -> dict[str, str]:
    """The fields of a vote before anybody touched them: as the votes before have it."""
    return {"amount_cents": typed.amount(case.amount_cents, language), **_payee(shown)}


def _payee(shown: schemas.Dote) -> dict[str, str]:
    """Who is paid; nobody may see it who may not vote."""
    payee = shown.payee
    if payee is None or payee.household or payee.name in (None, MASK):
        return {"to": HOUSEHOLD}
    return {
        "to": SOMEBODY,
        "payee_name": payee.name or "",
        "payee_iban": payee.iban or "",
    }
