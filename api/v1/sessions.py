"""Signing in and out: `GET` tells who it is, `POST` lets in, step by step."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from api.v1 import PREFIX, session_schemas
from api.v1.bodies_of_sign_in import AcceptInvitationBody, SecondFactorBody, SignInBody
from api.v1.dependencies import TheServices, json_only
from api.v1.describing import ALWAYS, refusals
from api.v1.session_answers import (
    MaybeStanding,
    OwnStanding,
    TheDoor,
    from_our_page,
)

router = APIRouter(prefix=PREFIX, tags=["sign-in"])

_LETTING_IN = (*ALWAYS, 413, 415, 429)
SessionId = Annotated[UUID, Path(description="The session's id.")]


@router.get("/session", responses=refusals(*ALWAYS))
def session(request: Request, door: TheDoor) -> session_schemas.Session:
    """Who is signed in, if anybody is; and the token that pages send along (X-CSRF-Token)."""
    standing = getattr(request.state, "standing", None)
    return door.told(standing)


@router.post(
    "/session",
    dependencies=[Depends(json_only), Depends(from_our_page)],
    responses=refusals(*_LETTING_IN),
)
def sign_in(body: SignInBody, services: TheServices, door: TheDoor) -> session_schemas.Session:
    """The first step: e-mail and password. What is still missing, the answer's `state` says."""
    token = services.sign_in.with_password(
        body.email,
        body.password.get_secret_value(),
        door.caller,
        shared_computer=body.shared_computer,
        brought=door.brought,
    )
    return door.enter(token)


@router.post(
    "/session/second-factor",
    dependencies=[Depends(json_only)],
    responses=refusals(*_LETTING_IN),
)
def second_factor(
    body: SecondFactorBody, services: TheServices, door: TheDoor, standing: MaybeStanding
) -> session_schemas.Session:
    """The second step: a code of the app, or a recovery code."""
    code = body.code.get_secret_value()
    return door.enter(services.sign_in.with_second_factor(standing, code, door.caller))


@router.delete("/session", responses=refusals(*ALWAYS))
def sign_out(
    services: TheServices, door: TheDoor, standing: MaybeStanding
) -> session_schemas.Session:
    """Ends the session, if there is one."""
    if standing is not None:
        services.sign_in.sign_out(standing.session, door.caller)
    return door.leave()


@router.post(
    "/invitations/accept",
    dependencies=[Depends(json_only), Depends(from_our_page)],
    responses=refusals(*_LETTING_IN, 404, 409),
)
def accept_invitation(
    body: AcceptInvitationBody, services: TheServices, door: TheDoor
) -> session_schemas.Session:
    """Chooses a password by the link of an invitation, and signs in by it."""
    token = services.sign_in.accept_invitation(
        body.token.get_secret_value(),
        body.password.get_secret_value(),
        door.caller,
        brought=door.brought,
    )
    return door.enter(token)


@router.get("/sessions", responses=refusals(*ALWAYS))
def sessions(services: TheServices, standing: OwnStanding) -> session_schemas.OwnSessions:
    """Where one is signed in."""
    return session_schemas.OwnSessions(
        items=[
            session_schemas.OwnSession(
                id=own.id,
                current=own.id == standing.session.id,
                shared_computer=own.shared_computer,
                created_at=own.created_at,
                seen_at=own.seen_at,
                ends_at=own.ends_at,
            )
            for own in services.own_access.sessions(standing)
        ]
    )


@router.post(
    "/sessions/{session_id}/end",
    dependencies=[Depends(json_only)],
    responses=refusals(*ALWAYS, 404, 415),
)
def end_session(
    session_id: SessionId, services: TheServices, door: TheDoor, standing: OwnStanding
) -> session_schemas.OwnSessions:
    """Signs out elsewhere."""
    services.own_access.end_session(standing, session_id, door.caller)
    return sessions(services, standing)
