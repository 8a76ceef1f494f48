"""What a projection is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.events.base import Event
from workflows.eventstore.database import Tx
from workflows.eventstore.log import Logged


class Handler(Protocol):
    """Writes a batch of the log into the projection's tables, in the batch's transaction."""

    def __call__(self, tx: Tx, batch: Sequence[Logged]) -> None: ...


@dataclass(frozen=True, slots=True)
class Projection:
    """A read model: its tables, what it handles and what it knowingly ignores.

    `package` holds `tables.sql`, which creates the tables in whatever schema comes first in the
    search path: the register's own, or the one where a rebuild prepares its successor. `version`
    is raised where the tables, or what is written into them, become different: an installed older
    one is then made anew. Every event type stands in `handles` or in `ignores`; a test sees to it.
    """

    name: str
    package: str
    tables: tuple[str, ...]
    handles: frozenset[type[Event]]
    ignores: frozenset[type[Event]]
    write: Handler
    version: int = 1

    @property
    def topics(self) -> list[str]:
        """The names that the handled events are stored under."""
        return sorted(kind.__name__ for kind in self.handles)

    def __post_init__(self) -> None:
        both = self.handles & self.ignores
        if both:
            names = ", ".join(sorted(kind.__name__ for kind in both))
            raise ValueError(f"{self.name} both handles and ignores {names}")
