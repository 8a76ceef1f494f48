"""A year at the bank: how many lines a second are proposed for, and how right the sure ones are."""

import time
from collections.abc import Iterable, Iterator, Sequence

from domain.reconciliation import propose
from tests.bank.played import play
from tests.bank.year import ALL_WRITERS, OVER, File, Year, as_it_comes, between, by_the_month
from tests.bank.year import a_year as a_year_of_files
from tests.bench.figures import Figure
from tests.bench.stage import Stage
from tests.domain.bank_year import a_year, measure
from tests.register import fresh_register
from tests.workflows.banking import with_account

MIXED = "all together"


def reconcile(stage: Stage) -> Iterable[Figure]:
    """5,000 payments, with returns, fees, batches, splits, lost ids and lines of nobody."""
    year = a_year(500 if stage.quick else 5_000)
    began = time.perf_counter()
    found = propose(year.lines, year.payments)
    seconds = time.perf_counter() - began
    measured = measure(year, found)
    more = {"precision": measured.precision, "recall": measured.recall, "lines": len(year.lines)}
    return [Figure("reconcile", len(year.lines) / seconds, "lines/s", more=more)]


def bank_year(stage: Stage) -> Iterable[Figure]:
    """A year of files, read, brought in, proposed for and done month by month, each in a register
    of its own: 5,000 payments with every format in turn and each month told by two or three of
    them; and a smaller year in each format alone."""
    year = a_year_of_files(stage.size(5_000, 120), seed=3)
    yield _played(stage, year, MIXED, list(_mixed(year)))
    smaller = a_year_of_files(stage.size(300, 60), seed=5)
    for name in ALL_WRITERS:
        yield _played(stage, smaller, name, list(as_it_comes(smaller, name)))


def _played(stage: Stage, year: Year, name: str, files: Sequence[File]) -> Figure:
    began = time.perf_counter()
    with fresh_register(stage.url, clock=lambda: OVER) as register:
        register.open_programme()
        played = play(with_account(register), year, files)
    more = {
        "format": name,
        "precision": played.precision,
        "movements": len(year.movements),
        "lines": played.lines,
        "known": played.known,
        "asked": played.doubts,
        "payments": played.payments,
        "left": {f"{kind}: {grade}": n for (kind, grade), n in sorted(played.left.items())},
        "seconds": time.perf_counter() - began,
    }
    return Figure("bank_year", played.recall, "of the payments' lines certain", more=more)


def _mixed(year: Year) -> Iterator[File]:
    """Each month in one format and again in another one; every third notified before."""
    names = [name for name in ALL_WRITERS if name not in ("camt.054.001.08", "CSV of names")]
    months = {name: list(by_the_month(year, name)) for name in names}
    for n in range(12):
        month = months[names[n % len(names)]][n]
        if n % 3 == 0:
            days = [each.booked_on for each in month.lines]
            yield between(year, "camt.054.001.08", min(days), max(days), n + 1)
        yield month
        yield months[names[(n + 2) % len(names)]][n]
