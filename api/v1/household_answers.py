"""What the API answers about households."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from api.v1.insight import NOT_OF_COMMANDS, DoubleHelp
from domain.household import IdType


class Member(Answer):
    """A person of a household."""

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
    """Something that looks wrong in a member's identifier; `member` counts from 0."""

    member: int
    code: str
    msg: str


class Erased(Answer):
    """That a household was erased: on `request`, or as the time of `retention` was over."""

    at: datetime
    because: str


class Household(Answer):
    """A household. `members` and `address` are masked for who may not read them; `members`,
    `address` and `hardships` are null once the household is erased."""

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
    exposure: Exposure
    warnings: list[MemberWarning]
    erased: Erased | None
    double_help: list[DoubleHelp] | None = Field(description=NOT_OF_COMMANDS)
