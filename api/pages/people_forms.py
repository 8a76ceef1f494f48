"""What an admin does to accounts: the forms, and the commands that they make."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from api.pages.forms import DATA, Field
from api.pages.plain_forms import PlainForm
from api.pages.say import N_
from domain.actors import PEOPLE, Role
from workflows import account_commands, accounts
from workflows.commands import Command
from workflows.engine import Outcome, Work

Decide = Callable[[Work, UUID, Any], Outcome]

ROLES = tuple((role.value, role.value) for role in Role if role in PEOPLE)
LOST = (
    ("lost", N_("lost")),
    ("stolen", N_("stolen")),
    ("broken", N_("broken or replaced")),
    ("recovery_codes", N_("the recovery codes are lost too")),
)
"""Why somebody has no second factor any more: words that may stand in the access log."""

_ROLE = Field("role", N_("Role"), "select", choices=ROLES, context="role")
_PARTNER = Field(
    "partner",
    N_("For which partner"),
    "select",
    hint=N_("Operators act for one. Empty: for the whole programme."),
    required=False,
    context=DATA,
)
_DAYS = (
    Field(
        "since",
        N_("From"),
        "day",
        hint=N_("Like 31/12/2026. Empty: from today on."),
        required=False,
    ),
    Field(
        "until",
        N_("Last day"),
        "day",
        hint=N_("Empty: until it is revoked."),
        required=False,
    ),
)
_EMAIL = Field("email", N_("E-mail"), "line", autocomplete="email")
_WORKS_FOR = Field(
    "works_for",
    N_("Works for"),
    "select",
    hint=N_("Their partner, wherever their roles reach."),
    required=False,
    context=DATA,
)

OPEN_FORM = PlainForm(
    "nuovo",
    N_("Open the account and make the link"),
    (
        Field("name", N_("Name and family name"), "line"),
        _EMAIL,
        _WORKS_FOR,
        replace(_ROLE, loc=("grants", "0", "role")),
        replace(_PARTNER, loc=("grants", "0", "partner")),
    ),
)
INVITE_FORM = PlainForm("invito", N_("Make a new link"))
REOPEN_FORM = PlainForm("riapri", N_("Open the account again"))
REVOKE_FORM = PlainForm("revoca", N_("Revoke"))
FORGET_FORM = PlainForm(
    "fattori",
    N_("Take them away"),
    (
        Field("why", N_("What happened to it"), "choice", choices=LOST),
        Field("sure", N_("I have made sure that it is really them who ask"), "check"),
        Field(
            "password",
            N_("Your password"),
            "password",
            hint=N_("Yours, not theirs."),
            autocomplete="current-password",
        ),
    ),
    opens=N_("They lost their second factor"),
    danger=True,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A form that makes one command on an account; `said`: what the page says afterwards."""

    form: PlainForm
    model: type[Command]
    decide: Decide
    said: str


CHANGES = {
    change.form.name: change
    for change in (
        Change(
            PlainForm(
                "ruoli", N_("Grant the role"), (_ROLE, _PARTNER, *_DAYS), opens=N_("Grant a role")
            ),
            account_commands.GrantRole,
            accounts.grant_role,
            "role_granted",
        ),
        Change(
            PlainForm("email", N_("Record the e-mail"), (_EMAIL,), opens=N_("Another e-mail")),
            account_commands.RecordEmail,
            accounts.record_email,
            "email_recorded",
        ),
        Change(
            PlainForm(
                "partner",
                N_("Record the partner"),
                (Field("partner", N_("Works for"), "select", context=DATA),),
                opens=N_("Works for somebody else"),
            ),
            account_commands.WorkFor,
            accounts.works_for,
            "works_for",
        ),
        Change(
            PlainForm(
                "chiudi",
                N_("Close the account"),
                (Field("reason", N_("Why"), "text"),),
                opens=N_("Close the account…"),
                danger=True,
            ),
            account_commands.CloseAccount,
            accounts.close,
            "account_closed",
        ),
    )
}
"""By the last part of their addresses."""
