"""Whether a bank can pay somebody by a SEPA transfer: where their account is, and how their name is
spelt.

Source of the countries: the European Payments Council's list of SEPA scheme countries, EPC409-09
version 8.0 of 24 December 2025, by the codes that IBANs begin with. Territories of these countries
have the code of the country, but for Gibraltar.
"""

from text_unidecode import unidecode

COUNTRIES = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
        *("IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),  # the Union
        *("IS", "LI", "NO"),  # the European Economic Area besides
        *("AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"),
    }
)
"""Countries as IBANs begin with them."""


def country(iban: str) -> str:
    """The country of a compact IBAN."""
    return iban[:2]


def reaches(iban: str) -> bool:
    """Whether an account with this compact IBAN is within SEPA."""
    return country(iban) in COUNTRIES


def can_be_spelt(name: str) -> bool:
    """Whether anything of a name is left in the letters and digits that every bank takes. Other
    scripts are spelt in these; marks and pictures are not."""
    return any(sign.isalnum() for sign in unidecode(name))
