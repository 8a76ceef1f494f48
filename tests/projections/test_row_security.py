"""The database holds back other partners' rows, also from a query that forgets to ask."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest

from domain.actors import Actor, Grant, Role
from domain.events.programme import BudgetLine
from domain.household import Member
from projections.catalogue import PROJECTIONS
from projections.doti.double_help import Sought, matches
from projections.doti.mine import Person
from projections.doti.queries import PageQuery, households, page
from projections.doti.worklists import WorklistQuery, ageing, alarms, elsewhere, overview, worklist
from projections.ledger.queries import EntriesQuery, Group, entries, ledger
from projections.rebuild import rebuild
from tests.register import LINE, TestRegister, fresh_register
from workflows.eventstore.database import Tx
from workflows.eventstore.reach import EVERYBODYS, NOBODYS, Partners, reaching

OTHER_LINE = BudgetLine(partner="SSALV", category="EMERGENZA")
EVA = Member(given_name="Eva", family_name="Inventata", born=date(1990, 1, 2))
FAR = datetime(2100, 1, 1, tzinfo=UTC)
BOTH = {"ROCCA", "SSALV"}

_SCOPE = "(%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))"
_MINE = "(g.partner IS NULL OR g.partner = t.partner)"


class Register:
    """A register with doti of two partners, as its owner and as the role of the API."""

    def __init__(self, owner: TestRegister, app: TestRegister) -> None:
        self.owner, self.app = owner, app
        self.partner_of: dict[object, str] = {}
        self.helped: dict[str, Any] = {}


@pytest.fixture(scope="module")
def two(postgres_url: str) -> Iterator[Register]:
    with fresh_register(postgres_url) as owner:
        owner.open_programme()
        schema, role = owner.database.schema, owner.database.app_role
        app = TestRegister(postgres_url, schema, role=role, pool_size=1)
        made = Register(owner, app)
        people, dote_id = owner.people, uuid4()
        for line, operator in ((LINE, people.operator), (OTHER_LINE, people.operator_ssalv)):
            owner.allocate(1_000_000, line)
            household_id = owner.household(operator, EVA)
            made.helped[line.partner] = household_id
            made.partner_of[household_id] = line.partner
            for cents in (5_000, 20_000, 7_000):
                dote_id = owner.request(household_id, cents, line)
                owner.assess(dote_id)
                made.partner_of[dote_id] = line.partner
        owner.approve(dote_id, 7_000)
        owner.settle()
        with owner.database.transaction() as tx:  # as rules with deadlines would leave it
            tx.execute("UPDATE doti SET next_alarm_at = now()")
        with app.database:
            yield made


class Forgetful:
    """A transaction whose queries have lost a condition; it sees to it that they had it."""

    def __init__(self, tx: Tx, *conditions: str) -> None:
        self._tx = tx
        self._conditions = conditions

    def execute(self, text: Any, values: Any = None, **more: Any) -> Any:  # noqa: ANN401  as psycopg
        for condition in self._conditions:
            assert condition in text, f"no such condition any more: {condition}"
            text = text.replace(condition, "true")
        return self._tx.execute(text, values, **more)


def person(role: Role, who: Actor | None = None, partner: str | None = "ROCCA") -> Person:
    account_id = uuid4() if who is None else who.account_id
    return Person(Actor(account_id, (Grant(role, partner),)), FAR)


Ask = Callable[[Register, Tx], set[str]]


def _page(_: Register, tx: Tx) -> set[str]:
    found = page(cast("Tx", Forgetful(tx, _SCOPE)), PageQuery(frozenset({"ROCCA"})))
    return {dote.partner for dote in found.items}


def _page_of_mine(_: Register, tx: Tx) -> set[str]:
    query = PageQuery(frozenset({"ROCCA"}), waiting_for=person(Role.APPROVER))
    found = page(cast("Tx", Forgetful(tx, _SCOPE, _MINE)), query)
    return {dote.partner for dote in found.items}


def _households(two: Register, tx: Tx) -> set[str]:
    own = frozenset({"ROCCA"})
    ids = households(cast("Tx", Forgetful(tx, _SCOPE)), "N-", [], own, own)
    return {two.partner_of[household_id] for household_id in ids}


def _households_by_name(two: Register, tx: Tx) -> set[str]:
    own = frozenset({"ROCCA"})
    condition = "(%(readable)s::text[] IS NULL OR h.partner = ANY (%(readable)s))"
    _, token = two.owner.engine.index.word("inventata")
    ids = households(cast("Tx", Forgetful(tx, condition)), "no number", [token], own, own)
    return {two.partner_of[household_id] for household_id in ids}


def _worklist(_: Register, tx: Tx) -> set[str]:
    query = WorklistQuery(person(Role.APPROVER))
    found = worklist(cast("Tx", Forgetful(tx, _MINE)), query)
    return {item.dote.partner for item in found.items}


def _counts(_: Register, tx: Tx) -> set[str]:
    found = overview(cast("Tx", Forgetful(tx, _MINE)), person(Role.APPROVER))
    waiting = sum(each.waiting for each in found.by_why)
    # Three of the one's doti wait for votes, and two of the other's.
    return {0: set(), 3: {"ROCCA"}, 2: {"SSALV"}, 5: BOTH}[waiting]


def _elsewhere(two: Register, tx: Tx) -> set[str]:
    condition = "(%(partners)s::text[] IS NULL OR t.partner = ANY (%(partners)s))"
    assessor = person(Role.ASSESSOR, two.owner.people.assessor)
    found = elsewhere(cast("Tx", Forgetful(tx, condition)), assessor, 50)
    return {two.partner_of[each.dote.id] for each in found}


def _ageing(_: Register, tx: Tx) -> set[str]:
    found = ageing(cast("Tx", Forgetful(tx, _SCOPE)), frozenset({"ROCCA"}), FAR)
    return {row.partner for row in found}


def _entries(_: Register, tx: Tx) -> set[str]:
    condition = "(%(partners)s::text[] IS NULL OR e.partner = ANY (%(partners)s))"
    found = entries(cast("Tx", Forgetful(tx, condition)), EntriesQuery(frozenset({"ROCCA"})))
    return {entry.partner for entry in found if entry.partner is not None}


def _ledger(two: Register, tx: Tx) -> set[str]:
    # It scopes what it has read; here it is not told to.
    found = ledger(tx, Group.PARTNER, two.owner.log.end(), None)
    return {str(row.partner) for row in found.rows}


def _double_help(two: Register, tx: Tx) -> set[str]:
    sought = Sought(two.helped["ROCCA"], datetime(2000, 1, 1, tzinfo=UTC))
    return {match.dote.partner for match in matches(tx, sought)}


def _alarms(two: Register, tx: Tx) -> set[str]:
    return {two.partner_of[alarm.dote_id] for alarm in alarms(tx, FAR, None, 50)}


QUERIES: list[Ask] = [
    *(_page, _page_of_mine, _households, _households_by_name, _worklist, _counts, _elsewhere),
    *(_ageing, _entries, _ledger, _double_help, _alarms),
]


def seen(two: Register, partners: Partners, ask: Ask) -> set[str]:
    with reaching(partners), two.app.database.transaction() as tx:
        return ask(two, tx)


@pytest.mark.parametrize("ask", QUERIES, ids=lambda ask: ask.__name__.strip("_"))
def test_a_query_that_forgets_to_ask_finds_only_what_is_ones_own(two: Register, ask: Ask) -> None:
    assert seen(two, frozenset({"ROCCA"}), ask) == {"ROCCA"}
    assert seen(two, frozenset({"SSALV"}), ask) == {"SSALV"}
    assert seen(two, frozenset(BOTH), ask) == BOTH
    assert seen(two, NOBODYS, ask) == set()
    assert seen(two, EVERYBODYS, ask) == BOTH
    with two.app.database.transaction() as tx:  # nobody has said whose rows
        assert ask(two, tx) == set()


# Which tables


def guarded(register: TestRegister) -> set[str]:
    with register.database.transaction() as tx:
        rows = tx.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
            " AND relrowsecurity"
            " AND (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) = 2",
            [register.database.schema],
        )
        return {row["relname"] for row in rows}


def with_a_partner(register: TestRegister) -> set[str]:
    with register.database.transaction() as tx:
        rows = tx.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = %s AND column_name = 'partner'",
            [register.database.schema],
        )
        return {row["table_name"] for row in rows}


def test_every_table_that_says_whose_its_rows_are_is_guarded(two: Register) -> None:
    # What somebody may do is looked up before anybody knows whose request it is.
    assert guarded(two.owner) == with_a_partner(two.owner) - {"tokens", "grants", "delegations"}
    assert {"doti", "turns", "households", "granted", "ledger_entries"} <= guarded(two.owner)


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_what_was_rebuilt_is_guarded(two: Register, name: str) -> None:
    before = guarded(two.owner)
    rebuild(two.owner.database, name, lambda _done, _all: None)
    assert guarded(two.owner) == before
    for ask in (_page, _worklist, _ledger):
        assert seen(two, frozenset({"ROCCA"}), ask) == {"ROCCA"}


def test_the_owner_sees_all_and_says_so(two: Register) -> None:
    assert two.app.database.is_held_to_rows()
    assert not two.owner.database.is_held_to_rows()
    with two.owner.database.transaction() as tx:
        assert _page(two, tx) == BOTH


# Writing


@pytest.mark.parametrize(
    "table", [table for projection in PROJECTIONS.values() for table in projection.tables]
)
def test_nobody_writes_into_projections_by_hand(two: Register, table: str) -> None:
    for change in (f"DELETE FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):
        with (
            reaching(EVERYBODYS),
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
            two.app.database.transaction() as tx,
        ):
            tx.execute(change.encode())


def test_a_budget_line_of_another_partner_is_not_changed_by_hand(two: Register) -> None:
    update = "UPDATE budget_lines SET available_cents = available_cents WHERE partner = %s"
    with reaching(frozenset({"ROCCA"})), two.app.database.transaction() as tx:
        assert tx.execute(update, ["ROCCA"]).rowcount == 1
        assert tx.execute(update, ["SSALV"]).rowcount == 0


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO budget_lines (partner, category) VALUES ('SSALV', 'NEW')",
        "UPDATE budget_lines SET partner = 'SSALV', category = 'NEW'",
    ],
)
def test_a_budget_line_is_not_given_to_another_partner(two: Register, change: str) -> None:
    with (
        reaching(frozenset({"ROCCA"})),
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
        two.app.database.transaction() as tx,
    ):
        tx.execute(change.encode())


# Connections


def partners_seen(two: Register) -> set[str]:
    with two.app.database.transaction() as tx:
        return {row["partner"] for row in tx.execute("SELECT DISTINCT partner FROM doti")}


def test_a_connection_carries_nothing_over_to_the_next_request(two: Register) -> None:
    """The pool has one connection, and the statement is prepared in it after some turns."""
    own: frozenset[str]
    for _ in range(8):
        for own in (frozenset({"ROCCA"}), frozenset({"SSALV"}), NOBODYS or frozenset()):
            with reaching(own):
                assert partners_seen(two) == own
            with reaching(EVERYBODYS):
                assert partners_seen(two) == BOTH
        assert partners_seen(two) == set()
        assert two.app.database.statement("SELECT current_user AS u", {})[0]["u"].endswith("_app")


def fail(tx: Tx) -> None:
    tx.execute("SELECT 1 / 0")


@pytest.mark.parametrize("partners", [EVERYBODYS, frozenset({"SSALV"})], ids=["wide", "narrow"])
def test_also_after_an_error(two: Register, partners: Partners) -> None:
    with (
        reaching(partners),
        pytest.raises(psycopg.errors.DivisionByZero),
        two.app.database.transaction() as tx,
    ):
        fail(tx)
    assert partners_seen(two) == set()
    with reaching(frozenset({"ROCCA"})):
        assert partners_seen(two) == {"ROCCA"}


def test_one_look_across_partners_within_a_transaction(two: Register) -> None:
    database = two.app.database
    with reaching(frozenset({"ROCCA"})), database.transaction():
        assert partners_seen(two) == {"ROCCA"}
        with database.across_partners():
            assert partners_seen(two) == BOTH
            with database.across_partners():
                assert partners_seen(two) == BOTH
            assert partners_seen(two) == BOTH
        assert partners_seen(two) == {"ROCCA"}


def test_one_look_across_partners_by_itself(two: Register) -> None:
    with reaching(frozenset({"ROCCA"})):
        with two.app.database.across_partners():
            assert partners_seen(two) == BOTH
        assert partners_seen(two) == {"ROCCA"}


def test_a_look_across_that_fails_ends_with_its_transaction(two: Register) -> None:
    database = two.app.database
    with (
        reaching(frozenset({"ROCCA"})),
        pytest.raises(psycopg.errors.DivisionByZero),
        database.transaction() as tx,
        database.across_partners(),
    ):
        fail(tx)
    with reaching(frozenset({"ROCCA"})):
        assert partners_seen(two) == {"ROCCA"}


def test_a_look_across_that_fails_in_a_part_gives_back_what_it_took(two: Register) -> None:
    database = two.app.database
    with reaching(frozenset({"ROCCA"})), database.transaction() as tx:
        with (
            pytest.raises(psycopg.errors.DivisionByZero),
            tx.transaction(),
            database.across_partners(),
        ):
            fail(tx)
        assert partners_seen(two) == {"ROCCA"}


def test_what_is_no_code_never_comes_into_a_statement(two: Register) -> None:
    for odd in ("rocca", "A,B", "A'", "", "A\n"):
        with (
            reaching(frozenset({odd})),
            pytest.raises(ValueError, match="code of a partner"),
            two.app.database.transaction(),
        ):
            pass


def test_a_command_sees_what_its_actor_reaches(two: Register) -> None:
    """Whoever runs it, and whatever stands around it."""
    with reaching(frozenset({"SSALV"})):
        two.app.allocate(1_000, LINE)
    assert two.app.register.programme().partners
