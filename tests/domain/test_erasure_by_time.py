"""What time erases alone, and what it counts from."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from domain import dote_history, erasure, household
from domain.erasure import Along
from domain.errors import (
    DotiOpen,
    HeldUntil,
    NotYetTime,
    RetentionRunning,
)
from domain.events.base import Event
from domain.events.household import HouseholdErased
from domain.lifecycle import State
from domain.retention import Retention
from tests.domain import facts, facts_of_receipts
from tests.domain.erasing import RETENTION, a_group, on
from tests.domain.facts_around import (
    erasure_asked,
    erasure_declined,
    erasure_held,
    member_added,
    merged,
    notes_erased,
)
from tests.spec import (
    START,
)

# What time does

PAYEE = uuid4()


LONG_AGO = date(2020, 1, 15)


NOTES_UNTIL = date(2022, 1, 15)


def test_notes_go_when_nothing_happened_for_their_time() -> None:
    group = a_group(seen_on=LONG_AGO, moved_on=LONG_AGO)
    stamp = on(NOTES_UNTIL + timedelta(days=1))
    (event,) = erasure.erase_notes(group, stamp, RETENTION, NOTES_UNTIL - timedelta(days=29))
    gone = household.evolve(group.households[0], event)
    assert gone.notes_erased_on == stamp.at.date()
    assert gone.erased is None


@pytest.mark.parametrize(
    ("day", "listed_on"),
    [
        (NOTES_UNTIL, date(2021, 12, 17)),  # the last day of its time
        (NOTES_UNTIL + timedelta(days=1), None),  # nobody was told
        (NOTES_UNTIL + timedelta(days=1), date(2022, 1, 1)),  # not long enough before
        (NOTES_UNTIL + timedelta(days=1), date(2021, 12, 16)),  # told of an earlier time
    ],
)
def test_not_before_their_time_nor_unannounced(day: date, listed_on: date | None) -> None:
    group = a_group(seen_on=LONG_AGO)
    with pytest.raises(NotYetTime):
        erasure.erase_notes(group, on(day), RETENTION, listed_on)
    with pytest.raises(NotYetTime):
        erasure.erase(group, on(day), RETENTION, listed_on)


def test_a_week_of_notice_at_least_whatever_is_adopted() -> None:
    with pytest.raises(ValidationError):
        Retention(notice_days=6)
    soon = Retention(notes_months=0, notice_days=7, accounting_years=0)
    group, listed_on = a_group(seen_on=LONG_AGO), LONG_AGO + timedelta(days=1)
    with pytest.raises(NotYetTime):
        erasure.erase(group, on(listed_on + timedelta(days=6)), soon, listed_on)
    assert erasure.erase(group, on(listed_on + timedelta(days=7)), soon, listed_on)


def test_other_times_begin_the_notice_anew() -> None:
    """What was listed once and left the list again is not erased the moment times get shorter."""
    shorter = Retention(notes_months=0, notice_days=7, accounting_years=0)
    group, listed_on = a_group(seen_on=LONG_AGO), LONG_AGO - timedelta(days=3)
    adopted_on = LONG_AGO + timedelta(days=300)
    for day in (adopted_on, adopted_on + timedelta(days=6)):
        with pytest.raises(NotYetTime):
            erasure.erase(group, on(day), shorter, listed_on, adopted_on=adopted_on)
        with pytest.raises(NotYetTime):
            erasure.erase_notes(group, on(day), shorter, listed_on, adopted_on)
    day = adopted_on + timedelta(days=7)
    assert erasure.erase(group, on(day), shorter, listed_on, adopted_on=adopted_on)


def test_a_household_that_never_got_money_goes_with_its_notes() -> None:
    group = a_group(seen_on=LONG_AGO)
    stamp = on(NOTES_UNTIL + timedelta(days=1))
    (event,) = erasure.erase(group, stamp, RETENTION, date(2021, 12, 17), Along((PAYEE,)))
    assert isinstance(event, HouseholdErased)
    assert (event.because, event.asked_by, event.payees) == ("retention", None, (PAYEE,))


def test_one_that_got_money_goes_after_its_papers() -> None:
    group = a_group(seen_on=LONG_AGO, moved_on=date(2020, 1, 10))
    with pytest.raises(RetentionRunning):
        erasure.erase(group, on(date(2030, 12, 31)), RETENTION, date(2030, 12, 2))
    assert erasure.erase(group, on(date(2031, 1, 1)), RETENTION, date(2030, 12, 2))


def test_not_while_somebody_works_with_it_or_holds_it() -> None:
    day, listed_on = date(2022, 1, 16), date(2021, 12, 17)
    for group, why in (
        (a_group(seen_on=LONG_AGO, open_doti=1), DotiOpen),
        (a_group(erasure_held(), seen_on=LONG_AGO), HeldUntil),
    ):
        with pytest.raises(why):
            erasure.erase_notes(group, on(day), RETENTION, listed_on)
        with pytest.raises(why):
            erasure.erase(group, on(day), RETENTION, listed_on)


def test_notes_go_once() -> None:
    group = a_group(notes_erased(), seen_on=LONG_AGO, moved_on=LONG_AGO)
    with pytest.raises(NotYetTime):
        erasure.erase_notes(group, on(date(2022, 1, 16)), RETENTION, date(2021, 12, 17))


# What the events say


@pytest.mark.parametrize(
    ("happened", "is_open"),
    [
        ((), True),
        ((facts.assessed(30_000),), True),
        ((facts.rejected(),), False),
        ((facts.rejected(), facts.appeal_lodged()), True),
        ((facts.withdrawn(),), False),
        ((facts.assessed(30_000), facts.approved(30_000)), True),
        ((facts.assessed(30_000), facts.approved(30_000), facts.revoked()), False),
        ((facts.assessed(30_000), facts.approved(30_000), facts.disbursed(30_000)), True),
    ],
)
def test_which_doti_are_open(happened: tuple[Any, ...], *, is_open: bool) -> None:
    numbered = [
        event.model_copy(update={"originator_version": n})
        for n, event in enumerate((facts.requested(30_000), *happened), 1)
    ]
    dote = dote_history.project(None, numbered)
    assert dote is not None
    assert erasure.is_open(dote) is is_open


def test_money_that_was_paid_and_not_accounted_for_is_open_on_a_revoked_dote_too() -> None:
    dote = dote_history.project(None, [facts.requested(30_000)])
    assert dote is not None
    paid = replace(dote, state=State.REVOKED, disbursed_cents=1)
    assert erasure.is_open(paid)
    assert not erasure.is_open(replace(paid, disbursed_cents=0))


def test_what_counts_as_contact_and_as_money() -> None:
    reminded: Event = facts.reminded()
    assert erasure.seen_day(member_added()) == START.date()
    assert erasure.seen_day(merged()) == START.date()
    for event in (reminded, erasure_asked(), erasure_declined(), erasure_held()):
        assert erasure.seen_day(event) is None
    assert erasure.money_day(facts.approved(30_000)) is None
    assert erasure.money_day(facts.disbursed(30_000)) is not None
    assert erasure.money_day(facts_of_receipts.accepted()) == facts_of_receipts.accepted().at.date()
    assert erasure.file_of(facts_of_receipts.submitted()) == facts_of_receipts.submitted().sha256
    assert erasure.file_of(facts.requested(30_000)) is None
