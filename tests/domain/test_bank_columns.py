"""Which column of a bank's table is what: only what can be meant is a mapping."""

from typing import Any

import pytest

from domain.bank_columns import LONGEST, MAX_COLUMNS, Mapping
from domain.errors import ColumnsUnknown, TooManyColumns, UnknownCode
from domain.events.programme import BankColumnsRemoved, BankColumnsSaved
from domain.own_account import MOST_SAVED
from tests.domain.facts_around import bank_account_opened, bank_columns_saved, opened
from tests.spec import FINANCE, given, stamp

RIGHT: dict[str, Any] = {"booked_on": 0, "amount": 1, "titles": ("Data", "Importo")}


def test_the_day_and_the_amount_are_enough() -> None:
    assert Mapping(**RIGHT).columns() == {"booked_on": 0, "amount": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": None},
        {"booked_on": MAX_COLUMNS},
        {"amount": -1},
        {"skip_rows": -1},
        {"delimiter": "x"},
        {"decimal_mark": ";"},
        {"date_format": "yyyy"},
        {"encoding": "klingon"},
        {"titles": ("x" * (LONGEST + 1),)},
        {"titles": ("x",) * (MAX_COLUMNS + 1)},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ColumnsUnknown):
        Mapping(**{**RIGHT, **wrong})


def test_columns_are_saved_for_an_account_and_removed() -> None:
    by, columns = stamp(FINANCE), Mapping(**RIGHT)
    known = given(opened(), bank_account_opened())
    account = bank_account_opened().code
    known.when(lambda programme: programme.save_columns(by, account, "solita", columns)).then(
        BankColumnsSaved, account=account, name="solita", columns=columns.to_keep()
    )
    known.when(lambda programme: programme.remove_columns(by, account, "solita")).then_refused(
        UnknownCode, field="name", value="solita"
    )
    saved = [bank_columns_saved(f"n{n}") for n in range(MOST_SAVED)]
    full = given(opened(), bank_account_opened(), *saved)
    full.when(lambda programme: programme.save_columns(by, account, "altra", columns)).then_refused(
        TooManyColumns, most=MOST_SAVED
    )
    full.when(lambda programme: programme.save_columns(by, account, "n0", columns)).then(
        BankColumnsSaved, name="n0"
    )
    full.when(lambda programme: programme.remove_columns(by, account, "n0")).then(
        BankColumnsRemoved, name="n0"
    )
