"""rebuild_vs_runner: rebuilding all projections, against the library's ProjectionRunner."""

import time

from projections.catalogue import PROJECTIONS
from projections.rebuild import rebuild
from tests.bench.bulk import Bulk
from tests.bench.crew import Crew
from tests.bench.figures import Figure, duel
from tests.bench.peer_projection import library_projector
from tests.bench.stage import Stage


def rebuild_vs_runner(stage: Stage) -> list[Figure]:
    """All of ours, one after the other in one process, against one simple one of the library."""
    events, their_events = stage.size(30_000, 8_000), stage.size(1_500, 500)
    database = stage.peer_database("peer_projection")
    by_name: dict[str, float] = {}
    with stage.register() as register, Crew(1, library_projector, database, their_events) as theirs:
        Bulk(register).grow_to(events)

        def ours() -> float:
            for name in PROJECTIONS:
                began = time.perf_counter()
                rebuild(register.database, name, lambda *_: None)
                by_name[name] = time.perf_counter() - began
            return events / sum(by_name.values())

        found = duel(stage.size(3, 1), ours, lambda: float(theirs.do([None])[1][0]))
    more = {
        "goal": 20,
        "events": events,
        "projections": {name: events / seconds for name, seconds in by_name.items()},
        "rounds": found.rounds,
    }
    against = f"eventsourcing's ProjectionRunner, one projection: {found.theirs:.0f} events/s"
    return [Figure("rebuild_vs_runner", found.ours, "events/s", against, found.ratio, more)]
