"""Coverage: what was paid, and what of it is documented, waits for a decision or is missing."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, TypeAdapter

from api.security.rights import RECEIPT_READERS
from api.v1 import PREFIX, cursors
from api.v1.answer import Answer
from api.v1.dependencies import Cursor, Limit, SignedIn, TheLanguage, TheServices
from api.v1.describing import ALWAYS, Responses, refusals
from api.v1.spreadsheet import CSV, as_csv
from api.v1.waiting import READ
from api.wiring import Services
from domain.actors import Actor
from domain.text import Code
from projections.coverage import queries
from projections.coverage.queries import AGES, Asked, DoteRow, GroupRow, Sums

router = APIRouter(prefix=PREFIX, tags=["coverage"])

MOST_ROWS = 50_000
"""A file has at most so many rows."""

Group = Literal["dote", "line", "partner"]
_AMOUNTS = (
    "paid_cents",
    "documented_cents",
    "waiting_cents",
    "missing_cents",
    *AGES,
    "refunded_cents",
    "disallowed_cents",
)
_PLACE = TypeAdapter(tuple[date | None, UUID])


class Missing(Answer):
    """What is missing, by how many days ago it was paid. What is documented counts for the oldest
    payments first."""

    to_30_cents: int
    to_60_cents: int
    to_90_cents: int
    over_90_cents: int


class CoverageSums(Answer):
    """In cents: paid = documented + waiting + missing + refunded + disallowed. `oldest`: the day of
    the first payment of which something is missing."""

    paid_cents: int
    documented_cents: int
    waiting_cents: int
    missing_cents: int
    refunded_cents: int
    disallowed_cents: int
    missing: Missing
    oldest: date | None


class CoverageRow(CoverageSums):
    """A dote, a line or a partner; what does not belong to the group that was asked for is null."""

    partner: str | None = None
    category: str | None = None
    item: str | None = None
    dote_id: UUID | None = None
    number: str | None = None
    state: str | None = None
    doti: int = Field(1, description="How many doti were paid.")
    doti_missing: int = Field(0, description="Of how many something is missing.")


class Coverage(Answer):
    """What became of what was paid. `total`: of all that was asked for, on this page or not."""

    today: date
    rows: list[CoverageRow]
    total: CoverageRow
    next_cursor: str | None


TheGroup = Annotated[Group, Query(description="What a row stands for.")]
OfPartner = Annotated[Code | None, Query(examples=["ROCCA"])]
OfCategory = Annotated[Code | None, Query(examples=["EMERGENZA"])]
OnlyMissing = Annotated[
    bool, Query(description="With `group=dote`: only doti of which something is missing.")
]


@router.get("/coverage", dependencies=READ, responses=refusals(*ALWAYS))
def coverage(
    services: TheServices,
    actor: SignedIn,
    *,
    group: TheGroup = "line",
    partner: OfPartner = None,
    category: OfCategory = None,
    missing: OnlyMissing = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Coverage:
    """What of the money paid is documented, waits, is missing, was refunded or not admitted; by
    dote what is missing longest comes first."""
    asked = asked_by(services, actor, partner, category)
    following = None
    with services.database.transaction(one_snapshot=True) as tx:
        total = queries.total(tx, asked)
        if group == "dote":
            after = cursors.read("coverage", _PLACE, cursor)
            found = queries.doti(tx, asked, limit + 1, after=after, missing=missing)
            rows = [_dote(row) for row in found[:limit]]
            last = found[limit - 1].place if len(found) > limit else None
            following = cursors.write("coverage", _PLACE, last)
        else:
            rows = [_group(row) for row in queries.groups(tx, asked, group)]
    return Coverage(today=asked.today, rows=rows, total=_group(total), next_cursor=following)


def _answer() -> Responses:
    content = {CSV.partition(";")[0]: {"schema": {"type": "string"}}}
    return {200: {"description": "The rows, as a table", "content": content}, **refusals(*ALWAYS)}


@router.get("/coverage.csv", dependencies=READ, response_class=Response, responses=_answer())
def coverage_csv(
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    *,
    group: TheGroup = "line",
    partner: OfPartner = None,
    category: OfCategory = None,
    missing: OnlyMissing = False,
) -> Response:
    """The same as a table."""
    asked = asked_by(services, actor, partner, category)
    found: Sequence[Sums]
    with services.database.transaction() as tx:
        if group == "dote":
            found = queries.doti(tx, asked, MOST_ROWS, missing=missing)
        else:
            found = queries.groups(tx, asked, group)
    columns = _columns(group)
    rows = ([getattr(row, name) for name in columns] for row in found)
    return Response(
        as_csv(columns, rows, language),
        media_type=CSV,
        headers={"Content-Disposition": f'attachment; filename="coverage-{group}.csv"'},
    )


def asked_by(
    services: Services, actor: Actor, partner: str | None = None, category: str | None = None
) -> Asked:
    """What somebody may be told of, as of today."""
    today = services.engine.today()
    return Asked(actor.scope(RECEIPT_READERS), today, partner, category)


def _columns(group: Group) -> tuple[str, ...]:
    keys: dict[Group, tuple[str, ...]] = {
        "dote": ("number", "partner", "category", "item", "state"),
        "line": ("partner", "category", "doti"),
        "partner": ("partner", "doti"),
    }
    return (*keys[group], *_AMOUNTS, "oldest")


def _sums(row: Sums) -> dict[str, object]:
    own = CoverageSums.model_fields.keys() - {"missing"}
    ages = Missing(**{name: getattr(row, name) for name in AGES})
    return {**{name: getattr(row, name) for name in own}, "missing": ages}


def _dote(row: DoteRow) -> CoverageRow:
    told = ("partner", "category", "item", "dote_id", "number", "state")
    more = {name: getattr(row, name) for name in told}
    missing = int(row.missing_cents > 0)
    return CoverageRow.model_validate({**_sums(row), **more, "doti": 1, "doti_missing": missing})


def _group(row: GroupRow) -> CoverageRow:
    more = {name: getattr(row, name) for name in ("partner", "category", "doti", "doti_missing")}
    return CoverageRow.model_validate({**_sums(row), **more})
