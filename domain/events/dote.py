"""Events of a dote. Amounts are cents; `line` names the budget line wherever money moves."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from domain.actors import Role
from domain.events.base import Event
from domain.events.dote_values import LinePosition, MediaType, Number, Sha256, Tranches
from domain.events.programme import BudgetLine
from domain.lifecycle import Stage
from domain.money import Cents, CentsOrZero
from domain.privacy import Secret
from domain.text import Code, Label, Word


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
    """A paper joins the case file. `file`: its name, sealed. `valid_until`: its last good day."""

    class_version: ClassVar[int] = 2

    n: Number
    kind: Word
    sha256: Sha256
    media_type: MediaType
    size_bytes: Number
    file: Secret
    valid_until: date | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Papers were good for ever."""
        state["valid_until"] = None


class DocumentsRequested(Event):
    """Papers are missing. `kinds`: which; `what`: in words; `due`: until which day."""

    kinds: Annotated[tuple[Word, ...], Field(max_length=20)]
    what: Secret
    due: date


class DocumentsProvided(Event):
    """The desk answered; the dote goes on where it was when the papers were asked for."""

    note: Secret | None


class DoteAssessed(Event):
    """An assessor judged the need."""

    favourable: bool
    proposed_cents: CentsOrZero
    note: Secret | None
    policy_version: Number


class CapOverridden(Event):
    """The coordinator lets this dote, up to an amount, go over what the household may be granted.

    `household_cents`: what it had been granted over the twelve months before.
    """

    household_id: UUID
    amount_cents: Cents
    household_cents: CentsOrZero
    reason: Secret
    policy_version: Number


class ApprovalGiven(Event):
    """One vote, where the policy asks for more than one. `tranches` empty: paid as it comes."""

    class_version: ClassVar[int] = 2

    amount_cents: Cents
    payee: Secret
    tranches: Tranches
    note: Secret | None
    policy_version: Number

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """There were no planned tranches."""
        state["tranches"] = []


class DoteApproved(Event):
    """The last vote: the amount is reserved on its budget line.

    `household_before_cents`, `household_after_cents`: what the household has been granted over
    the twelve months before, without and with this dote. `before`, `after`: the budget line.
    `approvers`: everybody who voted, this one last. `tranches`: when which part is to be paid;
    empty: paid as it comes. `to_ratify`: it went the urgent path and somebody else must ratify.
    """

    class_version: ClassVar[int] = 2

    line: BudgetLine
    household_id: UUID
    amount_cents: Cents
    payee: Secret
    tranches: Tranches
    to_ratify: bool
    note: Secret | None
    approvers: tuple[UUID, ...]
    policy_version: Number
    household_before_cents: CentsOrZero
    household_after_cents: CentsOrZero
    before: LinePosition
    after: LinePosition

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """There were neither planned tranches nor an urgent path."""
        state |= {"tranches": [], "to_ratify": False}


class RatificationRecorded(Event):
    """Somebody else confirmed, or did not confirm, what was decided by the urgent path."""

    ratified: bool
    note: Secret | None
    policy_version: Number


class DoteRejected(Event):
    """The dote is refused, with a reason."""

    reason: Secret
    note: Secret | None
    policy_version: Number


class AppealLodged(Event):
    """The household asks for a second look at the rejection."""

    reason: Secret


class AppealDecided(Event):
    """The second look, by somebody else. `resumes`: where the dote goes on if it was accepted."""

    accepted: bool
    resumes: Literal["requested", "assessed"] | None
    reason: Secret
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


class PaymentOrdered(Event):
    """A part of what was approved is to be paid: it stands in a batch.

    `n`: the dote's n-th payment, for ever: `<number>-<n>` is what the bank is told. `payee_id`: who
    is paid, the household itself or the stream of a payee.
    """

    line: BudgetLine
    n: Number
    amount_cents: Cents
    batch_id: UUID
    payee_id: UUID


class PaymentAuthorised(Event):
    """A second person let payment `n` go out, with its batch."""

    n: Number
    batch_id: UUID


class PaymentCancelled(Event):
    """Payment `n` does not go out: its money is to be ordered anew, as another payment."""

    line: BudgetLine
    n: Number
    amount_cents: Cents
    batch_id: UUID


class DoteDisbursed(Event):
    """Money is out: tranche `n`. `last`: with it the whole dote is paid.

    `payment_n`: the payment that it carries out, None where nothing was ordered. `proof`: the line
    of the bank that says so, None where a person says it.
    """

    class_version: ClassVar[int] = 2

    line: BudgetLine
    n: Number
    amount_cents: Cents
    value_date: date
    method: Word
    reference: Secret | None
    last: bool
    payment_n: Number | None = None
    proof: UUID | None = None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Nothing was ordered, and no bank was asked."""
        state |= {"payment_n": None, "proof": None}


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


class DisbursementUndone(Event):
    """Tranche `n` was never paid: the bank's line that proved it is another's. The money is where
    it was before: committed, or available where the dote was revoked since."""

    line: BudgetLine
    household_id: UUID
    n: Number
    amount_cents: Cents
    restores: Literal["committed", "available"]


class ReturnUndone(Event):
    """Tranche `n` did not bounce: the bank's line that said so is another's. `last`: with it the
    whole dote is paid again."""

    line: BudgetLine
    n: Number
    amount_cents: Cents
    last: bool


class RefundUndone(Event):
    """Money that was taken for the payee's is somebody else's: it is disbursed as before."""

    line: BudgetLine
    household_id: UUID
    amount_cents: Cents


class ReceiptSubmitted(Event):
    """A receipt for money paid. `details`: its issuer and file name, sealed.

    `paper_cents`: what the whole paper comes to, where only `amount_cents` of it are this dote's
    and other doti have their shares.
    """

    class_version: ClassVar[int] = 2

    n: Number
    kind: Word
    number: Label
    date: date
    amount_cents: Cents
    sha256: Sha256
    media_type: MediaType
    size_bytes: Number
    details: Secret
    paper_cents: Cents | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """A paper was one dote's alone."""
        state["paper_cents"] = None


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


class DeadlineReminded(Event):
    """A stage takes too long: those whose turn it is were reminded, for the `n`th time.

    `since`: when the stage began; `due`: when it should have ended.
    """

    stage: Stage
    since: AwareDatetime
    due: AwareDatetime
    n: Number
    roles: tuple[Role, ...]


class DeadlineEscalated(Event):
    """A stage takes far too long: the coordinator was told."""

    stage: Stage
    since: AwareDatetime
    due: AwareDatetime
    roles: tuple[Role, ...]


DoteEvent = (
    DoteRequested
    | DocumentAttached
    | DocumentsRequested
    | DocumentsProvided
    | DoteAssessed
    | CapOverridden
    | ApprovalGiven
    | DoteApproved
    | RatificationRecorded
    | DoteRejected
    | AppealLodged
    | AppealDecided
    | DoteWithdrawn
    | DoteRevoked
    | PaymentOrdered
    | PaymentAuthorised
    | PaymentCancelled
    | DoteDisbursed
    | DisbursementReturned
    | RefundReceived
    | DisbursementUndone
    | ReturnUndone
    | RefundUndone
    | ReceiptSubmitted
    | ReceiptAccepted
    | ReceiptDisallowed
    | DoteAccountedFor
    | DeadlineReminded
    | DeadlineEscalated
)
