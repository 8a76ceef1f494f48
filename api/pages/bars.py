"""Amounts as parts of one bar; the page draws it and says the same in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.pages.say import N_

FULL = 1000
"""The width of a whole bar."""

LINE_PARTS = (
    ("documented", N_("Accounted for")),
    ("disbursed", N_("Disbursed")),
    ("committed", N_("Committed")),
    ("available", N_("Available")),
)
"""The colours of money on a line, from what is done to what is left."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar. `kind` is its colour, `label` an English sentence of the catalogue."""

    kind: str
    label: str
    cents: int
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    """Pieces in their order; they never go beyond the end."""

    parts: tuple[Part, ...]


def bar(pieces: Iterable[tuple[str, str, int]], whole_cents: int) -> Bar:
    """A bar of (kind, label, cents), of which `whole_cents` is the full width.

    Edges are rounded and not widths, so that pieces never overlap and never leave a gap.
    """
    parts, before = [], 0
    for kind, label, cents in pieces:
        start, end = _edge(before, whole_cents), _edge(before + cents, whole_cents)
        parts.append(Part(kind, label, cents, start, end - start))
        before += cents
    return Bar(tuple(parts))


def _edge(cents: int, whole_cents: int) -> int:
    if whole_cents <= 0:
        return 0
    return min(max(round(cents * FULL / whole_cents), 0), FULL)
