"""Turns the token of a request into its Actor, before anything else of the request is read."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Unauthenticated
from domain.actors import Actor

PROTECTED = "/api/"
_SCHEME = "bearer "


class Authentication:
    """Refuses whoever does not sign in on a protected path; `state.actor` is who does.

    Elsewhere a token is as good, and needed by nobody here: pages send who has none to sign in.

    Around the application and not inside of it, because a framework reads bodies first: who is
    not signed in learns nothing about what is wrong in the body.
    """

    def __init__(self, app: ASGIApp, actor_for: Callable[[str], Actor | None]) -> None:
        self._app = app
        self._actor_for = actor_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            header = Headers(scope=scope).get("authorization", "")
            actor = None
            if header[: len(_SCHEME)].lower() == _SCHEME:
                token = header[len(_SCHEME) :].strip()
                actor = await run_in_threadpool(self._actor_for, token)
            if actor is not None:
                scope.setdefault("state", {})["actor"] = actor
            elif scope["path"].startswith(PROTECTED):
                raise Unauthenticated
        await self._app(scope, receive, send)
