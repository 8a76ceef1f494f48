"""The form for what a funder admits: its fields, and the rules that were filled in."""

from typing import Any

from api.documents.rendiconto_words import COLUMNS
from api.pages.dote_forms import RECEIPTS
from api.pages.forms import DATA, Field, Filled, Kind
from api.pages.plain_forms import PlainForm, Values
from api.pages.say import N_
from domain.days import Day
from domain.funding_rules import COLUMN_NAMES, FunderRules
from domain.programme import Programme

_RULES = "rules"


def _rule(name: str, label: str, kind: Kind, **more: Any) -> Field:  # noqa: ANN401  a field's own
    return Field(name, label, kind, (_RULES, name), required=False, **more)


_ALL = N_("None chosen: all of them.")

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
        _rule(
            "columns",
            N_("Columns of the list"),
            "many",
            choices=tuple((name, COLUMNS[name]) for name in COLUMN_NAMES),
            hint=N_(
                "None chosen: the usual ones. Other titles can be given over the API and are kept."
            ),
        ),
    ),
    N_("Change these rules"),
)


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
    return Filled(
        texts=texts,
        many={
            "categories": rules.categories,
            "items": rules.items,
            "papers": rules.papers,
            "columns": tuple(column.name for column in rules.columns),
        },
    )


def with_titles(values: Values, rules: FunderRules) -> Values:
    """What was filled in as the rules take it: columns keep their titles."""
    titles = {column.name: column.title for column in rules.columns}
    chosen = values.get(_RULES, {})
    columns = [{"name": name, "title": titles.get(name)} for name in chosen.get("columns", ())]
    return {**values, _RULES: {**chosen, "columns": columns}}


def _day(day: Day | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"
