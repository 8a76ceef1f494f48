"""A household: one or more persons, who are helped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.days import Day, day_here
from domain.errors import (
    DateInTheFuture,
    HouseholdIsErased,
    LeftBefore,
    MembersMissing,
    MergedHousehold,
    TooManyMembers,
    WrongStream,
)
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
from domain.identifiers import compact, is_health_code, is_phone, tax_code_warnings
from domain.privacy import Note, Private
from domain.text import Label, folded

ADULT_YEARS = 18
MOST_MEMBERS = 30
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

    def is_here(self, on: date) -> bool:
        """Whether the person belongs to the household on a day."""
        return self.left_on is None or self.left_on > on

    def warnings(self, today: date) -> list[str]:
        """What looks wrong in what is known of the person; it warns and never blocks."""
        found = self._of_identifier()
        if self.id_valid_until is not None and self.id_valid_until < today:
            found.append("identifier_expired")
        if self.phone is not None and not is_phone(self.phone):
            found.append("phone_shape")
        return found

    def _of_identifier(self) -> list[str]:
        match self.id_type:
            case IdType.NONE:
                return []
            case _ if not self.id_value:
                return ["identifier_missing"]
            case IdType.CF:
                names = (self.given_name, self.family_name)
                return tax_code_warnings(self.id_value, *names, self.born)
            case IdType.STP | IdType.ENI if not is_health_code(self.id_value, self.id_type):
                return ["health_code_shape"]
        return []

    def is_minor(self, on: date) -> bool:
        """Whether the person is under age on a day; an unknown birthday counts as an adult."""
        if self.born is None:
            return False
        years = on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))
        return years < ADULT_YEARS


@dataclass(frozen=True, slots=True)
class MemberWarning:
    """Something that looks wrong with a member, by their number (from 0 on)."""

    member: int
    code: str


def warnings(members: Sequence[Member], today: date) -> list[MemberWarning]:
    """What looks wrong with the members who are there, each by itself and beside the others."""
    here = [(n, member) for n, member in enumerate(members) if member.is_here(today)]
    found = [MemberWarning(n, code) for n, one in here for code in one.warnings(today)]
    identifiers: set[str] = set()
    people: set[tuple[object, ...]] = set()
    for n, member in here:
        if member.id_type is not IdType.NONE and member.id_value:
            identifier = compact(member.id_value)
            if identifier in identifiers:
                found.append(MemberWarning(n, "identifier_twice"))
            identifiers.add(identifier)
        # Given and family name are swapped as easily as they are written together.
        who = (*sorted([folded(member.given_name), folded(member.family_name)]), member.born)
        if who in people:
            found.append(MemberWarning(n, "member_twice"))
        people.add(who)
    return sorted(found, key=lambda warning: warning.member)


class Personal(BaseModel):
    """What is private of a household, sealed together under its key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    address: Annotated[Label | None, Field(repr=False)] = None
    # Only of households that were registered before hardships had a key of their own.
    hardships: Annotated[tuple[Label, ...], Field(max_length=20, repr=False)] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """A household as its events tell it.

    `personal`: who they are, and `added`: members since then, in their order. `merged_into`: the
    household that it is the same as. `asked`: the erasure that somebody asked for and nobody
    decided yet. `notes_erased_on`: what was written on their situation up to this day is gone.
    `erased`: there is nothing left to read.
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
    notes_erased_on: date | None = None
    erased: HouseholdErased | None = None

    def then(self, kind: type[AnEvent], stamp: Stamp, **data: object) -> AnEvent:
        """The household's next event."""
        return kind.stamped(stamp, self.id, self.version + 1, **data)

    def told(self, text: str) -> Note:
        """A text about the household's situation, to be sealed with its notes."""
        return Note(self.id, text)

    def check_writable(self) -> None:
        """Refuses what would be written about a household that was erased or merged."""
        if self.erased is not None:
            raise HouseholdIsErased
        if self.merged_into is not None:
            raise MergedHousehold(str(self.merged_into))


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
    check_days(stamp, who.members)
    return HouseholdRegistered.stamped(
        stamp,
        household_id,
        1,
        number=number,
        partner=partner,
        district=district,
        personal=Private(household_id, who.model_dump_json()),
        notes=written(household_id, hardships),
        **_counts(stamp, who.members),
    )


def add_member(
    household: Household, stamp: Stamp, known: Sequence[Member], member: Member
) -> MemberAdded:
    """One more person belongs to the household, which has the `known` ones already."""
    household.check_writable()
    if len(known) >= MOST_MEMBERS:
        raise TooManyMembers(MOST_MEMBERS)
    check_days(stamp, [member], "")
    if not member.is_here(stamp.day):
        raise LeftBefore("left_on")
    return household.then(
        MemberAdded,
        stamp,
        member=Private(household.id, member.model_dump_json()),
        is_minor=member.is_minor(stamp.day),
    )


def record(
    household: Household,
    stamp: Stamp,
    known: Sequence[Member],
    who: Personal,
    district: str | None,
    hardships: tuple[str, ...],
) -> PersonalDataRecorded:
    """All that is known of the household, in the place of what was.

    Members keep their numbers, so there are never fewer than the `known` ones.
    """
    household.check_writable()
    if len(who.members) < len(known):
        raise MembersMissing("members", len(known))
    check_days(stamp, who.members)
    return household.then(
        PersonalDataRecorded,
        stamp,
        district=district,
        personal=Private(household.id, who.model_dump_json()),
        notes=written(household.id, hardships),
        **_counts(stamp, who.members),
    )


def _counts(stamp: Stamp, members: Iterable[Member]) -> dict[str, int]:
    """How many are of age and how many are not on the day of the event, less those who left."""
    today = stamp.day
    here = [member for member in members if member.is_here(today)]
    minors = sum(member.is_minor(today) for member in here)
    return {"adults": len(here) - minors, "minors": minors}


def check_days(stamp: Stamp, members: Iterable[Member], place: str = "members.{n}.") -> None:
    """Refuses who is born or has left on a day that has not come yet.

    `place`: where the members stand in what was sent.
    """
    for n, member in enumerate(members):
        for name, day in (("born", member.born), ("left_on", member.left_on)):
            if day is not None and day > stamp.day:
                raise DateInTheFuture(place.format(n=n) + name, day.isoformat())


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
            return replace(household, notes_erased_on=day_here(event.at))
        case HouseholdErased():
            return replace(household, asked=None, erased=event)
        case _:
            raise WrongStream(f"a household does not have {type(event).__name__}")


def project(household: Household | None, events: Iterable[HouseholdEvent]) -> Household | None:
    """The household after all the events."""
    for event in events:
        household = evolve(household, event)
    return household
