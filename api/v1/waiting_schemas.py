"""What the API answers about whose turn it is. Times are UTC."""

from datetime import datetime
from uuid import UUID

from api.v1.answer import Answer
from api.v1.schemas import DoteSummary
from domain.actors import Role
from domain.lifecycle import Action, Stage
from domain.turns import Why


class WaitingFor(Answer):
    """Why a dote waits, since when and until when (null: without a deadline).

    `given` of `wanted` votes are there, where it is about votes. `days_late`: whole days after it
    was due, 0 before.
    """

    stage: Stage
    why: Why
    sentence: str
    since: datetime
    due: datetime | None
    overdue: bool
    days_late: int
    given: int
    wanted: int


class WorklistItem(WaitingFor):
    """What waits for the caller: what they can do about which dote."""

    action: Action
    dote: DoteSummary


class WorklistPage(Answer):
    """What waits for the caller: what is due first; what has no deadline comes last."""

    items: list[WorklistItem]
    next_cursor: str | None


class WaitingByReason(Answer):
    """How much waits for the caller for one reason."""

    why: Why
    sentence: str
    waiting: int
    overdue: int


class WaitingElsewhere(WaitingFor):
    """What waits for others on a dote that the caller had a part in."""

    dote_id: UUID
    number: str
    roles: list[Role]


class WorklistSummary(Answer):
    """How much waits for the caller, and (the first 20) what waits for others."""

    mine: int
    overdue: int
    by_why: list[WaitingByReason]
    elsewhere: list[WaitingElsewhere]


class AgeingBuckets(Answer):
    """How many wait up to 7 whole days, up to 14, up to 30, and longer."""

    to_7: int
    to_14: int
    to_30: int
    over_30: int


class AgeingRow(Answer):
    """Doti of a partner that wait at a stage."""

    stage: Stage
    partner: str
    waiting: int
    overdue: int
    oldest_since: datetime
    buckets: AgeingBuckets


class Ageing(Answer):
    """How long doti have been waiting, by stage and partner."""

    at: datetime
    rows: list[AgeingRow]
