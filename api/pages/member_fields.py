"""The fields of the members of a household: one row for each person, by their number."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from api.pages.forms import Field, Filled
from api.pages.say import N_
from domain.household import MOST_MEMBERS, IdType

ROWS = "rows"
"""The hidden field that tells how many rows there are."""

_PARTS = ("given_name", "family_name", "born", "id_type", "id_value", "phone")
_LATER = ("id_valid_until", "left_on")
_ID_TYPES = tuple((kind.value, kind.value) for kind in (IdType.NONE, *tuple(IdType)[:-1]))
"""Having none comes first: it is what stands there before anybody chooses."""


def row(n: int, *, later: bool = False) -> tuple[Field, ...]:
    """The fields of the n-th person, from 0 on. `later`: also what is known only later on."""

    def field(part: str, label: str, kind: Any = "line", **more: Any) -> Field:  # noqa: ANN401  a Field's own
        return Field(name(n, part), label, kind, loc=("members", str(n), part), **more)

    fields = (
        field("given_name", N_("Given name")),
        field("family_name", N_("Family name")),
        field("born", N_("Born on"), "day", hint=N_("Like 31/12/1990."), required=False),
        field(
            "id_type",
            N_("Identified by"),
            "select",
            choices=_ID_TYPES,
            context="id_type",
            required=False,
        ),
        field("id_value", N_("Its number"), required=False),
        field("phone", N_("Phone"), required=False),
    )
    if not later:
        return fields
    return (
        *fields,
        field("id_valid_until", N_("Identifier valid until"), "day", required=False),
        field("left_on", N_("Left the household on"), "day", required=False),
    )


def name(n: int, part: str) -> str:
    """The name of a field of the n-th person."""
    return f"m{n}_{part}"


def count(filled: Filled) -> int:
    """How many rows a form has, as it says."""
    said = filled.texts.get(ROWS, "")
    return min(max(int(said), 1), MOST_MEMBERS) if said.isdecimal() and len(said) < 4 else 1


def compact(texts: Mapping[str, str], rows: int) -> dict[str, str]:
    """The same without rows in which nothing was typed; one is left."""
    kept = [n for n in range(rows) if any(_typed(texts, n))] or [0]
    parts = (*_PARTS, *_LATER)
    theirs = {name(n, part) for n in range(rows) for part in parts}
    others = {key: text for key, text in texts.items() if key not in theirs}
    moved = {
        name(to, part): texts[name(n, part)]
        for to, n in enumerate(kept)
        for part in parts
        if name(n, part) in texts
    }
    return {**others, **moved, ROWS: str(len(kept))}


def _typed(texts: Mapping[str, str], n: int) -> Iterator[bool]:
    """Whether something was typed, for each field; what is chosen is chosen from the beginning."""
    for part in (*_PARTS, *_LATER):
        if part != "id_type":
            yield bool(texts.get(name(n, part), "").strip())


def shaped(values: dict[str, Any]) -> dict[str, Any]:
    """The values as commands take them: members in their order, hardships each by itself."""
    members = values.pop("members", {})
    values["members"] = [members[n] for n in sorted(members, key=int)]
    hardships = values.pop("hardships", "")
    values["hardships"] = [line.strip() for line in hardships.splitlines() if line.strip()]
    return values


AROUND = (
    Field("address", N_("Address"), "line", required=False),
    Field("district", N_("District"), "line", required=False),
    Field(
        "hardships",
        N_("What makes life hard for them"),
        "text",
        hint=N_("One for each line, like: work, housing, health."),
        required=False,
    ),
)
"""What is known of the household as a whole."""


def person() -> tuple[Field, ...]:
    """The fields of one person by themselves."""
    return tuple(replace(each, name=each.place[-1], loc=()) for each in row(0))
