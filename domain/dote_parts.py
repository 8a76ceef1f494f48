"""What a dote's file is made of: votes, tranches, receipts, papers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from domain.actors import Role, Signature
from domain.lifecycle import Stage, State
from domain.payment_states import ON_THEIR_WAY, PaymentState
from domain.privacy import Secret


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote, and who gave it."""

    by: Signature
    amount_cents: int


@dataclass(frozen=True, slots=True)
class PapersAsked:
    """Papers that were asked for and have not come: which, until when, and where it goes on.

    `stage_since`: when the stage began that they interrupt.
    """

    kinds: tuple[str, ...]
    due: date
    at: datetime
    resumes: State
    stage_since: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """A second look at a rejection; `accepted` None: not decided yet."""

    lodged_at: datetime
    accepted: bool | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A reminder (`to` None), or the word to the coordinator, about a stage begun `since`."""

    stage: Stage
    since: datetime
    at: datetime
    to: Role | None = None


@dataclass(frozen=True, slots=True)
class Disbursement:
    """A tranche that went out; `state` is executed, returned, or undone (it never went out).

    `payment_n`: the payment that it carried out, if one was ordered; `proof`: the bank's line.
    """

    n: int
    amount_cents: int
    value_date: date
    method: str
    state: str
    payment_n: int | None = None
    proof: UUID | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """An order to pay, which is never merely due."""

    n: int
    amount_cents: int
    batch_id: UUID
    payee_id: UUID
    state: PaymentState = PaymentState.ORDERED

    @property
    def is_live(self) -> bool:
        """Whether it may still go out."""
        return self.state in ON_THEIR_WAY


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt; `state` is submitted, accepted or disallowed. `paper_cents`: what the whole paper
    comes to, where this dote has only a share of it."""

    n: int
    kind: str
    number: str
    date: date
    amount_cents: int
    sha256: str
    media_type: str
    state: str
    paper_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A paper of the case file."""

    n: int
    kind: str
    sha256: str
    media_type: str
    size_bytes: int
    file: Secret
    valid_until: date | None = None

    def is_good(self, day: date) -> bool:
        """Whether it still counts on a day."""
        return self.valid_until is None or day <= self.valid_until


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file that the file store already holds."""

    sha256: str
    media_type: str
    size_bytes: int
    name: str = field(repr=False)

    def measures(self) -> dict[str, object]:
        """What of it stands readable in an event."""
        return {
            "sha256": self.sha256,
            "media_type": self.media_type,
            "size_bytes": self.size_bytes,
        }
