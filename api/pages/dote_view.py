"""A dote's page: all that is shown of it, and its forms as they stand."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from api import languages
from api.pages.bars import Bar, bar
from api.pages.dote_begun import Tried, forms
from api.pages.dote_forms import REVEAL
from api.pages.forms import Filled
from api.pages.say import N_
from api.pages.shell import Shell
from api.pages.steps import steps
from api.pages.timeline import expires, timeline
from api.pages.votes import typed_vote
from api.pages.waiting_view import Waits, reminded_at
from api.security.rights_of_payments import PAYEE_READERS
from api.v1 import schemas
from api.v1.insight import ApprovalPreview, Waiting
from api.v1.preview import previewed
from api.v1.views import LookedAt, View
from domain.actors import Actor
from domain.days import day_here
from domain.dote import Dote
from domain.household import Household
from domain.lifecycle import READERS, TRANSITIONS, Action
from domain.reveals import may_reveal
from domain.turns import turns
from projections.doti import queries
from projections.doti.queries import PageQuery
from workflows.engine import can_see

PARTS = (
    ("documented", N_("Documented")),
    ("disbursed", N_("Paid")),
    ("approved", N_("Approved")),
    ("requested", N_("Requested")),
)
MOST_HELPS = 12


@dataclass(frozen=True, slots=True)
class DotePage:
    """A dote in view of one reader. `tried`: the form that came back; `changed_since`: a version
    that somebody decided on, where others were quicker; `asked`: the reason to look at what is
    masked, as it came back; `wrong_day`: why there is no such day to look back to."""

    page: Shell
    actor: Actor
    view: View
    seen: LookedAt
    tried: Tried = field(default_factory=dict)
    changed_since: int | None = None
    asked: Filled | None = None
    wrong_day: str | None = None

    @classmethod
    def of(
        cls,
        page: Shell,
        actor: Actor,
        dote_id: UUID,
        view: View | None = None,
        **more: Any,  # noqa: ANN401  the fields of the class
    ) -> "DotePage":
        """The page of a dote. Raises NotFound. `view`: another one than usual."""
        seeing = view or View(page.services, actor, page.language)
        return cls(page, actor, seeing, seeing.looked_at(dote_id), **more)

    def values(self) -> dict[str, Any]:
        """All that the template is given."""
        case, shown = self.seen.case, self.seen.shown
        dote = case.dote
        offered = forms(self.seen, self.tried, self.page.language)
        approve = next((each for each in offered if each.form.action is Action.APPROVE), None)
        return {
            **self._told(),
            "forms": offered,
            "preview": self._preview(approve.filled) if approve else None,
            **self._cannot(shown),
            "waiting": self._waiting(),
            "helps": self._helps(dote),
            "exposure_cents": case.exposure_cents,
            "reveal": self._reveal(),
            "reveal_fields": REVEAL,
            "revealed": self.view.revealed is not None,
            "wrong_day": self.wrong_day,
            "changes": None
            if self.changed_since is None
            else timeline(self.view, self.seen.history, dote, self.changed_since),
        }

    def past(self) -> dict[str, Any]:
        """All that the template is given of a dote as it was: what its own events tell."""
        return {**self._told(), "at": self.seen.history[-1].at}

    def _told(self) -> dict[str, Any]:
        """What is told of a dote at any time."""
        case, shown = self.seen.case, self.seen.shown
        dote, register = case.dote, self.page.services.register
        programme = register.programme()
        category = programme.categories[dote.category]
        household = register.household(dote.household_id)
        return {
            "dote": shown,
            "now": case.now,
            "item": category.items.get(dote.item, dote.item),
            "category": category.name,
            "items": {
                c: n for each in programme.categories.values() for c, n in each.items.items()
            },
            "household": household,
            "goes_on_as": self._goes_on_as(household),
            "payee_id": self._payee_id(dote),
            "amounts_bar": _bar(dote),
            "steps": steps(case, self.seen.history),
            "papers": _papers(shown, languages.local(case.now)),
            "entries": timeline(self.view, self.seen.history, dote),
        }

    def _payee_id(self, dote: Dote) -> UUID | None:
        """Who is paid, for those who may open the page of their account."""
        if dote.payee is None or dote.payee.subject_id == dote.household_id:
            return None
        looks = self.actor.role_for(PAYEE_READERS, None)
        return None if looks is None else dote.payee.subject_id

    def _goes_on_as(self, household: Household) -> str | None:
        """The number of the household that this one is the same as; '' if it is not the reader's
        to see."""
        if household.merged_into is None:
            return None
        into = self.page.services.register.household(household.merged_into)
        return into.number if can_see(self.actor, into.partner) else ""

    def _waiting(self) -> list[tuple[Waiting, Waits, datetime | None]]:
        """Who is awaited, for how long, and when they were last reminded."""
        case = self.seen.case
        return [
            (each, Waits.of(each.since, each.due, case.now), reminded_at(case.dote, turn.stage))
            for each, turn in zip(self.seen.shown.waiting or (), turns(case), strict=True)
        ]

    def _cannot(self, shown: schemas.Dote) -> dict[str, list[schemas.AvailableAction]]:
        """What is not possible: of what the reader's roles do, and of what others do."""
        refused = [each for each in shown.available_actions if not each.allowed]
        own = [each for each in refused if self.actor.has_any(TRANSITIONS[each.action].roles)]
        return {"cannot": own, "others_do": [each for each in refused if each not in own]}

    def _preview(self, filled: Filled) -> ApprovalPreview:
        """What the vote comes to that stands in the form; without a readable one, the usual one."""
        case = self.seen.case
        vote = typed_vote(filled, case, self.page.language)
        return previewed(self.view, case, self.seen.history, vote)

    def _reveal(self) -> Filled | None:
        """The form that shows what is masked, for those who may look at it with a reason."""
        masked = self.view.seen.masked and self.view.revealed is None
        health_data = self.view.is_health(self.seen.case.dote.category)
        if not masked or not may_reveal(self.actor, health_data=health_data):
            return None
        return self.asked or Filled()

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


def _papers(shown: schemas.Dote, now: datetime) -> list[tuple[schemas.Document, str]]:
    """The papers of the file, and whether each counts."""
    return [(paper, expires(paper.valid_until, day_here(now))) for paper in shown.documents]
