"""Tokens and links of invitations on a real register."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest

from domain.actors import Grant, Role
from domain.errors import (
    RoleNotHeld,
    TokenTooLong,
)
from tests.workflows.account_steps import agrees, close, grant, issue, opened, rows
from tests.workflows.office import Office, open_office
from workflows import accounts
from workflows.account_commands import (
    RecordEmail,
)


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    """A register with an open programme, and people who sign in."""
    with open_office(postgres_url) as opened:
        yield opened


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
