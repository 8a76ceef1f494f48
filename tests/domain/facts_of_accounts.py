"""Events of accounts as they stand in the log."""

from datetime import timedelta
from typing import TypeVar

from domain.actors import Actor
from domain.events import account as a
from domain.events.base import Event
from domain.privacy import Private
from tests.spec import (
    APPROVER,
    APPROVER_2,
    COORDINATOR,
    HOUSEHOLD,
    ROCCA,
    START,
    TODAY,
    days_after,
    ident,
    private,
    stamp,
)

EventT = TypeVar("EventT", bound=Event)


# What happened to an account


def _account(kind: type[EventT], who: Actor, /, **data: object) -> EventT:
    return kind.stamped(stamp(who, START), who.account_id, 1, **data)


def _own(who: Actor, text: str) -> Private:
    return private(text, who.account_id)


def account_opened(who: Actor = APPROVER) -> a.AccountOpened:
    """Somebody became known."""
    return _account(
        a.AccountOpened,
        who,
        name=_own(who, "Anna Esempi"),
        email=_own(who, "anna@esempi.invalid"),
        works_for=ROCCA,
    )


def email_recorded(who: Actor = APPROVER) -> a.EmailRecorded:
    """Somebody has another address."""
    return _account(a.EmailRecorded, who, email=_own(who, "anna@altrove.invalid"))


def account_invited(who: Actor = APPROVER) -> a.AccountInvited:
    """A link was made."""
    return _account(a.AccountInvited, who, until=START + timedelta(days=7))


def worked_for(who: Actor = APPROVER) -> a.WorkedFor:
    """Somebody went to another partner."""
    return _account(a.WorkedFor, who, partner=ROCCA)


def account_closed(who: Actor = APPROVER) -> a.AccountClosed:
    """Somebody left."""
    return _account(a.AccountClosed, who, reason=_own(who, "retired"))


def account_reopened(who: Actor = APPROVER) -> a.AccountReopened:
    """Somebody came back."""
    return _account(a.AccountReopened, who)


def role_granted(who: Actor = APPROVER) -> a.RoleGranted:
    """A role was given."""
    return _account(
        a.RoleGranted,
        who,
        grant_id=ident(0xA7),
        role=who.grants[0].role,
        partner=ROCCA,
        since=TODAY,
        until=days_after(365),
    )


def role_revoked(who: Actor = APPROVER) -> a.RoleRevoked:
    """A role was taken."""
    return _account(a.RoleRevoked, who, grant_id=ident(0xA7))


def token_issued(who: Actor = APPROVER) -> a.TokenIssued:
    """A program may act for somebody."""
    return _account(
        a.TokenIssued,
        who,
        token_id=ident(0x70),
        label="Monthly report",
        role=who.grants[0].role,
        partner=ROCCA,
        read_only=True,
        until=days_after(90),
    )


def token_revoked(who: Actor = APPROVER) -> a.TokenRevoked:
    """A token ended."""
    return _account(a.TokenRevoked, who, token_id=ident(0x70))


def data_revealed(who: Actor = APPROVER) -> a.DataRevealed:
    """Somebody looked behind the mask."""
    return _account(
        a.DataRevealed,
        who,
        household_id=HOUSEHOLD,
        dote_id=None,
        reason=private("a sample of the year"),
    )


def delegated(by: Actor = APPROVER, to: Actor = APPROVER_2) -> a.RoleDelegated:
    """Somebody let another one act in their role."""
    return _account(
        a.RoleDelegated,
        by,
        delegation_id=ident(0xDE),
        to=to.account_id,
        role=by.grants[0].role,
        partner=ROCCA,
        since=TODAY,
        until=days_after(30),
        max_cents=20_000,
        reason=_own(by, "away in August"),
    )


def delegation_ended(by: Actor = APPROVER) -> a.DelegationEnded:
    """A delegation ended before its day."""
    return _account(a.DelegationEnded, by, delegation_id=ident(0xDE))


def conflict_declared(by: Actor = APPROVER) -> a.ConflictDeclared:
    """Somebody was too near to a payee."""
    return _account(
        a.ConflictDeclared,
        by,
        conflict_id=ident(0xCF),
        household_id=HOUSEHOLD,
        member=0,
        payee=Private.record(by.account_id, {"name": "the landlord", "iban": None}),
        reason=_own(by, "a cousin"),
    )


def conflict_lifted(by: Actor = COORDINATOR) -> a.ConflictLifted:
    """The conflict was over."""
    return _account(
        a.ConflictLifted, by, conflict_id=ident(0xCF), reason=_own(by, "the flat was sold")
    )


# What happened to the programme
