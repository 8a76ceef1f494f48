"""The tables of delegations and conflicts of interest, checked against the events."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from domain.actors import Role
from tests.register import TestRegister
from tests.workflows.audit import as_owner
from tests.workflows.office import PAYEE, Office, open_office
from workflows import accounts, people
from workflows.account_commands import CloseAccount, GrantRole, OpenAccount
from workflows.audit import differences as f
from workflows.audit.live import audit
from workflows.audit.notary import Notary
from workflows.audit.people import check_people


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    """A register with an open programme, money, and people who sign in."""
    with open_office(postgres_url) as opened:
        yield opened


def leave(office: Office, name: str = "Anna Esempi") -> None:
    """Somebody with an e-mail whose account was closed, after a token and a role of theirs."""
    made, today = office.accounts, office.clock.today
    command = OpenAccount.model_validate(
        {"name": name, "email": f"{name.split()[0]}@esempi.invalid"}
    )
    account_id = made.run(lambda work: accounts.open_account(work, command)).stream_id
    lent = today + timedelta(days=5)
    made.create_token(name, Role.ASSESSOR, until=lent, read_only=True)
    made.revoke_token(made.create_token(name, Role.ASSESSOR))
    limited = GrantRole(role=Role.FINANCE, until=lent)
    made.run(lambda work: accounts.grant_role(work, account_id, limited))
    made.revoke_role(name, Role.ASSESSOR)
    gone = CloseAccount(reason="in pensione")
    made.run(lambda work: accounts.close(work, account_id, gone))


@pytest.fixture
def busy(office: Office) -> Office:
    """Delegations and conflicts, some of them over, in a log that is signed."""
    office.delegate()
    over = office.delegate("desk")
    office.register.run(office.actor("approver"), lambda work: people.end_delegation(work, over))
    office.declare("approver", household_id=uuid4(), member=2)
    office.lift(office.declare("operator", payee=PAYEE))
    leave(office)
    office.register.settle()
    database = office.register.database
    Notary(database, office.register.vault).checkpoint(office.clock())
    return office


def test_rows_that_were_not_touched_agree(busy: Office) -> None:
    assert list(check_people(busy.register.database)) == []
    assert audit(busy.register.database, vault=busy.register.vault).ok


BY_HAND = """
INSERT INTO delegations
VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'approver', NULL,
        '2026-01-01', '2026-12-31', 9, NULL)
"""
GRANTED_BY_HAND = """
INSERT INTO grants
VALUES (gen_random_uuid(), (SELECT id FROM accounts LIMIT 1), 'coordinator', NULL,
        '2026-01-01', NULL, NULL)
"""
TOKEN_BY_HAND = """
INSERT INTO tokens (hash, account_id, role)
VALUES (decode(repeat('00', 32), 'hex'), (SELECT id FROM accounts LIMIT 1), 'admin')
"""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            BY_HAND,
            "and its events make nothing.",
        ),
        ("UPDATE delegations SET ended_at = NULL", "says ended_at None of"),
        ("UPDATE delegations SET max_cents = 99 WHERE ended_at IS NULL", "make max_cents 12000."),
        ("UPDATE conflicts SET lifted_at = now() WHERE lifted_at IS NULL", "make lifted_at None."),
        ("DELETE FROM conflicts WHERE lifted_at IS NULL", "says nothing of"),
        (
            GRANTED_BY_HAND,
            "and its events make nothing.",
        ),
        ("UPDATE grants SET revoked_at = NULL", "says revoked_at None of grant"),
        ("UPDATE grants SET until = NULL WHERE until IS NOT NULL", "says until None of grant"),
        ("UPDATE grants SET role = 'finance' WHERE role = 'admin'", "make role admin."),
        ("UPDATE grants SET partner = NULL WHERE partner = 'SSALV'", "make partner SSALV."),
        (
            TOKEN_BY_HAND,
            "and its events make nothing.",
        ),
        ("UPDATE tokens SET revoked_at = NULL", "says revoked False of token"),
        ("UPDATE tokens SET role = 'finance' WHERE role = 'admin'", "make role admin."),
        ("UPDATE tokens SET read_only = false", "says read_only False of token"),
        ("UPDATE tokens SET until = NULL", "says until None of token"),
        ("UPDATE accounts SET closed_at = NULL", "says closed_at None of account"),
        ("UPDATE accounts SET works_for = 'ROCCA' WHERE name = 'desk'", "make works_for SSALV."),
        (
            "INSERT INTO accounts (id, name, known_as) VALUES (gen_random_uuid(), 'X', 'x')",
            "and its events make nothing.",
        ),
        ("UPDATE accounts SET email = 'x@y.invalid' WHERE name = 'admin'", "make email None."),
    ],
)
def test_a_row_that_was_changed_by_hand_is_found(busy: Office, change: str, says: str) -> None:
    database = busy.register.database
    with database.transaction() as tx:
        tx.execute(change.encode())
    (found,) = check_people(database)
    kinds = f.DelegationDiffers | f.ConflictDiffers | f.AccountDiffers | f.RoleDiffers
    assert isinstance(found, kinds | f.TokenDiffers)
    assert says in str(found)
    assert not audit(database).ok


def test_a_conflict_that_was_turned_to_somebody_else_is_found(busy: Office) -> None:
    database, vault = busy.register.database, busy.register.vault
    turned = b"UPDATE conflicts SET tokens = ARRAY[decode(repeat('00', 16), 'hex')]"
    with database.transaction() as tx:
        tx.execute(turned + b" WHERE tokens <> '{}'")
    assert list(check_people(database)) == []
    (found,) = check_people(database, vault)
    assert "says payee of somebody else of conflict" in str(found)
    assert not audit(database, vault=vault).ok
    with database.transaction() as tx:
        tx.execute(
            b"DELETE FROM subject_keys WHERE subject_id IN (SELECT account_id FROM conflicts)"
        )
    assert list(check_people(database, vault)) == []  # whom it was with, nobody knows any more


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE accounts SET email = 'me@esempi.invalid' WHERE email IS NOT NULL", "email"),
        ("UPDATE accounts SET name = 'Altra' WHERE name = 'Anna Esempi'", "name"),
        ("UPDATE accounts SET known_as = 'altra' WHERE name = 'Anna Esempi'", "known_as"),
    ],
)
def test_an_account_that_was_turned_to_somebody_else_is_found(
    busy: Office, change: str, says: str
) -> None:
    database, vault = busy.register.database, busy.register.vault
    with database.transaction() as tx:
        tx.execute(change.encode())
    assert list(check_people(database)) == []  # what is sealed is compared with its key only
    (found,) = check_people(database, vault)
    assert isinstance(found, f.AccountDiffers)
    assert f"says {says} of somebody else of account" in str(found)
    assert "esempi" not in str(found).lower()
    assert not audit(database, vault=vault).ok
    with database.transaction() as tx:
        tx.execute(b"DELETE FROM subject_keys")
    assert list(check_people(database, vault)) == []  # who it was, nobody knows any more


def test_an_end_without_its_beginning_does_not_stop_the_audit(busy: Office) -> None:
    database = busy.register.database
    with as_owner(database) as tx:
        tx.execute("DELETE FROM events WHERE topic = 'RoleDelegated'")
    assert not audit(database).ok


def test_the_role_of_the_api_adds_and_ends_and_changes_nothing_else(
    busy: Office, postgres_url: str
) -> None:
    database = busy.register.database
    app = TestRegister(postgres_url, database.schema, busy.clock, role=database.app_role)
    with app.database:
        as_app = Office(app, busy.clock)
        as_app.delegate()
        as_app.lift(as_app.declare("operator", payee=PAYEE))
        as_app.accounts.set_works_for("approver", "ROCCA")
        leave(as_app, "Bruno Esempi")
        for change in (
            "UPDATE grants SET role = 'admin'",
            "DELETE FROM grants",
            "UPDATE tokens SET role = 'admin'",
            "UPDATE tokens SET account_id = account_id",
            "DELETE FROM tokens",
            "DELETE FROM accounts",
            "UPDATE delegations SET max_cents = 1",
            "DELETE FROM delegations",
            "UPDATE conflicts SET tokens = '{}'",
            "DELETE FROM conflicts",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                app.database.transaction() as tx,
            ):
                tx.execute(change.encode())
