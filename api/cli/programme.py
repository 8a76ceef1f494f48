"""`doti programme`: a network's own programme, from a file."""

import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.cli.application import REFUSED, app, opened, quiet, say
from api.cli.faults import tell_faults, told_with_place
from api.programme_file import ProgrammeData, Setting, funding
from api.programme_file import settings as steps_of
from api.settings import settings
from api.wiring import Services
from domain.actors import Actor, Grant, Role
from domain.days import day_here
from domain.money import MAX_CENTS
from workflows.engine import Request

programme = typer.Typer(no_args_is_help=True, help="Open a programme of your own.")
app.add_typer(programme, name="programme")


@programme.command("open")
def open_programme(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A JSON file, like the demo's.")
    ],
    coordinator: Annotated[
        str, typer.Option(help="The name of the person who opens it; it stands in the history.")
    ],
    funder: Annotated[str | None, typer.Option(help="Who funds it.", show_default=False)] = None,
    cents: Annotated[
        int | None,
        typer.Option(min=1, max=MAX_CENTS, help="With how many cents.", show_default=False),
    ] = None,
) -> None:
    """Open the programme of a file in this register: partners, desks, categories, items, rules.

    Safe to repeat with the same file: what is there is left as it is. Budget is allocated over HTTP
    afterwards, and people get their tokens with `doti token create`.

    Example: `doti programme open our-programme.json --coordinator "Ada Inventata" --funder
    "Fondazione Inventata" --cents 25000000`
    """
    if (funder is None) != (cents is None):
        raise typer.BadParameter("--funder and --cents go together")
    try:
        data = ProgrammeData.model_validate_json(file.read_bytes())
    except ValidationError as error:
        tell_faults(file, error)
        raise typer.Exit(REFUSED) from None
    # Before anything is written: rules that are refused would leave half a programme.
    with told_with_place(file, "policy."):
        data.check_policy(day_here(datetime.now(UTC)))
    chosen = settings()
    quiet(chosen)
    steps = list(steps_of(data))
    if funder is not None and cents is not None:
        steps.append(funding(funder, cents, 1))
    with opened(chosen) as services:
        _take(services, coordinator, steps, data)
    say(f"{data.name}: {len(data.partners)} partners, {len(data.categories)} categories.")


def _take(services: Services, name: str, steps: list[Setting], data: ProgrammeData) -> None:
    actor = Actor(services.accounts.account_id(name), (Grant(Role.COORDINATOR),))
    fingerprint = sha256(data.model_dump_json().encode()).digest()
    for step in steps:
        key = f"programme:{step.name}"
        services.engine.run(
            Request(actor, "programme open", idempotency_key=key, fingerprint=fingerprint), step.do
        )
        sys.stderr.write(f"  {step.name}\n")
