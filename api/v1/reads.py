"""Writes down, before it is answered, who looks at whom.

What is written may fail: then there is no answer. Nothing is written of who was shown nothing: of
auditors it is, as they look at files that are masked for them all day.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from api.v1.dependencies import SignedIn, TheServices
from api.v1.searching import Search
from api.v1.views import View
from api.wiring import Services
from domain.actors import Actor, Role
from workflows.eventstore import access_log
from workflows.eventstore.access_log import Access, Entry

_AUDITOR = frozenset({Role.AUDITOR})
Detail = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Reads:
    """What one request has looked at."""

    services: Services
    actor: Actor
    correlation_id: str

    def note(
        self,
        view: View,
        what: Access,
        household_id: UUID,
        dote_id: UUID | None = None,
        **details: Detail,
    ) -> None:
        """Notes that a view has shown something of a person in clear, or to an auditor masked."""
        seen = view.seen
        if seen.kinds:
            kinds = " ".join(sorted(seen.kinds))
            self.add(what, seen.role, household_id, dote_id, kinds=kinds, **details)
        elif seen.masked and self.actor.has_any(_AUDITOR):
            self.add(what, Role.AUDITOR, household_id, dote_id, masked=True, **details)

    def searched(self, search: Search) -> None:
        """Notes a search that finds persons, and how many households; never what was typed."""
        if search.role is not None:
            self.add(Access.SEARCHED, search.role, households=len(search.found))

    def add(
        self,
        what: Access,
        role: Role | None,
        household_id: UUID | None = None,
        dote_id: UUID | None = None,
        **details: Detail,
    ) -> None:
        """Adds an entry."""
        entry = Entry(
            at=self.services.engine.clock(),
            what=what,
            account_id=self.actor.account_id,
            role=role,
            household_id=household_id,
            dote_id=dote_id,
            correlation_id=self.correlation_id,
            details=details,
        )
        access_log.note(self.services.database, entry)


async def reads(request: Request, services: TheServices, actor: SignedIn) -> Reads:
    """Where the request's reads are written down."""
    return Reads(services, actor, request.state.correlation_id)


TheReads = Annotated[Reads, Depends(reads)]
