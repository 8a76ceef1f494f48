"""Text as people type it, bounded and free of characters that hide or break something."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

# Control characters (tab and line breaks are fine) and the marks that override or isolate the
# reading direction: they make a page show something else than what was stored (CVE-2021-42574).
# Plain left-to-right and right-to-left marks stay: Arabic names need them.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


def _clean(value: str) -> str:
    found = _FORBIDDEN.search(value)
    if found:
        raise PydanticCustomError(
            "forbidden_character",
            "Character {character} at position {position} is not allowed in text",
            {"character": f"U+{ord(found.group()):04X}", "position": found.start() + 1},
        )
    if not any(character.isprintable() and not character.isspace() for character in value):
        raise PydanticCustomError("nothing_visible", "Text must show at least one character")
    return value


def _one_line(value: str) -> str:
    if len(value.splitlines()) > 1:
        raise PydanticCustomError("line_break", "Line breaks are not allowed here")
    return value


_stripped = StringConstraints(strip_whitespace=True)

Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
"""A code of the programme's data: partner, category, item."""

Word = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9 _-]{0,39}$"), _stripped]
"""A short word from a list that the network keeps: a method of payment, a kind of paper."""

Label = Annotated[
    str,
    Field(min_length=1, max_length=200),
    _stripped,
    AfterValidator(_clean),
    AfterValidator(_one_line),
]
"""One line: a name, a number, a reference."""

Sentence = Annotated[str, Field(min_length=1, max_length=1000), _stripped, AfterValidator(_clean)]
"""A reason."""

Text = Annotated[str, Field(min_length=1, max_length=5000), _stripped, AfterValidator(_clean)]
"""What an operator tells about a need, or an assessor about a judgement."""


def _composed(value: object) -> object:
    return (
        unicodedata.normalize("NFC", " ".join(value.split())) if isinstance(value, str) else value
    )


PersonName = Annotated[Label, Field(max_length=100), BeforeValidator(_composed)]
"""What a person is called; spaces count once."""

_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,63}", re.ASCII
)


def _address(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise PydanticCustomError("email", "This is not an e-mail address")
    return value


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=254),
    AfterValidator(_address),
]
"""An e-mail address, in lower case."""


def known_as(name: str) -> str:
    """What a person's name comes to without case, spacing, forms of the same sign, and signs that
    nobody sees: who is spelt differently is the same one."""
    plain = unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")


# Letters that Unicode does not take apart, as keyboards without them write them.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d"})


def folded(text: str) -> str:
    """Without case, accents, doubled spaces and marks: what people mean when they look for it."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    kept = (sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join("".join(kept).split())


def compact(text: str) -> str:
    """The same without any space: what two spellings of a name or a number have in common."""
    return folded(text).replace(" ", "")
