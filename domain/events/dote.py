"""Events of a dote. Amounts are cents; `line` names the budget line wherever money moves."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.events.base import Event
from domain.events.programme import BudgetLine
from domain.money import Cents, CentsOrZero
from domain.privacy import Secret
from domain.text import Code, Label, Word

Number = Annotated[int, Field(ge=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MediaType = Annotated[str, Field(max_length=100)]


class LinePosition(BaseModel):
    """What stands on a budget line, in cents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    available_cents: CentsOrZero
    committed_cents: CentsOrZero
    disbursed_cents: CentsOrZero
    documented_cents: CentsOrZero
    disallowed_cents: CentsOrZero


class DoteRequested(Event):
    """A desk asks a dote for a household."""

    number: Label
    partner: Code
    desk: Label
    category: Code
    item: Code
    household_id: UUID
    amount_cents: Cents
    need: Secret
    urgent: bool
    policy_version: Number


class DocumentAttached(Event):
    """A paper joins the case file. `file`: its name and its note, sealed."""

    n: Number
    kind: Word
    sha256: Sha256
    media_type: MediaType
    size_bytes: Number
    file: Secret


class DoteAssessed(Event):
    """An assessor judged the need."""

    favourable: bool
    proposed_cents: CentsOrZero
    note: Secret | None
    policy_version: Number


class ApprovalGiven(Event):
    """One approver's vote, where the policy asks for more than one."""

    amount_cents: Cents
    payee: Secret
    note: Secret | None
    policy_version: Number


class DoteApproved(Event):
    """The last vote: the amount is reserved on its budget line.

    `household_before_cents`, `household_after_cents`: what the household has been granted over
    the twelve months before, without and with this dote. `before`, `after`: the budget line.
    `approvers`: everybody who voted, this one last.
    """

    line: BudgetLine
    household_id: UUID
    amount_cents: Cents
    payee: Secret
    note: Secret | None
    approvers: tuple[UUID, ...]
    policy_version: Number
    household_before_cents: CentsOrZero
    household_after_cents: CentsOrZero
    before: LinePosition
    after: LinePosition


class DoteRejected(Event):
    """The dote is refused, with a reason."""

    reason: Secret
    note: Secret | None
    policy_version: Number


class DoteWithdrawn(Event):
    """The applicant gives up before any money is out. `released_cents` becomes available again."""

    line: BudgetLine
    household_id: UUID
    released_cents: CentsOrZero
    reason: Secret
    note: Secret | None


class DoteRevoked(Event):
    """The programme takes back what was not paid yet."""

    line: BudgetLine
    household_id: UUID
    released_cents: CentsOrZero
    reason: Secret
    note: Secret | None


class DoteDisbursed(Event):
    """Money is out: tranche `n`. `last`: with it the whole dote is paid."""

    line: BudgetLine
    n: Number
    amount_cents: Cents
    value_date: date
    method: Word
    reference: Secret | None
    last: bool


class DisbursementReturned(Event):
    """Tranche `n` bounced. The money is committed again, or available again on a revoked dote."""

    line: BudgetLine
    household_id: UUID
    n: Number
    amount_cents: Cents
    value_date: date
    restores: Literal["committed", "available"]
    reason: Secret


class RefundReceived(Event):
    """The payee gave money back; it is available again on the budget line."""

    line: BudgetLine
    household_id: UUID
    amount_cents: Cents
    value_date: date
    source: Secret


class ReceiptSubmitted(Event):
    """A receipt for money paid. `details`: its issuer and file name, sealed."""

    n: Number
    kind: Word
    number: Label
    date: date
    amount_cents: Cents
    sha256: Sha256
    media_type: MediaType
    size_bytes: Number
    details: Secret


class ReceiptAccepted(Event):
    """The receipt documents its amount."""

    line: BudgetLine
    n: Number
    amount_cents: Cents
    reason: Secret | None


class ReceiptDisallowed(Event):
    """The funder's rules do not admit the expense; final."""

    line: BudgetLine
    n: Number
    amount_cents: Cents
    reason: Secret


class DoteAccountedFor(Event):
    """Every cent paid is documented, refunded or disallowed."""

    disbursed_cents: Cents
    documented_cents: CentsOrZero
    refunded_cents: CentsOrZero
    disallowed_cents: CentsOrZero
    note: Secret | None


DoteEvent = (
    DoteRequested
    | DocumentAttached
    | DoteAssessed
    | ApprovalGiven
    | DoteApproved
    | DoteRejected
    | DoteWithdrawn
    | DoteRevoked
    | DoteDisbursed
    | DisbursementReturned
    | RefundReceived
    | ReceiptSubmitted
    | ReceiptAccepted
    | ReceiptDisallowed
    | DoteAccountedFor
)
