"""`doti retention` and `doti erasures`: how long is kept what, and what goes when."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic_core import to_json

from api.cli.application import Commands, Json, app, opened, quiet, say
from api.erasing import BATCH, Erasing
from api.settings import settings
from api.wiring import Services
from domain.actors import Actor, Grant, Role
from domain.retention import LEAST_NOTICE_DAYS
from projections.retention.queries import Entry, PageQuery, page
from workflows.commands import AdoptRetention
from workflows.engine import Request
from workflows.erasure import adopt_retention
from workflows.keys.erased import sweep

retention = typer.Typer(
    cls=Commands,
    help="How long what is kept of persons is kept.",
    no_args_is_help=True,
)
erasures = typer.Typer(
    cls=Commands,
    help="Households that are to be erased: somebody asked, or their time is over.",
    no_args_is_help=True,
)
app.add_typer(retention, name="retention")
app.add_typer(erasures, name="erasures")


@retention.command()
def show(as_json: Json = False) -> None:
    """Print the times of retention in force.

    Example: `doti retention show`
    """
    with _register() as services:
        times = services.register.programme().retention.model_dump()
    if as_json:
        sys.stdout.write(f"{json.dumps(times)}\n")
        return
    for name, value in times.items():
        sys.stdout.write(f"{name} {value}\n")


@retention.command("set")
def set_(
    coordinator: Annotated[
        str, typer.Option(help="The name of the person who adopts; it stands in the history.")
    ],
    accounting_years: Annotated[
        int | None,
        typer.Option(min=0, max=100, help="Papers of money, from the end of the year."),
    ] = None,
    notes_months: Annotated[
        int | None, typer.Option(min=0, max=1200, help="Social notes, from the last contact.")
    ] = None,
    notice_days: Annotated[
        int | None,
        typer.Option(min=LEAST_NOTICE_DAYS, max=366, help="So long it stands in the list before."),
    ] = None,
    small_cell: Annotated[
        int | None, typer.Option(min=1, max=100, help="Statistics leave out fewer households.")
    ] = None,
) -> None:
    """Adopt other times of retention; what is left out stays as it is.

    Example: `doti retention set --notes-months 18 --coordinator "Ada Inventata"`
    """
    command = AdoptRetention(
        accounting_years=accounting_years,
        notes_months=notes_months,
        notice_days=notice_days,
        small_cell=small_cell,
    )
    with _register() as services:
        actor = Actor(services.accounts.account_id(coordinator), (Grant(Role.COORDINATOR),))
        services.engine.run(
            Request(actor, "retention set"), lambda work: adopt_retention(work, command)
        )
    say("The times of retention are adopted.")


@erasures.command("list")
def list_(as_json: Json = False) -> None:
    """List what is to be erased: what somebody asked for, and what time erases next.

    Example: `doti erasures list`
    """
    with _register() as services:
        for entry in _entries(services):
            if as_json:
                sys.stdout.write(to_json(asdict(entry)).decode() + "\n")
                continue
            when = "asked for" if entry.asked_at else f"on {entry.on_day}"
            held = f", held until {entry.held_until}" if entry.held_until else ""
            sys.stdout.write(f"{entry.number} {entry.partner} {entry.what} {when}{held}\n")


@erasures.command()
def run(as_json: Json = False) -> None:
    """Erase what is due now, as a worker does each hour, and print how much went.

    It also repeats (`again`: how many keys) what was erased and a backup brought back.

    Example: `doti erasures run`
    """
    with _register() as services:
        again = sweep(services.keeper, services.vault)
        done = {**asdict(Erasing(services).round()), "again": again}
    if as_json:
        sys.stdout.write(f"{json.dumps(done)}\n")
        return
    for name, count in done.items():
        sys.stdout.write(f"{name} {count}\n")


@contextmanager
def _register() -> Iterator[Services]:
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        yield services


def _entries(services: Services) -> Iterator[Entry]:
    after = None
    while True:
        programme = services.register.programme()
        query = PageQuery(
            services.engine.today(),
            programme.retention,
            programme.retention_since,
            after=after,
            limit=BATCH,
        )
        with services.database.transaction() as tx:
            found = page(tx, query)
        yield from found.items
        after = found.next_after
        if after is None:
            return
