"""`doti account forget-factors`."""

from typing import Annotated

import typer

from api.cli.accounts import account
from api.cli.application import opened, out, quiet
from api.security.sign_in import Caller
from api.settings import settings


@account.command(name="forget-factors")
def forget_factors(
    email: Annotated[str, typer.Argument(help="What the person signs in with.")],
) -> None:
    """Take a person's second factors and recovery codes away, who lost them; sessions end.

    They still need their password, and set up another factor with it. Make sure that it is really
    them who ask.

    Example: `doti account forget-factors anna@example.org`
    """
    chosen = settings()
    quiet(chosen)
    with opened(chosen) as services:
        forgotten = services.sign_in.forget_factors(email, Caller("command line", None))
    out.print(f"Second factors taken away: {forgotten}")
