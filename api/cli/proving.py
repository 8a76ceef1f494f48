"""`doti export`, `doti verify`, `doti audit` and `doti rotate-key`."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

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
from api.cli.history import dote_id_of
from api.settings import settings
from workflows.audit.export import NothingToExport
from workflows.audit.export import export as write_dossier
from workflows.audit.live import audit as look_over
from workflows.audit.notary import NOT_SIGNED
from workflows.audit.reading import Unusable
from workflows.audit.result import Result
from workflows.audit.verify import read_checkpoint
from workflows.audit.verify import verify as check

Key = Annotated[
    str | None,
    typer.Option("--key", help="The log's public key as you know it from elsewhere."),
]
Against = Annotated[
    Path | None,
    typer.Option(
        "--against",
        exists=True,
        dir_okay=False,
        help="A checkpoint or dossier kept from earlier: this log must go on from it.",
    ),
]


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the dossier (a ZIP file).")],
    dote: Annotated[
        str | None,
        typer.Option(help="Only this dote (number or id), each event with its proof."),
    ] = None,
) -> None:
    """Write the log, signed, into a dossier that `doti verify` checks anywhere.

    Example: `doti export dossier.zip`
    """
    chosen = settings()
    quiet(chosen)
    unfinished = file.with_name(f"{file.name}.part")
    with opened(chosen) as services:
        now = datetime.now(UTC)
        try:
            services.notary.checkpoint(now)
        except NOT_SIGNED as error:
            tell(f"{type(error).__name__}: {error}. The last signed state is exported.")
        try:
            with unfinished.open("wb") as target:
                dote_id = None if dote is None else dote_id_of(services, dote)
                write_dossier(services.keeper, target, now, dote_id)
                target.flush()
                os.fsync(target.fileno())
            unfinished.replace(file)
        except NothingToExport:
            tell("There is nothing to export: no event was signed yet, or there is no such dote.")
            raise typer.Exit(REFUSED) from None
        finally:
            unfinished.unlink(missing_ok=True)
    say(f"Written to {file}. Check it anywhere: doti verify {file}")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A dossier.")],
    key: Key = None,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Check a dossier: no database, no network.

    Exit code 1 if anything was altered, 3 if the file is no dossier.

    Without --key it shows whether the dossier fits together, and not who made it.

    Example: `doti verify dossier.zip --against dossier-of-last-year.zip`
    """
    with progress_bar() as bar:
        result = check(file, key, against, told_by(bar, "Checking"))
    _tell(result, as_json=as_json)


@app.command()
def audit(
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Check the register's log where it stands. Exit code 1 if anything was altered.

    With --against also that nothing was taken back since then.

    Example: `doti audit --against dossier-of-last-month.zip`
    """
    chosen = settings()
    quiet(chosen)
    kept = None
    if against is not None:
        try:
            kept = read_checkpoint(against)
        except Unusable as error:
            tell(f"{against}: {error.finding}")
            raise typer.Exit(REFUSED) from None
    with opened(chosen) as services, progress_bar() as bar:
        result = look_over(services.keeper, kept, told_by(bar, "Checking"), services.vault)
    _tell(result, as_json=as_json)


@app.command(name="rotate-key")
def rotate_key() -> None:
    """Sign the log with a new key from here on; the old one vouches for it and is deleted.

    Example: `doti rotate-key`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        try:
            key = services.notary.rotate_key(datetime.now(UTC))
        except NOT_SIGNED as error:
            tell(f"{type(error).__name__}: {error}")
            raise typer.Exit(REFUSED) from None
    if key is None:
        tell("Nothing was signed yet: there is no key to change.")
        raise typer.Exit(REFUSED)
    sys.stdout.write(f"{key}\n")


def _tell(result: Result, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(result.to_json(), default=str) + "\n")
    else:
        for line in _words(result):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    if result.exit_code:
        raise typer.Exit(result.exit_code)


def _words(result: Result) -> Iterator[str]:
    if result.origin:
        yield f"Register {result.origin}: {result.events} events looked at."
    if result.key:
        trust = "known to you" if result.trusted else "compare it with the one that you know"
        yield f"Signed up to event {result.size} at {result.signed_at} with {result.key} ({trust})."
    if result.ok:
        yield "Nothing was altered."
        return
    yield f"Not as it was signed ({len(result.findings)} findings):"
    for finding in result.findings:
        yield f"  {finding}"
