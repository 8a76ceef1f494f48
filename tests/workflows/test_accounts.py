"""Delegations and conflicts of interest on a real register: events, rows, keys, and the audit."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from api.security.accounts import Accounts, UnknownPerson
from domain.actors import Actor, Grant, Role
from domain.errors import (
    ConflictOfInterest,
    DelegationTooSmall,
    Forbidden,
    NotFound,
    UnknownCode,
)
from domain.events.dote import DoteApproved
from domain.household import Member
from tests.register import TestRegister, fresh_register
from workflows import approval, people, programme
from workflows.audit import findings as f
from workflows.audit.live import audit
from workflows.audit.notary import Notary
from workflows.audit.people import check_people
from workflows.commands import (
    Allocate,
    Approve,
    DeclareConflict,
    Delegate,
    LiftConflict,
    Payee,
)
from workflows.engine import Outcome
from workflows.eventstore.blind_index import BlindIndex

PAYEE = Payee(name="Ditta Inventata srl", iban="IT60X0542811101000000123456")


class Clock:
    """A day that can be changed."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return self.now.date()


class Office:
    """A register whose people sign in with tokens."""

    def __init__(self, register: TestRegister, clock: Clock) -> None:
        self.register = register
        self.clock = clock
        self.accounts = Accounts(register.database, register.register, clock=clock)
        self.index = BlindIndex(register.database, register.vault)
        self.tokens: dict[str, str] = {}
        for name, role, partner, works_for in (
            ("approver", Role.APPROVER, None, "SSALV"),
            ("stand-in", Role.ASSESSOR, None, "ROCCA"),
            ("operator", Role.OPERATOR, "ROCCA", None),
            ("desk", Role.OPERATOR, "SSALV", None),
            ("coordinator", Role.COORDINATOR, None, None),
            ("admin", Role.ADMIN, None, None),
        ):
            self.tokens[name] = self.accounts.create_token(name, role, partner, works_for)

    def actor(self, name: str) -> Actor:
        """Who signs in now."""
        actor = self.accounts.actor_for(self.tokens[name])
        assert actor is not None
        return actor

    def delegate(self, to: str | UUID = "stand-in", by: str = "approver", **other: object) -> UUID:
        """A delegation for a week from today, with some of it otherwise; its id."""
        asked = {
            "to": self.actor(to).account_id if isinstance(to, str) else to,
            "role": self.actor(by).grants[0].role,
            "since": self.clock.today,
            "until": self.clock.today + timedelta(days=7),
            "max_cents": 12_000,
            "reason": "ferie",
            **other,
        }
        command = Delegate.model_validate(asked)
        return _id(self.register.run(self.actor(by), lambda work: people.delegate(work, command)))

    def declare(self, by: str, **what: object) -> UUID:
        """A conflict; its id."""
        command = DeclareConflict.model_validate({"reason": "parenti", **what})
        return _id(
            self.register.run(self.actor(by), lambda work: people.declare_conflict(work, command))
        )

    def lift(self, conflict_id: UUID, by: str = "coordinator") -> None:
        """The conflict is over."""
        command = LiftConflict(reason="trasloco")
        self.register.run(
            self.actor(by), lambda work: people.lift_conflict(work, conflict_id, command)
        )

    def known(self, household_id: UUID, member: int, person: Member) -> None:
        """Writes what a person of a household is found by."""
        with self.register.database.transaction() as tx:
            for kind, token in self.index.of_member(person):
                tx.execute(
                    b"INSERT INTO identities VALUES (%s, %s, %s, %s)",
                    (household_id, member, kind, token),
                )

    def paid(self, dote_id: UUID, payee: Payee) -> None:
        """Writes what the payee of a dote is found by."""
        with self.register.database.transaction() as tx:
            for kind, token in self.index.of_payee(payee.name, payee.iban):
                tx.execute(
                    b"INSERT INTO payee_identities VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                    (dote_id, kind, token),
                )


def _id(outcome: Outcome) -> UUID:
    return UUID(outcome.figures["id"])


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    """A register with an open programme, money, and people who sign in."""
    clock = Clock()
    with fresh_register(postgres_url, clock) as register:
        register.open_programme()
        register.allocate(1_000_000)
        yield Office(register, clock)


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
    office.accounts.revoke_token(office.tokens["approver"])
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
    admin = office.accounts.actor_for(office.accounts.create_token("stand-in", Role.ADMIN))
    assert admin is not None
    assert admin.grants == (Grant(Role.ADMIN),)  # accounts only, no step on doti


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
    first, second, third = (office.register.household() for _ in range(3))
    office.known(first, 0, ada)
    office.known(first, 1, zoe)
    office.known(second, 0, ada)
    office.known(third, 0, zoe)
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
    paid = uuid4()
    office.paid(paid, Payee(name="Un altro nome", iban=PAYEE.iban))
    same_name = uuid4()
    office.paid(same_name, Payee(name="DITTA  inventata, SRL"))
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
    declared, given = office.register.register.history(account_id)
    vault = office.register.vault
    assert vault.open_field(declared, "reason") == "parenti"
    assert vault.open_field(given, "reason") == "ferie"
    with office.register.database.transaction() as tx:
        rows = tx.execute(b"SELECT state FROM events WHERE stream_id = %s", (account_id,))
        assert not any(b"Inventata" in row["state"] for row in rows)
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


# The tables beside the log


@pytest.fixture
def busy(office: Office) -> Office:
    """Delegations and conflicts, some of them over, in a log that is signed."""
    office.delegate()
    over = office.delegate("desk")
    office.register.run(office.actor("approver"), lambda work: people.end_delegation(work, over))
    office.declare("approver", household_id=uuid4(), member=2)
    office.lift(office.declare("operator", payee=PAYEE))
    office.register.settle()
    database = office.register.database
    Notary(database, office.register.vault).checkpoint(office.clock())
    return office


def test_rows_that_were_not_touched_agree(busy: Office) -> None:
    assert list(check_people(busy.register.database)) == []
    assert audit(busy.register.database).ok


BY_HAND = """
INSERT INTO delegations
VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'approver', NULL,
        '2026-01-01', '2026-12-31', 9, NULL)
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
    ],
)
def test_a_row_that_was_changed_by_hand_is_found(busy: Office, change: str, says: str) -> None:
    database = busy.register.database
    with database.transaction() as tx:
        tx.execute(change.encode())
    (found,) = check_people(database)
    assert isinstance(found, f.DelegationDiffers | f.ConflictDiffers)
    assert says in str(found)
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
        for change in (
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
