"""Money out, money bounced back, money given back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.actors import Role
from domain.errors import (
    AmountTooHigh,
    DateInTheFuture,
    DateTooEarly,
    DisbursementAlreadyReturned,
    Forbidden,
    NotFound,
    NothingPaid,
    OutsideOwnPartner,
    WrongState,
)
from domain.events.base import Event
from domain.events.dote import DisbursementReturned, DoteDisbursed, DoteEvent, RefundReceived
from domain.lifecycle import Duty, State
from domain.turns import waiting_for
from tests.domain.commands import Command
from tests.domain.facts import approved, assessed, disbursed, refunded, requested, returned, revoked
from tests.domain.facts_of_receipts import accepted, accounted_for, disallowed, submitted
from tests.domain.money_commands import disburse, refund, take_back
from tests.spec import (
    FINANCE,
    FINANCE_2,
    HOUSEHOLD,
    LINE,
    OPERATOR,
    SSALV,
    TODAY,
    a_case,
    actor,
    days_after,
    given,
    private,
)

PAID_ON = disbursed(1).value_date
UNPAID: tuple[DoteEvent, ...] = (assessed(), approved(30_000))
PAID: tuple[DoteEvent, ...] = (*UNPAID, disbursed(30_000))
IN_TWO: tuple[DoteEvent, ...] = (
    *UNPAID,
    disbursed(10_000, n=1, last=False),
    disbursed(20_000, n=2),
)
REVOKED: tuple[DoteEvent, ...] = (*UNPAID, disbursed(10_000, last=False), revoked(20_000))


# Disbursement


def test_the_whole_amount_is_paid_at_once() -> None:
    dote = (
        given(requested(), *UNPAID)
        .when(disburse(30_000, reference="order 1"))
        .then(
            DoteDisbursed,
            line=LINE,
            n=1,
            amount_cents=30_000,
            value_date=TODAY,
            method="bank transfer",
            reference=private("order 1"),
            last=True,
        )
    )
    assert dote.state is State.DISBURSED
    assert (dote.disbursed_cents, dote.committed_cents) == (30_000, 0)
    assert dote.people[Duty.PAY] == {FINANCE.account_id}
    assert waiting_for(a_case(dote)) == {Role.OPERATOR}


def test_the_amount_is_paid_in_tranches() -> None:
    dote = (
        given(requested(), *UNPAID)
        .when(disburse(10_000))
        .then(DoteDisbursed, n=1, last=False, reference=None)
    )
    assert dote.state is State.APPROVED
    assert (dote.disbursed_cents, dote.committed_cents) == (10_000, 20_000)
    dote = (
        given(requested(), *UNPAID, disbursed(10_000, last=False))
        .when(disburse(20_000, by=FINANCE_2))
        .then(DoteDisbursed, n=2, last=True)
    )
    assert dote.state is State.DISBURSED
    assert dote.people[Duty.PAY] == {FINANCE.account_id, FINANCE_2.account_id}
    assert [tranche.state for tranche in dote.disbursements] == ["executed", "executed"]


def test_no_more_than_was_approved_is_paid() -> None:
    given(requested(), *UNPAID).when(disburse(30_001)).then_refused(
        AmountTooHigh, field="amount_cents", left_cents=30_000
    )
    given(requested(), *UNPAID, disbursed(10_000, last=False)).when(disburse(20_001)).then_refused(
        AmountTooHigh, left_cents=20_000
    )


@pytest.mark.parametrize("amount_cents", [0, -1])
def test_a_payment_is_of_an_amount(amount_cents: int) -> None:
    given(requested(), *UNPAID).when(disburse(amount_cents)).then_invalid("amount_cents")


def test_a_method_is_a_plain_word() -> None:
    given(requested(), *UNPAID).when(disburse(method="=cmd()")).then_invalid("method")


def test_nothing_is_paid_before_the_approval_or_after_the_last_tranche() -> None:
    given(requested(), assessed()).when(disburse()).then_refused(
        WrongState, action="disburse", state="assessed", possible="approved"
    )
    given(requested(), *PAID).when(disburse(1)).then_refused(WrongState, state="disbursed")


def test_finance_pays() -> None:
    given(requested(), *UNPAID).when(disburse(by=OPERATOR)).then_refused(
        Forbidden, action="disburse", roles="finance"
    )
    of_ssalv = actor(0xF1, Role.FINANCE, partner=SSALV)
    given(requested(), *UNPAID).when(disburse(by=of_ssalv)).then_refused(OutsideOwnPartner)


# Value dates


@pytest.mark.parametrize(
    ("events", "command", "kind"),
    [
        (UNPAID, lambda day: disburse(value_date=day), DoteDisbursed),
        (PAID, lambda day: take_back(value_date=day), DisbursementReturned),
        (PAID, lambda day: refund(1, value_date=day), RefundReceived),
    ],
    ids=["disburse", "return", "refund"],
)
def test_money_has_no_value_date_in_the_future(
    events: tuple[DoteEvent, ...], command: Callable[[date], Command], kind: type[Event]
) -> None:
    today, tomorrow = days_after(0), days_after(1)
    given(requested(), *events).when(command(today)).then(kind, value_date=today)
    given(requested(), *events).when(command(tomorrow)).then_refused(
        DateInTheFuture, field="value_date", value=tomorrow.isoformat()
    )


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (lambda day: take_back(value_date=day), DisbursementReturned),
        (lambda day: refund(1, value_date=day), RefundReceived),
    ],
    ids=["return", "refund"],
)
def test_money_does_not_come_back_before_it_went_out(
    command: Callable[[date], Command], kind: type[Event]
) -> None:
    given(requested(), *PAID).when(command(PAID_ON)).then(kind, value_date=PAID_ON)
    early = PAID_ON - timedelta(days=1)
    given(requested(), *PAID).when(command(early)).then_refused(
        DateTooEarly, field="value_date", value=early.isoformat(), first=PAID_ON.isoformat()
    )


def test_a_late_evening_in_the_desks_own_time_zone_is_not_the_future() -> None:
    before_midnight_utc = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    given(requested(), *UNPAID).when(
        disburse(value_date=date(2026, 7, 2), now=before_midnight_utc)
    ).then(DoteDisbursed, value_date=date(2026, 7, 2))


# Returns


def test_a_payment_that_bounced_is_committed_again() -> None:
    dote = (
        given(requested(), *PAID)
        .when(take_back(1, reason="account closed"))
        .then(
            DisbursementReturned,
            line=LINE,
            household_id=HOUSEHOLD,
            n=1,
            amount_cents=30_000,
            value_date=TODAY,
            restores="committed",
            reason=private("account closed"),
        )
    )
    assert dote.state is State.APPROVED
    assert (dote.disbursed_cents, dote.committed_cents) == (0, 30_000)
    assert [tranche.state for tranche in dote.disbursements] == ["returned"]


def test_what_bounced_is_paid_again_under_a_new_number() -> None:
    given(requested(), *PAID, returned()).when(disburse(30_000)).then(DoteDisbursed, n=2, last=True)


def test_one_of_two_tranches_bounces() -> None:
    dote = (
        given(requested(), *IN_TWO)
        .when(take_back(2))
        .then(DisbursementReturned, amount_cents=20_000)
    )
    assert (dote.disbursed_cents, dote.committed_cents) == (10_000, 20_000)
    assert [tranche.state for tranche in dote.disbursements] == ["executed", "returned"]


def test_a_tranche_bounces_while_others_are_still_to_be_paid() -> None:
    dote = (
        given(requested(), *UNPAID, disbursed(10_000, last=False))
        .when(take_back(1))
        .then(DisbursementReturned, restores="committed")
    )
    assert (dote.state, dote.committed_cents) == (State.APPROVED, 30_000)


def test_what_bounces_on_a_revoked_dote_is_available_again() -> None:
    dote = (
        given(requested(), *REVOKED)
        .when(take_back(1))
        .then(DisbursementReturned, restores="available", amount_cents=10_000)
    )
    assert dote.state is State.REVOKED
    assert (dote.disbursed_cents, dote.committed_cents) == (0, 0)


def test_a_payment_bounces_once() -> None:
    given(requested(), *IN_TWO, returned(20_000, n=2)).when(take_back(2)).then_refused(
        DisbursementAlreadyReturned, n=2
    )


def test_only_a_known_payment_bounces() -> None:
    given(requested(), *PAID).when(take_back(2)).then_refused(NotFound)
    given(requested(), *PAID).when(take_back(0)).then_refused(NotFound)


def test_without_payments_nothing_comes_back() -> None:
    given(requested(), *UNPAID).when(take_back(1)).then_refused(NothingPaid)
    given(requested(), *UNPAID, revoked()).when(refund(1)).then_refused(NothingPaid)


@pytest.mark.parametrize(
    "documented",
    [
        (submitted(20_000), accepted(20_000)),
        (submitted(20_000), disallowed(20_000)),
        (refunded(20_000),),
    ],
    ids=["documented", "disallowed", "refunded"],
)
def test_what_is_documented_does_not_bounce(documented: tuple[DoteEvent, ...]) -> None:
    given(requested(), *PAID, *documented).when(take_back(1)).then_refused(
        AmountTooHigh, field="n", left_cents=10_000
    )
    given(requested(), *IN_TWO, *documented).when(take_back(1)).then(DisbursementReturned)


def test_finance_records_returns_and_refunds() -> None:
    given(requested(), *PAID).when(take_back(by=OPERATOR)).then_refused(Forbidden)
    given(requested(), *PAID).when(refund(1, by=OPERATOR)).then_refused(Forbidden)


# Refunds


def test_a_refund_gives_back_a_part() -> None:
    dote = (
        given(requested(), *PAID)
        .when(refund(5_000, source="the landlord"))
        .then(
            RefundReceived,
            line=LINE,
            household_id=HOUSEHOLD,
            amount_cents=5_000,
            value_date=TODAY,
            source=private("the landlord"),
        )
    )
    assert dote.state is State.DISBURSED
    assert (dote.refunded_cents, dote.undocumented_cents) == (5_000, 25_000)
    assert dote.disbursed_cents == 30_000


def test_refunds_add_up_to_what_is_not_documented() -> None:
    given(requested(), *PAID, submitted(20_000), accepted(20_000), refunded(4_000)).when(
        refund(6_000)
    ).then(RefundReceived)
    given(requested(), *PAID, submitted(20_000), accepted(20_000), refunded(4_000)).when(
        refund(6_001)
    ).then_refused(AmountTooHigh, field="amount_cents", left_cents=6_000)


def test_a_refund_is_of_an_amount() -> None:
    given(requested(), *PAID).when(refund(0)).then_invalid("amount_cents")


def test_a_revoked_dote_is_refunded() -> None:
    given(requested(), *REVOKED).when(refund(10_000)).then(RefundReceived, amount_cents=10_000)


def test_no_refund_before_the_last_tranche_or_after_the_accounting() -> None:
    given(requested(), *UNPAID, disbursed(10_000, last=False)).when(refund(1)).then_refused(
        WrongState, action="record_refund", state="approved"
    )
    closed = given(requested(), *PAID, submitted(), accepted(), accounted_for())
    closed.when(refund(1)).then_refused(WrongState, state="accounted_for")
    closed.when(take_back(1)).then_refused(WrongState, state="accounted_for")


def test_a_bounce_after_a_refund_leaves_the_rest_to_be_paid_again() -> None:
    dote = given(requested(), *IN_TWO, refunded(5_000), returned(20_000, n=2)).state
    assert (dote.disbursed_cents, dote.refunded_cents, dote.committed_cents) == (
        10_000,
        5_000,
        20_000,
    )
    assert dote.undocumented_cents == 5_000
