"""Days are days of Turin: what happens after midnight here happened today."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.days import beginning_of, day_here

ROOT = Path(__file__).parents[2]
ELSEWHERE = re.compile(r"(?:\bat|\bnow|clock\(\)|now\(UTC\))\.(?:date\(\)|day\b|month\b|year\b)")
"""A moment's own day, which is the day of UTC."""


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_a_moment_is_of_the_day_that_calendars_here_show(at: datetime, day: date) -> None:
    assert day_here(at) == day
    assert (at >= beginning_of(day)) is True
    assert beginning_of(day).tzinfo is UTC


def test_nothing_takes_the_day_of_utc() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for room in ("domain", "workflows", "projections", "api")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "demo" not in path.parts  # a made-up year is written in working hours
        for line in path.read_text().splitlines()
        if ELSEWHERE.search(line)
    ]
    assert found == []
