"""`doti token`."""

import json
import sys
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.table import Table

from api.cli.application import (
    REFUSED,
    Commands,
    Json,
    app,
    day,
    day_option,
    misspelt,
    opened,
    out,
    quiet,
    tell,
)
from api.security.accounts import PREFIX
from api.settings import settings
from domain.actors import Role
from workflows.eventstore.statements import statements

_SQL = statements("api.cli", "accounts")

token = typer.Typer(
    cls=Commands,
    help="Let programs sign in. One NAME is one person, whatever roles and tokens they have.",
    no_args_is_help=True,
)
app.add_typer(token, name="token")


@token.command()
def create(
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    name: Annotated[str, typer.Option(help="Who it is; the same name is the same person.")],
    partner: Annotated[
        str | None, typer.Option(help="Code of the partner they act for; operators need one.")
    ] = None,
    works_for: Annotated[
        str | None,
        typer.Option(help="Code of the partner the person belongs to; else that of --partner."),
    ] = None,
    label: Annotated[str | None, typer.Option(help="What the token is for.")] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It commands nothing.")] = False,
    until: Annotated[datetime | None, day_option("Its last day.")] = None,
    as_json: Json = False,
) -> None:
    """Create a token and print it, once: it cannot be shown again.

    The person is made known and granted the role, if they do not have it.

    Example: `doti token create --role operator --partner ROCCA --name "Anna Esempi"`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        try:
            made = services.accounts.create_token(
                name,
                role,
                partner,
                works_for,
                label=label,
                read_only=read_only,
                until=day(until),
            )
        except ValidationError as error:
            raise misspelt(error) from None
    if as_json:
        answer = {"token": made, "name": name, "role": role, "partner": partner}
        made = json.dumps(answer, ensure_ascii=False)
    sys.stdout.write(f"{made}\n")


@token.command(name="list")
def list_(as_json: Json = False) -> None:
    """List all tokens: not themselves, but whose they are.

    Example: `doti token list --json`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services, services.database.transaction() as tx:
        rows = tx.execute(_SQL["tokens"]).fetchall()
    if as_json:
        sys.stdout.write(json.dumps(rows, default=_plain, ensure_ascii=False) + "\n")
        return
    columns = ("id", "name", "role", "partner", "works for", "for", "created", "until", "used")
    table = Table(*columns, "revoked", box=None)
    for row in rows:
        table.add_row(
            row["id"],
            row["name"],
            row["role"] + (" (reads only)" if row["read_only"] else ""),
            row["partner"] or "",
            row["works_for"] or "",
            row["label"] or "",
            f"{row['created_at']:%Y-%m-%d}",
            f"{row['until']:%Y-%m-%d}" if row["until"] else "",
            f"{row['last_used_on']:%Y-%m-%d}" if row["last_used_on"] else "",
            f"{row['revoked_at']:%Y-%m-%d}" if row["revoked_at"] else "",
        )
    out.print(table)


def _plain(value: date | datetime) -> str:
    return value.isoformat()


@token.command()
def revoke(
    token_or_id: Annotated[
        str, typer.Argument(metavar="ID", help="Its id in the list, or the token itself.")
    ],
) -> None:
    """End a token: from now on nobody signs in with it. The person keeps the role.

    Example: `doti token revoke 7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        known = _token(token_or_id)
        ended = known is not None and services.accounts.revoke_token(known)
    if not ended:
        tell("There is no such token, or it was revoked before.")
        raise typer.Exit(REFUSED)


def _token(given: str) -> str | UUID | None:
    if given.startswith(PREFIX):
        return given
    try:
        return UUID(given)
    except ValueError:
        return None
