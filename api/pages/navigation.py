"""The places that are found from every page, and for whom."""

from dataclasses import dataclass

from api.pages.say import N_
from api.security.rights import WHOLE_LOG
from domain.actors import PEOPLE, Actor, Role
from domain.lifecycle import READERS


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation. `name` is what a page calls itself to be marked there."""

    name: str
    path: str
    label: str
    roles: frozenset[Role]


PLACES = (
    Place("desk", "/", N_("Your work"), PEOPLE),
    Place("doti", "/doti", N_("Doti"), READERS),
    Place("waits", "/attese", N_("How long they wait"), WHOLE_LOG),
    Place("programme", "/programma", N_("Programme"), READERS),
)
"""In the order in which they stand."""


def places(actor: Actor) -> list[Place]:
    """What somebody may open."""
    return [place for place in PLACES if actor.has_any(place.roles)]
