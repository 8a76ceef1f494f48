"""A dote's life step by step: each event with what it changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from domain.dote import Dote
from domain.dote_history import evolve
from domain.events.dote import DoteEvent
from domain.privacy import Private, Sealed

# What every event changes, or the state tells already, says nothing.
_SILENT = frozenset({"id", "version", "changed_at", "people", "stage_since"})


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the dote before and after an event; None: it was not there yet."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Step:
    """An event, the dote that it made, and what is different in it. Private values are not
    compared: they show as changed, never as text."""

    event: DoteEvent
    dote: Dote
    changes: tuple[Change, ...]


def replay(events: Iterable[DoteEvent]) -> Iterator[Step]:
    """The steps that these events, from the first one on, lead through."""
    before: Dote | None = None
    for event in events:
        after = evolve(before, event)
        yield Step(event, after, tuple(_changes(before, after)))
        before = after


def _changes(before: Dote | None, after: Dote) -> Iterator[Change]:
    for field in fields(Dote):
        if field.name in _SILENT:
            continue
        old = getattr(before, field.name, None)
        new = getattr(after, field.name)
        if isinstance(new, Private | Sealed):
            if old != new:
                yield Change(field.name, _mask(old), _mask(new))
        elif isinstance(new, tuple):
            yield from _items(field.name, old if isinstance(old, tuple) else (), new)
        elif old != new and not (before is None and new in (0, None, False)):
            yield Change(field.name, old, new)


def _items(name: str, old: tuple[object, ...], new: tuple[object, ...]) -> Iterator[Change]:
    """Votes, papers, tranches and receipts: the ones that came or changed."""
    for n, item in enumerate(new):
        known = old[n] if n < len(old) else None
        if known != item:
            yield Change(f"{name}.{n + 1}", _shown(known), _shown(item))


def _shown(item: object) -> object:
    state = getattr(item, "state", None)
    return state if state is not None else (None if item is None else "added")


def _mask(value: object) -> object:
    return None if value is None else "•••"
