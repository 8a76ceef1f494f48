"""A year through files, import and proposals: nothing certain is wrong, and little is left.

Small here; each format for itself, and 5,000 payments, are a row of the benchmark.
"""

from collections.abc import Sequence
from datetime import date

from domain.proposals import Grade
from tests.bank.played import Played, play
from tests.bank.year import OVER, YEAR, File, Year, a_year, between
from tests.register import fresh_register
from tests.workflows.banking import with_account

YEAR_OF = a_year(80, seed=3)
LAST = YEAR_OF.lines()[-1].booked_on
QUARTERS = (
    (date(YEAR, 1, 1), date(YEAR, 3, 31)),
    (date(YEAR, 4, 1), date(YEAR, 6, 30)),
    (date(YEAR, 7, 1), date(YEAR, 9, 30)),
    (date(YEAR, 10, 1), LAST),
)


def played(url: str, year: Year, files: Sequence[File]) -> Played:
    with fresh_register(url, clock=lambda: OVER) as register:
        register.open_programme()
        return play(with_account(register), year, files)


def quarter(format_: str, n: int) -> File:
    return between(YEAR_OF, format_, *QUARTERS[n], n + 1)


def test_a_year_in_all_formats_of_which_each_tells_something_again(postgres_url: str) -> None:
    """Of every quarter one format tells all, and another one the same again."""
    files = [
        quarter("camt.053.001.02", 0),
        quarter("XLSX", 0),
        between(YEAR_OF, "camt.054.001.08", date(YEAR, 4, 10), date(YEAR, 5, 20), 7),
        quarter("MT940", 1),
        quarter("camt.053.001.08", 1),
        between(YEAR_OF, "RH", date(YEAR, 6, 16), date(YEAR, 7, 15), 9),
        quarter("CSV", 2),
        quarter("RH", 2),
        quarter("camt.054.001.08", 3),
        quarter("camt.053.001.08", 3),
    ]
    found = played(postgres_url, YEAR_OF, files)
    assert found.lines == len(YEAR_OF.movements)
    assert found.known > found.lines / 2
    assert (found.precision, found.certain > 60) == (1.0, True)
    assert found.recall >= 0.95
    # What is left is no payment, or one of those that a person has to look at.
    assert {grade for kind, grade in found.left if kind == "payment"} <= {Grade.PROBABLE}


def test_where_a_table_tells_no_reference_nothing_is_certain(postgres_url: str) -> None:
    found = played(postgres_url, YEAR_OF, [quarter("CSV of names", 0)])
    assert (found.certain, found.recall) == (0, 0.0)
    assert found.payments > 10
