"""The page on which all that is known of a household is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.errors import NotForYourRole
from api.pages import member_fields
from api.pages.forms import Field, Filled
from api.pages.shell import Shell
from api.security.visibility import Kind, may_read
from api.v1 import household_answers as answers
from api.v1.household_view import HouseholdView
from api.v1.views import View
from domain.actors import Actor
from domain.errors import HouseholdIsErased


@dataclass(frozen=True, slots=True)
class DataPage:
    """What is known of a household, for who keeps it."""

    view: View
    household: answers.Household

    @classmethod
    def of(cls, page: Shell, actor: Actor, household_id: UUID) -> "DataPage":
        """The page. Raises NotFound, and what keeps somebody from changing what they do not see."""
        view = View(page.services, actor, page.language)
        household = HouseholdView(view).now(household_id)
        if household.erased is not None:
            raise HouseholdIsErased
        if not may_read(actor, Kind.PERSONS, household.partner):
            raise NotForYourRole
        return cls(view, household)

    @property
    def path(self) -> str:
        """Its address."""
        return f"/nuclei/{self.household.id}/dati"

    @property
    def fields(self) -> tuple[Field, ...]:
        """A row for each member, and what is known of all of them."""
        count = len(self.household.members or ())
        rows = (each for n in range(count) for each in member_fields.row(n, later=True))
        return (*rows, *member_fields.AROUND)

    def values(self, filled: Filled | None = None, *, changed: bool = False) -> dict[str, Any]:
        """All that the template is given; the form as it stands or as it came back."""
        return {
            "household": self.household,
            "fields": self.fields,
            "filled": filled or Filled(texts=dict(self._texts())),
            "changed": changed,
        }

    def _texts(self) -> Iterator[tuple[str, str]]:
        """What is known, as it is typed."""
        household = self.household
        for member in household.members or ():
            for part, value in member.model_dump().items():
                text = value.strftime("%d/%m/%Y") if hasattr(value, "strftime") else value
                yield member_fields.name(member.n, part), "" if text is None else str(text)
        yield "address", household.address or ""
        yield "district", household.district or ""
        yield "hardships", "\n".join(household.hardships or ())
