"""Shows a household to one reader: what is theirs to see, no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.languages import translate
from api.v1 import household_answers as answers
from api.v1.double_help import DoubleHelpView
from api.v1.views import View
from domain.case import EXPOSURE_PERIOD
from domain.days import day_here
from domain.errors import NotFound
from domain.events.base import Event
from domain.household import Household, Member, MemberWarning, Personal, warnings
from workflows.engine import can_see
from workflows.eventstore.statements import statements

_SQL = statements("api.v1.sql", "households")

WARNINGS = {
    "identifier_missing": "The identifier is missing.",
    "identifier_expired": "The identifier is not valid any more.",
    "identifier_twice": "Another member has the same identifier.",
    "tax_code_checksum": "The tax code does not look right: please check it.",
    "tax_code_names": "The tax code is not made of these names: please check both.",
    "tax_code_birthday": "The tax code is not of this birthday: please check both.",
    "health_code_shape": "This does not look like an STP or ENI code: please check it.",
    "phone_shape": "This cannot be a phone number: please check it.",
    "member_twice": "Another member has the same names and birthday.",
}
"""What a member's warnings say, in English; the catalogue has the Italian."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What was granted in a month (its first day) for a category."""

    month: date
    category: str
    cents: int


class HouseholdView:
    """What one person sees of households, in one language."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._services = view.services

    def now(self, household_id: UUID) -> answers.Household:
        """A household, with all that there is to tell of it now. Raises NotFound also for what is
        not theirs to see."""
        with self._services.database.transaction():
            household = self.visible(household_id)
            helped = DoubleHelpView(self._services, self._view.actor, self._view.language)
            now = self._services.engine.clock()
            return self._shown(
                household,
                day_here(now),
                exposure=self._exposure(household_id, now),
                merged=self._merged(household_id),
                double_help=helped.of_household(household_id, household.partner),
            )

    def then(self, household_id: UUID, version: int, *, new: bool = False) -> answers.Household:
        """A household as a command left it; the same whenever that command is told again. `new`:
        nothing was granted to it yet."""
        household = self.visible(household_id, version)
        at = self._services.register.history(household_id, version)[-1].at
        nothing = answers.Exposure(total_cents=0, since=at - EXPOSURE_PERIOD, by_category=[])
        return self._shown(
            household,
            day_here(at),
            exposure=nothing if new else None,
            merged=[] if new else None,
            double_help=None,
        )

    def summary(self, household_id: UUID) -> answers.HouseholdSummary:
        """A household as lists show it."""
        household = self.visible(household_id)
        return answers.HouseholdSummary(
            **_plain(household), members=self._members(household, self._personal(household))
        )

    def visible(self, household_id: UUID, version: int | None = None) -> Household:
        """A household, if it is the reader's to see. Raises NotFound."""
        household = self._services.register.household(household_id, version)
        if not can_see(self._view.actor, household.partner):
            raise NotFound
        return household

    def _shown(self, household: Household, today: date, **more: Any) -> answers.Household:  # noqa: ANN401  what commands do not tell
        personal = self._personal(household)
        who = personal if isinstance(personal, Personal) else None
        return answers.Household(
            **_plain(household),
            members=self._members(household, personal),
            address=_address(personal),
            hardships=self._hardships(household, personal),
            warnings=self.warned(warnings(who.members, today)) if who is not None else [],
            notes_erased=household.notes_erased_on is not None,
            **more,
        )

    def _personal(self, household: Household) -> Personal | str | None:
        """Who they are, with those who came later; what stands there instead (the mask for who may
        not know), None once the household is erased."""
        record = self._opened(household, household.personal, "personal")
        if not isinstance(record, dict):
            return record if record is None else str(record)
        known = Personal.model_validate(record)
        members = list(known.members)
        for event in household.added:
            added = self._opened(household, event, "member")
            if not isinstance(added, dict):
                return None if added is None else str(added)
            members.append(Member.model_validate(added))
        return known.model_copy(update={"members": tuple(members)})

    def _members(
        self, household: Household, personal: Personal | str | None
    ) -> list[answers.Member] | None:
        if personal is None:
            return None
        if isinstance(personal, str):
            count = household.adults + household.minors
            return [_nobody(n, instead=personal) for n in range(count)]
        return [
            answers.Member(n=n, **member.model_dump()) for n, member in enumerate(personal.members)
        ]

    def _hardships(self, household: Household, personal: Personal | str | None) -> list[str] | None:
        """What is known of their situation. Those that were registered first have it among their
        personal data."""
        if household.personal.notes is None:
            if isinstance(personal, Personal):
                return list(personal.hardships)
            return None if personal is None else [personal]
        notes = self._opened(household, household.personal, "notes")
        if isinstance(notes, dict):
            return list(notes["hardships"])
        return None if notes is None else [str(notes)]

    def _opened(self, household: Household, event: Event, name: str) -> object:
        return self._view.opened(event, name, household.partner, health_data=False)

    def by_month(self, household_id: UUID, since: datetime) -> list[Granted]:
        """What a household, and those that count as one with it, were granted in each month since
        a time."""
        values = {"household_id": household_id, "since": since}
        with self._services.database.transaction() as tx:
            rows = tx.execute(_SQL["granted_by_month"], values).fetchall()
        return [Granted(**row) for row in rows]

    def warned(self, found: Iterable[MemberWarning]) -> list[answers.MemberWarning]:
        """Warnings in words."""
        return [
            answers.MemberWarning(
                member=each.member,
                code=each.code,
                msg=translate(self._view.language, WARNINGS[each.code]),
            )
            for each in found
        ]

    def _merged(self, household_id: UUID) -> list[answers.OtherHousehold]:
        """The households that were merged into this one, as far as the reader may see them."""
        with self._services.database.transaction() as tx:
            rows = tx.execute(_SQL["merged"], {"household_id": household_id}).fetchall()
        others = [self._services.register.household(row["household_id"]) for row in rows]
        return [
            answers.OtherHousehold(id=other.id, number=other.number)
            for other in sorted(others, key=lambda each: each.number)
            if can_see(self._view.actor, other.partner)
        ]

    def _exposure(self, household_id: UUID, now: datetime) -> answers.Exposure:
        since = now - EXPOSURE_PERIOD
        values = {"household_id": household_id, "since": since}
        with self._services.database.transaction() as tx:
            rows = tx.execute(_SQL["granted"], values).fetchall()
        return answers.Exposure(
            total_cents=sum(row["cents"] for row in rows),
            since=since,
            by_category=[answers.ExposureInCategory(**row) for row in rows],
        )


def _address(personal: Personal | str | None) -> str | None:
    return personal.address if isinstance(personal, Personal) else personal


def _nobody(n: int, *, instead: str) -> answers.Member:
    return answers.Member(
        n=n,
        given_name=instead,
        family_name=instead,
        born=None,
        id_type=None,
        id_value=instead,
        id_valid_until=None,
        phone=instead,
        left_on=None,
    )


def _plain(household: Household) -> dict[str, Any]:
    gone = household.erased
    return {
        "id": household.id,
        "number": household.number,
        "version": household.version,
        "partner": household.partner,
        "district": household.district,
        "adults": household.adults,
        "minors": household.minors,
        "merged_into": household.merged_into,
        "erased": None if gone is None else answers.Erased(at=gone.at, because=gone.because),
    }
