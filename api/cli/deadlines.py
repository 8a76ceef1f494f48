"""`doti deadlines`."""

import json
import sys

import typer

from api.cli.application import Commands, Json, app, opened, quiet
from api.deadlines import Deadlines
from api.settings import settings

deadlines = typer.Typer(
    cls=Commands,
    help="Remind people of what takes too long. Nothing is ever decided by the passing of time.",
    no_args_is_help=True,
)
app.add_typer(deadlines, name="deadlines")


@deadlines.command()
def run(as_json: Json = False) -> None:
    """Look once what is overdue and tell those whose turn it is, as a worker does each minute.

    Prints how many doti somebody was told of: none while another process is looking.

    Example: `doti deadlines run`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        told = Deadlines(services).round()
    sys.stdout.write(f"{json.dumps({'told': told}) if as_json else told}\n")


@deadlines.callback()
def _group() -> None:
    """Keeps `run` a command of its own."""
