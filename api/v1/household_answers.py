"""What the API answers about households."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from api.v1.insight import NOT_OF_COMMANDS, DoubleHelp
from domain.household import IdType


class Member(Answer):
    """A person of a household. `n`: their number in it, from 0 on, which they keep."""

    n: int
    given_name: str | None
    family_name: str | None
    born: date | None
    id_type: IdType | None
    id_value: str | None
    id_valid_until: date | None
    phone: str | None
    left_on: date | None


class ExposureInCategory(Answer):
    """What a household was granted in a category."""

    category: str
    cents: int


class Exposure(Answer):
    """What a household was granted over the last twelve months."""

    total_cents: int
    since: datetime
    by_category: list[ExposureInCategory]


class MemberWarning(Answer):
    """Something that looks wrong with a member; `member` is their number. It blocks nothing."""

    member: int
    code: str
    msg: str


class Erased(Answer):
    """That a household was erased: on `request`, or as the time of `retention` was over."""

    at: datetime
    because: str


class OtherHousehold(Answer):
    """Another household, of those that the reader may see."""

    id: UUID
    number: str


class Household(Answer):
    """A household. `members` and `address` are masked for who may not read them; `members`,
    `address` and `hardships` are null once the household is erased, `hardships` also once they
    are (`notes_erased`).

    `merged_into`: the household that it is the same as and that goes on for both; `merged`: those
    that this one goes on for. `exposure` is of all of them together.
    """

    id: UUID
    number: str
    version: int
    partner: str
    district: str | None
    adults: int
    minors: int
    members: list[Member] | None
    address: str | None
    hardships: list[str] | None
    exposure: Exposure | None = Field(description=NOT_OF_COMMANDS)
    warnings: list[MemberWarning]
    merged_into: UUID | None
    merged: list[OtherHousehold] | None = Field(description=NOT_OF_COMMANDS)
    erased: Erased | None
    notes_erased: bool
    double_help: list[DoubleHelp] | None = Field(description=NOT_OF_COMMANDS)


class HouseholdSummary(Answer):
    """A household as lists show it."""

    id: UUID
    number: str
    version: int
    partner: str
    district: str | None
    adults: int
    minors: int
    members: list[Member] | None
    merged_into: UUID | None
    erased: Erased | None


class HouseholdPage(Answer):
    """Households, the newest first."""

    items: list[HouseholdSummary]
    next_cursor: str | None


By = Literal["identifier", "person", "phone"]


class KnownPerson(Answer):
    """Somebody who is known already. `member`: their place among those who were asked for, from 0
    on. Of another desk's household nothing is told but that there is one."""

    member: int
    own: bool
    by: By | None
    household_id: UUID | None
    number: str | None
    sentence: str


class KnownPersons(Answer):
    """Who is known already, of those who were asked for."""

    items: list[KnownPerson]
