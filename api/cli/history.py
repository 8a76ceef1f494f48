"""`doti replay` and `doti ledger`: what was, step by step or at any moment."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

import typer
from rich.table import Table

from api.cli.application import Json, app, opened, out, quiet
from api.settings import settings
from api.wiring import Services
from domain.errors import NotFound
from domain.events.dote import DoteEvent, DoteRequested
from domain.replay import Step
from domain.replay import replay as steps_of
from projections.doti.queries import PageQuery, Word, page
from projections.ledger.queries import Group, Ledger, LedgerRow
from projections.ledger.queries import ledger as ledger_at

_LONGEST_LIFE = 10_000
_AMOUNTS = ("allocated", "available", "committed", "disbursed", "documented", "disallowed")

At = Annotated[
    int | None,
    typer.Option("--at", min=0, help="As the log stood at this index.", show_default=False),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"],
        help="As known at this time, with its offset: 2026-06-30T23:59:59+0200.",
        show_default=False,
    ),
]


@app.command()
def replay(
    dote: Annotated[str, typer.Argument(help="Its number (CI-2026-00042) or its id.")],
    at: At = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Show a dote's life step by step: each event, who did it, and what it changed.

    Private values are never shown. With --json: one JSON object a line.

    Example: `doti replay CI-2026-00042`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        dote_id = dote_id_of(services, dote)
        upto = _index(services, at, as_of)
        places = services.log.stream(dote_id, limit=_LONGEST_LIFE)
        places = [place for place in places if place.log_index <= upto]
        if not places or not isinstance(places[0].event, DoteRequested):
            raise NotFound
        steps = list(steps_of(cast("DoteEvent", place.event) for place in places))
        names = services.accounts.names([step.event.by.account_id for step in steps])
    for place, step in zip(places, steps, strict=True):
        who = f"{names.get(step.event.by.account_id, '?')} ({step.event.by.role})"
        if as_json:
            sys.stdout.write(json.dumps(_as_json(place.log_index, step, who), default=str) + "\n")
        else:
            _show(place.log_index, step, who)


@app.command()
def ledger(
    group: Annotated[Group, typer.Option(help="What a row stands for.")] = Group.LINE,
    at: At = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Show the ledger now, or as it stood at any index of the log or time. Amounts in euro.

    Example: `doti ledger --group partner --as-of 2026-06-30T23:59:59+0200`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services, services.database.transaction() as tx:
        shown = ledger_at(tx, group, _index(services, at, as_of))
    if as_json:
        rows = [asdict(row) | {"allocated_cents": row.allocated_cents} for row in shown.rows]
        answer = {"log_index": shown.log_index, "rows": rows, "total": asdict(shown.total)}
        sys.stdout.write(json.dumps(answer) + "\n")
    else:
        _show_ledger(group, shown)


def dote_id_of(services: Services, text: str) -> UUID:
    """The id of a dote by its number or id; NotFound if no dote has this number."""
    try:
        return UUID(text)
    except ValueError:
        pass
    with services.database.transaction() as tx:
        found = page(tx, PageQuery(None, words=(Word(text),), limit=10)).items
    for dote in found:
        if dote.number == text.upper():
            return dote.id
    raise NotFound


def _index(services: Services, at: int | None, as_of: datetime | None) -> int:
    if at is not None and as_of is not None:
        raise typer.BadParameter("give --at or --as-of, not both")
    if as_of is not None:
        return services.register.index_at(as_of)
    end = services.log.end()
    return end if at is None else min(at, end)


def _as_json(log_index: int, step: Step, who: str) -> dict[str, object]:
    return {
        "log_index": log_index,
        "version": step.event.originator_version,
        "type": type(step.event).__name__,
        "at": step.event.at.isoformat(),
        "by": who,
        "changes": [asdict(change) for change in step.changes],
    }


def _show(log_index: int, step: Step, who: str) -> None:
    event = step.event
    out.print(
        f"[bold]{event.originator_version}. {type(event).__name__}[/bold]"
        f"  {event.at:%Y-%m-%d %H:%M} UTC  {who}  [dim]log {log_index}[/dim]",
        highlight=False,
    )
    for change in step.changes:
        before = "" if change.before is None else f"{_plain(change.field, change.before)} → "
        after = _plain(change.field, change.after)
        out.print(f"     {change.field}: {before}{after}", highlight=False, markup=False)


def _plain(field: str, value: object) -> str:
    if field.endswith("_cents") and isinstance(value, int):
        return f"{_euro(value)} €"
    return str(value)


def _euro(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02}"


def _show_ledger(group: Group, shown: Ledger) -> None:
    names = ["partner", "category"] if group is Group.LINE else [str(group)]
    rows = [[*(str(getattr(r, n)) for n in names), *_amounts(r)] for r in shown.rows]
    rows.append(["total", *[""] * (len(names) - 1), *_amounts(shown.total)])
    table = Table(box=None)
    for nth, name in enumerate([*names, *_AMOUNTS]):
        # As wide as its widest cell, also where there is no terminal: an amount is never cut.
        width = max(len(name), *(len(row[nth]) for row in rows))
        justify: Literal["left", "right"] = "right" if name in _AMOUNTS else "left"
        table.add_column(name, justify=justify, no_wrap=True, min_width=width)
    for row in rows[:-1]:
        table.add_row(*row)
    table.add_row(*rows[-1], style="bold")
    out.print(table, crop=False)
    out.print(f"At index {shown.log_index} of the log.")


def _amounts(row: LedgerRow) -> list[str]:
    return [_euro(getattr(row, f"{name}_cents")) for name in _AMOUNTS]
