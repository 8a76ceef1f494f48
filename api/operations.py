"""For those who run it: whether it lives, whether it is ready, and its figures."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from fastapi import APIRouter, Response

from api.errors import NotReady
from api.metrics import Metrics
from api.v1.answer import Answer
from api.v1.describing import refusals
from api.wiring import Services
from projections import runner

LATE = timedelta(seconds=30)
"""An event that waits longer than this for its number means that nobody numbers."""

BEHIND_EVENTS = 10_000
"""A projection that is further behind than this is not ready to be asked."""

_FIGURES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Figures"}
}


class Alive(Answer):
    """The process answers."""

    status: str


class ProjectionAt(Answer):
    """How far a projection is, and whether an event stopped it."""

    name: str
    log_index: int
    stopped: bool


class Ready(Answer):
    """All is there and has caught up."""

    status: str
    log_index: int
    waiting_events: int
    projections: list[ProjectionAt]


def router(services: Services, metrics: Metrics) -> APIRouter:
    """The routes that need no sign-in: they show nothing of what the register holds."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/healthz")
    def alive() -> Alive:
        """The process answers."""
        return Alive(status="ok")

    @routes.get("/readyz", responses=refusals(503))
    def ready() -> Ready:
        """Database, log and projections are there and have caught up."""
        return readiness(services)

    @routes.get("/metrics", response_class=Response, responses=_FIGURES)
    def figures() -> Response:
        """Figures for Prometheus."""
        text = metrics.text(services.database, services.sequencer)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes


def _stopped(position: runner.Position) -> str:
    # Anybody may ask: the kind of error and the event, not its words. `doti status` tells all.
    kind = (position.error or "").split(": ")[1:2]
    return f"{position.name} (event {position.failed_index}{''.join(f', {k}' for k in kind)})"


def readiness(services: Services) -> Ready:
    """How far log and projections are. Raises NotReady with the names of what fails."""
    try:
        status = services.sequencer.status()
        positions = runner.positions(services.database)
    except psycopg.Error:
        raise NotReady("database") from None
    failing = []
    since = status.waiting_since
    if since is not None and datetime.now(UTC) - since > LATE:
        failing.append("log")
    for position in positions:
        if position.error is not None:
            failing.append(_stopped(position))
        elif status.last_index - position.log_index > BEHIND_EVENTS:
            failing.append(position.name)
    if failing:
        raise NotReady(", ".join(failing))
    return Ready(
        status="ok",
        log_index=status.last_index,
        waiting_events=status.waiting_events,
        projections=[
            ProjectionAt(
                name=position.name,
                log_index=position.log_index,
                stopped=position.error is not None,
            )
            for position in positions
        ],
    )
