"""What the API answers to who works on a dote or decides on it, beside the dote itself."""

from datetime import date, datetime
from uuid import UUID

from api.v1.answer import Answer
from domain.actors import Role
from domain.lifecycle import State
from domain.turns import Why
from projections.doti.double_help import By

NOT_OF_COMMANDS = (
    "As it is now. null in what a command answers and in the past: neither is about this."
)


class DoubleHelp(Answer):
    """Help that was given or asked for elsewhere. `by`: what both have in common. `own`: whether
    the caller may open it; who may not is told neither id nor number, and of health only what the
    dote is about as well (else `category` and `item` are null)."""

    by: By
    same_need: bool
    category: str | None
    item: str | None
    at: datetime
    amount_cents: int
    state: State
    own: bool
    dote_id: UUID | None
    number: str | None
    sentence: str


class Waiting(Answer):
    """Whose turn it is. `people`: who of them can do it now; `given` of `wanted`: votes."""

    why: Why
    sentence: str
    roles: list[Role]
    people: list[str]
    since: datetime
    due: datetime | None
    overdue: bool
    given: int
    wanted: int


class PlannedTranche(Answer):
    """A part of the amount, and what of it is paid."""

    n: int
    amount_cents: int
    due: date | None
    paid_cents: int


class PapersAsked(Answer):
    """Papers that were asked for; `what` is private."""

    kinds: list[str]
    what: str | None
    due: date


class Appeal(Answer):
    """The second look at a rejection; `accepted` null: not decided yet."""

    lodged_at: datetime
    accepted: bool | None


class BandAsked(Answer):
    """Who has to vote on the amount."""

    approvers: int
    different_partners: bool
    coordinator: bool
    in_order: bool


class Position(Answer):
    """What stands on a budget line."""

    available_cents: int
    committed_cents: int
    disbursed_cents: int
    documented_cents: int
    disallowed_cents: int


class LineMoved(Answer):
    """The budget line without and with the amount; `after` null: there is not as much."""

    before: Position
    after: Position | None


class HouseholdMoved(Answer):
    """What the household was granted within twelve months, without and with the amount."""

    before_cents: int
    after_cents: int


class CapLeft(Answer):
    """A cap of the household; `category` null: over all of them."""

    category: str | None
    days: int
    cap_cents: int
    granted_cents: int
    left_cents: int


class ApprovalPreview(Answer):
    """What a vote would come to now. `would_approve`: it is allowed, and the last one."""

    allowed: bool
    reason: str | None
    amount_cents: int
    band: BandAsked
    given: int
    wanted: int
    would_approve: bool
    to_ratify: bool
    line: LineMoved
    household: HouseholdMoved
    caps: list[CapLeft]
    ceiling_cents: int | None
    missing_papers: list[str]
    double_help: list[DoubleHelp]
