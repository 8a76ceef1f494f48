"""Opening an account, inviting, closing and reopening; and who may."""

from datetime import timedelta

import pytest

from domain import accounts
from domain.account import Account, evolve, project
from domain.actors import SYSTEM, Actor, Delegation, Grant, Role
from domain.errors import (
    AccountIsClosed,
    AccountIsOpen,
    EmailMissing,
    Forbidden,
    NotFound,
    RoleNotHeld,
)
from domain.privacy import Private
from tests.domain.account_steps import (
    ANNA,
    GRANT,
    TOKEN,
    after,
    closed,
    closing,
    granting,
    issuing,
    opened,
    refused,
    revoking,
)
from tests.spec import (
    ADMIN,
    APPROVER,
    AUDITOR,
    COORDINATOR,
    NOW,
    OPERATOR,
    ROCCA,
    SSALV,
    actor,
    ident,
    stamp,
)

# Who may


def test_admins_sign_and_the_register_itself() -> None:
    assert accounts.admin(ADMIN).role is Role.ADMIN
    assert accounts.admin(SYSTEM).role is Role.SYSTEM
    for who in (COORDINATOR, AUDITOR, OPERATOR, Actor(ident(1), ())):
        with pytest.raises(Forbidden) as refusal:
            accounts.admin(who)
        assert refusal.value.roles == "admin"


def test_a_token_of_ones_own_is_for_what_one_acts_in_oneself() -> None:
    assert accounts.token_maker(APPROVER, Role.APPROVER, SSALV).account_id == APPROVER.account_id
    assert accounts.token_maker(OPERATOR, Role.OPERATOR, ROCCA).partner == ROCCA
    lent = Grant(Role.APPROVER, None, Delegation(APPROVER.account_id, None, 100))
    stand_in = Actor(ident(2), (Grant(Role.ASSESSOR), lent))
    for who, role, partner in (
        (OPERATOR, Role.OPERATOR, SSALV),
        (OPERATOR, Role.OPERATOR, None),
        (OPERATOR, Role.FINANCE, None),
        (stand_in, Role.APPROVER, None),
    ):
        with pytest.raises(RoleNotHeld):
            accounts.token_maker(who, role, partner)


# The account


def test_a_name_and_an_address_are_sealed_as_the_persons_own() -> None:
    known = opened()
    assert known.opened is not None
    assert known.opened.name == Private(ANNA, "Anna Esempi")
    assert known.opened.email == Private(ANNA, "anna@esempi.invalid")
    assert (known.version, known.works_for, known.closed) == (1, None, None)
    refused(
        AccountIsOpen,
        known,
        lambda one: accounts.open_account(one, stamp(ADMIN), name="A", email=None, works_for=None),
    )


def test_who_is_not_known_gets_nothing() -> None:
    nobody = Account(ANNA)
    for decide in (
        granting(),
        issuing(),
        revoking(),
        closing(),
        lambda one: accounts.reopen(one, stamp(ADMIN)),
        lambda one: accounts.invite(one, stamp(ADMIN), NOW),
        lambda one: accounts.works_for(one, stamp(ADMIN), ROCCA),
        lambda one: accounts.record_email(one, stamp(ADMIN), "a@b.invalid"),
    ):
        refused(NotFound, nobody, decide)


def test_an_invitation_needs_an_address() -> None:
    until = NOW + timedelta(days=7)
    assert accounts.invite(opened(), stamp(ADMIN), until).until == until
    nameless = opened(email=None)
    refused(EmailMissing, nameless, lambda one: accounts.invite(one, stamp(ADMIN), until))
    event = accounts.record_email(nameless, stamp(ADMIN), "nuova@esempi.invalid")
    assert event.email == Private(ANNA, "nuova@esempi.invalid")
    assert accounts.invite(evolve(nameless, event), stamp(ADMIN), until).originator_version == 3


def test_a_closed_account_gets_nothing_until_it_is_reopened() -> None:
    known = closed()
    assert known.closed is not None
    assert known.closed.reason == Private(ANNA, "in pensione")
    for decide in (
        granting(Role.APPROVER),
        issuing(),
        closing(),
        lambda one: accounts.invite(one, stamp(ADMIN), NOW),
        lambda one: accounts.works_for(one, stamp(ADMIN), ROCCA),
        lambda one: accounts.record_email(one, stamp(ADMIN), "a@b.invalid"),
    ):
        refused(AccountIsClosed, known, decide)
    again = after(known, lambda one: accounts.reopen(one, stamp(ADMIN)))
    assert again.closed is None
    assert issuing()(again).role is Role.ASSESSOR  # in the roles that they had
    refused(AccountIsOpen, again, lambda one: accounts.reopen(one, stamp(ADMIN)))


def test_what_a_closed_account_has_can_still_be_taken() -> None:
    assert after(closed(), revoking()).grants[GRANT].revoked is not None
    with_token = after(opened(), granting(), issuing(), closing())
    assert accounts.revoke_token(with_token, stamp(ADMIN), TOKEN).token_id == TOKEN


# What happened


def test_the_account_after_all_of_it() -> None:
    admin = actor(0xADA, Role.ADMIN)
    known = after(
        opened(),
        lambda one: accounts.works_for(one, stamp(admin), ROCCA),
        granting(),
        issuing(),
        lambda one: accounts.record_email(one, stamp(admin), "b@esempi.invalid"),
        closing(),
        revoking(),
    )
    assert (known.works_for, known.version) == (ROCCA, 7)
    assert known.email is not None
    assert known.email.originator_version == 5
    assert project(ANNA, ()) == Account(ANNA)
