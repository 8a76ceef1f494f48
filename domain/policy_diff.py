"""What two documents of rules say differently, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.policy import Rules

# What makes a part of a list the same part in both documents; a band is known by its place.
_KEYS = {
    "items": ("item",),
    "papers": ("kind",),
    "caps": ("category", "days"),
    "deadlines": ("stage",),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A field with what it said and says; None: it says nothing. `field`: its place, such as
    items.AFFITTO.ceiling_cents."""

    field: str
    before: object
    after: object


def differences(before: Rules, after: Rules) -> Iterator[Changed]:
    """Every field that differs, in the order of the document."""
    old, new = dict(_fields(before)), dict(_fields(after))
    for field in dict.fromkeys([*new, *old]):
        if old.get(field) != new.get(field):
            yield Changed(field, old.get(field), new.get(field))


def _fields(rules: Rules) -> Iterator[tuple[str, Any]]:
    for name in Rules.model_fields:
        value = rules.model_dump(mode="json", include={name})[name]
        yield from _below(name, value, _KEYS.get(name))


def _below(place: str, value: object, keys: tuple[str, ...] | None) -> Iterator[tuple[str, object]]:
    match value:
        case dict():
            for name, part in value.items():
                yield from _below(f"{place}.{name}", part, _KEYS.get(name))
        case list():
            for nth, part in enumerate(value):
                key = str(nth) if keys is None else "/".join(str(part[k] or "*") for k in keys)
                yield from _below(f"{place}.{key}", part, None)
        case _:
            yield place, value
