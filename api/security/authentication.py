"""Turns the token or the cookie of a request into its Actor, before anything else of it is read."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import ReadOnlyToken, Unauthenticated
from api.security import cookies, csrf
from api.security.cookies import Cookies
from api.security.limits import Limits
from api.security.refusals import SecondFactorMissing, SecondFactorNeeded
from api.security.sign_in import Standing, State
from domain.actors import Actor
from domain.errors import DomainError
from domain.lifecycle import READERS
from workflows.eventstore.reach import NOBODYS, reaching

PROTECTED = "/api/"
UNGUARDED = ("/static/", "/healthz", "/readyz", "/metrics")
"""What is the same for everybody: nobody asks who wants it."""

SESSION_PATH = "/api/v1/session"
INVITATION_PATH = "/api/v1/invitations/accept"
FACTORS_PATH = "/api/v1/factors"
_SCHEME = "bearer "


class Authentication:
    """Refuses whoever does not sign in on a protected path, or commands with what only reads;
    `state.actor` is who signs in.

    By a token (Authorization: Bearer), or else by the cookie of a session; then `state.standing`
    is that session and how far its person is, even if that is not far enough to act. Whatever
    changes something under a session must come from a page of ours.

    What the request sees of the database is what their roles reach; nothing, if nobody signed in.

    Elsewhere a token is as good, and needed by nobody here: pages send who has none to sign in.

    Around the application and not inside of it, because a framework reads bodies first: who is
    not signed in learns nothing about what is wrong in the body.
    """

    def __init__(
        self,
        app: ASGIApp,
        actor_for: Callable[[str], Actor | None],
        standing: Callable[[str], Standing | None],
        limits: Limits,
        public_url: str | None,
    ) -> None:
        self._app = app
        self._limits = limits
        self._actor_for = actor_for
        self._standing = standing
        self._cookies = Cookies(public_url)
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            actor = await self._actor(scope)
        except DomainError:
            self._limits.check(scope, None)
            raise
        self._limits.check(scope, actor)
        with reaching(NOBODYS if actor is None else actor.scope(READERS)):
            await self._app(scope, receive, send)

    async def _actor(self, scope: Scope) -> Actor | None:
        """Who calls, as far as that matters here; also in `state`. Or the refusal."""
        if scope["path"].startswith(UNGUARDED):
            return None
        state = scope.setdefault("state", {})
        header = Headers(scope=scope).get("authorization")
        if header is not None:
            await self._by_token(scope, header)
        else:
            await self._by_cookie(scope)
        actor: Actor | None = state.get("actor")
        return actor

    async def _by_token(self, scope: Scope, header: str) -> None:
        actor = None
        if header[: len(_SCHEME)].lower() == _SCHEME:
            token = header[len(_SCHEME) :].strip()
            actor = await run_in_threadpool(self._actor_for, token)
        if actor is None:
            raise Unauthenticated
        scope["state"]["actor"] = actor
        if actor.read_only and scope["method"] not in csrf.SAFE:
            raise ReadOnlyToken

    async def _by_cookie(self, scope: Scope) -> None:
        token = self._cookies.read(scope, cookies.SESSION)
        standing = await run_in_threadpool(self._standing, token) if token else None
        if standing is not None:
            scope["state"]["standing"] = standing
            self._check_where_from(scope, standing)
            if standing.state is State.SIGNED_IN:
                scope["state"]["actor"] = standing.actor
        if scope["path"].startswith(PROTECTED):
            _check_whole(scope["path"], standing)

    def _check_where_from(self, scope: Scope, standing: Standing) -> None:
        if scope["method"] in csrf.SAFE:
            return
        csrf.check_origin(scope, self._public_url)
        # Forms of pages carry their token in the body, and so does nothing else; those who let
        # somebody in have no session to go by, and look themselves.
        if scope["path"].startswith(PROTECTED) and not _lets_in(scope):
            given = Headers(scope=scope).get(csrf.HEADER)
            csrf.check_token(standing.session.token, given)


def _lets_in(scope: Scope) -> bool:
    return scope["method"] == "POST" and scope["path"] in (SESSION_PATH, INVITATION_PATH)


def _check_whole(path: str, standing: Standing | None) -> None:
    """Refuses who has not proved enough for this path of the API."""
    if path in (INVITATION_PATH, SESSION_PATH) or path.startswith(f"{SESSION_PATH}/"):
        return
    if standing is None:
        raise Unauthenticated
    if standing.state is State.SECOND_FACTOR:
        raise SecondFactorNeeded
    is_set_up = path == FACTORS_PATH or path.startswith(f"{FACTORS_PATH}/")
    if standing.state is State.FACTOR_MISSING and not is_set_up:
        raise SecondFactorMissing
