"""Doti that wait for a command, each to be used once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from uuid import UUID

from tests.bench.bulk import Bulk, dote_id
from tests.bench.crew import Crew
from tests.bench.office import office, run_commands
from tests.register import TestRegister

REQUESTED, ASSESSED = 2, 3
"""How many events of its life a dote has that waits for its assessment, or its approval."""

WARM_UP = 4
"""Commands for each thread before anything is measured."""
TRIALS = 3


class Supply:
    """A register's doti at one step of their lives."""

    def __init__(self, register: TestRegister, lives: int, steps: int) -> None:
        self._register = register
        self._left = iter(Bulk(register).add(lives, steps, numbered=False))

    def take(self, count: int) -> list[UUID]:
        """So many of them."""
        return [dote_id(next(self._left)) for _ in range(count)]

    def first_of(self, count: int) -> int:
        """The number of the first of so many lives side by side, which are used up."""
        first, *_ = [next(self._left) for _ in range(count)]
        return first

    def crew(self, processes: int, threads: int) -> Crew:
        """Processes of ours on this register, which share `threads` threads."""
        database = self._register.database
        return Crew(processes, office, database.url, database.schema, -(-threads // processes))

    def rate(self, crew: Crew, command: str, count: int) -> float:
        """Commands a second. Each must succeed."""
        seconds, done = run_commands(crew, command, self.take(count))
        if done.failures:
            raise RuntimeError(f"{command} was refused: {dict(done.failures)}")
        return count / seconds

    @contextmanager
    def best(
        self, sizes: tuple[int, ...], threads: int, command: str, count: int
    ) -> Iterator[Crew]:
        """The crew that is the quickest on this machine, warm; the others stand by idle."""
        with ExitStack() as opened:
            crews = [opened.enter_context(self.crew(size, threads)) for size in sizes]
            rates: dict[Crew, list[float]] = {crew: [] for crew in crews}
            for crew in crews:
                self.rate(crew, command, WARM_UP * threads)
            for _ in range(TRIALS):
                for crew in crews:
                    rates[crew].append(self.rate(crew, command, count // TRIALS))
            yield max(crews, key=lambda crew: median(rates[crew]))

    @staticmethod
    def trials(sizes: tuple[int, ...], threads: int, count: int) -> int:
        """How many doti `best` uses up."""
        return len(sizes) * (WARM_UP * threads + count)
