"""What was shown as certain is confirmed only where it is proposed still, and as surely."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.errors import DomainError, NotCertainAnyMore, NothingProposedAnyMore, ProposalChanged
from domain.events.bank import MatchKind
from domain.proposals import Grade, Proposal, Reason, check_as_shown

ONE, OTHER = UUID(int=1), UUID(int=2)
SHOWN = Proposal(
    (ONE,),
    ("CI-2026-00001-1", "CI-2026-00002-1"),
    MatchKind.PAYMENT,
    Grade.CERTAIN,
    (Reason.PAYMENT_ID, Reason.SUM_OF_PAYMENTS),
)


def test_what_is_proposed_still_is_confirmed_in_whatever_order_it_is_named() -> None:
    now = replace(SHOWN, payment_ids=SHOWN.payment_ids[::-1], reasons=(Reason.BATCH_SUM,))
    check_as_shown(SHOWN.says, now)


@pytest.mark.parametrize(
    "now",
    [
        replace(SHOWN, payment_ids=("CI-2026-00001-1",)),
        replace(SHOWN, payment_ids=("CI-2026-00001-1", "CI-2026-00003-1")),
        replace(SHOWN, line_ids=(ONE, OTHER)),
        replace(SHOWN, kind=MatchKind.RETURN, grade=Grade.RETURN),
    ],
)
def test_what_changed_is_told_with_what_it_is_now(now: Proposal) -> None:
    with pytest.raises(ProposalChanged) as refused:
        check_as_shown(SHOWN.says, now)
    assert refused.value.payment == ", ".join(now.payment_ids)


def test_where_nothing_is_proposed_any_more_that_is_told() -> None:
    with pytest.raises(NothingProposedAnyMore):
        check_as_shown(SHOWN.says, replace(SHOWN, kind=None, payment_ids=(), grade=Grade.SUSPENSE))


def test_what_is_proposed_still_but_not_as_surely_is_not_confirmed() -> None:
    with pytest.raises(NotCertainAnyMore):
        check_as_shown(SHOWN.says, replace(SHOWN, grade=Grade.PROBABLE))


def test_of_many_payments_the_first_are_named() -> None:
    many = replace(SHOWN, payment_ids=tuple(f"CI-2026-0000{n}-1" for n in range(9)))
    with pytest.raises(DomainError, match=r"CI-2026-00004-1 …\. Look at it"):
        check_as_shown(SHOWN.says, many)
