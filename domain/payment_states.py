"""The states of payments and of their batches."""

from enum import StrEnum


class PaymentState(StrEnum):
    """Due until somebody orders it, then in a batch; authorised by a second person; executed once
    it went out, returned if it came back; or cancelled."""

    DUE = "due"
    ORDERED = "ordered"
    AUTHORISED = "authorised"
    CANCELLED = "cancelled"
    EXECUTED = "executed"
    RETURNED = "returned"


ON_THEIR_WAY = (PaymentState.ORDERED, PaymentState.AUTHORISED)
"""In a batch, and may still go out."""


class StateOfBatch(StrEnum):
    """Prepared by one person, authorised by another, or cancelled."""

    PREPARED = "prepared"
    AUTHORISED = "authorised"
    CANCELLED = "cancelled"
