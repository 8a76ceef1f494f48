"""Sets a letter with sections as a PDF for archives (PDF/A-2b).

What people typed is data of the template and never a part of it. The fonts are those that come
with the typesetter, so that a letter looks the same wherever it is made; signs that they do not
have are shown as a box, as such an archive file may not have gaps.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import typst

BOX = "\u25a1"
LONGEST_WORD = 24
"""From here on a word may be broken where a line ends, instead of running out of the page: after
marks within it (a file's name), or anywhere."""

# What the fonts have, with the marks that people write beside it: Latin, Greek, Cyrillic, Arabic,
# punctuation, currencies. A test sets each of these signs.
_UNPRINTABLE = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u017f\u0192\u0218-\u021b\u0386\u0388-\u038a\u038c\u038e-\u03a1"
    "\u03a3-\u03ce\u0400-\u045f\u0490\u0491\u060c\u061b\u061f\u0621-\u063a\u0640-\u064a"
    "\u0660-\u066d\u067e\u0686\u0698\u06a9\u06af\u06cc\u06f0-\u06f9"
    "\u1e80-\u1e85\u1e9e\u1ea0-\u1ef9\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039"
    "\u203a\u20ac\u2116\u2122\u2212\u25a1]"
)
# Marks of direction and joining, which the typesetter finds out by itself.
_INVISIBLE = re.compile("[\r\u00ad\u200b-\u200f\u2060\ufeff]")
_BREAK = "\u200b"
_WORD = re.compile(rf"\S{{{LONGEST_WORD},}}")
_PLACES = re.compile(r"(?<=[_./@-])(?=\w)")
_RUN = re.compile(rf"[^{_BREAK}]{{{LONGEST_WORD}}}(?=[^{_BREAK}])")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `widths`: how wide the columns are, against each other."""

    widths: Sequence[int]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a letter. `facts`: pairs of a label and what it is."""

    heading: str
    paragraphs: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    points: Sequence[str] = ()
    sheet: Sheet | None = None
    sections: Sequence["Section"] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter. `unprintable`: what is said where signs could not be set; `page`: the word;
    `letterhead`: who writes it, the name first."""

    lang: str
    date: date
    title: str
    subtitle: str
    made: str
    page: str
    unprintable: str
    lead: Sequence[str]
    sections: Sequence[Section]
    letterhead: Sequence[str] = ()

    def pdf(self) -> bytes:
        """The letter as PDF/A-2b. The same letter makes the same file."""
        return typst.compile(
            _template(),
            format="pdf",
            pdf_standards="a-2b",
            ignore_system_fonts=True,
            timestamp=0,
            sys_inputs=self._inputs(),
        )

    def pages(self, ppi: float = 100) -> list[bytes]:
        """Its pages as PNG images."""
        made: object = typst.compile(
            _template(),
            format="png",
            ppi=ppi,
            ignore_system_fonts=True,
            sys_inputs=self._inputs(),
        )
        return made if isinstance(made, list) else [made]  # type: ignore[list-item]  # one page

    def _inputs(self) -> dict[str, str]:
        whole = {**asdict(self), "date": [self.date.year, self.date.month, self.date.day]}
        unprintable = whole.pop("unprintable")
        shown = {name: printable(value) for name, value in whole.items()}
        if BOX in json.dumps(shown, ensure_ascii=False):
            shown["lead"] = printable([*self.lead, unprintable])
        return {"letter": json.dumps(shown, ensure_ascii=False)}


def printable(value: object) -> object:
    """The same with each text as it can be set."""
    match value:
        case str():
            plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", value).replace("\t", " "))
            plain = _UNPRINTABLE.sub(BOX, plain)
            return _WORD.sub(lambda found: _breakable(found[0]), plain)
        case dict():
            return {name: printable(part) for name, part in value.items()}
        case list() | tuple():
            return [printable(part) for part in value]
    return value


def _breakable(word: str) -> str:
    parts = _PLACES.sub(_BREAK, word)
    return _RUN.sub(lambda run: run[0] + _BREAK, parts)


@cache
def _template() -> bytes:
    return files("api.documents").joinpath("letter.typ").read_bytes()
