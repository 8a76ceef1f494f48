"""Running a draft of the rules over what was decided. Reads the log, writes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.events.base import Event
from domain.policy import Rules
from domain.policy_check import check
from domain.policy_simulation import LOOKED_AT, Difference, Simulation, Totals
from workflows.eventstore.log import Log
from workflows.eventstore.register import Register

MOST = 1_000
"""So many differences are listed, unless more are asked for; the totals are of all."""

_BATCH = 2_000
_TOPICS = sorted(kind.__name__ for kind in LOOKED_AT)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came out: of `looked_at` decisions up to `log_index` these differ, and `left_out` more
    that are counted and not listed."""

    log_index: int
    looked_at: int
    differences: tuple[Difference, ...]
    left_out: int
    totals: Totals


def simulate(
    register: Register,
    log: Log,
    draft: Rules,
    *,
    today: date,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = MOST,
    told: Callable[[int, int], None] = lambda *_: None,
) -> Simulated:
    """What a draft, had it been in force, would have changed in the decisions from `since` on, as
    they were known at `until`.

    Raises what an adoption today would be refused with; only from when on it would hold is
    nothing to a simulation. `told`: how far in the log it is, and where that ends, now and then.
    """
    # The log's end first: what it holds was decided under rules that are read after it.
    end = log.end() if until is None else register.index_at(until)
    programme = register.programme()
    check(draft.model_copy(update={"effective_from": None}), programme, today)
    simulation, totals = Simulation(programme.policies, draft, since), Totals()
    listed: list[Difference] = []
    found = 0
    for event in _events(log, end, told):
        difference = simulation.take(event)
        if difference is None:
            continue
        found += 1
        totals.add(difference)
        if found <= most:
            listed.append(difference)
    return Simulated(end, simulation.looked_at, tuple(listed), found - len(listed), totals)


def _events(log: Log, end: int, told: Callable[[int, int], None]) -> Iterator[Event]:
    for after in range(0, end, _BATCH):
        told(after, end)
        for logged in log.part(after, min(after + _BATCH, end), _TOPICS):
            yield logged.event
