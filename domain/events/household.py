"""Events of a household.

What is private of it is sealed under one of two keys: `personal` (who they are) under the
household's own, `notes` (what was written down about their situation) under that of its notes
(`domain.privacy.notes_of`), which is deleted earlier.
"""

from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from domain.actors import Signature
from domain.events.base import Event
from domain.privacy import Secret
from domain.text import Code, Label, Word

Count = Annotated[int, Field(ge=0, le=50)]


class HouseholdRegistered(Event):
    """A desk registers a household.

    `personal`: its members and address, sealed together (`domain.household.Personal`); `notes`:
    its hardships. `district` stays readable for the statistics by neighbourhood, and the counts
    by age.
    """

    class_version: ClassVar[int] = 2

    number: Label
    partner: Code
    district: Label | None
    adults: Count
    minors: Count
    personal: Secret
    notes: Secret | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """The hardships stood among the personal data."""
        state["notes"] = None


class MemberAdded(Event):
    """One more person belongs to the household; they get the next number."""

    member: Secret
    is_minor: bool


class PersonalDataRecorded(Event):
    """What is known of the household and its members, in the place of all before.

    Members keep their numbers: one who left is marked and stays.
    """

    district: Label | None
    adults: Count
    minors: Count
    personal: Secret
    notes: Secret | None


class HouseholdMerged(Event):
    """The household is the same as another one, which it counts with from now on."""

    into: UUID
    reason: Secret


class HouseholdUnmerged(Event):
    """The two were not the same after all."""

    into: UUID
    reason: Secret


class ErasureAsked(Event):
    """Somebody asks that a household be erased."""

    reason: Secret


class ErasureDeclined(Event):
    """The household stays: somebody else decided so, or who asked took it back."""

    reason: Secret


class ErasureHeld(Event):
    """A household or its notes are kept until a day, although their time is over before."""

    until: date
    reason: Secret


class SocialNotesErased(Event):
    """The key of the household's notes is gone, and with it what was written about them."""


class HouseholdErased(Event):
    """The household's keys are gone. `because`: `request`, or `retention` as the time was over.

    `asked_by`: who asked, where people did. `payees`: who was paid for this household alone and
    was erased with it; `lines`: the bank's lines that told of its payments alone, as well. `files`:
    how many uploads went.
    """

    because: Word
    asked_by: Signature | None
    payees: tuple[UUID, ...]
    lines: tuple[UUID, ...]
    files: Annotated[int, Field(ge=0)]


HouseholdEvent = (
    HouseholdRegistered
    | MemberAdded
    | PersonalDataRecorded
    | HouseholdMerged
    | HouseholdUnmerged
    | ErasureAsked
    | ErasureDeclined
    | ErasureHeld
    | SocialNotesErased
    | HouseholdErased
)
