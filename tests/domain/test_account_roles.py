"""Granting roles and revoking them: which ones can be, for whom, and until when."""

from datetime import timedelta

import pytest

from domain import accounts
from domain.actors import SYSTEM, Actor, Role
from domain.errors import (
    AdminApart,
    DateInThePast,
    DomainError,
    EndsBeforeItBegins,
    GrantedBefore,
    LastAdmin,
    NotFound,
    OwnAccount,
    PartnerNeeded,
    PartnerNotPossible,
    RoleOfNobody,
    RoleOver,
)
from tests.domain.account_steps import (
    GRANT,
    OTHERS,
    TOKEN,
    after,
    closing,
    granting,
    issuing,
    opened,
    refused,
    revoking,
)
from tests.spec import (
    ADMIN,
    NOW,
    ROCCA,
    SSALV,
    TODAY,
    days_after,
    stamp,
)


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
