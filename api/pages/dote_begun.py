"""The forms of a dote's page as they begin, or as somebody left them."""

from collections.abc import Mapping
from dataclasses import dataclass

from api import languages
from api.languages import Language
from api.pages import typed
from api.pages.dote_form import DoteForm
from api.pages.dote_forms import FORMS, MAIN
from api.pages.forms import Filled
from api.pages.votes import begun_vote
from api.v1 import schemas
from api.v1.views import LookedAt
from domain.days import day_here
from domain.lifecycle import Action

Tried = Mapping[tuple[Action, int | None], Filled]
"""The forms that came back, by what they do and the number of the part that they are about."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A form on the page. `part`: what it is about, where that is one of several. `filled`: as
    somebody left it, or as it begins."""

    form: DoteForm
    part: int | None
    filled: Filled
    main: bool
    came_back: bool

    @property
    def open(self) -> bool:
        """Whether it stands open: its turn has come, or it came back."""
        return self.main or self.came_back

    @property
    def prefix(self) -> str:
        """What the ids of its fields begin with."""
        return self.form.action if self.part is None else f"{self.form.action}-{self.part}"


def forms(seen: LookedAt, tried: Tried, language: Language) -> list[Shown]:
    """The forms of what may be done, those that move the dote on first, and those that came
    back."""
    shown = seen.shown
    allowed = {each.action for each in shown.available_actions if each.allowed}
    asked = [
        (form, part)
        for form in FORMS.values()
        for part in _about(form, shown, tried, allowed=form.action in allowed)
    ]
    # Several turns may have come: only the first stands open, and first.
    first = next(((form.action, part) for form, part in asked if form.action in MAIN), None)
    return [
        Shown(
            form,
            part,
            tried.get((form.action, part)) or _begun(form.action, seen, language),
            main=(form.action, part) == first,
            came_back=(form.action, part) in tried,
        )
        for form, part in asked
    ]


def _about(form: DoteForm, shown: schemas.Dote, tried: Tried, *, allowed: bool) -> list[int | None]:
    found = form.about(shown) if allowed else []
    left = [part for action, part in tried if action is form.action and part not in found]
    return [*found, *left]


def _begun(action: Action, seen: LookedAt, language: Language) -> Filled:
    """A form as it stands before anybody touched it."""
    shown, case = seen.shown, seen.case
    today = day_here(case.now)
    texts: dict[str, str] = {}
    match action:
        case Action.ASSESS:
            texts = {"proposed_cents": typed.amount(shown.requested_cents, language)}
        case Action.OVERRIDE_CAP:
            texts = {"amount_cents": typed.amount(case.amount_cents, language)}
        case Action.APPROVE:
            texts = begun_vote(shown, case, language)
        case Action.DISBURSE:
            payable = case.dote.payable_cents(today)
            texts = {
                "amount_cents": typed.amount(payable, language) if payable else "",
                "value_date": languages.day(language, today),
                "method": "bank_transfer",
            }
        case Action.RECORD_REFUND | Action.RETURN_DISBURSEMENT:
            texts = {"value_date": languages.day(language, today)}
    return Filled(texts=texts, version=shown.version)
