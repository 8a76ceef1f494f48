"""Reconciliation: what the bank's lines may be, confirmed one by one or all the certain ones."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from fastapi import status as http

from api.v1 import PREFIX
from api.v1 import bank_schemas as schemas
from api.v1.bodies import ConfirmBody, MatchBody, SetAsideBody
from api.v1.commands import TheCall
from api.v1.dependencies import Limit, SignedIn, TheLanguage, TheServices, json_only
from api.v1.describing import ALWAYS, READING, command, command_of_several, refusals
from api.v1.reconciling import Lines, confirm, desk, match_shown, targets
from api.v1.waiting import READ
from domain.proposals import Grade
from projections.reconciliation import queries
from workflows import reconciliation
from workflows.engine import Outcome

router = APIRouter(prefix=f"{PREFIX}/reconciliation", tags=["bank"])

_JSON = [Depends(json_only)]
MatchId = Annotated[UUID, Path(description="The match's id.")]
LineId = Annotated[UUID, Path(description="The line's id.")]


@router.get("/proposals", dependencies=READ, responses=refusals(*ALWAYS))
def proposals(
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    grade: Annotated[Grade | None, Query(description="Only these.")] = None,
    limit: Limit = 100,
) -> schemas.Proposals:
    """What each open line is thought to be, the oldest line first, with the reasons."""
    with services.database.transaction() as tx:
        found = desk(tx)
    chosen = [each for each in found.proposals if grade is None or each.grade is grade]
    lines = Lines(services, actor, language)
    return schemas.Proposals(
        items=[lines.proposal(each, found.lines) for each in chosen[:limit]], counts=found.counts
    )


@router.get("/suspense", dependencies=READ, responses=refusals(*ALWAYS))
def suspense(
    services: TheServices, actor: SignedIn, language: TheLanguage, limit: Limit = 100
) -> schemas.Suspense:
    """The lines of which something is open, the oldest first, and for how many days."""
    with services.database.transaction() as tx:
        found = queries.open_lines(tx)
    lines = Lines(services, actor, language)
    return schemas.Suspense(
        items=[lines.shown(row) for row in found[:limit]],
        total_cents=sum(row.open_cents for row in found),
    )


@router.post("/matches", dependencies=_JSON, **command(201, on_dote=False))
def match(body: MatchBody, call: TheCall) -> schemas.Match:
    """Lines are payments, or came back, or are the bank's own, or a funder's."""
    with call.services.database.transaction() as tx:
        named = targets(tx, body)
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
    """All the certain proposals at once, or those of some lines; each by its own command."""
    with call.services.database.transaction() as tx:
        found = desk(tx).certain
    wanted = None if body.line_ids is None else set(body.line_ids)
    chosen = [each for each in found if wanted is None or wanted.issuperset(each.line_ids)]
    done = confirm(call.services, call.request(None), chosen)
    matched = sum(isinstance(each, Outcome) for each in done)
    call.answer(http.HTTP_201_CREATED if matched else http.HTTP_200_OK)
    lines = Lines(call.services, call.view.actor, call.view.language)
    return schemas.Confirmed(matched=matched, refused=lines.refused(done))


@router.post("/lines/{line_id}/set-aside", dependencies=_JSON, **command(200, on_dote=False))
def set_aside(line_id: LineId, body: SetAsideBody, call: TheCall) -> schemas.SetAside:
    """A line is left for later, with the reason."""
    call.run(lambda work: reconciliation.set_aside(work, line_id, body), body)
    return schemas.SetAside(line_id=line_id)
