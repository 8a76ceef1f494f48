"""What the routes of the sign-in share: cookies on the answer, and the session as it is told."""

import secrets
from typing import Annotated

from fastapi import Depends, Request, Response, Security

from api.security import cookies, csrf
from api.security.cookies import Cookies
from api.security.passkeys import Place, place_of
from api.security.refusals import SessionNeeded
from api.security.sign_in import Caller, Standing, State
from api.v1 import session_schemas
from api.v1.dependencies import TheServices, session_cookie
from api.wiring import Services
from domain.actors import Actor


def told_factors(services: Services, standing: Standing) -> session_schemas.OwnFactors:
    """One's second factors."""
    return session_schemas.OwnFactors(
        items=[
            session_schemas.OwnFactor(
                id=factor.id,
                kind=factor.kind,
                label=factor.label,
                confirmed_at=factor.confirmed_at,
                last_used_at=factor.last_used_at,
            )
            for factor in services.own_access.factors(standing)
        ],
        recovery_codes_left=services.own_access.codes_left(standing),
    )


class Door:
    """A request at the sign-in: where it comes from, what it brought, what the answer sets."""

    def __init__(self, request: Request, response: Response, services: Services) -> None:
        self._request = request
        self._response = response
        self._services = services
        self._cookies = Cookies(services.settings.public_url)
        address = request.client.host if request.client else "unknown"
        self.caller = Caller(address, request.state.correlation_id)

    @property
    def brought(self) -> str | None:
        """The token of a session that the request brought, whatever it is worth."""
        return self._cookies.read(self._request.scope, cookies.SESSION)

    @property
    def place(self) -> Place:
        """Where passkeys are good. Raises `FromElsewhere`."""
        return place_of(self._request.scope, self._services.settings.public_url)

    @property
    def origin(self) -> str:
        """Where the register is reached, such as https://doti.example.org."""
        return csrf.own_origin(self._request.scope, self._services.settings.public_url)

    def before(self) -> str:
        """The secret that a sign-in is bound to, given to the browser where it has none."""
        scope = self._request.scope
        known = self._cookies.read(scope, cookies.BEFORE)
        secret = known or secrets.token_urlsafe()
        if known is None:
            self._cookies.set(scope, self._response, cookies.BEFORE, secret)
        return secret

    def check_page(self, given: str | None) -> None:
        """Refuses what lets somebody in and was sent by a page that is not ours.

        `given`: the token that the page sent, which is that of `GET /session`; a program that is
        no browser sends none.
        """
        if csrf.is_browser(self._request.scope):
            self.check_form(given)

    def check_form(self, given: str | None) -> None:
        """The same of what a form of a page sent, which always has a token."""
        scope = self._request.scope
        csrf.check_origin(scope, self._services.settings.public_url)
        standing: Standing | None = getattr(self._request.state, "standing", None)
        before = self._cookies.read(scope, cookies.BEFORE)
        csrf.check_token(standing.session.token if standing else before, given)

    def enter(self, token: str) -> session_schemas.Session:
        """Gives the browser the session's token from now on, and tells how far it is."""
        self._cookies.set(self._request.scope, self._response, cookies.SESSION, token)
        standing = self._services.sign_in.standing(token)
        return self._nobody() if standing is None else self._somebody(standing)

    def leave(self) -> session_schemas.Session:
        """Takes the session's cookie away."""
        self._cookies.clear(self._request.scope, self._response, cookies.SESSION)
        return self._nobody()

    def told(self, standing: Standing | None) -> session_schemas.Session:
        """Who came, by a session or by a token."""
        if standing is not None:
            return self._somebody(standing)
        actor: Actor | None = getattr(self._request.state, "actor", None)
        if actor is None:
            return self._nobody()
        return session_schemas.Session(
            state=State.SIGNED_IN,
            factors=[],
            csrf_token=None,
            account=self._account(actor),
            shared_computer=None,
            ends_at=None,
        )

    def _nobody(self) -> session_schemas.Session:
        return session_schemas.Session(
            state=State.SIGNED_OUT,
            factors=[],
            csrf_token=csrf.token_for(self.before()),
            account=None,
            shared_computer=None,
            ends_at=None,
        )

    def _somebody(self, standing: Standing) -> session_schemas.Session:
        is_in = standing.state is State.SIGNED_IN
        return session_schemas.Session(
            state=standing.state,
            factors=self._services.sign_in.ways_on(standing),
            csrf_token=standing.session.csrf_token,
            account=self._account(standing.actor) if is_in else None,
            shared_computer=standing.session.shared_computer,
            ends_at=standing.session.ends_at,
        )

    def _account(self, actor: Actor) -> session_schemas.SignedIn:
        person = self._services.sign_in.person(actor.account_id)
        return session_schemas.SignedIn(
            id=person.id,
            name=person.name,
            email=person.email,
            works_for=person.works_for,
            roles=[
                session_schemas.HeldRole(
                    role=grant.role,
                    partner=grant.partner,
                    delegated=grant.delegation is not None,
                )
                for grant in actor.grants
            ],
        )


async def door(request: Request, response: Response, services: TheServices) -> Door:
    """The request at the sign-in."""
    return Door(request, response, services)


TheDoor = Annotated[Door, Depends(door)]


async def from_our_page(request: Request, door: TheDoor) -> None:
    """Refuses what a page of somebody else sends."""
    door.check_page(request.headers.get(csrf.HEADER))


async def maybe_standing(request: Request) -> Standing | None:
    """The session that the request came with, however far it is."""
    found: Standing | None = getattr(request.state, "standing", None)
    return found


async def own_standing(
    request: Request, _: Annotated[object, Security(session_cookie)]
) -> Standing:
    """The same; refuses who came with a token, which is not the person."""
    found: Standing | None = getattr(request.state, "standing", None)
    if found is None:
        raise SessionNeeded
    return found


MaybeStanding = Annotated[Standing | None, Depends(maybe_standing)]
OwnStanding = Annotated[Standing, Depends(own_standing)]
