"""Templates in one language: what they may call, and how amounts and times are written."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cache, lru_cache, partial
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from api import languages
from api.languages import Language, counted, translate
from api.pages import typed
from api.pages.bars import Bar
from api.pages.ledger_view import Change
from api.pages.static_files import address
from api.pages.terms import TERMS
from domain.days import day_here

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


@cache
def environment(language: Language) -> Environment:
    """The templates, with every sentence, amount and time in this language.

    A template that names something that it was not given fails: nothing is left out in silence.
    """
    made = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "_": partial(sentence, language),
        "ngettext": partial(number_of, language),
        "language": language,
        "static": address,
        "word": partial(_word, language),
        "amount_example": typed.EXAMPLES[language],
        "terms": TERMS,
    }
    made.filters |= {
        "euro": partial(languages.money, language),
        "typed_amount": lambda cents: typed.amount(cents, language),
        "rects": rects,
        "in_words": partial(in_words, language),
        "signed": partial(signed, language),
        "changed": partial(changed, language),
        "plain_amount": partial(_plain, language),
        "short_euro": partial(_whole_euros, language),
        "mese": lambda month: languages.month(language, month),
        "mese_anno": partial(languages.month_and_year, language),
        "giorno": lambda moment: languages.day(language, _here(moment)),
        "giorno_mese": lambda moment: _here(moment).strftime("%d/%m"),
        "data_ora": data_ora,
        "ora": lambda moment: languages.local(moment).strftime("%H:%M"),
        "iso": iso,
        "da_quanto": partial(da_quanto, language),
        "numero": partial(_number, language),
        "decimale": partial(_decimal, language),
        "codice": _code,
        "sentence_case": _sentence_case,
        "iban": _in_fours,
    }
    return made


def _source(name: str) -> str:
    folder = files("api.pages").joinpath("templates")
    return folder.joinpath(*name.split("/")).read_text(encoding="utf-8")


def sentence(language: Language, english: str, context: str = "", /, **values: object) -> Markup:
    """A sentence in a language with values in its places, which are escaped."""
    text = _translated(language, english, context)
    return text.format(**values) if values or "{" in text else text


# A page says some sentences a thousand times.
@lru_cache(maxsize=4096)
def _translated(language: Language, english: str, context: str) -> Markup:
    return escape(translate(language, english, context))


def number_of(language: Language, one: str, many: str, n: int, /, **values: object) -> Markup:
    """A sentence that counts something: `{n}` is the number."""
    return escape(counted(language, one, many, n)).format(n=_number(language, n), **values)


def _word(language: Language, name: str, context: str) -> str:
    return languages.word(language, name, context)


def rects(bar: Bar) -> Markup:
    """The pieces of a bar; drawn here, for a page may have hundreds of bars. What is available is
    the ground that they lie on."""
    return Markup("").join(
        Markup(f'<rect class="bar-{part.kind}" x="{part.start}" width="{part.width}" height="14"/>')  # noqa: S704  kinds and numbers of this program
        for part in bar.parts
        if part.width and part.kind != "available"
    )


def signed(language: Language, cents: int) -> Markup:
    """An amount with its sign: what came, or what went."""
    sign = "+" if cents > 0 else "−" if cents < 0 else ""
    amount = escape(languages.money(language, abs(cents)))
    return Markup(f'<span class="signed">{sign}{amount}</span>')  # noqa: S704  escaped


def changed(language: Language, changes: Iterable[Change]) -> Markup:
    """Items of what changed; drawn here as bars are, for a page may have hundreds of them."""
    items = (
        f"<li><span>{escape(translate(language, change.label))}</span>"
        f" <strong>{signed(language, change.cents)}</strong></li>"
        for change in changes
    )
    return Markup("".join(items))  # noqa: S704  escaped


def in_words(language: Language, bar: Bar) -> str:
    """The pieces of a bar for who cannot see it: Impegnato 450,00 €; Erogato 120,50 €."""
    return "; ".join(
        f"{translate(language, part.label)} {languages.money(language, part.cents)}"
        for part in bar.parts
        if part.cents and part.kind != "available"
    )


def _plain(language: Language, cents: int) -> str:
    """An amount without its currency, where that stands beside it already."""
    return languages.money(language, cents).strip("€\u00a0 ")


def _whole_euros(language: Language, cents: int) -> str:
    """A round amount as short as can be: 20.000 €."""
    return f"{_number(language, cents // 100)} €" if language == "it" else f"€{cents // 100:,}"


def _number(language: Language, n: int) -> str:
    grouped = f"{n:,}"
    return grouped.replace(",", ".") if language == "it" else grouped


def _decimal(language: Language, n: float) -> str:
    text = f"{n:.1f}"
    return text.replace(".", ",") if language == "it" else text


def _code(text: str) -> Markup:
    return Markup('<span class="code">{}</span>').format(text)


def _here(moment: date) -> date:
    return day_here(moment) if isinstance(moment, datetime) else moment


def data_ora(moment: datetime) -> str:
    """A moment as clocks show it here: 18/11/2026 10:42."""
    return languages.local(moment).strftime("%d/%m/%Y %H:%M")


def iso(moment: date) -> str:
    """A day or a moment as machines read it."""
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else str(moment)


def da_quanto(language: Language, since: datetime, now: datetime) -> Markup:
    """For how long: in minutes within the hour, in hours within the day, else in days."""
    passed_s = max((now - since).total_seconds(), 0)
    say: Callable[..., Markup] = partial(number_of, language)
    if passed_s < _HOUR_S:
        return say("for {n} minute", "for {n} minutes", int(passed_s // _MINUTE_S) or 1)
    if passed_s < _DAY_S:
        return say("for {n} hour", "for {n} hours", int(passed_s // _HOUR_S))
    return say("for {n} day", "for {n} days", int(passed_s // _DAY_S))


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _in_fours(text: str) -> str:
    """An IBAN as it is written on paper."""
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))
