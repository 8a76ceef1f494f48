"""What happens around every request: ids, the log line, limits, headers, and the last net."""

import re
import time
from http import HTTPStatus
from uuid import uuid4

import structlog
from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.metrics import Metrics
from api.security.refused import Refused

log = structlog.get_logger("api.access")

REQUEST_ID = "X-Request-Id"
CORRELATION_ID = "X-Correlation-Id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

CONTENT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""What is no page loads, frames and submits nothing."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""A page loads what this server has, and runs and applies nothing that is written into it."""

HTTPS_ONLY = f"max-age={365 * 24 * 60 * 60}; includeSubDomains"
"""Who once came over HTTPS comes so for a year."""

# No answer of this server is kept anywhere or uses what the device has, unless it says otherwise.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "Cache-Control": "no-store",
}

MULTIPART_SLACK_BYTES = 64 * 1024
"""What a multipart body may have beside its file: the fields and the boundaries."""
FILES_AT_ONCE = 4
"""So many files of the largest size come in one form: what was typed beside one that is too large
is not lost, as its form is read."""

DRAIN_LIMIT_BYTES = 64 * 1024 * 1024
"""How much of a refused body is read and thrown away, so that the sender reads the answer."""


class RequestContext:
    """Names the request, logs it, sends the headers of every answer, and catches what is left.

    `state.request_id` names this one request; `state.correlation_id` the story that it belongs
    to, as the events will carry it. No path, query or body is logged: they may hold what people
    typed.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, respond: problems.Responding, refused: Refused
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._respond = respond
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _given(headers, REQUEST_ID) or uuid4().hex
        ids = {
            "request_id": request_id,
            "correlation_id": _given(headers, CORRELATION_ID) or request_id,
        }
        scope.setdefault("state", {}).update(ids)
        answer = _Answer(send, scope, ids, self._refused)
        started_s = time.perf_counter()
        with structlog.contextvars.bound_contextvars(**ids):
            try:
                await self._app(scope, receive, answer)
            except Exception as error:  # noqa: BLE001  the last net: it answers and writes down
                await self._fail(error, scope, receive, answer)
            finally:
                self._note(scope, answer.status, time.perf_counter() - started_s)

    async def _fail(
        self, error: Exception, scope: Scope, receive: Receive, answer: "_Answer"
    ) -> None:
        problem = problems.problem_for(error)
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("request_failed", route=_route(scope), exc_info=error)
        if answer.status:
            # Half an answer is out: only a broken connection tells that it is not whole.
            raise error
        response = await self._respond(Request(scope), error)
        await response(scope, receive, answer)

    def _note(self, scope: Scope, status: int, duration_s: float) -> None:
        route, method = _route(scope), scope["method"]
        self._metrics.observe(method, route, status, duration_s)
        actor = scope["state"].get("actor")
        log.info(
            "request",
            method=method,
            route=route,
            status=status,
            duration_ms=round(duration_s * 1000, 1),
            account_id=str(actor.account_id) if actor else None,
        )


class _Answer:
    """Sends on, with the headers of every answer; remembers the status (0: nothing sent)."""

    def __init__(self, send: Send, scope: Scope, ids: dict[str, str], refused: Refused) -> None:
        self._send = send
        self._scope = scope
        self._ids = ids
        self._refused = refused
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            await self._refused.answered(self._scope, self.status)
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self._ids["request_id"]
            headers[CORRELATION_ID] = self._ids["correlation_id"]
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            is_page = headers.get("content-type", "").startswith("text/html")
            policy = PAGE_POLICY if is_page else CONTENT_POLICY
            headers.setdefault("Content-Security-Policy", policy)
            if self._scope.get("scheme") == "https":
                headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
        await self._send(message)


def _given(headers: Headers, name: str) -> str | None:
    value = headers.get(name, "")
    return value if _ID.fullmatch(value) else None


def _route(scope: Scope) -> str:
    """The template of the address, which holds nothing that anybody typed."""
    return getattr(scope.get("route"), "path", None) or "none"


class BodyLimit:
    """Refuses bodies that are too large: by what they announce, and by counting what comes.

    Sizes in bytes; `multipart` is for bodies with a file, `other` for all others.
    """

    def __init__(self, app: ASGIApp, *, multipart: int, other: int) -> None:
        self._app = app
        self._multipart = multipart
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        with_file = headers.get("content-type", "").lower().startswith("multipart/form-data")
        limit = self._multipart if with_file else self._other
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:19]) > limit:
            if headers.get("expect", "").lower() != "100-continue":
                await _drain(receive)
            raise _too_large(limit)
        await self._app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            if message.get("more_body", False):
                await _drain(receive)
            raise _too_large(limit)
        return message

    return counting


async def _drain(receive: Receive) -> None:
    """Reads what still comes: closing at once would reset the connection, and the sender would
    see that instead of the answer."""
    seen, more = 0, True
    while more and seen < DRAIN_LIMIT_BYTES:
        message = await receive()
        seen += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)


def _too_large(limit: int) -> HTTPException:
    # An HTTPException because it is the one that the framework lets out of its reading of bodies.
    return HTTPException(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(limit), headers={"Connection": "close"}
    )
