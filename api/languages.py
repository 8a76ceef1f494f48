"""Italian first, English second: which one a caller wants, and sentences in it.

The English sentence is the key. Translations are read from the catalogue as it is written.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from babel.dates import format_date
from babel.lists import format_list
from babel.messages import Catalog
from babel.messages.pofile import read_po

from domain.days import HERE
from domain.errors import DomainError

Language = Literal["it", "en"]
LANGUAGES: tuple[Language, ...] = ("it", "en")
DEFAULT: Language = "it"

LOCALES: Mapping[Language, str] = {"it": "it_IT", "en": "en_IE"}
_LONGEST_HEADER = 500
_TWO_MINUTES_S = 120

# Facts that are words of the domain, and the context of these words in the catalogue.
WORDS = {
    "action": "action",
    "done": "duty",
    "kinds": "paper",
    "payment_state": "payment",
    "possible": "state",
    "role": "role",
    "roles": "role",
    "state": "state",
}


_ALTERNATIVES = frozenset({"possible", "roles"})
"""Facts of which one is enough."""


@cache
def catalogue() -> Mapping[tuple[str, str], str]:
    """The Italian sentences by context (mostly '') and English sentence."""
    return {
        (message.context or "", message.id): str(message.string)
        for message in _messages()
        if isinstance(message.id, str) and message.id and message.string
    }


@cache
def plurals() -> Mapping[str, tuple[str, str]]:
    """The Italian sentences that count something, for one and for many, by the English one."""
    return {
        message.id[0]: (message.string[0], message.string[1])
        for message in _messages()
        if isinstance(message.id, tuple | list) and isinstance(message.string, tuple | list)
    }


@cache
def _messages() -> Catalog:
    path = files("api").joinpath("locales", "it", "LC_MESSAGES", "doti.po")
    with path.open("rb") as file:
        return read_po(file, locale="it", charset="utf-8")


def negotiate(accept_language: str | None) -> Language:
    """The language that the header Accept-Language prefers; ours where it names neither."""
    best: tuple[float, Language] = (0.0, DEFAULT)
    for part in (accept_language or "")[:_LONGEST_HEADER].split(","):
        tag, _, parameters = part.partition(";")
        language = _language(tag.strip().lower())
        quality = _quality(parameters)
        # Of equals the first named counts.
        if language is not None and quality > best[0]:
            best = quality, language
    return best[1]


def _language(tag: str) -> Language | None:
    if tag == "*":
        return DEFAULT
    primary = tag.split("-")[0]
    return next((language for language in LANGUAGES if language == primary), None)


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not parameters.strip():
        return 1.0
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0


def translate(language: Language, sentence: str, context: str = "") -> str:
    """The sentence in a language; as it is where there is no translation."""
    if language == "it":
        return catalogue().get((context, sentence), sentence)
    return sentence


def counted(language: Language, one: str, many: str, n: int) -> str:
    """The sentence for so many, in a language; the number itself is still to be put in."""
    if language == "it":
        one, many = plurals().get(one, (one, many))
    return one if n == 1 else many


def word(language: Language, name: str, context: str) -> str:
    """A word of the domain (a state, an action, a role, a duty) for people to read."""
    translated = translate(language, name, context)
    return translated.replace("_", " ") if translated == name else translated


def money(language: Language, cents: int) -> str:
    """An amount as people write it: 1.234,50 €.

    As Babel's `format_currency` has it, which a page of a thousand amounts cannot wait for.
    """
    euros, rest = divmod(abs(cents), 100)
    sign, whole = "-" if cents < 0 else "", f"{euros:,}"
    if language == "it":
        return f"{sign}{whole.replace(',', '.')},{rest:02}\u00a0€"
    return f"{sign}€{whole}.{rest:02}"


def day(language: Language, date_: date) -> str:
    """A day as people write it: 31/12/2026."""
    return format_date(date_, "dd/MM/yyyy", locale=LOCALES[language])


def month(language: Language, date_: date) -> str:
    """A month in a few letters: nov."""
    return format_date(date_, "LLL", locale=LOCALES[language])


def month_and_year(language: Language, text: str) -> str:
    """A month as people write it: marzo 2026. `text`: as 2026-03."""
    day_ = date(int(text[:4]), int(text[5:]), 1)
    return format_date(day_, "LLLL yyyy", locale=LOCALES[language])


def duration(language: Language, seconds: int) -> str:
    """How long somebody has to wait: in seconds below two minutes, else in whole minutes, rounded
    up."""
    if seconds < _TWO_MINUTES_S:
        return counted(language, "{n} second", "{n} seconds", seconds).format(n=seconds)
    minutes = -(-seconds // 60)
    return counted(language, "{n} minute", "{n} minutes", minutes).format(n=minutes)


def local(moment: datetime) -> datetime:
    """A moment as clocks show it here."""
    return moment.astimezone(HERE)


def refusal_text(error: DomainError, language: Language) -> str:
    """Why something was refused, in a language."""
    facts = tuple(error.facts.items())
    return _sentence(type(error), facts, language)  # type: ignore[arg-type]  # classes do hash


# A list shows a dozen refusals for each dote, and they are nearly all the same.
@lru_cache(maxsize=4096)
def _sentence(
    kind: type[DomainError], facts: tuple[tuple[str, object], ...], language: Language
) -> str:
    words = {name: _fact(name, value, language) for name, value in facts}
    return translate(language, kind.sentence()).format(**words)


def _fact(name: str, value: object, language: Language) -> object:
    if name == "what":
        # A thing and its number or code: "receipt 3", "ROCCA".
        thing, _, which = str(value).partition(" ")
        return f"{word(language, thing, 'thing')} {which}".strip() if which else thing
    if name.endswith("_cents") and isinstance(value, int):
        return money(language, value)
    if name == "retry_after_s" and isinstance(value, int):
        return duration(language, value)
    if name in ("period", "earlier", "later"):
        return month_and_year(language, str(value))
    if name in ("due", "latest"):
        return day(language, date.fromisoformat(str(value)))
    context = WORDS.get(name)
    if context is None:
        return value
    words = [word(language, part, context) for part in str(value).split(", ")]
    style: Literal["or", "standard"] = "or" if name in _ALTERNATIVES else "standard"
    return format_list(words, style=style, locale=LOCALES[language])
