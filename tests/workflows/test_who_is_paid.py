"""Who is paid: with an IBAN, and after a second person confirmed another one."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.actors import Actor
from domain.errors import (
    ConfirmedByAnother,
    DomainError,
    Forbidden,
    IbanAsBefore,
    NotFound,
    PayeeChanged,
    PayeeFrozen,
    PayeeNotSpelt,
    PayeeOutsideSepa,
    PayeeWithoutIban,
)
from domain.events.payment_batch import Method
from tests.register import TestRegister
from tests.workflows.test_payments import (
    IBAN,
    LANDLORD,
    OTHER_IBAN,
    SECOND,
    approved,
    authorise,
    cancel,
    prepare,
    sheet,
)
from workflows import payees
from workflows.audit.belongings import check_belongings
from workflows.commands import Payee
from workflows.eventstore.payees import alike
from workflows.payment_commands import (
    ChangeIban,
)
from workflows.reindexing import reindex


def payee_of(town: TestRegister, dote_id: UUID) -> UUID:
    payee = town.register.dote(dote_id).payee
    assert payee is not None
    return payee.subject_id


def change(town: TestRegister, payee_id: UUID, iban: str = OTHER_IBAN) -> None:
    asked = ChangeIban(iban=iban)
    town.run(town.people.finance, lambda work: payees.change_iban(work, payee_id, asked))


def confirm(town: TestRegister, payee_id: UUID, by: Actor = SECOND) -> None:
    town.run(by, lambda work: payees.confirm_iban(work, payee_id))


def test_who_has_no_iban_is_not_paid_by_bank_transfer(town: TestRegister) -> None:
    for payee in (None, Payee(name="Bottega Inventata")):
        dote_id = approved(town, payee=payee)
        with pytest.raises(PayeeWithoutIban):
            prepare(town, dote_id)
        prepare(town, dote_id, method=Method.VOUCHER)


@pytest.mark.parametrize(
    ("name", "iban", "error"),
    [
        ("Ditta Inventata", "TR330006100519786457841326", PayeeOutsideSepa),
        ("Ditta Inventata", "BR1800360305000010009795493C1", PayeeOutsideSepa),
        ("😀", IBAN, PayeeNotSpelt),
    ],
)
def test_who_was_voted_for_before_and_no_transfer_reaches(
    town: TestRegister, name: str, iban: str, error: type[DomainError]
) -> None:
    with pytest.raises(ValidationError):
        Payee(name=name, iban=iban)
    # As older versions took it.
    dote_id = approved(town, payee=Payee.model_construct(name=name, iban=iban))
    with pytest.raises(error) as told:
        prepare(town, dote_id)
    assert told.value.facts["number"] == town.register.dote(dote_id).number
    prepare(town, dote_id, method=Method.VOUCHER)
    # The way out: what their bank says.
    again = approved(town, payee=Payee.model_construct(name=name, iban=iban))
    asked = ChangeIban(iban=OTHER_IBAN, name="Ditta Inventata srl")
    payee_id = payee_of(town, again)
    town.run(town.people.finance, lambda work: payees.change_iban(work, payee_id, asked))
    confirm(town, payee_id)
    prepare(town, again)


def test_a_changed_iban_is_frozen_until_a_second_person_confirms(town: TestRegister) -> None:
    first, second = approved(town), approved(town)
    payee_id = payee_of(town, first)
    assert payee_of(town, second) == payee_id
    batch = prepare(town, first)
    change(town, payee_id)
    with pytest.raises(PayeeFrozen):
        prepare(town, second)
    with pytest.raises(PayeeFrozen):
        authorise(town, batch)
    with pytest.raises(PayeeFrozen):
        prepare(town, second, method=Method.CASH_DESK)
    with pytest.raises(ConfirmedByAnother):
        confirm(town, payee_id, town.people.finance)
    with pytest.raises(Forbidden):
        confirm(town, payee_id, town.people.approver)
    confirm(town, payee_id)
    batch = authorise(town, batch)
    assert [each.to.iban for each in sheet(town, batch).instructions] == [OTHER_IBAN]
    assert len(prepare(town, second).payments) == 1


def test_a_wrong_change_leaves_the_iban_from_before(town: TestRegister) -> None:
    dote_id = approved(town)
    payee_id = payee_of(town, dote_id)
    with pytest.raises(IbanAsBefore):
        change(town, payee_id, IBAN)
    change(town, payee_id)
    town.run(SECOND, lambda work: payees.dismiss_iban(work, payee_id))
    batch = authorise(town, prepare(town, dote_id), town.people.coordinator)
    assert [each.to.iban for each in sheet(town, batch).instructions] == [IBAN]


def test_an_iban_confirmed_after_the_authorisation_is_not_what_was_authorised(
    town: TestRegister,
) -> None:
    dote_id = approved(town)
    batch = authorise(town, prepare(town, dote_id))
    payee_id = payee_of(town, dote_id)
    change(town, payee_id)
    with pytest.raises(PayeeFrozen):
        sheet(town, batch)
    confirm(town, payee_id)
    with pytest.raises(PayeeChanged):
        sheet(town, batch)
    cancel(town, batch)
    again = authorise(town, prepare(town, dote_id))
    assert [each.to.iban for each in sheet(town, again).instructions] == [OTHER_IBAN]


def test_who_is_named_with_the_new_iban_is_the_same_payee(town: TestRegister) -> None:
    payee_id = payee_of(town, approved(town))
    change(town, payee_id)
    confirm(town, payee_id)
    named = approved(town, payee=Payee(name=LANDLORD.name, iban=OTHER_IBAN))
    assert payee_of(town, named) == payee_id
    assert list(check_belongings(town.database, town.vault)) == []
    reindex(town.register, town.vault, town.engine.index, lambda _done, _all: None)
    assert list(check_belongings(town.database, town.vault)) == []


def test_what_is_odd_about_a_payee_is_told(town: TestRegister) -> None:
    mine = payee_of(town, approved(town))
    assert not alike(town.database, [mine])[mine].iban_of_another
    other = payee_of(town, approved(town, payee=Payee(name="Un Altro", iban=IBAN)))
    again = payee_of(town, approved(town, payee=Payee(name=LANDLORD.name, iban=OTHER_IBAN)))
    found = alike(town.database, [mine, other, again])
    assert (found[mine].iban_of_another, found[mine].another_iban) == (True, True)
    assert (found[other].iban_of_another, found[other].another_iban) == (True, False)
    assert (found[again].iban_of_another, found[again].another_iban) == (False, True)


def test_a_household_is_no_payee_whose_iban_changes(town: TestRegister) -> None:
    household_id = payee_of(town, approved(town, payee=None))
    with pytest.raises(NotFound):
        change(town, household_id)
