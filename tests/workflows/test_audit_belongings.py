"""The tables that an erasure and a desk look into, checked against the events."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from tests.register import TestRegister, fresh_register
from workflows import approval, erasure, households
from workflows.audit import differences as f
from workflows.audit.belongings import check_belongings
from workflows.audit.findings import Finding
from workflows.audit.live import audit
from workflows.audit.notary import Notary
from workflows.commands import AddMember, Motivate, Motive, Payee
from workflows.reindexing import reindex

PAYEE = Payee(name="Immobiliare Inventata S.r.l.", iban="IT60X0542811101000000123456")
OTHER = Payee(name="Ditta Inventata", iban=None)
WHY = Motive(reason="lo chiede la persona")
TABLES = (
    "household_doti",
    "payees",
    "payee_doti",
    "identities",
    "payee_identities",
    "files_to_remove",
)
TOKEN = "decode(repeat('ab', 16), 'hex')"
FIRST = "(SELECT min(dote_id::text)::uuid FROM {})"
SOMEBODY = "00000000-0000-0000-0000-000000000007"


def voted(register: TestRegister, payee: Payee | None) -> tuple[UUID, UUID]:
    """A household and its dote."""
    home = register.household()
    dote_id = register.request(home, 10_000)
    register.assess(dote_id)
    register.approve(dote_id, 10_000, payee=payee)
    return home, dote_id


@pytest.fixture(scope="module")
def town(postgres_url: str) -> Iterator[TestRegister]:
    """Two doti with one payee, one paid to the household, and a household that was erased together
    with its payee."""
    with fresh_register(postgres_url) as register:
        register.open_programme()
        register.allocate(1_000_000)
        people = register.people
        gone, dote_id = voted(register, OTHER)
        give_up = Motivate(reason="rinuncia")
        register.run(people.approver, lambda work: approval.revoke(work, dote_id, give_up))
        for who in (people.operator, people.coordinator):
            register.run(who, lambda work: erasure.ask_or_confirm(work, gone, WHY))
        for payee in (PAYEE, PAYEE, None):
            home, _ = voted(register, payee)
        child = AddMember(given_name="Bea", family_name="Inventata", phone="+39 011 1234567")
        register.run(people.operator, lambda work: households.add_member(work, home, child))
        register.settle()
        notary = Notary(register.database, register.vault)
        notary.checkpoint(register.engine.clock() + timedelta(seconds=1))
        yield register


@contextmanager
def changed(register: TestRegister, statement: str) -> Iterator[None]:
    """The tables with a change that no event made, until the end."""
    with register.database.transaction() as tx:
        for table in TABLES:
            tx.execute(f"CREATE TABLE kept_{table} AS TABLE {table}".encode())
        tx.execute(statement.encode())
    yield
    with register.database.transaction() as tx:
        tx.execute(f"TRUNCATE {', '.join(TABLES)}".encode())
        for table in TABLES:
            tx.execute(f"INSERT INTO {table} TABLE kept_{table}".encode())
            tx.execute(f"DROP TABLE kept_{table}".encode())


def test_rows_that_were_not_touched_agree(town: TestRegister) -> None:
    with town.database.transaction() as tx:
        found = tx.execute("SELECT count(*) AS n FROM identities WHERE kind = 'phone'").fetchone()
    assert found == {"n": 1}
    assert list(check_belongings(town.database, town.vault)) == []
    assert list(check_belongings(town.database)) == []
    assert audit(town.database, vault=town.vault).ok


def test_and_made_anew_they_agree(town: TestRegister) -> None:
    reindex(town.register, town.vault, town.engine.index, lambda *_: None)
    assert list(check_belongings(town.database, town.vault)) == []


@pytest.mark.parametrize(
    ("statement", "kind", "says"),
    [
        (
            f"DELETE FROM household_doti WHERE dote_id = {FIRST.format('household_doti')}",
            f.DoteOfDiffers,
            "says household nothing for dote",
        ),
        (
            f"INSERT INTO household_doti VALUES ('{SOMEBODY}', '{SOMEBODY}')",
            f.DoteOfDiffers,
            f"says household {SOMEBODY} for dote {SOMEBODY}, and its events make nothing",
        ),
        (
            f"DELETE FROM payee_doti WHERE dote_id = {FIRST.format('payee_doti')}",
            f.PaidDiffers,
            "says nothing for payee",
        ),
        (
            (
                f"UPDATE payee_doti SET household_id = '{SOMEBODY}'"
                f" WHERE dote_id = {FIRST.format('payee_doti')}"
            ),
            f.PaidDiffers,
            f"says {SOMEBODY} for payee",
        ),
        (
            f"INSERT INTO payees VALUES ('{SOMEBODY}', {TOKEN}, NULL)",
            f.FoundByDiffers,
            f"By what payee {SOMEBODY} is found",
        ),
        (
            f"INSERT INTO identities VALUES ('{SOMEBODY}', 0, 'word', {TOKEN})",
            f.FoundByDiffers,
            f"household {SOMEBODY} is found stands otherwise in the table identities",
        ),
        (
            f"INSERT INTO payee_identities VALUES ('{SOMEBODY}', 'name', {TOKEN})",
            f.FoundByDiffers,
            f"the payee of dote {SOMEBODY} is found",
        ),
        (
            f"INSERT INTO files_to_remove VALUES ('{SOMEBODY}')",
            f.FilesMarked,
            f"The files of household {SOMEBODY} are marked",
        ),
    ],
)
def test_a_row_that_was_changed_by_hand_is_found(
    town: TestRegister, statement: str, kind: type[Finding], says: str
) -> None:
    with changed(town, statement):
        (found,) = check_belongings(town.database)
        assert isinstance(found, kind)
        assert says in str(found)
        assert audit(town.database).findings == (found,)


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("DELETE FROM identities WHERE kind = 'phone'", "identities"),
        ("UPDATE identities SET member = 5 WHERE kind = 'phone'", "identities"),
        (
            (
                "DELETE FROM payee_identities WHERE kind = 'iban'"
                f" AND dote_id = {FIRST.format('payee_identities')}"
            ),
            "payee_identities",
        ),
        ("UPDATE payees SET iban_token = NULL", "payees"),
    ],
)
def test_by_what_people_are_found_is_compared_with_the_keys_at_hand(
    town: TestRegister, statement: str, table: str
) -> None:
    with changed(town, statement):
        assert list(check_belongings(town.database)) == []
        (found,) = check_belongings(town.database, town.vault)
        assert isinstance(found, f.FoundByDiffers)
        assert found.table == table
        assert "doti reindex" in str(found)
        reindex(town.register, town.vault, town.engine.index, lambda *_: None)
        assert list(check_belongings(town.database, town.vault)) == []


def test_who_was_erased_is_found_by_nothing(town: TestRegister) -> None:
    back = (
        f"INSERT INTO identities SELECT stream_id, 0, 'word', {TOKEN}"
        " FROM events WHERE topic = 'HouseholdErased'"
    )
    with changed(town, back):
        (found,) = check_belongings(town.database)
        assert isinstance(found, f.FoundByDiffers)
