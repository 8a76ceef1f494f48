"""Deciding several doti with one request."""

from fastapi import APIRouter, Depends, Request

from api.problems import mark, problem_for
from api.v1 import PREFIX, schemas
from api.v1.bodies import ManyBody
from api.v1.commands import Call, TheCall
from api.v1.dependencies import json_only
from api.v1.describing import ALWAYS, refusals
from workflows.bulk import Result, decide_many
from workflows.engine import Outcome

router = APIRouter(prefix=f"{PREFIX}/doti", tags=["doti"])


@router.post("/bulk", dependencies=[Depends(json_only)], responses=refusals(*ALWAYS, 409, 413, 415))
def decide(command: ManyBody, call: TheCall, request: Request) -> schemas.BulkAnswer:
    """Assess, approve or reject several doti: one result for each, in their order.

    Some may be done and others refused. After an interruption the same request under the same
    Idempotency-Key goes on: what is done is not done again.
    """
    results = decide_many(call.services.engine, call.request(command), command.items)
    items = [_shown(call, request, result) for result in results]
    done = sum(item.problem is None for item in items)
    return schemas.BulkAnswer(done=done, refused=len(items) - done, items=items)


def _shown(call: Call, request: Request, result: Result) -> schemas.BulkItem:
    outcome = result.outcome
    if isinstance(outcome, Outcome):
        _, dote = call.view.visible(result.dote_id, outcome.version)
        return schemas.BulkItem(
            dote_id=result.dote_id,
            done=True,
            replayed=outcome.replayed,
            dote=call.view.summary(dote),
            problem=None,
        )
    mark(request, outcome)
    problem = problem_for(outcome).document(call.view.language)
    return schemas.BulkItem(
        dote_id=result.dote_id,
        done=False,
        replayed=False,
        dote=None,
        problem=schemas.Problem(**problem),
    )
