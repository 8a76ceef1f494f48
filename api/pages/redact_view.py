"""The page on which areas of a paper are blacked out: what was typed, and how the pages look."""

import re
from collections.abc import Iterator, Sequence

from PIL import ImageDraw, ImageFont
from pydantic import ValidationError

from api.languages import Language, translate
from api.pages.forms import Field
from api.pages.plain_forms import PlainForm
from api.pages.say import N_
from api.validation import problems
from domain.events.area import MOST_AREAS, WHOLE, Area
from workflows.drawn_pages import Page

REDACT = PlainForm(
    "oscura",
    N_("Keep it like this"),
    (
        Field(
            "areas",
            N_("What is blacked out"),
            "text",
            required=False,
            hint=N_(
                "One area on each line: page, left, top, right, bottom, in hundredths of the page. "
                "Like 1 10 15 60 22."
            ),
        ),
        Field(
            "nothing_personal",
            N_("I have looked at every page: nothing else tells who the household is"),
            "check",
        ),
        Field(
            "whole",
            N_("Nothing is blacked out: others are given the whole paper"),
            "check",
            required=False,
        ),
        Field(
            "fewer",
            N_("Fewer areas than were kept: what is black no more may be seen"),
            "check",
            required=False,
        ),
    ),
)

NOT_BOTH = N_("Areas are marked, and nothing is to be blacked out: only one of them can be right.")

_WRONG_LINE = N_("Line {n}: five whole numbers are needed: page, left, top, right, bottom.")
_LINE_SAYS = N_("Line {n}: {said}")
_TOO_MANY = N_("At most {most} areas are possible.")
_NUMBERS = ("page", "left", "top", "right", "bottom")
_STEP = 10
_RULE = (0, 102, 204)


class WrongAreas(Exception):
    """What was typed is no list of areas; the message says why, in the reader's language."""


def areas_in(text: str, language: Language) -> tuple[Area, ...]:
    """The areas that were typed, one on each line. Raises WrongAreas."""
    lines = list(_lines(text))
    if len(lines) > MOST_AREAS:
        raise WrongAreas(translate(language, _TOO_MANY).format(most=MOST_AREAS))
    return tuple(_area(n, line, language) for n, line in lines)


def readable(text: str, language: Language) -> Iterator[Area]:
    """Those of the areas that can be read, for a picture of what is typed so far."""
    for n, line in _lines(text):
        try:
            yield _area(n, line, language)
        except WrongAreas:
            continue


def as_typed(areas: Sequence[Area]) -> str:
    """Areas as they are typed, one on each line."""
    return "\n".join(" ".join(str(getattr(area, name)) for name in _NUMBERS) for area in areas)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip())


def _area(n: int, line: str, language: Language) -> Area:
    numbers = re.split(r"[\s,;]+", line.strip())
    if len(numbers) != len(_NUMBERS) or not all(
        each.isascii() and each.isdecimal() and len(each) < 4 for each in numbers
    ):
        raise WrongAreas(translate(language, _WRONG_LINE).format(n=n))
    try:
        return Area(**dict(zip(_NUMBERS, map(int, numbers), strict=True)))
    except ValidationError as error:
        said = problems(error.errors(include_url=False), language)[0]["msg"]
        raise WrongAreas(translate(language, _LINE_SAYS).format(n=n, said=said)) from None


def in_address(areas: Sequence[Area]) -> str:
    """The areas as an address of a picture has them."""
    return "_".join(".".join(str(getattr(area, name)) for name in _NUMBERS) for area in areas)


def from_address(text: str) -> Iterator[Area]:
    """The same back; what is no area is passed over: it is only looked at."""
    for part in text.split("_"):
        numbers = part.split(".")
        if len(numbers) == len(_NUMBERS) and all(
            each.isascii() and each.isdecimal() and len(each) < 4 for each in numbers
        ):
            try:
                yield Area(**dict(zip(_NUMBERS, map(int, numbers), strict=True)))
            except ValidationError:
                continue


def ruled(page: Page) -> Page:
    """A page with rules at each tenth of it, and their numbers, by which areas are told."""
    made = page.copy()
    draw = ImageDraw.Draw(made)
    width, height = made.size
    size = max(12, min(width, height) // 50)
    font = ImageFont.load_default(size)
    for tenth in range(_STEP, WHOLE, _STEP):
        x, y = tenth * width // WHOLE, tenth * height // WHOLE
        draw.line(((x, 0), (x, height)), _RULE, 1)
        draw.line(((0, y), (width, y)), _RULE, 1)
        draw.text((x + 3, 2), str(tenth), _RULE, font)
        draw.text((3, y + 2), str(tenth), _RULE, font)
    return made
