"""`doti token` and `doti account`."""

import json
import sys
from datetime import datetime
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table

from api.cli.application import REFUSED, Commands, Json, app, opened, out, quiet, tell
from api.security.accounts import PREFIX
from api.settings import settings
from domain.actors import Role
from workflows.eventstore.statements import statements

_SQL = statements("api.cli", "tokens")

token = typer.Typer(
    cls=Commands,
    help="Let people sign in. One NAME is one person, whatever roles and tokens they have.",
    no_args_is_help=True,
)
app.add_typer(token, name="token")
account = typer.Typer(cls=Commands, help="The people behind the tokens.", no_args_is_help=True)
app.add_typer(account, name="account")


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
    as_json: Json = False,
) -> None:
    """Create a token and print it, once: it cannot be shown again.

    Example: `doti token create --role operator --partner ROCCA --name "Anna Esempi"`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        try:
            made = services.accounts.create_token(name, role, partner, works_for)
        except ValidationError as error:
            reason = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise typer.BadParameter(reason, param_hint="--name") from None
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
        sys.stdout.write(json.dumps(rows, default=datetime.isoformat, ensure_ascii=False) + "\n")
        return
    table = Table("id", "name", "role", "partner", "works for", "created", "revoked", box=None)
    for row in rows:
        table.add_row(
            row["id"],
            row["name"],
            row["role"],
            row["partner"] or "",
            row["works_for"] or "",
            f"{row['created_at']:%Y-%m-%d}",
            f"{row['revoked_at']:%Y-%m-%d}" if row["revoked_at"] else "",
        )
    out.print(table)


@token.command()
def revoke(
    token_or_id: Annotated[
        str, typer.Argument(metavar="ID", help="Its id in the list, or the token itself.")
    ],
) -> None:
    """End a token: from now on nobody signs in with it.

    Example: `doti token revoke 1a2b3c4d5e6f`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        if token_or_id.startswith(PREFIX):
            ended = services.accounts.revoke_token(token_or_id)
        else:
            with services.database.transaction() as tx:
                ended = tx.execute(_SQL["revoke"], {"id": token_or_id}).rowcount > 0
    if not ended:
        tell("There is no such token, or it was revoked before.")
        raise typer.Exit(REFUSED)


@account.command(name="works-for")
def works_for(
    name: Annotated[str, typer.Argument(help="Who it is.")],
    code: Annotated[str, typer.Argument(help="Code of the partner.")],
) -> None:
    """Change which partner a person belongs to, whatever roles they have.

    The rules may ask for approvers of different partners.

    Example: `doti account works-for "Anna Esempi" ROCCA`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        services.accounts.set_works_for(name, code)
