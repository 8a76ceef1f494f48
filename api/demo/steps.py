"""The steps of the demonstration's plan, and what they leave for those that come after."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from workflows.engine import Outcome, Work
from workflows.eventstore.sequencer import Sequencer
from workflows.files import Upload


@dataclass(slots=True)
class Made:
    """The ids of what the steps made so far, by their place in the plan; and what they work with
    beside it."""

    sequencer: Sequencer
    households: dict[int, UUID] = field(default_factory=dict)
    doti: dict[int, UUID] = field(default_factory=dict)
    batches: dict[int, UUID] = field(default_factory=dict)
    lines: dict[int, list[UUID]] = field(default_factory=dict)
    """Those of each round's statement, in their order."""
    _numbers: dict[int, str] = field(default_factory=dict)

    def number(self, work: Work, nth: int) -> str:
        """The number of a dote."""
        if nth not in self._numbers:
            self._numbers[nth] = work.register.dote(self.doti[nth]).number
        return self._numbers[nth]


Do = Callable[[Work, Made], Outcome]
"""What a step does."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command. `key` is its Idempotency-Key, `by` who gives it.

    `paper`: the upload that goes with it, and the household that it belongs to. `makes`: where
    the id of the outcome is remembered.
    """

    key: str
    at: datetime
    by: str
    do: Do
    paper: tuple[Upload, int] | None = None
    makes: tuple[str, int] | None = None


Later = Callable[[datetime], Step]
"""A step that still waits for its moment."""

Timed = tuple[int, Later]
"""When it is its turn, in seconds of working time."""
