"""Delegations and conflicts of interest on a real register: events, rows and keys."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domain.actors import Grant, Role
from domain.errors import (
    AdminApart,
    ConflictOfInterest,
    DelegationTooSmall,
    Forbidden,
    NotFound,
    UnknownCode,
    UnknownPerson,
)
from domain.events.dote import DoteApproved
from domain.household import Member
from tests.workflows.office import PAYEE, Office, open_office
from workflows import approval, people, programme
from workflows.commands import (
    Allocate,
    Approve,
    Payee,
)
from workflows.engine import Outcome


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    """A register with an open programme, money, and people who sign in."""
    with open_office(postgres_url) as opened:
        yield opened


# Delegated roles


def test_a_delegated_role_is_signed_for_both(office: Office) -> None:
    office.delegate()
    stand_in = office.actor("stand-in")
    own, lent = stand_in.grants
    assert own == Grant(Role.ASSESSOR)
    assert (lent.role, lent.partner) == (Role.APPROVER, None)
    assert lent.delegation is not None
    assert (lent.delegation.works_for, lent.delegation.max_cents) == ("SSALV", 12_000)
    dote_id = office.register.assessed(10_000)
    office.register.approve(dote_id, 10_000, by=stand_in)
    approved = office.register.register.history(dote_id)[-1]
    assert isinstance(approved, DoteApproved)
    assert approved.by.on_behalf_of is not None
    assert approved.by.people == {stand_in.account_id, office.actor("approver").account_id}
    assert approved.by.partners == {"ROCCA", "SSALV"}
    with pytest.raises(DelegationTooSmall):
        office.register.approve(office.register.assessed(12_001), 12_001, by=stand_in)


def test_it_holds_from_its_first_day_to_its_last(office: Office) -> None:
    first = office.clock.today + timedelta(days=2)
    office.delegate(since=first, until=first)
    seen = []
    for _ in range(5):
        seen.append(len(office.actor("stand-in").grants))
        office.clock.now += timedelta(days=1)
    assert seen == [1, 1, 2, 1, 1]


def test_it_ends_at_once(office: Office) -> None:
    delegation_id = office.delegate()
    office.register.run(
        office.actor("stand-in"), lambda work: people.end_delegation(work, delegation_id)
    )
    assert office.actor("stand-in").grants == (Grant(Role.ASSESSOR),)
    with pytest.raises(NotFound):
        office.register.run(
            office.actor("coordinator"), lambda work: people.end_delegation(work, uuid4())
        )


def test_it_reaches_as_far_as_the_role_of_who_gives_does_now(office: Office) -> None:
    office.delegate("stand-in", "operator")
    office.delegate("stand-in", "approver", partner="ROCCA")
    lent = {(g.role, g.partner) for g in office.actor("stand-in").grants if g.delegation}
    assert lent == {(Role.OPERATOR, "ROCCA"), (Role.APPROVER, "ROCCA")}
    # A token is one way to use a role; whose last one ends, keeps the role.
    office.accounts.revoke_token(office.tokens["approver"])
    assert len({g for g in office.actor("stand-in").grants if g.delegation}) == 2
    assert office.accounts.revoke_role("approver", Role.APPROVER)
    assert not office.accounts.revoke_role("approver", Role.APPROVER)
    lent = {(g.role, g.partner) for g in office.actor("stand-in").grants if g.delegation}
    assert lent == {(Role.OPERATOR, "ROCCA")}
    # The approver comes back, for another partner only.
    office.accounts.create_token("approver", Role.APPROVER, "SSALV")
    assert all(g.role is not Role.APPROVER for g in office.actor("stand-in").grants)


def test_only_colleagues_are_delegated_to(office: Office) -> None:
    for to in (uuid4(), office.actor("admin").account_id):
        with pytest.raises(UnknownCode):
            office.delegate(to)
    with pytest.raises(UnknownCode):
        office.delegate(partner="NOBODY")
    office.delegate()
    with pytest.raises(AdminApart):  # accounts only, no step on doti, nor for somebody else
        office.accounts.create_token("stand-in", Role.ADMIN)
    office.accounts.revoke_role("stand-in", Role.ASSESSOR)
    admin = office.accounts.actor_for(office.accounts.create_token("stand-in", Role.ADMIN))
    assert admin is not None
    assert admin.grants == (Grant(Role.ADMIN),)
    assert office.accounts.actor_of(admin.account_id) == admin


def test_who_acts_for_a_coordinator_signs_as_that_and_moves_no_more(office: Office) -> None:
    office.delegate("stand-in", "coordinator")

    def allocate(cents: int) -> Outcome:
        command = Allocate(
            partner="ROCCA", category="EMERGENZA", amount_cents=cents, reason="prova"
        )
        stand_in = office.actor("stand-in")
        return office.register.run(stand_in, lambda work: programme.allocate(work, command))

    outcome = allocate(12_000)
    event = office.register.register.history(outcome.stream_id)[-1]
    assert event.by.on_behalf_of is not None
    with pytest.raises(DelegationTooSmall):
        allocate(12_001)


# Conflicts of interest


def test_a_household_and_its_people_wherever_they_are(office: Office) -> None:
    ada = Member(given_name="Ada", family_name="Inventata", born=date(1990, 1, 2))
    zoe = Member(given_name="Zoe", family_name="Inventata", born=date(2015, 1, 2))
    first = office.register.household(None, ada, zoe)
    second = office.register.household(None, ada)
    third = office.register.household(None, zoe)
    conflict_id = office.declare("approver", household_id=first, member=0)
    assert office.actor("approver").conflicts == {first, second}
    office.declare("operator", household_id=first)
    assert office.actor("operator").conflicts == {first, second, third}
    # A name alone is not a person.
    assert office.actor("desk").conflicts == frozenset()
    office.lift(conflict_id)
    assert office.actor("approver").conflicts == frozenset()


def test_a_conflict_binds_who_acts_for_somebody(office: Office) -> None:
    office.delegate()
    household_id = office.register.household()
    office.declare("approver", household_id=household_id)
    stand_in = office.actor("stand-in")
    assert stand_in.conflicts == frozenset()
    lent = stand_in.grants[1].delegation
    assert lent is not None
    assert lent.conflicts == {household_id}
    dote_id = office.register.request(household_id, 10_000)
    office.register.assess(dote_id)
    with pytest.raises(ConflictOfInterest):
        office.register.approve(dote_id, 10_000, by=stand_in)


def test_a_payee_of_other_doti_and_of_the_very_vote(office: Office) -> None:
    paid, same_name = (office.register.assessed(1_000) for _ in range(2))
    office.register.approve(paid, 1_000, payee=Payee(name="Un altro nome", iban=PAYEE.iban))
    office.register.approve(same_name, 1_000, payee=Payee(name="DITTA  inventata, SRL"))
    conflict_id = office.declare("approver", payee=PAYEE)
    assert office.actor("approver").conflicts == {paid, same_name}
    office.delegate()
    dote_id = office.register.assessed(10_000)
    command = Approve(amount_cents=10_000, payee=Payee(name="ditta inventata srl"))
    for name in ("approver", "stand-in"):
        with pytest.raises(ConflictOfInterest):
            office.register.run(
                office.actor(name), lambda work: approval.approve(work, dote_id, command)
            )
    office.lift(conflict_id)
    assert office.actor("approver").conflicts == frozenset()
    office.register.run(
        office.actor("approver"), lambda work: approval.approve(work, dote_id, command)
    )


def test_a_conflict_is_lifted_by_coordinators_only(office: Office) -> None:
    conflict_id = office.declare("approver", household_id=uuid4())
    with pytest.raises(Forbidden):
        office.lift(conflict_id, by="approver")
    with pytest.raises(NotFound):
        office.lift(conflict_id, by="operator")
    with pytest.raises(NotFound):
        office.lift(uuid4())


def test_what_people_write_is_sealed_under_their_own_key(office: Office) -> None:
    office.declare("approver", payee=PAYEE)
    office.delegate()
    account_id = office.actor("approver").account_id
    declared, given = office.register.register.history(account_id)[-2:]
    vault = office.register.vault
    assert vault.open_field(declared, "reason") == "parenti"
    assert vault.open_field(given, "reason") == "ferie"
    with office.register.database.transaction() as tx:
        rows = tx.execute(b"SELECT state FROM events WHERE stream_id = %s", (account_id,))
        assert not any(word in row["state"] for row in rows for word in (b"Inventata", b"parenti"))
        tx.execute(b"DELETE FROM subject_keys WHERE subject_id = %s", (account_id,))
    assert vault.open_field(declared, "reason") is None


# For whom people work


def test_whom_people_work_for(office: Office) -> None:
    assert office.actor("operator").works_for == "ROCCA"  # as far as the first token reached
    office.accounts.create_token("operator", Role.APPROVER, "SSALV")
    assert office.actor("operator").works_for == "ROCCA"
    assert office.actor("coordinator").works_for is None
    office.accounts.set_works_for(" Coordinator", "SSALV")
    assert office.actor("coordinator").works_for == "SSALV"
    office.accounts.create_token("coordinator", Role.COORDINATOR, works_for="ROCCA")
    assert office.actor("coordinator").works_for == "ROCCA"
    with pytest.raises(UnknownCode):
        office.accounts.set_works_for("coordinator", "NOBODY")
    with pytest.raises(UnknownCode):
        office.accounts.create_token("new", Role.FINANCE, works_for="NOBODY")
    with pytest.raises(UnknownPerson):
        office.accounts.set_works_for("Nobody", "ROCCA")
