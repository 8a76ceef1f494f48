"""`doti migrate`, `doti status` and `doti rebuild`."""

import json
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.application import (
    REFUSED,
    Json,
    app,
    opened,
    out,
    progress_bar,
    quiet,
    say,
    tell,
    told_by,
)
from api.postgres import database
from api.settings import settings
from api.wiring import Services
from projections.catalogue import PROJECTIONS
from projections.rebuild import rebuild as build_anew
from projections.runner import Position, positions
from workflows.audit.proofs import latest_checkpoint_size
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate as bring_up_to_date
from workflows.eventstore.sequencer import LogStatus
from workflows.reindexing import reindex as index_anew

LATE = timedelta(seconds=30)
"""An event that waits longer for its number waits for nobody."""

_UNGUARDED = (
    "Row security is not in force: the database does not hold back other partners' rows "
    "(docs/operations.md)."
)

_LOOK_AGAIN_S = 2.0
_STEP_S = 0.05


@app.command()
def migrate(as_json: Json = False) -> None:
    """Create or update the register's tables. Safe to repeat, and at the same time elsewhere.

    Example: `doti migrate`
    """
    chosen = settings()
    quiet(chosen)
    with database(chosen) as url:
        applied = bring_up_to_date(Database(url, chosen.db_schema))
    if as_json:
        sys.stdout.write(json.dumps({"schema": chosen.db_schema, "applied": applied}) + "\n")
    else:
        say(f"{chosen.db_schema}: {', '.join(applied) or 'nothing to do'}")


@dataclass(frozen=True, slots=True)
class _Look:
    """What is seen at one moment."""

    log: LogStatus
    signed_size: int
    projections: list[Position]
    rows_held_back: bool

    @property
    def is_behind(self) -> bool:
        return self.log.waiting_events > 0 or any(self.lag(each) for each in self.projections)

    def lag(self, projection: Position) -> int:
        return self.log.last_index - projection.log_index


@app.command()
def status(as_json: Json = False) -> None:
    """Tell how far the log and the projections are; exit code 1 if something is stuck.

    Stuck is: events wait for their number since long, a projection was stopped by an event, or
    one is behind and does not move. Then no worker runs, or its log tells why.

    Example: `doti status --json`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        first = last = _look(services)
        deadline = time.monotonic() + _LOOK_AGAIN_S
        while last.is_behind and time.monotonic() < deadline:
            time.sleep(_STEP_S)  # what moves, if anything does, is another process
            last = _look(services)
    stuck = _stuck(first, last)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(last, stuck), default=datetime.isoformat) + "\n")
    else:
        _show(last)
    if stuck:
        if not as_json:
            tell("Stuck: " + "; ".join(stuck))
        raise typer.Exit(REFUSED)


def _look(services: Services) -> _Look:
    return _Look(
        services.sequencer.status(),
        latest_checkpoint_size(services.keeper),
        sorted(positions(services.database), key=lambda position: position.name),
        services.database.is_held_to_rows(),
    )


def _stuck(first: _Look, last: _Look) -> list[str]:
    reasons = []
    since = last.log.waiting_since
    moved = last.log.last_index > first.log.last_index
    if since is not None and not moved and datetime.now(UTC) - since > LATE:
        reasons.append(f"{last.log.waiting_events} events wait for their number{_held(last.log)}")
    before = {position.name: position.log_index for position in first.projections}
    for position in last.projections:
        if position.error is not None:
            reasons.append(f"{position.name} was stopped by event {position.failed_index}")
        elif last.lag(position) and position.log_index == before.get(position.name):
            reasons.append(f"{position.name} is {last.lag(position)} events behind")
    return reasons


def _held(log: LogStatus) -> str:
    holder = log.held_by
    if holder is None:
        return ""
    since = f" since {holder.since:%Y-%m-%d %H:%M:%S} UTC" if holder.since else ""
    return f", held back by process {holder.pid} of PostgreSQL ({holder.application}){since}"


def _as_json(look: _Look, stuck: list[str]) -> dict[str, Any]:
    return {
        "log": {
            "end": look.log.last_index,
            "signed": look.signed_size,
            "waiting_events": look.log.waiting_events,
            "waiting_since": look.log.waiting_since,
            "held_by": asdict(look.log.held_by) if look.log.held_by else None,
        },
        "projections": [
            {
                "name": position.name,
                "position": position.log_index,
                "lag": look.lag(position),
                "error": position.error,
            }
            for position in look.projections
        ],
        "row_security": look.rows_held_back,
        "stuck": stuck,
    }


def _show(look: _Look) -> None:
    log = look.log
    since = f" since {log.waiting_since:%Y-%m-%d %H:%M:%S} UTC" if log.waiting_since else ""
    waiting = f"{log.waiting_events} wait for their number{since}{_held(log)}"
    out.print(f"Log: {log.last_index} events, {look.signed_size} of them signed; {waiting}")
    table = Table("projection", "position", "lag", "error", box=None)
    for position in look.projections:
        table.add_row(
            position.name,
            str(position.log_index),
            str(look.lag(position)),
            position.error or "",
        )
    out.print(table)
    if not look.rows_held_back:
        out.print(_UNGUARDED)


@app.command()
def rebuild(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Which ones; none: all.")
    ] = None,
) -> None:
    """Build projections anew from the log, beside the live ones, and switch when done.

    Example: `doti rebuild ledger`
    """
    unknown = sorted(set(names or ()) - PROJECTIONS.keys())
    if unknown:
        known = ", ".join(sorted(PROJECTIONS))
        raise typer.BadParameter(f"{', '.join(unknown)}: there are {known}", param_hint="NAME")
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services, progress_bar() as bar:
        for name in dict.fromkeys(names or PROJECTIONS):
            build_anew(services.keeper, name, told_by(bar, name))


@app.command()
def reindex() -> None:
    """Make anew by what households and payees are found again, from the log.

    Needed once, in a register that is older, after the updates that brought double help across
    desks and the search by phone. Safe to repeat, and while people work.

    Example: `doti reindex`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services, progress_bar() as bar:
        index = services.engine.index
        count = index_anew(services.register, services.vault, index, told_by(bar, "reindex"))
    say(f"{count} households, payees and doti can be found again.")
