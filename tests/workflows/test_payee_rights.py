"""Whose account a payee's is, is told by people who have no part in what is paid to it: on a real
register, with people who hold several roles."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from domain.actors import Actor, Grant, Role
from domain.errors import (
    ConflictOfInterest,
    DomainError,
    IbanAsBefore,
    IbanToldByParty,
    PaidAsPartyTold,
    PartInPaidDote,
)
from domain.events.payment_batch import Method
from domain.payee_rights import refusal
from tests.register import TestRegister
from tests.workflows.office import PAYEE, Clock, Office, open_office
from workflows import payees, payments
from workflows.commands import Payee
from workflows.engine import Outcome
from workflows.payment_commands import ChangeIban, OrderPayment, PrepareBatch

OTHER_IBAN = "DE89370400440532013000"
AGAIN = "FR1420041010050500013M02606"
CENTS = 10_000


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as made:
        for name in ("finance", "second", "third"):
            made.tokens[name] = made.accounts.create_token(name, Role.FINANCE)
        yield made


@pytest.fixture
def town(office: Office) -> TestRegister:
    return office.register


def also(who: Actor, *roles: Role) -> Actor:
    """The same person, in more roles."""
    return Actor(who.account_id, (*who.grants, *(Grant(role) for role in roles)))


def approved(town: TestRegister, payee: Payee = PAYEE, home: UUID | None = None) -> UUID:
    dote_id = town.request(home or town.household(), CENTS)
    town.assess(dote_id)
    town.approve(dote_id, CENTS, payee=payee)
    return dote_id


def payee_of(town: TestRegister, dote_id: UUID) -> UUID:
    payee = town.register.dote(dote_id).payee
    assert payee is not None
    return payee.subject_id


def change(
    town: TestRegister, by: Actor, payee_id: UUID, iban: str = OTHER_IBAN, name: str | None = None
) -> Outcome:
    command = ChangeIban(iban=iban, name=name)
    return town.run(by, lambda work: payees.change_iban(work, payee_id, command))


def confirm(town: TestRegister, by: Actor, payee_id: UUID) -> Outcome:
    return town.run(by, lambda work: payees.confirm_iban(work, payee_id))


def dismiss(town: TestRegister, by: Actor, payee_id: UUID) -> Outcome:
    return town.run(by, lambda work: payees.dismiss_iban(work, payee_id))


def prepare(town: TestRegister, by: Actor, dote_id: UUID, day: Clock) -> Outcome:
    command = PrepareBatch(
        method=Method.BANK_TRANSFER,
        execution_date=day.today,
        payments=(OrderPayment(dote_id=dote_id),),
    )
    return town.run(by, lambda work: payments.prepare(work, command))


def test_requester_and_approver_cannot_turn_the_money_round(office: Office) -> None:
    """With the role of finance besides, one would tell another IBAN and the other confirm it."""
    town = office.register
    payee_id = payee_of(town, approved(town))
    people = town.people
    for who in (people.operator, people.assessor, people.approver):
        with pytest.raises(PartInPaidDote):
            change(town, also(who, Role.FINANCE), payee_id)
    change(town, office.actor("finance"), payee_id)
    for who in (people.operator, people.assessor, people.approver):
        with pytest.raises(PartInPaidDote):
            confirm(town, also(who, Role.FINANCE), payee_id)
    confirm(town, office.actor("second"), payee_id)


def test_nor_through_those_who_act_for_them(office: Office) -> None:
    town = office.register
    town.people = replace(town.people, operator=office.actor("operator"))
    payee_id = payee_of(town, approved(town))
    operator = town.people.operator.account_id
    office.accounts.create_token("operator", Role.FINANCE)
    office.tokens["operator"] = office.accounts.create_token("operator", Role.FINANCE)
    assert office.actor("operator").account_id == operator
    office.delegate(to="stand-in", by="operator", role=Role.FINANCE)
    with pytest.raises(PartInPaidDote):
        change(town, office.actor("stand-in"), payee_id)


def test_whoever_is_too_near_to_a_payee_changes_nothing_about_it(office: Office) -> None:
    town = office.register
    payee_id = payee_of(town, approved(town))
    declared = office.declare("second", payee=PAYEE)
    for step in (change, confirm, dismiss):
        with pytest.raises(ConflictOfInterest):
            step(town, office.actor("second"), payee_id)
    change(town, office.actor("finance"), payee_id, name="Un Altro Nome srl")
    with pytest.raises(ConflictOfInterest):
        confirm(town, office.actor("second"), payee_id)
    confirm(town, office.actor("third"), payee_id)
    # They are the same payee, whatever they are called now.
    with pytest.raises(ConflictOfInterest):
        change(town, office.actor("second"), payee_id, AGAIN)
    change(town, office.actor("finance"), payee_id, AGAIN, "Un Terzo Nome srl")
    confirm(town, office.actor("third"), payee_id)
    with pytest.raises(ConflictOfInterest):
        change(town, office.actor("second"), payee_id)
    office.lift(declared)
    change(town, office.actor("second"), payee_id)


def test_nor_who_is_too_near_to_what_it_was_in_between(office: Office) -> None:
    town = office.register
    payee_id = payee_of(town, approved(town))
    for iban, name in ((OTHER_IBAN, "In Mezzo srl"), (AGAIN, "Alla Fine srl")):
        change(town, office.actor("finance"), payee_id, iban, name)
        confirm(town, office.actor("third"), payee_id)
    office.declare("second", payee=Payee(name="In Mezzo srl", iban=OTHER_IBAN))
    with pytest.raises(ConflictOfInterest):
        change(town, office.actor("second"), payee_id, PAYEE.iban or "")


def test_nor_who_is_too_near_to_the_account_that_it_would_be(office: Office) -> None:
    town = office.register
    payee_id = payee_of(town, approved(town))
    near = Payee(name="Parente Inventato", iban=OTHER_IBAN)
    office.declare("second", payee=near)
    with pytest.raises(ConflictOfInterest):
        change(town, office.actor("second"), payee_id)
    change(town, office.actor("second"), payee_id, AGAIN)
    dismiss(town, office.actor("second"), payee_id)
    change(town, office.actor("finance"), payee_id)
    with pytest.raises(ConflictOfInterest):
        confirm(town, office.actor("second"), payee_id)


def test_nor_who_is_too_near_to_a_household_that_it_is_paid_for(office: Office) -> None:
    town = office.register
    home = town.household()
    payee_id = payee_of(town, approved(town, home=home))
    approved(town)
    office.declare("second", household_id=home)
    office.delegate(to="third", by="second", role=Role.FINANCE)
    with pytest.raises(ConflictOfInterest):
        change(town, office.actor("second"), payee_id)
    change(town, office.actor("finance"), payee_id)
    with pytest.raises(ConflictOfInterest):
        confirm(town, office.actor("second"), payee_id)
    # In their own role they act for nobody.
    confirm(town, office.actor("third"), payee_id)


def test_what_a_party_told_before_is_not_confirmed_but_told_anew(office: Office) -> None:
    town, finance = office.register, office.actor("finance")
    payee_id = payee_of(town, approved(town))
    change(town, finance, payee_id)
    requester = Actor(finance.account_id, (Grant(Role.OPERATOR, "ROCCA"),))
    town.people = replace(town.people, operator=requester)
    approved(town)
    with pytest.raises(IbanToldByParty):
        confirm(town, office.actor("second"), payee_id)
    dismiss(town, finance, payee_id)
    change(town, office.actor("second"), payee_id)
    confirm(town, office.actor("third"), payee_id)


def test_nor_is_anything_paid_to_what_a_party_told_before_they_were_one(office: Office) -> None:
    """The IBAN first, the dote then: the order makes no difference."""
    town, finance, second = office.register, office.actor("finance"), office.actor("second")
    first = approved(town)
    payee_id = payee_of(town, first)
    change(town, finance, payee_id)
    confirm(town, second, payee_id)
    requester = Actor(finance.account_id, (Grant(Role.OPERATOR, "ROCCA"),))
    town.people = replace(town.people, operator=requester)
    dote_id = approved(town, Payee(name=PAYEE.name, iban=OTHER_IBAN))
    assert payee_of(town, dote_id) == payee_id
    third = office.actor("third")
    prepare(town, third, first, office.clock)
    with pytest.raises(PaidAsPartyTold) as told:
        prepare(town, third, dote_id, office.clock)
    assert told.value.facts == {"number": town.register.dote(dote_id).number}
    # The way out: others tell the same anew.
    change(town, second, payee_id)
    confirm(town, third, payee_id)
    prepare(town, third, dote_id, office.clock)
    with pytest.raises(IbanAsBefore):
        change(town, second, payee_id)


def test_what_one_would_be_refused_can_be_seen_before(office: Office) -> None:
    town = office.register
    payee_id = payee_of(town, approved(town))
    known = payees.load(town.register, payee_id)
    assert known is not None

    def why(who: Actor) -> type[DomainError] | None:
        tied = payees.ties(town.register, town.vault, town.engine.index, known)
        found = refusal(known, "change_iban", who, tied)
        return None if found is None else type(found)

    assert why(office.actor("second")) is None
    assert why(also(town.people.operator, Role.FINANCE)) is PartInPaidDote
    office.declare("second", payee=PAYEE)
    assert why(office.actor("second")) is ConflictOfInterest
