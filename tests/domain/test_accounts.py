"""Opening an account, granting and revoking roles, inviting, closing; and tokens."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain import accounts
from domain.account import Account, evolve, project
from domain.actors import SYSTEM, Actor, Delegation, Grant, Role
from domain.errors import (
    AccountIsClosed,
    AccountIsOpen,
    AdminApart,
    DateInThePast,
    DomainError,
    EmailMissing,
    EndsBeforeItBegins,
    Forbidden,
    GrantedBefore,
    LastAdmin,
    NotFound,
    OwnAccount,
    PartnerNeeded,
    PartnerNotPossible,
    RoleNotHeld,
    RoleOfNobody,
    RoleOver,
    TokenOver,
    TokenTooLong,
)
from domain.events.account import RoleGranted, TokenIssued
from domain.events.base import Event
from domain.privacy import Private
from tests.spec import (
    ADMIN,
    APPROVER,
    AUDITOR,
    COORDINATOR,
    NOW,
    OPERATOR,
    ROCCA,
    SSALV,
    TODAY,
    actor,
    days_after,
    ident,
    stamp,
)

ANNA = ident(0xAAA)
GRANT, TOKEN = ident(0x6A), ident(0x70)
OTHERS = frozenset({ident(0xADB)})
"""Somebody else administers accounts."""

Decide = Callable[[Account], Event]


def opened(email: str | None = "anna@esempi.invalid", whose: UUID = ANNA) -> Account:
    """An account that an admin opened."""
    new = Account(whose)
    event = accounts.open_account(
        new, stamp(ADMIN), name="Anna Esempi", email=email, works_for=None
    )
    return evolve(new, event)


def after(account: Account, *steps: Decide) -> Account:
    """The account after these decisions."""
    for step in steps:
        account = evolve(account, step(account))
    return account


def granting(
    role: Role = Role.ASSESSOR, grant_id: UUID = GRANT, by: Actor = ADMIN, **other: object
) -> Callable[[Account], RoleGranted]:
    """A role from today on, with some of it otherwise."""
    asked: dict[str, Any] = {"partner": None, "since": TODAY, "until": None, **other}
    return lambda known: accounts.grant_role(known, stamp(by), grant_id, role=role, **asked)


def revoking(by: Actor = ADMIN, others: frozenset[UUID] = OTHERS) -> Decide:
    """The end of the role."""
    return lambda known: accounts.revoke_role(known, stamp(by), GRANT, others)


def closing(by: Actor = ADMIN, others: frozenset[UUID] = OTHERS) -> Decide:
    """The end of the account."""
    return lambda known: accounts.close(known, stamp(by), "in pensione", others)


def issuing(role: Role = Role.ASSESSOR, **other: object) -> Callable[[Account], TokenIssued]:
    """A token for what the person does, with some of it otherwise."""
    asked: dict[str, Any] = {
        "label": None,
        "partner": None,
        "read_only": False,
        "until": None,
        **other,
    }
    return lambda known: accounts.issue_token(known, stamp(SYSTEM), TOKEN, role=role, **asked)


def refused(
    kind: type[DomainError], known: Account, decide: Callable[[Account], object], **facts: object
) -> None:
    """The decision is refused with exactly this class; the facts given are among its own."""
    with pytest.raises(DomainError) as raised:
        decide(known)
    assert type(raised.value) is kind
    assert facts.items() <= raised.value.facts.items()


def closed() -> Account:
    """An account of an assessor, closed."""
    return after(opened(), granting(), closing())


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


# Roles


def test_a_role_is_granted_from_a_day_to_a_day() -> None:
    known = after(opened(), granting(since=days_after(2), until=days_after(4)))
    held = known.role(GRANT)
    live = [day for day in range(7) if held.is_live(days_after(day))]
    assert live == [2, 3, 4]
    refused(NotFound, known, lambda one: one.role(TOKEN))


@pytest.mark.parametrize(
    ("role", "partner", "kind"),
    [
        (Role.OPERATOR, None, PartnerNeeded),
        (Role.FINANCE, ROCCA, PartnerNotPossible),
        (Role.COORDINATOR, ROCCA, PartnerNotPossible),
        (Role.AUDITOR, ROCCA, PartnerNotPossible),
        (Role.ADMIN, ROCCA, PartnerNotPossible),
        (Role.SYSTEM, None, RoleOfNobody),
    ],
)
def test_roles_that_cannot_be(role: Role, partner: str | None, kind: type[DomainError]) -> None:
    refused(kind, opened(), granting(role, partner=partner))
    refused(kind, opened(), granting(role, partner=partner, by=SYSTEM))
    refused(kind, after(opened(), granting()), issuing(role, partner=partner))
    with pytest.raises(kind) as refusal:
        accounts.check_role(role, partner, "grants.3.")
    assert str(refusal.value.facts["field"]).startswith("grants.3.")


def test_days_in_their_order() -> None:
    refused(
        EndsBeforeItBegins,
        opened(),
        granting(since=days_after(3), until=days_after(2)),
        field="until",
    )
    refused(DateInThePast, opened(), granting(since=days_after(-9), until=days_after(-1)))
    assert granting(since=TODAY, until=TODAY)(opened()).until == TODAY


@pytest.mark.parametrize(
    ("partner", "since", "until", "twice"),
    [
        (None, 0, None, True),
        (ROCCA, 0, None, True),  # who may everywhere may there
        (None, 5, 6, True),
        (None, 10, None, True),
        (None, 11, None, False),  # from the day after the last one on
    ],
)
def test_a_role_is_not_granted_twice(
    partner: str | None, since: int, until: int | None, twice: bool
) -> None:
    known = after(opened(), granting(until=days_after(10)))
    again = granting(
        grant_id=TOKEN,
        partner=partner,
        since=days_after(since),
        until=None if until is None else days_after(until),
    )
    if twice:
        refused(GrantedBefore, known, again, role=Role.ASSESSOR)
    else:
        assert len(after(known, again).grants) == 2


def test_the_same_role_for_another_partner_and_wider_is_another_one() -> None:
    known = after(opened(), granting(partner=ROCCA))
    for partner in (SSALV, None):
        assert len(after(known, granting(grant_id=TOKEN, partner=partner)).grants) == 2
    revoked = after(known, revoking())
    assert len(after(revoked, granting(grant_id=TOKEN, partner=ROCCA)).grants) == 2


def test_nobody_changes_what_they_may_do_themselves() -> None:
    mine = after(opened(whose=ADMIN.account_id), granting(Role.ADMIN, by=SYSTEM))
    for decide in (
        granting(Role.ADMIN, grant_id=TOKEN),
        granting(Role.FINANCE, grant_id=TOKEN),
        revoking(),
        closing(),
        lambda one: accounts.invite(one, stamp(ADMIN), NOW),
        lambda one: accounts.works_for(one, stamp(ADMIN), ROCCA),
        lambda one: accounts.record_email(one, stamp(ADMIN), "a@b.invalid"),
    ):
        refused(OwnAccount, mine, decide)
    gone = after(mine, closing(SYSTEM))
    refused(OwnAccount, gone, lambda one: accounts.reopen(one, stamp(ADMIN)))


@pytest.mark.parametrize("by", [ADMIN, SYSTEM])
def test_who_administers_takes_no_part(by: Actor) -> None:
    for role in set(Role) - {Role.ADMIN, Role.SYSTEM}:
        partner = ROCCA if role is Role.OPERATOR else None
        business = after(opened(), granting(role, partner=partner))
        refused(AdminApart, business, granting(Role.ADMIN, grant_id=TOKEN, by=by), role="admin")
        administers = after(opened(), granting(Role.ADMIN))
        refused(AdminApart, administers, granting(role, TOKEN, by, partner=partner), role=role)
    # Neither before nor after, as long as the other one is not over.
    later = after(opened(), granting(since=days_after(30)))
    refused(AdminApart, later, granting(Role.ADMIN, grant_id=TOKEN, until=days_after(2)))
    assert granting(Role.ADMIN, grant_id=TOKEN)(after(later, revoking())).role is Role.ADMIN


def test_the_last_one_who_administers_stays() -> None:
    last = after(opened(), granting(Role.ADMIN))
    for decide in (revoking(others=frozenset()), closing(others=frozenset())):
        refused(LastAdmin, last, decide)
    for event in (
        revoking(SYSTEM, frozenset())(last),
        closing(SYSTEM, frozenset())(last),
        revoking()(last),
        closing()(last),
    ):
        assert event.originator_version == 3
    # Whoever does not administer today is not missed.
    someday = after(opened(), granting(Role.ADMIN, since=days_after(3)))
    business = after(opened(), granting())
    for known, end in ((someday, revoking), (someday, closing), (business, closing)):
        assert end(others=frozenset())(known).originator_version == 3


def test_a_role_ends_once() -> None:
    known = after(opened(), granting(), revoking())
    refused(RoleOver, known, revoking())
    ended = after(opened(), granting(since=days_after(-5), until=TODAY))
    late = stamp(ADMIN, NOW + timedelta(days=1))
    refused(RoleOver, ended, lambda one: accounts.revoke_role(one, late, GRANT, OTHERS))
    refused(NotFound, opened(), revoking())


# Tokens


def test_a_token_is_for_a_role_that_is_held_today() -> None:
    refused(RoleNotHeld, opened(), issuing(), role=Role.ASSESSOR)
    refused(RoleNotHeld, after(opened(), granting(since=days_after(1))), issuing())
    refused(RoleNotHeld, after(opened(), granting(), revoking()), issuing())
    rocca = after(opened(), granting(partner=ROCCA))
    refused(RoleNotHeld, rocca, issuing())
    refused(RoleNotHeld, rocca, issuing(partner=SSALV))
    assert issuing(partner=ROCCA)(rocca).partner == ROCCA
    assert issuing(partner=SSALV, read_only=True)(after(opened(), granting())).read_only


@pytest.mark.parametrize(
    ("role_days", "sign_in_days", "asked_days", "lasts"),
    [
        (None, None, None, None),
        (None, None, 5, 5),
        (9, None, None, 9),
        (9, None, 9, 9),
        (9, None, 10, "refused"),
        (None, 3, None, 3),
        (9, 3, None, 3),
        (2, 3, None, 2),
        (9, 3, 4, "refused"),
        (None, None, 0, 0),
    ],
)
def test_a_token_lasts_no_longer_than_what_it_is_made_of(
    role_days: int | None,
    sign_in_days: int | None,
    asked_days: int | None,
    lasts: int | str | None,
) -> None:
    def day(days: int | None) -> date | None:
        return None if days is None else days_after(days)

    known = after(opened(), granting(until=day(role_days)))
    issue = issuing(until=day(asked_days), latest=day(sign_in_days))
    if lasts == "refused":
        refused(TokenTooLong, known, issue, field="until")
    else:
        assert issue(known).until == (day(lasts) if isinstance(lasts, int) else None)


def test_a_token_does_not_end_before_today() -> None:
    known = after(opened(), granting())
    refused(DateInThePast, known, issuing(until=days_after(-1)), field="until")


def test_of_several_roles_that_reach_so_far_the_longest_counts() -> None:
    known = after(
        opened(),
        granting(partner=ROCCA, until=days_after(5)),
        granting(grant_id=TOKEN, until=days_after(50)),
    )
    assert issuing(partner=ROCCA)(known).until == days_after(50)


def test_a_token_ends_once() -> None:
    known = after(opened(), granting(), issuing())
    end = accounts.revoke_token(known, stamp(ADMIN), TOKEN)
    ended = evolve(known, end)
    assert ended.token(TOKEN).revoked == end
    refused(TokenOver, ended, lambda one: accounts.revoke_token(one, stamp(ADMIN), TOKEN))
    refused(NotFound, known, lambda one: accounts.revoke_token(one, stamp(ADMIN), GRANT))
    short = after(opened(), granting(), issuing(until=TODAY))
    late = stamp(ADMIN, NOW + timedelta(days=1))
    refused(TokenOver, short, lambda one: accounts.revoke_token(one, late, TOKEN))


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
