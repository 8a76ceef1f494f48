"""What the OpenAPI document says of answers and refusals, once for all routes."""

from typing import Any

from pydantic import BaseModel

from api.problems import MEDIA_TYPE, STATUS, TITLES

Responses = dict[int | str, dict[str, Any]]

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_ETAG = {"description": "The version, in double quotes.", "schema": {"type": "string"}}
_REPLAYED = {
    "description": "`true` if the command was done before under this Idempotency-Key.",
    "schema": {"type": "string", "enum": ["true"]},
}
_FACTS: dict[str, dict[str, Any]] = {
    "budget_exceeded": {"available_cents": 12_000},
    "stale_version": {"expected": 3, "actual": 4},
    "too_large": {"limit_bytes": 10_485_760},
    "rate_limited": {"retry_after_s": 2},
    "validation": {
        "errors": [{"loc": ["body", "amount_cents"], "msg": "This must be greater than 0."}]
    },
    "idempotency_conflict": {
        "errors": [{"loc": ["header", "Idempotency-Key"], "msg": "It was already used."}]
    },
}

ALWAYS = (401, 403, 422, 429, 503)
READING = (*ALWAYS, 404)
COMMAND = (*ALWAYS, 404, 409, 413, 415)
COMMAND_ON_DOTE = (*COMMAND, 412)


def refusals(*statuses: int) -> Responses:
    """Problem documents of these statuses, with one example for each of their codes."""
    return {status: _refusal(status) for status in sorted(set(statuses))}


def _refusal(status: int) -> dict[str, Any]:
    codes = [code for code, of in STATUS.items() if of == status]
    described: dict[str, Any] = {
        "description": "; ".join(f"`{code}`: {TITLES[code]}" for code in codes),
        "content": {
            MEDIA_TYPE: {"schema": _PROBLEM, "examples": {code: _example(code) for code in codes}}
        },
    }
    if status in (429, 503):
        described["headers"] = {
            "Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}
        }
    if status == 401:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return described


def _example(code: str) -> dict[str, Any]:
    problem = {
        "type": f"urn:doti:problem:{code}",
        "title": TITLES[code],
        "status": STATUS[code],
        "detail": TITLES[code],
        "code": code,
    }
    return {"value": problem | _FACTS.get(code, {})}


def versioned(status: int, *, replayed: bool = True) -> Responses:
    """The headers of an answer that has a version."""
    headers = {"ETag": _ETAG} | ({"Idempotent-Replayed": _REPLAYED} if replayed else {})
    return {status: {"description": "Done" if replayed else "Found", "headers": headers}}


def file_answer() -> Responses:
    """An uploaded file, as it came in."""
    kinds = ("application/pdf", "image/jpeg", "image/png", "image/heic", "image/webp", "image/tiff")
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": "The file", "content": dict.fromkeys(kinds, schema)}}


def command(status: int, *, on_dote: bool = True) -> dict[str, Any]:
    """How the route of a command is described: `status` is that of its success."""
    wanted = COMMAND_ON_DOTE if on_dote else COMMAND
    return {"status_code": status, "responses": versioned(status) | refusals(*wanted)}


def command_of_several(model: type[BaseModel]) -> dict[str, Any]:
    """The same of what is done as several commands: 201 where something was made, 200 where not."""
    replayed = {"headers": {"Idempotent-Replayed": _REPLAYED}}
    answers: Responses = {
        200: {"description": "Nothing was changed", "model": model, **replayed},
        201: {"description": "Done", **replayed},
    }
    return {"status_code": 201, "responses": answers | refusals(*COMMAND)}
