"""Which turns are somebody's: their grants, as the statements compare them with turns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic_core import to_json

from domain.actors import Actor
from workflows.eventstore.statements import statements

MINE = statements("projections.doti", "queries")["mine"]
"""The condition on a turn `t`; what it takes comes from `parameters`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks what waits for them, and when: what begins later does not wait yet."""

    actor: Actor
    now: datetime


def parameters(person: Person | None) -> dict[str, object]:
    """The parameters of the condition; None where it does not matter whose turn it is."""
    if person is None:
        return {"roles": None, "grants": None, "now": None}
    return {
        "roles": sorted({grant.role for grant in person.actor.grants}),
        "grants": to_json(list(_each(person.actor))).decode(),
        "now": person.now,
    }


def _each(actor: Actor) -> Iterator[dict[str, object]]:
    """Each grant with all that stands against its use, as `domain.permissions` sees it: what was
    done, where one belongs and what one has a conflict with counts for who delegated as well."""
    for grant in actor.grants:
        signature, given = actor.sign(grant), grant.delegation
        yield {
            "role": grant.role,
            "partner": grant.partner,
            "people": sorted(signature.people),
            "partners": sorted(partner or "" for partner in signature.partners),
            "most_cents": None if given is None else given.max_cents,
            "conflicts": sorted(actor.conflicts | (given.conflicts if given else frozenset())),
        }
