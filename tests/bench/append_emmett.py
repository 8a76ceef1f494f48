"""append_vs_emmett: load, assess and append by as many processes as serve best."""

from contextlib import ExitStack

from tests.bench.figures import Figure, duel
from tests.bench.peer_emmett import Emmett, NotToBeHad
from tests.bench.stage import Stage
from tests.bench.supply import REQUESTED, Supply
from tests.register import TestRegister

AT_ONCE = 16
PROCESSES = (1, 2, 3)
_WARM_UP = 4 * AT_ONCE


def append_vs_emmett(stage: Stage) -> list[Figure]:
    """16 at a time on either side, in the same server, on events of the same size."""
    rounds, count = stage.size(5, 2), stage.size(3_000, 600)
    with ExitStack() as opened:
        register = opened.enter_context(stage.register())
        tries = Supply.trials(PROCESSES, AT_ONCE, count)
        supply = Supply(register, tries + rounds * count, REQUESTED)
        crew = opened.enter_context(supply.best(PROCESSES, AT_ONCE, "assess", count))
        more: dict[str, object] = {"goal": 1.5, "at_once": AT_ONCE, "processes": crew.size}
        try:
            emmett = opened.enter_context(
                Emmett(
                    stage.folder,
                    stage.peer_database("peer_emmett"),
                    streams=_WARM_UP + rounds * count,
                    at_once=AT_ONCE,
                    events=_equal_events(register),
                )
            )
        except NotToBeHad as reason:
            value = supply.rate(crew, "assess", count)
            against = f"Emmett: not to be had: {reason}"
            return [Figure("append_vs_emmett", value, "commands/s", against, more=more)]
        emmett.rate(_WARM_UP)
        found = duel(rounds, lambda: supply.rate(crew, "assess", count), lambda: emmett.rate(count))
    against = f"emmett-postgresql {emmett.version}: {found.theirs:.0f} loads and appends/s"
    more["rounds"] = found.rounds
    return [Figure("append_vs_emmett", found.ours, "commands/s", against, found.ratio, more)]


def _equal_events(register: TestRegister) -> dict[str, object]:
    """The data of our own two events, as they are stored."""
    with register.database.transaction() as tx:
        rows = tx.execute(
            "SELECT DISTINCT ON (topic) topic, convert_from(state, 'UTF8')::json AS data"
            " FROM events WHERE topic IN ('DoteRequested', 'DoteAssessed') ORDER BY topic"
        ).fetchall()
    data = {row["topic"]: row["data"] for row in rows}
    return {"requested": data["DoteRequested"], "assessed": data["DoteAssessed"]}
