"""Lists and searches over 20,000 doti use their indexes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from domain.actors import Actor, Grant, Role
from domain.lifecycle import READERS, Stage, State
from projections.doti.mine import Person
from projections.doti.queries import PageQuery, Word, households, page
from projections.doti.worklists import WorklistQuery, worklist
from tests.bench.bulk import Bulk
from tests.bench.stage import Stage as Bench
from tests.register import TestRegister
from workflows.eventstore.database import Tx
from workflows.eventstore.reach import EVERYBODYS, reaching


class Explaining:
    """A transaction that keeps the plan of each statement that it runs."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.plans: list[str] = []

    def execute(self, text: Any, values: Any = None, **more: Any) -> Any:  # noqa: ANN401  as psycopg
        rows = self._tx.execute("EXPLAIN " + text, values, **more).fetchall()
        self.plans.append("\n".join(row["QUERY PLAN"] for row in rows))
        return self._tx.execute(text, values, **more)


@pytest.fixture(scope="module")
def large(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestRegister]:
    """20,000 doti that wait, through the role of the API: rows of other partners are held back."""
    bench = Bench(postgres_url, tmp_path_factory.mktemp("bench"), quick=True)
    with bench.register(partners=10, categories=5) as register:
        bulk = Bulk(register)
        bulk.add(8_000, steps=2)
        bulk.add(8_000, steps=3)
        bulk.add(4_000, steps=5)
        schema, role = register.database.schema, register.database.app_role
        app = TestRegister(postgres_url, schema, role=role, pool_size=1)
        with app.database:
            assert app.database.is_held_to_rows()
            yield app


def plans_of(register: TestRegister, query: PageQuery | WorklistQuery) -> str:
    scope = query.scope if isinstance(query, PageQuery) else query.person.actor.scope(READERS)
    with reaching(scope), register.database.transaction() as tx:
        explaining = Explaining(tx)
        if isinstance(query, PageQuery):
            page(cast("Tx", explaining), query)
        else:
            worklist(cast("Tx", explaining), query)
    return "\n".join(explaining.plans)


NOW = datetime(2030, 1, 1, tzinfo=UTC)
APPROVER = Person(Actor(uuid4(), (Grant(Role.APPROVER),)), NOW)
OPERATOR = Person(Actor(uuid4(), (Grant(Role.OPERATOR, "P03"),)), NOW)
PLACE = (None, datetime(2025, 1, 1, 3, tzinfo=UTC), UUID(int=1), 0)


@pytest.mark.parametrize(
    "query",
    [
        WorklistQuery(APPROVER),
        WorklistQuery(OPERATOR),
        WorklistQuery(APPROVER, after=PLACE),
        WorklistQuery(APPROVER, stage=Stage.APPROVAL, category="C01"),
        WorklistQuery(APPROVER, partner="P03"),
        WorklistQuery(Person(Actor(uuid4(), (Grant(Role.COORDINATOR),)), NOW)),
        PageQuery(None, waiting_for=APPROVER),
        PageQuery(frozenset({"P03"}), waiting_for=OPERATOR),
        PageQuery(frozenset({"P03"})),
        PageQuery(frozenset({"P03"}), state=State.ASSESSED),
        PageQuery(None),
        PageQuery(None, words=(Word("00042"),)),
        PageQuery(None, words=(Word("CI-2025"),)),
        PageQuery(None, words=(Word("nobody"),)),
        PageQuery(None, words=(Word("A", households=tuple(uuid4() for _ in range(50))),)),
        PageQuery(None, words=(Word("aiuto", items=("AIUTO_C01", "AIUTO_C02")),)),
        PageQuery(frozenset({"P03"}), words=(Word("c01", categories=("C01",)), Word("00042"))),
        PageQuery(None, words=(Word("p03", partners=("P03",)), Word("aiuto", items=("X",)))),
    ],
)
def test_lists_use_their_indexes(large: TestRegister, query: PageQuery | WorklistQuery) -> None:
    plan = plans_of(large, query)
    assert "Seq Scan on doti" not in plan, plan
    assert "Seq Scan on turns" not in plan, plan


def test_households_are_found_by_index(large: TestRegister) -> None:
    with reaching(EVERYBODYS), large.database.transaction() as tx:
        explaining = Explaining(tx)
        found = households(cast("Tx", explaining), "N-00042", [b"x" * 16], None, None)
    assert len(found) == 1
    assert "Seq Scan on households" not in explaining.plans[0], explaining.plans[0]


def test_a_desk_finds_its_households_among_its_own(large: TestRegister) -> None:
    own = frozenset({"P03"})
    with reaching(own), large.database.transaction() as tx:
        explaining = Explaining(tx)
        found = households(cast("Tx", explaining), "N-00", [b"x" * 16], own, own)
    assert found
    assert "Seq Scan on households" not in explaining.plans[0], explaining.plans[0]


def test_what_sees_all_partners_is_asked_for_no_row(large: TestRegister) -> None:
    """The policy of the role for all is folded away: it costs nothing."""
    with reaching(EVERYBODYS):
        plan = plans_of(large, PageQuery(None))
    assert "current_setting" not in plan
    assert "current_setting" in plans_of(large, PageQuery(frozenset({"P03"})))
