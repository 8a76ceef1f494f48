"""Every refusal as application/problem+json (RFC 9457): the only place that knows status codes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import psycopg
import psycopg_pool
from eventsourcing.persistence import RecordConflictError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api import validation
from api.errors import (
    BodyTooLarge,
    Internal,
    Invalid,
    MethodNotAllowed,
    NoSuchAddress,
    Unavailable,
    Unreadable,
    invalid,
)
from api.languages import Language, negotiate, refusal_text, translate
from api.security import refused
from domain.errors import DomainError
from workflows.eventstore.masters import MasterUnusable
from workflows.eventstore.vault import CannotOpen

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2

STATUS: Mapping[str, int] = {
    "unauthenticated": 401,
    "forbidden": 403,
    "segregation_of_duties": 403,
    "conflict_of_interest": 403,
    "not_by_oneself": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "wrong_state": 409,
    "budget_exceeded": 409,
    "household_cap_exceeded": 409,
    "household_erased": 409,
    "household_merged": 409,
    "duplicate": 409,
    "unreadable": 409,
    "period_closed": 409,
    "retention_running": 409,
    "gone": 410,
    "stale_version": 412,
    "too_large": 413,
    "unsupported_media": 415,
    "validation": 422,
    "idempotency_conflict": 422,
    "rate_limited": 429,
    "internal": 500,
    "unavailable": 503,
}
"""The status of every code of the contract."""

TITLES: Mapping[str, str] = {
    "unauthenticated": "Not signed in",
    "forbidden": "Not allowed",
    "segregation_of_duties": "Somebody else must do this",
    "conflict_of_interest": "Conflict of interest",
    "not_by_oneself": "Not by oneself",
    "not_found": "Not found",
    "method_not_allowed": "Method not allowed",
    "wrong_state": "Not possible now",
    "budget_exceeded": "Not enough budget",
    "household_cap_exceeded": "Over the household's limit",
    "household_erased": "The household was erased",
    "household_merged": "Merged with another household",
    "duplicate": "Already there",
    "unreadable": "Not readable",
    "period_closed": "The period is closed",
    "retention_running": "To be kept by law",
    "gone": "Erased",
    "stale_version": "Changed in the meantime",
    "too_large": "Too large",
    "unsupported_media": "Type not accepted",
    "validation": "Not valid",
    "idempotency_conflict": "Idempotency-Key used before",
    "rate_limited": "Too many requests",
    "internal": "Internal error",
    "unavailable": "Not available",
}
"""The title of every code, in English; the catalogue has the Italian ones."""

# Others who were quicker again and again, lost connections, locks and statements that took too
# long, a database that starts, stops or has just become a standby: all of it passes, and trying
# again is safe.
_PASSING = (
    RecordConflictError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg_pool.PoolClosed,
    MasterUnusable,
)
_RESERVED = {"type", "title", "status", "detail", "code", "errors", "field"}


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal: the error that tells it, what is wrong where (422), and headers to send."""

    error: DomainError
    errors: tuple[Mapping[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS[self.error.code]

    def document(self, language: Language) -> dict[str, Any]:
        """The problem document in a language, with the facts of the refusal."""
        code = self.error.code
        document: dict[str, Any] = {
            "type": f"urn:doti:problem:{code}",
            "title": translate(language, TITLES[code]),
            "status": self.status,
            "detail": refusal_text(self.error, language),
            "code": code,
        }
        facts = self.error.facts
        document |= {name: value for name, value in facts.items() if name not in _RESERVED}
        if self.errors:
            document["errors"] = validation.problems(self.errors, language)
        elif self.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            document["errors"] = [{"loc": _place(self.error), "msg": document["detail"]}]
        return document

    def response(self, language: Language) -> JSONResponse:
        """The answer."""
        headers = {"Content-Language": language, "Vary": "Accept-Language", **self.headers}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        if self.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
            wait_s = self.error.facts.get("retry_after_s", RETRY_AFTER_S)
            headers["Retry-After"] = str(wait_s)
        return JSONResponse(
            self.document(language), self.status, media_type=MEDIA_TYPE, headers=headers
        )


def _place(error: DomainError) -> list[str | int]:
    if error.code == "idempotency_conflict":
        return ["header", "Idempotency-Key"]
    name = error.facts.get("field")
    if name is None:
        return ["body"]
    # The number of a disbursement or a receipt stands in the address, everything else below it.
    if name == "n":
        return ["path", "n"]
    return ["body", *(int(part) if part.isdigit() else part for part in str(name).split("."))]


def problem_for(error: Exception) -> Problem:
    """The refusal that an exception stands for; what nobody foresaw is internal."""
    match error:
        case DomainError():
            return Problem(error)
        case RequestValidationError():
            return Problem(Invalid(), tuple(error.errors()))
        case HTTPException():
            return _routing_problem(error)
        case CannotOpen():
            return Problem(Unreadable())
        case _ if isinstance(error, _PASSING):
            return Problem(Unavailable())
    return Problem(Internal())


def _routing_problem(error: HTTPException) -> Problem:
    headers = error.headers or {}
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return Problem(NoSuchAddress())
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return Problem(MethodNotAllowed(), headers=headers)
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return Problem(BodyTooLarge(int(error.detail)), headers=headers)
        case status if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            # The framework's word for a body that it cannot take apart.
            return Problem(Invalid(), tuple(invalid("body", "body").errors()))
    return Problem(Internal())


def mark(request: Request, error: Exception) -> None:
    """Lets it be written down that somebody was not allowed something (`api.security.refused`)."""
    problem = problem_for(error)
    if problem.status == HTTPStatus.FORBIDDEN:
        setattr(request.state, refused.CODE, problem.error.code)


def respond(request: Request, error: Exception) -> JSONResponse:
    """The answer to a request that an exception ended."""
    return problem_for(error).response(negotiate(request.headers.get("accept-language")))


Responding = Callable[[Request, Exception], Awaitable[Response]]
"""Makes the answer to a request that an exception ended."""


def install(app: FastAPI, respond: Responding) -> None:
    """Lets the application answer every exception that is foreseen.

    The others pass on to `api.middleware`, which logs them.
    """

    async def answer(request: Request, error: Exception) -> Response:
        return await respond(request, error)

    for kind in (DomainError, RequestValidationError, HTTPException, CannotOpen, *_PASSING):
        app.add_exception_handler(kind, answer)
