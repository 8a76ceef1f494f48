"""Tokens of one's own: what programs sign in with."""

from fastapi import APIRouter, Depends

from api.security.accounts import hash_of, new_token
from api.v1 import PREFIX
from api.v1 import account_schemas as schemas
from api.v1.accounts_view import AccountsView
from api.v1.bodies import IssueTokenBody, NothingBody
from api.v1.commands import TheCall
from api.v1.dependencies import SignedIn, TheServices, TokenId, json_only
from api.v1.describing import ALWAYS, command, refusals
from api.v1.waiting import READ
from workflows import accounts

router = APIRouter(prefix=PREFIX, tags=["accounts"])

_JSON = [Depends(json_only)]


@router.get("/tokens", dependencies=READ, responses=refusals(*ALWAYS))
def known(services: TheServices, actor: SignedIn) -> schemas.Tokens:
    """One's own tokens, those that ended too: what they are for, and when they were used last."""
    return schemas.Tokens(items=AccountsView(services, actor).tokens())


@router.post("/tokens", dependencies=_JSON, **command(201, on_dote=False))
def issue(body: IssueTokenBody, call: TheCall) -> schemas.MadeToken:
    """Makes a token of one's own, in a role that one acts in; it reaches and lasts no further.

    It is shown once: told again under its Idempotency-Key, the answer has null in its place. A
    token that was lost is revoked, and another one made.
    """
    token = new_token()
    outcome = call.run(lambda work: accounts.issue_token(work, body, hash_of(token)), body)
    row = AccountsView(call.services, call.view.actor).token(outcome)
    return schemas.MadeToken(**row, token=None if outcome.replayed else token)


@router.post("/tokens/{token_id}/revocation", dependencies=_JSON, **command(200, on_dote=False))
def revoke(token_id: TokenId, call: TheCall, body: NothingBody = None) -> schemas.Token:
    """Ends a token from the next request on: one's own, or anybody's, by an admin."""
    outcome = call.run(lambda work: accounts.revoke_token(work, token_id), body)
    return schemas.Token(**AccountsView(call.services, call.view.actor).token(outcome))
