"""Accounts on a real register: events and rows, several at once, and what an older version left."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import Barrier
from uuid import UUID, uuid4

import pytest

from api.security.accounts import Accounts, hash_of, new_token
from domain.actors import Actor, Grant, Role
from domain.errors import (
    DomainError,
    Duplicate,
    Forbidden,
    LastAdmin,
    NotFound,
    OwnAccount,
    RoleNotHeld,
    TokenTooLong,
    UnknownCode,
    UnknownPerson,
)
from tests.register import MASTER_KEY
from tests.workflows.office import Office, open_office
from workflows import accounts
from workflows.account_commands import (
    CloseAccount,
    GrantRole,
    InviteAccount,
    IssueToken,
    RecordEmail,
    WorkFor,
)
from workflows.adoption import adopt_accounts
from workflows.audit.people import check_people
from workflows.commands import DeclareConflict
from workflows.engine import Engine, Outcome, Request, Work
from workflows.eventstore.database import Database
from workflows.eventstore.register import Register
from workflows.eventstore.vault import Vault
from workflows.people import declare_conflict


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    """A register with an open programme, and people who sign in."""
    with open_office(postgres_url) as opened:
        yield opened


def opened(office: Office, name: str = "Anna Esempi", **other: object) -> UUID:
    """Somebody whom an admin invited."""
    asked = {"name": name, "email": f"{uuid4().hex}@esempi.invalid", **other}
    command = InviteAccount.model_validate(asked)
    return office.register.run(
        office.actor("admin"), lambda work: accounts.open_account(work, command)
    ).stream_id


def grant(office: Office, account_id: UUID, role: Role, **other: object) -> UUID:
    """A role, by the admin; the id of the grant."""
    command = GrantRole.model_validate({"role": role, **other})
    outcome = office.register.run(
        office.actor("admin"), lambda work: accounts.grant_role(work, account_id, command)
    )
    return UUID(outcome.figures["id"])


def issue(office: Office, by: Actor, **asked: object) -> str:
    """A token of one's own."""
    token = new_token()
    command = IssueToken.model_validate(asked)
    office.register.run(by, lambda work: accounts.issue_token(work, command, hash_of(token)))
    return token


def close(office: Office, account_id: UUID, by: str = "admin") -> None:
    """The end of an account."""
    command = CloseAccount(reason="in pensione")
    office.register.run(office.actor(by), lambda work: accounts.close(work, account_id, command))


def agrees(office: Office) -> bool:
    """Whether the tables say what the events say."""
    return not list(check_people(office.register.database, office.register.vault))


def rows(office: Office, statement: bytes) -> list[dict[str, object]]:
    """What a table says."""
    with office.register.database.transaction() as tx:
        return [dict(row) for row in tx.execute(statement)]


# Opening


def test_an_account_is_its_events_and_its_rows(office: Office) -> None:
    account_id = opened(
        office,
        " Anna   Esempi ",
        email=" ANNA@Esempi.Invalid",
        works_for="ROCCA",
        grants=[{"role": "operator", "partner": "ROCCA"}, {"role": "assessor"}],
    )
    events = office.register.register.history(account_id)
    kinds = [type(event).__name__ for event in events]
    assert kinds == ["AccountOpened", "RoleGranted", "RoleGranted"]
    assert {event.by.account_id for event in events} == {office.actor("admin").account_id}
    assert office.register.vault.open_field(events[0], "name") == "Anna Esempi"
    (row,) = office.accounts.listed(account_id)
    assert (row["name"], row["email"]) == ("Anna Esempi", "anna@esempi.invalid")
    assert (row["works_for"], row["closed_at"], row["last_used_on"]) == ("ROCCA", None, None)
    who = office.accounts.actor_of(account_id)
    assert who == Actor(account_id, (Grant(Role.ASSESSOR), Grant(Role.OPERATOR, "ROCCA")), "ROCCA")
    assert agrees(office)


def test_nothing_that_names_somebody_stands_in_an_event(office: Office) -> None:
    account_id = opened(office, "Zelinda Inventata", email="zelinda@esempi.invalid")
    close(office, account_id)
    for row in rows(office, b"SELECT state FROM events"):
        state = row["state"]
        assert isinstance(state, bytes)
        for word in (b"Zelinda", b"zelinda", b"pensione"):
            assert word not in state


def test_a_name_and_an_address_are_one_persons(office: Office) -> None:
    opened(office, email="anna@esempi.invalid")
    bruno = opened(office, "Bruno Esempi")
    for name, email in (("ANNA  esempi", "b@esempi.invalid"), ("Carla", "Anna@Esempi.invalid")):
        with pytest.raises(Duplicate):
            opened(office, name, email=email)
    command = RecordEmail(email="anna@esempi.invalid")
    with pytest.raises(Duplicate):
        office.register.run(
            office.actor("admin"), lambda work: accounts.record_email(work, bruno, command)
        )


def at_once(*what: Callable[[], object]) -> list[object]:
    """What each of them answers, or is refused with, when all begin together."""
    barrier = Barrier(len(what))

    def run(do: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return do()
        except DomainError as refusal:
            return type(refusal)

    with ThreadPoolExecutor(len(what)) as pool:
        return list(pool.map(run, what))


def test_of_several_at_once_one_gets_the_name(office: Office) -> None:
    answers = at_once(*[lambda: opened(office, "Anna Esempi")] * 6)
    assert Counter(answers)[Duplicate] == 5
    assert agrees(office)


def test_the_command_line_finds_the_person_whoever_was_quicker(office: Office) -> None:
    create = office.accounts.create_token
    tokens = at_once(*[lambda: create("Dora Esempi", Role.ASSESSOR)] * 6)
    actors = {office.accounts.actor_for(str(token)) for token in tokens}
    assert len(set(tokens)) == 6
    assert len(actors) == 1
    (who,) = actors
    assert who is not None
    kinds = Counter(
        type(event).__name__ for event in office.register.register.history(who.account_id)
    )
    assert kinds == {"AccountOpened": 1, "RoleGranted": 1, "TokenIssued": 6}
    assert agrees(office)


def test_only_admins_and_for_partners_that_take_part(office: Office) -> None:
    account_id = opened(office)
    command = GrantRole(role=Role.ASSESSOR)
    for who in ("coordinator", "approver"):
        with pytest.raises(Forbidden):
            office.register.run(
                office.actor(who), lambda work: accounts.grant_role(work, account_id, command)
            )
    for do in (
        lambda: opened(office, "X", works_for="NOBODY"),
        lambda: opened(office, "X", grants=[{"role": "operator", "partner": "NOBODY"}]),
        lambda: grant(office, account_id, Role.OPERATOR, partner="NOBODY"),
        lambda: office.register.run(
            office.actor("admin"),
            lambda work: accounts.works_for(work, account_id, WorkFor(partner="NOBODY")),
        ),
    ):
        with pytest.raises(UnknownCode):
            do()
    with pytest.raises(NotFound):
        grant(office, uuid4(), Role.ASSESSOR)
    with pytest.raises(UnknownPerson):
        office.accounts.named("X")


# The last one who administers


def test_two_admins_cannot_end_each_other_at_once(office: Office) -> None:
    office.tokens["second"] = office.accounts.create_token("second", Role.ADMIN)
    first, second = office.actor("admin").account_id, office.actor("second").account_id
    answers = at_once(
        lambda: close(office, second, by="admin"), lambda: close(office, first, by="second")
    )
    # Whoever is second finds nobody else, or is nobody any more.
    assert answers.count(None) == 1
    assert len(office.register.engine.run(Request(Actor(first, ()), "t"), _admins).figures) == 1


def _admins(work: Work) -> Outcome:
    found = work.store.people.admins(work.now.date())
    return Outcome(uuid4(), 1, figures={str(who): True for who in found})


def test_the_last_admin_stays_but_for_the_command_line(office: Office) -> None:
    admin = office.actor("admin").account_id
    office.tokens["second"] = office.accounts.create_token("second", Role.ADMIN)
    second = office.actor("second")
    close(office, second.account_id)
    command = CloseAccount(reason="prova")
    with pytest.raises(LastAdmin):  # still on its way when they were closed
        office.register.run(second, lambda work: accounts.close(work, admin, command))
    with pytest.raises(OwnAccount):
        close(office, admin)
    assert office.accounts.revoke_role("admin", Role.ADMIN)
    assert office.accounts.actor_for(office.tokens["admin"]) is None


# What acts at once


def test_a_closed_account_lets_nobody_in_nor_act_for_them(office: Office) -> None:
    office.delegate()
    approver = office.actor("approver").account_id
    close(office, approver)
    assert office.accounts.actor_for(office.tokens["approver"]) is None
    assert office.accounts.actor_of(approver) is None
    assert office.actor("stand-in").grants == (Grant(Role.ASSESSOR),)
    assert approver not in {one.id for one in office.accounts.colleagues()}
    found = office.accounts.holders(frozenset({Role.APPROVER}))
    assert not any(actor.has_any(frozenset({Role.APPROVER})) for _, actor in found)
    with pytest.raises(UnknownCode):
        office.delegate(approver, "operator")
    office.register.run(office.actor("admin"), lambda work: accounts.reopen(work, approver))
    assert office.actor("approver").grants == (Grant(Role.APPROVER),)
    assert len(office.actor("stand-in").grants) == 2
    assert agrees(office)


def test_a_role_lasts_from_its_first_day_to_its_last(office: Office) -> None:
    account_id, today = opened(office), office.clock.today
    first, last = today + timedelta(days=1), today + timedelta(days=2)
    grant(office, account_id, Role.APPROVER, since=first, until=last)
    seen = []
    for _ in range(4):
        who = office.accounts.actor_of(account_id)
        assert who is not None
        seen.append(len(who.grants))
        office.clock.now += timedelta(days=1)
    assert seen == [0, 1, 1, 0]


def test_a_role_that_ends_takes_its_tokens(office: Office) -> None:
    account_id = opened(office)
    held = grant(office, account_id, Role.ASSESSOR)
    grant(office, account_id, Role.APPROVER, partner="ROCCA")
    who = office.accounts.actor_of(account_id)
    assert who is not None
    token = issue(office, who, role="assessor", partner="SSALV")
    other = issue(office, who, role="approver", partner="ROCCA")
    office.register.run(
        office.actor("admin"), lambda work: accounts.revoke_role(work, account_id, held)
    )
    assert office.accounts.actor_for(token) is None
    assert office.accounts.actor_for(other) is not None
    # Given back for another partner only, the token does not reach so far.
    again = grant(office, account_id, Role.ASSESSOR, partner="ROCCA")
    assert office.accounts.actor_for(token) is None
    assert again != held
    grant(office, account_id, Role.ASSESSOR, partner="SSALV")
    found = office.accounts.actor_for(token)
    assert found is not None
    assert found.grants == (Grant(Role.ASSESSOR, "SSALV"),)


# Tokens


def test_a_token_makes_no_more_than_it_is(office: Office) -> None:
    account_id, today = opened(office), office.clock.today
    grant(office, account_id, Role.ASSESSOR)
    grant(office, account_id, Role.FINANCE)
    session = office.accounts.actor_of(account_id)
    assert session is not None
    last = today + timedelta(days=3)
    narrow = office.accounts.actor_for(
        issue(office, session, role="assessor", partner="ROCCA", until=last)
    )
    assert narrow is not None
    assert (narrow.grants, narrow.until) == ((Grant(Role.ASSESSOR, "ROCCA"),), last)
    for asked in ({"role": "finance"}, {"role": "assessor"}):
        with pytest.raises(RoleNotHeld):
            issue(office, narrow, **asked)
    mine = {"role": "assessor", "partner": "ROCCA"}
    with pytest.raises(TokenTooLong):
        issue(office, narrow, **mine, until=last + timedelta(days=1))
    made = office.accounts.actor_for(issue(office, narrow, **mine, read_only=True))
    assert made is not None
    assert (made.until, made.read_only) == (last, True)
    office.clock.now += timedelta(days=4)
    assert office.accounts.actor_for(issue(office, session, role="finance")) is not None
    assert all(row["until"] in (last, None) for row in office.accounts.tokens_of(account_id))


def test_a_token_ends_with_its_day(office: Office) -> None:
    until = office.clock.today + timedelta(days=1)
    token = office.accounts.create_token("Anna", Role.ASSESSOR, until=until, label="prova")
    assert office.accounts.actor_for(token) is not None
    office.clock.now += timedelta(days=1)
    assert office.accounts.actor_for(token) is not None
    office.clock.now += timedelta(days=1)
    assert office.accounts.actor_for(token) is None


def test_the_last_use_is_noted_once_a_day(office: Office) -> None:
    seen = (
        b"SELECT last_used_on, t.xmin::text AS row FROM tokens t"
        b" JOIN accounts a ON a.id = t.account_id WHERE a.name = 'approver'"
    )
    assert rows(office, seen)[0]["last_used_on"] is None
    office.actor("approver")
    first = rows(office, seen)
    assert first[0]["last_used_on"] == office.clock.today
    office.actor("approver")
    assert rows(office, seen) == first
    office.clock.now += timedelta(days=1)
    office.actor("approver")
    assert rows(office, seen)[0]["last_used_on"] == office.clock.today


# Invitations


def test_a_link_is_kept_as_its_hash_for_a_week_and_the_newest_only(office: Office) -> None:
    account_id = opened(office)
    first = office.accounts.invite(account_id)
    second = office.accounts.invite(account_id)
    (row,) = rows(office, b"SELECT * FROM invitations")
    assert row["hash"] == sha256(second.secret.encode()).digest() != first.link.hash
    assert row["account_id"] == account_id
    assert row["expires_at"] == second.until == office.clock.now + timedelta(days=7)
    assert office.accounts.listed(account_id)[0]["invited_until"] == second.until
    close(office, account_id)
    assert rows(office, b"SELECT * FROM invitations") == []


def test_a_link_to_an_older_address_ends(office: Office) -> None:
    account_id = opened(office)
    office.accounts.invite(account_id)
    command = RecordEmail(email="altrove@esempi.invalid")
    office.register.run(
        office.actor("admin"), lambda work: accounts.record_email(work, account_id, command)
    )
    assert rows(office, b"SELECT * FROM invitations") == []
    assert office.accounts.listed(account_id)[0]["email"] == "altrove@esempi.invalid"
    assert agrees(office)


# What an older version left

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
