"""The budget's ledger: a pure function from an event to balanced postings; nothing else moves it.

What stands at the bank is the other half: `domain.cash`.

A posting adds its cents (which may be negative) to one account; the postings of an event sum to
zero. Each budget line has five accounts, the programme has two: `funding`, which goes below zero
by what funders granted, and `unallocated`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import get_args
from uuid import UUID

from domain.events import dote, programme, redaction, rendiconto
from domain.events.account import AccountEvent
from domain.events.bank import BankEvent
from domain.events.base import Event
from domain.events.dote_values import LinePosition
from domain.events.household import HouseholdEvent
from domain.events.payee import PayeeEvent
from domain.events.payment_batch import PaymentBatchEvent
from domain.events.programme import BudgetLine


class Account(StrEnum):
    """What an account holds."""

    FUNDING = "funding"
    UNALLOCATED = "unallocated"
    AVAILABLE = "available"
    COMMITTED = "committed"
    DISBURSED = "disbursed"
    DOCUMENTED = "documented"
    DISALLOWED = "disallowed"


LINE_ACCOUNTS = (
    Account.AVAILABLE,
    Account.COMMITTED,
    Account.DISBURSED,
    Account.DOCUMENTED,
    Account.DISALLOWED,
)
"""The accounts of a budget line; together they are what was allocated to it."""

PROGRAMME_ACCOUNTS = (Account.FUNDING, Account.UNALLOCATED)
"""The programme's own accounts."""


@dataclass(frozen=True, slots=True)
class Posting:
    """`cents` more on an account. `line` is None for the programme's own accounts."""

    line: BudgetLine | None
    account: Account
    cents: int


NO_POSTINGS: frozenset[type[Event]] = frozenset(
    {
        programme.ProgrammeOpened,
        programme.PartnerJoined,
        programme.DeskOpened,
        programme.CategoryDefined,
        programme.ItemDefined,
        programme.PolicyAdopted,
        programme.RetentionAdopted,
        programme.BankAccountOpened,
        programme.BankColumnsSaved,
        programme.BankColumnsRemoved,
        programme.PeriodCloseAsked,
        programme.PeriodClosed,
        programme.PeriodReopenAsked,
        programme.PeriodReopened,
        programme.FunderRulesAdopted,
        rendiconto.RendicontoFrozen,
        rendiconto.RendicontoWithdrawn,
        redaction.PaperRedacted,
        dote.DoteRequested,
        dote.DocumentAttached,
        dote.DocumentsRequested,
        dote.DocumentsProvided,
        dote.DoteAssessed,
        dote.CapOverridden,
        dote.ApprovalGiven,
        dote.RatificationRecorded,
        dote.DoteRejected,
        dote.AppealLodged,
        dote.AppealDecided,
        dote.PaymentOrdered,
        dote.PaymentAuthorised,
        dote.PaymentCancelled,
        dote.ReceiptSubmitted,
        dote.DoteAccountedFor,
        dote.DeadlineReminded,
        dote.DeadlineEscalated,
        *get_args(BankEvent),
        *get_args(HouseholdEvent),
        *get_args(PayeeEvent),
        *get_args(PaymentBatchEvent),
        *get_args(AccountEvent),
    }
)
"""Events that move no budget; every other one must be in `postings`."""


def postings(event: Event) -> tuple[Posting, ...]:
    """What the event moves: postings that sum to zero."""
    match event:
        case programme.FundingGranted():
            return _programme_to(None, Account.UNALLOCATED, event.amount_cents, Account.FUNDING)
        case programme.BudgetAllocated():
            return _programme_to(
                event.line, Account.AVAILABLE, event.amount_cents, Account.UNALLOCATED
            )
        case programme.BudgetTransferred():
            return (
                Posting(event.source, Account.AVAILABLE, -event.amount_cents),
                Posting(event.target, Account.AVAILABLE, event.amount_cents),
            )
        case dote.DoteApproved():
            return _within(event.line, Account.AVAILABLE, Account.COMMITTED, event.amount_cents)
        case dote.DoteWithdrawn() | dote.DoteRevoked():
            return _within(event.line, Account.COMMITTED, Account.AVAILABLE, event.released_cents)
        case dote.DoteDisbursed():
            return _within(event.line, Account.COMMITTED, Account.DISBURSED, event.amount_cents)
        case dote.ReturnUndone():
            return _within(event.line, Account.COMMITTED, Account.DISBURSED, event.amount_cents)
        case dote.RefundUndone():
            return _within(event.line, Account.AVAILABLE, Account.DISBURSED, event.amount_cents)
        case dote.DisbursementReturned() | dote.DisbursementUndone():
            return _within(
                event.line, Account.DISBURSED, Account(event.restores), event.amount_cents
            )
        case dote.RefundReceived():
            return _within(event.line, Account.DISBURSED, Account.AVAILABLE, event.amount_cents)
        case dote.ReceiptAccepted():
            return _within(event.line, Account.DISBURSED, Account.DOCUMENTED, event.amount_cents)
        case dote.ReceiptDisallowed():
            return _within(event.line, Account.DISBURSED, Account.DISALLOWED, event.amount_cents)
        case _ if type(event) in NO_POSTINGS:
            return ()
        case _:
            raise TypeError(f"the ledger does not know {type(event).__name__}")


def _within(line: BudgetLine, source: Account, target: Account, cents: int) -> tuple[Posting, ...]:
    if cents == 0:
        return ()
    return Posting(line, source, -cents), Posting(line, target, cents)


def _programme_to(
    line: BudgetLine | None, target: Account, cents: int, source: Account
) -> tuple[Posting, ...]:
    return Posting(None, source, -cents), Posting(line, target, cents)


def after(position: LinePosition, line: BudgetLine, event: Event) -> LinePosition:
    """What stands on the line after the event."""
    cents = position.model_dump()
    for posting in postings(event):
        if posting.line == line:
            cents[f"{posting.account}_cents"] += posting.cents
    return LinePosition.model_validate(cents)


@dataclass(frozen=True, slots=True)
class ExposureChange:
    """What an event adds to (or takes from) what a household is granted by one dote."""

    household_id: UUID
    dote_id: UUID
    partner: str
    category: str
    cents: int


def exposure_change(event: Event) -> ExposureChange | None:
    """How the event changes what a household has been granted, if it does."""
    match event:
        case dote.DoteApproved():
            cents = event.amount_cents
        case dote.DoteWithdrawn() | dote.DoteRevoked():
            cents = -event.released_cents
        case dote.RefundReceived():
            cents = -event.amount_cents
        case dote.RefundUndone():
            cents = event.amount_cents
        case dote.DisbursementReturned(restores="available"):
            cents = -event.amount_cents
        case dote.DisbursementUndone(restores="available"):
            cents = -event.amount_cents
        case _:
            return None
    if cents == 0:
        return None
    line = event.line
    return ExposureChange(
        event.household_id, event.originator_id, line.partner, line.category, cents
    )
