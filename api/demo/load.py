"""Loads the demonstration into a register, through the real commands.

Every step has its Idempotency-Key, so that a load that was interrupted goes on where it was, and
a second one changes nothing. What was wanted (seed, number, end) stands in the first event: the
register itself tells that it is a demonstration, and which.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import psycopg

from api.demo.data import stories
from api.demo.people import actors
from api.demo.plan import PLAN, Wanted, make_plan
from api.demo.steps import Made, Step
from api.security.accounts import Accounts
from api.wiring import Services
from domain.errors import DomainError
from domain.programme import PROGRAMME_ID
from workflows.engine import Decide, Engine, Outcome, Request, Work
from workflows.eventstore.register import Register
from workflows.eventstore.statements import statements

DOTI = 300
SEED = 20
MOST_DOTI = 5_000
MOST_SEED = 10**9

_SQL = statements("api.demo", "statements")
_ELSEWHERE = "Set DOTI_HOME, DOTI_SCHEMA or DATABASE_URL to another place for the demo."
_MARK = re.compile(r"demo(?: plan=(\d+))? seed=(\d+) doti=(\d+) until=(\S+)")
_FINGERPRINT = b"demo"

Progress = Callable[[int, int], None]
"""Is told how many steps are done, and how many there are."""


class NotADemo(Exception):
    """This register is not a demonstration: nothing was touched."""


class AnotherDemo(Exception):
    """The register holds a demonstration of another seed or size, or of another version."""


class _NotDone(DomainError):
    """The step was not done yet."""


@dataclass(slots=True)
class _Clock:
    """Stands at the moment of the step that is done."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def made_before(register: Register) -> Wanted | None:
    """What the demonstration in this register was made of; None in an empty one.

    Raises NotADemo for a register with a programme of its own.
    """
    events = register.history(PROGRAMME_ID, upto=1)
    if not events:
        return None
    mark = _MARK.fullmatch(events[0].correlation_id)
    if mark is None:
        raise NotADemo(
            "This register holds a programme that the demo did not make: nothing was touched. "
            + _ELSEWHERE
        )
    plan, seed, doti, until = mark.groups()
    return Wanted(int(seed), int(doti), datetime.fromisoformat(until), int(plan or 1))


def load(
    services: Services,
    progress: Progress,
    *,
    seed: int | None = None,
    doti: int | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Makes what is missing, and returns how many doti the demonstration has.

    `seed` and `doti` None: as the register was begun with, or the usual ones. Raises NotADemo and
    AnotherDemo.
    """
    with _alone(services):
        wanted = made_before(services.register)
        if wanted is None:
            _check_nobody_is_here(services)
            wanted = Wanted(SEED, DOTI, now().replace(microsecond=0))
            wanted = _asked(wanted, seed, doti)
        elif wanted.plan != PLAN:
            raise AnotherDemo(
                "This demo was made by another version, which cannot be gone on with: start over "
                "with --reset, or look at it with doti serve."
            )
        elif _asked(wanted, seed, doti) != wanted:
            raise AnotherDemo(
                f"This demo was made with --seed {wanted.seed} --doti {wanted.doti}: "
                "start over with --reset to get another."
            )
        _run(services, wanted, progress)
    return wanted.doti


def _asked(usual: Wanted, seed: int | None, doti: int | None) -> Wanted:
    return replace(
        usual,
        seed=usual.seed if seed is None else seed,
        doti=usual.doti if doti is None else doti,
    )


def _run(services: Services, wanted: Wanted, progress: Progress) -> None:
    steps = make_plan(wanted)
    # People are there before what they do: the log knows no earlier time than that of its end.
    clock = _Clock(steps[0].at - timedelta(days=1))
    engine = Engine(services.register, services.vault, clock=clock)
    people = actors(Accounts(services.database, engine))
    clock.now = wanted.until
    made = Made(services.sequencer)

    def request(step: Step, correlation_id: str) -> Request:
        return Request(
            people[step.by], correlation_id, idempotency_key=step.key, fingerprint=_FINGERPRINT
        )

    if _done_before(engine, request(steps[-1], "")) is not None:
        return
    resuming = True
    for nth, step in enumerate(steps):
        progress(nth, len(steps))
        asked = request(step, _mark(wanted) if nth == 0 else step.key)
        # Looked up first, because deciding takes a number for each dote, done before or not.
        outcome = _done_before(engine, asked) if resuming else None
        if outcome is None:
            resuming = False
            clock.now = step.at
            if step.paper is not None:
                upload, household = step.paper
                services.files.put(made.households[household], upload.sha256, upload.data)
            outcome = engine.run(asked, _doing(step, made))
        if step.makes is not None:
            kind, place = step.makes
            getattr(made, kind)[place] = outcome.stream_id
    progress(len(steps), len(steps))


def _doing(step: Step, made: Made) -> Decide:
    return lambda work: step.do(work, made)


def _done_before(engine: Engine, request: Request) -> Outcome | None:
    def not_yet(_: Work) -> Outcome:
        raise _NotDone

    try:
        return engine.run(request, not_yet)
    except _NotDone:
        return None


def _mark(wanted: Wanted) -> str:
    until = f"{wanted.until:%Y-%m-%dT%H:%M:%SZ}"
    return f"demo plan={wanted.plan} seed={wanted.seed} doti={wanted.doti} until={until}"


def _check_nobody_is_here(services: Services) -> None:
    """An empty register that somebody was invited to is not ours either."""
    with services.database.transaction() as tx:
        names = list(stories().staff.values())
        row = tx.execute(_SQL["strangers"], {"names": names}).fetchone()
    if row is None or row["people"]:
        raise NotADemo(
            "People were invited to this register, so it is not for the demo: nothing was "
            f"touched. {_ELSEWHERE}"
        )


@contextmanager
def _alone(services: Services) -> Iterator[None]:
    """One loads at a time; another one waits and then finds everything done."""
    with psycopg.connect(services.database.url) as connection:
        key = services.database.lock_id("demo")
        connection.execute(_SQL["alone"], {"key": key})
        yield
