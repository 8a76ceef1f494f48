"""One's own password, second factors and recovery codes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from api.security.factors import Kind
from api.v1 import PREFIX, session_schemas
from api.v1.bodies_of_sign_in import CodeBody, NewFactorBody, NewPasswordBody, PasswordBody
from api.v1.dependencies import TheServices, json_only
from api.v1.describing import ALWAYS, refusals
from api.v1.session_answers import OwnStanding, TheDoor, told_factors

router = APIRouter(prefix=PREFIX, tags=["sign-in"])

_CHANGING = (*ALWAYS, 409, 413, 415, 429)
FactorId = Annotated[UUID, Path(description="The factor's id.")]


@router.post("/password", dependencies=[Depends(json_only)], responses=refusals(*_CHANGING))
def change_password(
    body: NewPasswordBody, services: TheServices, door: TheDoor, standing: OwnStanding
) -> session_schemas.Session:
    """Another password. The session goes on under another token; all others end."""
    current, new = body.current.get_secret_value(), body.new.get_secret_value()
    return door.enter(services.own_access.change_password(standing, current, new, door.caller))


@router.get("/factors", responses=refusals(*ALWAYS))
def own_factors(services: TheServices, standing: OwnStanding) -> session_schemas.OwnFactors:
    """One's second factors."""
    return told_factors(services, standing)


@router.post(
    "/factors",
    dependencies=[Depends(json_only)],
    status_code=201,
    responses=refusals(*_CHANGING),
)
def begin_factor(
    body: NewFactorBody, services: TheServices, standing: OwnStanding
) -> session_schemas.BegunFactor:
    """Begins to set up an app that makes codes; it counts when it is confirmed by one."""
    begun = services.own_access.begin_totp(standing, body.label)
    return session_schemas.BegunFactor(
        id=begun.id,
        kind=Kind.TOTP,
        label=body.label,
        secret=begun.secret,
        otpauth_uri=begun.uri,
        qr_svg=begun.picture,
    )


@router.post(
    "/factors/{factor_id}/confirmation",
    dependencies=[Depends(json_only)],
    responses=refusals(*_CHANGING, 404),
)
def confirm_factor(
    factor_id: FactorId,
    body: CodeBody,
    services: TheServices,
    door: TheDoor,
    standing: OwnStanding,
) -> session_schemas.ConfirmedFactor:
    """Confirms it by its first code. Whoever needed one to go on is signed in by it."""
    code = body.code.get_secret_value()
    codes, token = services.own_access.confirm_totp(standing, factor_id, code, door.caller)
    return session_schemas.ConfirmedFactor(
        factors=told_factors(services, standing),
        recovery_codes=codes,
        session=door.enter(token),
    )


@router.post(
    "/factors/{factor_id}/removal",
    dependencies=[Depends(json_only)],
    responses=refusals(*_CHANGING, 404),
)
def remove_factor(
    factor_id: FactorId,
    body: PasswordBody,
    services: TheServices,
    door: TheDoor,
    standing: OwnStanding,
) -> session_schemas.OwnFactors:
    """Takes a second factor away."""
    password = body.password.get_secret_value()
    services.own_access.remove_factor(standing, factor_id, password, door.caller)
    return told_factors(services, standing)


@router.post("/recovery-codes", dependencies=[Depends(json_only)], responses=refusals(*_CHANGING))
def renew_recovery_codes(
    body: PasswordBody, services: TheServices, door: TheDoor, standing: OwnStanding
) -> session_schemas.RecoveryCodes:
    """Ten new recovery codes; the old ones are worth nothing."""
    password = body.password.get_secret_value()
    codes = services.own_access.renew_codes(standing, password, door.caller)
    return session_schemas.RecoveryCodes(recovery_codes=codes)
