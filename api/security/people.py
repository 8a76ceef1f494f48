"""Who could act in a role, for telling whom something waits for."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.actors import Actor, Grant, Role
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "people")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in one of their roles."""

    name: str
    actor: Actor


def holders(database: Database, roles: Iterable[Role], partner: str) -> list[Holder]:
    """Who can sign in under one of the roles, for what belongs to a partner."""
    values = {"roles": sorted(roles), "partner": partner}
    return [
        Holder(row["name"], Actor(row["id"], (Grant(Role(row["role"]), row["partner"]),)))
        for row in database.statement(database.qualified(_SQL["holders"]), values)
    ]
