"""What can be done to a household from its page: the fields of each form, and what they make."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.pages import member_fields
from api.pages.forms import Field
from api.pages.say import N_
from api.security import rights
from domain.actors import Role
from domain.erasure import ERASERS
from domain.lifecycle import READERS
from domain.merging import KEEPERS
from workflows import commands, erasure, households, people
from workflows.engine import Outcome, Work

Decide = Callable[[Work, UUID, Any], Outcome]
OF_ALL = "all"
"""A conflict is with the whole household and not with one of its members."""


@dataclass(frozen=True, slots=True)
class HouseholdForm:
    """A form. `opens`: what it is called where it is closed; `button`: what sends it; `roles`: who
    may send it, `what`: what it is called in a refusal. `versioned`: it decides on a version.
    """

    name: str
    what: str
    opens: str
    button: str
    model: type[commands.Command]
    decide: Decide
    roles: frozenset[Role]
    fields: tuple[Field, ...]
    about: str = ""
    versioned: bool = False
    danger: bool = False
    shape: Callable[[dict[str, Any], UUID], dict[str, Any]] = lambda values, _: values


def _reason(label: str = N_("Why")) -> Field:
    return Field("reason", label, "text")


def _declared(values: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """A conflict with the household, or with one of its members."""
    member = values.pop("member", OF_ALL)
    told = {} if member == OF_ALL else {"member": int(member)}
    return {**values, **told, "household_id": household_id}


def _declare(work: Work, _: UUID, command: commands.DeclareConflict) -> Outcome:
    return people.declare_conflict(work, command)


NUMBER = Field("number", N_("Number of the other record"), "line", loc=("into",))
MEMBER = Field("member", N_("With whom"), "select")

_FORMS = (
    HouseholdForm(
        "persone",
        "correct_household",
        N_("Add a person"),
        N_("Add the person"),
        commands.AddMember,
        households.add_member,
        KEEPERS,
        member_fields.person(),
        versioned=True,
    ),
    HouseholdForm(
        "unione",
        "merge_households",
        N_("It is the same household as another record"),
        N_("Merge the two records"),
        commands.MergeHousehold,
        households.merge,
        KEEPERS,
        (NUMBER, _reason(N_("How you know that they are the same"))),
        about=N_(
            "The other record goes on for both; what either was granted counts for both. Nothing "
            "is moved, and it can be undone."
        ),
        versioned=True,
    ),
    HouseholdForm(
        "separazione",
        "merge_households",
        N_("The two were not the same after all"),
        N_("Take the two records apart"),
        commands.UnmergeHousehold,
        households.unmerge,
        KEEPERS,
        (_reason(),),
        versioned=True,
    ),
    HouseholdForm(
        "conflitto",
        "declare_conflict",
        N_("I am too near to them"),
        N_("Declare the conflict of interest"),
        commands.DeclareConflict,
        _declare,
        READERS,
        (MEMBER, _reason(N_("What ties you to them"))),
        about=N_("From then on you decide nothing about them; only a coordinator can lift it."),
        shape=_declared,
    ),
    HouseholdForm(
        "cancellazione",
        "erase",
        N_("Ask for the erasure of their data"),
        N_("Ask for the erasure"),
        commands.Motive,
        erasure.ask_or_confirm,
        ERASERS,
        (_reason(),),
        about=N_("A second person has to confirm it; one of the two is a coordinator."),
        danger=True,
    ),
    HouseholdForm(
        "cancellazione-rifiutata",
        "erase",
        N_("Decline the erasure"),
        N_("Decline the erasure"),
        commands.Motive,
        erasure.decline,
        ERASERS,
        (_reason(),),
    ),
    HouseholdForm(
        "conservazione",
        "hold_erasure",
        N_("Keep their data until a day"),
        N_("Keep until that day"),
        commands.HoldErasure,
        erasure.hold,
        rights.COORDINATORS,
        (
            Field("until", N_("Until"), "day", hint=N_("Like 31/12/2026.")),
            _reason(),
        ),
        about=N_("Until then neither anybody's request nor time erases them."),
    ),
)

FORMS: Mapping[str, HouseholdForm] = {form.name: form for form in _FORMS}
"""The forms by the last part of their address."""

REVEAL = (
    Field(
        "reason",
        N_("Why you need to see who they are"),
        "text",
        hint=N_("At least 10 characters. Your reason and the look are written down."),
    ),
)
CONFIRM = N_("Confirm the erasure")
"""What the button says that erases, where somebody else has asked for it."""
