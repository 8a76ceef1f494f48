"""`doti serve` and `doti worker`."""

import sys
import threading
from contextlib import ExitStack, suppress
from typing import Annotated

import typer

from api import logging
from api.cli.application import app, opened, say
from api.serve import Server, address_of, bind, serve_in_processes
from api.settings import settings
from api.stopping import Stopped
from api.worker import Background, work


@app.command()
def serve(
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes answer requests.")
    ] = 1,
    with_projections: Annotated[
        bool | None,
        typer.Option(
            "--with-projections/--no-projections",
            help="Also number events and fill lists and ledgers here. Default: with one worker.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serve the register over HTTP on HOST and PORT, until stopped.

    The address is printed once it answers. With PORT=0 any free port is taken.

    Examples:

    `PORT=9000 doti serve`

    `doti serve --workers 4`  and beside it  `doti worker`
    """
    chosen = settings()
    logging.configure(chosen.log_format)
    projections = workers == 1 if with_projections is None else with_projections
    with suppress(Stopped), bind(chosen.host, chosen.port) as sock, ExitStack() as beside:
        services = beside.enter_context(opened(chosen))

        def announce() -> None:
            sys.stdout.write(f"Serving on {address_of(sock)}\n")
            sys.stdout.flush()

        if workers > 1:
            failed = threading.Event()
            if projections:
                beside.enter_context(Background(services, failed=failed.set))
            serve_in_processes(chosen, sock, workers, announce, failed)
        server = Server(services, sock, announce)
        if projections:
            beside.enter_context(Background(services, failed=server.fail))
        server.serve_until_stopped()


@app.command()
def worker() -> None:
    """Number events and fill lists and ledgers, until stopped.

    Several may run at once, here and on other machines: they share the work.

    Example: `doti worker`
    """
    chosen = settings()
    logging.configure(chosen.log_format)
    with suppress(Stopped), opened(chosen) as services:
        say("Working")
        work(services)
