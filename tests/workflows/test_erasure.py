"""Erasing on a real register: rows and keys go with the event, and people meanwhile work."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.actors import SYSTEM, Actor
from domain.erasure import What
from domain.errors import (
    DomainError,
    DotiOpen,
    HouseholdIsErased,
    NothingAsked,
    NotYetTime,
    RetentionRunning,
)
from domain.events.base import Event, Stamp
from domain.events.dote import ApprovalGiven
from domain.events.household import HouseholdErased, HouseholdMerged, HouseholdUnmerged
from domain.events.payee import PayeeErased
from domain.privacy import Private, Sealed, notes_of
from domain.retention import Retention
from tests.register import TestRegister, fresh_register
from workflows import appeals, approval, erasure, requests
from workflows.commands import (
    AdoptRetention,
    HoldErasure,
    LodgeAppeal,
    Motivate,
    Motive,
    Payee,
)
from workflows.engine import Outcome, Work
from workflows.eventstore.belongings import Belongings

WHY = Motive(reason="lo chiede la persona")
TWO_VOTES_CENTS = 20_000
GIVE_UP = Motivate(reason="rinuncia")
THREADS = 8


class Clock:
    """A time that can be changed."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go_to(self, day: date) -> None:
        self.now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(postgres_url: str, clock: Clock) -> Iterator[TestRegister]:
    """A register with an open programme, money and a clock."""
    with fresh_register(postgres_url, clock) as register:
        register.open_programme()
        register.allocate(1_000_000)
        yield register


def ask(office: TestRegister, household_id: UUID, who: Actor | None = None) -> Outcome:
    """One person asks, or the next one confirms."""
    return office.run(
        who or office.people.operator, lambda work: erasure.ask_or_confirm(work, household_id, WHY)
    )


def erase(office: TestRegister, household_id: UUID) -> None:
    """Two people erase a household."""
    ask(office, household_id)
    ask(office, household_id, office.people.coordinator)


def withdraw(office: TestRegister, dote_id: UUID) -> None:
    office.run(office.people.operator, lambda work: requests.withdraw(work, dote_id, GIVE_UP))


def ended(office: TestRegister) -> tuple[UUID, UUID]:
    """A household with a dote that was withdrawn."""
    household_id = office.household()
    dote_id = office.request(household_id, 1_000)
    office.run(office.people.operator, lambda work: requests.withdraw(work, dote_id, GIVE_UP))
    return household_id, dote_id


def rows(office: TestRegister, table: str, column: str, value: UUID) -> int:
    """How many rows are about it."""
    with office.database.transaction() as tx:
        found = tx.execute(
            f"SELECT count(*) AS n FROM {table} WHERE {column} = %s".encode(), (value,)
        ).fetchone()
    assert found is not None
    return int(found["n"])


def does_not_open(office: TestRegister, stream_id: UUID) -> bool:
    """Whether there are private values in a stream, and none of them opens."""
    opened = [
        office.vault.open_field(event, name)
        for event in office.register.history(stream_id)
        for name in event.secret_fields
        if isinstance(getattr(event, name), Sealed)
    ]
    return bool(opened) and set(opened) == {None}


def test_keys_and_rows_go_with_the_event(office: TestRegister) -> None:
    household_id, dote_id = ended(office)
    assert rows(office, "identities", "household_id", household_id)
    assert not does_not_open(office, household_id)
    erase(office, household_id)
    assert isinstance(office.register.history(household_id)[-1], HouseholdErased)
    assert does_not_open(office, household_id)
    assert does_not_open(office, dote_id)
    for subject in (household_id, notes_of(household_id)):
        assert not rows(office, "subject_keys", "subject_id", subject)
    assert not rows(office, "identities", "household_id", household_id)
    assert rows(office, "files_to_remove", "household_id", household_id)
    with pytest.raises(HouseholdIsErased):
        office.vault.seal_bytes(household_id, b"x", b"x")


def test_another_household_keeps_all(office: TestRegister) -> None:
    (one, _), (other, dote_id) = ended(office), ended(office)
    erase(office, one)
    assert rows(office, "identities", "household_id", other)
    assert office.vault.open_field(office.register.history(dote_id)[0], "need")


def test_the_fingerprint_of_what_was_sent_goes_too(office: TestRegister) -> None:
    household_id = office.household()
    operator = office.people.operator
    asked = office.run(
        operator,
        lambda work: erasure.ask_or_confirm(work, household_id, WHY),
        key="ask",
        fingerprint=b"of what was sent",
    )
    ask(office, household_id, office.people.coordinator)
    with office.database.transaction() as tx:
        kept = tx.execute("SELECT fingerprint FROM commands WHERE key = 'ask'").fetchone()
    assert kept is not None
    assert kept["fingerprint"] == b""
    again = office.run(
        operator,
        lambda work: erasure.ask_or_confirm(work, household_id, WHY),
        key="ask",
        fingerprint=b"of what was sent",
    )
    assert again.replayed
    assert again.version == asked.version


def test_open_doti_and_money_stand_against_it(office: TestRegister, clock: Clock) -> None:
    household_id = office.household()
    dote_id = office.request(household_id, 1_000)
    with pytest.raises(DotiOpen):
        ask(office, household_id)
    office.assess(dote_id)
    office.approve(dote_id, 1_000)
    office.disburse(dote_id, 1_000)
    with pytest.raises(DotiOpen):
        ask(office, household_id)
    office.receipt(dote_id, 1_000)
    office.accept(dote_id)
    office.account_for(dote_id)
    with pytest.raises(RetentionRunning) as refused:
        ask(office, household_id)
    assert refused.value.until == "2036-12-31"
    clock.go_to(date(2037, 1, 1))
    erase(office, household_id)
    assert office.register.household(household_id).erased is not None


def test_what_happened_since_it_was_asked_stands_against_it(office: TestRegister) -> None:
    household_id = office.household()
    ask(office, household_id)
    office.request(household_id, 1_000)
    with pytest.raises(DotiOpen):
        ask(office, household_id, office.people.coordinator)
    assert office.register.household(household_id).erased is None


def test_nothing_is_written_about_it_afterwards(office: TestRegister) -> None:
    household_id = office.household()
    dote_id = office.request(household_id, 1_000)
    office.run(office.people.approver, lambda work: approval.reject(work, dote_id, GIVE_UP))
    erase(office, household_id)
    with pytest.raises(HouseholdIsErased):
        office.request(household_id, 1_000)
    with pytest.raises(HouseholdIsErased):
        office.run(
            office.people.operator,
            lambda work: appeals.lodge_appeal(work, dote_id, LodgeAppeal(reason="ancora")),
        )
    with pytest.raises(HouseholdIsErased):
        ask(office, household_id)


def test_a_refusal_leaves_all_as_it_was(office: TestRegister) -> None:
    household_id = office.household()
    with pytest.raises(NothingAsked):
        office.run(office.people.coordinator, lambda work: erasure.decline(work, household_id, WHY))
    ask(office, household_id)
    office.run(office.people.operator, lambda work: erasure.decline(work, household_id, WHY))
    ask(office, household_id, office.people.coordinator)
    assert office.register.household(household_id).erased is None
    assert office.vault.has_key(household_id)


# Households that are one


def append(office: TestRegister, *events: Event) -> None:
    """Events that other commands write."""

    def write(work: Work) -> Outcome:
        for event in events:
            work.store.append(event)
        return Outcome(events[0].originator_id, 1)

    office.run(office.people.coordinator, write)


def stamp(office: TestRegister) -> Stamp:
    who = office.people.coordinator
    return Stamp(office.engine.clock(), who.sign(who.grants[0]), "test", uuid4())


def merge(office: TestRegister, one: UUID, into: UUID) -> None:
    there = office.register.household(one)
    why = Private(one, "la stessa persona")
    append(office, there.then(HouseholdMerged, stamp(office), into=into, reason=why))


def test_what_was_merged_is_erased_together(office: TestRegister) -> None:
    one, other, apart = (office.household() for _ in range(3))
    merge(office, one, other)
    merge(office, apart, other)
    there = office.register.household(apart)
    why = Private(apart, "un'altra persona")
    append(office, there.then(HouseholdUnmerged, stamp(office), into=other, reason=why))
    assert set(Belongings(office.database).group(other)) == {one, other}
    dote_id = office.request(other, 1_000)
    with pytest.raises(DotiOpen):
        ask(office, one)
    office.run(office.people.operator, lambda work: requests.withdraw(work, dote_id, GIVE_UP))
    ask(office, one)
    ask(office, other, office.people.coordinator)
    for household_id in (one, other):
        gone = office.register.household(household_id).erased
        assert gone is not None
        assert gone.asked_by is not None
        assert does_not_open(office, household_id)
    assert office.register.household(apart).erased is None


# Who was paid


def vote(office: TestRegister, household_id: UUID, name: str) -> UUID:
    """A dote that was given up after a vote for a payee; the payee's id."""
    dote_id = office.request(household_id, TWO_VOTES_CENTS)
    office.assess(dote_id)
    office.approve(dote_id, TWO_VOTES_CENTS, payee=Payee(name=name))
    withdraw(office, dote_id)
    given = next(e for e in office.register.history(dote_id) if isinstance(e, ApprovalGiven))
    return given.payee.subject_id


def test_a_payee_goes_with_the_last_household_that_they_were_paid_for(
    office: TestRegister,
) -> None:
    households = [office.household() for _ in range(2)]
    of_one = vote(office, households[0], "Padrona Inventata")
    of_both = vote(office, households[0], "Scuola Inventata")
    assert vote(office, households[1], "Scuola Inventata") == of_both
    erase(office, households[0])
    assert not office.vault.has_key(of_one)
    assert office.vault.has_key(of_both)
    gone = office.register.household(households[0]).erased
    assert gone is not None
    assert gone.payees == (of_one,)
    assert isinstance(office.register.history(of_one)[-1], PayeeErased)
    erase(office, households[1])
    assert not office.vault.has_key(of_both)


# What time does


def adopt(office: TestRegister, **times: int) -> None:
    command = AdoptRetention(**times)
    office.run(office.people.coordinator, lambda work: erasure.adopt_retention(work, command))


def test_times_that_are_left_out_stay(office: TestRegister) -> None:
    adopt(office, notes_months=12)
    adopt(office, notice_days=7)
    known = office.register.programme()
    assert known.retention == Retention(notes_months=12, notice_days=7)
    assert known.retention_adopted is not None
    with pytest.raises(DomainError):
        office.run(
            office.people.operator,
            lambda work: erasure.adopt_retention(work, AdoptRetention(notice_days=7)),
        )


def test_notes_go_before_the_rest(office: TestRegister, clock: Clock) -> None:
    household_id, _ = ended(office)
    belongings = Belongings(office.database)
    clock.go_to(date(2028, 3, 3))
    with pytest.raises(NotYetTime):
        _over(office, household_id, "notes")
    listed = clock.now.date() - timedelta(days=30)
    belongings.list_for(household_id, "notes", listed, listed)
    _over(office, household_id, "notes")
    assert not office.vault.has_key(notes_of(household_id))
    assert office.vault.has_key(household_id)
    assert belongings.listed_on([household_id], "notes") is None
    with pytest.raises(NotYetTime):
        _over(office, household_id, "notes")


def test_what_is_held_stays(office: TestRegister, clock: Clock) -> None:
    household_id, _ = ended(office)
    hold = HoldErasure(until=date(2028, 12, 31), reason="causa in corso")
    office.run(office.people.coordinator, lambda work: erasure.hold(work, household_id, hold))
    clock.go_to(date(2028, 3, 3))
    Belongings(office.database).list_for(
        household_id, "household", date(2028, 2, 2), date(2028, 2, 2)
    )
    with pytest.raises(DomainError):
        _over(office, household_id, "household")
    assert office.vault.has_key(household_id)


def _over(office: TestRegister, household_id: UUID, what: What) -> None:
    office.run(SYSTEM, lambda work: erasure.time_is_over(work, household_id, what))
