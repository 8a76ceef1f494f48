"""A year at the bank: how many lines a second are proposed for, and how right the sure ones are."""

import time

from domain.reconciliation import propose
from tests.bench.figures import Figure
from tests.bench.stage import Stage
from tests.domain.bank_year import a_year, measure


def reconcile(stage: Stage) -> list[Figure]:
    """5,000 payments, with returns, fees, batches, splits, lost ids and lines of nobody."""
    year = a_year(500 if stage.quick else 5_000)
    began = time.perf_counter()
    found = propose(year.lines, year.payments)
    seconds = time.perf_counter() - began
    measured = measure(year, found)
    more = {"precision": measured.precision, "recall": measured.recall, "lines": len(year.lines)}
    return [Figure("reconcile", len(year.lines) / seconds, "lines/s", more=more)]
