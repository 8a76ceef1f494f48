"""`doti account`."""

import json
import sys
from datetime import date, datetime
from typing import Annotated, Any

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
    say,
    tell,
)
from api.security.accounts import Invitation, invitation_link
from api.settings import Settings, settings
from domain.actors import Role
from workflows import accounts
from workflows.account_commands import CloseAccount, GrantRole, OpenAccount, RecordEmail
from workflows.eventstore.database import Row

account = typer.Typer(
    cls=Commands,
    help="The people: who they are, and what they may do. The register itself signs.",
    no_args_is_help=True,
)
app.add_typer(account, name="account")

Name = Annotated[str, typer.Argument(help="Who it is.")]
Partner = Annotated[
    str | None, typer.Option(help="Code of the partner they act for; operators need one.")
]


@account.command(name="open")
def open_(
    name: Annotated[str, typer.Option(help="What the person is called.")],
    email: Annotated[str, typer.Option(help="What they sign in with.")],
    role: Annotated[Role | None, typer.Option(help="What they may do.")] = None,
    partner: Partner = None,
    works_for: Annotated[
        str | None,
        typer.Option(help="Code of the partner the person belongs to; else that of --partner."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a person known, and print the link by which they choose their password.

    The first administrator begins like this; whoever administers invites the others.

    Example: `doti account open --name "Ada Inventata" --email ada@example.org --role admin`
    """
    chosen = settings()
    quiet(chosen)
    try:
        grants = () if role is None else (GrantRole(role=role, partner=partner),)
        command = OpenAccount(name=name, email=email, works_for=works_for or partner, grants=grants)
    except ValidationError as error:
        raise misspelt(error) from None
    with opened(chosen) as services:
        invited = services.accounts.new_invitation()
        made = services.accounts.run(
            lambda work: accounts.open_account(work, command, invited.link)
        )
    _print_link(chosen, invited, as_json, id=str(made.stream_id), name=command.name)


@account.command()
def invite(name: Name, as_json: Json = False) -> None:
    """Print a new link by which a person chooses their password; those before end.

    Example: `doti account invite "Ada Inventata"`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        account_id = services.accounts.named(name)
        invited = services.accounts.invite(account_id)
    _print_link(chosen, invited, as_json, id=str(account_id))


def _print_link(chosen: Settings, invited: Invitation, as_json: bool, **more: str) -> None:
    link = invitation_link(chosen.public_url, invited.secret)
    if as_json:
        answer = {**more, "link": link, "until": invited.until.isoformat()}
        link = json.dumps(answer, ensure_ascii=False)
    else:
        say(f"Good once, until {invited.until:%Y-%m-%d %H:%M} UTC:")
    sys.stdout.write(f"{link}\n")


@account.command(name="list")
def list_(as_json: Json = False) -> None:
    """List all people, with their roles.

    Example: `doti account list --json`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        rows = services.accounts.listed()
    if as_json:
        _print_json(rows)
        return
    table = Table("name", "e-mail", "works for", "roles", "used", "state", box=None)
    for row in rows:
        used = row["last_used_on"]
        table.add_row(
            row["name"],
            row["email"] or "",
            row["works_for"] or "",
            ", ".join(map(_role, row["grants"])),
            f"{used:%Y-%m-%d}" if used else "",
            "closed" if row["closed_at"] else "open",
        )
    out.print(table)


@account.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show a person: their roles, and how they sign in.

    Example: `doti account show "Ada Inventata"`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        (row,) = services.accounts.listed(services.accounts.named(name))
    if as_json:
        _print_json(row)
        return
    table = Table("", "", box=None, show_header=False)
    for title, value in (
        ("id", row["id"]),
        ("name", row["name"]),
        ("e-mail", row["email"]),
        ("works for", row["works_for"]),
        ("state", "closed" if row["closed_at"] else "open"),
        *(("role", _role(grant)) for grant in row["grants"]),
        ("last used", row["last_used_on"]),
        ("second factor", "yes" if row["second_factor"] else "no"),
        ("invited until", row["invited_until"]),
    ):
        table.add_row(title, "" if value is None else str(value))
    out.print(table)


def _role(grant: dict[str, Any]) -> str:
    """A role with how far it reaches, and its last day."""
    partner = f" {grant['partner']}" if grant["partner"] else ""
    until = f" until {grant['until']}" if grant["until"] else ""
    return f"{grant['role']}{partner}{until}"


def _print_json(what: Row | list[Row]) -> None:
    def plain(value: object) -> str:
        return value.isoformat() if isinstance(value, date) else str(value)

    sys.stdout.write(json.dumps(what, default=plain, ensure_ascii=False) + "\n")


@account.command()
def email(
    name: Name,
    address: Annotated[str, typer.Argument(help="What they sign in with.")],
) -> None:
    """Record the e-mail that a person signs in with, in the place of the one before.

    Example: `doti account email "Ada Inventata" ada@example.org`
    """
    chosen = settings()
    quiet(chosen)
    try:
        command = RecordEmail(email=address)
    except ValidationError as error:
        raise misspelt(error, "ADDRESS") from None
    with opened(chosen) as services:
        account_id = services.accounts.named(name)
        services.accounts.run(lambda work: accounts.record_email(work, account_id, command))


@account.command()
def grant(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    partner: Partner = None,
    since: Annotated[datetime | None, day_option("Its first day; today if left out.")] = None,
    until: Annotated[datetime | None, day_option("Its last day, if it has one.")] = None,
) -> None:
    """Let a person act in a role.

    Example: `doti account grant "Ada Inventata" --role approver --until 2026-12-31`
    """
    chosen = settings()
    quiet(chosen)
    try:
        command = GrantRole(role=role, partner=partner, since=day(since), until=day(until))
    except ValidationError as error:
        raise misspelt(error) from None
    with opened(chosen) as services:
        account_id = services.accounts.named(name)
        services.accounts.run(lambda work: accounts.grant_role(work, account_id, command))


@account.command()
def revoke(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may not do any more.")],
    partner: Annotated[
        str | None, typer.Option(help="Code of the partner that it was granted for.")
    ] = None,
) -> None:
    """End a role of a person, with its tokens and what was delegated of it.

    Example: `doti account revoke "Ada Inventata" --role approver`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        ended = services.accounts.revoke_role(name, role, partner)
    if not ended:
        tell("They do not have this role, or not for this partner.")
        raise typer.Exit(REFUSED)


@account.command()
def close(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; it is kept sealed.")],
) -> None:
    """Close an account: neither sessions nor tokens let the person in any more.

    Example: `doti account close "Ada Inventata" --reason "Ha lasciato la rete"`
    """
    chosen = settings()
    quiet(chosen)
    try:
        command = CloseAccount(reason=reason)
    except ValidationError as error:
        raise misspelt(error) from None
    with opened(chosen) as services:
        account_id = services.accounts.named(name)
        services.accounts.run(lambda work: accounts.close(work, account_id, command))


@account.command()
def reopen(name: Name) -> None:
    """Let a person sign in again, in the roles that they still have.

    Example: `doti account reopen "Ada Inventata"`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        account_id = services.accounts.named(name)
        services.accounts.run(lambda work: accounts.reopen(work, account_id))


@account.command(name="works-for")
def works_for(
    name: Name,
    code: Annotated[str, typer.Argument(help="Code of the partner.")],
) -> None:
    """Change which partner a person belongs to, whatever roles they have.

    The rules may ask for approvers of different partners.

    Example: `doti account works-for "Anna Esempi" ROCCA`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        try:
            services.accounts.set_works_for(name, code)
        except ValidationError as error:
            raise misspelt(error, "CODE") from None
