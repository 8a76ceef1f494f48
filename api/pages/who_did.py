"""Who did something last: told to whoever comes second, or reads why."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from api.wiring import Services
from domain.events.base import Event

Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True, slots=True)
class Done(Generic[Kind]):
    """An event, and the name of whoever made it."""

    event: Kind
    who: str


def last_done(services: Services, stream_id: UUID, *kinds: type[Kind]) -> Done[Kind] | None:
    """The last event of these kinds in a stream; None where there was none."""
    for event in reversed(services.register.history(stream_id)):
        if isinstance(event, kinds):
            by = event.by.account_id
            return Done(event, services.accounts.names([by]).get(by, ""))
    return None
