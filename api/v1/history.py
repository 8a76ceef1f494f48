"""Shows events: their place in the log, who, when, and what is the reader's to see of them."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from api.security.visibility import MASK
from api.v1 import schemas
from api.v1.views import View
from api.wiring import Services
from domain.dote import Dote
from domain.events.base import Event
from workflows.eventstore.log import Logged

_STAMP = frozenset(Event.model_fields)


class HistoryView:
    """The events of one dote, for a reader of it."""

    def __init__(self, view: View) -> None:
        self._view = view

    def items(self, found: Sequence[Logged], dote: Dote) -> list[schemas.HistoryItem]:
        """The events, with what is private opened for those who may read it."""
        services = self._view.services
        health_data = self._view.is_health(dote.category)
        with services.database.transaction():
            names = services.accounts.names(logged.event.by.account_id for logged in found)
            return [
                schemas.HistoryItem(
                    **_plain(logged, names),
                    data=_public(logged.event)
                    | {
                        name: self._view.opened(
                            logged.event, name, dote.partner, health_data=health_data
                        )
                        for name in logged.event.secret_fields
                    },
                )
                for logged in found
            ]


def audit_items(services: Services, found: Sequence[Logged]) -> Iterator[schemas.AuditItem]:
    """Events of the whole log. What is private is masked for everybody: nobody reads that in
    bulk."""
    names = services.accounts.names(logged.event.by.account_id for logged in found)
    for logged in found:
        event = logged.event
        masked = {
            name: None if getattr(event, name) is None else MASK for name in event.secret_fields
        }
        yield schemas.AuditItem(
            **_plain(logged, names),
            data=_public(event) | masked,
            stream_id=event.originator_id,
            known_at=logged.known_at,
            causation_id=event.causation_id,
        )


def _plain(logged: Logged, names: dict[UUID, str]) -> dict[str, Any]:
    event = logged.event
    return {
        "log_index": logged.log_index,
        "version": event.originator_version,
        "type": type(event).__name__,
        "at": event.at,
        "actor": schemas.ActorSeen(
            account_id=event.by.account_id,
            role=event.by.role,
            partner=event.by.partner,
            name=names.get(event.by.account_id),
        ),
        "policy_version": getattr(event, "policy_version", None),
        "correlation_id": event.correlation_id,
    }


def _public(event: Event) -> dict[str, Any]:
    """The fields of the event's type that are not private, as JSON."""
    return event.model_dump(mode="json", exclude={*_STAMP, *event.secret_fields})
