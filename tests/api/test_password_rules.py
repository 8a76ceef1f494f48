"""Which passwords are taken, and how they are compared."""

import pytest

from api.security.password_rules import check
from api.security.passwords import Passwords
from api.security.refusals import (
    PasswordEasy,
    PasswordTells,
    PasswordTooLong,
    PasswordTooShort,
)
from domain.errors import DomainError

NAME = "Nicolò Inventati Re"
EMAIL = "nico.inventati@example.org"


def refusal(password: str) -> type[DomainError] | None:
    try:
        check(password, "password", name=NAME, email=EMAIL)
    except DomainError as error:
        return type(error) if error.facts["field"] == "password" else None
    return None


@pytest.mark.parametrize(
    "password",
    [
        "cavallo verde in bicicletta",
        "Tr0ub4dor&3xyzK",
        "k9#Lq2$vX8@w",
        "пять зелёных слонов",
        "六匹の青い馬が走っている夜",
        "🐎🚲🌙☕🌵🎻🧭🪁🐌🥨🛶🪵",
        "x" * 5 + " una frase con spazi dentro " + "y" * 95,
        "dopo i tre re magi",  # parts of a name that are in many words
    ],
)
def test_taken(password: str) -> None:
    assert refusal(password) is None


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", PasswordTooShort),
        ("k9#Lq2$vX8@", PasswordTooShort),
        ("è" * 6 + "e\u0300" * 5, PasswordTooShort),  # eleven characters, however they are made
        ("una frase " * 13, PasswordTooLong),
        ("aaaaaaaaaaaaaaaa", PasswordEasy),
        ("abcabcabcabcabc", PasswordEasy),
        ("gatto!gatto!gatto!g", PasswordEasy),
        ("123456789012", PasswordEasy),
        ("abcdefghijklm", PasswordEasy),
        ("zyxwvutsrqponm", PasswordEasy),
        ("qwertyuiop123", PasswordEasy),
        ("poiuytrewq987!", PasswordEasy),
        ("1qaz2wsx3edc", PasswordEasy),
        ("Password123456", PasswordEasy),
        ("P@ssw0rd123456!", PasswordEasy),
        ("Juventus1897!", PasswordEasy),
        ("Benvenuto2026!", PasswordEasy),
        ("password password", PasswordEasy),
        ("ForzaNapoli123", PasswordEasy),
        ("io sono nico.inventati", PasswordTells),
        ("NICOLO va in bicicletta", PasswordTells),
        ("una inventati qualsiasi", PasswordTells),
        ("il registro delle DOTI", PasswordTells),
    ],
)
def test_refused(password: str, expected: type[DomainError]) -> None:
    assert refusal(password) is expected


def test_the_longest() -> None:
    phrase = "il treno delle nove parte sempre tardi, tranne quando piove sul ponte vecchio"
    assert refusal(phrase.ljust(128, "?")) is None
    assert refusal(phrase.ljust(129, "?")) is PasswordTooLong


def test_however_it_is_typed() -> None:
    passwords = Passwords()
    kept = passwords.hash("caffè e brioche alle otto")
    assert passwords.is_right(kept, "caffe\u0300 e brioche alle otto")
    assert not passwords.is_right(kept, "caffe e brioche alle otto")
    assert not passwords.is_right(None, "caffè e brioche alle otto")
    assert not passwords.is_right("not a hash", "caffè e brioche alle otto")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != passwords.hash("caffè e brioche alle otto")
