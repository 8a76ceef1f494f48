"""The year's spending as it is drawn, beside its plan."""

from datetime import date

import pytest

from api.pages.curve import curve
from domain.ledger import LINE_ACCOUNTS, Account
from projections.ledger.movements import Year


def test_the_plan_begins_with_what_was_left() -> None:
    nothing = dict.fromkeys(LINE_ACCOUNTS, 0)
    year = Year(
        opening={**nothing, Account.AVAILABLE: 60_000},
        months={
            2: {**nothing, Account.AVAILABLE: 60_000},
            3: {**nothing, Account.AVAILABLE: -12_000, Account.COMMITTED: 12_000},
            4: {**nothing, Account.COMMITTED: -12_000, Account.DISBURSED: 12_000},
        },
    )
    drawn = curve(2026, year, date(2026, 4, 15))
    assert drawn.plan_cents == 120_000
    assert drawn.rows[5].plan_cents == 60_000
    assert [each.committed_cents for each in drawn.rows[:5]] == [0, 0, 12_000, 0, None]
    assert drawn.rows[3].paid_sum == 12_000
    assert drawn.amounts[-1][1] >= 120_000
    half = float(drawn.committed.split()[-1].split(",")[0])
    assert half == pytest.approx(74 + 476 * 3.5 / 12, abs=0.1)


def test_a_year_without_anything_can_be_drawn() -> None:
    drawn = curve(2026, Year(dict.fromkeys(LINE_ACCOUNTS, 0), {}), date(2026, 1, 1))
    assert drawn.plan_cents == 0
    assert all("nan" not in line for line in (drawn.plan, drawn.paid, drawn.committed))
    assert (
        curve(2025, Year(dict.fromkeys(LINE_ACCOUNTS, 0), {}), date(2026, 1, 1)).rows[11].paid_sum
        == 0
    )
