"""Who one is at the provider of identities, and where one signs in with it."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.security.elsewhere import START, Page
from api.v1 import PREFIX, session_schemas
from api.v1.bodies_of_sign_in import LinkIdentityBody, PasswordBody
from api.v1.dependencies import TheServices, json_only
from api.v1.describing import ALWAYS, refusals
from api.v1.session_answers import OwnStanding, TheDoor

router = APIRouter(prefix=PREFIX, tags=["sign-in"])

_CHANGING = (*ALWAYS, 404, 409, 413, 415, 429)


@router.get("/session/provider", responses=refusals(*ALWAYS))
def provider(services: TheServices) -> session_schemas.Provider:
    """Where else one can sign in, if anywhere: what its button says, and where that goes."""
    name = services.elsewhere.name
    return session_schemas.Provider(name=name, start=START if name else None)


TheProvider = Annotated[session_schemas.Provider, Depends(provider)]


@router.get("/identities", responses=refusals(*ALWAYS))
def identities(
    services: TheServices, standing: OwnStanding, told: TheProvider
) -> session_schemas.OwnIdentities:
    """With whom one's account is linked."""
    return session_schemas.OwnIdentities(
        provider=told,
        items=[
            session_schemas.OwnIdentity(issuer=link.issuer, linked_at=link.linked_at)
            for link in services.elsewhere.links(standing)
        ],
    )


@router.post("/identities", dependencies=[Depends(json_only)], responses=refusals(*_CHANGING))
def link(
    body: LinkIdentityBody, services: TheServices, door: TheDoor, standing: OwnStanding
) -> session_schemas.Elsewhere:
    """Begins to link one's account with who one is at the provider: go to `location`."""
    page = Page(door.caller, door.origin, door.before())
    password = body.password.get_secret_value()
    location = services.elsewhere.begin_link(standing, password, page, body.next)
    return session_schemas.Elsewhere(location=location)


@router.post(
    "/identities/removal", dependencies=[Depends(json_only)], responses=refusals(*_CHANGING)
)
def unlink(
    body: PasswordBody,
    services: TheServices,
    door: TheDoor,
    standing: OwnStanding,
    told: TheProvider,
) -> session_schemas.OwnIdentities:
    """Ends the link."""
    services.elsewhere.unlink(standing, body.password.get_secret_value(), door.caller)
    return identities(services, standing, told)
