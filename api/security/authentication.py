"""Turns the token of a request into its Actor, before anything else of the request is read."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Unauthenticated
from api.security.limits import Limits
from domain.actors import Actor
from domain.lifecycle import READERS
from workflows.eventstore.reach import NOBODYS, reaching

PROTECTED = "/api/"
_SCHEME = "bearer "


class Authentication:
    """Refuses whoever does not sign in on a protected path; `state.actor` is who does.

    What the request sees of the database is what their roles reach; nothing, if nobody signed in.

    Around the application and not inside of it, because a framework reads bodies first: who is
    not signed in learns nothing about what is wrong in the body.
    """

    def __init__(
        self, app: ASGIApp, actor_for: Callable[[str], Actor | None], limits: Limits
    ) -> None:
        self._app = app
        self._limits = limits
        self._actor_for = actor_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        protected = scope["path"].startswith(PROTECTED)
        actor = await self._actor(scope) if protected else None
        self._limits.check(scope, actor)
        if protected:
            if actor is None:
                raise Unauthenticated
            scope.setdefault("state", {})["actor"] = actor
        with reaching(NOBODYS if actor is None else actor.scope(READERS)):
            await self._app(scope, receive, send)

    async def _actor(self, scope: Scope) -> Actor | None:
        header = Headers(scope=scope).get("authorization", "")
        if header[: len(_SCHEME)].lower() != _SCHEME:
            return None
        return await run_in_threadpool(self._actor_for, header[len(_SCHEME) :].strip())
