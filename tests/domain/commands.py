"""The commands on a dote as functions of the dote: who may not give one is refused first."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Unpack
from uuid import UUID

from domain import deadlines, deciding, paying, receipts, undoing
from domain.actors import SYSTEM, Actor
from domain.dote import Dote
from domain.dote_parts import File
from domain.events.base import Event
from domain.events.dote_values import Tranches
from domain.lifecycle import Action
from domain.privacy import Private
from domain.receipts import Given
from domain.turns import waiting_for
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    BATCH,
    COORDINATOR,
    FINANCE,
    IN_TWO_WEEKS,
    OPERATOR,
    TODAY,
    About,
    a_case,
    a_file,
    signed,
)

Command = Callable[[Dote], Event]


def attach(
    kind: str = "contract",
    *,
    file: File | None = None,
    valid_until: date | None = None,
    by: Actor = OPERATOR,
    **about: Unpack[About],
) -> Command:
    """A paper joins the file."""
    return lambda dote: dote.attach_document(
        signed(a_case(dote, **about), Action.ATTACH_DOCUMENT, by),
        kind,
        file or a_file(),
        valid_until,
    )


def ask_for_papers(
    *kinds: str,
    what: str = "the signed contract",
    due: date = IN_TWO_WEEKS,
    by: Actor = ASSESSOR,
    **about: Unpack[About],
) -> Command:
    """Papers are missing."""
    return lambda dote: dote.request_documents(
        signed(a_case(dote, **about), Action.REQUEST_DOCUMENTS, by),
        kinds or ("contract",),
        what,
        due,
    )


def provide_papers(
    note: str | None = None, *, by: Actor = OPERATOR, **about: Unpack[About]
) -> Command:
    """The desk answers."""
    return lambda dote: dote.provide_documents(
        signed(a_case(dote, **about), Action.PROVIDE_DOCUMENTS, by), note
    )


def assess(
    proposed_cents: int | None = 30_000,
    *,
    favourable: bool = True,
    note: str | None = None,
    by: Actor = ASSESSOR,
    **about: Unpack[About],
) -> Command:
    """Judge need and amount."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        return deciding.assess(
            case,
            signed(case, Action.ASSESS, by, proposed_cents),
            favourable=favourable,
            proposed_cents=proposed_cents,
            note=note,
        )

    return give


def override_cap(
    amount_cents: int = 30_000,
    reason: str = "five small children",
    *,
    by: Actor = COORDINATOR,
    **about: Unpack[About],
) -> Command:
    """Let the dote go over the household's caps."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        stamp = signed(case, Action.OVERRIDE_CAP, by, amount_cents)
        return deciding.override_cap(case, stamp, amount_cents, reason)

    return give


def approve(
    amount_cents: int = 30_000,
    *,
    same_payee: bool = True,
    tranches: Tranches = (),
    note: str | None = None,
    by: Actor = APPROVER,
    **about: Unpack[About],
) -> Command:
    """Vote for the dote."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        return deciding.approve(
            case,
            signed(case, Action.APPROVE, by, amount_cents),
            amount_cents,
            Private(dote.household_id, "the landlord"),
            same_payee=same_payee,
            tranches=tranches,
            note=note,
        )

    return give


def ratify(
    *,
    ratified: bool = True,
    note: str | None = None,
    by: Actor = APPROVER_2,
    **about: Unpack[About],
) -> Command:
    """Look at what was approved in urgency."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        return deciding.ratify(case, signed(case, Action.RATIFY, by), ratified=ratified, note=note)

    return give


def lodge_appeal(
    reason: str = "the debt has doubled", *, by: Actor = OPERATOR, **about: Unpack[About]
) -> Command:
    """Ask for a second look."""
    return lambda dote: dote.lodge_appeal(
        signed(a_case(dote, **about), Action.LODGE_APPEAL, by), reason
    )


def decide_appeal(
    *,
    accepted: bool = True,
    reason: str = "the debt is proven",
    by: Actor = COORDINATOR,
    **about: Unpack[About],
) -> Command:
    """Take the second look."""
    return lambda dote: dote.decide_appeal(
        signed(a_case(dote, **about), Action.DECIDE_APPEAL, by), accepted=accepted, reason=reason
    )


def tell(action: Action = Action.REMIND, *, by: Actor = SYSTEM, **about: Unpack[About]) -> Command:
    """Tell what a deadline makes due."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        return deadlines.tell(case, signed(case, action, by), waiting_for(case))

    return give


def reject(
    reason: str = "no need",
    note: str | None = None,
    *,
    by: Actor = APPROVER,
    **about: Unpack[About],
) -> Command:
    """Refuse the dote."""
    return lambda dote: dote.reject(signed(a_case(dote, **about), Action.REJECT, by), reason, note)


def withdraw(
    reason: str = "solved otherwise",
    note: str | None = None,
    *,
    by: Actor = OPERATOR,
    **about: Unpack[About],
) -> Command:
    """Give up."""
    return lambda dote: dote.withdraw(
        signed(a_case(dote, **about), Action.WITHDRAW, by), reason, note
    )


def revoke(
    reason: str = "moved away",
    note: str | None = None,
    *,
    by: Actor = COORDINATOR,
    **about: Unpack[About],
) -> Command:
    """Take back what is not paid."""
    return lambda dote: dote.revoke(signed(a_case(dote, **about), Action.REVOKE, by), reason, note)


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


COMMANDS: dict[Action, Callable[..., Command]] = {
    Action.ATTACH_DOCUMENT: attach,
    Action.REQUEST_DOCUMENTS: ask_for_papers,
    Action.PROVIDE_DOCUMENTS: provide_papers,
    Action.ASSESS: assess,
    Action.OVERRIDE_CAP: override_cap,
    Action.APPROVE: approve,
    Action.RATIFY: ratify,
    Action.REJECT: reject,
    Action.LODGE_APPEAL: lodge_appeal,
    Action.DECIDE_APPEAL: decide_appeal,
    Action.WITHDRAW: withdraw,
    Action.REVOKE: revoke,
    Action.ORDER_PAYMENT: order,
    Action.AUTHORISE_PAYMENT: let_go,
    Action.CANCEL_PAYMENT: cancel,
    Action.DISBURSE: disburse,
    Action.RETURN_DISBURSEMENT: take_back,
    Action.RECORD_REFUND: refund,
    Action.SUBMIT_RECEIPT: submit,
    Action.ACCEPT_RECEIPT: accept,
    Action.DISALLOW_RECEIPT: disallow,
    Action.ACCOUNT_FOR: account_for,
    Action.REMIND: tell,
    Action.ESCALATE: partial(tell, Action.ESCALATE),
}
"""One command an action, by the person whose step it is."""
