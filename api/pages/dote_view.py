"""A dote's page: all that is shown of it, and its forms as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from api import languages
from api.pages import typed
from api.pages.bars import Bar, bar
from api.pages.dote_forms import FORMS, HOUSEHOLD, MAIN, SOMEBODY, DoteForm
from api.pages.forms import Filled, understood
from api.pages.say import N_
from api.pages.shell import Shell
from api.pages.steps import steps
from api.pages.timeline import expires, timeline
from api.pages.waiting_view import Waits
from api.security.visibility import MASK
from api.v1 import schemas
from api.v1.insight import ApprovalPreview
from api.v1.preview import previewed
from api.v1.views import LookedAt, View
from domain.actors import Actor
from domain.dote import Dote
from domain.lifecycle import READERS, TRANSITIONS, Action
from projections.doti import queries
from projections.doti.queries import PageQuery
from workflows.commands import Vote

PARTS = (
    ("documented", N_("Accounted for")),
    ("disbursed", N_("Paid")),
    ("approved", N_("Approved")),
    ("requested", N_("Requested")),
)
ELSEWHERE = frozenset(
    {
        Action.DISBURSE,
        Action.RETURN_DISBURSEMENT,
        Action.RECORD_REFUND,
        Action.ACCEPT_RECEIPT,
        Action.DISALLOW_RECEIPT,
    }
)
"""What is done on other pages."""
MOST_HELPS = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A form on the page. `filled`: as somebody left it, or as it begins."""

    form: DoteForm
    filled: Filled
    main: bool
    came_back: bool

    @property
    def open(self) -> bool:
        """Whether it stands open: its turn has come, or it came back."""
        return self.main or self.came_back


@dataclass(frozen=True, slots=True)
class DotePage:
    """A dote in view of one reader. `tried`: the form that came back, by its action."""

    page: Shell
    actor: Actor
    view: View
    seen: LookedAt
    tried: Mapping[Action, Filled]
    changed_since: int | None = None

    @classmethod
    def of(
        cls,
        page: Shell,
        actor: Actor,
        dote_id: UUID,
        tried: Mapping[Action, Filled] | None = None,
        changed_since: int | None = None,
    ) -> "DotePage":
        """The page of a dote. Raises NotFound. `changed_since`: a version that somebody decided
        on, where others were quicker."""
        view = View(page.services, actor, page.language)
        return cls(page, actor, view, view.looked_at(dote_id), tried or {}, changed_since)

    def values(self) -> dict[str, Any]:
        """All that the template is given."""
        case, shown = self.seen.case, self.seen.shown
        dote, services = case.dote, self.page.services
        programme = services.register.programme()
        category = programme.categories[dote.category]
        household = services.register.household(dote.household_id)
        forms = self._forms(shown)
        approve = next((each for each in forms if each.form.action is Action.APPROVE), None)
        return {
            "dote": shown,
            "now": case.now,
            "item": category.items.get(dote.item, dote.item),
            "category": category.name,
            "items": {
                c: n for each in programme.categories.values() for c, n in each.items.items()
            },
            "household": household,
            "amounts_bar": _bar(dote),
            "steps": steps(case, self.seen.history),
            "forms": forms,
            "preview": self._preview(approve.filled) if approve else None,
            **self._cannot(shown),
            "elsewhere": [
                action
                for action in shown.available_actions
                if action.allowed and action.action in ELSEWHERE
            ],
            "papers": _papers(shown, languages.local(case.now)),
            "waiting": [
                (each, Waits.of(each.since, each.due, case.now)) for each in shown.waiting or ()
            ],
            "helps": self._helps(dote),
            "exposure_cents": case.exposure_cents,
            "entries": timeline(self.view, self.seen.history, dote),
            "changes": None
            if self.changed_since is None
            else timeline(self.view, self.seen.history, dote, self.changed_since),
        }

    def _cannot(self, shown: schemas.Dote) -> dict[str, list[schemas.AvailableAction]]:
        """What is not possible: of what the reader's roles do, and of what others do."""
        refused = [each for each in shown.available_actions if not each.allowed]
        own = [each for each in refused if self.actor.has_any(TRANSITIONS[each.action].roles)]
        return {"cannot": own, "others_do": [each for each in refused if each not in own]}

    def _forms(self, shown: schemas.Dote) -> list[Shown]:
        allowed = {each.action for each in shown.available_actions if each.allowed}
        offered = [
            form for action, form in FORMS.items() if action in allowed or action in self.tried
        ]
        # Several turns may have come: only the first stands open, and first.
        first = next((form.action for form in offered if form.action in MAIN), None)
        return [
            Shown(
                form,
                self.tried.get(form.action) or self._begun(form.action, shown),
                main=form.action is first,
                came_back=form.action in self.tried,
            )
            for form in offered
        ]

    def _begun(self, action: Action, shown: schemas.Dote) -> Filled:
        """A form as it stands before anybody touched it."""
        language = self.page.language
        texts: dict[str, str] = {}
        amount = typed.amount(self.seen.case.amount_cents, language)
        match action:
            case Action.ASSESS:
                texts = {"proposed_cents": typed.amount(shown.requested_cents, language)}
            case Action.OVERRIDE_CAP:
                texts = {"amount_cents": amount}
            case Action.APPROVE:
                texts = {"amount_cents": amount, **_payee(shown)}
        return Filled(texts=texts, version=shown.version)

    def _preview(self, filled: Filled) -> ApprovalPreview:
        """What the vote comes to that stands in the form; without a readable one, the usual one."""
        form = FORMS[Action.APPROVE]
        values, _ = understood(filled, form.fields, self.page.language)
        values.pop("note", None)
        case = self.seen.case
        try:
            vote = Vote.model_validate(form.shape(values))
        except ValidationError:
            vote = Vote(amount_cents=values.get("amount_cents", case.amount_cents))
        return previewed(self.view, case, self.seen.history, vote)

    def _helps(self, dote: Dote) -> list[Dote]:
        """What the household was granted, as far as the reader may see those doti."""
        query = PageQuery(
            scope=self.actor.scope(READERS), household_id=dote.household_id, limit=MOST_HELPS
        )
        with self.page.services.database.transaction() as tx:
            found = queries.page(tx, query).items
        return [each for each in found if each.approved_cents and each.id != dote.id]


def _bar(dote: Dote) -> Bar:
    """Requested, approved, paid, documented: each is within the one before."""
    approved = max(dote.approved_cents - dote.disbursed_cents, 0)
    asked = max(dote.requested_cents - max(dote.approved_cents, dote.disbursed_cents), 0)
    widths = {
        "documented": dote.documented_cents,
        "disbursed": max(dote.disbursed_cents - dote.documented_cents, 0),
        "approved": approved,
        "requested": asked,
    }
    pieces = [(kind, label, widths[kind]) for kind, label in PARTS]
    return bar(pieces, max(sum(widths.values()), 1))


def _payee(shown: schemas.Dote) -> dict[str, str]:
    """Who is paid, as the votes before have it; nobody may see it who may not vote."""
    payee = shown.payee
    if payee is None or payee.household or payee.name in (None, MASK):
        return {"to": HOUSEHOLD}
    return {
        "to": SOMEBODY,
        "payee_name": payee.name or "",
        "payee_iban": payee.iban or "",
    }


def _papers(shown: schemas.Dote, now: datetime) -> list[tuple[schemas.Document, str]]:
    """The papers of the file, and whether each counts."""
    return [(paper, expires(paper.valid_until, now.date())) for paper in shown.documents]
