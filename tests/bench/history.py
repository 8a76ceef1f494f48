"""as_of and its kin: what reading and one command cost as the log grows to a million events."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from domain.actors import Actor, Grant, Role
from domain.lifecycle import State
from projections.doti.mine import Person
from projections.doti.queries import PageQuery, Word, page
from projections.doti.worklists import WorklistQuery, worklist
from projections.ledger.queries import EntriesQuery, Group, entries, ledger
from tests.bench.bulk import Bulk
from tests.bench.figures import Figure, percentile
from tests.bench.stage import Stage
from tests.register import TestRegister

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (10_000, 25_000, 50_000)
SPREAD = 200
"""So many doti wait for each step: their assessors' commands are measured, too."""
_ME = UUID(int=7)
_LATER = datetime(2030, 1, 1, tzinfo=UTC)
_SAMPLE = "SELECT id FROM doti WHERE state = %(state)s ORDER BY md5(id::text) LIMIT %(limit)s"
_SAMPLE_SIZE = 1_000


def as_of(stage: Stage) -> list[Figure]:
    """Each look is taken at random places, and includes the building of the answer's objects."""
    sizes = QUICK_SIZES if stage.quick else SIZES
    looks = stage.size(150, 40)
    grown: dict[str, dict[int, list[float]]] = {}
    filled: dict[int, float] = {}
    with stage.register() as register:
        bulk = Bulk(register, SPREAD)
        for size in sizes:
            began = time.perf_counter()
            bulk.grow_to(size)
            filled[size] = time.perf_counter() - began
            for name, look in _looks(register, bulk, size).items():
                look()
                grown.setdefault(name, {})[size] = [_timed_ms(look) for _ in range(looks)]
            register.settle()
    return [
        Figure(
            name,
            percentile(by_size[sizes[-1]], 95),
            "ms",
            more={
                "goal": _GOALS[name],
                "percentile": 95,
                "events": sizes[-1],
                "doti": bulk.lives,
                "p50": percentile(by_size[sizes[-1]], 50),
                "growth": {size: percentile(by_size[size], 50) for size in sizes},
                "growth_percentile": 50,
                "fill_seconds": filled,
            },
        )
        for name, by_size in grown.items()
    ]


_GOALS = {
    "as_of": "p95 < 100 ms",
    "entries_page": "grows with the page",
    "dote_load": "grows with the dote",
    "assess": "grows with the dote",
    "worklist_page": "p95 < 60 ms",
    "short_worklist_page": "p95 < 60 ms",
    "partner_page": "p95 < 60 ms",
    "search_page": "p95 < 60 ms",
}


def _looks(register: TestRegister, bulk: Bulk, size: int) -> dict[str, Callable[[], object]]:
    chance = random.Random(size)  # the same places in every run
    approver = Person(Actor(_ME, (Grant(Role.APPROVER),)), _LATER)
    # The lives that began last still wait: for their assessor, for instance.
    waiting = iter(_in_state(register, State.REQUESTED))
    ended = _in_state(register, State.ACCOUNTED_FOR)

    def read_ledger(size_now: int) -> object:
        with register.database.transaction() as tx:
            return ledger(tx, Group.PARTNER, chance.randint(1, size_now))

    def read_entries() -> object:
        partner = f"P{chance.randrange(20):02}"
        place = (chance.randint(1, size), 0)
        with register.database.transaction() as tx:
            return entries(tx, EntriesQuery(None, partner=partner, after=place))

    def read_page(query: Callable[[], PageQuery]) -> object:
        with register.database.transaction() as tx:
            return page(tx, query())

    def read_worklist(query: WorklistQuery) -> object:
        with register.database.transaction() as tx:
            return worklist(tx, query)

    return {
        "as_of": lambda: read_ledger(size),
        "entries_page": read_entries,
        "dote_load": lambda: register.register.dote(chance.choice(ended)),
        "assess": lambda: register.assess(next(waiting)),
        "worklist_page": lambda: read_worklist(WorklistQuery(approver)),
        "short_worklist_page": lambda: read_worklist(
            WorklistQuery(approver, category=f"C{chance.randrange(10):02}")
        ),
        "partner_page": lambda: read_page(
            lambda: PageQuery(frozenset({f"P{chance.randrange(20):02}"}), after=_place(chance))
        ),
        "search_page": lambda: read_page(
            lambda: PageQuery(None, words=(Word(f"{chance.randrange(bulk.lives):05}"),))
        ),
    }


def _in_state(register: TestRegister, state: State) -> list[UUID]:
    with register.database.transaction() as tx:
        rows = tx.execute(_SAMPLE, {"state": state, "limit": _SAMPLE_SIZE}).fetchall()
    return [row["id"] for row in rows]


def _place(chance: random.Random) -> tuple[datetime, UUID]:
    """A place to go on from, as the pages' cursors say it."""
    return datetime(2025, 1, chance.randint(1, 12), tzinfo=UTC), _ME


def _timed_ms(look: Callable[[], object]) -> float:
    began = time.perf_counter()
    look()
    return (time.perf_counter() - began) * 1000
