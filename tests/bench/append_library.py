"""append_vs_default: load, assess and append, against the library's default path."""

from tests.bench.crew import Crew
from tests.bench.figures import Figure, duel
from tests.bench.peer_library import event_bytes, library_office
from tests.bench.stage import Stage
from tests.bench.supply import REQUESTED, Supply

THREADS = 16
_WARM_UP = 4 * THREADS


def append_vs_default(stage: Stage) -> list[Figure]:
    """One process and 16 threads on either side, in the same server."""
    rounds = stage.size(5, 2)
    ours_count, theirs_count = stage.size(3_000, 600), stage.size(1_500, 300)
    database = stage.peer_database("peer_library")
    with stage.register() as register:
        supply = Supply(register, _WARM_UP + rounds * ours_count, REQUESTED)
        stock = _WARM_UP + rounds * theirs_count
        with (
            supply.crew(1, THREADS) as ours,
            Crew(1, library_office, database, THREADS, stock) as theirs,
        ):
            supply.rate(ours, "assess", _WARM_UP)
            theirs.do([_WARM_UP])
            found = duel(
                rounds,
                lambda: supply.rate(ours, "assess", ours_count),
                lambda: theirs_count / theirs.do([theirs_count])[0],
            )
        schema = register.database.schema
        sizes = {
            "event_bytes": event_bytes(stage.url, f"{schema}.events", "DoteAssessed"),
            "their_event_bytes": event_bytes(database, "doti_events", "%Assessed"),
        }
    return [
        Figure(
            "append_vs_default",
            found.ours,
            "commands/s",
            f"eventsourcing's default PostgreSQL path: {found.theirs:.0f} commands/s",
            found.ratio,
            {"goal": 4, "threads": THREADS, "processes": 1, "rounds": found.rounds, **sizes},
        )
    ]
