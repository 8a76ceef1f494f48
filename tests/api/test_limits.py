"""Who asks too often is told to wait, and keeps nobody else from being answered."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from api.errors import RateLimited
from api.security.limits import EXEMPT, Buckets, Limits, address_of
from domain.actors import Actor, Grant, Role
from tests.api.world import World, opened_world


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def refused_for(buckets: Buckets, key: str) -> int | None:
    """After how many seconds the next one would be answered; None: this one is."""
    try:
        buckets.take(key)
    except RateLimited as refused:
        return refused.retry_after_s
    return None


def test_a_bucket_holds_a_minutes_worth_and_fills_by_and_by() -> None:
    clock = Clock()
    buckets = Buckets(30, clock=clock)
    assert [refused_for(buckets, "a") for _ in range(30)] == [None] * 30
    assert refused_for(buckets, "a") == 2
    assert refused_for(buckets, "b") is None
    clock.now += 1.9
    assert refused_for(buckets, "a") == 1
    clock.now += 0.2
    assert refused_for(buckets, "a") is None
    assert refused_for(buckets, "a") == 2
    clock.now += 24 * 3600
    assert [refused_for(buckets, "a") for _ in range(30)] == [None] * 30
    assert refused_for(buckets, "a") == 2


def test_being_refused_costs_nothing() -> None:
    clock = Clock()
    buckets = Buckets(60, clock=clock)
    for _ in range(1_000):
        refused_for(buckets, "a")
    clock.now += 1
    assert refused_for(buckets, "a") is None


def test_what_is_remembered_is_bounded() -> None:
    buckets = Buckets(1, clock=Clock(), most_keys=100)
    assert refused_for(buckets, "first") is None
    assert refused_for(buckets, "first") is not None
    for n in range(10_000):
        buckets.take(str(n))
    assert len(buckets) == 100
    assert refused_for(buckets, "first") is None


def scope(path: str = "/api/v1/doti", host: str | None = "192.0.2.1") -> dict[str, object]:
    return {"path": path, "client": None if host is None else (host, 1)}


def test_accounts_and_addresses_are_counted_apart() -> None:
    limits = Limits(2, 1, clock=Clock())
    ada, eva = (Actor(UUID(int=n), (Grant(Role.AUDITOR),)) for n in (1, 2))
    for actor in (ada, ada, eva, eva, None):
        limits.check(scope(), actor)
    for actor in (ada, eva, None):
        with pytest.raises(RateLimited):
            limits.check(scope(), actor)
    limits.check(scope(host="192.0.2.2"), None)


@pytest.mark.parametrize("path", sorted(EXEMPT))
def test_who_looks_whether_it_lives_is_not_counted(path: str) -> None:
    limits = Limits(1, 1, clock=Clock())
    for _ in range(10):
        limits.check(scope(path), None)


def test_addresses() -> None:
    first, neighbour, other = "2001:db8::1", "2001:db8:0:0:ffff::9", "2001:db8:0:1::1"
    assert address_of(scope(host=first)) == address_of(scope(host=neighbour))
    assert address_of(scope(host=first)) != address_of(scope(host=other))
    assert address_of(scope(host="192.0.2.1")) != address_of(scope(host="192.0.2.2"))
    assert address_of(scope(host=None)) == ""
    assert address_of(scope(host="testclient")) == "testclient"


@pytest.fixture(scope="module")
def hurried(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which everybody has few requests."""
    home = tmp_path_factory.mktemp("hurried")
    with opened_world(postgres_url, home, rate_per_minute=8, rate_per_minute_address=3) as opened:
        yield opened


def test_one_too_many_is_refused_over_http(hurried: World) -> None:
    answers = [hurried.get("/programme", "auditor") for _ in range(9)]
    assert [answer.status_code for answer in answers] == [*[200] * 8, 429]
    problem = answers[-1].json()
    assert problem["code"] == "rate_limited"
    assert 1 <= problem["retry_after_s"] <= 8
    assert answers[-1].headers["retry-after"] == str(problem["retry_after_s"])
    assert hurried.get("/programme", "finance").status_code == 200
    # Another token of the same person is the same person.
    again = hurried.services.accounts.create_token("auditor", Role.AUDITOR)
    hurried.tokens["auditor_again"] = again
    assert hurried.get("/programme", "auditor_again").status_code == 429


def test_tokens_are_not_tried_out_faster(hurried: World) -> None:
    hurried.tokens["wrong"] = "doti_wrong"
    statuses = [hurried.get("/programme", "wrong").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert hurried.get("/programme", None).status_code == 429
    assert hurried.client.get("/healthz").status_code == 200
    assert hurried.get("/programme", "approver").status_code == 200
