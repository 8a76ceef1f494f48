"""The command line itself, and what all its commands share."""

import logging as python_logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import version as installed_version
from typing import Annotated, Any

import psycopg
import psycopg_pool
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer.core import TyperGroup

from api import logging
from api.demo.load import AnotherDemo, NotADemo
from api.demo.reset import StillInUse
from api.postgres import DatabaseUnavailable, database
from api.security.master_file import RotationRuns
from api.serve import CannotListen, ServerFailed
from api.settings import Settings, SettingsError, settings
from api.stopping import Stopped, stopped_by_signals
from api.wiring import NotMigrated, RoleNotGranted, Services, build
from api.worker import CannotCatchUp
from domain.errors import DomainError
from projections.runner import CannotProject
from workflows.audit.notary import NOT_SIGNED
from workflows.eventstore.masters import MasterUnusable
from workflows.eventstore.migrate import SchemaTooNew
from workflows.eventstore.reach import EVERYBODYS, reaching
from workflows.keys.backup import NotABackup

REFUSED = 1
"""The exit code of a command that could not be done."""

TOLD = (
    AnotherDemo,
    CannotCatchUp,
    CannotListen,
    CannotProject,
    DatabaseUnavailable,
    DomainError,
    MasterUnusable,
    NotABackup,
    NotADemo,
    NotMigrated,
    RotationRuns,
    RoleNotGranted,
    ServerFailed,
    SettingsError,
    StillInUse,
    *NOT_SIGNED,
)
"""Errors whose message is meant for the person in front of the terminal."""

HELP = (
    "Register and workflow engine for doti per l'inclusione.\n\n"
    "Settings come from the environment: PORT, HOST, DATABASE_URL, DOTI_HOME and others. "
    "Without DATABASE_URL a PostgreSQL of its own is started under DOTI_HOME (var) and stopped "
    "at the end.\n\n"
    "Exit codes: 0 done; 1 refused or failed, and one line on standard error says why; 2 the "
    "command was misspelt; 128 and more: stopped by a signal."
)

out = Console()
err = Console(stderr=True)


class Commands(TyperGroup):
    """Tells errors in one line, and ends cleanly on signals."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  typer brings a click of its own
        try:
            with stopped_by_signals():
                return super().invoke(ctx)
        except TOLD as error:
            tell(str(error))
        except SchemaTooNew as error:
            tell(f"This register was migrated by a newer version: update doti. ({error})")
        except (psycopg.OperationalError, psycopg_pool.PoolTimeout) as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            tell(f"The database does not answer any more: {lines[0]}")
        except psycopg.errors.InsufficientPrivilege as error:
            tell(f"The database does not allow it: {error.diag.message_primary}.")
        except Stopped as stopped:
            tell("Stopped.")
            raise typer.Exit(stopped.exit_code) from None
        except BrokenPipeError:
            # Who reads has had enough. Nothing more can be written, nor at the interpreter's end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            place = f" ({error.filename})" if error.filename else ""
            tell(f"{error.strerror or error}{place}")
        raise typer.Exit(REFUSED)


app = typer.Typer(
    cls=Commands,
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for a script to read.")]


def day_option(said: str) -> Any:  # noqa: ANN401  typer's own return type
    """An option that takes a day."""
    return typer.Option(help=said, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", show_default=False)


def day(given: datetime | None) -> date | None:
    """The day that an option was given."""
    return None if given is None else given.date()


def misspelt(error: ValidationError, argument: str | None = None) -> typer.BadParameter:
    """What is wrong with the argument, or with the first option that cannot be used."""
    first = error.errors(include_url=False, include_input=False)[0]
    option = "--" + str(first["loc"][0]).replace("_", "-")
    return typer.BadParameter(first["msg"], param_hint=argument or option)


def main() -> None:
    """The console script."""
    app()


def tell(line: str) -> None:
    """One line on standard error, without any markup that a message may look like."""
    err.print(" ".join(line.split()), style="red", markup=False, highlight=False, soft_wrap=True)


def say(line: str) -> None:
    """One line on standard error for a person who waits."""
    err.print(line, highlight=False, soft_wrap=True)


@contextmanager
def opened(given: Settings | None = None) -> Iterator[Services]:
    """The services on this register's database, for as long as the block lasts.

    Who works on the machine itself sees what belongs to any partner.
    """
    chosen = given or settings()
    with database(chosen) as url, build(chosen, url) as services, reaching(EVERYBODYS):
        yield services


def quiet(chosen: Settings) -> None:
    """Logging for a command that ends by itself: only what went wrong."""
    logging.configure(chosen.log_format)
    python_logging.getLogger().setLevel(python_logging.WARNING)


def progress_bar() -> Progress:
    """A bar on standard error; where that is no terminal, nothing but its last state."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=err,
    )


def told_by(bar: Progress, what: str) -> Callable[[int, int], None]:
    """What is told how much is done of how much, and shows it."""
    task = bar.add_task(what, visible=False)
    return lambda done, total: bar.update(task, completed=done, total=total, visible=True)


@app.command()
def version() -> None:
    """Print the version.

    Example: `doti version`
    """
    sys.stdout.write(f"doti {installed_version('doti')}\n")
