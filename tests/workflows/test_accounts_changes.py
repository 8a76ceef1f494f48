"""Accounts on a real register: events and rows, and several people at once."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.actors import Actor, Grant, Role
from domain.errors import (
    Duplicate,
    Forbidden,
    LastAdmin,
    NotFound,
    OwnAccount,
    UnknownCode,
    UnknownPerson,
)
from tests.workflows.account_steps import agrees, at_once, close, grant, issue, opened, rows
from tests.workflows.office import Office, open_office
from workflows import accounts
from workflows.account_commands import (
    CloseAccount,
    GrantRole,
    RecordEmail,
    WorkFor,
)
from workflows.engine import Outcome, Request, Work


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    """A register with an open programme, and people who sign in."""
    with open_office(postgres_url) as opened:
        yield opened


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
    first, second = office.actor("admin"), office.actor("second")
    answers = at_once(
        lambda: close(office, second.account_id, by=first),
        lambda: close(office, first.account_id, by=second),
    )
    # Whoever is second finds nobody else, or is nobody any more.
    assert answers.count(None) == 1
    assert (
        len(office.register.engine.run(Request(Actor(first.account_id, ()), "t"), _admins).figures)
        == 1
    )


def _admins(work: Work) -> Outcome:
    found = work.store.people.admins(work.today)
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
