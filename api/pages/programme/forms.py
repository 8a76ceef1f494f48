"""What changes the programme: the fields of each form, and the command that they make."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from api.pages.forms import DATA, Field
from api.pages.say import N_
from domain.events.programme import PartnerRole
from domain.programme import Programme
from workflows import commands
from workflows import programme as workflows
from workflows.engine import Outcome, Work

Decide = Callable[[Work, Any], Outcome]
FieldsOf = Callable[[Programme], tuple[Field, ...]]

OVERVIEW, BUDGET = "/programma", "/programma/budget"
_CODE = N_("A short word in capital letters, like ROCCA. It stays for ever.")


@dataclass(frozen=True, slots=True)
class ProgrammeForm:
    """A form. `name`: its address below `/programma`; `page`: where it stands; `opens`: what it is
    called where it is closed; `shape`: puts the values in the form of the command."""

    name: str
    page: str
    opens: str
    button: str
    model: type[commands.Command]
    decide: Decide
    fields: FieldsOf
    hint: str = ""
    shape: Callable[[dict[str, Any]], dict[str, Any]] = lambda values: values

    @property
    def moves(self) -> bool:
        """Whether it moves money between lines, and can show before and after."""
        return self.page == BUDGET and self.name != "finanziamento"


def _named(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((code, f"{name} ({code})") for code, name in pairs)


def _partner(_: Programme) -> tuple[Field, ...]:
    roles = tuple((role, role) for role in get_args(PartnerRole))
    return (
        Field("code", N_("Code"), "code", hint=_CODE),
        Field("name", N_("Its name"), "line"),
        Field("role", N_("What it does"), "select", choices=roles, context="partner_role"),
        Field("activity", N_("Activity"), "line", required=False),
    )


def _desk(known: Programme) -> tuple[Field, ...]:
    without = ((p.code, p.name) for p in known.partners.values() if p.desk is None)
    return (
        Field("partner", N_("Partner"), "select", choices=_named(without), context=DATA),
        Field("name", N_("Name of the desk"), "line"),
    )


def _category(known: Programme) -> tuple[Field, ...]:
    everyone = _named((p.code, p.name) for p in known.partners.values())
    return (
        Field("code", N_("Code"), "code", hint=_CODE),
        Field("name", N_("Its name"), "line"),
        Field(
            "provider",
            N_("The only partner that serves it"),
            "select",
            choices=everyone,
            context=DATA,
            required=False,
        ),
        Field(
            "health_data",
            N_("Its doti tell of health: fewer people see what they say"),
            "check",
            required=False,
        ),
    )


def _item(known: Programme) -> tuple[Field, ...]:
    categories = _named((c.code, c.name) for c in known.categories.values())
    return (
        Field("category", N_("Category"), "select", choices=categories, context=DATA),
        Field("code", N_("Code"), "code", hint=_CODE),
        Field("name", N_("Its name"), "line"),
    )


def _funding(_: Programme) -> tuple[Field, ...]:
    return (
        Field("funder", N_("Funder"), "line"),
        Field("amount_cents", N_("Amount"), "cents"),
    )


def lines(known: Programme) -> tuple[tuple[str, str], ...]:
    """The budget lines that there can be: of every partner, with a desk or without, in every
    category."""
    return tuple(
        (f"{partner.code}/{category.code}", f"{partner.called} · {category.name}")
        for partner in known.partners.values()
        for category in known.categories.values()
    )


_AMOUNT = Field("amount_cents", N_("Amount"), "cents")
_REASON = Field("reason", N_("Why"), "text", hint=N_("It stands in the history of the budget."))


def _allocation(known: Programme) -> tuple[Field, ...]:
    line = Field("line", N_("Budget line"), "select", choices=lines(known), context=DATA)
    return (line, _AMOUNT, _REASON)


def _transfer(known: Programme) -> tuple[Field, ...]:
    return (
        Field("from", N_("From the line"), "select", choices=lines(known), context=DATA),
        Field("to", N_("To the line"), "select", choices=lines(known), context=DATA),
        _AMOUNT,
        _REASON,
    )


def line_of(text: str) -> dict[str, str]:
    """The two codes of a line, as a choice has them."""
    partner, _, category = text.partition("/")
    return {"partner": partner, "category": category}


def _on_line(values: dict[str, Any]) -> dict[str, Any]:
    return line_of(values.pop("line", "")) | values


def _between_lines(values: dict[str, Any]) -> dict[str, Any]:
    return values | {name: line_of(values.get(name, "")) for name in ("from", "to")}


_ALL = (
    ProgrammeForm(
        "partner",
        OVERVIEW,
        N_("A partner joins"),
        N_("Add the partner"),
        commands.JoinPartner,
        workflows.join,
        _partner,
    ),
    ProgrammeForm(
        "sportello",
        OVERVIEW,
        N_("A desk opens"),
        N_("Open the desk"),
        commands.OpenDesk,
        workflows.open_desk,
        _desk,
        N_("A partner has one desk: requests start there."),
    ),
    ProgrammeForm(
        "categoria",
        OVERVIEW,
        N_("A new category"),
        N_("Define the category"),
        commands.DefineCategory,
        workflows.define_category,
        _category,
    ),
    ProgrammeForm(
        "voce",
        OVERVIEW,
        N_("A new item"),
        N_("Define the item"),
        commands.DefineItem,
        workflows.define_item,
        _item,
        N_("It can be asked for once the rules say so."),
    ),
    ProgrammeForm(
        "trasferimento",
        BUDGET,
        N_("Transfer between lines"),
        N_("Transfer"),
        commands.Transfer,
        workflows.transfer,
        _transfer,
        N_("What is available on a line goes to another one."),
        shape=_between_lines,
    ),
    ProgrammeForm(
        "assegnazione",
        BUDGET,
        N_("Allocate to a line"),
        N_("Allocate"),
        commands.Allocate,
        workflows.allocate,
        _allocation,
        N_("What funders gave and no line has yet goes to a line."),
        shape=_on_line,
    ),
    ProgrammeForm(
        "finanziamento",
        BUDGET,
        N_("A funder gives money"),
        N_("Record the funding"),
        commands.GrantFunding,
        workflows.grant_funding,
        _funding,
        N_("It is not on any line until it is allocated."),
    ),
)

FORMS: Mapping[str, ProgrammeForm] = {form.name: form for form in _ALL}
"""The forms by their address."""
