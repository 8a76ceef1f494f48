"""A household's page: all that is shown of it, and its forms as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from api.languages import refusal_text
from api.pages.dote_rows import Listed, rows
from api.pages.forms import Filled
from api.pages.household_forms import CONFIRM, FORMS, MEMBER, OF_ALL, REVEAL, HouseholdForm
from api.pages.months import year
from api.pages.navigation import REQUESTERS
from api.pages.say import N_
from api.pages.shell import Shell
from api.security import rights
from api.v1 import household_answers as answers
from api.v1.access_list import AccessQuery, lines, looked
from api.v1.access_schemas import AccessEntry
from api.v1.erasure_answers import Erasure
from api.v1.erasures import standing
from api.v1.household_view import HouseholdView
from api.v1.views import View
from domain.actors import Actor
from domain.days import day_here
from domain.dote import Dote
from domain.errors import DomainError, Forbidden
from domain.lifecycle import READERS
from domain.merging import KEEPERS
from projections.doti import queries
from projections.doti.queries import PageQuery

MOST_DOTI = 100
LAST_LOOKS = 8
A_YEAR = timedelta(days=365)
WHOLE_HOUSEHOLD = N_("the whole household")
PERSON_N = N_("Person {n}")


@dataclass(frozen=True, slots=True)
class Shown:
    """A form on the page. `filled`: as somebody left it, or as it begins."""

    form: HouseholdForm
    filled: Filled
    came_back: bool
    opens: str
    button: str


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """A household in view of one reader. `tried`: the form that came back, by its name.

    `changed`: others were quicker than who sent it.
    """

    page: Shell
    actor: Actor
    view: View
    household: answers.Household
    tried: Mapping[str, Filled]
    changed: bool = False

    @classmethod
    def of(
        cls,
        page: Shell,
        actor: Actor,
        household_id: UUID,
        tried: Mapping[str, Filled] | None = None,
        *,
        changed: bool = False,
        view: View | None = None,
    ) -> "HouseholdPage":
        """The page of a household. Raises NotFound. `view`: one that shows what is masked."""
        view = view or View(page.services, actor, page.language)
        household = HouseholdView(view).now(household_id)
        return cls(page, actor, view, household, tried or {}, changed)

    def values(self) -> dict[str, Any]:
        """All that the template is given."""
        household = self.household
        programme = self.page.services.register.programme()
        categories = programme.categories.values()
        erasure, _ = standing(self.view, household.id)
        watches = self.actor.role_for(rights.WHOLE_LOG, None) is not None
        return {
            "household": household,
            "partner": programme.partners[household.partner],
            "into": self._into(),
            "category_names": {each.code: each.name for each in categories},
            "doti": self._doti(),
            "year": self._year(),
            "forms": self._forms(erasure),
            "cannot": self._cannot(),
            "erasure": erasure,
            "asked_by": self._name(erasure.asked_by),
            "conflict": household.id in self.actor.conflicts,
            "requests": self._has(REQUESTERS) and not self._is_closed,
            "keeps": self._has(KEEPERS) and household.erased is None,
            "looks": self._looks() if watches else None,
            "reveal": self._reveal(),
            "revealed": self.view.revealed is not None,
            "changed": self.changed,
        }

    @property
    def _is_closed(self) -> bool:
        household = self.household
        return household.erased is not None or household.merged_into is not None

    def _has(self, roles: frozenset[Any]) -> bool:
        return self.actor.role_for(roles, self.household.partner) is not None

    def _into(self) -> answers.OtherHousehold | None:
        """The record that goes on for this one, if it is the reader's to see."""
        into = self.household.merged_into
        if into is None:
            return None
        try:
            other = HouseholdView(self.view).visible(into)
        except DomainError:
            return None
        return answers.OtherHousehold(id=other.id, number=other.number)

    def _doti(self) -> list[Listed]:
        """The doti of this record and of those that count as one with it, the newest first."""
        household = self.household
        ids = [household.id, *(other.id for other in household.merged or ())]
        found: list[Dote] = []
        with self.page.services.database.transaction() as tx:
            for household_id in ids:
                query = PageQuery(
                    self.actor.scope(READERS), household_id=household_id, limit=MOST_DOTI
                )
                found += queries.page(tx, query).items
        found.sort(key=lambda dote: dote.created_at, reverse=True)
        return rows(self.view, found)

    def _year(self) -> Any:  # noqa: ANN401  what the drawing takes
        now = self.page.services.engine.clock()
        granted = HouseholdView(self.view).by_month(self.household.id, now - A_YEAR)
        return year(granted, day_here(now))

    def _forms(self, erasure: Erasure) -> list[Shown]:
        return [
            self._shown(form, erasure)
            for form in FORMS.values()
            if self._has(form.roles) and (self._fits(form, erasure) or form.name in self.tried)
        ]

    def _shown(self, form: HouseholdForm, erasure: Erasure) -> Shown:
        confirms = form.name == "cancellazione" and erasure.state == "asked"
        button = CONFIRM if confirms else form.button
        if form.name == "conflitto":
            fields = (replace(MEMBER, choices=self._members()), *form.fields[1:])
            form = replace(form, fields=fields)
        filled = self.tried.get(form.name) or Filled(texts={MEMBER.name: OF_ALL})
        opens = CONFIRM if confirms else form.opens
        return Shown(form, filled, form.name in self.tried, opens, button)

    def _fits(self, form: HouseholdForm, erasure: Erasure) -> bool:
        """Whether there is something to be done by it now."""
        household = self.household
        if household.erased is not None:
            return False
        match form.name:
            case "persone":
                return household.merged_into is None
            case "unione":
                return household.merged_into is None and not household.merged
            case "separazione":
                return household.merged_into is not None
            case "conflitto":
                return household.id not in self.actor.conflicts
            case "cancellazione-rifiutata":
                return erasure.state == "asked"
            case "cancellazione":
                return not erasure.against
        return True

    def _members(self) -> tuple[tuple[str, str], ...]:
        """The members to choose from; without a name where the reader sees none."""
        members = self.household.members or ()
        named = [(str(m.n), f"{m.given_name} {m.family_name}") for m in members if m.born]
        return ((OF_ALL, WHOLE_HOUSEHOLD), *named)

    def _cannot(self) -> list[tuple[str, str]]:
        """What others do to households, and who these are."""
        seen: dict[str, frozenset[Any]] = {
            "request": REQUESTERS,
            **{form.what: form.roles for form in FORMS.values()},
            "reveal": rights.AUDITORS,
        }
        return [
            (what, refusal_text(Forbidden(what, ", ".join(sorted(roles))), self.page.language))
            for what, roles in seen.items()
            if not self._has(roles) and what != "reveal"
        ]

    def _reveal(self) -> tuple[Any, Filled] | None:
        """The form by which an auditor looks at who they are."""
        if self.actor.role_for(rights.AUDITORS, None) is None or self.household.erased:
            return None
        return REVEAL, self.tried.get("svelare") or Filled()

    def _looks(self) -> list[AccessEntry]:
        """Who looked at them last."""
        with self.page.services.database.transaction() as tx:
            query = AccessQuery(household_id=self.household.id, limit=LAST_LOOKS)
            found, _ = lines(tx, query)
            return [AccessEntry(**line) for line in looked(self.page.services, found)]

    def _name(self, account_id: UUID | None) -> str:
        if account_id is None:
            return ""
        return self.page.services.accounts.names([account_id]).get(account_id, "")
