"""`doti keys`: the keys of persons, as whoever runs the register keeps them."""

import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.application import (
    REFUSED,
    Commands,
    Json,
    app,
    opened,
    out,
    progress_bar,
    quiet,
    say,
    tell,
)
from api.security.master_file import MasterFile
from api.security.master_key import master_file
from api.settings import settings
from api.wiring import Services
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import InUse, masters_in_use
from workflows.keys import backup as backups
from workflows.keys.erased import come_back
from workflows.keys.erased import sweep as sweep_keys
from workflows.keys.fingerprints import key_fingerprints
from workflows.keys.rotation import rewrap

_SQL = statements("workflows.keys", "statements")

keys = typer.Typer(
    cls=Commands,
    help="The keys of persons: the master key, backups, and what must not be there.",
    no_args_is_help=True,
)
app.add_typer(keys, name="keys")


@keys.command()
def status(as_json: Json = False) -> None:
    """Tell which master keys wrap what, and whether one takes the place of another.

    Exit code 1 where keys of erased people are there: run `doti keys sweep`.

    Example: `doti keys status`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        told = _status(services, master_file(chosen))
    if as_json:
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        _show(told)
    if told["came_back"]:
        raise typer.Exit(REFUSED)


def _status(services: Services, file: MasterFile | None) -> dict[str, Any]:
    with services.keeper.transaction() as tx:
        counts = tx.execute(_SQL["counts"]).fetchone() or {}
    used = masters_in_use(services.keeper)
    return {
        "masters": [_master(one) for one in used],
        "rotating": _is_rotating(services, used),
        "previous_kept": str(file.previous) if file and file.previous.exists() else None,
        "keys": {name: counts[name] for name in ("subjects", "signing", "index")},
        "erased": counts["erased"],
        "came_back": len(come_back(services.keeper)),
    }


def _master(one: InUse) -> dict[str, Any]:
    name = None if one.master is None else one.master.hex()
    return {"master": name, "keys": one.keys, "current": one.puts}


def _is_rotating(services: Services, used: list[InUse]) -> bool:
    """Whether something is left to do until one master key wraps everything."""
    current = services.vault.masters.current
    return any(one.master != current for one in used)


def _show(told: dict[str, Any]) -> None:
    table = Table("master key", "keys", "new keys", box=None)
    for one in told["masters"]:
        name = one["master"] or "(from before they had names)"
        table.add_row(name, str(one["keys"]), "yes" if one["current"] else "")
    out.print(table)
    count = told["keys"]
    out.print(
        f"{count['subjects']} keys of persons, {count['signing']} that sign, {count['index']} of "
        f"the index; {told['erased']} erased.",
        highlight=False,
    )
    if told["rotating"] and _are_only_nameless(told):
        out.print("Keys from before they had names open as before; doti keys rotate names them.")
    elif told["rotating"]:
        out.print("A change of the master key is not ended: run doti keys rotate.")
    elif told["previous_kept"]:
        out.print(f"Nothing needs {told['previous_kept']}: doti keys rotate removes it.")
    else:
        out.print("One master key wraps everything; none before it is kept.")
    if told["came_back"]:
        tell(f"{told['came_back']} keys of erased people are there: run doti keys sweep.")


def _are_only_nameless(told: dict[str, Any]) -> bool:
    """Whether nothing is left but keys that an older version wrapped, under the same master key."""
    others = [one for one in told["masters"] if one["master"] is not None and not one["current"]]
    return not others and told["previous_kept"] is None


@keys.command()
def rotate() -> None:
    """Change the master key: wrap all keys anew, while people work.

    The new key is made in the file of the present one, which is kept beside until the end. With
    DOTI_MASTER_KEY it is that, and the one before is DOTI_PREVIOUS_MASTER_KEY: start all processes
    with both first. After an interruption the same command goes on.

    Example: `doti keys rotate`
    """
    chosen = settings()
    quiet(chosen)
    file = master_file(chosen)
    with opened(chosen) as services, file.held() if file else nullcontext(), progress_bar() as bar:
        masters = services.vault.masters
        if file is not None:
            if not file.is_changing:
                file.change()
            masters.reread()
        elif not _is_rotating(services, masters_in_use(services.keeper)):
            tell(
                "DOTI_MASTER_KEY wraps everything already: set it to a new key, and "
                "DOTI_PREVIOUS_MASTER_KEY to the present one."
            )
            raise typer.Exit(REFUSED)
        task = bar.add_task("rotate", visible=False)
        total = sum(one.keys for one in masters_in_use(services.keeper))
        done = rewrap(
            services.keeper,
            services.vault,
            lambda count: bar.update(task, completed=count, total=total, visible=True),
        )
        if done.damaged:
            tell(
                f"{done.damaged} keys are damaged: no master key opens them. The one before is "
                "kept. Delete them and restore a backup: doti keys restore FILE."
            )
            raise typer.Exit(REFUSED)
        if file is not None:
            file.forget_previous()
    rest = "It was removed." if file else "DOTI_PREVIOUS_MASTER_KEY can be taken away."
    say(
        f"{done.keys} keys are wrapped by master key {masters.current.hex()}; nothing needs the "
        f"one before. {rest} Keep a copy of the new one apart."
    )


@keys.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the keys, for its owner only.")],
) -> None:
    """Write all keys, wrapped as they are, into a file. Without the master key it is of no use.

    Keep it apart from the backups of the database and from the master key, and not for longer than
    an erasure may take.

    Example: `doti keys backup keys.jsonl`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        written = backups.backup(services.keeper, services.vault, file, datetime.now(UTC))
    say(
        f"{written.subjects} keys of persons, {written.others} others and the names of "
        f"{written.erased} erased were written to {file}."
    )


@keys.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A backup of keys.")],
    as_json: Json = False,
) -> None:
    """Put back the keys that are missing; never those of people who were erased.

    Example: `doti keys restore keys.jsonl`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        done = backups.restore(services.keeper, services.vault, file)
    if as_json:
        sys.stdout.write(json.dumps(done.to_json()) + "\n")
    else:
        say(
            f"{done.put} keys were put back, {done.there} were there, {done.erased} are of people "
            "who were erased and stay away."
        )
    if done.closed:
        tell(
            f"{done.closed} keys are wrapped by another master key, or damaged, and were left out: "
            "put the master key of that time beside as the one before, and restore again."
        )
        raise typer.Exit(REFUSED)


@keys.command()
def sweep() -> None:
    """Delete keys of erased people that came back with an older backup of the database.

    It also gives a key to the fingerprints of commands that are older than this.

    Example: `doti keys sweep`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        swept = sweep_keys(services.keeper, services.vault)
        keyed = key_fingerprints(services.keeper, services.engine.index)
    say(f"{swept} keys of erased people were deleted; {keyed} fingerprints got a key.")
