"""Who may sign in, and in which roles: opening an account, granting, revoking, tokens.

An admin signs, or the register itself for the command line. Everybody makes their own tokens.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from domain.account import Account, HeldRole
from domain.actors import Actor, Role, Signature
from domain.errors import (
    AccountIsClosed,
    AccountIsOpen,
    AdminApart,
    DateInThePast,
    EmailMissing,
    EndsBeforeItBegins,
    Forbidden,
    GrantedBefore,
    LastAdmin,
    NotFound,
    OwnAccount,
    PartnerNeeded,
    PartnerNotPossible,
    RoleNotHeld,
    RoleOfNobody,
    RoleOver,
    TokenOver,
    TokenTooLong,
)
from domain.events.account import (
    AccountClosed,
    AccountInvited,
    AccountOpened,
    AccountReopened,
    EmailRecorded,
    RoleGranted,
    RoleRevoked,
    TokenIssued,
    TokenRevoked,
    WorkedFor,
)
from domain.events.base import Stamp
from domain.privacy import Private

PARTNER_NEEDED = frozenset({Role.OPERATOR})
PARTNER_POSSIBLE = frozenset({Role.OPERATOR, Role.ASSESSOR, Role.APPROVER})

_MAY = frozenset({Role.ADMIN, Role.SYSTEM})


# Who may


def admin(actor: Actor) -> Signature:
    """The signature of who administers accounts, or the refusal."""
    for grant in actor.reaching(_MAY, None):
        return actor.sign(grant)
    raise Forbidden("manage_accounts", Role.ADMIN)


def token_maker(actor: Actor, role: Role, partner: str | None) -> Signature:
    """The signature of who makes a token of their own for a role that they act in themselves."""
    for grant in actor.grants:
        if grant.delegation is None and grant.role is role and grant.covers(partner):
            return actor.sign(grant)
    raise RoleNotHeld(role)


# The account


def open_account(
    account: Account, stamp: Stamp, *, name: str, email: str | None, works_for: str | None
) -> AccountOpened:
    """A person becomes known. That nobody else has the name or the e-mail, the caller has seen."""
    if account.opened is not None:
        raise AccountIsOpen
    return account.then(
        AccountOpened,
        stamp,
        name=Private(account.id, name),
        email=None if email is None else Private(account.id, email),
        works_for=works_for,
    )


def record_email(account: Account, stamp: Stamp, email: str) -> EmailRecorded:
    """The person signs in with this address from now on. That nobody else has it, the caller has
    seen."""
    _check_open(account)
    _check_somebody_else(account, stamp)
    return account.then(EmailRecorded, stamp, email=Private(account.id, email))


def invite(account: Account, stamp: Stamp, until: datetime) -> AccountInvited:
    """A link to choose a password by. Nobody makes one for themselves: who has taken over a session
    could otherwise choose a password without knowing the old one."""
    _check_open(account)
    _check_somebody_else(account, stamp)
    if account.email is None:
        raise EmailMissing
    return account.then(AccountInvited, stamp, until=until)


def works_for(account: Account, stamp: Stamp, partner: str) -> WorkedFor:
    """The person belongs to a partner from now on."""
    _check_open(account)
    _check_somebody_else(account, stamp)
    return account.then(WorkedFor, stamp, partner=partner)


def close(
    account: Account, stamp: Stamp, reason: str, other_admins: Collection[UUID]
) -> AccountClosed:
    """The person does not sign in any more. `other_admins`: who else administers accounts now."""
    _check_open(account)
    _check_somebody_else(account, stamp)
    today = stamp.day
    administers = (
        held.granted.role is Role.ADMIN and held.is_live(today) for held in account.grants.values()
    )
    if any(administers):
        _check_not_the_last(stamp, other_admins)
    return account.then(AccountClosed, stamp, reason=Private(account.id, reason))


def reopen(account: Account, stamp: Stamp) -> AccountReopened:
    """The person may sign in again."""
    _check_known(account)
    if account.closed is None:
        raise AccountIsOpen
    _check_somebody_else(account, stamp)
    return account.then(AccountReopened, stamp)


# Roles


def check_role(role: Role, partner: str | None, where: str = "") -> None:
    """Refuses a role that no person has, or that reaches otherwise. `where`: the place of the
    fields in what was given."""
    if role is Role.SYSTEM:
        raise RoleOfNobody(f"{where}role", role)
    if role in PARTNER_NEEDED and partner is None:
        raise PartnerNeeded(f"{where}partner")
    if partner is not None and role not in PARTNER_POSSIBLE:
        raise PartnerNotPossible(f"{where}partner", role)


def grant_role(
    account: Account,
    stamp: Stamp,
    grant_id: UUID,
    *,
    role: Role,
    partner: str | None,
    since: date,
    until: date | None,
    where: str = "",
) -> RoleGranted:
    """The person gets a role, for days that both count. That the partner takes part, the caller has
    seen."""
    _check_open(account)
    _check_somebody_else(account, stamp)
    check_role(role, partner, where)
    _check_days(stamp, since, until, where)
    held = [one for one in account.grants.values() if not one.is_over(stamp.day)]
    if any((one.granted.role is Role.ADMIN) is not (role is Role.ADMIN) for one in held):
        raise AdminApart(role)
    if any(_is_the_same(one, role, partner, since, until) for one in held):
        raise GrantedBefore(role)
    return account.then(
        RoleGranted,
        stamp,
        grant_id=grant_id,
        role=role,
        partner=partner,
        since=since,
        until=until,
    )


def revoke_role(
    account: Account, stamp: Stamp, grant_id: UUID, other_admins: Collection[UUID]
) -> RoleRevoked:
    """A role ends now. `other_admins`: who else administers accounts now."""
    _check_known(account)
    held, today = account.role(grant_id), stamp.day
    _check_somebody_else(account, stamp)
    if held.is_over(today):
        raise RoleOver
    counts = account.closed is None and held.is_live(today)
    if held.granted.role is Role.ADMIN and counts:
        _check_not_the_last(stamp, other_admins)
    return account.then(RoleRevoked, stamp, grant_id=grant_id)


def covering(account: Account, role: Role, partner: str | None, today: date) -> HeldRole | None:
    """The live grant of a role that reaches so far and lasts longest, if there is one."""
    found = [
        held
        for held in account.grants.values()
        if held.granted.role is role and held.covers(partner) and held.is_live(today)
    ]
    return max(found, key=lambda held: held.granted.until or date.max, default=None)


# Tokens


def issue_token(
    account: Account,
    stamp: Stamp,
    token_id: UUID,
    *,
    label: str | None,
    role: Role,
    partner: str | None,
    read_only: bool,
    until: date | None,
    latest: date | None = None,
) -> TokenIssued:
    """A program may act for the person, in a role that they hold now.

    `until` None: as long as the role and the sign-in that it is made of. `latest`: the last day of
    that sign-in, if it has one.
    """
    _check_open(account)
    check_role(role, partner)
    today = stamp.day
    held = covering(account, role, partner, today)
    if held is None:
        raise RoleNotHeld(role)
    if until is not None and until < today:
        raise DateInThePast("until", until.isoformat())
    ends = [day for day in (held.granted.until, latest) if day is not None]
    last_day = min(ends, default=None)
    if until is not None and last_day is not None and until > last_day:
        raise TokenTooLong("until", last_day.isoformat())
    return account.then(
        TokenIssued,
        stamp,
        token_id=token_id,
        label=label,
        role=role,
        partner=partner,
        read_only=read_only,
        until=until or last_day,
    )


def revoke_token(account: Account, stamp: Stamp, token_id: UUID) -> TokenRevoked:
    """A token ends now."""
    if account.token(token_id).is_over(stamp.day):
        raise TokenOver
    return account.then(TokenRevoked, stamp, token_id=token_id)


# What they have in common


def _check_known(account: Account) -> None:
    if account.opened is None:
        raise NotFound


def _check_open(account: Account) -> None:
    _check_known(account)
    if account.closed is not None:
        raise AccountIsClosed


def _check_somebody_else(account: Account, stamp: Stamp) -> None:
    if account.id in stamp.by.people:
        raise OwnAccount


def _check_not_the_last(stamp: Stamp, other_admins: Collection[UUID]) -> None:
    """The command line may: whoever can use it makes another admin."""
    if not other_admins and stamp.by.role is not Role.SYSTEM:
        raise LastAdmin


def _check_days(stamp: Stamp, since: date, until: date | None, where: str) -> None:
    if until is None:
        return
    if until < since:
        raise EndsBeforeItBegins(f"{where}until", until.isoformat())
    if until < stamp.day:
        raise DateInThePast(f"{where}until", until.isoformat())


def _is_the_same(
    held: HeldRole, role: Role, partner: str | None, since: date, until: date | None
) -> bool:
    """Whether a grant says already what another one would say, on one day at least."""
    had = held.granted
    apart = (had.until or date.max) < since or (until or date.max) < had.since
    return had.role is role and held.covers(partner) and not apart
