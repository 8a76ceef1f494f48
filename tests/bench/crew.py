"""Processes that do the same job side by side, and wait between rounds."""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

Job = Callable[[Any], Any]
Opened = Callable[..., AbstractContextManager[Job]]
_START_S = 60.0
_STOP_S = 10.0


class Crew:
    """`size` processes that each open a job, and do it when asked to.

    `opened` is a context manager at the top of a module, so that a fresh process finds it.
    """

    def __init__(self, size: int, opened: Opened, *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, opened, arguments), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        for pipe in self._pipes:
            if not pipe.poll(_START_S):
                raise TimeoutError("a process of the benchmark does not get ready")
            _answer(pipe)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(_STOP_S)
            if process.is_alive():
                process.kill()
                process.join()

    @property
    def size(self) -> int:
        """How many processes."""
        return len(self._processes)

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [process.pid for process in self._processes if process.pid is not None]

    def do(self, tasks: Sequence[Any]) -> tuple[float, list[Any]]:
        """One task for each process; the seconds until all were done, and their answers."""
        began = time.perf_counter()
        for pipe, task in zip(self._pipes, tasks, strict=True):
            pipe.send(task)
        answers = [_answer(pipe) for pipe in self._pipes]
        return time.perf_counter() - began, answers

    def share(self, items: Sequence[Any]) -> tuple[float, list[Any]]:
        """Deals items out to the processes."""
        return self.do([items[n :: self.size] for n in range(self.size)])


def in_threads(threads: int, act: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Does something with each item, each thread its own part of them; the answers, unordered."""

    def part(n: int) -> list[Any]:
        return [act(item) for item in items[n::threads]]

    with ThreadPoolExecutor(threads) as pool:
        return [answer for answers in pool.map(part, range(threads)) for answer in answers]


def _answer(pipe: Connection) -> Any:  # noqa: ANN401  what the job returned
    try:
        done, value = pipe.recv()
    except EOFError:
        raise RuntimeError("a process of the benchmark died") from None
    if not done:
        raise RuntimeError(f"a process of the benchmark failed:\n{value}")
    return value


def _work(pipe: Connection, opened: Opened, arguments: tuple[object, ...]) -> None:
    try:
        with opened(*arguments) as job:
            pipe.send((True, None))
            while True:
                try:
                    task = pipe.recv()
                except (EOFError, KeyboardInterrupt):
                    return
                pipe.send((True, job(task)))
    except BaseException:  # noqa: BLE001  told to the process that waits for an answer
        pipe.send((False, traceback.format_exc()))
