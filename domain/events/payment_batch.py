"""Events of a payment batch (distinta): what goes to the bank, or to the till, in one go."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.events.base import Event
from domain.events.dote_values import Number, Sha256
from domain.money import Cents
from domain.privacy import Secret
from domain.text import Label

MOST_PAYMENTS = 500
"""So many payments a batch holds at most: it is decided as one command."""


class Method(StrEnum):
    """How a batch is paid. Only transfers go to a bank as a file."""

    BANK_TRANSFER = "bank_transfer"
    VOUCHER = "voucher"
    PREPAID_CARD = "prepaid_card"
    DIRECT_PURCHASE = "direct_purchase"
    CASH_DESK = "cash_desk"


class BatchPayment(BaseModel):
    """One payment in a batch: the n-th of a dote."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dote_id: UUID
    n: Number
    amount_cents: Cents


Payments = Annotated[tuple[BatchPayment, ...], Field(min_length=1, max_length=MOST_PAYMENTS)]


class BatchPrepared(Event):
    """Payments are put together. `number`: as people call it."""

    number: Label
    method: Method
    execution_date: date
    payments: Payments
    total_cents: Cents


class BatchAuthorised(Event):
    """A second person lets it go out."""


class BatchExported(Event):
    """A file was made of it. `sha256`: of the file, as it was handed out."""

    format: Annotated[str, Field(pattern=r"^[a-z0-9.]{1,40}$")]
    sha256: Sha256


class BatchCancelled(Event):
    """What of it has not gone out does not: those payments are free to be ordered anew.

    `reason`: sealed under the key of the account that says it.
    """

    reason: Secret


PaymentBatchEvent = BatchPrepared | BatchAuthorised | BatchExported | BatchCancelled
