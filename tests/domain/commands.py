"""The commands on a dote as functions of the dote: who may not give one is refused first."""

from collections.abc import Callable
from datetime import date, datetime

from domain.actors import Actor
from domain.dote import Dote
from domain.dote_parts import File
from domain.events import dote as d
from domain.events.base import Event
from domain.lifecycle import Action
from domain.policy import Policy
from domain.privacy import Private
from tests.domain.facts import a_policy, position
from tests.spec import (
    APPROVER,
    ASSESSOR,
    COORDINATOR,
    FINANCE,
    NOW,
    OPERATOR,
    TODAY,
    a_file,
    signed,
)

Command = Callable[[Dote], Event]


def attach(kind: str = "contract", *, file: File | None = None, by: Actor = OPERATOR) -> Command:
    """A paper joins the file."""
    return lambda dote: dote.attach_document(
        signed(dote, Action.ATTACH_DOCUMENT, by), kind, file or a_file()
    )


def assess(
    proposed_cents: int = 30_000,
    *,
    favourable: bool = True,
    note: str | None = None,
    by: Actor = ASSESSOR,
) -> Command:
    """Judge need and amount."""
    return lambda dote: dote.assess(
        signed(dote, Action.ASSESS, by),
        favourable=favourable,
        proposed_cents=proposed_cents,
        note=note,
    )


def approve(
    amount_cents: int = 30_000,
    *,
    policy: Policy | None = None,
    same_payee: bool = True,
    note: str | None = None,
    line: d.LinePosition | None = None,
    exposure_cents: int = 0,
    by: Actor = APPROVER,
) -> Command:
    """Vote for the dote."""
    return lambda dote: dote.approve(
        signed(dote, Action.APPROVE, by),
        policy or a_policy(),
        amount_cents,
        Private(dote.household_id, "the landlord"),
        same_payee=same_payee,
        note=note,
        position=line or position(),
        exposure_cents=exposure_cents,
    )


def reject(reason: str = "no need", note: str | None = None, *, by: Actor = APPROVER) -> Command:
    """Refuse the dote."""
    return lambda dote: dote.reject(signed(dote, Action.REJECT, by), reason, note)


def withdraw(
    reason: str = "solved otherwise", note: str | None = None, *, by: Actor = OPERATOR
) -> Command:
    """Give up."""
    return lambda dote: dote.withdraw(signed(dote, Action.WITHDRAW, by), reason, note)


def revoke(
    reason: str = "moved away", note: str | None = None, *, by: Actor = COORDINATOR
) -> Command:
    """Take back what is not paid."""
    return lambda dote: dote.revoke(signed(dote, Action.REVOKE, by), reason, note)


def disburse(
    amount_cents: int = 30_000,
    *,
    value_date: date = TODAY,
    method: str = "bank transfer",
    reference: str | None = None,
    by: Actor = FINANCE,
    at: datetime = NOW,
) -> Command:
    """Pay a tranche."""
    return lambda dote: dote.disburse(
        signed(dote, Action.DISBURSE, by, at), amount_cents, value_date, method, reference
    )


def take_back(
    n: int = 1,
    *,
    value_date: date = TODAY,
    reason: str = "account closed",
    by: Actor = FINANCE,
) -> Command:
    """Record that a tranche bounced."""
    return lambda dote: dote.return_disbursement(
        signed(dote, Action.RETURN_DISBURSEMENT, by), n, value_date, reason
    )


def refund(
    amount_cents: int,
    *,
    value_date: date = TODAY,
    source: str = "the landlord",
    by: Actor = FINANCE,
) -> Command:
    """Record money that the payee gave back."""
    return lambda dote: dote.record_refund(
        signed(dote, Action.RECORD_REFUND, by), amount_cents, value_date, source
    )


def submit(
    amount_cents: int = 30_000,
    *,
    kind: str = "invoice",
    number: str = "R9",
    on: date = TODAY,
    file: File | None = None,
    by: Actor = OPERATOR,
) -> Command:
    """Hand in a receipt."""
    return lambda dote: dote.submit_receipt(
        signed(dote, Action.SUBMIT_RECEIPT, by),
        kind=kind,
        number=number,
        on=on,
        issuer="the landlord",
        amount_cents=amount_cents,
        file=file or a_file(9),
    )


def accept(n: int = 1, reason: str | None = None, *, by: Actor = FINANCE) -> Command:
    """Let a receipt count."""
    return lambda dote: dote.accept_receipt(signed(dote, Action.ACCEPT_RECEIPT, by), n, reason)


def disallow(n: int = 1, reason: str = "not in the rules", *, by: Actor = FINANCE) -> Command:
    """Do not admit an expense."""
    return lambda dote: dote.disallow_receipt(signed(dote, Action.DISALLOW_RECEIPT, by), n, reason)


def account_for(note: str | None = None, *, by: Actor = FINANCE) -> Command:
    """Close the file."""
    return lambda dote: dote.account_for(signed(dote, Action.ACCOUNT_FOR, by), note)


COMMANDS: dict[Action, Command] = {
    Action.ATTACH_DOCUMENT: attach(),
    Action.ASSESS: assess(),
    Action.APPROVE: approve(),
    Action.REJECT: reject(),
    Action.WITHDRAW: withdraw(),
    Action.REVOKE: revoke(),
    Action.DISBURSE: disburse(),
    Action.RETURN_DISBURSEMENT: take_back(),
    Action.RECORD_REFUND: refund(1),
    Action.SUBMIT_RECEIPT: submit(),
    Action.ACCEPT_RECEIPT: accept(),
    Action.DISALLOW_RECEIPT: disallow(),
    Action.ACCOUNT_FOR: account_for(),
}
"""One command an action, by the person whose step it is."""
