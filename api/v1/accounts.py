"""Who may do what: admins open accounts, grant and revoke; coordinators and auditors see it."""

from fastapi import APIRouter, Depends

from api.v1 import PREFIX
from api.v1 import account_schemas as schemas
from api.v1.accounts_view import AccountsView
from api.v1.bodies import (
    CloseAccountBody,
    EmailBody,
    GrantRoleBody,
    NothingBody,
    OpenAccountBody,
    WorkForBody,
)
from api.v1.commands import Call, TheCall
from api.v1.dependencies import AccountId, GrantId, SignedIn, TheServices, json_only
from api.v1.describing import ALWAYS, command, refusals
from api.v1.waiting import READ
from workflows import accounts
from workflows.engine import Outcome

router = APIRouter(prefix=PREFIX, tags=["accounts"])

_JSON = [Depends(json_only)]


@router.get("/accounts", dependencies=READ, responses=refusals(*ALWAYS))
def known(services: TheServices, actor: SignedIn) -> schemas.Accounts:
    """Everybody who signs in, in which roles; e-mails for admins only."""
    return schemas.Accounts(items=AccountsView(services, actor).accounts())


@router.post("/accounts", dependencies=_JSON, **command(201, on_dote=False))
def open_account(body: OpenAccountBody, call: TheCall) -> schemas.OpenedAccount:
    """Makes a person known, with their first roles, and a link to choose a password by.

    The link is shown once. Told again under its Idempotency-Key, the answer has null in its place:
    make a new one (`/invitation`) where it was lost.
    """
    made = call.services.accounts.new_invitation()
    outcome = call.run(lambda work: accounts.open_account(work, body, made.link), body)
    view = _view(call)
    return schemas.OpenedAccount(
        account=view.account(outcome), invitation=view.invitation(outcome, made)
    )


@router.post("/accounts/{account_id}/grants", dependencies=_JSON, **command(201, on_dote=False))
def grant(account_id: AccountId, body: GrantRoleBody, call: TheCall) -> schemas.Account:
    """Lets somebody else act in a role, from a day to a day."""
    return _shown(call, call.run(lambda work: accounts.grant_role(work, account_id, body), body))


@router.post(
    "/accounts/{account_id}/grants/{grant_id}/revocation",
    dependencies=_JSON,
    **command(200, on_dote=False),
)
def revoke(
    account_id: AccountId, grant_id: GrantId, call: TheCall, body: NothingBody = None
) -> schemas.Account:
    """Ends a role of somebody else, from the next request on, with its tokens and delegations."""
    return _shown(
        call, call.run(lambda work: accounts.revoke_role(work, account_id, grant_id), body)
    )


@router.post("/accounts/{account_id}/closing", dependencies=_JSON, **command(200, on_dote=False))
def close(account_id: AccountId, body: CloseAccountBody, call: TheCall) -> schemas.Account:
    """Lets somebody in no more, from the next request on: neither sessions nor tokens."""
    return _shown(call, call.run(lambda work: accounts.close(work, account_id, body), body))


@router.post("/accounts/{account_id}/reopening", dependencies=_JSON, **command(200, on_dote=False))
def reopen(account_id: AccountId, call: TheCall, body: NothingBody = None) -> schemas.Account:
    """Lets somebody sign in again, in the roles that they still have."""
    return _shown(call, call.run(lambda work: accounts.reopen(work, account_id), body))


@router.post("/accounts/{account_id}/invitation", dependencies=_JSON, **command(201, on_dote=False))
def invite(account_id: AccountId, call: TheCall, body: NothingBody = None) -> schemas.Invitation:
    """Makes a new link by which somebody else chooses a password; those before end.

    It is shown once: told again under its Idempotency-Key, the answer has null in its place.
    """
    made = call.services.accounts.new_invitation()
    outcome = call.run(lambda work: accounts.invite(work, account_id, made.link), body)
    return _view(call).invitation(outcome, made)


@router.post("/accounts/{account_id}/email", dependencies=_JSON, **command(200, on_dote=False))
def record_email(account_id: AccountId, body: EmailBody, call: TheCall) -> schemas.Account:
    """Records what somebody else signs in with; links that were not used yet end."""
    return _shown(call, call.run(lambda work: accounts.record_email(work, account_id, body), body))


@router.post("/accounts/{account_id}/works-for", dependencies=_JSON, **command(200, on_dote=False))
def works_for(account_id: AccountId, body: WorkForBody, call: TheCall) -> schemas.Account:
    """Says which partner somebody else belongs to, wherever their roles reach."""
    return _shown(call, call.run(lambda work: accounts.works_for(work, account_id, body), body))


def _view(call: Call) -> AccountsView:
    return AccountsView(call.services, call.view.actor)


def _shown(call: Call, outcome: Outcome) -> schemas.Account:
    return _view(call).account(outcome)
