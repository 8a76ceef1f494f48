"""Where SEPA transfers go, and what can be spelt in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sepa import COUNTRIES, can_be_spelt, country, reaches
from workflows.sepa_text import sepa_text


@pytest.mark.parametrize(
    ("iban", "within"),
    [
        ("IT60X0542811101000000123456", True),
        ("SM86U0322509800000000270100", True),
        ("GB29NWBK60161331926819", True),
        ("CH9300762011623852957", True),
        ("BR1800360305000010009795493C1", False),
        ("TR330006100519786457841326", False),
        ("MA64011519000001205000534921", False),
    ],
)
def test_which_ibans_are_within_sepa(iban: str, within: bool) -> None:
    assert reaches(iban) is within
    assert country(iban) == iban[:2]


def test_the_list_is_the_one_that_it_says() -> None:
    """41 countries, and Gibraltar, whose IBANs have a code of their own."""
    assert len(COUNTRIES - {"GI"}) == 41
    assert {"AL", "MD", "ME", "MK", "RS"} <= COUNTRIES
    assert COUNTRIES.isdisjoint({"TR", "BR", "UA", "BA", "XK", "US", "JE", "RE"})


@pytest.mark.parametrize("name", ["Società Inventata", "商店", "Łódź 3", "O'Brien", "Ώμέγα", "7"])
def test_what_has_letters_in_any_script_is_spelt(name: str) -> None:
    assert can_be_spelt(name)


@pytest.mark.parametrize("name", ["😀", "//", "-+.", "…", "&"])
def test_what_has_none_is_not(name: str) -> None:
    assert not can_be_spelt(name)


@given(st.text(min_size=1, max_size=60))
def test_a_name_that_can_be_spelt_never_becomes_nobody(name: str) -> None:
    if can_be_spelt(name):
        assert any(sign.isalnum() for sign in sepa_text(name, 500))
        assert sepa_text(name, 500) != "NOTPROVIDED"
