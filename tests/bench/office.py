"""A process of ours that runs commands, as an API process does, without HTTP before it."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

from domain.actors import Actor, Grant, Role
from domain.errors import DomainError
from tests.bench.crew import Crew, Job, in_threads
from tests.register import MASTER_KEY
from workflows import approval, assessment
from workflows.commands import Approve, Assess
from workflows.engine import Decide, Engine, Request
from workflows.eventstore.database import Database
from workflows.eventstore.register import Register
from workflows.eventstore.vault import Vault

APPROVED_CENTS = 5_000
"""What every dote made up in bulk asks for at least."""
_ACTORS = {
    "assess": Actor(uuid4(), (Grant(Role.ASSESSOR),)),
    "approve": Actor(uuid4(), (Grant(Role.APPROVER),)),
}


@dataclass(frozen=True)
class Task:
    """A command, for each of these doti."""

    command: str
    dote_ids: list[UUID]


@dataclass(frozen=True)
class Done:
    """How long each command took, and how many were refused or failed, by the error's name."""

    seconds: list[float]
    failures: Counter[str]


@contextmanager
def office(url: str, schema: str, threads: int) -> Iterator[Job]:
    """Commands by `threads` threads with as many connections."""
    with Database(url, schema, pool_size=threads) as database:
        register = Register(database)
        engine = Engine(register, Vault(database, MASTER_KEY))

        def run(command: str, dote_id: UUID) -> tuple[float, str]:
            began = time.perf_counter()
            failure = ""
            try:
                engine.run(Request(_ACTORS[command], "bench"), _decision(command, dote_id))
            except DomainError as error:
                failure = type(error).__name__
            except Exception as error:  # noqa: BLE001  counted, and reported by its name
                failure = f"failure: {type(error).__name__}"
            return time.perf_counter() - began, failure

        def job(task: Task) -> Done:
            answers = in_threads(threads, partial(run, task.command), task.dote_ids)
            failures = Counter(failure for _, failure in answers if failure)
            return Done([seconds for seconds, _ in answers], failures)

        yield job


def _decision(command: str, dote_id: UUID) -> Decide:
    if command == "assess":
        favourable = Assess(outcome="favourable")
        return lambda work: assessment.assess(work, dote_id, favourable)
    approve = Approve(amount_cents=APPROVED_CENTS)
    return lambda work: approval.approve(work, dote_id, approve)


def run_commands(crew: Crew, command: str, dote_ids: list[UUID]) -> tuple[float, Done]:
    """Deals the doti out to the crew; the seconds it took, and what became of them."""
    shares = [Task(command, dote_ids[n :: crew.size]) for n in range(crew.size)]
    seconds, answers = crew.do(shares)
    failures: Counter[str] = Counter()
    for answer in answers:
        failures += answer.failures
    return seconds, Done([one for answer in answers for one in answer.seconds], failures)
