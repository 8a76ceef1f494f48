"""The access log is asked by its indexes, and a line of it costs little."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from api.v1.access_list import AccessQuery, lines, who_looked
from tests.api.world import World
from tests.projections.test_query_plans import Explaining
from workflows.eventstore.access_log import Access

LINES = 60_000
ACCOUNT = UUID(int=7)
HOUSEHOLD = UUID(int=1_007)


@pytest.fixture(scope="module")
def busy(world: World) -> World:
    """Lines of two years, of 200 accounts about 1,000 households."""
    with world.services.keeper.transaction() as tx:
        tx.execute(
            "INSERT INTO access_log (at, what, account_id, household_id)"
            " SELECT timestamptz '2030-01-01 00:00Z' + n * interval '17 minutes',"
            " CASE WHEN n %% 2000 = 0 THEN 'revealed' ELSE 'household_read' END,"
            " ('00000000-0000-0000-0000-' || lpad(to_hex(n %% 200), 12, '0'))::uuid,"
            " ('00000000-0000-0000-0000-' || lpad(to_hex(1000 + n %% 1000), 12, '0'))::uuid"
            " FROM generate_series(1, %s) n",
            (LINES,),
        )
        tx.execute("ANALYZE access_log")
    return world


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (AccessQuery(), "access_log_pkey"),
        (AccessQuery(before=LINES // 2), "access_log_pkey"),
        (AccessQuery(account_id=ACCOUNT), "access_log_by_account"),
        (AccessQuery(household_id=HOUSEHOLD), "access_log_by_household"),
        (AccessQuery(what=Access.REVEALED), "access_log_by_what"),
        (AccessQuery(account_id=ACCOUNT, household_id=HOUSEHOLD), "access_log_by_"),
        (
            AccessQuery(
                since=datetime(2030, 3, 1, tzinfo=UTC), until=datetime(2030, 3, 2, tzinfo=UTC)
            ),
            "access_log_by_time",
        ),
    ],
)
def test_questions_use_their_indexes(busy: World, query: AccessQuery, index: str) -> None:
    with busy.services.database.transaction() as tx:
        explaining = Explaining(tx)
        found, _ = lines(explaining, query)  # type: ignore[arg-type]  # as much of it as is used
    assert found
    plan = explaining.plans[0]
    assert index in plan, plan
    assert "Seq Scan on access_log" not in plan, plan


def test_who_looked_at_a_household_uses_its_index(busy: World) -> None:
    with busy.services.database.transaction() as tx:
        explaining = Explaining(tx)
        days = who_looked(explaining, HOUSEHOLD)  # type: ignore[arg-type]  # as above
    assert sum(day.times for day in days) == LINES // 1_000
    assert "Seq Scan on access_log" not in explaining.plans[0], explaining.plans[0]
