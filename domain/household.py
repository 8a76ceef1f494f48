"""A household: one or more persons, who are helped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from stdnum.it import codicefiscale

from domain.days import Day
from domain.errors import DateInTheFuture, WrongStream
from domain.events.base import Event, Stamp
from domain.events.household import HouseholdEvent, HouseholdRegistered
from domain.privacy import Private, Sealed
from domain.text import Label

ADULT_YEARS = 18


class IdType(StrEnum):
    """How a person is identified. Having none never blocks help."""

    CF = "CF"
    STP = "STP"
    ENI = "ENI"
    DOCUMENT = "document"
    NONE = "none"


class Member(BaseModel):
    """A person of the household. Private as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Out of repr: what is private must not reach a log by way of an error message.
    given_name: Annotated[Label, Field(repr=False)]
    family_name: Annotated[Label, Field(repr=False)]
    born: Annotated[Day | None, Field(repr=False)] = None
    id_type: IdType = IdType.NONE
    id_value: Annotated[Label | None, Field(repr=False)] = None

    def warnings(self) -> list[str]:
        """What looks wrong in the identifier; it warns and never blocks."""
        if self.id_type is not IdType.NONE and not self.id_value:
            return ["identifier_missing"]
        if self.id_type is IdType.CF and not codicefiscale.is_valid(self.id_value or ""):
            return ["tax_code_checksum"]
        return []

    def is_minor(self, on: date) -> bool:
        """Whether the person is under age on a day; an unknown birthday counts as an adult."""
        if self.born is None:
            return False
        years = on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))
        return years < ADULT_YEARS


class Personal(BaseModel):
    """What is private of a household, sealed together under its key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=30)]
    address: Annotated[Label | None, Field(repr=False)] = None
    hardships: Annotated[tuple[Label, ...], Field(max_length=20, repr=False)] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """A household as its events tell it."""

    id: UUID
    version: int
    number: str
    partner: str
    district: str | None
    adults: int
    minors: int
    personal: Private | Sealed


def register(
    stamp: Stamp, household_id: UUID, number: str, partner: str, district: str | None, who: Personal
) -> HouseholdRegistered:
    """A desk registers a household."""
    for n, member in enumerate(who.members):
        if member.born is not None and (member.born - stamp.at.date()).days > 1:
            raise DateInTheFuture(f"members.{n}.born", member.born.isoformat())
    minors = sum(member.is_minor(stamp.at.date()) for member in who.members)
    return HouseholdRegistered.stamped(
        stamp,
        household_id,
        1,
        number=number,
        partner=partner,
        district=district,
        adults=len(who.members) - minors,
        minors=minors,
        personal=Private(household_id, who.model_dump_json()),
    )


def evolve(household: Household | None, event: Event) -> Household:
    """The household after the event."""
    if not isinstance(event, HouseholdRegistered):
        raise WrongStream(f"a household does not have {type(event).__name__}")
    if household is not None:
        raise ValueError("a household is registered once")
    return Household(
        id=event.originator_id,
        version=event.originator_version,
        number=event.number,
        partner=event.partner,
        district=event.district,
        adults=event.adults,
        minors=event.minors,
        personal=event.personal,
    )


def project(household: Household | None, events: Iterable[HouseholdEvent]) -> Household | None:
    """The household after all the events."""
    for event in events:
        household = evolve(household, event)
    return household
