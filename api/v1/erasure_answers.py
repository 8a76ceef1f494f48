"""What the API answers about erasures and times of retention."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from api.v1.insight import NOT_OF_COMMANDS
from domain.erasure import What


class Obstacle(Answer):
    """What stands against an erasure now, in a word and in words. `until`: the last day that it
    does, where there is one; `open`: how many doti are not at an end."""

    code: str
    detail: str
    until: date | None
    open: int | None


class Erasure(Answer):
    """Where the erasure of a household stands.

    `state`: `none`, `asked` (a second person has to confirm) or `erased`. `held_until`: the last
    day that a coordinator keeps it. `because`: `request` or `retention`.
    """

    household_id: UUID
    state: Literal["none", "asked", "erased"]
    asked_by: UUID | None
    asked_at: datetime | None
    reason: str | None
    confirmed_by: UUID | None
    erased_at: datetime | None
    because: str | None
    held_until: date | None
    notes_erased: bool
    against: list[Obstacle] | None = Field(description=NOT_OF_COMMANDS)
    notes_until: date | None = Field(description="The last day of its social notes, as of now.")
    kept_until: date | None = Field(description="The last day of all of it, as of now.")


class ErasureItem(Answer):
    """A household that is to be erased, or its social notes.

    `why`: `asked` (by `asked_by`, to be confirmed) or `retention`: its time is over from `due_on`
    on, it stands in the list since `listed_on` (null: from tomorrow at the latest), and it goes on
    `on`.
    """

    household_id: UUID
    number: str
    partner: str
    what: What
    why: Literal["asked", "retention"]
    asked_by: UUID | None
    asked_at: datetime | None
    due_on: date | None
    listed_on: date | None
    on: date | None
    held_until: date | None


class ErasurePage(Answer):
    """What is to be erased: what was asked for first, then what goes first."""

    items: list[ErasureItem]
    next_cursor: str | None


class RetentionTimes(Answer):
    """How long what is kept of persons is kept. `adopted_at` null: these are the usual times."""

    accounting_years: int
    notes_months: int
    notice_days: int
    small_cell: int
    adopted_at: datetime | None
    adopted_by: UUID | None
