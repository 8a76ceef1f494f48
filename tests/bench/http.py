"""http_vs_crud and memory: the register over HTTP, with two processes."""

import time

import psutil

from tests.bench.crew import Crew
from tests.bench.figures import Figure, duel, percentile
from tests.bench.load import Answers, client
from tests.bench.served import (
    WORKERS,
    Served,
    endpoint_served,
    installation,
    register_served,
    worker_started,
)
from tests.bench.stage import Stage

CONNECTIONS = 16
_WARM_UP = 300
_SETTLE_S = 2.0
_MIB = 1024 * 1024


def http_vs_crud(stage: Stage) -> list[Figure]:
    """Requests for doti: signed in, checked, sealed, stored, read back and shown."""
    rounds = stage.size(5, 2)
    count, their_count = stage.size(2_000, 400), stage.size(4_000, 800)
    each_s: list[float] = []
    with (
        installation(stage) as place,
        register_served(place) as ours,
        endpoint_served(stage, place.body) as theirs,
        Crew(1, client) as crew,
    ):
        _post(crew, ours, _WARM_UP)
        _post(crew, theirs, _WARM_UP)

        def post_ours() -> float:
            answers = _post(crew, ours, count)
            each_s.extend(answers.each_s)
            return count / answers.seconds

        def post_theirs() -> float:
            return their_count / _post(crew, theirs, their_count).seconds

        found = duel(rounds, post_ours, post_theirs)
    more = {
        "goal": 0.6,
        "workers": WORKERS,
        "connections": CONNECTIONS,
        "p50_ms": percentile(each_s, 50) * 1000,
        "p99_ms": percentile(each_s, 99) * 1000,
        "rounds": found.rounds,
    }
    against = f"a bare FastAPI INSERT endpoint: {found.theirs:.0f} requests/s"
    return [Figure("http_vs_crud", found.ours, "requests/s", against, found.ratio, more)]


def memory(stage: Stage) -> list[Figure]:
    """What an API process and a worker hold after some thousand requests."""
    count = stage.size(3_000, 500)
    with (
        installation(stage) as place,
        register_served(place) as ours,
        worker_started(place) as worker_pid,
        Crew(1, client) as crew,
    ):
        _post(crew, ours, count)
        time.sleep(_SETTLE_S)
        # Its children are the processes that serve and, tiny, multiprocessing's own.
        serving = psutil.Process(ours.pid).children()
        api_mib = max(process.memory_info().rss for process in serving) / _MIB
        worker_mib = psutil.Process(worker_pid).memory_info().rss / _MIB
        parent_mib = psutil.Process(ours.pid).memory_info().rss / _MIB
    more = {"goal": "< 200 each", "worker": worker_mib, "parent": parent_mib, "requests": count}
    return [Figure("memory", api_mib, "MiB", more={"api": api_mib, **more})]


def _post(crew: Crew, served: Served, count: int) -> Answers:
    _, (answers,) = crew.do([served.load(count, CONNECTIONS)])
    if not isinstance(answers, Answers) or answers.statuses != {201: count}:
        raise RuntimeError(f"not every request was answered by 201: {answers.statuses}")
    return answers
