"""What a rendiconto tells, and that it ties to the ledger whatever happened before."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import DaysToCome, EndsBeforeItBegins, NothingToTell, ToldAlready
from domain.events.base import Event
from domain.funding_rules import NO_RULES, FunderRules
from domain.ledger import postings
from domain.rendiconto import (
    SPENT,
    Asked,
    Drawing,
    Earlier,
    check_days,
    check_new,
    pseudonym,
)
from domain.rendiconto_content import Content
from tests.domain.facts import approved, disbursed, refund_undone, refunded, requested, returned
from tests.domain.facts_of_receipts import accepted, submitted
from tests.spec import DOTE, HOUSEHOLD, HOUSING, OTHER_DOTE, ROCCA, SSALV, TODAY, in_order

FIRST, LAST = TODAY - timedelta(days=30), TODAY + timedelta(days=30)


def asked(
    *before: Earlier, rules: FunderRules = NO_RULES, funder: str | None = "F", **more: object
) -> Asked:
    kept: dict[str, object] = {
        "first_day": FIRST,
        "last_day": LAST,
        "partner": None,
        "funder": funder,
        "rules": rules,
        "before": before,
    }
    return Asked(**(kept | more))  # type: ignore[arg-type]  # the fields above


def drawn(events: list[Event], wanted: Asked) -> Drawing:
    drawing = Drawing(wanted)
    for log_index, event in enumerate(events, start=1):
        drawing.take(log_index, event)
    return drawing


def earlier(drawing: Drawing, wanted: Asked, number: str = "R-1") -> Earlier:
    return Earlier(
        number,
        wanted.funder,
        wanted.partner,
        wanted.first_day,
        wanted.last_day,
        frozenset(row.log_index for row in drawing.rows),
        frozenset(row.log_index for row in drawing.rows if row.admitted_cents),
    )


LIFE: list[Event] = list(
    in_order([requested(), approved(30_000), disbursed(30_000), submitted(), accepted()])
)


def test_a_documented_expense_is_numbered_with_its_paper_and_payment() -> None:
    (paid, documented) = drawn(LIFE, asked()).rows
    assert (paid.kind, paid.paid_cents, paid.receipt_no) == ("paid", 30_000, None)
    assert (documented.kind, documented.receipt_no, documented.log_index) == ("documented", 1, 5)
    assert documented.documented_cents == documented.admitted_cents == 30_000
    assert documented.refers_to == paid.log_index
    assert documented.receipt is not None
    assert documented.receipt.log_index == 4
    assert documented.household == pseudonym("F", HOUSEHOLD) != pseudonym("G", HOUSEHOLD)


def test_a_second_one_tells_what_is_new_and_what_it_corrects() -> None:
    first = drawn(LIFE[:3], asked())
    more = [*LIFE[:3], returned(30_000)]
    (row,) = drawn(more, asked(earlier(first, asked()))).rows
    assert (row.kind, row.paid_cents) == ("returned", -30_000)
    assert (row.refers_to, row.refers_to_account) == (3, "R-1")
    assert drawn(LIFE[:3], asked(earlier(first, asked()))).rows == ()


def test_what_comes_late_for_days_of_an_earlier_one_is_told_by_the_next() -> None:
    first = asked()
    empty = earlier(drawn([], first), first)
    next_days: dict[str, Any] = {
        "first_day": LAST + timedelta(days=1),
        "last_day": LAST + timedelta(days=60),
    }
    rows = drawn(LIFE, asked(empty, **next_days)).rows
    assert [(row.kind, row.late) for row in rows if row.kind == "paid"] == [("paid", True)]
    assert drawn(LIFE, asked(**next_days)).rows == ()


def test_what_rules_do_not_admit_is_told_with_its_reasons_and_not_counted() -> None:
    cases = {
        ("category",): FunderRules(categories=("SCHOOL",)),
        ("item",): FunderRules(items=("OTHER",)),
        ("paper",): FunderRules(papers=("payslip",)),
        ("paid_too_early",): FunderRules(paid_from=date(2030, 1, 1)),
        ("paid_too_late",): FunderRules(paid_until=date(2020, 1, 1)),
        ("receipt_too_late",): FunderRules(receipts_until=date(2020, 1, 1)),
        (): FunderRules(categories=(HOUSING,)),
    }
    for reasons, rules in cases.items():
        drawing = drawn(LIFE, asked(rules=rules))
        row = drawing.rows[-1]
        assert row.not_admitted == reasons
        assert row.admitted_cents == (0 if reasons else 30_000)
        (line,) = drawing.lines
        assert line.admitted_cents + line.not_admitted_cents == line.here.documented_cents


def test_an_expense_is_paid_by_one_funder_only() -> None:
    other = asked(funder="G")
    told = earlier(drawn(LIFE, other), other)
    row = drawn(LIFE, asked(told)).rows[-1]
    assert row.not_admitted == ("elsewhere",)
    # What is drawn up for nobody tells all, each time.
    assert len(drawn(LIFE, asked(told, funder=None)).rows) == 2


def documented_in_two() -> list[Event]:
    """50 on the first day and 50 fifteen days later, each with its receipt; the second one is
    decided about first."""
    first, second = disbursed(5_000), disbursed(5_000, n=2, last=True)
    later = TODAY + timedelta(days=15)
    return list(
        in_order(
            [
                requested(),
                approved(10_000),
                first.model_copy(update={"value_date": TODAY}),
                submitted(5_000),
                second.model_copy(update={"value_date": later}),
                submitted(5_000, n=2),
                accepted(5_000, n=2),
                accepted(5_000),
            ]
        )
    )


def expenses(events: list[Event], wanted: Asked) -> list[tuple[object, ...]]:
    return [
        (row.paid_on, row.refers_to, row.admitted_cents, row.not_admitted)
        for row in drawn(events, wanted).rows
        if row.documented_cents
    ]


def test_a_receipt_stands_beside_the_payment_that_it_documents() -> None:
    events, later = documented_in_two(), TODAY + timedelta(days=15)
    until = FunderRules(paid_until=TODAY + timedelta(days=5))
    assert expenses(events, asked(rules=until)) == [
        (later, 5, 0, ("paid_too_late",)),
        (TODAY, 3, 5_000, ()),
    ]
    from_then = FunderRules(paid_from=TODAY + timedelta(days=5))
    assert expenses(events, asked(rules=from_then)) == [
        (later, 5, 5_000, ()),
        (TODAY, 3, 0, ("paid_too_early",)),
    ]


def test_one_of_several_payments_is_admitted_as_far_as_each_of_them_is() -> None:
    first, second = disbursed(5_000), disbursed(5_000, n=2, last=True)
    later = TODAY + timedelta(days=15)
    events = list(
        in_order(
            [
                requested(),
                approved(10_000),
                # What was paid later may be recorded before.
                first.model_copy(update={"value_date": later}),
                second.model_copy(update={"value_date": TODAY}),
                submitted(8_000),
                accepted(8_000),
            ]
        )
    )
    until = FunderRules(paid_until=TODAY + timedelta(days=5))
    assert expenses(events, asked(rules=until)) == [(later, 3, 5_000, ("paid_too_late",))]
    both = FunderRules(paid_until=TODAY + timedelta(days=5), papers=("payslip",))
    assert expenses(events, asked(rules=both)) == [(later, 3, 0, ("paper", "paid_too_late"))]


def test_what_came_back_has_no_receipt_and_what_was_given_back_fills_too() -> None:
    events = documented_in_two()
    paid, again = events[2], events[4]
    life = [*events[:2], paid, again, returned(5_000), refunded(2_000), refunded(1_000)]
    life += [refund_undone(1_000), submitted(3_000), accepted(3_000)]
    rows = drawn(list(in_order(life)), asked()).rows
    told = {row.kind: row.refers_to for row in rows if row.kind != "paid"}
    assert told == {"returned": 3, "refunded": 4, "corrected": 4, "documented": 4}


def test_what_was_frozen_in_the_first_format_is_found_again() -> None:
    """There every receipt stood beside the last payment."""
    old = replace(asked(), format_version=1)
    later = TODAY + timedelta(days=15)
    assert expenses(documented_in_two(), old) == [(later, 5, 5_000, ()), (later, 5, 5_000, ())]
    part = [*LIFE[:3], *in_order([*LIFE[:3], submitted(7_000), accepted(7_000)])[3:]]
    (told,) = expenses(part, old)
    assert told[1:] == (3, 7_000, ())
    assert expenses(part, asked()) == [told]


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Doti of two households, paid in parts, returned, refunded, documented; in any order."""
    found: list[list[Event]] = []
    for dote_id in (DOTE, OTHER_DOTE):
        parts = draw(st.lists(st.integers(1, 9_000), min_size=1, max_size=4))
        life: list[Event] = [requested(), approved(sum(parts))]
        for n, cents in enumerate(parts, start=1):
            day = TODAY + timedelta(days=draw(st.integers(-60, 60)))
            life.append(
                disbursed(cents, n=n, last=n == len(parts)).model_copy(update={"value_date": day})
            )
            fate = draw(st.sampled_from(("open", "returned", "refunded", "documented")))
            if fate == "returned":
                life.append(returned(cents).model_copy(update={"n": n, "value_date": day}))
            elif fate == "refunded":
                life.append(refunded(cents).model_copy(update={"value_date": day}))
            elif fate == "documented":
                life += [
                    submitted().model_copy(update={"n": n, "amount_cents": cents}),
                    accepted().model_copy(update={"n": n, "amount_cents": cents}),
                ]
        found.append([event.model_copy(update={"originator_id": dote_id}) for event in life])
    return [event for life in found for event in life]


@settings(max_examples=60, deadline=None)
@given(lives(), st.data())
def test_every_sum_ties_to_the_ledger_at_any_place_of_the_log(
    events: list[Event], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(events)))
    first = asked(
        rules=FunderRules(papers=("invoice",)),
        last_day=TODAY + timedelta(days=data.draw(st.integers(-10, 30))),
    )
    told = earlier(drawn(events[:cut], first), first)
    wanted = asked(told, partner=data.draw(st.sampled_from((None, ROCCA, SSALV))))
    drawing = drawn(events, wanted)
    balances: Counter[str] = Counter()
    for event in events:
        for posting in postings(event):
            balances[posting.account] += posting.cents
    for line in drawing.lines:
        for name in ("paid_cents", "documented_cents", "disallowed_cents"):
            parts = sum(getattr(part, name) for part in (line.here, line.earlier, line.outside))
            assert parts == getattr(line.ledger, name)
        assert line.ledger.paid_cents == sum(balances[account] for account in SPENT)
        rows = drawing.rows
        assert line.here.paid_cents == sum(row.paid_cents for row in rows)
        assert line.here.documented_cents == sum(row.documented_cents for row in rows)
    # No row is told twice, and none is forgotten.
    assert not told.told & {row.log_index for row in drawing.rows}
    assert drawn(events, wanted).rows == drawing.rows


def content(rows: Drawing | None, number: str = "R-1", **more: Any) -> Content:  # noqa: ANN401  any field
    kept: dict[str, object] = {
        "number": number,
        "programme": "Prova",
        "currency": "EUR",
        "first_day": FIRST,
        "last_day": LAST,
        "partner": None,
        "funder": "F",
        "rules_version": None,
        "rules": NO_RULES,
        "log_size": 5,
        "root": "",
        "closed_upto": None,
        "earlier": (),
        "names": {},
        "rows": () if rows is None else rows.rows,
        "lines": (),
    }
    return Content.model_validate(kept | more)


def test_days_are_accounted_for_when_they_have_begun() -> None:
    for today in (FIRST, LAST, LAST + timedelta(days=1)):
        check_days(FIRST, LAST, today)
    with pytest.raises(DaysToCome) as refused:
        check_days(FIRST, LAST, FIRST - timedelta(days=1))
    assert refused.value.latest == (FIRST - timedelta(days=1)).isoformat()
    with pytest.raises(EndsBeforeItBegins):
        check_days(LAST, FIRST, LAST + timedelta(days=1))


def test_an_account_tells_something_that_none_before_it_told() -> None:
    told = content(drawn(LIFE, asked()))
    check_new(told, [])
    with pytest.raises(NothingToTell):
        check_new(content(None), [])
    # The same again, though the log went on and other lines moved.
    again = told.model_copy(update={"number": "R-2", "log_size": 9, "root": "x"})
    with pytest.raises(ToldAlready) as refused:
        check_new(again, [told])
    assert refused.value.number == "R-1"
    check_new(again.model_copy(update={"partner": ROCCA}), [told])
    # Nothing that is new, for the funder of an earlier one of these days; and of other days.
    nothing = content(None, "R-3", earlier=("R-1", "R-2"))
    with pytest.raises(ToldAlready, match="R-1 tells it all already"):
        check_new(nothing, [told, again])
    days = {"first_day": LAST + timedelta(days=1), "last_day": LAST + timedelta(days=9)}
    with pytest.raises(NothingToTell):
        check_new(nothing.model_copy(update=days), [told, again])


def test_the_months_of_its_days_that_were_open_are_named() -> None:
    days: dict[str, Any] = {"first_day": date(2025, 12, 5), "last_day": date(2026, 2, 1)}
    assert content(None, **days).open_months == ("2025-12", "2026-01", "2026-02")
    assert content(None, **days, closed_upto="2025-12").open_months == ("2026-01", "2026-02")
    assert not content(None, **days, closed_upto="2026-02").is_provisional
