"""Who may look at what is masked, and whose key the reason has."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.account import Account
from domain.actors import Actor, Delegation, Grant, Role
from domain.errors import Forbidden
from domain.privacy import Private
from domain.reveals import reveal, revealer
from tests.spec import APPROVER, COORDINATOR, HOUSEHOLD, ident, stamp

AUDITOR = Actor(ident(0xAD), (Grant(Role.AUDITOR),))


@pytest.mark.parametrize(
    ("actor", "health_data", "may"),
    [
        (AUDITOR, False, True),
        (AUDITOR, True, True),
        (COORDINATOR, True, True),
        (COORDINATOR, False, False),
        (APPROVER, True, False),
    ],
)
def test_who_may_look(actor: Actor, health_data: bool, may: bool) -> None:
    if may:
        assert revealer(actor, health_data=health_data).account_id == actor.account_id
    else:
        with pytest.raises(Forbidden):
            revealer(actor, health_data=health_data)


def test_not_for_somebody_else() -> None:
    lent = Grant(Role.AUDITOR, delegation=Delegation(by=ident(1), works_for=None, max_cents=1))
    with pytest.raises(Forbidden):
        revealer(replace(AUDITOR, grants=(lent,)), health_data=False)


def test_the_reason_goes_with_the_household() -> None:
    account = Account(AUDITOR.account_id, version=3)
    dote_id = UUID(int=5)
    event = reveal(account, stamp(AUDITOR), HOUSEHOLD, dote_id, "a sample of the year")
    assert event.reason == Private(HOUSEHOLD, "a sample of the year")
    assert (event.originator_id, event.originator_version) == (AUDITOR.account_id, 4)
    assert (event.household_id, event.dote_id) == (HOUSEHOLD, dote_id)
