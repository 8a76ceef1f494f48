"""Writes down who was refused what: one line of the access log before the answer goes out.

Bounded, so that nobody fills the log by trying: at most once a minute for an account (or for all
without one), a route and a reason. That is soft state of one process, like `api.security.limits`.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any
from uuid import UUID

import psycopg
import psycopg_pool
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.routing import compile_path
from starlette.types import Scope

from api.security.rights import RIGHTS
from domain.actors import Actor, Role
from workflows.eventstore import access_log
from workflows.eventstore.access_log import Access
from workflows.eventstore.database import Database

log = structlog.get_logger("api.access")

ONCE_IN_S = 60
MOST_KEYS = 10_000
"""So many are remembered; then the oldest is forgotten, and written down once more."""

NOTED_ALREADY = frozenset({"/sign-in/provider/callback"})
"""Refusals there are written down as sign-ins that failed, with the step and why."""

CODE = "refused_with"
"""Where in the state of a request the code of its refusal stands (`api.problems.mark`)."""

Key = tuple[UUID | None, str, str, str]


class Refused:
    """The refusals of one process. `seconds`: a clock that never goes back."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        seconds: Callable[[], float] = time.monotonic,
        most_keys: int = MOST_KEYS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._seconds = seconds
        self._most_keys = most_keys
        self._told: OrderedDict[Key, float] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._told)

    async def answered(self, scope: Scope, status: int) -> None:
        """Notes the request, if the answer that begins with this status is a refusal (403), or
        says so of a part of it."""
        state = scope["state"]
        if status != HTTPStatus.FORBIDDEN and CODE not in state:
            return
        account_id, roles = _who(state)
        code, route = state.get(CODE, "forbidden"), _route(scope)
        if route in NOTED_ALREADY or not self._is_new((account_id, scope["method"], route, code)):
            return
        details: dict[str, str | int | bool | None] = {
            "method": scope["method"],
            "route": route,
            "code": code,
        }
        if len(roles) > 1:
            details["roles"] = ", ".join(roles)
        entry = access_log.Entry(
            at=self._clock(),
            what=Access.REFUSED,
            account_id=account_id,
            role=roles[0] if len(roles) == 1 else None,
            correlation_id=state["correlation_id"],
            details=details,
        )
        await run_in_threadpool(self._note, entry)

    def _is_new(self, key: Key) -> bool:
        now = self._seconds()
        with self._lock:
            told = self._told.get(key)
            if told is not None and now - told < ONCE_IN_S:
                return False
            self._told[key] = now
            self._told.move_to_end(key)
            if len(self._told) > self._most_keys:
                self._told.popitem(last=False)
        return True

    def _note(self, entry: access_log.Entry) -> None:
        # Nothing was shown: a refusal that cannot be written down is still a refusal.
        try:
            access_log.note(self._database, entry)
        except (psycopg.Error, psycopg_pool.PoolClosed, psycopg_pool.PoolTimeout) as error:
            log.warning("refusal_not_noted", error=type(error).__name__)


def _who(state: dict[str, Any]) -> tuple[UUID | None, list[Role]]:
    """The account, as far as it is known, and the roles that it came with."""
    actor: Actor | None = state.get("actor")
    standing = state.get("standing")
    if actor is None and standing is not None:
        actor = standing.actor
    if actor is None:
        return None, []
    return actor.account_id, sorted({grant.role for grant in actor.grants})


def _route(scope: Scope) -> str:
    """The template of the address, which holds nothing that anybody typed. What is refused before
    the framework has looked for the route is looked for in the table of rights."""
    known: str | None = getattr(scope.get("route"), "path", None)
    if known is None:
        paths = (path for method, path in RIGHTS if method == scope["method"])
        known = next((path for path in paths if _pattern(path).match(scope["path"])), "none")
    return known


@cache
def _pattern(path: str) -> re.Pattern[str]:
    pattern, _, _ = compile_path(path)
    return pattern
