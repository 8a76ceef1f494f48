"""Counts and sums, of which nobody can tell a household."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.v1 import PREFIX
from api.v1.answer import Answer
from api.v1.counting import TheYear
from api.v1.dependencies import TheServices
from api.v1.describing import ALWAYS, refusals
from api.v1.waiting import READ
from api.wiring import Services
from projections.figures import queries
from projections.figures.queries import By
from projections.figures.suppression import Cell, Place, hidden, hidden_parts
from workflows.eventstore.database import Tx

router = APIRouter(prefix=PREFIX, tags=["statistics"])


class Figures(Answer):
    """Counts, and sums in cents. All null where `suppressed`: they are of too few households, or
    would tell by subtraction what is. A household counts once; `adults` and `minors` are its
    members as it is now."""

    suppressed: bool
    households: int | None
    doti: int | None
    adults: int | None
    minors: int | None
    requested_cents: int | None
    approved_cents: int | None
    disbursed_cents: int | None


class Row(Figures):
    """What there is of one `key`: a code, a district ("" where none is known), or a month."""

    key: str
    category: str | None = Field(None, description="By item: its category.")


class Statistics(Answer):
    """Doti requested in a year, by something. Cells of fewer than `small_cell` households are
    suppressed."""

    by: By
    small_cell: int
    rows: list[Row]
    total: Figures


@router.get("/statistics", dependencies=READ, responses=refusals(*ALWAYS))
def statistics(
    services: TheServices,
    chosen: TheYear,
    by: Annotated[By, Query(description="What a row stands for.")],
) -> Statistics:
    """How many households were helped with what in a year; operators are told of their partner.
    Other spans are refused: what is left out of one would follow from another."""
    return counted(services, chosen, by)


class TimesRow(Answer):
    """Days from the request to the first payment: at most so many in half of the doti, and in nine
    of ten. null where `suppressed`."""

    key: str
    suppressed: bool
    median_days: float | None
    ninth_days: float | None


class TimesTold(Answer):
    """How long it took from the request to the first payment. Cells of fewer than `small_cell`
    households are suppressed; `total` is null where nothing was paid."""

    by: Literal["category", "partner", "month"]
    small_cell: int
    rows: list[TimesRow]
    total: TimesRow | None


@router.get("/statistics/times", dependencies=READ, responses=refusals(*ALWAYS))
def times(
    services: TheServices,
    chosen: TheYear,
    by: Annotated[
        Literal["category", "partner", "month"], Query(description="What a row stands for.")
    ],
) -> TimesTold:
    """How long the households that asked in a year waited for their money; operators are told of
    their partner."""
    return timed(services, chosen, by)


def timed(
    services: Services, chosen: queries.InYear, by: Literal["category", "partner", "month"]
) -> TimesTold:
    """How long it took, by something."""
    small = services.register.programme().retention.small_cell
    with services.database.transaction(one_snapshot=True) as tx:
        found = queries.times(tx, chosen, by, small)
        total = queries.times(tx, chosen, "", small)
    return TimesTold(
        by=by,
        small_cell=small,
        rows=[TimesRow.model_validate(asdict(row)) for row in found],
        total=TimesRow.model_validate(asdict(total[0])) if total else None,
    )


def counted(services: Services, chosen: queries.InYear, by: By) -> Statistics:
    """What there is by something, without what would tell a household."""
    small = services.register.programme().retention.small_cell
    with services.database.transaction(one_snapshot=True) as tx:
        cells = queries.cells(tx, chosen, by, small)
        total = queries.whole(tx, chosen, small)
        gone = _hidden(tx, chosen, by, cells, small)
    return Statistics(
        by=by,
        small_cell=small,
        rows=[_row(cell, by, gone) for cell in cells],
        total=Figures.model_validate(_figures(total, suppressed=0 < total.households < small)),
    )


def _hidden(
    tx: Tx, chosen: queries.InYear, by: By, cells: list[Cell], small: int
) -> frozenset[Place]:
    if by == "item":
        return hidden_parts(cells, queries.cells(tx, chosen, "category", small), small)
    return hidden(cells, small)


def _row(cell: Cell, by: By, gone: frozenset[Place]) -> Row:
    figures = _figures(cell, suppressed=(cell.part, cell.key) in gone)
    category = cell.part if by == "item" else None
    return Row.model_validate({"key": cell.key, "category": category, **figures})


def _figures(cell: Cell, *, suppressed: bool) -> dict[str, object]:
    names = Figures.model_fields.keys() - {"suppressed"}
    shown = {name: None if suppressed else getattr(cell, name) for name in names}
    return {"suppressed": suppressed, **shown}
