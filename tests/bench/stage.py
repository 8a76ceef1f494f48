"""Where the rows play: one database server, registers in it, and room for the peers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.events.base import Event, Stamp
from domain.events.programme import BudgetLine
from domain.policy import two_bands
from domain.programme import Programme
from tests.register import TestRegister, fresh_register
from workflows import programme
from workflows.commands import Allocate
from workflows.engine import Decide, Outcome, Work

Step = Callable[[Programme, Stamp], Event]

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
"""When the programmes of the benchmark open; what is made up for them comes after."""
ITEM = "AIUTO_"
"""What the code of a category's only item begins with; the category follows."""
LINE_CENTS = 200_000_000
SINGLE_APPROVER_CENTS = 15_000


@dataclass(frozen=True)
class Stage:
    """`folder` keeps what the benchmark installs and leaves. `quick`: small rounds."""

    url: str
    folder: Path
    quick: bool

    def size(self, full: int, quick: int) -> int:
        """How many."""
        return quick if self.quick else full

    @contextmanager
    def register(self, partners: int = 20, categories: int = 10) -> Iterator[TestRegister]:
        """A register with an open programme and money on partners times categories lines."""
        with fresh_register(self.url, clock=lambda: BEGAN) as made:
            open_programme(partial(made.run, made.people.coordinator), partners, categories)
            yield made

    def peer_database(self, name: str) -> str:
        """The libpq words for a fresh database in the same server."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            place = sql.Identifier(name)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(place))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(place))
        return make_conninfo(self.url, dbname=name)

    @property
    def socket(self) -> str:
        """The folder of the server's socket."""
        return str(conninfo_to_dict(self.url)["host"])


def lines(partners: int, categories: int) -> list[BudgetLine]:
    """The budget lines of a programme of that size."""
    return [
        BudgetLine(partner=f"P{p:02}", category=f"C{c:02}")
        for p in range(partners)
        for c in range(categories)
    ]


def open_programme(run: Callable[[Decide], Outcome], partners: int, categories: int) -> None:
    """Partners with desks, categories with an item, one policy, and money on every line.

    `run` runs a command as a coordinator.
    """
    run(
        lambda work: programme.open_register(
            work, "CI", "Comunità di prova", subtitle=None, city="Torino", currency="EUR"
        )
    )
    rules = two_bands(SINGLE_APPROVER_CENTS)
    funds = LINE_CENTS * partners * categories
    steps: list[Step] = [
        lambda known, stamp: known.adopt(stamp, rules),
        lambda known, stamp: known.grant_funding(stamp, "Ente", funds),
    ]
    steps += [partial(_join, f"P{n:02}") for n in range(partners)]
    steps += [partial(_open_desk, f"P{n:02}") for n in range(partners)]
    steps += [partial(_define, f"C{n:02}") for n in range(categories)]
    steps += [partial(_define_item, f"C{n:02}") for n in range(categories)]
    for step in steps:
        run(partial(_change, step))
    for line in lines(partners, categories):
        command = Allocate(**line.model_dump(), amount_cents=LINE_CENTS, reason="prova")
        run(partial(_allocate, command))


def _change(step: Step, work: Work) -> Outcome:
    return programme.change(work, "change", step)


def _allocate(command: Allocate, work: Work) -> Outcome:
    return programme.allocate(work, command)


def _join(code: str, known: Programme, stamp: Stamp) -> Event:
    return known.join(stamp, code, f"Casa {code}", "desk", None)


def _open_desk(code: str, known: Programme, stamp: Stamp) -> Event:
    return known.open_desk(stamp, code, f"Sportello {code}")


def _define(code: str, known: Programme, stamp: Stamp) -> Event:
    return known.define_category(stamp, code, code, provider=None, health_data=False)


def _define_item(category: str, known: Programme, stamp: Stamp) -> Event:
    return known.define_item(stamp, category, ITEM + category, "Aiuto")
