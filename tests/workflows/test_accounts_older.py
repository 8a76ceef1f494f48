"""Accounts that an older version left, and those that the register makes by itself."""

from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest

from api.security.accounts import Accounts, hash_of, new_token
from domain.actors import Actor, Grant, Role
from tests.register import MASTER_KEY
from tests.workflows.account_steps import agrees, at_once, rows
from tests.workflows.office import Office, open_office
from workflows.adoption import adopt_accounts
from workflows.commands import DeclareConflict
from workflows.engine import Engine, Outcome, Work
from workflows.eventstore.database import Database
from workflows.eventstore.register import Register
from workflows.eventstore.vault import Vault
from workflows.people import declare_conflict


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    """A register with an open programme, and people who sign in."""
    with open_office(postgres_url) as opened:
        yield opened


OLD = b"""
WITH people AS (
    INSERT INTO accounts (id, name, known_as, works_for)
    VALUES (%(anna)s, 'Anna Vecchia', 'anna vecchia', 'ROCCA'),
           (%(bruno)s, 'Bruno Vecchio', 'bruno vecchio', NULL)
)
INSERT INTO tokens (hash, account_id, role, partner, created_at, revoked_at) VALUES
    (%(works)s, %(anna)s, 'operator', 'ROCCA', '2026-01-10T09:00Z', NULL),
    (%(again)s, %(anna)s, 'operator', 'ROCCA', '2026-01-12T09:00Z', NULL),
    (%(ended)s, %(anna)s, 'assessor', NULL, '2026-01-11T09:00Z', '2026-01-13T09:00Z'),
    (%(both)s, %(bruno)s, 'admin', NULL, '2026-01-11T09:00Z', NULL),
    (%(more)s, %(bruno)s, 'finance', NULL, '2026-01-11T09:00Z', NULL)
"""


class Older:
    """Accounts and tokens as they were before they had events."""

    def __init__(self, office: Office) -> None:
        self.anna, self.bruno = uuid4(), uuid4()
        names = ("works", "again", "ended", "both", "more")
        self.tokens = {name: new_token() for name in names}
        hashes = {name: hash_of(token) for name, token in self.tokens.items()}
        with office.register.database.transaction() as tx:
            tx.execute(OLD, {"anna": self.anna, "bruno": self.bruno, **hashes})


def test_what_an_older_version_left_gets_its_events(office: Office) -> None:
    older = Older(office)
    before = rows(office, b"SELECT id, hash, revoked_at FROM tokens ORDER BY id")
    assert office.accounts.actor_for(older.tokens["works"]) is None
    assert not agrees(office)
    assert adopt_accounts(office.register.database, office.register.engine) == 2
    assert adopt_accounts(office.register.database, office.register.engine) == 0
    assert rows(office, b"SELECT id, hash, revoked_at FROM tokens ORDER BY id") == before
    assert agrees(office)
    anna = office.accounts.actor_for(older.tokens["works"])
    assert anna == Actor(older.anna, (Grant(Role.OPERATOR, "ROCCA"),), "ROCCA")
    assert anna == office.accounts.actor_for(older.tokens["again"])
    assert anna == office.accounts.actor_of(older.anna)
    assert office.accounts.actor_for(older.tokens["ended"]) is None
    events = office.register.register.history(older.anna)
    assert Counter(type(event).__name__ for event in events) == {
        "AccountOpened": 1,
        "RoleGranted": 1,
        "TokenIssued": 3,
        "TokenRevoked": 1,
    }
    assert {event.by.role for event in events} == {Role.SYSTEM}
    assert office.register.vault.open_field(events[0], "name") == "Anna Vecchia"
    # Both kinds of roles were possible then; a session has the one of accounts only.
    assert office.accounts.actor_of(older.bruno) == Actor(older.bruno, (Grant(Role.ADMIN),))


def test_several_processes_adopt_at_once(office: Office, postgres_url: str) -> None:
    older = Older(office)

    def adopt() -> int:
        with Database(postgres_url, office.register.database.schema) as database:
            engine = Engine(Register(database), Vault(database, MASTER_KEY))
            return adopt_accounts(database, engine)

    found = at_once(*[adopt] * 4)
    assert max(int(str(count)) for count in found) == 2
    for account_id, count in ((older.anna, 6), (older.bruno, 5)):
        assert len(office.register.register.history(account_id)) == count
    assert agrees(office)


def test_somebody_who_delegated_before_is_adopted_too(office: Office) -> None:
    older = Older(office)
    office.register.run(
        Actor(older.anna, (Grant(Role.OPERATOR, "ROCCA"),)),
        _declare,
    )
    adopt_accounts(office.register.database, office.register.engine)
    account = office.register.register.account(older.anna)
    assert (account.version, len(account.conflicts)) == (7, 1)
    assert agrees(office)


def _declare(work: Work) -> Outcome:
    return declare_conflict(work, DeclareConflict(household_id=uuid4(), reason="parenti"))


def test_accounts_are_made_by_the_register_itself_with_nobody_there(office: Office) -> None:
    made = Accounts(office.register.database, office.register.engine)
    account_id = made.account_id("Nuova Persona")
    assert made.account_id(" nuova  PERSONA") == account_id
    (event,) = office.register.register.history(account_id)
    assert event.by.role is Role.SYSTEM
    assert made.actor_of(account_id) == Actor(account_id, ())
    assert made.actor_of(uuid4()) is None
