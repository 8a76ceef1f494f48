"""Every format: what is written comes back, to the cent and to the letter."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank.writing import (
    IBAN,
    WRITERS,
    Account,
    as_told_by,
    closing,
    line,
    without_places,
)
from workflows.bank import Line, read
from workflows.bank.returns import is_told

OTHER = "NL56AGDH9619008421"

YEAR: Sequence[Line] = (
    line(1_000_000, date(2026, 1, 7), remittance="Finanziamento 2026", bank_reference="BK0"),
    line(
        -15_000,
        date(2026, 3, 2),
        end_to_end_id="2026-000123-1",
        counterparty_name="Immobiliare Dora srl",
        counterparty_iban=OTHER,
        remittance="Dote 2026-000123, affitto di marzo: seconda di tre, come da accordo dell'8",
        bank_reference="BK1",
    ),
    line(
        15_000,
        date(2026, 3, 4),
        end_to_end_id="2026-000123-1",
        counterparty_name="Immobiliare Dora srl",
        counterparty_iban=OTHER,
        remittance="Dote 2026-000123",
        is_return=True,
        return_reason="AC04",
    ),
    line(-350, date(2026, 3, 5), remittance="Commissioni bonifici"),
    line(
        -30_000,
        date(2026, 12, 31),
        value_on=date(2027, 1, 4),
        batch_reference="D-2026-017",
        remittance="Distinta",
        parts=(
            line(
                -10_000,
                date(2026, 12, 31),
                value_on=date(2027, 1, 4),
                end_to_end_id="2026-000124-1",
                batch_reference="D-2026-017",
                counterparty_name="Scuola Aurora",
                remittance="Mensa",
                bank_reference="BK7",
            ),
            line(
                -20_000,
                date(2026, 12, 31),
                value_on=date(2027, 1, 4),
                end_to_end_id="2026-000125-2",
                batch_reference="D-2026-017",
                remittance="Libri",
                bank_reference="BK8",
            ),
        ),
    ),
)


@pytest.mark.parametrize("format_", WRITERS)
def test_a_year_comes_back(format_: str) -> None:
    account = Account(number=7, opening_cents=-12_345)
    found = read(WRITERS[format_](account, YEAR), "")
    assert found.troubles == ()
    (statement,) = found.statements
    assert statement.account_iban == IBAN
    assert statement.currency == "EUR"
    assert (statement.opening_cents, statement.closing_cents) == (-12_345, closing(account, YEAR))
    assert (statement.from_on, statement.to_on) == (date(2026, 1, 7), date(2026, 12, 31))
    assert without_places(statement.lines) == [as_told_by(format_, each) for each in YEAR]
    assert len({each.where for each in statement.lines}) == len(YEAR)


def test_formats_are_named() -> None:
    names = {key: read(write(Account(), YEAR), "").format for key, write in WRITERS.items()}
    assert names == {
        "camt.053.001.02": "camt.053.001.02",
        "camt.053.001.08": "camt.053.001.08",
        "MT940": "MT940",
        "CSV": "CSV",
        "XLSX": "XLSX",
        "RH": "CBI RH",
    }


def test_numbers_of_statements() -> None:
    numbers = {
        key: read(write(Account(number=31), YEAR), "").statements[0].number
        for key, write in WRITERS.items()
    }
    assert numbers == {
        "camt.053.001.02": "31",
        "camt.053.001.08": "31",
        "MT940": "00031/001",
        "CSV": None,
        "XLSX": None,
        "RH": None,
    }


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789àèìòùç.,()'/ "
WORDS = st.text(LETTERS, min_size=1, max_size=100).map(lambda text: " ".join(text.split()))
NAMES = WORDS.map(lambda text: text[:40].strip() or None)
REFERENCES = st.from_regex(r"[0-9]{4}-[0-9]{6}-[0-9]{1,2}", fullmatch=True)


@st.composite
def movements(draw: st.DrawFn) -> Line:
    booked_on = draw(DAYS)
    cents = draw(st.integers(-(10**11), 10**11))
    told = line(
        cents,
        booked_on,
        value_on=draw(st.none() | st.dates(booked_on.replace(day=1), booked_on)),
        end_to_end_id=draw(st.none() | REFERENCES),
        counterparty_name=draw(st.none() | NAMES),
        counterparty_iban=draw(st.none() | st.just(OTHER)),
        remittance=draw(st.just("") | WORDS.filter(lambda text: not is_told(text))),
        bank_reference=draw(st.none() | st.from_regex(r"[A-Z0-9]{2,16}", fullmatch=True)),
        batch_reference=draw(st.none() | st.just("D-2026-017")),
    )
    if draw(st.booleans()):
        reason = st.sampled_from(["AC01", "AC04", "AM04", "MS03"])
        return replace(told, is_return=True, return_reason=draw(reason))
    return told


@pytest.mark.parametrize("format_", WRITERS)
@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(movements(), max_size=6).map(lambda found: sorted(found, key=_booked)),
    opening=st.integers(-(10**9), 10**9),
)
def test_anything_comes_back(format_: str, lines: list[Line], opening: int) -> None:
    account = Account(opening_cents=opening)
    found = read(WRITERS[format_](account, lines), "")
    assert found.troubles == ()
    (statement,) = found.statements
    assert without_places(statement.lines) == [as_told_by(format_, each) for each in lines]
    if lines:
        assert statement.opening_cents == opening
        assert statement.closing_cents == closing(account, lines)


def _booked(each: Line) -> date:
    return each.booked_on
