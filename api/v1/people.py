"""The people beside the doti: colleagues, who acts for whom, and who is too near to whom."""

from uuid import UUID

from fastapi import APIRouter, Depends

from api.v1 import PREFIX, people_schemas
from api.v1.bodies import DeclareConflictBody, DelegateBody, EndDelegationBody, LiftConflictBody
from api.v1.commands import Call, TheCall, TheView
from api.v1.dependencies import (
    ConflictId,
    DelegationId,
    SignedIn,
    TheServices,
    json_only,
)
from api.v1.describing import ALWAYS, command, refusals
from api.v1.people_view import PeopleView
from api.v1.waiting import READ
from workflows import people
from workflows.commands import EndDelegation
from workflows.engine import Outcome

router = APIRouter(prefix=PREFIX, tags=["people"])


@router.get("/colleagues", dependencies=READ, responses=refusals(*ALWAYS))
def colleagues(services: TheServices, _: SignedIn) -> people_schemas.Colleagues:
    """Who takes part in the life of doti, and for whom they work."""
    return people_schemas.Colleagues(
        items=[
            people_schemas.Colleague(
                id=known.id, name=known.name, roles=list(known.roles), works_for=known.works_for
            )
            for known in services.accounts.colleagues()
        ]
    )


@router.get("/delegations", dependencies=READ, responses=refusals(*ALWAYS))
def delegations(view: TheView) -> people_schemas.Delegations:
    """What the reader gave and was given; coordinators and auditors see everybody's."""
    return people_schemas.Delegations(items=PeopleView(view).delegations())


@router.post("/delegations", dependencies=[Depends(json_only)], **command(201, on_dote=False))
def delegate(command: DelegateBody, call: TheCall) -> people_schemas.Delegation:
    """Lets a colleague act in a role of one's own, for some time and up to an amount."""
    outcome = call.run(lambda work: people.delegate(work, command), command)
    return _delegation(call, outcome)


@router.post(
    "/delegations/{delegation_id}/end",
    dependencies=[Depends(json_only)],
    **command(200, on_dote=False),
)
def end_delegation(
    delegation_id: DelegationId, call: TheCall, command: EndDelegationBody = None
) -> people_schemas.Delegation:
    """One of the two, or a coordinator, ends a delegation; at once."""
    given = command or EndDelegation()
    outcome = call.run(lambda work: people.end_delegation(work, delegation_id), given)
    return _delegation(call, outcome)


@router.get("/conflicts", dependencies=READ, responses=refusals(*ALWAYS))
def conflicts(view: TheView) -> people_schemas.Conflicts:
    """The reader's conflicts of interest; coordinators and auditors see that others have some."""
    return people_schemas.Conflicts(items=PeopleView(view).conflicts())


@router.post("/conflicts", dependencies=[Depends(json_only)], **command(201, on_dote=False))
def declare_conflict(command: DeclareConflictBody, call: TheCall) -> people_schemas.Conflict:
    """Declares that one is too near to a household, to one of its members, or to a payee."""
    outcome = call.run(lambda work: people.declare_conflict(work, command), command)
    return _conflict(call, outcome)


@router.post(
    "/conflicts/{conflict_id}/lifting",
    dependencies=[Depends(json_only)],
    **command(200, on_dote=False),
)
def lift_conflict(
    conflict_id: ConflictId, command: LiftConflictBody, call: TheCall
) -> people_schemas.Conflict:
    """A coordinator finds that somebody else's conflict is over."""
    outcome = call.run(lambda work: people.lift_conflict(work, conflict_id, command), command)
    return _conflict(call, outcome)


def _delegation(call: Call, outcome: Outcome) -> people_schemas.Delegation:
    return PeopleView(call.view).delegation(outcome.stream_id, outcome.version, _part(outcome))


def _conflict(call: Call, outcome: Outcome) -> people_schemas.Conflict:
    return PeopleView(call.view).conflict(outcome.stream_id, outcome.version, _part(outcome))


def _part(outcome: Outcome) -> UUID:
    return UUID(outcome.figures["id"])
