"""Reconciliation: what the bank's lines may be, confirmed one by one or all the certain ones."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import TypeAdapter

from api.v1 import PREFIX, cursors
from api.v1 import bank_schemas as schemas
from api.v1.bodies import ConfirmBody, MatchBody, SetAsideBody
from api.v1.commands import TheCall
from api.v1.dependencies import (
    BIGGEST,
    Cursor,
    Limit,
    SignedIn,
    TheLanguage,
    TheServices,
    json_only,
)
from api.v1.describing import ALWAYS, READING, command, command_of_several, refusals
from api.v1.reconciling import (
    Asked,
    Lines,
    confirmed,
    desk,
    match_listed,
    match_shown,
    older_than,
    targets,
)
from api.v1.waiting import READ
from domain.proposals import Grade
from domain.text import Code, Label
from projections.reconciliation import balances, queries
from projections.reconciliation.queries import MatchQuery
from workflows import reconciliation

router = APIRouter(prefix=f"{PREFIX}/reconciliation", tags=["bank"])

_JSON = [Depends(json_only)]
MatchId = Annotated[UUID, Path(description="The match's id.")]
_OPEN = TypeAdapter(tuple[date, int])
_INDEX = TypeAdapter(int)
LineId = Annotated[UUID, Path(description="The line's id.")]


@router.get("/proposals", dependencies=READ, responses=refusals(*ALWAYS))
def proposals(
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    *,
    grade: Annotated[Grade | None, Query(description="Only these.")] = None,
    account: Annotated[Code | None, Query(examples=["CONTO"])] = None,
    days: Annotated[
        int, Query(ge=0, le=36_500, description="Only lines that are open for at least so long.")
    ] = 0,
    set_aside: Annotated[
        bool | None, Query(description="Only what is left for later, or only the rest.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> schemas.Proposals:
    """What each open line is thought to be, the oldest line first, with the reasons."""
    after = cursors.read("proposals", _OPEN, cursor)
    with services.database.transaction() as tx:
        found = desk(tx)
    asked = Asked(grade, account, older_than(services, days), set_aside)
    chosen = found.chosen(asked)
    rest = [each for each in chosen if after is None or found.place(each) > after]
    items = rest[:limit]
    last = found.place(items[-1]) if len(rest) > limit else None
    lines = Lines(services, actor, language)
    lines.look(found.lines[line_id] for each in items for line_id in each.line_ids)
    return schemas.Proposals(
        items=[lines.proposal(each, found.lines) for each in items],
        counts=found.counted(asked),
        set_aside=found.aside(asked),
        next_cursor=cursors.write("proposals", _OPEN, last),
    )


@router.get("/suspense", dependencies=READ, responses=refusals(*ALWAYS))
def suspense(
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> schemas.Suspense:
    """The lines of which something is open, the oldest first, and for how many days."""
    after = cursors.read("suspense", _OPEN, cursor)
    with services.database.transaction() as tx:
        found = queries.open_lines(tx, limit + 1, after)
        total_cents = balances.open_total(tx)
    items = found[:limit]
    last = items[-1].place if len(found) > limit else None
    lines = Lines(services, actor, language)
    lines.look(items)
    return schemas.Suspense(
        items=[lines.shown(row) for row in items],
        total_cents=total_cents,
        next_cursor=cursors.write("suspense", _OPEN, last),
    )


@router.get("/matches", dependencies=READ, responses=refusals(*ALWAYS))
def matches(
    services: TheServices,
    _: SignedIn,
    *,
    line_id: Annotated[UUID | None, Query(description="Only those of this line.")] = None,
    account: Annotated[Code | None, Query(examples=["CONTO"])] = None,
    from_: Annotated[
        date | None, Query(alias="from", description="Only of lines from this day on.")
    ] = None,
    to: Annotated[date | None, Query(description="Only of lines until this day.")] = None,
    amount_cents: Annotated[
        int | None,
        Query(ge=1, le=BIGGEST, description="Only of lines that come to this, in or out."),
    ] = None,
    number: Annotated[
        Label | None,
        Query(description="Only those of this payment, dote or batch.", examples=["CI-2026-00042"]),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> schemas.Matches:
    """The matches that hold, the newest first."""
    asked = MatchQuery(line_id, account, from_, to, amount_cents, number)
    before = cursors.read("matches", _INDEX, cursor)
    with services.database.transaction() as tx:
        found = queries.matches(tx, limit + 1, asked, before)
    items = found[:limit]
    last = items[-1].log_index if len(found) > limit else None
    return schemas.Matches(
        items=[match_listed(each) for each in items],
        next_cursor=cursors.write("matches", _INDEX, last),
    )


@router.post("/matches", dependencies=_JSON, **command(201, on_dote=False))
def match(body: MatchBody, call: TheCall) -> schemas.Match:
    """Lines are payments, or came back, or are the bank's own, or a funder's."""
    with call.services.database.transaction() as tx:
        named = targets(tx, body.payment_ids)
    outcome = call.run(lambda work: reconciliation.match(work, body, named), body)
    return match_shown(call.services, outcome.stream_id)


@router.get("/matches/{match_id}", dependencies=READ, responses=refusals(*READING))
def one_match(match_id: MatchId, services: TheServices, _: SignedIn) -> schemas.Match:
    """A match, as it stands."""
    return match_shown(services, match_id)


@router.post("/matches/{match_id}/undo", **command(200, on_dote=False))
def undo(match_id: MatchId, call: TheCall) -> schemas.Match:
    """A match was wrong: its lines are open again, and what it said of doti is taken back."""
    call.run(lambda work: reconciliation.undo(work, match_id), None)
    return match_shown(call.services, match_id)


@router.post("/confirmations", dependencies=_JSON, **command_of_several(schemas.Confirmed))
def confirm_certain(body: ConfirmBody, call: TheCall) -> schemas.Confirmed:
    """Certain proposals, as `GET …/proposals` told them, are right: each by its own command. What
    is another one by now, or not certain any more, is not confirmed but told."""
    return confirmed(call, body)


@router.post("/lines/{line_id}/set-aside", dependencies=_JSON, **command(200, on_dote=False))
def set_aside(line_id: LineId, body: SetAsideBody, call: TheCall) -> schemas.SetAside:
    """A line is left for later, with the reason."""
    call.run(lambda work: reconciliation.set_aside(work, line_id, body), body)
    return schemas.SetAside(line_id=line_id)
