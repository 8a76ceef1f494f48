"""Looking at what is masked for one's role, with a reason."""

from uuid import UUID

from domain.account import Account
from domain.actors import Actor, Role, Signature
from domain.errors import Forbidden
from domain.events.account import DataRevealed
from domain.events.base import Stamp
from domain.privacy import Private

_ALL = frozenset({Role.AUDITOR})
_OF_HEALTH = frozenset({Role.AUDITOR, Role.COORDINATOR})


def revealer(actor: Actor, *, health_data: bool) -> Signature:
    """The signature of who may look: auditors at everything, coordinators at what is masked for
    them, which is health. In a role of their own: it is not to be delegated."""
    roles = _OF_HEALTH if health_data else _ALL
    for grant in actor.reaching(roles, None):
        if grant.delegation is None:
            return actor.sign(grant)
    raise Forbidden("reveal", ", ".join(sorted(roles)))


def may_reveal(actor: Actor, *, health_data: bool) -> bool:
    """Whether somebody may look at what is masked for them, with a reason."""
    try:
        revealer(actor, health_data=health_data)
    except Forbidden:
        return False
    return True


def reveal(
    account: Account, stamp: Stamp, household_id: UUID, dote_id: UUID | None, reason: str
) -> DataRevealed:
    """The account looks at a household's file (`dote_id` None) or at one of its doti.

    The reason may name the household: it is sealed under the household's key and goes with it.
    """
    return DataRevealed.stamped(
        stamp,
        account.id,
        account.version + 1,
        household_id=household_id,
        dote_id=dote_id,
        reason=Private(household_id, reason),
    )
