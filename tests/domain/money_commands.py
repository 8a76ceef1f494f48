"""The commands that pay a dote, take money back and document it, as functions of the dote."""

from datetime import date
from typing import Unpack
from uuid import UUID

from domain import paying, receipts, undoing
from domain.actors import Actor
from domain.dote import Dote
from domain.dote_parts import File
from domain.events.base import Event
from domain.lifecycle import Action
from domain.receipts import Given
from tests.domain.commands import (
    Command,
)
from tests.spec import (
    BATCH,
    COORDINATOR,
    FINANCE,
    OPERATOR,
    TODAY,
    About,
    a_case,
    a_file,
    signed,
)


def disburse(
    amount_cents: int = 30_000,
    *,
    value_date: date = TODAY,
    method: str = "bank transfer",
    reference: str | None = None,
    undo: int | None = None,
    by: Actor = FINANCE,
    **about: Unpack[About],
) -> Command:
    """Pay a tranche, or say that the tranche `undo` did not bounce."""

    def give(dote: Dote) -> Event:
        by_whom = signed(a_case(dote, **about), Action.DISBURSE, by)
        if undo is not None:
            return undoing.undo_return(dote, by_whom, undo)
        return paying.disburse(dote, by_whom, amount_cents, value_date, method, reference)

    return give


def order(
    amount_cents: int | None = None,
    *,
    on: date = TODAY,
    by: Actor = FINANCE,
    **about: Unpack[About],
) -> Command:
    """Put a payment into a batch."""
    return lambda dote: paying.order(
        dote, signed(a_case(dote, **about), Action.ORDER_PAYMENT, by), amount_cents, on, BATCH
    )


def let_go(n: int = 1, *, by: Actor = COORDINATOR, **about: Unpack[About]) -> Command:
    """Authorise a payment."""
    return lambda dote: paying.authorise(
        dote, signed(a_case(dote, **about), Action.AUTHORISE_PAYMENT, by), n
    )


def cancel(n: int = 1, *, by: Actor = FINANCE, **about: Unpack[About]) -> Command:
    """Cancel a payment."""
    return lambda dote: paying.cancel(
        dote, signed(a_case(dote, **about), Action.CANCEL_PAYMENT, by), n
    )


def execute(
    n: int = 1,
    *,
    value_date: date = TODAY,
    reference: str | None = None,
    proof: UUID | None = None,
    by: Actor = FINANCE,
    **about: Unpack[About],
) -> Command:
    """Record that a payment went out."""
    return lambda dote: paying.execute(
        dote,
        signed(a_case(dote, **about), Action.DISBURSE, by),
        n,
        value_date,
        "bank_transfer",
        reference=reference,
        proof=proof,
    )


def take_back(
    n: int = 1,
    *,
    value_date: date = TODAY,
    reason: str = "account closed",
    undo: bool = False,
    by: Actor = FINANCE,
    **about: Unpack[About],
) -> Command:
    """Record that a tranche bounced, or (`undo`) that it was never paid."""

    def give(dote: Dote) -> Event:
        by_whom = signed(a_case(dote, **about), Action.RETURN_DISBURSEMENT, by)
        if undo:
            return undoing.undo_disbursement(dote, by_whom, n)
        return dote.return_disbursement(by_whom, n, value_date, reason)

    return give


def refund(
    amount_cents: int = 1,
    *,
    value_date: date = TODAY,
    source: str = "the landlord",
    undo: bool = False,
    by: Actor = FINANCE,
    **about: Unpack[About],
) -> Command:
    """Record money that the payee gave back, or (`undo`) that it is somebody else's."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        by_whom = signed(case, Action.RECORD_REFUND, by)
        if undo:
            position = case.position
            assert position is not None
            return undoing.undo_refund(dote, by_whom, amount_cents, position)
        return dote.record_refund(by_whom, amount_cents, value_date, source)

    return give


def submit(
    amount_cents: int = 30_000,
    *,
    kind: str = "invoice",
    number: str = "R9",
    on: date = TODAY,
    file: File | None = None,
    paper_cents: int | None = None,
    by: Actor = OPERATOR,
    **about: Unpack[About],
) -> Command:
    """Hand in a receipt."""
    given = Given(
        kind=kind,
        number=number,
        on=on,
        issuer="the landlord",
        amount_cents=amount_cents,
        file=file or a_file(9),
        paper_cents=paper_cents,
    )
    return lambda dote: receipts.submit_receipt(
        dote, signed(a_case(dote, **about), Action.SUBMIT_RECEIPT, by), given
    )


def accept(
    n: int = 1, reason: str | None = None, *, by: Actor = FINANCE, **about: Unpack[About]
) -> Command:
    """Let a receipt count."""
    return lambda dote: receipts.accept_receipt(
        dote, signed(a_case(dote, **about), Action.ACCEPT_RECEIPT, by), n, reason
    )


def disallow(
    n: int = 1, reason: str = "not in the rules", *, by: Actor = FINANCE, **about: Unpack[About]
) -> Command:
    """Do not admit an expense."""
    return lambda dote: receipts.disallow_receipt(
        dote, signed(a_case(dote, **about), Action.DISALLOW_RECEIPT, by), n, reason
    )


def account_for(note: str | None = None, *, by: Actor = FINANCE, **about: Unpack[About]) -> Command:
    """Close the file."""
    return lambda dote: dote.account_for(
        signed(a_case(dote, **about), Action.ACCOUNT_FOR, by), note
    )
