"""The log as it is searched: by its indexes, and by all that an event is about."""

from collections.abc import Iterator
from typing import cast
from uuid import UUID, uuid4

import pytest

from projections.doti.samples import SampleQuery, sample
from projections.journal.queries import JournalQuery, named, numbers, of_household, places
from tests.projections.test_query_plans import Explaining
from tests.register import TestRegister, fresh_register
from workflows.eventstore.database import Tx
from workflows.eventstore.reach import EVERYBODYS, reaching

EVENTS = 40_000
ACCOUNT = UUID(int=7)
HOUSEHOLD = UUID(int=1_007)
DOTE = UUID(int=2_007)


_FILL = """
INSERT INTO journal
SELECT n, 0, id_of(2000 + n %% 4000), n / 4000 + 1,
       CASE WHEN n %% 2000 = 0 THEN 'DoteRevoked' ELSE 'DoteAssessed' END, id_of(n %% 200),
       'P' || n %% 100, id_of(1000 + n %% 1000), id_of(2000 + n %% 4000),
       CASE WHEN n < 4000 THEN 'CI-' || n END
FROM generate_series(1, %s) n
"""
_ID_OF = """
CREATE FUNCTION id_of(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid
"""


@pytest.fixture(scope="module")
def long(postgres_url: str) -> Iterator[TestRegister]:
    """A log of many events, of 200 accounts about 1,000 households and 4,000 doti, as the role of
    the API sees it."""
    with fresh_register(postgres_url) as owner:
        with owner.database.transaction() as tx:
            tx.execute(_ID_OF)
            tx.execute(_FILL, (EVENTS,))
            tx.execute("ANALYZE journal")
        schema, role = owner.database.schema, owner.database.app_role
        app = TestRegister(postgres_url, schema, role=role, pool_size=1)
        with app.database, reaching(EVERYBODYS):
            yield app


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (JournalQuery(EVENTS), "journal_pkey"),
        (JournalQuery(EVENTS // 2), "journal_pkey"),
        (JournalQuery(EVENTS, after=EVENTS - 100), "journal_pkey"),
        (JournalQuery(EVENTS, topic="DoteRevoked"), "journal_by_topic"),
        (JournalQuery(EVENTS, account_id=ACCOUNT), "journal_by_account"),
        (JournalQuery(EVENTS, partner="P7"), "journal_by_partner"),
        (JournalQuery(EVENTS, household_id=HOUSEHOLD), "journal_by_household"),
        (JournalQuery(EVENTS, dote_id=DOTE), "journal_by_dote"),
        (JournalQuery(EVENTS, dote_id=DOTE, topic="DoteAssessed"), "journal_by_dote"),
    ],
)
def test_searches_use_their_indexes(long: TestRegister, query: JournalQuery, index: str) -> None:
    with long.database.transaction() as tx:
        explaining = Explaining(tx)
        found = places(cast("Tx", explaining), query)
    assert found.indexes
    assert index in explaining.plans[0], explaining.plans[0]
    assert "Seq Scan" not in explaining.plans[0], explaining.plans[0]


def test_what_is_beside_uses_its_indexes(long: TestRegister) -> None:
    with long.database.transaction() as tx:
        explaining = Explaining(tx)
        known = cast("Tx", explaining)
        assert named(known, "ci-12") is not None
        assert numbers(known, [UUID(int=2_012)]) == {UUID(int=2_012): "CI-12"}
        assert of_household(known, HOUSEHOLD, ["DoteAssessed"], EVENTS)
    assert not [plan for plan in explaining.plans if "Seq Scan" in plan]


def test_pages_follow_each_other_to_the_end(long: TestRegister) -> None:
    seen: list[int] = []
    upto: int | None = EVENTS
    with long.database.transaction() as tx:
        while upto is not None:
            page = places(tx, JournalQuery(upto, household_id=HOUSEHOLD, limit=7))
            seen += page.indexes
            upto = page.next_upto
    assert seen == list(range(EVENTS - 1_000 + 7, 0, -1_000))


def test_what_two_are_about_is_found_by_both(postgres_url: str) -> None:
    with fresh_register(postgres_url) as register:
        register.open_programme()
        register.settle()
        household = uuid4()
        with register.database.transaction() as tx:
            end = register.log.end()
            opened = places(tx, JournalQuery(end, topic="PartnerJoined"))
            assert len(opened.indexes) == 2
            for code in ("ROCCA", "SSALV"):
                of_one = places(tx, JournalQuery(end, partner=code, topic="PartnerJoined"))
                assert len(of_one.indexes) == 1
            assert places(tx, JournalQuery(end, household_id=household)).indexes == ()
            assert named(tx, "CI-2026-99999") is None
            assert sample(tx, SampleQuery(None, 1, 5)).doti == ()
