"""The cash side of the ledger: what stands at the bank, and what it is for.

The budget's ledger (`domain.ledger`) says what of each line is free, promised and paid; this one
says where the money is. Each sums to zero by itself, and so do both together: that is the trial
balance. Accounts of here are the programme's own, and can stand below zero.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import get_args

from domain.events import bank, dote, programme
from domain.events.bank import MatchKind
from domain.events.base import Event
from domain.ledger import NO_POSTINGS


class CashAccount(StrEnum):
    """What an account of the cash side holds.

    `bank`: what the bank's lines come to. `opening`: what stood there before the first of them.
    `suspense`: lines of which nobody has said what they are. `in_transit`: what is said to be paid
    (or to have come back) and no line has shown yet, or the reverse. `outlays`: doti paid, less
    what came back. `fees`: what the bank took. `received`: what funders sent.
    """

    BANK = "bank"
    IN_TRANSIT = "in_transit"
    SUSPENSE = "suspense"
    OUTLAYS = "outlays"
    FEES = "fees"
    RECEIVED = "received"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class CashPosting:
    """`cents` more on an account of the cash side."""

    account: CashAccount
    cents: int


_BUDGET_ONLY: frozenset[type[Event]] = frozenset(
    {
        programme.FundingGranted,
        programme.BudgetAllocated,
        programme.BudgetTransferred,
        dote.DoteApproved,
        dote.DoteWithdrawn,
        dote.DoteRevoked,
        dote.ReceiptAccepted,
        dote.ReceiptDisallowed,
    }
)
"""What is promised, moved or documented is not what is paid."""

NO_CASH: frozenset[type[Event]] = (
    (NO_POSTINGS - frozenset(get_args(bank.BankEvent)))
    | _BUDGET_ONLY
    | {bank.LineSetAside, bank.LineErased}
)
"""Events that move nothing at the bank; every other one must be in `cash_postings`."""

_AGAINST = {
    MatchKind.PAYMENT: CashAccount.IN_TRANSIT,
    MatchKind.RETURN: CashAccount.IN_TRANSIT,
    MatchKind.REFUND: CashAccount.IN_TRANSIT,
    MatchKind.FEE: CashAccount.FEES,
    MatchKind.FUNDING: CashAccount.RECEIVED,
}
"""What a line of the bank turns out to be, and where it goes from suspense."""


def cash_postings(event: Event) -> tuple[CashPosting, ...]:
    """What the event moves on the cash side: postings that sum to zero."""
    match event:
        case bank.StatementImported():
            return _move(CashAccount.OPENING, CashAccount.BANK, event.opening_change_cents)
        case bank.BankLineImported():
            return _move(CashAccount.SUSPENSE, CashAccount.BANK, event.amount_cents)
        case bank.LineMatched():
            return _move(_AGAINST[event.kind], CashAccount.SUSPENSE, event.amount_cents)
        case bank.LineUnmatched():
            return _move(CashAccount.SUSPENSE, _AGAINST[event.kind], event.amount_cents)
        case dote.DoteDisbursed() | dote.ReturnUndone() | dote.RefundUndone():
            return _move(CashAccount.IN_TRANSIT, CashAccount.OUTLAYS, event.amount_cents)
        case dote.DisbursementReturned() | dote.DisbursementUndone() | dote.RefundReceived():
            return _move(CashAccount.OUTLAYS, CashAccount.IN_TRANSIT, event.amount_cents)
        case _ if type(event) in NO_CASH:
            return ()
        case _:
            raise TypeError(f"the cash side does not know {type(event).__name__}")


def _move(source: CashAccount, target: CashAccount, cents: int) -> tuple[CashPosting, ...]:
    if cents == 0:
        return ()
    return CashPosting(source, -cents), CashPosting(target, cents)
