"""Turns the token of a request into its Actor, before anything else of the request is read."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import ReadOnlyToken, Unauthenticated
from domain.actors import Actor

PROTECTED = "/api/"
_SCHEME = "bearer "
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Authentication:
    """Refuses whoever does not sign in on a protected path, or commands with what only reads;
    `state.actor` is who signs in.

    Around the application and not inside of it, because a framework reads bodies first: who is
    not signed in learns nothing about what is wrong in the body.
    """

    def __init__(self, app: ASGIApp, actor_for: Callable[[str], Actor | None]) -> None:
        self._app = app
        self._actor_for = actor_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PROTECTED):
            header = Headers(scope=scope).get("authorization", "")
            actor = None
            if header[: len(_SCHEME)].lower() == _SCHEME:
                token = header[len(_SCHEME) :].strip()
                actor = await run_in_threadpool(self._actor_for, token)
            if actor is None:
                raise Unauthenticated
            if actor.read_only and scope["method"] not in _READING:
                raise ReadOnlyToken
            scope.setdefault("state", {})["actor"] = actor
        await self._app(scope, receive, send)
