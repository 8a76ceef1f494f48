"""Planned tranches: when which part of the amount is to be paid."""

from datetime import timedelta

import pytest

from domain.days import beginning_of
from domain.deadlines import clocks
from domain.errors import AmountTooHigh, TrancheNotDue, TranchesNotInOrder, TranchesOff
from domain.events.dote import DoteApproved, DoteDisbursed, DoteEvent, DoteRevoked
from domain.events.dote_values import Tranches
from domain.lifecycle import State
from tests.domain.commands import approve, revoke
from tests.domain.facts import approved, assessed, disbursed, requested, returned, tranche
from tests.domain.money_commands import disburse
from tests.spec import NOW, TODAY, a_case, days_after, given

ASSESSED: tuple[DoteEvent, ...] = (requested(), assessed())
PLAN: Tranches = (tranche(10_000), tranche(12_000, days=10), tranche(8_000, days=40))
PLANNED: tuple[DoteEvent, ...] = (*ASSESSED, approved(tranches=PLAN))


# The plan


def test_an_approval_says_when_which_part_is_paid() -> None:
    dote = given(*ASSESSED).when(approve(tranches=PLAN)).then(DoteApproved, tranches=PLAN)
    assert dote.tranches == PLAN
    assert dote.committed_cents == 30_000


@pytest.mark.parametrize(("last_cents", "planned_cents"), [(7_999, 29_999), (8_001, 30_001)])
def test_the_tranches_come_to_the_amount(last_cents: int, planned_cents: int) -> None:
    plan = (*PLAN[:2], tranche(last_cents, days=40))
    given(*ASSESSED).when(approve(tranches=plan)).then_refused(
        TranchesOff, field="tranches", planned_cents=planned_cents, amount_cents=30_000
    )


@pytest.mark.parametrize(
    "plan",
    [
        (tranche(10_000, days=10), tranche(20_000, days=9)),
        (tranche(10_000, days=10), tranche(20_000)),
    ],
)
def test_tranches_are_named_in_their_order(plan: Tranches) -> None:
    given(*ASSESSED).when(approve(tranches=plan)).then_refused(TranchesNotInOrder, field="tranches")


def test_two_tranches_may_be_due_on_one_day() -> None:
    plan = (tranche(10_000, days=10), tranche(20_000, days=10))
    given(*ASSESSED).when(approve(tranches=plan)).then(DoteApproved)


def test_there_are_24_tranches_at_the_most() -> None:
    plan = tuple(tranche(1_000, days=n) for n in range(30))
    given(*ASSESSED).when(approve(tranches=plan)).then_invalid("tranches")


# Paying


def test_only_what_is_due_is_paid() -> None:
    given(*PLANNED).when(disburse(10_000)).then(DoteDisbursed, last=False)
    given(*PLANNED).when(disburse(10_001)).then_refused(
        TrancheNotDue,
        field="amount_cents",
        payable_cents=10_000,
        due=days_after(10).isoformat(),
    )


def test_a_part_of_a_tranche_may_be_paid() -> None:
    given(*PLANNED).when(disburse(4_000)).then(DoteDisbursed)
    history = given(*PLANNED, disbursed(4_000, last=False))
    history.when(disburse(6_000)).then(DoteDisbursed)
    history.when(disburse(6_001)).then_refused(TrancheNotDue, payable_cents=6_000)


@pytest.mark.parametrize(
    ("days", "payable_cents"), [(9, 0), (10, 12_000), (39, 12_000), (40, 20_000)]
)
def test_a_tranche_can_be_paid_from_its_day_on(days: int, payable_cents: int) -> None:
    history = given(*PLANNED, disbursed(10_000, last=False))
    day, now = days_after(days), NOW + timedelta(days=days)
    assert history.state.payable_cents(day) == payable_cents
    history.when(disburse(payable_cents + 1, value_date=day, now=now)).then_refused(
        AmountTooHigh if payable_cents == 20_000 else TrancheNotDue
    )
    if payable_cents:
        history.when(disburse(payable_cents, value_date=day, now=now)).then(
            DoteDisbursed, last=payable_cents == 20_000
        )


def test_it_tells_when_the_next_one_is_due() -> None:
    given(*PLANNED, disbursed(10_000, last=False)).when(disburse(1)).then_refused(
        TrancheNotDue, payable_cents=0, due=days_after(10).isoformat()
    )
    dote = given(*PLANNED, disbursed(10_000, last=False), disbursed(12_000, n=2, last=False)).state
    assert dote.next_tranche_due == days_after(40)


def test_what_bounced_is_due_at_once() -> None:
    history = given(*PLANNED, disbursed(10_000, last=False), returned(10_000))
    assert history.state.payable_cents(TODAY) == 10_000
    history.when(disburse(10_000)).then(DoteDisbursed, n=2)


def test_the_last_tranche_ends_the_payment() -> None:
    dote = (
        given(*PLANNED, disbursed(10_000, last=False), disbursed(12_000, n=2, last=False))
        .when(disburse(8_000, value_date=days_after(40), now=NOW + timedelta(days=40)))
        .then(DoteDisbursed, last=True)
    )
    assert dote.state is State.DISBURSED
    assert dote.next_tranche_due is None


def test_without_a_plan_it_is_paid_as_it_comes() -> None:
    history = given(*ASSESSED, approved())
    assert history.state.next_tranche_due is None
    assert history.state.payable_cents(TODAY) == 30_000


def test_the_tranches_that_are_left_are_revoked() -> None:
    dote = (
        given(*PLANNED, disbursed(10_000, last=False))
        .when(revoke())
        .then(DoteRevoked, released_cents=20_000)
    )
    assert dote.payable_cents(days_after(99)) == 0


def test_the_payment_stage_begins_with_the_tranche_that_is_next() -> None:
    whole = given(*PLANNED).state
    assert clocks(a_case(whole))[0].since == whole.approved_at
    part = given(*PLANNED, disbursed(10_000, last=False)).state
    assert clocks(a_case(part))[0].since == beginning_of(days_after(10))
