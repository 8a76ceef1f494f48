"""What the API answers about payments, their batches and who is paid."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from api.v1.answer import Answer
from domain import payee_rights
from domain.events.payment_batch import Method
from domain.payment_states import PaymentState, StateOfBatch

Warning_ = Literal["frozen", "no_iban", "iban_of_another", "another_iban"]
"""What to look at before paying: another IBAN waits to be confirmed; none is known; it stands
under another name too; the same name was paid to another one."""


class PaidTo(Answer):
    """Who is paid; `name` is null where the household itself is. `has_account`: whether there is
    more of them at `/payees/{id}`."""

    id: UUID
    household: bool
    has_account: bool
    name: str | None
    iban: str | None
    warnings: list[Warning_]


class Payment(Answer):
    """A payment. `id` is what the bank is told (EndToEndId). Of what is `due` nobody has ordered
    anything yet: its number is the one that it would get. `due_on`: null: at once."""

    id: str
    dote_id: UUID
    number: str
    n: int
    state: PaymentState
    partner: str
    category: str
    item: str
    amount_cents: int
    payee: PaidTo
    batch_id: UUID | None
    batch_number: str | None
    due_on: date | None
    executed_on: date | None


class PaymentPage(Answer):
    """Payments in the order of their ids."""

    items: list[Payment]
    next_cursor: str | None


class Export(Answer):
    """A file that was made of a batch, with its SHA-256."""

    at: datetime
    format: str
    sha256: str


class BatchSummary(Answer):
    """A batch as lists show it; `executed`: how many of its payments went out."""

    id: UUID
    number: str
    version: int
    state: StateOfBatch
    method: Method
    execution_date: date
    total_cents: int
    payments_count: int
    executed: int
    prepared_at: datetime
    prepared_by: UUID
    authorised_at: datetime | None
    authorised_by: UUID | None


class BatchPage(Answer):
    """Batches, the newest first."""

    items: list[BatchSummary]
    next_cursor: str | None


class BatchAction(Answer):
    """Whether the caller may do something to the batch now, and why not."""

    action: Literal["authorise", "cancel", "export", "execute"]
    allowed: bool
    reason: str | None


class Batch(BatchSummary):
    """A batch with its payments, its files, and what may be done to it."""

    payments: list[Payment]
    exports: list[Export]
    cancelled_reason: str | None
    available_actions: list[BatchAction]


class SameIban(Answer):
    """Somebody else who is paid to the same IBAN."""

    id: UUID
    name: str | None


class PayeeAction(Answer):
    """Something that can be done about a payee's IBAN, or why not."""

    action: payee_rights.PayeeAction
    allowed: bool
    reason: str | None


class PayeeAccount(Answer):
    """A payee's account. `waiting_iban`: another one that nobody has confirmed yet; as long as
    there is one, nothing is paid to them. `changed_by` told it, `changed_at`. `since`: when the one
    that holds was told or confirmed. `same_iban`, `waiting_same_iban`: who else is paid to it."""

    id: UUID
    version: int
    name: str | None
    iban: str | None
    bic: str | None
    frozen: bool
    waiting_name: str | None
    waiting_iban: str | None
    waiting_bic: str | None
    changed_by: UUID | None
    changed_at: datetime | None
    since: datetime
    same_iban: list[SameIban]
    waiting_same_iban: list[SameIban]
    available_actions: list[PayeeAction]
