"""Which turns are somebody's: their grants, as the statements compare them with turns."""

from collections.abc import Iterator

from pydantic_core import to_json

from domain.actors import Actor
from workflows.eventstore.statements import statements

MINE = statements("projections.doti", "queries")["mine"]
"""The condition on a turn `t`, with the parameters of `grants`."""


def grants(actor: Actor | None) -> dict[str, object]:
    """The parameters `roles` and `grants`; both None where it does not matter whose turn it is."""
    if actor is None:
        return {"roles": None, "grants": None}
    return {
        "roles": sorted({grant.role for grant in actor.grants}),
        "grants": to_json(list(_each(actor))).decode(),
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
            "partners": sorted(partner for partner in signature.partners if partner is not None),
            "most_cents": None if given is None else given.max_cents,
            "conflicts": sorted(actor.conflicts | (given.conflicts if given else frozenset())),
        }
