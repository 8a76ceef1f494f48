"""IBANs with their national check letters, and BICs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from domain.bank_account import compact_bic, compact_iban, is_bic, is_iban

ITALIAN = "IT60X0542811101000000123456"


@pytest.mark.parametrize(
    "text",
    [
        ITALIAN,
        "it60 x054 2811 1010 0000 0123 456",
        "SM86U0322509800000000270100",
        "DE89370400440532013000",
        "FR1420041010050500013M02606",
        "NL91ABNA0417164300",
    ],
)
def test_right_ones(text: str) -> None:
    assert is_iban(compact_iban(text))


@pytest.mark.parametrize("text", ["", "IT60", "IT60X0542811101000000123457", "XX82WEST12345698765"])
def test_wrong_ones(text: str) -> None:
    assert not is_iban(compact_iban(text))


def test_the_check_letter_of_italy_counts_where_the_check_digits_are_right() -> None:
    forged = "A" + ITALIAN[5:]
    digits = iban.calc_check_digits("IT00" + forged)
    assert iban.is_valid(f"IT{digits}{forged}")
    assert not is_iban(f"IT{digits}{forged}")


@given(st.integers(5, 26), st.sampled_from("0123456789"))
def test_a_mistyped_digit_is_found(place: int, digit: str) -> None:
    typed = ITALIAN[:place] + digit + ITALIAN[place + 1 :]
    assert is_iban(typed) is (typed == ITALIAN)


@pytest.mark.parametrize(
    ("text", "right"), [("BCITITMM", True), ("bcit it mm xxx", True), ("BCIT", False)]
)
def test_bics(text: str, right: bool) -> None:
    assert is_bic(compact_bic(text)) is right
