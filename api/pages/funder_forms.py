"""The form for what a funder admits: its fields, and the rules that were filled in."""

from typing import Any

from pydantic import ValidationError

from api.documents.rendiconto_words import COLUMNS
from api.languages import Language, translate
from api.pages.dote_forms import RECEIPTS
from api.pages.forms import DATA, Field, Filled, Kind
from api.pages.plain_forms import PlainForm, Values
from api.pages.say import N_
from api.validation import problems
from domain.days import Day
from domain.funding_rules import COLUMN_NAMES, Column, FunderRules
from domain.programme import Programme

_RULES = "rules"


def _rule(name: str, label: str, kind: Kind, **more: Any) -> Field:  # noqa: ANN401  a field's own
    return Field(name, label, kind, (_RULES, name), required=False, **more)


_ALL = N_("None chosen: all of them.")
_PLACE, _TITLE = "place_", "title_"
_COLUMN_FIELDS = tuple(
    field
    for name in COLUMN_NAMES
    for field in (
        Field(f"{_PLACE}{name}", COLUMNS[name], "number", required=False),
        Field(f"{_TITLE}{name}", COLUMNS[name], "line", required=False),
    )
)
COLUMN_FIELDS = frozenset(each.name for each in _COLUMN_FIELDS)
"""The fields that stand in a table of their own: of each column its place and its title."""

FORM = PlainForm(
    "regole",
    N_("Adopt these rules"),
    (
        _rule("categories", N_("Categories admitted"), "many", context=DATA, hint=_ALL),
        _rule("items", N_("Items admitted"), "many", context=DATA, hint=_ALL),
        _rule("paid_from", N_("Paid from"), "day"),
        _rule("paid_until", N_("Paid until"), "day"),
        _rule("receipts_until", N_("Last day of a receipt"), "day"),
        _rule(
            "papers",
            N_("Kinds of receipts admitted"),
            "many",
            context="receipt",
            choices=tuple((kind, kind) for kind in RECEIPTS),
            hint=_ALL,
        ),
        _rule("cup", N_("CUP"), "line", hint=N_("The code of the project: 15 letters and digits.")),
        _rule("wording", N_("Wording on each account"), "text"),
        *_COLUMN_FIELDS,
    ),
    N_("Change these rules"),
)

_SAME_PLACE = N_("Another column has this place.")
_NO_PLACE = N_("Give this column a place, or leave its title empty.")


def offered(known: Programme) -> PlainForm:
    """The form with what the programme has."""
    categories = tuple((code, each.name) for code, each in known.categories.items())
    items = tuple(item for category in known.categories.values() for item in category.items.items())
    return FORM.offering(categories=categories, items=items)


def as_filled(rules: FunderRules) -> Filled:
    """The form as it begins: what stands now."""
    days = ("paid_from", "paid_until", "receipts_until")
    texts = {name: _day(getattr(rules, name)) for name in days}
    texts |= {"cup": rules.cup or "", "wording": rules.wording or ""}
    for place, column in enumerate(rules.columns, 1):
        texts |= {
            f"{_PLACE}{column.name}": str(place),
            f"{_TITLE}{column.name}": column.title or "",
        }
    return Filled(
        texts=texts,
        many={
            "categories": rules.categories,
            "items": rules.items,
            "papers": rules.papers,
        },
    )


def wrong_columns(filled: Filled, language: Language) -> dict[str, str]:
    """What is wrong with the columns as they were filled in, by the names of the fields."""
    wrong: dict[str, str] = {}
    taken: set[str] = set()
    for name in COLUMN_NAMES:
        place = filled.texts.get(f"{_PLACE}{name}", "").strip().lstrip("0")
        if place in taken:
            wrong[f"{_PLACE}{name}"] = translate(language, _SAME_PLACE)
        elif place:
            taken.add(place)
        elif filled.texts.get(f"{_TITLE}{name}", "").strip():
            wrong[f"{_PLACE}{name}"] = translate(language, _NO_PLACE)
    for column in columns_of(filled):
        try:
            Column.model_validate(column)
        except ValidationError as error:
            said = problems(error.errors(include_url=False), language)[0]["msg"]
            wrong[f"{_TITLE}{column['name']}"] = str(said)
    return wrong


def columns_of(filled: Filled) -> list[dict[str, str | None]]:
    """The columns that have a place, in the order of their places."""
    placed = [
        (int(place), name)
        for name in COLUMN_NAMES
        if (place := filled.texts.get(f"{_PLACE}{name}", "").strip()).isdecimal() and int(place)
    ]
    return [
        {"name": name, "title": filled.texts.get(f"{_TITLE}{name}", "").strip() or None}
        for _, name in sorted(placed)
    ]


def with_columns(values: Values, filled: Filled) -> Values:
    """What was filled in as the rules take it."""
    chosen = values.get(_RULES, {})
    return {_RULES: {**chosen, "columns": columns_of(filled)}}


def _day(day: Day | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"
