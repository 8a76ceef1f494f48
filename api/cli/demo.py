"""`doti demo`."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from socket import socket
from typing import Annotated

import typer

from api import logging
from api.cli.application import app, progress_bar, quiet, say, told_by
from api.demo.finance import payer
from api.demo.load import DOTI, MOST_DOTI, MOST_SEED, SEED, load
from api.demo.passwords import Entries, entries, entries_path
from api.demo.people import sign_ins, tokens_path
from api.demo.reset import reset as throw_away
from api.postgres import database
from api.serve import Server, address_of, bind
from api.settings import Settings, settings
from api.stopping import Stopped
from api.wiring import Services, build
from api.worker import Background, catch_up
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate


@app.command()
def demo(
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw the demo of this register away first.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, max=MOST_SEED, help=f"Chance; the usual one is {SEED}.", show_default=False
        ),
    ] = None,
    doti: Annotated[
        int | None,
        typer.Option(
            "--doti", min=1, max=MOST_DOTI, help=f"How many; usually {DOTI}.", show_default=False
        ),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve it afterwards, or end here.")
    ] = True,
) -> None:
    """Load the demonstration and serve it: a real programme, invented people, a year of doti.

    Safe to repeat: nothing is doubled, and what was interrupted goes on. A register that holds
    anything else is refused, with --reset too. The sign-ins are printed, and kept under DOTI_HOME:
    demo/sign-ins.json for people, demo/tokens.json for programs. Nobody needs a second factor
    here, unless DOTI_SECOND_FACTOR is set.

    Examples:

    `doti demo`

    `PORT=9000 doti demo --reset --doti 50`
    """
    chosen = _at_ease(settings())
    quiet(chosen)
    with ExitStack() as stack:
        sock = stack.enter_context(bind(chosen.host, chosen.port)) if serve else None
        say("Starting the database")
        url = stack.enter_context(database(chosen))
        services = stack.enter_context(_prepared(chosen, url, start_over=reset))
        with progress_bar() as bar:
            load(services, told_by(bar, "Making the demo"), seed=seed, doti=doti)
        tokens = sign_ins(chosen.home, services.accounts)
        people = entries(services)
        say("Filling lists and ledgers")
        catch_up(services)
        if sock is None:
            _show(chosen, people, tokens, None)
        else:
            with suppress(Stopped):
                _serve(services, sock, people, tokens)


def _at_ease(chosen: Settings) -> Settings:
    """Whoever only looks around sets up no second factor, and no account that pays, unless they
    want to."""
    account = payer()
    usual = {
        "second_factor": "optional",
        "payer_name": account.name,
        "payer_iban": account.iban,
        "payer_bic": account.bic,
    }
    wanted = {name: value for name, value in usual.items() if name not in chosen.model_fields_set}
    return chosen.model_copy(update=wanted)


def _prepared(chosen: Settings, url: str, *, start_over: bool) -> Services:
    register = Database(url, chosen.db_schema)
    forgotten = throw_away(register, chosen.home) if start_over else []
    migrate(register)
    services = build(chosen, url)
    # Their keys are gone already: what an interruption leaves here nobody can read.
    for household_id in forgotten:
        services.files.forget(household_id)
    return services


def _serve(services: Services, sock: socket, people: Entries, tokens: Mapping[str, str]) -> None:
    chosen = services.settings
    logging.configure(chosen.log_format)
    server = Server(services, sock, lambda: _show(chosen, people, tokens, address_of(sock)))
    with Background(services, failed=server.fail):
        server.serve_until_stopped()


def _show(
    chosen: Settings, people: Entries, tokens: Mapping[str, str], address: str | None
) -> None:
    """The sign-ins, and where to go; on standard output, unwrapped, so that tokens stay whole."""
    lines = ["", "Programs sign in with  Authorization: Bearer TOKEN", ""]
    lines += [f"  {name:<16}{token}" for name, token in tokens.items()]
    lines += ["", "People sign in with an e-mail and the password", ""]
    for each in people.people:
        place = f" {each.partner}" if each.partner else ""
        lines.append(f"  {each.email:<34}{each.name}, {each.role}{place}")
    lines += ["", f"  password for all of them: {people.password}"]
    lines += ["", f"They are kept in {entries_path(chosen.home)}"]
    lines += [f"            and in {tokens_path(chosen.home)}"]
    if address is not None:
        lines += [
            "",
            f"Open {address}/ in a browser.   (Ctrl-C stops it)",
            "",
            f"Serving on {address}",
            f"API at {address}/api/v1, described by {address}/openapi.json",
        ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
