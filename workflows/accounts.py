"""Opening accounts, granting and revoking roles, inviting, closing; and tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from domain import accounts
from domain.account import Account, evolve, own_signature
from domain.actors import Signature
from domain.errors import Duplicate, Forbidden, NotFound
from domain.events.account import TokenIssued
from domain.events.base import Event, Stamp
from workflows.account_commands import (
    CloseAccount,
    Enrol,
    GrantRole,
    IssueToken,
    OpenAccount,
    RecordEmail,
    WorkFor,
)
from workflows.engine import Outcome, Work
from workflows.eventstore.beside import invitation, kept_token, no_invitation

_ADMINS = ("admins",)
"""Held while it is decided whether somebody is the last one who administers accounts."""

AnEvent = TypeVar("AnEvent", bound=Event)


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation: the SHA-256 of the secret in its link, and until when it is good."""

    hash: bytes
    until: datetime


class _Changing:
    """An account with what was decided on it so far."""

    def __init__(self, work: Work, account: Account, stamp: Stamp) -> None:
        self._work = work
        self.account = account
        self.stamp = stamp

    def append(self, event: AnEvent) -> AnEvent:
        """Notes an event to be written, and decides on from there."""
        sealed = self._work.store.append(event)
        self.account = evolve(self.account, sealed)
        return sealed

    def outcome(self, *, created: bool = False, part: UUID | None = None) -> Outcome:
        """What the command did: the account as it is now, and which part of it."""
        figures = {} if part is None else {"id": str(part)}
        return Outcome(self.account.id, self.account.version, created=created, figures=figures)


def open_account(work: Work, command: OpenAccount, link: Link | None = None) -> Outcome:
    """A person becomes known, gets their first roles, and a link to choose a password by."""
    by = accounts.admin(work.actor)
    _check_partner(work, command.works_for, "works_for")
    for n, grant in enumerate(command.grants):
        _check_partner(work, grant.partner, f"grants.{n}.partner")
    changing = _Changing(work, work.locked_account(uuid4()), work.stamp(by))
    _check_new(work, command.name, command.email)
    changing.append(
        accounts.open_account(
            changing.account,
            changing.stamp,
            name=command.name,
            email=command.email,
            works_for=command.works_for,
        )
    )
    for n, grant in enumerate(command.grants):
        _grant(work, changing, grant, f"grants.{n}.")
    if link is not None:
        _invite(work, changing, link)
    return changing.outcome(created=True)


def invite(work: Work, account_id: UUID, link: Link) -> Outcome:
    """A new link to choose a password by; the links before are worth nothing any more."""
    changing = _changing(work, account_id)
    _invite(work, changing, link)
    return changing.outcome(created=True)


def record_email(work: Work, account_id: UUID, command: RecordEmail) -> Outcome:
    """The person signs in with another e-mail; links that went to the one before end."""
    changing = _changing(work, account_id)
    holder = work.store.people.with_email(command.email)
    if holder is not None:
        raise Duplicate(command.email)
    changing.append(accounts.record_email(changing.account, changing.stamp, command.email))
    work.store.add_row(no_invitation(account_id))
    return changing.outcome()


def works_for(work: Work, account_id: UUID, command: WorkFor) -> Outcome:
    """The person belongs to a partner from now on."""
    accounts.admin(work.actor)
    _check_partner(work, command.partner)
    changing = _changing(work, account_id)
    changing.append(accounts.works_for(changing.account, changing.stamp, command.partner))
    return changing.outcome()


def close(work: Work, account_id: UUID, command: CloseAccount) -> Outcome:
    """The person does not sign in any more, from the next request on."""
    changing = _changing(work, account_id, _ADMINS)
    others = work.store.people.admins(work.today) - {account_id}
    changing.append(accounts.close(changing.account, changing.stamp, command.reason, others))
    return changing.outcome()


def reopen(work: Work, account_id: UUID) -> Outcome:
    """The person may sign in again, in the roles that they still have."""
    changing = _changing(work, account_id)
    changing.append(accounts.reopen(changing.account, changing.stamp))
    return changing.outcome()


def grant_role(work: Work, account_id: UUID, command: GrantRole) -> Outcome:
    """The person gets a role."""
    accounts.admin(work.actor)
    _check_partner(work, command.partner)
    changing = _changing(work, account_id)
    grant_id = _grant(work, changing, command)
    return changing.outcome(created=True, part=grant_id)


def revoke_role(work: Work, account_id: UUID, grant_id: UUID) -> Outcome:
    """A role ends, from the next request on, and with it the tokens and delegations of it."""
    changing = _changing(work, account_id, _ADMINS)
    others = work.store.people.admins(work.today) - {account_id}
    changing.append(accounts.revoke_role(changing.account, changing.stamp, grant_id, others))
    return changing.outcome(part=grant_id)


def issue_token(work: Work, command: IssueToken, hash_: bytes) -> Outcome:
    """Somebody makes a token of their own. It reaches and lasts no further than what they sign in
    with now. `hash_`: the SHA-256 of the token, which the register does not know itself."""
    by = accounts.token_maker(work.actor, command.role, command.partner)
    changing = _Changing(work, work.locked_account(work.actor.account_id), work.stamp(by))
    return _token(work, changing, command, hash_)


def enrol(work: Work, command: Enrol, hash_: bytes) -> Outcome:
    """A token for the person with a name, who becomes known and gets the role if need be."""
    by = accounts.admin(work.actor)
    accounts.check_role(command.role, command.partner)
    _check_partner(work, command.partner)
    _check_partner(work, command.works_for, "works_for")
    known = work.store.people.named(command.name)
    changing = _Changing(work, work.locked_account(known or uuid4()), work.stamp(by))
    _make_known(changing, command)
    today = work.today
    if accounts.covering(changing.account, command.role, command.partner, today) is None:
        _grant(work, changing, GrantRole(role=command.role, partner=command.partner))
    return _token(work, changing, command, hash_)


def revoke_token(work: Work, token_id: UUID) -> Outcome:
    """A token ends: its person's own, or whosever it is, by an admin."""
    owner = work.store.people.token_owner(token_id)
    if owner == work.actor.account_id:
        by = own_signature(work.actor)
    else:
        by = _signature_or_nothing(work)
    changing = _Changing(work, work.locked_account(owner), work.stamp(by))
    changing.append(accounts.revoke_token(changing.account, changing.stamp, token_id))
    return changing.outcome(part=token_id)


def _changing(work: Work, account_id: UUID, *before: tuple[object, ...]) -> _Changing:
    """An account that an admin changes, held until the end."""
    by = accounts.admin(work.actor)
    return _Changing(work, work.locked_account(account_id, *before), work.stamp(by))


def _signature_or_nothing(work: Work) -> Signature:
    """An admin's signature. To others a token that is not theirs is not there."""
    try:
        return accounts.admin(work.actor)
    except Forbidden:
        raise NotFound from None


def _grant(work: Work, changing: _Changing, command: GrantRole, where: str = "") -> UUID:
    grant_id = uuid4()
    changing.append(
        accounts.grant_role(
            changing.account,
            changing.stamp,
            grant_id,
            role=command.role,
            partner=command.partner,
            since=command.begins(work.today),
            until=command.until,
            where=where,
        )
    )
    return grant_id


def _invite(work: Work, changing: _Changing, link: Link) -> None:
    changing.append(accounts.invite(changing.account, changing.stamp, link.until))
    work.store.add_row(invitation(changing.account.id, link.hash, link.until))


def _token(work: Work, changing: _Changing, command: IssueToken, hash_: bytes) -> Outcome:
    token_id = uuid4()
    event: TokenIssued = changing.append(
        accounts.issue_token(
            changing.account,
            changing.stamp,
            token_id,
            label=command.label,
            role=command.role,
            partner=command.partner,
            read_only=command.read_only,
            until=command.until,
            latest=work.actor.until,
        )
    )
    work.store.add_row(kept_token(event, hash_))
    return changing.outcome(created=True, part=token_id)


def _make_known(changing: _Changing, command: Enrol) -> None:
    """Opens the account, or says for whom the person works, where that is not known yet."""
    partner = command.works_for or command.partner
    if changing.account.opened is None:
        opened = accounts.open_account(
            changing.account, changing.stamp, name=command.name, email=None, works_for=partner
        )
        changing.append(opened)
    elif command.works_for not in (None, changing.account.works_for) or (
        partner is not None and changing.account.works_for is None
    ):
        changing.append(accounts.works_for(changing.account, changing.stamp, str(partner)))


def _check_partner(work: Work, code: str | None, field: str = "partner") -> None:
    if code is not None:
        work.programme().partner(code, field)


def _check_new(work: Work, name: str, email: str | None) -> None:
    """Refuses a name or an address that somebody has. Two at the same time: the table decides, and
    whoever comes second is refused here, when the command is decided again."""
    if work.store.people.named(name) is not None:
        raise Duplicate(name)
    if email is not None and work.store.people.with_email(email) is not None:
        raise Duplicate(email)
