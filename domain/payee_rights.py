"""Who may tell, confirm or dismiss another IBAN of a payee: the identity check that holds over the
whole life of the doti that are paid to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from domain.actors import Actor, Grant, Role, Signature
from domain.dote import Dote
from domain.errors import (
    ConfirmedByAnother,
    ConflictOfInterest,
    DomainError,
    Forbidden,
    IbanToldByParty,
    NothingToConfirm,
    PartInPaidDote,
)
from domain.lifecycle import PAYMASTERS, Duty, State
from domain.payee import Payee

PayeeAction = Literal["change_iban", "confirm_iban", "dismiss_iban"]

CHANGERS = frozenset({Role.FINANCE})
"""Who tells another IBAN of a payee."""

_UNPAID = frozenset({State.DOCUMENT_REQUESTED, State.ASSESSED, State.APPROVED})
_APART = (Duty.REQUEST, Duty.ASSESS, Duty.APPROVE)
"""Telling whose account it is, is a part of paying: who carried one of these has none in it."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What stands between a payee and those who would change where they are paid.

    `doti`: those that name them as payee, as they are now. `households`: all whose doti ever named
    them. `near`: who has declared a conflict of interest with the payee.
    """

    doti: Sequence[Dote]
    households: frozenset[UUID]
    near: frozenset[UUID]

    @property
    def unpaid(self) -> Iterator[Dote]:
        """The doti of which money is still to go to them."""
        return (dote for dote in self.doti if dote.state in _UNPAID)


def refusal(payee: Payee, action: PayeeAction, actor: Actor, ties: Ties) -> DomainError | None:
    """Why somebody may not do this about a payee's IBAN now; None if nothing is against it."""
    chosen = _choose(payee, action, actor, ties)
    return chosen if isinstance(chosen, DomainError) else None


def signed(payee: Payee, action: PayeeAction, actor: Actor, ties: Ties) -> Signature:
    """The actor's signature, or the refusal."""
    chosen = _choose(payee, action, actor, ties)
    if isinstance(chosen, DomainError):
        raise chosen
    return actor.sign(chosen)


def _choose(payee: Payee, action: PayeeAction, actor: Actor, ties: Ties) -> Grant | DomainError:
    """The grant that the actor may use, their own before a delegated one; or why there is none."""
    roles = CHANGERS if action == "change_iban" else PAYMASTERS
    first: DomainError | None = None
    for grant in actor.reaching(roles, None):
        why = _refused_to(payee, action, actor, grant, ties)
        if why is None:
            return grant
        first = first or why
    return first or Forbidden(action, ", ".join(sorted(roles)))


def _refused_to(
    payee: Payee, action: PayeeAction, actor: Actor, grant: Grant, ties: Ties
) -> DomainError | None:
    people, conflicts = actor.sign(grant).people, actor.conflicts
    if grant.delegation is not None:
        conflicts |= grant.delegation.conflicts
    about = ties.households | {dote.id for dote in ties.doti}
    if not ties.near.isdisjoint(people) or not conflicts.isdisjoint(about):
        return ConflictOfInterest(action)
    if action != "change_iban" and payee.waiting is None:
        return NothingToConfirm()
    if action == "dismiss_iban":
        # The account from before is one that others answer for: a change is taken back by whoever
        # finds it wrong.
        return None
    for dote in ties.unpaid:
        done = _part(dote, people)
        if done is not None:
            return PartInPaidDote(dote.number, action, done)
    return None if action == "change_iban" else _confirmed(payee, people, ties)


def _confirmed(payee: Payee, people: frozenset[UUID], ties: Ties) -> DomainError | None:
    """Why an IBAN is not confirmed by these people, because of who told it."""
    told_by = frozenset() if payee.waiting is None else payee.waiting.by.people
    if not people.isdisjoint(told_by):
        return ConfirmedByAnother()
    for dote in ties.unpaid:
        if _part(dote, told_by) is not None:
            return IbanToldByParty(dote.number)
    return None


def is_told_by_party(dote: Dote, told_by: frozenset[UUID]) -> bool:
    """Whether somebody who requested, assessed or approved a dote told or confirmed where it is
    paid to, before or after."""
    return _part(dote, told_by) is not None


def _part(dote: Dote, people: frozenset[UUID]) -> Duty | None:
    """The first duty that one of these people carried on a dote, of those kept apart from its
    payment."""
    for duty in _APART:
        if not people.isdisjoint(dote.people.get(duty, frozenset())):
            return duty
    return None
