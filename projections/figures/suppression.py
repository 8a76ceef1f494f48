"""Which cells of a statistic are not shown: small ones, and those that would tell them.

A cell is small if it is of fewer than `small` households. Of what adds up to a sum that is shown,
either nothing is left out, or at least two cells that are together of `small` households or more:
what is left over by subtraction is then no cell, and not of few.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Cell:
    """What a statistic tells of one key. `few`: its households, if it is small.

    `part`: what it is a part of, besides of the whole (an item of its category); '' if nothing.
    """

    key: str
    part: str
    households: int
    doti: int
    adults: int
    minors: int
    requested_cents: int
    approved_cents: int
    disbursed_cents: int
    few: frozenset[UUID] | None = None


Place = tuple[str, str]
"""Part and key of a cell."""


def hidden(cells: Iterable[Cell], small: int) -> frozenset[Place]:
    """The cells to leave out of some that add up to a sum that is shown.

    Where there are too few cells for that, the sum is small itself and must be left out too.
    """
    left = sorted(cells, key=lambda cell: (cell.households, cell.part, cell.key))
    out = [cell for cell in left if cell.households < small]
    left = left[len(out) :]
    together = {household for cell in out for household in cell.few or ()}
    if out and left and (len(out) < 2 or len(together) < small):
        # It is not small, so with it they are not few any more.
        out.append(left[0])
    return frozenset((cell.part, cell.key) for cell in out)


def hidden_parts(cells: Sequence[Cell], parts: Sequence[Cell], small: int) -> frozenset[Place]:
    """The same of cells that add up to parts, which add up to the whole; both can be asked for.

    All of a part that is left out itself is left out: else its cells would tell its sum.
    """
    gone = {key for _, key in hidden(parts, small)}
    out: set[Place] = set()
    for part in parts:
        own = [cell for cell in cells if cell.part == part.key]
        out |= {(cell.part, cell.key) for cell in own} if part.key in gone else hidden(own, small)
    return frozenset(out)
