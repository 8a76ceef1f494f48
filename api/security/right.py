"""What a right to call a route is: whom it lets in, and how far."""

from dataclasses import dataclass
from enum import StrEnum

from domain.actors import Actor, Role


class Anybody(StrEnum):
    """Who needs no role."""

    PUBLIC = "everybody"
    SIGNING_IN = "everybody who has begun to sign in"
    IN_PERSON = "everybody who signs in with their password"
    SIGNED_IN = "everybody who signs in"


PUBLIC, SIGNED_IN = Anybody.PUBLIC, Anybody.SIGNED_IN
SIGNING_IN, IN_PERSON = Anybody.SIGNING_IN, Anybody.IN_PERSON


@dataclass(frozen=True, slots=True)
class Right:
    """Who may call a route, and what it is called in a refusal.

    `by_partner`: a role for one partner is enough; then what belongs to others is not there. If
    not, only a role for the whole programme counts.
    """

    who: Anybody | frozenset[Role]
    what: str = "read"
    by_partner: bool = True

    def admits(self, actor: Actor | None, *, begun: bool = False) -> bool:
        """Whether somebody may call it; None: nobody signed in. `begun`: whether they have proved
        a part of who they are (`api.security.authentication` has looked which one)."""
        match self.who:
            case Anybody.PUBLIC:
                return True
            case Anybody.SIGNING_IN:
                return begun
            case Anybody.IN_PERSON:
                return begun and actor is not None
            case Anybody.SIGNED_IN:
                return actor is not None
        if actor is None:
            return False
        return actor.has_any(self.who) if self.by_partner else _everywhere(actor, self.who)

    @property
    def roles(self) -> list[str]:
        """The names of the roles, in the order of the alphabet; of `Anybody`: its one name."""
        return [str(self.who)] if isinstance(self.who, Anybody) else sorted(self.who)


def _everywhere(actor: Actor, roles: frozenset[Role]) -> bool:
    return actor.role_for(roles, None) is not None
