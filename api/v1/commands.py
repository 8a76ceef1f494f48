"""Runs a command for a request: who, under which conditions; and the headers of the answer."""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi import status as http

from api.errors import invalid
from api.v1 import schemas
from api.v1.dependencies import SignedIn, TheLanguage, TheServices
from api.v1.views import View
from domain.policy import Rules
from workflows import engine
from workflows.commands import Command
from workflows.engine import Decide, Outcome

_KEY = re.compile(r"[!-~]{1,200}", re.ASCII)
_VERSION = re.compile(r'(W/)?"(\d{1,9})"', re.ASCII)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="1 to 200 visible ASCII characters. The same key and body give the same "
        "answer again, whatever happened since. It is kept as it comes: nobody's data belongs "
        "in it.",
        json_schema_extra={"minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description='The version that was decided on, as its ETag ("7"); * is any.',
        examples=['"7"'],
    ),
]


class Call:
    """A command on its way: runs it, and puts its ETag and its status on the answer."""

    def __init__(
        self,
        request: Request,
        response: Response,
        view: View,
        idempotency_key: str | None,
    ) -> None:
        if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
            raise invalid("idempotency_key", "header", "Idempotency-Key")
        self.services = view.services
        self.view = view
        self.expected_version: int | None = None
        self._request = request
        self._response = response
        self._key = idempotency_key

    def run(self, decide: Decide, body: Command | Rules | None, **more: str) -> Outcome:
        """Runs the command once under its Idempotency-Key. `more`: what else identifies it."""
        outcome = self._told(self.services.engine.run(self.request(body, **more), decide))
        self._response.headers["ETag"] = etag(outcome.version)
        return outcome

    def several(self, request: engine.Request, do: Callable[[], Outcome]) -> Outcome:
        """Does several commands as one, once under its Idempotency-Key. What they came to is the
        programme's, and has no version."""
        return self._told(self.services.engine.once(request, do))

    def answer(self, status: int) -> None:
        """Sets the status of what is not done."""
        self._response.status_code = status

    def request(self, body: Command | Rules | None, **more: str) -> engine.Request:
        """Who asks, under which conditions, as the workflows take it."""
        return engine.Request(
            actor=self.view.actor,
            correlation_id=self._request.state.correlation_id,
            idempotency_key=self._key,
            fingerprint=self._fingerprint(body, more),
            expected_version=self.expected_version,
        )

    def dote(self, decide: Decide, body: Command | None) -> schemas.Dote:
        """Runs a command and answers the dote as it left it."""
        outcome = self.run(decide, body)
        return self.view.dote(outcome.stream_id, outcome.version)

    def _told(self, outcome: Outcome) -> Outcome:
        self._response.status_code = http.HTTP_201_CREATED if outcome.created else http.HTTP_200_OK
        if outcome.replayed:
            self._response.headers["Idempotent-Replayed"] = "true"
        return outcome

    def _fingerprint(self, body: Command | Rules | None, more: Mapping[str, str]) -> bytes:
        # Only what was sent: a field that a later version adds changes no fingerprint.
        sent: Any = None
        if body is not None:
            sent = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
        whole = [self._request.method, self._request.url.path, sent, dict(more)]
        return sha256(json.dumps(whole, sort_keys=True).encode()).digest()


async def _view(services: TheServices, actor: SignedIn, language: TheLanguage) -> View:
    return View(services, actor, language)


TheView = Annotated[View, Depends(_view)]


async def _call(
    request: Request,
    response: Response,
    view: TheView,
    idempotency_key: IdempotencyKey = None,
) -> Call:
    return Call(request, response, view, idempotency_key)


async def _call_on_dote(
    call: Annotated[Call, Depends(_call)],
    if_match: IfMatch = None,
) -> Call:
    """If-Match tells which version it decides on."""
    call.expected_version = _expected(if_match)
    return call


TheCall = Annotated[Call, Depends(_call)]
TheCallOnDote = Annotated[Call, Depends(_call_on_dote)]


def etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


def _expected(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise invalid("if_match", "header", "If-Match")
    return int(found[2])
