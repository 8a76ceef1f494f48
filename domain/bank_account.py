"""What is right and wrong with an IBAN and a BIC.

Sources: ISO 13616 (IBAN, by python-stdnum with the lengths of its registry); for Italy and San
Marino the national check letter, CIN, of ABI's circular on bank coordinates; ISO 9362 (BIC).
"""

from stdnum import bic, iban

_ODD = (
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18),
    *(20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
)
"""What a digit or letter counts in odd places, as in the Italian tax code."""

_WITH_CIN = ("IT", "SM")


def compact_iban(text: str) -> str:
    """Without spaces and marks, in capitals."""
    compacted: str = iban.compact(text)
    return compacted


def is_iban(text: str) -> bool:
    """Whether a compact text is an IBAN, its national check letter too where there is one."""
    return bool(iban.is_valid(text)) and not has_wrong_cin(text)


def has_wrong_cin(text: str) -> bool:
    """Whether a text would be an IBAN, but for its national check letter."""
    return bool(iban.is_valid(text)) and text[:2] in _WITH_CIN and _cin(text[5:]) != text[4]


def abi(text: str) -> str | None:
    """The ABI of the bank at which an Italian IBAN is, which five digits of it tell; None of
    others."""
    return text[5:10] if text.startswith("IT") else None


def is_cuc(text: str) -> bool:
    """Whether it is made like the code that CBI calls a sender by: eight capitals and digits."""
    return len(text) == 8 and text.isascii() and text.isalnum() and text == text.upper()


def compact_bic(text: str) -> str:
    """Without spaces, in capitals."""
    compacted: str = bic.compact(text)
    return compacted


def is_bic(text: str) -> bool:
    """Whether a compact text is a BIC of 8 or 11 signs."""
    return bool(bic.is_valid(text))


def _cin(coordinates: str) -> str:
    """The check letter of ABI, CAB and account number (22 signs)."""
    total = 0
    for place, sign in enumerate(coordinates):
        value = int(sign, 36) if sign.isdigit() else int(sign, 36) - 10
        total += _ODD[value] if place % 2 == 0 else value
    return chr(ord("A") + total % 26)
