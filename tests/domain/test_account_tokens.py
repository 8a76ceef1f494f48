"""Tokens: for a role that is held, no longer than it, ended once."""

from datetime import date, timedelta

import pytest

from domain import accounts
from domain.account import evolve
from domain.actors import Role
from domain.errors import (
    DateInThePast,
    NotFound,
    RoleNotHeld,
    TokenOver,
    TokenTooLong,
)
from tests.domain.account_steps import (
    GRANT,
    TOKEN,
    after,
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
