"""Passkeys: to set one up, and for the second step of a sign-in.

What a browser needs comes from `.../options`; what it made goes back as `credential.toJSON()`.
"""

from fastapi import APIRouter, Depends

from api.v1 import PREFIX, session_schemas
from api.v1.bodies_of_sign_in import NewPasskeyBody, PasskeyBody
from api.v1.dependencies import TheServices, json_only
from api.v1.describing import ALWAYS, refusals
from api.v1.session_answers import MaybeStanding, OwnStanding, TheDoor, told_factors

router = APIRouter(prefix=PREFIX, tags=["sign-in"])

_CHANGING = (*ALWAYS, 409, 413, 415)
_LETTING_IN = (*ALWAYS, 413, 415, 429)


@router.post(
    "/factors/passkey/options",
    dependencies=[Depends(json_only)],
    responses=refusals(*_CHANGING),
)
def creation_options(
    services: TheServices, door: TheDoor, standing: OwnStanding
) -> session_schemas.PasskeyOptions:
    """What `navigator.credentials.create` needs. Good once, for five minutes."""
    options = services.own_access.offer_passkey(standing, door.place)
    return session_schemas.PasskeyOptions(public_key=options)


@router.post(
    "/factors/passkey",
    dependencies=[Depends(json_only)],
    status_code=201,
    responses=refusals(*_CHANGING),
)
def add_passkey(
    body: NewPasskeyBody, services: TheServices, door: TheDoor, standing: OwnStanding
) -> session_schemas.AddedPasskey:
    """Keeps the passkey that the browser made. Whoever needed a factor is signed in by it."""
    codes, token = services.own_access.add_passkey(
        standing, body.label, body.credential, door.place, door.caller
    )
    return session_schemas.AddedPasskey(
        factors=told_factors(services, standing),
        recovery_codes=codes,
        session=door.enter(token),
    )


@router.post(
    "/session/passkey/options",
    dependencies=[Depends(json_only)],
    responses=refusals(*_LETTING_IN),
)
def request_options(
    services: TheServices, door: TheDoor, standing: MaybeStanding
) -> session_schemas.PasskeyOptions:
    """What `navigator.credentials.get` needs for the second step. Good once, for five minutes."""
    options = services.sign_in.ask_passkey(standing, door.place)
    return session_schemas.PasskeyOptions(public_key=options)


@router.post(
    "/session/passkey",
    dependencies=[Depends(json_only)],
    responses=refusals(*_LETTING_IN),
)
def second_step(
    body: PasskeyBody, services: TheServices, door: TheDoor, standing: MaybeStanding
) -> session_schemas.Session:
    """The second step, with a passkey in the place of a code."""
    token = services.sign_in.with_passkey(standing, body.credential, door.place, door.caller)
    return door.enter(token)
