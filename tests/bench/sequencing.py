"""sequence_rate: events numbered and hashed per second, from a backlog."""

import time
from statistics import median

from tests.bench.bulk import Bulk
from tests.bench.figures import Figure
from tests.bench.stage import Stage
from workflows.eventstore import sequencer


def sequence_rate(stage: Stage) -> list[Figure]:
    """Batch by batch, as the worker does it; the median of three backlogs."""
    backlog, steps = stage.size(40_000, 8_000), 8
    with stage.register() as register:
        bulk = Bulk(register)
        rates = []
        for _ in range(3):
            bulk.add(backlog // steps, steps, numbered=False)
            before = register.log.end()
            began = time.perf_counter()
            while register.sequencer.number_batch():
                pass
            rates.append((register.log.end() - before) / (time.perf_counter() - began))
    more = {"goal": 20_000, "backlog": backlog, "batch": sequencer.BATCH, "rounds": rates}
    return [Figure("sequence_rate", median(rates), "events/s", more=more)]
