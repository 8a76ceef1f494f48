"""Profilo: the tokens that programs sign in with for somebody."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api import languages
from api.pages.calling import calling
from api.pages.forms import DATA, Field, Filled
from api.pages.plain_forms import PlainForm, Values, of, taken
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn, csrf_token
from api.security.accounts import hash_of, new_token
from api.v1.accounts_view import AccountsView
from domain.actors import Actor
from domain.errors import TokenOver
from domain.lifecycle import READERS
from workflows import accounts
from workflows.account_commands import IssueToken

router = APIRouter(include_in_schema=False)

TOKENS = "/profilo/token"
_TO = ":"

TOKEN_FORM = PlainForm(
    "token",
    N_("Make the token"),
    (
        Field(
            "label",
            N_("What it is for"),
            "line",
            hint=N_("The name of the program, so that you know later what you end."),
        ),
        Field("grant", N_("In which role"), "choice", loc=("role",), context=DATA),
        Field(
            "until",
            N_("Its last day"),
            "day",
            hint=N_("Like 31/12/2026. Empty: as long as you have the role."),
            required=False,
        ),
        Field("read_only", N_("It only reads"), "check", required=False),
    ),
)


@router.get(TOKENS)
def tokens(page: TheShell, actor: SignedIn) -> Response:
    """One's own."""
    return _tokens(page, actor, {})


@router.post(TOKENS)
def issue(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Makes one; it is shown this once."""

    def do(values: Values, filled: Filled) -> Response:
        role, _, partner = str(values.pop("role")).partition(_TO)
        wanted = IssueToken.model_validate({**values, "role": role, "partner": partner or None})
        token, call = new_token(), calling(page, actor, filled)
        made = call.run(lambda work: accounts.issue_token(work, wanted, hash_of(token)), wanted)
        return _tokens(page, actor, {}, made=(wanted.label, None if made.replayed else token))

    def again(filled: Filled, status: int) -> Response:
        return _tokens(page, actor, {TOKEN_FORM.name: filled}, status)

    return taken(page, _offered(page, actor), sent, do, again)


@router.post(f"{TOKENS}/{{token_id}}/revoca")
def revoke(token_id: UUID, page: TheShell, actor: SignedIn, _: OurForm) -> Response:
    """Ends one, from the next request on."""
    with suppress(TokenOver):
        calling(page, actor, None).run(lambda work: accounts.revoke_token(work, token_id), None)
    return page.done(TOKENS, "token_revoked")


def _offered(page: Shell, actor: Actor) -> PlainForm:
    """The form with the roles that the person holds themselves."""
    own = [grant for grant in actor.grants if grant.delegation is None]
    return TOKEN_FORM.offering(
        grant=tuple(
            (f"{grant.role}{_TO}{grant.partner or ''}", _named(page, grant.role, grant.partner))
            for grant in own
        )
    )


def _named(page: Shell, role: str, partner: str | None) -> str:
    name = languages.word(page.language, role, "role")
    return f"{name} {partner}" if partner else name


def _tokens(
    page: Shell,
    actor: Actor,
    tried: Mapping[str, Filled],
    status: int = 200,
    made: tuple[str | None, str | None] | None = None,
) -> Response:
    form, today = _offered(page, actor), page.services.engine.today()
    known = AccountsView(page.services, actor).tokens()
    begins: dict[str, Any] = {"read_only": "yes"}
    if len(form.fields[1].choices) == 1:
        begins["grant"] = form.fields[1].choices[0][0]
    over = [each for each in known if each.revoked_at or (each.until and each.until < today)]
    return page.page(
        "profile_tokens.html",
        here=TOKENS,
        status=status,
        reads=actor.has_any(READERS),
        form_csrf=csrf_token(page.request),
        form=form,
        filled=of(tried, form, **begins),
        made=made,
        live=[each for each in known if each not in over],
        over=over,
    )
