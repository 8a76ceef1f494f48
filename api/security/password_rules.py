"""Which passwords are refused: too short, too long, easy to guess, or telling who it is.

There is no list of leaked passwords: what such lists are full of is recognised by its making, as
repetitions, runs along alphabet, digits and keyboard, and a few words with digits around them.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from importlib.resources import files

from api.security.refusals import PasswordEasy, PasswordTells, PasswordTooLong, PasswordTooShort
from domain.text import folded

SHORTEST = 12
LONGEST = 128

_DIFFERENT = 5
_LEFT = 6
"""So many characters are needed beside what is easy to guess."""

_OWN_WORD = 4
"""Shorter parts of a name are in too many words."""

_PRODUCT = "doti"
_RUN = 3
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "qazwsxedcrfvtgbyhnujm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
)
_WORDS = tuple(
    sorted(files("api.security").joinpath("common_words.txt").read_text().split(), key=len)[::-1]
)
_LOOKS_LIKE = str.maketrans("@4013578$!", "aaoiestbsi")


def check(password: str, field: str, *, name: str, email: str | None) -> None:
    """Refuses a password that somebody (their name and e-mail) should not take.

    `field`: where it stands in the request. Length counts characters in Unicode's form NFC.
    """
    typed = unicodedata.normalize("NFC", password)
    if len(typed) < SHORTEST:
        raise PasswordTooShort(field, SHORTEST)
    if len(typed) > LONGEST:
        raise PasswordTooLong(field, LONGEST)
    if any(own in _plain(typed) for own in _own_words(name, email)):
        raise PasswordTells(field)
    if _is_easy(typed):
        raise PasswordEasy(field)


def _own_words(name: str, email: str | None) -> Iterator[str]:
    yield _PRODUCT
    local = (email or "").partition("@")[0]
    for word in (*folded(name).split(), _plain(local)):
        if len(word) >= _OWN_WORD:
            yield word


def _is_easy(typed: str) -> bool:
    lower = typed.casefold()
    if len(set(lower)) < _DIFFERENT or _repeats(lower):
        return True
    return len(_left(_left(lower).translate(_LOOKS_LIKE))) < _LEFT


def _repeats(text: str) -> bool:
    """Whether it is a shorter text again and again, the last time perhaps not to its end."""
    return any(
        (text[:length] * len(text)).startswith(text) for length in range(1, len(text) // 2 + 1)
    )


def _left(text: str) -> str:
    """What is not a run or a common word."""
    for word in _WORDS:
        text = text.replace(word, "")
    return "".join(_without_runs(text))


def _without_runs(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        length = _run_at(text[place:])
        if length < _RUN:
            yield text[place]
        place += length if length >= _RUN else 1


def _run_at(text: str) -> int:
    """How many characters from the beginning on are one run, either way, or all the same."""
    same = len(text) - len(text.lstrip(text[0]))
    return max([same, *(_along(text, row) for row in _both_ways())])


def _along(text: str, row: str) -> int:
    length = 1
    while length < len(text) and text[: length + 1] in row:
        length += 1
    return length


def _both_ways() -> Iterable[str]:
    return (*_ROWS, *(row[::-1] for row in _ROWS))


def _plain(text: str) -> str:
    return folded(text).replace(" ", "")
