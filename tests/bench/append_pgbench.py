"""append_vs_pgbench: approvals through the engine, against the same SQL without it."""

from tests.bench.figures import Figure, duel
from tests.bench.peer_emmett import NotToBeHad
from tests.bench.pgbench import PgBench
from tests.bench.stage import Stage
from tests.bench.supply import ASSESSED, Supply

CLIENTS = 16
PROCESSES = (1, 2, 3)
PARTNERS, CATEGORIES = 20, 20
_WARM_UP = 4 * CLIENTS


def append_vs_pgbench(stage: Stage) -> list[Figure]:
    """16 at a time on either side; 400 budget lines, a household of its own for each dote."""
    rounds = stage.size(5, 2)
    count, their_count = stage.size(2_000, 400), stage.size(6_400, 1_600)
    tries = Supply.trials(PROCESSES, CLIENTS, count)
    lives = tries + rounds * (count + their_count) + _WARM_UP
    with stage.register(PARTNERS, CATEGORIES) as register:
        supply = Supply(register, lives, ASSESSED)
        with supply.best(PROCESSES, CLIENTS, "approve", count) as crew:
            more = {"goal": 0.4, "clients": CLIENTS, "processes": crew.size}
            try:
                bench = PgBench(register, partners=PARTNERS, categories=CATEGORIES)
            except NotToBeHad as reason:
                value = supply.rate(crew, "approve", count)
                against = f"pgbench: not to be had: {reason}"
                return [Figure("append_vs_pgbench", value, "commands/s", against, more=more)]
            bench.rate(supply.first_of(_WARM_UP), _WARM_UP, CLIENTS)
            found = duel(
                rounds,
                lambda: supply.rate(crew, "approve", count),
                lambda: bench.rate(supply.first_of(their_count), their_count, CLIENTS),
            )
    return [
        Figure(
            "append_vs_pgbench",
            found.ours,
            "commands/s",
            f"pgbench with the same SQL: {found.theirs:.0f} transactions/s",
            found.ratio,
            {**more, "rounds": found.rounds},
        )
    ]
