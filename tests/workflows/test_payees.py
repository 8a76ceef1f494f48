"""Who is paid is somebody with an id and a key of their own, the same one at every desk."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.errors import BudgetExceeded
from domain.events.base import Event
from domain.events.dote import ApprovalGiven, DoteApproved
from domain.events.household import HouseholdErased
from domain.events.payee import PayeeErased, PayeeEvent, PayeeRegistered
from domain.events.programme import BudgetLine
from domain.payee import erase, project
from domain.privacy import read_record
from tests.register import TestRegister
from workflows.commands import Payee
from workflows.engine import Decide, Outcome, Work
from workflows.eventstore.payees import payee_id, payees_of_only
from workflows.eventstore.unit_of_work import UnitOfWork
from workflows.reindexing import reindex

IBAN = "IT60X0542811101000000123456"
LANDLORD = Payee(name="Immobiliare Inventata S.r.l.", iban=IBAN)
SAME = Payee(name="IMMOBILIARE INVENTATA SRL", iban=IBAN)
CENTS = 10_000
OTHER_LINE = BudgetLine(partner="SSALV", category="EMERGENZA")


@pytest.fixture
def funded(programme: TestRegister) -> TestRegister:
    programme.allocate(1_000_000)
    programme.allocate(1_000_000, OTHER_LINE)
    return programme


def approved(register: TestRegister, payee: Payee | None, home: UUID | None = None) -> Event:
    """A dote that was voted for somebody; its newest event."""
    home = home or register.household()
    dote_id = register.request(home, CENTS)
    register.assess(dote_id)
    register.approve(dote_id, CENTS, payee=payee)
    return register.register.history(dote_id)[-1]


def subject(event: Event) -> UUID:
    assert isinstance(event, ApprovalGiven | DoteApproved)
    return event.payee.subject_id


def registered(register: TestRegister) -> list[Event]:
    register.settle()
    return [one.event for one in register.log.follow() if isinstance(one.event, PayeeRegistered)]


def test_a_payee_is_registered_with_the_first_vote(funded: TestRegister) -> None:
    event = approved(funded, LANDLORD)
    (payee,) = registered(funded)
    assert payee.originator_id == subject(event)
    for each, name in ((payee, "payee"), (event, "payee")):
        text = funded.vault.open_field(each, name)
        assert text is not None
        assert read_record(text) == LANDLORD.model_dump()


def test_and_is_the_same_one_afterwards_at_any_desk(funded: TestRegister) -> None:
    first = subject(approved(funded, LANDLORD))
    assert subject(approved(funded, SAME)) == first
    theirs = funded.assessed(CENTS, OTHER_LINE)
    funded.approve(theirs, CENTS, payee=LANDLORD)
    assert subject(funded.register.history(theirs)[-1]) == first
    assert len(registered(funded)) == 1


def test_another_account_is_another_payee(funded: TestRegister) -> None:
    others = [LANDLORD, Payee(name=LANDLORD.name), Payee(name="Altra srl", iban=IBAN)]
    ids = {subject(approved(funded, payee)) for payee in [*others, *others]}
    assert len(ids) == len(registered(funded)) == 3


def test_the_household_itself_is_paid_as_before(funded: TestRegister) -> None:
    home = funded.household()
    assert subject(approved(funded, None, home)) == home
    assert registered(funded) == []


def test_all_votes_on_a_dote_are_for_the_same_one(funded: TestRegister) -> None:
    dote_id = funded.assessed(20_000)
    funded.approve(dote_id, 20_000, payee=LANDLORD)
    funded.approve(dote_id, 20_000, funded.people.approver2, LANDLORD)
    votes = [
        e for e in funded.register.history(dote_id) if isinstance(e, ApprovalGiven | DoteApproved)
    ]
    assert len({subject(vote) for vote in votes}) == 1
    assert len(registered(funded)) == 1


def test_a_vote_that_is_refused_makes_nobody_a_payee(programme: TestRegister) -> None:
    dote_id = programme.assessed(CENTS)
    with pytest.raises(BudgetExceeded):
        programme.approve(dote_id, CENTS, payee=LANDLORD)
    with programme.database.transaction() as tx:
        assert tx.execute("SELECT FROM payees").fetchall() == []
    assert registered(programme) == []


def test_two_votes_that_name_somebody_for_the_first_time(funded: TestRegister) -> None:
    for n in range(4):
        payee = Payee(name=f"Nuova Ditta {n}")
        doti = [funded.assessed(CENTS) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda dote_id: funded.approve(dote_id, CENTS, payee=payee), doti))  # noqa: B023  the pool ends within the loop
        votes = [funded.register.history(dote_id)[-1] for dote_id in doti]
        assert len({subject(vote) for vote in votes}) == 1
        assert len(registered(funded)) == n + 1


def test_whose_only_payees_they_are(funded: TestRegister) -> None:
    one, other = funded.household(), funded.household()
    mine = subject(approved(funded, Payee(name="Solo Mia"), one))
    shared = subject(approved(funded, LANDLORD, one))
    approved(funded, Payee(name="Solo Mia"), one)
    approved(funded, None, one)
    assert set(payees_of_only(funded.database, [one])) == {mine, shared}
    approved(funded, LANDLORD, other)
    assert payees_of_only(funded.database, [one]) == (mine,)
    assert payees_of_only(funded.database, [other]) == ()
    assert payees_of_only(funded.database, [uuid4()]) == ()


# Erased


def erasing(home: UUID) -> Decide:
    """As an erasure ends a household and the payees that were its own: the household first."""

    def decide(work: Work) -> Outcome:
        household = work.locked_household(home)
        stamp = work.stamp(work.actor.sign(work.actor.grants[0]))
        payees = work.store.payees_of_only([home])
        said = {"because": "request", "asked_by": None, "payees": payees, "lines": (), "files": 0}
        event = work.store.append(household.then(HouseholdErased, stamp, **said))
        for payee in payees:
            known = project(None, cast("list[PayeeEvent]", work.history(payee)))
            assert known is not None
            work.store.append(erase(known, stamp))
        return Outcome(home, event.originator_version)

    return decide


def test_who_was_erased_is_somebody_new(funded: TestRegister) -> None:
    home = funded.household()
    before = subject(approved(funded, LANDLORD, home))
    funded.run(funded.people.coordinator, erasing(home))
    assert payee_id(funded.database, funded.engine.index.of_payee(LANDLORD.model_dump())) is None
    after = subject(approved(funded, LANDLORD))
    assert after != before
    assert [type(e) for e in funded.register.history(before)] == [PayeeRegistered, PayeeErased]


def test_a_payee_of_several_goes_with_the_last_of_them(funded: TestRegister) -> None:
    one, other = funded.household(), funded.household()
    payee = subject(approved(funded, LANDLORD, one))
    approved(funded, LANDLORD, other)
    funded.run(funded.people.coordinator, erasing(one))
    assert subject(approved(funded, LANDLORD, other)) == payee
    assert payees_of_only(funded.database, [other]) == (payee,)
    funded.run(funded.people.coordinator, erasing(other))
    assert payees_of_only(funded.database, [other]) == ()
    assert [type(e) for e in funded.register.history(payee)] == [PayeeRegistered, PayeeErased]


def test_a_vote_for_somebody_who_is_erased_at_the_same_time(funded: TestRegister) -> None:
    """Whoever comes second decides again: no vote is sealed under a key that is going."""
    for _ in range(4):
        home = funded.household()
        old = subject(approved(funded, LANDLORD, home))
        elsewhere = funded.household()
        dote_id = funded.request(elsewhere, CENTS)
        funded.assess(dote_id)
        with ThreadPoolExecutor(2) as pool:
            vote = pool.submit(funded.approve, dote_id, CENTS, None, LANDLORD)
            end = pool.submit(funded.run, funded.people.coordinator, erasing(home))
            vote.result()
            end.result()
        new = subject(funded.register.history(dote_id)[-1])
        gone = isinstance(funded.register.history(old)[-1], PayeeErased)
        assert gone == (new != old)
        assert payees_of_only(funded.database, [elsewhere]) == (new,)
        funded.run(funded.people.coordinator, erasing(elsewhere))


def test_a_vote_that_comes_between_lets_the_erasure_decide_again(
    funded: TestRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = funded.household(), funded.household()
    payee = subject(approved(funded, LANDLORD, home))
    dote_id = funded.request(elsewhere, CENTS)
    funded.assess(dote_id)
    look, late = UnitOfWork.payees_of_only, [dote_id]

    def slow(store: UnitOfWork, household_ids: Sequence[UUID]) -> tuple[UUID, ...]:
        found = look(store, household_ids)
        if late:
            with ThreadPoolExecutor(1) as pool:  # in a transaction of its own
                pool.submit(funded.approve, late.pop(), CENTS, None, LANDLORD).result()
        return found

    monkeypatch.setattr(UnitOfWork, "payees_of_only", slow)
    funded.run(funded.people.coordinator, erasing(home))
    assert [type(e) for e in funded.register.history(payee)] == [PayeeRegistered]
    assert payees_of_only(funded.database, [elsewhere]) == (payee,)


# Made anew


def test_payees_are_found_again_after_a_reindex(funded: TestRegister) -> None:
    payee = subject(approved(funded, LANDLORD))
    home = funded.household()
    approved(funded, Payee(name="Non Più"), home)
    funded.run(funded.people.coordinator, erasing(home))
    funded.settle()
    with funded.database.transaction() as tx:
        before = tx.execute("SELECT * FROM payees").fetchall()
        tx.execute("UPDATE payees SET name_token = %s", (b"x" * 16,))
    reindex(funded.register, funded.vault, funded.engine.index, lambda _, __: None)
    with funded.database.transaction() as tx:
        assert tx.execute("SELECT * FROM payees").fetchall() == before
    assert subject(approved(funded, SAME)) == payee


def test_the_role_of_the_api_registers_payees(funded: TestRegister, postgres_url: str) -> None:
    app = TestRegister(postgres_url, funded.database.schema, role=funded.database.app_role)
    with app.database:
        payee = subject(approved(app, LANDLORD))
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            app.database.transaction() as tx,
        ):
            tx.execute("UPDATE payees SET id = gen_random_uuid()")
        assert subject(approved(app, SAME)) == payee
