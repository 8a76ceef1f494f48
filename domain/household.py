"""A household: one or more persons, who are helped."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from stdnum.it import codicefiscale

from domain.days import Day
from domain.errors import DateInTheFuture, WrongStream
from domain.events.base import Event, Stamp
from domain.events.household import (
    ErasureAsked,
    ErasureDeclined,
    ErasureHeld,
    HouseholdErased,
    HouseholdEvent,
    HouseholdMerged,
    HouseholdRegistered,
    HouseholdUnmerged,
    MemberAdded,
    PersonalDataRecorded,
    SocialNotesErased,
)
from domain.privacy import Note, Private
from domain.text import Label

ADULT_YEARS = 18
AnEvent = TypeVar("AnEvent", bound=Event)


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
    id_valid_until: Annotated[Day | None, Field(repr=False)] = None
    phone: Annotated[Label | None, Field(repr=False)] = None
    left_on: Annotated[Day | None, Field(repr=False)] = None

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
    # Only of households that were registered before hardships had a key of their own.
    hardships: Annotated[tuple[Label, ...], Field(max_length=20, repr=False)] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """A household as its events tell it.

    `personal`: who they are, and `added`: members since then, in their order. `merged_into`: the
    household that it is the same as. `asked`: the erasure that somebody asked for and nobody
    decided yet. `erased`, `notes_erased`: that there is nothing left to read.
    """

    id: UUID
    version: int
    number: str
    partner: str
    district: str | None
    adults: int
    minors: int
    personal: HouseholdRegistered | PersonalDataRecorded
    added: tuple[MemberAdded, ...] = ()
    merged_into: UUID | None = None
    asked: ErasureAsked | None = None
    held_until: date | None = None
    notes_erased: bool = False
    erased: HouseholdErased | None = None

    def then(self, kind: type[AnEvent], stamp: Stamp, **data: object) -> AnEvent:
        """The household's next event."""
        return kind.stamped(stamp, self.id, self.version + 1, **data)


def register(
    stamp: Stamp,
    household_id: UUID,
    number: str,
    partner: str,
    district: str | None,
    who: Personal,
    hardships: tuple[str, ...] = (),
) -> HouseholdRegistered:
    """A desk registers a household."""
    check_birthdays(stamp, who.members)
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
        notes=written(household_id, hardships),
    )


def check_birthdays(stamp: Stamp, members: Iterable[Member]) -> None:
    """Refuses who is born after tomorrow: a desk east of here may be a day ahead."""
    for n, member in enumerate(members):
        if member.born is not None and (member.born - stamp.at.date()).days > 1:
            raise DateInTheFuture(f"members.{n}.born", member.born.isoformat())


def written(household_id: UUID, hardships: tuple[str, ...]) -> Private | None:
    """What is known of a household's hardships, to be sealed with its notes."""
    if not hardships:
        return None
    return Note.record(household_id, {"hardships": hardships})


def evolve(household: Household | None, event: Event) -> Household:
    """The household after the event."""
    if isinstance(event, HouseholdRegistered):
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
            personal=event,
        )
    if household is None:
        raise WrongStream(f"a household does not begin with {type(event).__name__}")
    return replace(_changed(household, event), version=event.originator_version)


def _changed(household: Household, event: Event) -> Household:
    match event:
        case MemberAdded():
            return replace(
                household,
                added=(*household.added, event),
                adults=household.adults + (not event.is_minor),
                minors=household.minors + event.is_minor,
            )
        case PersonalDataRecorded():
            return replace(
                household,
                personal=event,
                added=(),
                district=event.district,
                adults=event.adults,
                minors=event.minors,
            )
        case HouseholdMerged():
            return replace(household, merged_into=event.into)
        case HouseholdUnmerged():
            return replace(household, merged_into=None)
        case ErasureAsked():
            return replace(household, asked=event)
        case ErasureDeclined():
            return replace(household, asked=None)
        case ErasureHeld():
            return replace(household, asked=None, held_until=event.until)
        case SocialNotesErased():
            return replace(household, notes_erased=True)
        case HouseholdErased():
            return replace(household, asked=None, notes_erased=True, erased=event)
        case _:
            raise WrongStream(f"a household does not have {type(event).__name__}")


def project(household: Household | None, events: Iterable[HouseholdEvent]) -> Household | None:
    """The household after all the events."""
    for event in events:
        household = evolve(household, event)
    return household
