"""Utenti: who signs in, in which roles; what an admin changes of it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.pages.at_the_door import Own, TheEntrance
from api.pages.calling import calling
from api.pages.forms import Filled
from api.pages.people_forms import (
    CHANGES,
    FORGET_FORM,
    INVITE_FORM,
    OPEN_FORM,
    REOPEN_FORM,
    REVOKE_FORM,
    Change,
)
from api.pages.plain_forms import PlainForm, Values, of, taken
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn, csrf_token
from api.security.accounts import Invitation, invitation_link
from api.security.csrf import own_origin
from api.v1.account_schemas import Account
from api.v1.accounts_view import AccountsView
from domain.actors import Actor, Role
from domain.errors import NotFound, ProgrammeMissing
from workflows import accounts
from workflows.account_commands import InviteAccount
from workflows.engine import Outcome

router = APIRouter(include_in_schema=False)

PEOPLE = "/utenti"
_ADMIN = frozenset({Role.ADMIN})


@router.get(PEOPLE)
def everybody(page: TheShell, actor: SignedIn) -> Response:
    """Everybody, by name; who is closed last."""
    known = AccountsView(page.services, actor).accounts()
    known.sort(key=lambda each: each.state == "closed")
    return page.page(
        "people.html",
        here=PEOPLE,
        people=known,
        administers=actor.has_any(_ADMIN),
        open=sum(each.state == "open" for each in known),
    )


@router.get(f"{PEOPLE}/nuovo")
def new(page: TheShell, _: SignedIn) -> Response:
    """Somebody who is not known yet."""
    return _new(page, Filled())


@router.post(PEOPLE)
def open_account(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Makes them known, with a role and a link, which is shown this once."""

    def do(values: Values, filled: Filled) -> Response:
        grants = tuple(values.pop("grants").values())
        wanted = InviteAccount.model_validate({**values, "grants": grants})
        made, call = page.services.accounts.new_invitation(), calling(page, actor, filled)
        outcome = call.run(lambda work: accounts.open_account(work, wanted, made.link), wanted)
        return _person(page, actor, outcome.stream_id, {}, link=_link(page, outcome, made))

    return taken(
        page, _offering(page, OPEN_FORM), sent, do, lambda filled, st: _new(page, filled, st)
    )


@router.get(f"{PEOPLE}/{{account_id}}")
def person(account_id: UUID, page: TheShell, actor: SignedIn) -> Response:
    """One of them."""
    return _person(page, actor, account_id, {})


def _changing(change: Change) -> Callable[..., Response]:
    def post(account_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
        form = _offering(page, change.form)

        def do(values: Values, filled: Filled) -> Response:
            wanted, call = change.model.model_validate(values), calling(page, actor, filled)
            call.run(lambda work: change.decide(work, account_id, wanted), wanted)
            return page.done(f"{PEOPLE}/{account_id}", change.said)

        return taken(page, form, sent, do, _coming_back(page, actor, account_id, form.name))

    return post


for _name, _change in CHANGES.items():
    router.add_api_route(
        f"{PEOPLE}/{{account_id}}/{_name}", _changing(_change), methods=["POST"], name=_name
    )


@router.post(f"{PEOPLE}/{{account_id}}/ruoli/{{grant_id}}/revoca")
def revoke(
    account_id: UUID, grant_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm
) -> Response:
    """Ends a role of theirs."""

    def do(_: Values, filled: Filled) -> Response:
        call = calling(page, actor, filled)
        call.run(lambda work: accounts.revoke_role(work, account_id, grant_id), None)
        return page.done(f"{PEOPLE}/{account_id}", "role_revoked")

    name = f"{REVOKE_FORM.name}-{grant_id}"
    return taken(page, REVOKE_FORM, sent, do, _coming_back(page, actor, account_id, name))


@router.post(f"{PEOPLE}/{{account_id}}/riapri")
def reopen(account_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Lets them in again."""

    def do(_: Values, filled: Filled) -> Response:
        call = calling(page, actor, filled)
        call.run(lambda work: accounts.reopen(work, account_id), None)
        return page.done(f"{PEOPLE}/{account_id}", "account_reopened")

    again = _coming_back(page, actor, account_id, REOPEN_FORM.name)
    return taken(page, REOPEN_FORM, sent, do, again)


@router.post(f"{PEOPLE}/{{account_id}}/invito")
def invite(account_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """A new link for them, which is shown this once."""

    def do(_: Values, filled: Filled) -> Response:
        made, call = page.services.accounts.new_invitation(), calling(page, actor, filled)
        outcome = call.run(lambda work: accounts.invite(work, account_id, made.link), None)
        return _person(page, actor, account_id, {}, link=_link(page, outcome, made))

    again = _coming_back(page, actor, account_id, INVITE_FORM.name)
    return taken(page, INVITE_FORM, sent, do, again)


@router.post(f"{PEOPLE}/{{account_id}}/fattori")
def forget_factors(
    account_id: UUID, door: TheEntrance, own: Own, actor: SignedIn, sent: OurForm
) -> Response:
    """Takes away the second factors that they lost."""
    page = door.page

    def do(values: Values, _: Filled) -> Response:
        page.services.own_access.forget_factors_of(
            own, account_id, values["why"], values["password"], door.door.caller
        )
        return page.done(f"{PEOPLE}/{account_id}", "factors_forgotten")

    again = _coming_back(page, actor, account_id, FORGET_FORM.name)
    return taken(page, FORGET_FORM, sent, do, again)


def _coming_back(
    page: Shell, actor: Actor, account_id: UUID, name: str
) -> Callable[[Filled, int], Response]:
    return lambda filled, status: _person(page, actor, account_id, {name: filled}, status)


def _offering(page: Shell, form: PlainForm) -> PlainForm:
    """The form with the partners that can be chosen in it."""
    try:
        known = list(page.services.register.programme().partners.values())
    except ProgrammeMissing:  # people may be there before it is opened
        known = []
    partners = tuple((each.code, f"{each.name} ({each.code})") for each in known)
    return form.offering(partner=partners, works_for=partners)


def _link(page: Shell, outcome: Outcome, made: Invitation) -> tuple[str | None, Invitation]:
    """The link that was made; None where it was shown before."""
    settings = page.services.settings
    origin = own_origin(page.request.scope, settings.public_url)
    return (None if outcome.replayed else invitation_link(origin, made.secret)), made


def _new(page: Shell, filled: Filled, status: int = 200) -> Response:
    return page.page(
        "person_new.html",
        here=f"{PEOPLE}/nuovo",
        status=status,
        form=_offering(page, OPEN_FORM),
        filled=filled,
        form_csrf=csrf_token(page.request),
    )


def _person(
    page: Shell,
    actor: Actor,
    account_id: UUID,
    tried: Mapping[str, Filled],
    status: int = 200,
    link: tuple[str | None, Invitation] | None = None,
) -> Response:
    shown = _account(page, actor, account_id)
    changes: dict[str, Any] = {
        name: (form := _offering(page, change.form), of(tried, form))
        for name, change in CHANGES.items()
    }
    return page.page(
        "person.html",
        here=f"{PEOPLE}/{account_id}",
        status=status,
        person=shown,
        today=page.services.engine.today(),
        link=link,
        administers=actor.has_any(_ADMIN) and account_id != actor.account_id,
        oneself=account_id == actor.account_id,
        changes=changes,
        grants=[
            (each, tried.get(f"{REVOKE_FORM.name}-{each.id}", Filled())) for each in shown.grants
        ],
        invite=(INVITE_FORM, of(tried, INVITE_FORM)),
        reopen=(REOPEN_FORM, of(tried, REOPEN_FORM)),
        forget=(FORGET_FORM, of(tried, FORGET_FORM)),
        form_csrf=csrf_token(page.request),
    )


def _account(page: Shell, actor: Actor, account_id: UUID) -> Account:
    found = AccountsView(page.services, actor).accounts()
    for each in found:
        if each.id == account_id:
            return each
    raise NotFound
