"""Amounts and days as people type them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.languages import LANGUAGES, Language, money
from api.pages import typed
from domain.money import MAX_CENTS

AMOUNTS = st.integers(1, MAX_CENTS)
TONGUES = st.sampled_from(LANGUAGES)


@given(AMOUNTS, TONGUES)
def test_what_a_field_shows_is_read_back(cents: int, language: Language) -> None:
    assert typed.cents(typed.amount(cents, language), language) == cents


@given(AMOUNTS, TONGUES)
def test_what_a_page_shows_is_read_back(cents: int, language: Language) -> None:
    assert typed.cents(money(language, cents), language) == cents


@given(st.text(), TONGUES)
def test_anything_else_is_an_amount_or_told(text: str, language: Language) -> None:
    with suppress(typed.Mistyped):
        assert 0 < typed.cents(text, language) <= MAX_CENTS


@given(st.integers(1, 999), st.integers(1, 9), TONGUES)
def test_one_decimal_behind_the_other_sign_is_no_amount(
    euros: int, tenth: int, language: Language
) -> None:
    wrong = {"it": ".", "en": ","}[language]
    with pytest.raises(typed.Mistyped) as refused:
        typed.cents(f"{euros}{wrong}{tenth}", language)
    assert refused.value.sentence == typed.NOT_AN_AMOUNT


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1.234,50", 123_450),
        ("1234,5", 123_450),
        ("1.234", 123_400),
        ("€ 12", 1_200),
        ("12 €", 1_200),
        ("1 234,50", 123_450),
        ("0,01", 1),
    ],
)
def test_italian_amounts(text: str, cents: int) -> None:
    assert typed.cents(text, "it") == cents


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1.5", typed.NOT_AN_AMOUNT),
        ("12.34,5", typed.NOT_AN_AMOUNT),
        ("1,234.50", typed.NOT_AN_AMOUNT),
        ("-3", typed.NOT_AN_AMOUNT),
        ("1e5", typed.NOT_AN_AMOUNT),
        ("", typed.NOT_AN_AMOUNT),
        ("٣", typed.NOT_AN_AMOUNT),
        ("1,234", typed.TOO_PRECISE),
        ("0", typed.NOT_POSITIVE),
        ("0,00", typed.NOT_POSITIVE),
        ("99999999999999999", typed.TOO_LARGE),
    ],
)
def test_what_is_no_italian_amount(text: str, sentence: str) -> None:
    with pytest.raises(typed.Mistyped) as refused:
        typed.cents(text, "it")
    assert refused.value.sentence == sentence


@given(st.dates(date(1000, 1, 1)), st.sampled_from("/.-"))
def test_days(day: date, sign: str) -> None:
    assert typed.day(f"{day.day:02}{sign}{day.month:02}{sign}{day.year}") == day
    assert typed.day(f" {day.day}{sign}{day.month}{sign}{day.year} ") == day


@pytest.mark.parametrize(
    "text", ["31/02/2026", "1/1/26", "2026-01-31", "12/31/2026", "oggi", "", "00/01/2026"]
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(typed.Mistyped):
        typed.day(text)
