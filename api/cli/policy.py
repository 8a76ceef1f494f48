"""`doti policy`: the rules, shown, compared, checked, tried out on the past, adopted."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.table import Table
from rich.text import Text

from api.cli.application import REFUSED, Commands, Json, app, opened, out, quiet, say
from api.cli.faults import tell_faults, told_with_place
from api.languages import money, refusal_text, word
from api.settings import settings
from api.wiring import Services
from domain.actors import Actor, Grant, Role
from domain.errors import NotFound
from domain.policy import Policy, Rules
from domain.policy_check import check as check_rules
from domain.policy_diff import differences
from domain.policy_simulation import Difference, Tally
from domain.programme import Programme
from workflows.engine import Request
from workflows.policies import adopt as adopt_rules
from workflows.simulation import Simulated
from workflows.simulation import simulate as run_simulation

policy = typer.Typer(
    cls=Commands,
    help="The rules of the programme. FILE is a document as `doti policy show` prints it.",
    no_args_is_help=True,
)
app.add_typer(policy, name="policy")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A document, as JSON.")]
Version = Annotated[int, typer.Argument(min=1, help="The number of a version.")]
_FORMATS = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]
_HELP = "with its offset: 2026-06-30T23:59:59+0200."
Since = Annotated[
    datetime | None,
    typer.Option(formats=_FORMATS, help=f"Decisions from a time on, {_HELP}", show_default=False),
]
Until = Annotated[
    datetime | None,
    typer.Option(formats=_FORMATS, help=f"What was known at a time, {_HELP}", show_default=False),
]


@policy.command("list")
def list_(as_json: Json = False) -> None:
    """List the versions of the rules, the newest first.

    Example: `doti policy list`
    """
    with _register() as services:
        rows = list(_versions(services, services.register.programme()))
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    _print(
        ["version", "from", "adopted", "by", "title", ""],
        [
            [
                str(row["version"]),
                row["effective_from"],
                row["adopted_at"],
                row["by"],
                row["title"] or "",
                "in force" if row["in_force"] else "",
            ]
            for row in rows
        ],
    )


@policy.command()
def show(
    version: Annotated[int | None, typer.Argument(min=1, help="None: the one in force.")] = None,
) -> None:
    """Print a version of the rules, as a document that can be changed and adopted.

    Example: `doti policy show > rules.json`
    """
    with _register() as services:
        known = services.register.programme()
        today = services.engine.today()
        found = known.policy_on(today) if version is None else _version(known, version)
    sys.stdout.write(found.rules.model_dump_json(indent=2) + "\n")


@policy.command()
def diff(before: Version, after: Version) -> None:
    """Tell what changed from one version to another, field by field.

    Example: `doti policy diff 1 2`
    """
    with _register() as services:
        known = services.register.programme()
        pair = _version(known, before).rules, _version(known, after).rules
    for changed in differences(*pair):
        words = [_value(changed.field, value) for value in (changed.before, changed.after)]
        sys.stdout.write(f"{changed.field}: {' → '.join(words)}\n")


@policy.command()
def check(file: File) -> None:
    """Check a document as an adoption today would, and adopt nothing.

    Example: `doti policy check rules.json`
    """
    rules = _read(file)
    with _register() as services, told_with_place(file):
        today = services.engine.today()
        check_rules(rules, services.register.programme(), today)
    say(f"{file}: these rules can be adopted.")


@policy.command()
def simulate(file: File, since: Since = None, until: Until = None, as_json: Json = False) -> None:
    """Tell which past decisions a document would have changed, by how much money and whose.

    Nothing is written.

    Example: `doti policy simulate rules.json --since 2026-01-01T00:00:00+0100`
    """
    rules = _read(file)
    with _register() as services, told_with_place(file):
        found = run_simulation(
            services.register,
            services.log,
            rules,
            today=services.engine.today(),
            since=since,
            until=until,
        )
        names = services.accounts.names(found.totals.by_person)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(found, names), ensure_ascii=False) + "\n")
    else:
        _show(found, names)


@policy.command()
def adopt(
    file: File,
    coordinator: Annotated[
        str, typer.Option(help="The name of the person who adopts; it stands in the history.")
    ],
) -> None:
    """Adopt a document as the next version of the rules.

    Example: `doti policy adopt rules.json --coordinator "Ada Inventata"`
    """
    rules = _read(file)
    with _register() as services, told_with_place(file):
        actor = Actor(services.accounts.account_id(coordinator), (Grant(Role.COORDINATOR),))
        outcome = services.engine.run(
            Request(actor, "policy adopt"), lambda work: adopt_rules(work, rules)
        )
        made = services.register.policy(outcome.figures["version"])
    say(f"Version {made.version} is adopted, in force from {made.effective_from} on.")


@contextmanager
def _register() -> Iterator[Services]:
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        yield services


def _read(file: Path) -> Rules:
    """The rules of a file; every fault is told with its place."""
    try:
        return Rules.model_validate_json(file.read_bytes())
    except ValidationError as error:
        tell_faults(file, error)
        raise typer.Exit(REFUSED) from None


def _version(known: Programme, version: int) -> Policy:
    if version not in known.policies:
        raise NotFound
    return known.policies[version]


def _versions(services: Services, known: Programme) -> Iterator[dict[str, Any]]:
    names = services.accounts.names(adoption.by for adoption in known.adoptions.values())
    in_force = known.in_force(services.engine.today())
    for version in sorted(known.policies, reverse=True):
        adoption, found = known.adoptions[version], known.policies[version]
        yield {
            "version": version,
            "title": found.title,
            "effective_from": found.effective_from.isoformat(),
            "adopted_at": f"{adoption.at:%Y-%m-%d %H:%M} UTC",
            "by": names.get(adoption.by, "?"),
            "in_force": found == in_force,
        }


def _value(field: str, value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) and field.rpartition(".")[2].endswith("cents"):
        return money("it", value)
    return json.dumps(value, ensure_ascii=False)


def _as_json(found: Simulated, names: Mapping[UUID, str]) -> dict[str, Any]:
    totals = found.totals
    return {
        "log_index": found.log_index,
        "looked_at": found.looked_at,
        "differences": [_difference(each, names) for each in found.differences],
        "left_out": found.left_out,
        "totals": {
            "refused_cents": totals.refused_cents,
            "allowed_cents": totals.allowed_cents,
            "by_person": [
                {"account_id": str(who), "name": names.get(who)} | _counted(tally)
                for who, tally in totals.by_person.items()
            ],
            "by_partner": {code: _counted(t) for code, t in totals.by_partner.items()},
            "by_category": {code: _counted(t) for code, t in totals.by_category.items()},
        },
    }


def _difference(difference: Difference, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "dote_id": str(difference.dote_id),
        "number": difference.number,
        "partner": difference.partner,
        "category": difference.category,
        "item": difference.item,
        "decision": difference.decision,
        "at": difference.at.isoformat(),
        "by": {"account_id": str(difference.by), "name": names.get(difference.by)},
        "amount_cents": difference.amount_cents,
        "kind": difference.kind,
        "reasons": [refusal_text(reason, "en") for reason in difference.reasons],
    }


def _counted(tally: Tally) -> dict[str, int]:
    return {"count": tally.count, "cents": tally.cents}


def _show(found: Simulated, names: Mapping[UUID, str]) -> None:
    rows = [
        [
            each.number,
            f"{each.at:%Y-%m-%d}",
            word("en", each.decision, "action"),
            names.get(each.by, "?"),
            money("it", each.amount_cents),
            each.kind.replace("_", " "),
            " ".join(refusal_text(reason, "en") for reason in each.reasons),
        ]
        for each in found.differences
    ]
    if rows:
        _print(["dote", "day", "decision", "by", "amount", "would be", "why"], rows)
    listed = len(rows) + found.left_out
    out.print(
        f"{found.looked_at} decisions looked at up to index {found.log_index}: "
        f"{listed} would differ.",
        highlight=False,
    )
    if found.left_out:
        out.print(f"{found.left_out} of them are not listed here.", highlight=False)
    totals = found.totals
    by_name = {names.get(who, "?"): tally for who, tally in totals.by_person.items()}
    for title, tallies in (
        ("by person", by_name),
        ("by partner", totals.by_partner),
        ("by category", totals.by_category),
    ):
        if tallies:
            counted = sorted(tallies.items(), key=lambda pair: (-pair[1].cents, pair[0]))
            rows = [[name, str(t.count), money("it", t.cents)] for name, t in counted]
            _print([title, "decisions", "amount"], rows)
    out.print(f"Granted, and not under these rules: {money('it', totals.refused_cents)}")


def _print(names: list[str], rows: list[list[str]]) -> None:
    """A table; as wide as its widest cells, also where there is no terminal: nothing is cut."""
    table = Table(box=None)
    for nth, name in enumerate(names):
        justify: Literal["left", "right"] = "right" if name in ("amount", "decisions") else "left"
        width = max(len(name), *(len(row[nth]) for row in rows), 1)
        table.add_column(name, justify=justify, no_wrap=True, min_width=width)
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table, crop=False)
